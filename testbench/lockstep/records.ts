/**
 * The observed core's ring as `Retirement` records with the inputs that the
 * reference needs.
 */
import { PACKED, RECORD_FIELDS, RECORD_KINDS, TRAIL_BITS, TRAIL_LOW, packedNames, type PackedName, type RecordFieldName } from '../../model/pipeline/record.js';
import type { CsrChange, HostWrite, Inputs, Mode, Retirement, TrapMode, UsedPte } from '../retirement.js';
import { cacheStep, Trails, type CacheStep, type Told, type Translated } from './trails.js';

/** A home CSR in the order of the core, with the read-only bits that its stored value lacks. */
export interface HomeDescription {
  readonly name: string;
  readonly constant: bigint;
}

/** One record of the core and what the outside showed it. */
export interface Observation {
  readonly retirement: Retirement;
  readonly inputs: Inputs;
  /** What the walker did for it; absent of cores that keep no translations. */
  readonly translated?: Translated;
  /** What its caches of entries were asked, and kept, since the record before. */
  readonly steps?: readonly CacheStep[];
}

const WORD = new Map<RecordFieldName, number>(RECORD_FIELDS.map((name, i) => [name, i]));
const FIELDS = RECORD_FIELDS.length;
const at = (name: RecordFieldName): number => WORD.get(name) ?? 0;
const [KIND, CYCLE, PC, NEXT_PC, INSN, PACK, VALUE, ADDRESS, RDATA, WDATA, MTIME, LINES] = [
  at('kind'), at('cycle'), at('pc'), at('next_pc'), at('insn'), at('packed'), at('value'), at('address'), at('rdata'), at('wdata'), at('mtime'), at('lines'),
];

/** Bit position and width of the parts of `packed`. */
const PARTS: Readonly<Record<PackedName, { readonly low: number; readonly width: number }>> = (() => {
  const parts = new Map<PackedName, { low: number; width: number }>();
  let low = 0;
  for (const name of [...packedNames()].reverse()) {
    parts.set(name, { low, width: PACKED[name] });
    low += PACKED[name];
  }
  const part = (name: PackedName): { low: number; width: number } => parts.get(name) ?? { low: 0, width: 1 };
  return {
    trap: part('trap'), io: part('io'), half: part('half'), fetched: part('fetched'), gva: part('gva'), to: part('to'), cause: part('cause'),
    interrupt: part('interrupt'), wmask: part('wmask'), rmask: part('rmask'), rd: part('rd'), nextMode: part('nextMode'), mode: part('mode'),
  };
})();

const TARGETS: readonly TrapMode[] = ['M', 'HS', 'VS'];
/** By {V, priv}. */
const MODES_BY_LEVEL: readonly (Mode | undefined)[] = ['U', 'HS', undefined, 'M', 'VU', 'VS', undefined, undefined];

/** The mode of three bits {V, priv}. */
export function modeOf(level: number): Mode {
  const mode = MODES_BY_LEVEL[level];
  if (mode === undefined) throw new Error(`the core is in no mode: V and priv are ${level.toString(2).padStart(3, '0')}`);
  return mode;
}

/** Parts of an access, each of which is translated by itself: what lies in 8 bytes. */
function partsOf({ mem_addr: address, mem_rmask: reads, mem_wmask: writes }: Retirement): number {
  return Number(address & 7n) + (32 - Math.clz32(reads | writes)) > 8 ? 2 : 1;
}

/** What a record says of its translations; `trails`: the upper half of its `lines`. */
function toldIn(trails: number, retirement: Retirement): Told {
  const page = trails >>> TRAIL_BITS.fetch;
  return {
    fetch: trails % 2 ** TRAIL_BITS.fetch,
    page: (page >> TRAIL_BITS.page) % 2 === 0 ? undefined : page % 2 ** TRAIL_BITS.page,
    walked: (page >> (TRAIL_BITS.page + 1)) % 2 === 1,
    parts: partsOf(retirement),
    crosses: (retirement.pc_rdata & 0xfffn) === 0xffen,
  };
}

/** The counters of events, in the order of their bits in the ring and of `Inputs.events`. */
export const EVENT_COUNTERS: readonly string[] = ['mhpmcounter3', 'mhpmcounter4', 'mhpmcounter5', 'mhpmcounter6'];
type EventCounts = NonNullable<Inputs['events']>;
const NO_EVENTS: EventCounts = [0n, 0n, 0n, 0n];

const NO_WRITES: readonly HostWrite[] = [];
const NO_CHANGES: readonly CsrChange[] = [];
const NOTHING = {};

/** Decodes a ring, keeping the record number and CSR changes between calls. */
export class RecordDecoder {
  #order = 0;
  #changes: CsrChange[] = [];
  #trails = new Trails();
  #steps: CacheStep[] = [];
  #events = NO_EVENTS;
  /** As the last record saw them. */
  #told = NO_EVENTS;

  constructor(readonly homes: readonly HomeDescription[]) {}

  /** Starts anew, as after reset. */
  reset(): void {
    this.#order = 0;
    this.#changes = [];
    this.#trails = new Trails();
    this.#steps = [];
    this.#events = NO_EVENTS;
    this.#told = NO_EVENTS;
  }

  /** How often the event of each of {@link EVENT_COUNTERS} has happened since the last record. */
  get untold(): readonly bigint[] {
    return this.#events === this.#told ? NO_EVENTS : this.#events.map((n, i) => n - (this.#told[i] ?? 0n));
  }

  /** Page-table entries by which the instruction was fetched that waits without a record. */
  get waiting(): readonly UsedPte[] | undefined {
    return this.#trails.waiting;
  }

  /**
   * The records in `words` (whole records of 64-bit words).
   *
   * @param hostWrites - Given to the first record: memory that the host wrote before it.
   */
  decode(words: BigUint64Array, hostWrites: readonly HostWrite[] = NO_WRITES): Observation[] {
    const observations: Observation[] = [];
    const halves = new Uint32Array(words.buffer, words.byteOffset, words.length * 2);
    for (let base = 0; base + FIELDS <= words.length; base += FIELDS) {
      const kind = halves[2 * (base + KIND)] ?? 0;
      if (kind === RECORD_KINDS.csr) {
        const home = this.homes[halves[2 * (base + PC)] ?? 0];
        if (home === undefined) throw new Error(`record names home ${words[base + PC]} of ${this.homes.length}`);
        const { name, constant } = home;
        this.#changes.push({ csr: name, before: (words[base + VALUE] ?? 0n) | constant, after: (words[base + RDATA] ?? 0n) | constant });
        continue;
      }
      if (kind === RECORD_KINDS.events) {
        this.#see(halves[2 * (base + VALUE)] ?? 0);
        continue;
      }
      if (kind === RECORD_KINDS.walk) {
        const number = halves[2 * (base + PC)] ?? 0;
        const step = cacheStep(number);
        if (step !== undefined) this.#steps.push({ step, address: words[base + ADDRESS] ?? 0n, value: words[base + VALUE] ?? 0n, tables: [words[base + RDATA] ?? 0n, words[base + WDATA] ?? 0n] });
        this.#trails.step(number, halves[2 * (base + CYCLE)] ?? 0, words[base + ADDRESS] ?? 0n, words[base + VALUE] ?? 0n);
        continue;
      }
      observations.push(this.#observation(words, halves, base, kind === RECORD_KINDS.trap, observations.length === 0 ? hostWrites : NO_WRITES));
    }
    return observations;
  }

  /** A bit for each counter: its event has happened. */
  #see(bits: number): void {
    const [a, b, c, d] = this.#events;
    const happened = (i: number): bigint => BigInt((bits >> i) & 1);
    this.#events = [a + happened(0), b + happened(1), c + happened(2), d + happened(3)];
  }

  /** Numbers are cheap where they fit, and most words are zero: only what must be becomes a bigint. */
  #observation(words: BigUint64Array, halves: Uint32Array, base: number, trapped: boolean, hostWrites: readonly HostWrite[]): Observation {
    const word = (index: number): bigint =>
      (halves[2 * (base + index)] === 0 && halves[2 * (base + index) + 1] === 0 ? 0n : words[base + index] ?? 0n);
    const low = halves[2 * (base + PACK)] ?? 0;
    const high = halves[2 * (base + PACK) + 1] ?? 0;
    const part = (name: PackedName): number => {
      const { low: from, width } = PARTS[name];
      const bits = from >= 32 ? high >>> (from - 32) : from === 0 ? low : (low >>> from) | (high << (32 - from));
      return bits & ((1 << width) - 1);
    };
    const lines = halves[2 * (base + LINES)] ?? 0;
    const trails = halves[2 * base + 2 * LINES + TRAIL_LOW / 32] ?? 0;
    const bits = halves[2 * (base + INSN)] ?? 0;
    const half = part('half') === 1;
    const insn = half ? 0 : bits;
    const fetched = half || part('fetched') === 1;
    const csrs = this.#takeChanges();
    const io = part('io') === 1;
    const retirement: Retirement = {
      order: this.#order++,
      pc_rdata: word(PC),
      pc_wdata: word(NEXT_PC),
      insn,
      mode: modeOf(part('mode')),
      next_mode: modeOf(part('nextMode')),
      rd_addr: part('rd'),
      rd_wdata: trapped ? 0n : word(VALUE),
      mem_addr: word(ADDRESS),
      mem_rmask: part('rmask'),
      mem_wmask: part('wmask'),
      mem_rdata: trapped ? 0n : word(RDATA),
      mem_wdata: trapped ? 0n : word(WDATA),
      csrs,
      trap: trapped
        ? {
            cause: part('cause'), interrupt: part('interrupt') === 1, to: TARGETS[part('to')] ?? 'M',
            tval: word(VALUE), tval2: word(RDATA), tinst: word(WDATA), gva: part('gva') === 1,
          }
        : undefined,
    };
    const inputs: Inputs = {
      cycle: word(CYCLE),
      mtime: word(MTIME),
      meip: (lines & 1) === 1,
      seip: (lines & 2) === 2,
      hgeip: lines < 4 ? 0n : BigInt(lines >> 2),
      insn: fetched ? bits : undefined,
      ioData: io && part('rmask') !== 0 ? word(RDATA) : undefined,
      hostWrites,
      ...this.#tell(),
    };
    if (trails === 0) return { retirement, inputs };
    const told = toldIn(trails, retirement);
    const steps = this.#steps;
    this.#steps = [];
    return { retirement, inputs: { ...inputs, ptes: this.#trails.entries(told) }, translated: this.#trails.work(told), steps };
  }

  #tell(): Pick<Inputs, 'events'> {
    if (this.#events === this.#told) return NOTHING;
    this.#told = this.#events;
    return { events: this.#events };
  }

  #takeChanges(): readonly CsrChange[] {
    const changes = this.#changes;
    if (changes.length === 0) return NO_CHANGES;
    this.#changes = [];
    return changes.length > 1 ? changes.sort((a, b) => (a.csr < b.csr ? -1 : 1)) : changes;
  }
}
