/**
 * Permit tables as hardware: the first row that matches decides between
 * allowed, illegal instruction and virtual instruction.
 */
import { constant, eqConst, mux, or, select } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import type { Scope } from '../lang/scope.js';
import type { Csr, Permission, PermitTable } from '../spec/isa.js';
import type { Hart } from './hart.js';

/** Two bits. */
export const PERMISSIONS: Record<Permission, number> = { allow: 0, illegal: 1, virtual: 2 };

const decision = (p: Permission): Expr => constant(2, PERMISSIONS[p]);

/** All permit tables over one scope of variables. */
export class Permits {
  readonly #tables = new Map<string, Expr>();

  constructor(
    readonly hart: Hart,
    readonly scope: Scope,
  ) {}

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
    const { lowering, modeIs } = this.hart;
    return table.rows.reduceRight<Expr>(
      (otherwise, row) => mux(lowering.condition(row.when, this.scope, modeIs, `${table.name}.${row.name}`), decision(row.then), otherwise),
      decision('illegal'),
    );
  }

  /**
   * The decision for a CSR access, by the general table and the accessed CSR's
   * own: illegal if either says so, else virtual if either does. What HS-mode
   * could not do either is illegal for a guest, whoever withholds it.
   */
  csr(general: string, address: Expr): Expr {
    const first = this.table(general);
    const groups = new Map<string, Csr[]>();
    for (const csr of this.hart.isa.csrs) {
      if (csr.permit !== undefined) groups.set(csr.permit, [...(groups.get(csr.permit) ?? []), csr]);
    }
    const own = select(address, [...groups].map(([name, csrs]) => ({ keys: csrs.map((c) => BigInt(c.address)), value: this.table(name) })), decision('allow'));
    const illegal = or(eqConst(first, PERMISSIONS.illegal), eqConst(own, PERMISSIONS.illegal));
    return mux(illegal, decision('illegal'), mux(eqConst(first, PERMISSIONS.allow), own, first));
  }
}
