/**
 * Assembly tables by name.
 */
import type { AssemblyTables, InstructionTable, PseudoTable } from './tables.js';

export interface Lookup {
  readonly instructions: ReadonlyMap<string, InstructionTable>;
  /** Those of one name differ in their number of operands. */
  readonly pseudos: ReadonlyMap<string, readonly PseudoTable[]>;
  readonly csrs: ReadonlyMap<string, number>;
  /** Instructions lie at multiples of so many bytes. */
  readonly alignment: 2 | 4;
}

const cache = new WeakMap<AssemblyTables, Lookup>();

/** The tables by name; made once for each. */
export function lookupOf(tables: AssemblyTables): Lookup {
  const known = cache.get(tables);
  if (known !== undefined) return known;
  const pseudos = new Map<string, PseudoTable[]>();
  for (const p of tables.pseudos) pseudos.set(p.name, [...(pseudos.get(p.name) ?? []), p]);
  const alignment: Lookup['alignment'] = tables.compressed.length > 0 ? 2 : 4;
  const lookup = { instructions: new Map(tables.instructions.map((i) => [i.name, i])), pseudos, csrs: new Map(tables.csrs), alignment };
  cache.set(tables, lookup);
  return lookup;
}
