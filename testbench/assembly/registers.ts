/**
 * Register names of the calling convention.
 */

/** Names by number, as disassembly shows them. */
export const REGISTER_NAMES: readonly string[] = [
  'zero', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5',
  'a6', 'a7', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 't3', 't4', 't5', 't6',
];

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...REGISTER_NAMES.map((name, i) => [name, i] as const),
  ...REGISTER_NAMES.map((_, i) => [`x${i}`, i] as const),
  ['fp', 8],
]);

/** The number of a register: `a0`, `x10`, `fp`. */
export const registerNumber = (name: string): number | undefined => NUMBERS.get(name);

/** Every name a register has. */
export const registerNames = (): Iterable<string> => NUMBERS.keys();
