/**
 * Permit tables as hardware: the first row that matches decides between
 * allowed, illegal instruction and virtual instruction.
 */
import { constant, eqConst, mux, or, select } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import type { Scope } from '../lang/scope.js';
import type { Csr, Permission, PermitRow, PermitTable } from '../spec/isa.js';
import type { Hart } from './hart.js';

/** Two bits. */
export const PERMISSIONS: Record<Permission, number> = { allow: 0, illegal: 1, virtual: 2 };

const decision = (p: Permission): Expr => constant(2, PERMISSIONS[p]);

const rowName = (table: PermitTable, row: PermitRow): string => `${table.name}.${row.name}`;
const rowNames = (table: PermitTable): readonly string[] => table.rows.map((row) => rowName(table, row));

/** All permit tables over one scope of variables. */
export class Permits {
  readonly #tables = new Map<string, Expr>();
  /** `table.row`, all tables one after the other. */
  readonly rows: readonly string[];

  constructor(
    readonly hart: Hart,
    readonly scope: Scope,
  ) {
    this.rows = hart.isa.permits.flatMap(rowNames);
  }

  /** The decision of a table, two bits; a wire `permit.NAME`. */
  table(name: string): Expr {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    const table = this.hart.isa.permits.find((t) => t.name === name);
    const value = this.hart.builder.wire(`permit.${name}`, table === undefined ? decision('allow') : this.#decide(table));
    this.#tables.set(name, value);
    return value;
  }

  #decide(table: PermitTable): Expr {
    return this.#first(table, (row) => decision(row.then), decision('illegal'));
  }

  /** A value of the first row that matches. */
  #first(table: PermitTable, valueOf: (row: PermitRow) => Expr, none: Expr): Expr {
    const { lowering, modeIs } = this.hart;
    return table.rows.reduceRight<Expr>(
      (otherwise, row) => mux(lowering.condition(row.when, this.scope, modeIs, `${table.name}.${row.name}`), valueOf(row), otherwise), none);
  }

  /** The row of a table that decides, as an index in {@link rows}; their number for none. */
  row(name: string): Expr {
    const { rows } = this;
    const number = (n: number): Expr => constant(Math.ceil(Math.log2(rows.length + 1)), n);
    const table = this.hart.isa.permits.find((t) => t.name === name);
    return table === undefined ? number(rows.length) : this.#first(table, (row) => number(rows.indexOf(rowName(table, row))), number(rows.length));
  }

  /** The same of the accessed CSR's own table. */
  ownRow(address: Expr): Expr {
    return select(address, this.#ownTables().map(({ name, keys }) => ({ keys, value: this.row(name) })), this.row(''));
  }

  /** Tables of CSRs, with the addresses of those that they are of. */
  #ownTables(): readonly { readonly name: string; readonly keys: readonly bigint[] }[] {
    const groups = new Map<string, Csr[]>();
    for (const csr of this.hart.isa.csrs) {
      if (csr.permit !== undefined) groups.set(csr.permit, [...(groups.get(csr.permit) ?? []), csr]);
    }
    return [...groups].map(([name, csrs]) => ({ name, keys: csrs.map((c) => BigInt(c.address)) }));
  }

  /**
   * The decision for a CSR access, by the general table and the accessed CSR's
   * own: illegal if either says so, else virtual if either does. What HS-mode
   * could not do either is illegal for a guest, whoever withholds it.
   */
  csr(general: string, address: Expr): Expr {
    const first = this.table(general);
    const own = select(address, this.#ownTables().map(({ name, keys }) => ({ keys, value: this.table(name) })), decision('allow'));
    const illegal = or(eqConst(first, PERMISSIONS.illegal), eqConst(own, PERMISSIONS.illegal));
    return mux(illegal, decision('illegal'), mux(eqConst(first, PERMISSIONS.allow), own, first));
  }
}
