/**
 * Macros: parameters, arguments, substitution.
 */
import { Mistake, resplit, splitOutsideQuotes, type Statement } from './source.js';

interface Parameter {
  readonly name: string;
  readonly fallback?: string;
  /** `:req`: a call must give it. */
  readonly required: boolean;
  /** `:vararg`: takes all that is left. */
  readonly rest: boolean;
}

/** A macro as defined. */
export interface Macro {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
}

/** Parses what follows `.macro`: `name a, b=1, c:req, d:vararg`. */
export function defineMacro(heading: string, body: readonly Statement[]): Macro {
  const [, name, list = ''] = /^([A-Za-z_.$][\w.$]*)[\s,]*([^]*)$/.exec(heading) ?? [];
  if (name === undefined) throw new Mistake('the name of the macro is missing', 'Write .macro NAME PARAMETER, PARAMETER.');
  const parameters = [...list.matchAll(/([A-Za-z_$][\w$]*)(?::(req|vararg))?(?:\s*=\s*("[^"]*"|[^\s,]*))?[\s,]*/g)].map(
    ([, parameter = '', kind, fallback]): Parameter => ({
      name: parameter, required: kind === 'req', rest: kind === 'vararg', ...(fallback === undefined ? {} : { fallback: unquote(fallback) }),
    }),
  );
  return { name, parameters, body };
}

const unquote = (text: string): string => (/^".*"$/.test(text) ? text.slice(1, -1) : text);

/** The arguments of a call by parameter name. */
function bind(macro: Macro, rest: string): Map<string, string> {
  const values = new Map<string, string>();
  const written = rest.trim() === '' ? [] : splitOutsideQuotes(rest, ',', true).map((part) => part.text.trim());
  let next = 0;
  for (const [i, argument] of written.entries()) {
    const [, key, value] = /^([A-Za-z_$][\w$]*)\s*=(?!=)\s*([^]*)$/.exec(argument) ?? [];
    if (key !== undefined && macro.parameters.some((p) => p.name === key)) {
      values.set(key, unquote(value ?? ''));
      continue;
    }
    const parameter = macro.parameters[next++];
    if (parameter === undefined) {
      throw new Mistake(`${macro.name} takes ${macro.parameters.length} arguments, '${argument}' is one too many`, `Write ${macro.name} ${macro.parameters.map((p) => p.name).join(', ')}.`);
    }
    if (parameter.rest) {
      values.set(parameter.name, written.slice(i).join(', '));
      break;
    }
    values.set(parameter.name, unquote(argument));
  }
  for (const { name, required, fallback } of macro.parameters) {
    if ((values.get(name) ?? '') !== '') continue;
    if (required) throw new Mistake(`${macro.name} needs an argument for '${name}'`, `Write ${macro.name} ${macro.parameters.map((p) => p.name).join(', ')}.`);
    values.set(name, fallback ?? '');
  }
  return values;
}

/** Puts values in for `\name`, the running number of the expansion for `\@`, nothing for `\()`. */
export function substitute(body: readonly Statement[], values: ReadonlyMap<string, string>, serial: number, within: string): Statement[] {
  return body.flatMap((statement) => {
    const text = statement.text.replace(/\\(\(\)|@|[A-Za-z_$][\w$]*)/g, (whole, name: string) =>
      name === '()' ? '' : name === '@' ? `${serial}` : values.get(name) ?? whole);
    return resplit(statement, text, statement.within === undefined ? within : `${statement.within}, ${within}`);
  });
}

/** The statements a call of a macro stands for. */
export function expandMacro(macro: Macro, rest: string, serial: number, line: number): Statement[] {
  return substitute(macro.body, bind(macro, rest), serial, `${macro.name}, used in line ${line}`);
}
