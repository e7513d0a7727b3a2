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

interface Fetched extends Opening {
  readonly version: number;
  readonly entries: Entries;
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
}

export class Trails {
  /** Entries that the walks for one instruction have used, in order. */
  #trail: UsedPte[] = [];
  #walks: Walk[] = [];
  /** Where in the trail the last walk begins, and its last second stage. */
  #walk = 0;
  #second = 0;
  /** Entries by which the instruction was fetched that waits, or has waited last. */
  #waiting: Entries | undefined;
  readonly #slots = new Map<number, Entries>();
  readonly #data = new Map<number, Entries>();
  readonly #fetched = new Map<number, readonly Fetched[]>();

  /** A step of the walker in some cycle, as record.ts describes it. */
  step(step: number, cycle: number, address: bigint, value: bigint): void {
    const { began, roots, seconds, read, kept, wrote } = this.#last;
    switch (step) {
      case TRAIL.begin:
      case TRAIL.continue:
        this.#begin(step === TRAIL.begin ? [] : this.#trail);
        this.#walks = [...(step === TRAIL.begin ? [] : this.#walks), { ...NO_WALK, began: cycle, roots: 1 }];
        return;
      case TRAIL.again:
        this.#begin(this.#trail.slice(0, this.#walk));
        return this.#count({ roots: roots + 1 });
      case TRAIL.second:
        this.#second = this.#trail.length;
        return this.#count({ seconds: seconds + 1 });
      case TRAIL.use:
        // An entry is looked at once more after it has been written.
        this.#count({ read: read + 1, wrote: wrote || this.#trail.at(-1)?.address === address });
        this.#trail.push({ address, value });
        return;
      case TRAIL.reuse:
        this.#count({ kept: kept + 1, roots: seconds + read + kept === 0 ? 0 : roots });
        this.#trail.push(...this.#slots.get(Number(address)) ?? NONE);
        return;
      case TRAIL.keep:
        this.#slots.set(Number(address), this.#trail.slice(this.#walk));
        return;
      case TRAIL.keepSecond:
        this.#slots.set(Number(address), this.#trail.slice(this.#second));
        return;
      case TRAIL.fetchPage: return this.#fetch(Number(address), { version: Number(value), cycle, byItself: false, walk: this.#last, entries: this.#trail.slice(this.#walk) });
      case TRAIL.fetched: {
        // What a walk has found that failed says nothing: it is made once more, at commit.
        const entries = address === 0n ? [...this.#trail] : this.#trail.slice(0, this.#walk);
        return this.#fetch(BY_ITSELF, { version: Number(value), cycle, byItself: true, walk: this.#last, entries });
      }
      case TRAIL.dataPage:
        this.#data.set(Number(address), this.#trail.slice(this.#walk));
        return;
      case TRAIL.waits:
        this.#waiting = this.#ofFetch(Number(address))?.entries ?? NONE;
        return;
      default: throw new Error(`a trail has no step ${step} (the last walk began in cycle ${began})`);
    }
  }

  /** Of an instruction that waits without a record; absent if none has, or the core keeps no translations. */
  get waiting(): Entries | undefined {
    return this.#waiting;
  }

  get #last(): Walk {
    return this.#walks.at(-1) ?? NO_WALK;
  }

  #count(change: Partial<Walk>): void {
    this.#walks = [...this.#walks.slice(0, -1), { ...this.#last, ...change }];
  }

  #begin(trail: UsedPte[]): void {
    this.#trail = trail;
    this.#walk = trail.length;
    this.#second = trail.length;
  }

  #fetch(page: number, fetched: Fetched): void {
    this.#fetched.set(page, [fetched, ...this.#fetched.get(page) ?? []].slice(0, REMEMBERED));
  }

  /** The entries behind a record, those of the fetch first. */
  entries({ walked, page, parts, fetch }: Told): Entries {
    const fetched = this.#ofFetch(fetch)?.entries ?? NONE;
    const accessed = walked ? this.#trail : page === undefined ? NONE : this.#data.get(page) ?? NONE;
    if (accessed.length === 0) return fetched;
    return [fetched, ...Array.from({ length: walked ? 1 : parts }, () => accessed)].flat();
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
