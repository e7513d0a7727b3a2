/** Mutants of the permit tables, of the variables they ask about, and of instructions and CSRs that forget theirs. */
import type { Isa, Permission, PermitTable } from '../../model/spec/isa.js';
import { mistakenRows } from './conditions.js';
import { isaMutant, type Mutant } from './mutant.js';
import { mistaken } from './operations.js';

const DECISIONS: readonly Permission[] = ['allow', 'illegal', 'virtual'];
/** Variables that delegation asks about. */
const DELEGATION = /^(medeleg|hedeleg)_cause$/;

function tableMutants(table: PermitTable): readonly Mutant[] {
  return mistakenRows(table.rows, DECISIONS).map(({ what, value, entry }) => isaMutant('permit', `${table.name}.${what}`, entry, (isa) => (
    { ...isa, permits: isa.permits.map((t) => (t.name === table.name ? { ...t, rows: value } : t)) })));
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
