/**
 * Compares what two machines left of the same programs, first difference a program.
 *
 * QEMU's differences that random programs cannot avoid are an allow-list of predicates with their rules. The list is for
 * QEMU only: nothing of the kind exists between the core and its reference.
 */
import { TRAP_FIELDS, type LoggedTrap, type Outcome } from './image.js';

/** A known difference of QEMU 7.2: an exception of VU-mode that it calls illegal and the manual calls virtual. */
interface Excuse {
  readonly rule: string;
  /** Recognises the instruction. */
  readonly matches: (insn: bigint) => boolean;
}

const SYSTEM = 0x73n;
const funct3 = (insn: bigint): bigint => (insn >> 12n) & 7n;
const funct7 = (insn: bigint): bigint => insn >> 25n;
const isSystem = (insn: bigint): boolean => (insn & 0x7fn) === SYSTEM;

/** In VU-mode; all of these are cause 22 by the manual and cause 2 in QEMU 7.2. */
export const EXCUSES: readonly Excuse[] = [
  { rule: 'H_virtinst_vu_sret_sfence', matches: (insn) => insn === 0x1020_0073n },
  { rule: 'H_virtinst_vu_sret_sfence', matches: (insn) => isSystem(insn) && funct3(insn) === 0n && funct7(insn) === 0x09n },
  { rule: 'H_virtinst_vu_vs_hinst', matches: (insn) => isSystem(insn) && funct3(insn) === 0n && [0x11n, 0x31n].includes(funct7(insn)) },
  { rule: 'H_virtinst_vu_nonhigh_supervisor_allowedhs_tvm0', matches: (insn) => isSystem(insn) && (funct3(insn) & 3n) !== 0n && ((insn >> 28n) & 3n) === 1n },
];

const ILLEGAL = 2n;
const VIRTUAL = 22n;

/** Whether the trap came from VU-mode, by the status registers that its handler saw. */
function fromVU({ taker, status, hstatus }: LoggedTrap): boolean {
  if (taker === 3n) return ((status >> 39n) & 1n) === 1n && ((status >> 11n) & 3n) === 0n;
  return taker === 1n && ((hstatus >> 7n) & 1n) === 1n && ((status >> 8n) & 1n) === 0n;
}

/** The excuse for a pair of trap entries whose causes differ. */
function excuse(ours: LoggedTrap, theirs: LoggedTrap): Excuse | undefined {
  if (ours.cause !== VIRTUAL || theirs.cause !== ILLEGAL || ours.tval !== theirs.tval || !fromVU(ours)) return undefined;
  return EXCUSES.find(({ matches }) => matches(ours.tval));
}

/**
 * A CSR's value without the bits that QEMU 7.2 may have wrong by now: SXL (35:34), which vsstatus does not have, and
 * hstatus.GVA, which a trap into VS clears.
 */
function comparable(name: string, value: bigint): bigint {
  if (name === 'vsstatus') return value & ~(3n << 34n);
  return name === 'hstatus' ? value & ~(1n << 6n) : value;
}

/** The first difference of one program. */
export interface Difference {
  readonly index: number;
  /** Such as `trap 3: cause` or `csr scause` or `x7`. */
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
}

/** What a comparison found. */
export interface Comparison {
  readonly programs: number;
  readonly traps: number;
  /** Trap entries that the allow-list excused, by rule. */
  readonly excused: Readonly<Record<string, number>>;
  readonly differences: readonly Difference[];
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** The first difference of two outcomes of a program; counts excuses. */
function firstDifference(ours: Outcome, theirs: Outcome, count: (rule: string) => void): Omit<Difference, 'index'> | undefined {
  let excused = false;
  for (let entry = 0; entry < Math.max(ours.traps.length, theirs.traps.length); entry++) {
    const [mine, other] = [ours.traps[entry], theirs.traps[entry]];
    const told = (trap: LoggedTrap | undefined): string =>
      trap === undefined ? 'none' : `taker ${trap.taker} cause ${hex(trap.cause)} epc ${hex(trap.epc)} tval ${hex(trap.tval)}`;
    if (mine === undefined || other === undefined) return { what: `trap ${entry}`, ours: told(mine), theirs: told(other) };
    for (const field of TRAP_FIELDS) {
      if (mine[field] === other[field]) continue;
      if (mine.taker !== 1n && comparable(field, mine[field]) === comparable(field, other[field])) continue;
      const known = field === 'cause' ? excuse(mine, other) : undefined;
      if (known === undefined) return { what: `trap ${entry}: ${field}`, ours: `${hex(mine[field])} (${told(mine)})`, theirs: `${hex(other[field])} (${told(other)})` };
      excused = true;
      count(known.rule);
    }
  }
  for (const [name, value] of Object.entries(ours.csrs)) {
    const other = theirs.csrs[name]!;
    if (comparable(name, value) === comparable(name, other)) continue;
    if (excused && (name === 'scause' || name === 'mcause') && value === VIRTUAL && other === ILLEGAL) continue;
    return { what: `csr ${name}`, ours: hex(value), theirs: hex(other) };
  }
  for (let register = 1; register < 32; register++) {
    if (ours.x[register] !== theirs.x[register]) return { what: `x${register}`, ours: hex(ours.x[register]!), theirs: hex(theirs.x[register]!) };
  }
  if (ours.memory !== theirs.memory) return { what: 'memory', ours: hex(ours.memory), theirs: hex(theirs.memory) };
  return undefined;
}

/**
 * Compares all programs of an image.
 *
 * @param ours - What Ghosthart printed.
 * @param theirs - What QEMU printed.
 */
export function compareOutcomes(ours: readonly Outcome[], theirs: readonly Outcome[]): Comparison {
  const excused: Record<string, number> = {};
  const differences: Difference[] = [];
  const programs = Math.max(ours.length, theirs.length);
  for (let index = 0; index < programs; index++) {
    const [mine, other] = [ours[index], theirs[index]];
    if (mine === undefined || other === undefined) {
      differences.push({ index, what: 'outcome', ours: mine === undefined ? 'none' : 'there', theirs: other === undefined ? 'none' : 'there' });
      break;
    }
    const difference = firstDifference(mine, other, (rule) => {
      excused[rule] = (excused[rule] ?? 0) + 1;
    });
    if (difference !== undefined) differences.push({ index, ...difference });
  }
  return { programs, traps: ours.reduce((sum, { traps }) => sum + traps.length, 0), excused, differences };
}
