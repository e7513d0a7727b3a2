/**
 * The state that decides about an instruction: the CSR fields that its permit
 * tables, its cases and the delegation of its trap ask about or change, with
 * their values before it.
 */
import type { Condition, Csr, Instruction, Isa } from '../../model/spec/isa.js';
import { MODES as LEVELS } from '../../model/spec/isa.js';
import type { Retirement } from '../retirement.js';

/** Home CSRs before the instruction, by name. */
export type StateBefore = Readonly<Record<string, bigint>>;

/** A named bit or field with its value. */
export interface Deciding {
  readonly name: string;
  readonly value: bigint;
}

/** The value of `mstatus.TSR` in a state; undefined if it is not stored there. */
export function fieldBefore(isa: Isa, before: StateBefore, path: string): bigint | undefined {
  const [csrName = '', fieldName = 'all'] = path.split('.');
  const field = isa.csrs.find((c) => c.name === csrName)?.fields.find((f) => f.name === fieldName);
  if (field === undefined) return undefined;
  if (field.source.kind === 'constant') return field.source.value;
  if (field.source.kind === 'alias') return fieldBefore(isa, before, field.source.of);
  const home = before[csrName];
  const { high, low } = field.bits;
  return home === undefined ? undefined : (home >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
}

/** Whether a condition may hold: modes and stored fields are known, other variables are not. */
export function mayHold(isa: Isa, { terms }: Condition, mode: Retirement['mode'], before: StateBefore | undefined): boolean {
  return terms.every(({ variable, values }) => {
    if (variable === 'mode') return values.includes(LEVELS[mode]);
    if (variable === 'V') return values.includes(LEVELS[mode] >> 2n);
    const value = before === undefined ? undefined : fieldBefore(isa, before, variable);
    return value === undefined || values.includes(value);
  });
}

/** Fields that decide about the instruction in its mode, in order of mention. */
export function decidingState(isa: Isa, instruction: Instruction | undefined, accessed: Csr | undefined, retirements: readonly Retirement[], before: StateBefore): readonly Deciding[] {
  const [first] = retirements;
  if (first === undefined) return [];
  const tables = [instruction?.permit, accessed?.permit].flatMap((name) => isa.permits.find((t) => t.name === name)?.rows.filter((row) => mayHold(isa, row.when, first.mode, undefined)) ?? []);
  const cases = instruction?.cases.filter((c) => mayHold(isa, c.when, first.mode, undefined)) ?? [];
  const variables = [...tables.map((row) => row.when), ...cases.map((c) => c.when)].flatMap((w) => w.terms.map((t) => t.variable));
  const operations = cases.flatMap((c) => [c.next.pc, c.next.priv, c.next.V, ...c.update.map((u) => u.value)]).flatMap((o) => o?.text ?? []);
  const named = operations.flatMap((text) => text.match(/\b[a-z]+\.[A-Z][A-Za-z0-9]*\b/g) ?? []);
  const changed = cases.flatMap((c) => c.update.map((u) => u.target));
  const fields = [...new Set([...[...variables, ...changed].filter((v) => v.includes('.')), ...named])].flatMap((name): Deciding[] => {
    const value = fieldBefore(isa, before, name);
    return value === undefined ? [] : [{ name, value }];
  });
  return [...fields, ...delegationBits(retirements, before)];
}

/** The bits that delegate the traps concerned. */
function delegationBits(retirements: readonly Retirement[], before: StateBefore): readonly Deciding[] {
  const traps = retirements.flatMap(({ trap }) => (trap === undefined || trap.interrupt ? [] : [trap.cause]));
  return [...new Set(traps)].flatMap((cause) =>
    ['medeleg', 'hedeleg'].flatMap((name): Deciding[] => {
      const value = before[name];
      return value === undefined ? [] : [{ name: `${name}[${cause}]`, value: (value >> BigInt(cause)) & 1n }];
    }));
}
