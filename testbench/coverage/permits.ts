/**
 * Which permit row decides an instruction: the tables of the specs evaluated
 * over the state before it.
 */
import type { Isa, Permission, PermitTable } from '../../model/spec/isa.js';
import { Variables, type Reader, type Situation } from './variables.js';

/** A row, with the number of times it has decided. */
export interface RowCount {
  /** `sret.mstatus_tsr_op`. */
  readonly name: string;
  readonly then: Permission;
  hits: number;
}

/** What two tables say together: illegal if either does, else virtual if either does. */
export function together(first: Permission, second: Permission): Permission {
  if (first === 'illegal' || second === 'illegal') return 'illegal';
  return first === 'allow' ? second : first;
}

interface Row {
  readonly count: RowCount;
  readonly terms: readonly { readonly read: Reader; readonly values: readonly bigint[] }[];
}

/** Counts decisions of permit tables. */
export class PermitCounts {
  readonly #tables: ReadonlyMap<string, readonly Row[]>;
  readonly #ownTable: ReadonlyMap<number, string>;

  constructor(isa: Isa) {
    const variables = new Variables(isa);
    const rowsOf = (table: PermitTable): Row[] => table.rows.map((row) => ({
      count: { name: `${table.name}.${row.name}`, then: row.then, hits: 0 },
      terms: row.when.terms.map(({ variable, values }) => ({ read: variables.reader(variable), values })),
    }));
    this.#tables = new Map(isa.permits.map((t) => [t.name, rowsOf(t)]));
    this.#ownTable = new Map(isa.csrs.flatMap((c) => (c.permit === undefined ? [] : [[c.address, c.permit] as const])));
  }

  /** All rows. */
  get rows(): readonly RowCount[] {
    return [...this.#tables.values()].flatMap((rows) => rows.map((r) => r.count));
  }

  /**
   * Counts the rows that decide an instruction: that of its table and, unless
   * this calls a CSR access illegal, that of the CSR's own table.
   *
   * @param onRow - Told each of them.
   * @returns The decision.
   */
  decide(situation: Situation, onRow?: (row: RowCount) => void): Permission {
    const { permit } = situation.instruction;
    if (permit === undefined) return 'allow';
    const first = this.#hit(permit, situation, onRow);
    const own = situation.instruction.csr === undefined ? undefined : this.#ownTable.get(situation.csr);
    return first === 'illegal' || own === undefined ? first : together(first, this.#hit(own, situation, onRow));
  }

  #hit(table: string, situation: Situation, onRow?: (row: RowCount) => void): Permission {
    const row = (this.#tables.get(table) ?? []).find(({ terms }) => terms.every(({ read, values }) => values.includes(read(situation))));
    if (row === undefined) throw new Error(`no row of the permit table ${table} decides`);
    row.count.hits++;
    onRow?.(row.count);
    return row.count.then;
  }
}
