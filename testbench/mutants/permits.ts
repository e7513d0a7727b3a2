/** Mutants of the permit tables, of the variables they ask about, and of instructions and CSRs that forget theirs. */
import type { Isa, Permission, PermitRow, PermitTable } from '../../model/spec/isa.js';
import { mistakenConditions, mistakenOrders } from './conditions.js';
import { isaMutant, type Mutant } from './mutant.js';
import { mistaken } from './operations.js';

const DECISIONS: readonly Permission[] = ['allow', 'illegal', 'virtual'];
/** Variables that delegation asks about. */
const DELEGATION = /^(medeleg|hedeleg)_cause$/;

function withRows(isa: Isa, table: PermitTable, rows: readonly PermitRow[]): Isa {
  return { ...isa, permits: isa.permits.map((t) => (t.name === table.name ? { ...t, rows } : t)) };
}

function rowMutants(table: PermitTable, row: PermitRow): readonly Mutant[] {
  const id = `${table.name}.${row.name}`;
  const put = (isa: Isa, changed: PermitRow): Isa => withRows(isa, table, table.rows.map((r) => (r === row ? changed : r)));
  const flips = DECISIONS.filter((d) => d !== row.then)
    .map((then) => isaMutant('permit', `${id}: ${then} instead of ${row.then}`, row, (isa) => put(isa, { ...row, then })));
  const conditions = mistakenConditions(row.when).map(({ what, value }) => isaMutant('permit', `${id}: ${what}`, row, (isa) => put(isa, { ...row, when: value })));
  return [...flips, ...conditions];
}

function tableMutants(table: PermitTable): readonly Mutant[] {
  const orders = mistakenOrders(table.rows).map(({ what, value, entry }) => isaMutant('permit', `${table.name}.${what}`, entry, (isa) => withRows(isa, table, value)));
  return [...table.rows.flatMap((row) => rowMutants(table, row)), ...orders];
}

/** All mutants of who may do what. */
export function permitMutants(isa: Isa): readonly Mutant[] {
  const variables = isa.variables.flatMap((variable) => mistaken(variable.value).map((value) =>
    isaMutant(DELEGATION.test(variable.name) ? 'delegation' : 'permit', `variable ${variable.name}: ${value.text}`, variable, (i) => (
      { ...i, variables: i.variables.map((v) => (v.name === variable.name ? { ...v, value } : v)) }))));
  const instructions = isa.instructions.filter((i) => i.permit !== undefined).map((instruction) =>
    isaMutant('permit', `${instruction.name}: without a permit`, instruction, (i) => ({
      ...i,
      instructions: i.instructions.map((other) => {
        if (other.name !== instruction.name) return other;
        const { permit: _lost, ...rest } = other;
        return rest;
      }),
    })));
  const csrs = isa.csrs.filter((c) => c.permit !== undefined && !/\d$/.test(c.name)).map((csr) =>
    isaMutant('permit', `${csr.name}: without a permit of its own`, csr, (i) => ({
      ...i,
      csrs: i.csrs.map((other) => {
        if (other.name !== csr.name) return other;
        const { permit: _lost, ...rest } = other;
        return rest;
      }),
    })));
  return [...isa.permits.flatMap(tableMutants), ...variables, ...instructions, ...csrs];
}
