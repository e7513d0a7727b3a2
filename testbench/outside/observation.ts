/**
 * One difference between two machines, described by what the list of differences may ask for: the class of instruction, the
 * mode that it ran in, the cause of its trap, and the field that differs.
 */
import type { Mode } from '../retirement.js';
import { ALIAS_BIT, DRAM } from './arena.js';
import type { Body } from './bodies/body.js';
import { ECALL, sizeOf } from './bodies/encode.js';
import type { LoggedTrap, Outcome } from './image.js';
import { classOf, type InstructionClass } from './instruction-class.js';

/**
 * What differs. `trap`: one machine trapped and the other did not. Fields of a trap: `gva` is mstatus.GVA or hstatus.GVA, `status` and
 * `hstatus` are without it. The others are left at the end of a program; `accessed`
 * are the A bits of the page tables, `tables` the rest of them.
 */
export type Field =
  | 'trap' | 'taker' | 'cause' | 'epc' | 'tval' | 'tval2' | 'tinst' | 'gva' | 'status' | 'hstatus' | `x${number}` | `csr ${string}` | 'memory' | 'tables' | 'accessed';

/** A difference and its circumstances. */
export interface Observation {
  readonly field: Field;
  /** Absent when that machine did not trap. */
  readonly ours: bigint | undefined;
  readonly theirs: bigint | undefined;
  readonly class: InstructionClass;
  /** The instruction's bits, 0 when there is none. */
  readonly word: number;
  readonly mode: Mode;
  /** Ours, or theirs when we did not trap. */
  readonly cause: bigint;
  /** Their cause, when they trapped at this instruction. */
  readonly theirCause: bigint | undefined;
  /** Our trap or, when there is none, theirs. */
  readonly trap: LoggedTrap | undefined;
  /** At the end: some access of the program was refused by a page table. */
  readonly refused: boolean;
}

const PAGE_FAULTS: ReadonlySet<bigint> = new Set([12n, 13n, 15n, 20n, 21n, 23n]);
const INTERRUPT = 1n << 63n;
const GVA: Readonly<Record<'status' | 'hstatus', bigint>> = { status: 1n << 38n, hstatus: 1n << 6n };
/** Bits that QEMU 7.2 does not have and behaves as if they were set: menvcfg.ADUE, henvcfg.ADUE. */
const UNSEEN: Readonly<Record<string, bigint>> = { menvcfg: 1n << 61n, henvcfg: 1n << 61n, vsstatus: 3n << 34n, hvip: 0x40n };
const bit = (value: bigint, place: bigint): boolean => ((value >> place) & 1n) === 1n;

/** The mode that a trap came from, by the status registers that its handler saw. */
function modeOf({ taker, status, hstatus }: LoggedTrap): Mode {
  if (taker === 3n) {
    const mpp = (status >> 11n) & 3n;
    if (mpp === 3n) return 'M';
    return bit(status, 39n) ? (mpp === 0n ? 'VU' : 'VS') : mpp === 0n ? 'U' : 'HS';
  }
  const supervisor = bit(status, 8n);
  if (taker === 2n || bit(hstatus, 7n)) return supervisor ? 'VS' : 'VU';
  return supervisor ? 'HS' : 'U';
}

/** The program's own address of a trap's epc: without the alias. */
const place = (trap: LoggedTrap): bigint => trap.epc & ~(1n << BigInt(ALIAS_BIT));

/** Describes the differences of one program in the order of time. */
export class Observer {
  private readonly words = new Map<bigint, number>();

  constructor(private readonly body: Body, private readonly start: bigint) {
    let at = start;
    for (const word of this.body.code) {
      this.words.set(at, word);
      at += BigInt(sizeOf(word));
    }
    this.words.set(at, ECALL);
  }

  private subject(trap: LoggedTrap): Pick<Observation, 'class' | 'word' | 'mode' | 'cause' | 'trap' | 'refused'> {
    const word = this.words.get(place(trap));
    const kind = trap.cause >= INTERRUPT ? 'interrupt' : word === undefined ? 'handler' : classOf(word);
    return { class: kind, word: word ?? 0, mode: modeOf(trap), cause: trap.cause, trap, refused: false };
  }

  /** The differences of two trap entries with the same number. */
  *traps(ours: LoggedTrap | undefined, theirs: LoggedTrap | undefined): Generator<Observation> {
    const earlier = this.earlier(ours, theirs);
    if (earlier !== undefined) {
      yield { ...this.subject(earlier), field: 'trap', ours: earlier === ours ? ours.cause : undefined, theirs: earlier === theirs ? theirs.cause : undefined, theirCause: earlier === theirs ? theirs.cause : undefined };
      return;
    }
    if (ours === undefined || theirs === undefined) return;
    const subject = { ...this.subject(ours), theirCause: theirs.cause };
    for (const field of ['taker', 'cause', 'epc', 'tval', 'tval2', 'tinst'] as const) {
      if (ours[field] !== theirs[field]) yield { ...subject, field, ours: ours[field], theirs: theirs[field] };
      if (field === 'taker' && ours.taker !== theirs.taker) return;
    }
    for (const field of ['status', 'hstatus'] as const) {
      const [mine, other] = [ours[field], theirs[field]];
      if ((mine & GVA[field]) !== (other & GVA[field])) yield { ...subject, field: 'gva', ours: mine & GVA[field], theirs: other & GVA[field] };
      if ((mine & ~GVA[field]) !== (other & ~GVA[field])) yield { ...subject, field, ours: mine & ~GVA[field], theirs: other & ~GVA[field] };
    }
  }

  /** Of two traps at different instructions the one that comes first. */
  private earlier(ours: LoggedTrap | undefined, theirs: LoggedTrap | undefined): LoggedTrap | undefined {
    if (ours === undefined || theirs === undefined) return ours ?? theirs;
    const [a, b] = [place(ours), place(theirs)];
    if (a === b) return undefined;
    const [first, second] = [this.rank(a), this.rank(b)];
    return first < second || (first === second && a < b) ? ours : theirs;
  }

  /** Programs only go forward; a handler, which lies before them all, belongs to the trap before; a jump out of the program is its end. */
  private rank(address: bigint): 0 | 1 | 2 {
    if (this.words.has(address)) return 1;
    return address >= DRAM && address < this.start ? 0 : 2;
  }

  /** The differences of what two machines left. */
  *end(ours: Outcome, theirs: Outcome): Generator<Observation> {
    const refused = ours.traps.some(({ cause }) => PAGE_FAULTS.has(cause));
    const nothing = { class: 'end', word: 0, mode: 'M', cause: 0n, theirCause: undefined, trap: undefined, refused } as const;
    for (const [name, value] of Object.entries(ours.csrs)) {
      const other = theirs.csrs[name];
      if (other === undefined || ((value ^ other) & ~(UNSEEN[name] ?? 0n)) !== 0n) yield { ...nothing, field: `csr ${name}`, ours: value, theirs: other };
    }
    for (let register = 1; register < 32; register++) {
      if (ours.x[register] !== theirs.x[register]) yield { ...nothing, field: `x${register}`, ours: ours.x[register], theirs: theirs.x[register] };
    }
    for (const field of ['memory', 'tables', 'accessed'] as const) {
      if (ours[field] !== theirs[field]) yield { ...nothing, field, ours: ours[field], theirs: theirs[field] };
    }
  }
}
