/**
 * Which page-table entries a core keeps: the caches behind the first level,
 * replayed from what they were asked. Each answer, a slot or none, and the slot
 * of each new entry follow from the questions, the fences and the CSR writes
 * before, by the rules under "Translation" in docs/timing.md.
 */
import type { CacheSize, Isa, StageName, TranslationCaches, Uarch } from '../../model/spec/isa.js';
import type { CacheStep } from '../lockstep/trails.js';
import type { Retirement } from '../retirement.js';
import { InstructionTimer } from './instruction.js';

const PAGE_BITS = 12n;
/** Of what a pointer to a table of the last level is for. */
const TABLE_BITS = 21n;
const GUEST_BIT = 64n - PAGE_BITS;
const STAGES: readonly StageName[] = ['S', 'VS', 'G'];
/** CSRs with a say over entries on the way to one that is kept: memory protection, ADUE and PBMTE. */
const DECISIVE = /^(pmpcfg|pmpaddr)\d+$|^[mh]envcfg$/;

/** A question. */
interface Asked {
  readonly guest: boolean;
  readonly address: bigint;
  readonly tables: readonly bigint[];
}

interface Entry {
  readonly key: string;
  readonly generation: number;
}

/** One cache. */
class Entries {
  /** By set, then by way. */
  #sets: (Entry | undefined)[][] = [];
  /** The way to be replaced next, of all sets. */
  #victim = 0;

  constructor(readonly size: CacheSize, readonly granule: bigint, readonly firstSlot: number) {
    this.clear();
  }

  clear(): void {
    this.#sets = Array.from({ length: this.size.entries / this.size.ways }, () => new Array<Entry | undefined>(this.size.ways).fill(undefined));
  }

  #place({ guest, address, tables }: Asked): { readonly set: number; readonly key: string } {
    const page = (guest ? 1n << GUEST_BIT : 0n) | (address >> this.granule);
    return { set: Number(page % BigInt(this.#sets.length)), key: [page, ...tables].join() };
  }

  /** The slot that has an entry, if one does. */
  find(asked: Asked, generation: number): number | undefined {
    if (this.size.entries === 0) return undefined;
    const { set, key } = this.#place(asked);
    const way = this.#sets[set]?.findIndex((entry) => entry?.key === key && entry.generation === generation) ?? -1;
    return way < 0 ? undefined : this.firstSlot + way * this.#sets.length + set;
  }

  /** A new entry; its slot. */
  keep(asked: Asked, generation: number): number {
    const { set, key } = this.#place(asked);
    const found = this.find(asked, generation);
    const slot = found ?? this.firstSlot + this.#victim * this.#sets.length + set;
    if (found === undefined) this.#victim = (this.#victim + 1) % this.size.ways;
    const ways = this.#sets[set];
    if (ways !== undefined) ways[Math.floor((slot - this.firstSlot) / this.#sets.length)] = { key, generation };
    return slot;
  }
}

/** A record with what the caches were asked before it. */
export interface KeptEvent {
  readonly retirement: Retirement;
  readonly steps?: readonly CacheStep[];
}

export class KeptEntries {
  readonly #timer: InstructionTimer;
  readonly #names: ReadonlyMap<number, string>;
  readonly #caches: Readonly<Record<'leaf' | 'pointer' | 'second', Entries>>;
  readonly #generations: Record<StageName, number> = { S: 0, VS: 0, G: 0 };
  #first: Asked | undefined;
  #second: Asked | undefined;
  /** The slot that the next step has to name; undefined: it names none. */
  #due: { readonly slot: number | undefined } | undefined;
  /** Answers that were replayed, and how many of them were a slot. */
  readonly count = { asked: 0, hits: 0, kept: 0 };

  private constructor(isa: Isa, readonly translation: TranslationCaches) {
    const { shared, pointers, second } = translation;
    this.#timer = new InstructionTimer(isa);
    this.#names = new Map(isa.csrs.map(({ address, name }) => [address, name]));
    this.#caches = {
      leaf: new Entries(shared, PAGE_BITS, 0),
      pointer: new Entries(pointers, TABLE_BITS, shared.entries),
      second: new Entries(second, PAGE_BITS, shared.entries + pointers.entries),
    };
  }

  /** Those of a core; undefined if it keeps none, or looks at single entries when it fences: which go then, is not replayed. */
  static of(isa: Isa, { translation }: Uarch): KeptEntries | undefined {
    const exact = [...translation?.flushes.values() ?? []].some(({ by }) => by !== undefined);
    return translation === undefined || exact ? undefined : new KeptEntries(isa, translation);
  }

  /** What a trace has otherwise than replayed, in one line; undefined: nothing. */
  firstMistake(events: Iterable<KeptEvent>): string | undefined {
    for (const { retirement, steps } of events) {
      for (const step of steps ?? []) {
        const mistake = this.#step(step);
        if (mistake !== undefined) return `before record ${retirement.order}: ${mistake}`;
      }
      this.#retire(retirement);
    }
    return undefined;
  }

  #step({ step, address, value, tables }: CacheStep): string | undefined {
    const due = this.#due;
    this.#due = undefined;
    if (step === 'reuse') return due?.slot === Number(address) ? undefined : `slot ${address} answers, not ${due?.slot ?? 'none'}`;
    if (due?.slot !== undefined) return `slot ${due.slot} does not answer`;
    const slot = Number(address);
    switch (step) {
      case 'ask': return this.#ask('first', { guest: (value & 1n) === 1n, address, tables }, (value & 2n) !== 0n);
      case 'second': return this.#ask('second', { guest: true, address, tables: tables.slice(0, 1) }, (value & 2n) !== 0n);
      case 'keep': return this.#keep(this.#first, slot >= this.#caches.pointer.firstSlot ? 'pointer' : 'leaf', slot);
      case 'keepSecond': return this.#keep(this.#second, 'second', slot);
    }
  }

  #ask(stage: 'first' | 'second', asked: Asked, used: boolean): undefined {
    if (stage === 'first') this.#first = asked;
    else this.#second = asked;
    if (!used) return;
    const caches = stage === 'first' ? [this.#caches.leaf, this.#caches.pointer] : [this.#caches.second];
    const [slot] = caches.flatMap((cache) => cache.find(asked, this.#generation(stage, asked)) ?? []);
    this.#due = { slot };
    this.count.asked++;
    if (slot !== undefined) this.count.hits++;
  }

  #keep(asked: Asked | undefined, kept: 'leaf' | 'pointer' | 'second', slot: number): string | undefined {
    if (asked === undefined) return `slot ${slot} keeps what nobody has asked for`;
    const expected = this.#caches[kept].keep(asked, this.#generation(kept === 'second' ? 'second' : 'first', asked));
    this.count.kept++;
    return slot === expected ? undefined : `slot ${slot} keeps an entry, not ${expected}`;
  }

  #generation(stage: 'first' | 'second', { guest }: Asked): number {
    return this.#generations[stage === 'second' ? 'G' : guest ? 'VS' : 'S'];
  }

  #retire({ insn, mode, trap }: Retirement): void {
    const { instruction, word } = this.#timer.of(insn);
    if (trap !== undefined || instruction === undefined) return;
    const guest = mode === 'VS' || mode === 'VU';
    const flush = this.translation.flushes.get(instruction.name);
    for (const stage of flush?.[guest ? 'guest' : 'host'] ?? []) this.#flush([stage]);
    // CSRRW and CSRRWI write always, the others unless their operand is number 0.
    const writes = instruction.csr !== undefined && ((word >>> 12) % 4 === 1 || (word >>> 15) % 32 !== 0);
    if (writes && DECISIVE.test(this.#names.get(word >>> 20) ?? '')) this.#flush(STAGES);
  }

  /** Another generation; when the first comes back, nothing is kept of any stage. */
  #flush(stages: readonly StageName[]): void {
    for (const stage of stages) {
      this.#generations[stage] = (this.#generations[stage] + 1) % 2 ** this.translation.generation;
      if (this.#generations[stage] === 0) for (const cache of Object.values(this.#caches)) cache.clear();
    }
  }
}
