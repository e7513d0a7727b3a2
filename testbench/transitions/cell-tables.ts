/** The page tables of a cell: made from the state's part that is an entry, for whoever accesses. */
import type { Isa, OriginName } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import { dependencies, valueOf } from './bits.js';
import { evaluate } from './evaluate.js';
import type { TranslatedAccess } from './event.js';
import { entryAtoms, LEVEL } from './page-entry.js';
import { type PageTables, TableMaker, type TableRequest } from './page-tables.js';
import { StateNames } from './state-names.js';

/** The value of an atom. */
type Values = (name: string) => bigint;

/** Makes the tables of cells. */
export class CellTables {
  readonly #maker: TableMaker;
  readonly #names: readonly string[];
  /** What the privilege of an access rests on, by origin and mode. */
  readonly #rests = new Map<string, readonly string[]>();

  constructor(readonly isa: Isa) {
    this.#maker = new TableMaker(isa);
    this.#names = [...entryAtoms(isa).keys()];
  }

  /** The tables for a walk from a mode, on a state. `pick`: as in {@link TableRequest}. */
  make(walk: TranslatedAccess, mode: Mode, value: Values, pick?: TableRequest['pick']): PageTables {
    return this.#maker.make({
      walk, mode,
      entry: new Map(this.#names.map((name) => [name, value(name)])),
      level: Number(value(LEVEL)),
      privilege: this.#privilege(walk.origin, mode, value),
      ...(pick && { pick }),
    });
  }

  #privilege(name: OriginName, mode: Mode, value: Values): bigint {
    const origin = this.isa.translation?.origins.find((o) => o.name === name);
    if (origin === undefined) return 0n;
    const key = `${name} ${mode}`;
    const names = this.#rests.get(key) ?? [...dependencies(evaluate(origin.privilege, new StateNames({ isa: this.isa, mode, given: new Map() })))];
    this.#rests.set(key, names);
    return valueOf(evaluate(origin.privilege, new StateNames({ isa: this.isa, mode, given: new Map(names.map((n) => [n, value(n)])), complete: true }))) ?? 0n;
  }
}

const byIsa = new WeakMap<Isa, CellTables>();

/** The maker of tables of an instruction set. */
export function cellTables(isa: Isa): CellTables {
  const found = byIsa.get(isa) ?? new CellTables(isa);
  byIsa.set(isa, found);
  return found;
}
