/**
 * The first difference between two records or two states, in the manual's
 * words.
 */
import type { ArchitecturalState, CsrChange, Retirement } from '../retirement.js';

/** One thing on which the two disagree, as text. */
export interface Difference {
  readonly what: string;
  readonly model: string;
  readonly reference: string;
  /** Of a CSR that the record changed: its value before. */
  readonly was?: string;
}

const NONE: readonly Difference[] = [];

const hex = (v: bigint | number): string => `0x${v.toString(16)}`;

function differ(what: string, model: bigint | number | boolean | string, reference: bigint | number | boolean | string): Difference | undefined {
  if (model === reference) return undefined;
  const text = (v: bigint | number | boolean | string): string => (typeof v === 'bigint' || typeof v === 'number' ? hex(v) : String(v));
  return { what, model: text(model), reference: text(reference) };
}

/** All differences of two records, the telling ones first; empty if they agree. */
export function compareRecords(model: Retirement, reference: Retirement): readonly Difference[] {
  if (sameRecord(model, reference)) return NONE;
  const found: Difference[] = [];
  const check = (d: Difference | undefined): void => {
    if (d !== undefined) found.push(d);
  };
  check(differ('pc', model.pc_rdata, reference.pc_rdata));
  check(differ('mode before', model.mode, reference.mode));
  check(differ('instruction', model.insn, reference.insn));
  check(compareTrapPresence(model, reference));
  if (model.trap !== undefined && reference.trap !== undefined) {
    const m = model.trap;
    const r = reference.trap;
    check(differ('interrupt', m.interrupt, r.interrupt));
    check(differ('cause', m.cause, r.cause));
    check(differ('trap taken in', m.to, r.to));
    check(differ('tval', m.tval, r.tval));
    check(differ('tval2', m.tval2, r.tval2));
    check(differ('tinst', m.tinst, r.tinst));
    check(differ('GVA', m.gva, r.gva));
  }
  check(differ('mode', model.next_mode, reference.next_mode));
  check(differ('next pc', model.pc_wdata, reference.pc_wdata));
  check(differ('rd', model.rd_addr, reference.rd_addr));
  if (model.rd_wdata !== reference.rd_wdata) check(differ(`x${model.rd_addr}`, model.rd_wdata, reference.rd_wdata));
  check(differ('memory address', model.mem_addr, reference.mem_addr));
  check(differ('bytes read', model.mem_rmask, reference.mem_rmask));
  check(differ('bytes written', model.mem_wmask, reference.mem_wmask));
  check(differ('data read', model.mem_rdata, reference.mem_rdata));
  check(differ('data written', model.mem_wdata, reference.mem_wdata));
  compareCsrs(model, reference, check);
  return found;
}

/** The usual case, in one look; must be true only if {@link compareRecords} finds nothing. */
function sameRecord(m: Retirement, r: Retirement): boolean {
  return m.trap === undefined && r.trap === undefined && m.csrs.length === 0 && r.csrs.length === 0
    && m.pc_rdata === r.pc_rdata && m.mode === r.mode && m.insn === r.insn && m.next_mode === r.next_mode && m.pc_wdata === r.pc_wdata
    && m.rd_addr === r.rd_addr && m.rd_wdata === r.rd_wdata && m.mem_addr === r.mem_addr && m.mem_rmask === r.mem_rmask && m.mem_wmask === r.mem_wmask
    && m.mem_rdata === r.mem_rdata && m.mem_wdata === r.mem_wdata;
}

/** Whether a record retires or traps, and how. */
export function outcomeText({ trap }: Retirement): string {
  return trap === undefined ? 'retires' : `${trap.interrupt ? 'interrupt' : 'exception'} ${trap.cause} into ${trap.to}`;
}

function compareTrapPresence(model: Retirement, reference: Retirement): Difference | undefined {
  return (model.trap === undefined) === (reference.trap === undefined) ? undefined : differ('outcome', outcomeText(model), outcomeText(reference));
}

function compareCsrs(model: Retirement, reference: Retirement, check: (d: Difference | undefined) => void): void {
  if (model.csrs.length === 0 && reference.csrs.length === 0) return;
  const names = new Set([...model.csrs, ...reference.csrs].map((c) => c.csr));
  for (const name of names) {
    compareChange(name, model.csrs.find((c) => c.csr === name), reference.csrs.find((c) => c.csr === name), check);
  }
}

/** Who does not list a change has left the value as the other found it. */
function compareChange(name: string, model: CsrChange | undefined, reference: CsrChange | undefined, check: (d: Difference | undefined) => void): void {
  const before = (reference ?? model)?.before;
  if (before === undefined) return;
  check(differ(`${name} before`, model?.before ?? before, reference?.before ?? before));
  const after = differ(name, model?.after ?? before, reference?.after ?? before);
  check(after === undefined ? undefined : { ...after, was: hex(before) });
  // A change to what it was before: the records differ, the values do not.
  if (after === undefined && (model === undefined) !== (reference === undefined)) check(differ(`change of ${name}`, model !== undefined, reference !== undefined));
}

/** All differences of two states. */
export function compareStates(model: ArchitecturalState, reference: ArchitecturalState): readonly Difference[] {
  const found: Difference[] = [];
  const check = (d: Difference | undefined): void => {
    if (d !== undefined) found.push(d);
  };
  check(differ('pc', model.pc, reference.pc));
  check(differ('mode', model.mode, reference.mode));
  model.x.forEach((value, i) => { if (value !== reference.x[i]) check(differ(`x${i}`, value, reference.x[i] ?? 0n)); });
  check(differ('reservation', model.reservation ?? 'none', reference.reservation ?? 'none'));
  for (const name in model.csrs) compareCsr(name, model, reference, check);
  for (const name in reference.csrs) if (!(name in model.csrs)) compareCsr(name, model, reference, check);
  return found;
}

function compareCsr(name: string, model: ArchitecturalState, reference: ArchitecturalState, check: (d: Difference) => void): void {
  const m = model.csrs[name];
  const r = reference.csrs[name];
  if (m !== r) check({ what: name, model: m === undefined ? 'missing' : hex(m), reference: r === undefined ? 'missing' : hex(r) });
}
