/** Runs a row on a subject and says in words where the two differ. */
import type { ArchitecturalState, HomeCsr, Retirement, Subject, TrapMode } from '../retirement.js';
import { PRESENT, opened } from './extensions.js';
import { FIELDS, PC, VECTOR, type Arrangement, type Expectation, type StatusName, type TableRow, type TrapExpectation } from './row.js';

/** The registers a trap into each mode writes, by role. */
const TRAP_CSRS: Readonly<Record<TrapMode, {
  readonly epc: HomeCsr; readonly cause: HomeCsr; readonly tval: HomeCsr;
  readonly tval2?: HomeCsr; readonly tinst?: HomeCsr; readonly status: readonly StatusName[];
}>> = {
  M: { epc: 'mepc', cause: 'mcause', tval: 'mtval', tval2: 'mtval2', tinst: 'mtinst', status: ['mstatus'] },
  HS: { epc: 'sepc', cause: 'scause', tval: 'stval', tval2: 'htval', tinst: 'htinst', status: ['mstatus', 'hstatus'] },
  VS: { epc: 'vsepc', cause: 'vscause', tval: 'vstval', status: ['vsstatus'] },
};

/** These counters run by themselves: never part of a comparison unless a row names them. */
const FREE_RUNNING: ReadonlySet<string> = new Set(['mcycle', 'minstret']);

/** No counter is in a record's list of changes, those neither that change by a write alone. */
const UNLISTED: ReadonlySet<string> = new Set(['mcycle', 'minstret', 'mhpmcounter3', 'mhpmcounter4', 'mhpmcounter5', 'mhpmcounter6']);

const hex = (value: bigint | undefined): string => (value === undefined ? 'nothing' : `0x${value.toString(16)}`);

/** The byte arranged at a physical address, 0 where nothing is. */
function byteAt(memory: NonNullable<Arrangement['memory']>, address: bigint): number {
  const entry = memory.find((candidate) => address >= candidate.address && address < candidate.address + BigInt(candidate.bytes));
  return entry === undefined ? 0 : Number((entry.value >> (8n * (address - entry.address))) & 0xffn);
}

/** The instruction arranged at a physical address: 32 bits when the lowest two are 11, else 16. */
export function arrangedInsn(memory: NonNullable<Arrangement['memory']>, pc: bigint): { readonly insn: number; readonly length: bigint } {
  const bytes = [0n, 1n, 2n, 3n].map((offset) => byteAt(memory, pc + offset));
  const low = (bytes[0] ?? 0) + (bytes[1] ?? 0) * 0x100;
  return (low & 3) === 3 ? { insn: low + (bytes[2] ?? 0) * 0x1_0000 + (bytes[3] ?? 0) * 0x100_0000, length: 4n } : { insn: low, length: 2n };
}

/** Exceptions of the fetch itself: the record has no instruction bits, not even those of a first half. */
const FETCH_FAULTS: readonly number[] = [1, 12, 20];

/**
 * Arranges the row's state, steps, and compares the last record and the state
 * after it with what the row expects. Empty: the subject agrees.
 *
 * `extensions` are the ones the subject has: what they would lock after reset
 * is opened where the row does not say otherwise.
 */
export function runRow(subject: Subject, row: TableRow, extensions: readonly string[] = PRESENT): string[] {
  const differences: string[] = [];
  const steps = row.steps ?? 1;
  const memory = row.arrange.memory ?? [];
  subject.arrange(opened(row.arrange, extensions));
  for (let step = 1; step < steps; step += 1) {
    const early = subject.step();
    if (early.trap !== undefined && row.trapsBefore !== true) {
      return [`step ${step} of ${steps} trapped with cause ${early.trap.cause} to ${early.trap.to}`];
    }
  }
  const before = subject.state();
  const record = subject.step();
  const after = subject.state();
  let pc = row.arrange.pc ?? PC;
  for (let step = 1; step < steps; step += 1) pc += arrangedInsn(memory, pc).length;
  pc = row.expect.pc ?? pc;

  const arranged = arrangedInsn(memory, pc);
  compareControl(record, before, after, row.expect, pc, arranged.length, differences);
  const fetched = row.expect.trap?.interrupt !== true && !FETCH_FAULTS.includes(row.expect.trap?.cause ?? -1);
  const insn = row.expect.insn ?? (fetched ? arranged.insn : 0);
  if (record.insn >>> 0 !== insn) differences.push(`insn is ${hex(BigInt(record.insn >>> 0))}, expected ${hex(BigInt(insn))}`);
  if (row.expect.trap === undefined) compareRetired(record, row.expect, differences);
  else compareTrap(record, after, row.expect.trap, pc, differences);
  compareRegisters(record, before, after, row.expect, differences);
  compareCsrs(record, before, after, row.expect, differences);
  return differences;
}

/** Where execution was, and where and in which mode it goes on. */
function compareControl(
  record: Retirement, before: ArchitecturalState, after: ArchitecturalState, expect: Expectation, pc: bigint, length: bigint, differences: string[],
): void {
  const nextMode = expect.nextMode ?? expect.trap?.to ?? before.mode;
  const nextPc = expect.nextPc ?? (expect.trap === undefined ? pc + length : VECTOR[expect.trap.to]);
  if (record.pc_rdata !== pc) differences.push(`pc_rdata is ${hex(record.pc_rdata)}, expected ${hex(pc)}`);
  if (record.pc_wdata !== nextPc) differences.push(`pc_wdata is ${hex(record.pc_wdata)}, expected ${hex(nextPc)}`);
  if (record.next_mode !== nextMode) differences.push(`next_mode is ${record.next_mode}, expected ${nextMode}`);
  if (record.mode !== before.mode) differences.push(`the record's mode is ${record.mode} but the hart was in ${before.mode}`);
  if (after.mode !== record.next_mode) differences.push(`next_mode is ${record.next_mode} but the hart is in ${after.mode}`);
  if (after.pc !== record.pc_wdata) differences.push(`pc_wdata is ${hex(record.pc_wdata)} but the pc is ${hex(after.pc)}`);
}

/** A row without a trap. */
function compareRetired(record: Retirement, expect: Expectation, differences: string[]): void {
  if (record.trap !== undefined) {
    const kind = record.trap.interrupt ? 'interrupt' : 'exception';
    differences.push(`took ${kind} ${record.trap.cause} to ${record.trap.to}, expected to retire`);
  }
  if (Array.isArray(expect.rd)) {
    const [register, value] = expect.rd as readonly [number, bigint];
    if (record.rd_addr !== register) differences.push(`wrote x${record.rd_addr}, expected x${register}`);
    else if (record.rd_wdata !== value) differences.push(`x${register} became ${hex(record.rd_wdata)}, expected ${hex(value)}`);
  } else if (expect.rdRange !== undefined) {
    const [register, low, high] = expect.rdRange;
    if (record.rd_addr !== register) differences.push(`wrote x${record.rd_addr}, expected x${register}`);
    else if (record.rd_wdata < low || record.rd_wdata > high) {
      differences.push(`x${register} became ${hex(record.rd_wdata)}, expected ${hex(low)} to ${hex(high)}`);
    }
  } else if (expect.rd === undefined && record.rd_addr !== 0) {
    differences.push(`wrote x${record.rd_addr}, expected no register to be written`);
  }
  if (expect.mem !== undefined) {
    const { addr, rmask = 0, rdata = 0n, wmask = 0, wdata = 0n } = expect.mem;
    if (record.mem_addr !== addr) differences.push(`mem_addr is ${hex(record.mem_addr)}, expected ${hex(addr)}`);
    if (record.mem_rmask !== rmask) differences.push(`mem_rmask is ${record.mem_rmask}, expected ${rmask}`);
    if (record.mem_rdata !== rdata) differences.push(`mem_rdata is ${hex(record.mem_rdata)}, expected ${hex(rdata)}`);
    if (record.mem_wmask !== wmask) differences.push(`mem_wmask is ${record.mem_wmask}, expected ${wmask}`);
    if (record.mem_wdata !== wdata) differences.push(`mem_wdata is ${hex(record.mem_wdata)}, expected ${hex(wdata)}`);
  }
}

/** A row with a trap: the record's trap, and the registers it is written to. */
function compareTrap(
  record: Retirement, after: ArchitecturalState, expected: TrapExpectation, pc: bigint, differences: string[],
): void {
  const interrupt = expected.interrupt ?? false;
  const tval = expected.tval ?? 0n;
  const tval2 = expected.tval2 ?? 0n;
  const tinst = expected.tinst ?? 0n;
  const gva = expected.gva ?? false;
  const trap = record.trap;
  if (trap === undefined) {
    differences.push(`retired, expected ${interrupt ? 'interrupt' : 'exception'} ${expected.cause} to ${expected.to}`);
    return;
  }
  if (trap.interrupt !== interrupt) differences.push(`took an ${trap.interrupt ? 'interrupt' : 'exception'}, expected the other kind`);
  if (trap.cause !== expected.cause) differences.push(`cause is ${trap.cause}, expected ${expected.cause}`);
  if (trap.to !== expected.to) differences.push(`the trap goes to ${trap.to}, expected ${expected.to}`);
  if (trap.tval !== tval) differences.push(`tval is ${hex(trap.tval)}, expected ${hex(tval)}`);
  if (trap.tval2 !== tval2) differences.push(`tval2 is ${hex(trap.tval2)}, expected ${hex(tval2)}`);
  if (trap.tinst !== tinst) differences.push(`tinst is ${hex(trap.tinst)}, expected ${hex(tinst)}`);
  if (trap.gva !== gva) differences.push(`gva is ${trap.gva}, expected ${gva}`);
  if (record.rd_addr !== 0 || record.rd_wdata !== 0n) differences.push(`a trap wrote x${record.rd_addr}`);
  if (record.mem_addr !== 0n || record.mem_rmask !== 0 || record.mem_wmask !== 0) differences.push('a trap accessed memory');

  const written = TRAP_CSRS[expected.to];
  const cause = (interrupt ? 1n << 63n : 0n) | BigInt(expected.cause);
  const values: [HomeCsr | undefined, bigint][] = [
    [written.epc, pc], [written.cause, cause], [written.tval, tval], [written.tval2, tval2], [written.tinst, tinst],
  ];
  for (const [csr, value] of values) {
    if (csr !== undefined && after.csrs[csr] !== value) {
      differences.push(`${csr} is ${hex(after.csrs[csr])} after the trap, expected ${hex(value)}`);
    }
  }
  const gvaBit = expected.to === 'M' ? 1n << 38n : expected.to === 'HS' ? 1n << 6n : undefined;
  if (gvaBit !== undefined) {
    const register = expected.to === 'M' ? 'mstatus' : 'hstatus';
    if ((((after.csrs[register] ?? 0n) & gvaBit) !== 0n) !== gva) differences.push(`${register}.GVA is not ${gva}`);
  }
}

/** Integer registers other than the one the record names keep their values. */
function compareRegisters(
  record: Retirement, before: ArchitecturalState, after: ArchitecturalState, expect: Expectation, differences: string[],
): void {
  for (let register = 0; register < 32; register += 1) {
    const value = register === 0 ? 0n : register === record.rd_addr ? record.rd_wdata : before.x[register];
    if (after.x[register] !== value) differences.push(`x${register} is ${hex(after.x[register])}, expected ${hex(value)}`);
  }
  if (expect.trap !== undefined && record.rd_addr !== 0) differences.push(`x${record.rd_addr} written although a trap was expected`);
}

/** Home CSRs: the named ones as named, the rest unchanged, and the record's list of changes true. */
function compareCsrs(
  record: Retirement, before: ArchitecturalState, after: ArchitecturalState, expect: Expectation, differences: string[],
): void {
  const free = new Set<string>();
  if (expect.trap !== undefined) {
    const { epc, cause, tval, tval2, tinst, status } = TRAP_CSRS[expect.trap.to];
    for (const name of [epc, cause, tval, tval2, tinst, ...status]) if (name !== undefined) free.add(name);
  }
  const whole = expect.csrs as Readonly<Record<string, bigint>> | undefined ?? {};
  const fields = expect.fields as Readonly<Record<string, Readonly<Record<string, number>>>> | undefined ?? {};
  for (const [name, value] of Object.entries(after.csrs)) {
    const old = before.csrs[name];
    const wanted = whole[name];
    const named = fields[name];
    if (wanted !== undefined) {
      if (value !== wanted) differences.push(`${name} is ${hex(value)}, expected ${hex(wanted)}`);
    } else if (named !== undefined) {
      compareFields(name as StatusName, named, old ?? 0n, value, differences);
    } else if (!free.has(name) && !FREE_RUNNING.has(name) && value !== old) {
      differences.push(`${name} changed from ${hex(old)} to ${hex(value)}, expected it to stay`);
    }
  }
  for (const name of [...Object.keys(whole), ...Object.keys(fields)]) {
    if (after.csrs[name] === undefined) differences.push(`the state has no ${name}`);
  }

  const changed = Object.keys(after.csrs).filter((name) => !UNLISTED.has(name) && after.csrs[name] !== before.csrs[name]).sort();
  const listed = record.csrs.map((change) => change.csr);
  if (changed.join() !== listed.join()) {
    differences.push(`the record lists changes of [${listed.join(' ')}] but [${changed.join(' ')}] changed`);
  }
  for (const change of record.csrs) {
    if (change.before !== before.csrs[change.csr] || change.after !== after.csrs[change.csr]) {
      differences.push(`the record's values of ${change.csr} are not the state's`);
    }
  }
}

/** The named fields, and every other bit of their register unchanged. */
function compareFields(
  register: StatusName, named: Readonly<Record<string, number>>, before: bigint, after: bigint, differences: string[],
): void {
  const positions = FIELDS[register] as Readonly<Record<string, readonly [number, number]>>;
  let others = (1n << 64n) - 1n;
  for (const [name, wanted] of Object.entries(named)) {
    const position = positions[name];
    if (position === undefined) throw new Error(`${register} has no field ${name}`);
    const mask = ((1n << BigInt(position[1])) - 1n) << BigInt(position[0]);
    others &= ~mask;
    const value = (after & mask) >> BigInt(position[0]);
    if (value !== BigInt(wanted)) differences.push(`${register}.${name} is ${value}, expected ${wanted}`);
  }
  if (((before ^ after) & others) !== 0n) {
    differences.push(`${register} changed from ${hex(before)} to ${hex(after)} outside the fields that should`);
  }
}
