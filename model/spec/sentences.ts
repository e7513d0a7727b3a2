/**
 * Conditions and decisions as sentences.
 */
import { type Condition, MODES } from './isa.js';

/** `in VS and VU, if hstatus.VTSR is 1`; `always` for no condition. */
export function whenPhrase({ terms }: Condition): string {
  if (terms.length === 0) return 'always';
  const modes = terms.filter(({ variable }) => variable === 'mode').map(({ values }) => modePhrase(values));
  const others = terms.filter(({ variable }) => variable !== 'mode').map(({ variable, values }) => `${variable} is ${list(values.map(String), 'or')}`);
  return [...modes, ...(others.length === 0 ? [] : [`if ${list(others, 'and')}`])].join(', ');
}

/** `In VS, if hstatus.VTSR is 1, it raises ...`; `Otherwise ...` for a last row without condition. */
export function decisionSentence(when: Condition, last: boolean, decision: string): string {
  const phrase = when.terms.length === 0 ? (last ? 'otherwise' : 'always') : whenPhrase(when);
  return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}, ${decision}.`;
}

/** `  Rules: a, b`, or nothing. */
export function rulesLine(rules: readonly string[]): readonly string[] {
  return rules.length === 0 ? [] : [`  Rules: ${rules.join(', ')}`];
}

function modePhrase(values: readonly bigint[]): string {
  const names = Object.entries(MODES).filter(([, value]) => values.includes(value)).map(([name]) => name);
  return names.length === Object.keys(MODES).length ? 'in every mode' : `in ${list(names, 'or')}`;
}

function list(items: readonly string[], joint: string): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${joint} ${items.at(-1) ?? ''}`;
}
