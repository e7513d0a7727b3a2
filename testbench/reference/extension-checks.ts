/**
 * What a user teaches the reference, checked: much of it comes from
 * JavaScript, where no compiler has looked at it.
 */
import type { ExtensionInstruction, ExtensionOutcome } from './added-instruction.js';

/** Every kind of outcome. */
const KINDS: Readonly<Record<ExtensionOutcome['kind'], true>> = { retired: true, illegal: true, virtual: true, fault: true };

const shown = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v)) : `${String(value)} (a ${typeof value})`;
};

const propertyOf = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined);

/** The instruction, its outcomes checked as they come. Throws with what is wrong and what to write instead. */
export function checkedExtension(extension: ExtensionInstruction): ExtensionInstruction {
  const { match, execute } = parts(extension);
  return { match, execute: (hart) => checkedOutcome(execute(hart), match) };
}

function parts(extension: ExtensionInstruction): ExtensionInstruction {
  const given: unknown = extension;
  const [match, execute] = ['match', 'execute'].map((name) => propertyOf(given, name));
  if (typeof match !== 'string') throw new TypeError(`reference.extend: match is ${shown(match)}. Give a pattern of 32 characters: 0, 1, and - for either.`);
  if (typeof execute !== 'function') throw new TypeError(`reference.extend: execute is ${shown(execute)}. Give a function from the hart to an outcome: (hart) => ({ kind: 'retired', rd: hart.x(hart.rs1) }).`);
  return extension;
}

function checkedOutcome(outcome: ExtensionOutcome, match: string): ExtensionOutcome {
  const given: unknown = outcome;
  const kind = propertyOf(given, 'kind');
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) {
    throw new TypeError(`execute of ${match} has returned ${shown(given)}. Return { kind } with one of ${Object.keys(KINDS).join(', ')}.`);
  }
  const rd = propertyOf(given, 'rd');
  if (rd !== undefined && typeof rd !== 'bigint') throw new TypeError(`execute of ${match} has returned rd as ${shown(rd)}. Return a bigint: ${typeof rd === 'number' && Number.isInteger(rd) ? `${rd}n` : 'hart.x(hart.rs1) + 1n'}.`);
  return outcome;
}
