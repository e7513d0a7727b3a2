/**
 * What an event writes by the specs, whether or not the values change: on the
 * way into a trap or out of one, into the CSR behind an address, into a
 * register. Targets are `mepc`, `mstatus.MPP`, `x12`, `memory`.
 */
import type { Csr, CsrField, Instruction, Isa } from '../../model/spec/isa.js';
import type { Mode, Retirement } from '../retirement.js';
import { valueOf } from './bits.js';
import type { InstructionEvent } from './event.js';
import { csrsOf } from './state-names.js';

/** A field that stores bits, with its CSR. */
export interface StoredField {
  readonly csr: Csr;
  readonly field: CsrField;
}

/** The fields that a write of a CSR can change, there or where its aliases lead. */
export const storedBehind = (isa: Isa, csr: Csr): readonly StoredField[] => behind(isa, csr, csr.fields);

function behind(isa: Isa, csr: Csr, fields: readonly CsrField[]): readonly StoredField[] {
  return fields.flatMap((field) => {
    const { source } = field;
    if (source.kind === 'stored') return source.writable === 0n ? [] : [{ csr, field }];
    if (source.kind !== 'alias' || source.readonly) return [];
    const [name = '', fieldName = 'all'] = source.of.split('.');
    const target = csrsOf(isa).get(name);
    return target === undefined ? [] : behind(isa, target, target.fields.filter((f) => f.name === fieldName));
  });
}

/** The CSR that an access reaches: with V=1, the one that substitutes for it. */
export function reached(isa: Isa, csr: Csr, mode: Mode): Csr {
  const substitute = mode === 'VS' || mode === 'VU' ? isa.csrs.find((c) => c.substitutes === csr.name) : undefined;
  return substitute ?? csr;
}

/** What an instruction without cases writes when it retires. */
export function effects(isa: Isa, event: InstructionEvent, instruction: Instruction, mode: Mode): readonly string[] {
  const locals = event.forms[0]?.locals ?? {};
  const number = (name: string): bigint => (locals[name] === undefined ? 0n : (valueOf(locals[name]) ?? 0n));
  const csr = isa.csrs.find((c) => c.address === event.csr);
  const fields = csr === undefined || number('csr_writes') === 0n ? [] : storedBehind(isa, reached(isa, csr, mode));
  const yields = instruction.format.registers.rd !== undefined && (instruction.result !== undefined || instruction.csr !== undefined);
  return [
    ...(yields && number('rd') !== 0n ? [`x${number('rd')}`] : []),
    ...(instruction.memory?.op === 'store' || instruction.memory?.op === 'amo' ? ['memory'] : []),
    ...fields.map(({ csr: home, field }) => (home.fields.length === 1 ? home.name : `${home.name}.${field.name}`)),
  ];
}

/** Targets in few words: `mstatus.{MPV,MPP} mepc`. */
export function writesText(writes: readonly string[]): string {
  const homes = new Map<string, string[]>();
  for (const target of writes) {
    const [home = '', field] = target.split('.');
    homes.set(home, [...(homes.get(home) ?? []), ...(field === undefined ? [] : [field])]);
  }
  return [...homes].map(([home, fields]) => (fields.length === 0 ? home : fields.length === 1 ? `${home}.${fields.join()}` : `${home}.{${fields.join()}}`)).join(' ');
}

/** What a record changes although it is not among the targets. */
export function unasked(isa: Isa, writes: readonly string[], { rd_addr, csrs }: Retirement): readonly string[] {
  const register = rd_addr !== 0 && !writes.includes(`x${rd_addr}`) ? [`x${rd_addr}`] : [];
  const changes = csrs.flatMap(({ csr, before, after }) => {
    const changed = (before ^ after) & ~maskOf(isa, csr, writes);
    if (changed === 0n) return [];
    const fields = csrsOf(isa).get(csr)?.fields.filter((f) => (fieldBits(f) & changed) !== 0n) ?? [];
    return fields.map((f) => (f.name === 'all' ? csr : `${csr}.${f.name}`));
  });
  return [...register, ...changes];
}

const fieldBits = ({ bits: { high, low } }: CsrField): bigint => ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);

/** The bits of a CSR that the targets cover. */
function maskOf(isa: Isa, home: string, writes: readonly string[]): bigint {
  if (writes.includes(home)) return (1n << 64n) - 1n;
  const fields = csrsOf(isa).get(home)?.fields ?? [];
  return fields.reduce((mask, f) => (writes.includes(`${home}.${f.name}`) ? mask | fieldBits(f) : mask), 0n);
}
