/**
 * The page-table entries behind the records of a core that keeps translations:
 * put together from the steps that its walker tells, from the slots of its
 * caches, and from the pages by which instructions came to memory.
 */
import { TRAIL, TRAIL_BITS } from '../../model/pipeline/record.js';
import type { UsedPte } from '../retirement.js';

type Entries = readonly UsedPte[];
const NONE: Entries = [];

/** An opening of a page for fetches, or an instruction fetched by itself. */
interface Fetched {
  readonly version: number;
  readonly entries: Entries;
}

const VERSIONS = 2 ** TRAIL_BITS.version;
/** Openings of a page that are remembered. More instructions than that are never in flight. */
const REMEMBERED = 16;
/** Where instructions fetched by themselves are: no page has this number. */
const BY_ITSELF = 2 ** TRAIL_BITS.page;

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
  /** Where in it the last walk begins, and its last second stage. */
  #walk = 0;
  #second = 0;
  readonly #slots = new Map<number, Entries>();
  readonly #data = new Map<number, Entries>();
  readonly #fetched = new Map<number, readonly Fetched[]>();

  /** A step of the walker, as record.ts describes it. */
  step(step: number, address: bigint, value: bigint): void {
    switch (step) {
      case TRAIL.begin: return this.#begin([]);
      case TRAIL.continue: return this.#begin(this.#trail);
      case TRAIL.again: return this.#begin(this.#trail.slice(0, this.#walk));
      case TRAIL.second:
        this.#second = this.#trail.length;
        return;
      case TRAIL.use:
        this.#trail.push({ address, value });
        return;
      case TRAIL.reuse:
        this.#trail.push(...this.#slots.get(Number(address)) ?? NONE);
        return;
      case TRAIL.keep:
        this.#slots.set(Number(address), this.#trail.slice(this.#walk));
        return;
      case TRAIL.keepSecond:
        this.#slots.set(Number(address), this.#trail.slice(this.#second));
        return;
      case TRAIL.fetchPage: return this.#fetch(Number(address), Number(value), this.#trail.slice(this.#walk));
      // What a walk has found that failed says nothing: it is made once more, at commit.
      case TRAIL.fetched: return this.#fetch(BY_ITSELF, Number(value), address === 0n ? [...this.#trail] : this.#trail.slice(0, this.#walk));
      case TRAIL.dataPage:
        this.#data.set(Number(address), this.#trail.slice(this.#walk));
        return;
      default: throw new Error(`a trail has no step ${step}`);
    }
  }

  #begin(trail: UsedPte[]): void {
    this.#trail = trail;
    this.#walk = trail.length;
    this.#second = trail.length;
  }

  #fetch(page: number, version: number, entries: Entries): void {
    this.#fetched.set(page, [{ version, entries }, ...this.#fetched.get(page) ?? []].slice(0, REMEMBERED));
  }

  /** The entries behind a record, those of the fetch first. */
  of({ walked, page, parts, fetch }: Told): Entries {
    const fetched = this.#ofFetch(fetch);
    const accessed = walked ? this.#trail : page === undefined ? NONE : this.#data.get(page) ?? NONE;
    if (accessed.length === 0) return fetched;
    return [fetched, ...Array.from({ length: walked ? 1 : parts }, () => accessed)].flat();
  }

  #ofFetch(fetch: number): Entries {
    if (fetch >> (TRAIL_BITS.fetch - 1) === 0) return NONE;
    const number = fetch % (2 * BY_ITSELF);
    const version = (fetch >> (TRAIL_BITS.page + 1)) % VERSIONS;
    // The newest of those that are not younger than the instruction.
    const age = (of: Fetched): number => (version - of.version + VERSIONS) % VERSIONS;
    const older = this.#fetched.get(number)?.find((of) => age(of) < VERSIONS / 2) ?? this.#fetched.get(number)?.[0];
    return older?.entries ?? NONE;
  }
}
