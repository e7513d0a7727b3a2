/**
 * Assembly tables by name.
 */
import type { AssemblyTables, InstructionTable, PseudoTable } from './tables.js';

export interface Lookup {
  readonly instructions: ReadonlyMap<string, InstructionTable>;
  /** Those of one name differ in their number of operands. */
  readonly pseudos: ReadonlyMap<string, readonly PseudoTable[]>;
  readonly csrs: ReadonlyMap<string, number>;
}

const cache = new WeakMap<AssemblyTables, Lookup>();

/** The tables by name; made once for each. */
export function lookupOf(tables: AssemblyTables): Lookup {
  const known = cache.get(tables);
  if (known !== undefined) return known;
  const pseudos = new Map<string, PseudoTable[]>();
  for (const p of tables.pseudos) pseudos.set(p.name, [...(pseudos.get(p.name) ?? []), p]);
  const lookup = { instructions: new Map(tables.instructions.map((i) => [i.name, i])), pseudos, csrs: new Map(tables.csrs) };
  cache.set(tables, lookup);
  return lookup;
}
