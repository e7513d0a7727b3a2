/**
 * What the walker of a core that keeps translations did for each record: put
 * together from the steps that it tells, from the slots of its caches, and
 * from the pages by which instructions came to memory.
 */
import { TRAIL, TRAIL_BITS } from '../../model/pipeline/record.js';
import type { UsedPte } from '../retirement.js';

type Entries = readonly UsedPte[];
const NONE: Entries = [];

/** A walk, counted. */
export interface Walk {
  /** The cycle in which it was asked for. */
  readonly began: number;
  /** Times that it began at the root, or at the second stage with the first Bare: none if the first stage's leaf or its table was kept. */
  readonly roots: number;
  /** Times that it entered the second stage. */
  readonly seconds: number;
  /** Entries examined that were read from memory, and that were kept. */
  readonly read: number;
  readonly kept: number;
  /** It has written A or D. */
  readonly wrote: boolean;
}

/** A page opened for fetches, or an instruction fetched by itself: the cycle in which that was done. */
export interface Opening {
  readonly cycle: number;
  readonly byItself: boolean;
  /** Its last walk. */
  readonly walk: Walk;
}

/** What the walker did for an instruction. */
export interface Translated {
  /** The page by which it was fetched, or itself. Absent: its address was physical, or it was not fetched. */
  readonly fetch?: Opening;
  /** The walker has translated it at commit: its access, or its fetch once more. */
  readonly walked: boolean;
  /** Walks at commit, for its parts. */
  readonly walks: readonly Walk[];
}

/** A question to the caches of entries, its answer, or an entry that they keep: a step as record.ts describes it. */
export interface CacheStep {
  readonly step: 'ask' | 'second' | 'reuse' | 'keep' | 'keepSecond';
  readonly address: bigint;
  readonly value: bigint;
  /** The registers that point to the tables. */
  readonly tables: readonly [bigint, bigint];
}

const CACHE_STEPS = new Map<number, CacheStep['step']>((['ask', 'second', 'reuse', 'keep', 'keepSecond'] as const).map((step) => [TRAIL[step], step]));

/** The step of that number, if it has to do with the caches of entries. */
export const cacheStep = (number: number): CacheStep['step'] | undefined => CACHE_STEPS.get(number);

interface Fetched extends Opening {
  readonly version: number;
  readonly entries: Entries;
  /** Of them, those of its first parcel. */
  readonly first: Entries;
  /** Some of it could not be fetched: commit walks for it, from memory alone. */
  readonly failed?: true;
}

const VERSIONS = 2 ** TRAIL_BITS.version;
/** Openings of a page that are remembered. More instructions than that are never in flight. */
const REMEMBERED = 16;
/** Where instructions fetched by themselves are: no page has this number. */
const BY_ITSELF = 2 ** TRAIL_BITS.page;
const NO_WALK: Walk = { began: 0, roots: 0, seconds: 0, read: 0, kept: 0, wrote: false };

/** What a record says of its translations. */
export interface Told {
  /** The walker has translated its access, or its fetch at commit. */
  readonly walked: boolean;
  /** The page by which its access was translated. */
  readonly page: number | undefined;
  /** Parts in which that was, each of them by the page. */
  readonly parts: number;
  /** {there is one, version, by itself, page}, TRAIL_BITS.fetch bits. */
  readonly fetch: number;
  /** Its second parcel is in another page than its first, if it has one. */
  readonly crosses: boolean;
}

/** A walk with what it has used. */
interface Trail extends Walk {
  readonly entries: readonly UsedPte[];
  /** How many of them it had when it entered the second stage last. */
  readonly second: number;
  /** It has begun again from memory alone. */
  readonly alone: boolean;
}

const NO_TRAIL: Trail = { ...NO_WALK, entries: [], second: 0, alone: false };

export class Trails {
  /** The walks for one instruction, in order. */
  #walks: readonly Trail[] = [];
  /** Entries by which the instruction was fetched that waits, or has waited last. */
  #waiting: Entries | undefined;
  readonly #slots = new Map<number, Entries>();
  readonly #data = new Map<number, Entries>();
  readonly #fetched = new Map<number, readonly Fetched[]>();

  /** A step of the walker in some cycle, as record.ts describes it. */
  step(step: number, cycle: number, address: bigint, value: bigint): void {
    const last = this.#last;
    const { entries, roots, seconds, read, kept } = last;
    switch (step) {
      case TRAIL.begin:
      case TRAIL.continue:
        this.#walks = [...(step === TRAIL.begin ? [] : this.#walks), { ...NO_TRAIL, began: cycle, roots: 1 }];
        return;
      case TRAIL.ask: return;
      case TRAIL.again: return this.#change({ roots: roots + 1, entries: [], second: 0, alone: true });
      case TRAIL.second: return this.#change({ seconds: seconds + 1, second: entries.length });
      case TRAIL.use: return this.#change({ read: read + 1, entries: [...entries, { address, value }] });
      // It is looked at once more: what it was before is of no use to anybody.
      case TRAIL.write: return this.#change({ wrote: true, entries: entries.toSpliced(entries.findLastIndex((one) => one.address === address), 1) });
      case TRAIL.reuse: return this.#change({
        kept: kept + 1, roots: seconds + read + kept === 0 ? 0 : roots, entries: [...entries, ...this.#slots.get(Number(address)) ?? NONE],
      });
      case TRAIL.keep:
        this.#slots.set(Number(address), entries);
        return;
      case TRAIL.keepSecond:
        this.#slots.set(Number(address), entries.slice(last.second));
        return;
      case TRAIL.fetchPage: return this.#fetch(Number(address), { version: Number(value), cycle, byItself: false, walk: last, entries, first: entries });
      case TRAIL.fetched: {
        // What a walk has found that failed says nothing: it is made once more, at commit. What is bound has seen what everybody sees.
        const walks = (address & 2n) !== 0n ? [] : (address & 1n) !== 0n ? this.#walks.slice(0, -1) : this.#walks;
        return this.#fetch(BY_ITSELF, { version: Number(value), cycle, byItself: true, walk: last, entries: walks.flatMap((walk) => walk.entries), first: walks[0]?.entries ?? NONE, ...((address & 1n) !== 0n && { failed: true }) });
      }
      case TRAIL.dataPage:
        this.#data.set(Number(address), (value === 1n ? this.#walks.at(-2) : last)?.entries ?? NONE);
        return;
      case TRAIL.waits:
        this.#waiting = this.#ofFetch(Number(address))?.entries ?? NONE;
        return;
      default: throw new Error(`a trail has no step ${step} (cycle ${cycle})`);
    }
  }

  get #last(): Trail {
    return this.#walks.at(-1) ?? NO_TRAIL;
  }

  #change(change: Partial<Trail>): void {
    this.#walks = [...this.#walks.slice(0, -1), { ...this.#last, ...change }];
  }

  #fetch(page: number, fetched: Fetched): void {
    this.#fetched.set(page, [fetched, ...this.#fetched.get(page) ?? []].slice(0, REMEMBERED));
  }

  /** The entries behind a record, those of the fetch first. */
  entries({ walked, page, parts, fetch, crosses }: Told): Entries {
    // Fetched by itself, an instruction is walked for by parcels. Two of one page are one use: the second's entries would be taken for those of the access.
    const fetched = this.#ofFetch(fetch)?.[crosses ? 'entries' : 'first'] ?? NONE;
    // A walk at commit from memory alone has seen what everybody sees.
    if (walked) return this.#ofFetch(fetch)?.failed === true ? fetched : [...fetched, ...this.#walks.flatMap(({ alone, entries }) => (alone ? NONE : entries))];
    const accessed = page === undefined ? NONE : this.#data.get(page) ?? NONE;
    return accessed.length === 0 ? fetched : [fetched, ...Array.from({ length: parts }, () => accessed)].flat();
  }

  /** Of an instruction that waits without a record; absent if none has, or the core keeps no translations. */
  get waiting(): Entries | undefined {
    return this.#waiting;
  }

  /** The work behind a record. */
  work({ walked, fetch }: Told): Translated {
    const opening = this.#ofFetch(fetch);
    return { walked, walks: walked ? this.#walks : [], ...(opening && { fetch: opening }) };
  }

  #ofFetch(fetch: number): Fetched | undefined {
    if (fetch >> (TRAIL_BITS.fetch - 1) === 0) return undefined;
    const version = (fetch >> (TRAIL_BITS.page + 1)) % VERSIONS;
    // The newest of those that are not younger than the instruction.
    const age = (of: Fetched): number => (version - of.version + VERSIONS) % VERSIONS;
    const all = this.#fetched.get(fetch % (2 * BY_ITSELF));
    return all?.find((of) => age(of) < VERSIONS / 2) ?? all?.[0];
  }
}
