/**
 * Where fetches, and loads and stores, need nothing looked at: memory in which
 * the present mode may do everything, by physical addresses.
 *
 * The usual access compares its address with such a window instead of with
 * memory as a whole, so that translation and memory protection cost it
 * nothing. A window is empty where addresses are translated, and after
 * everything that may change mode or CSRs: the first fetch behind that finds
 * the windows anew. What is outside its window takes a longer way.
 *
 * A core with caches of translations has pages besides, through which the
 * present mode may do things though addresses are translated: the window of
 * fetches moves from one to the next, loads and stores look for theirs.
 */
import { ONE, ZERO, and, binary, concat, constant, eq, mux, not, or, read, slice } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { TranslationCaches } from '../spec/isa.js';
import { PAGE_BITS } from './entry.js';
import type { Guard, Open } from './guard.js';
import type { Hart } from './hart.js';
import { holds, Pages, type PageHit } from './pages.js';
import { coverProtection, type ProtectionJudgement } from './protection-covers.js';
import { TRAIL_BITS } from './record.js';
import type { Regimes } from './regimes.js';

/** Widths of accesses in bytes. */
const WIDTHS = [1, 2, 4, 8] as const;
type Width = (typeof WIDTHS)[number];
const isWidth = (bytes: number): bytes is Width => WIDTHS.some((w) => w === bytes);

const below = (a: Expr, b: Expr): Expr => binary('ltu', a, b);

/** One window. */
class Window {
  /** Its first byte; while it is empty, where it was. */
  readonly base: Register;
  /** For each width the number of places at which an access lies in it. */
  readonly #rooms: ReadonlyMap<Width, Register>;
  /** One bit: what is outside goes through the walker, which knows translation and protection; 0: it is outside memory. */
  readonly limited: Register;

  constructor(readonly hart: Hart, name: string, widths: readonly Width[]) {
    const { builder, dramRegion } = hart;
    this.base = builder.register(`${name}.window.first`, 64, { reset: dramRegion.base });
    this.#rooms = new Map(widths.map((w) => [w, builder.register(`${name}.window.room_${w}`, 64)]));
    this.limited = builder.register(`${name}.window.limited`, 1, { reset: 1n });
  }

  /** One bit: an access of that width lies in it. */
  holds(address: Expr, bytes: number): Expr {
    const room = isWidth(bytes) ? this.#rooms.get(bytes) : undefined;
    if (room === undefined) throw new Error(`no window for accesses of ${bytes} bytes`);
    return below(binary('sub', address, read(this.base)), read(room));
  }

  /** Puts it around what is open; empty if nothing is. */
  put({ there, first, end }: Open): void {
    const { builder } = this.hart;
    builder.assign(this.base, first);
    for (const [width, room] of this.#rooms) builder.assign(room, mux(there, roomOf(first, end, width), constant(64, 0)));
  }

  /** The walker has what is outside if addresses are translated, or if not all of memory is open. */
  limit(translates: Expr, { limited }: Open): void {
    this.hart.builder.assign(this.limited, or(translates, limited));
  }

  /** Puts it around a page that is open by translation, as far as so many bytes fit. */
  turn(address: Expr): void {
    const { builder } = this.hart;
    builder.assign(this.base, concat(slice(address, 63, PAGE_BITS), constant(PAGE_BITS, 0)));
    for (const [width, room] of this.#rooms) builder.assign(room, constant(64, 2 ** PAGE_BITS - width + 1));
    builder.assign(this.limited, ONE);
  }

  /** Empties it until it is known again. */
  close(): void {
    for (const room of this.#rooms.values()) this.hart.builder.assign(room, constant(64, 0));
  }
}

/** Places at which so many bytes lie between two addresses. */
function roomOf(first: Expr, end: Expr, bytes: number): Expr {
  const size = binary('sub', end, first);
  return mux(below(size, constant(64, bytes)), constant(64, 0), binary('sub', size, constant(64, bytes - 1)));
}

/** What the first fetch outside its window finds. */
export interface FetchView {
  /** One bit: its 4 bytes are open; the window is around them from the next cycle on. */
  readonly open: Expr;
  /** One bit: it has to go through the walker. */
  readonly limited: Expr;
  /** Where it is, if it is open. */
  readonly place: FetchPlace;
}

/** Where a fetch is. */
export interface FetchPlace {
  readonly physical: Expr;
  /** {there is one, its number} of the page by which it was found. */
  readonly page: Expr;
}

/** What loads and stores need. */
export type DataRight = 'load' | 'store';
/** What is behind the windows of a core with caches of translations. */
interface TranslatedPages {
  readonly fetch: Pages<'fetch'>;
  readonly data: Pages<DataRight>;
  /** The page that the window of fetches stands on: bits in which the physical address differs, and {there is one, its number}. */
  readonly difference: Register;
  readonly page: Register;
  /** One bit: loads and stores are translated. */
  readonly translated: Register;
}

/** Of a fetch that went by no page. */
export const NO_PAGE = constant(1 + TRAIL_BITS.page, 0);

export class Windows {
  readonly fetch: Window;
  readonly data: Window;
  /** Neither window is known. */
  readonly #stale: Register;
  readonly #pages: TranslatedPages | undefined;

  /**
   * @param guard - Absent: every mode may do everything.
   * @param caches - Absent: there are no pages.
   */
  constructor(readonly hart: Hart, readonly regimes: Regimes, readonly guard: Guard | undefined, caches?: TranslationCaches) {
    this.fetch = new Window(hart, 'fetch', [4]);
    this.data = new Window(hart, 'data', WIDTHS);
    this.#stale = hart.builder.register('fetch.window.stale', 1, { reset: 1n });
    this.#pages = caches && {
      fetch: new Pages(hart.builder, 'tlb.instruction', caches.instruction, ['fetch']),
      data: new Pages(hart.builder, 'tlb.data', caches.data, ['load', 'store']),
      difference: hart.builder.register('fetch.window.difference', 64),
      page: hart.builder.register('fetch.window.page', 1 + TRAIL_BITS.page, { observed: true }),
      translated: hart.builder.register('data.window.translated', 1),
    };
  }

  /** Mode or CSRs may have changed. The next fetch is outside its window and finds both anew; before it nothing asks for them, for the pipeline is empty. */
  suspect(): void {
    this.hart.builder.assign(this.#stale, ONE);
    this.fetch.close();
    this.#pages?.fetch.flush();
    this.#pages?.data.flush();
  }

  /** Where a fetch is that its window holds. */
  place(address: Expr): FetchPlace {
    if (this.#pages === undefined) return { physical: address, page: NO_PAGE };
    const { difference, page } = this.#pages;
    return { physical: binary('xor', address, read(difference)), page: this.hart.builder.told !== 'nothing' ? read(page) : NO_PAGE };
  }

  #around(address: Expr, privilege: Expr): Open {
    const { dramFirst, dramEnd, inDram } = this.hart;
    return this.guard?.around(address, privilege) ?? { there: inDram(address, 1), limited: ZERO, first: dramFirst, end: dramEnd };
  }

  /** Puts the fetch's window around an address outside it, and finds that of loads and stores if it is not known. */
  view(address: Expr): FetchView {
    const { builder, inDram } = this.hart;
    const { needed, privilege } = this.regimes.of('fetch');
    const around = this.#around(address, privilege);
    const { there, first, end } = around;
    const pages = this.#pages;
    // What is bound to execute comes alone.
    const found = pages?.fetch.find(address, 'fetch');
    const byPage = found === undefined ? ZERO : and(needed, not(this.hart.boundary.bound), holds(found, address, 4));
    builder.when(byPage, () => this.fetch.turn(address), () => {
      this.fetch.limit(needed, around);
      // Translated and without pages it has been empty since mode or CSRs changed.
      builder.when(needed, () => (pages === undefined ? undefined : this.fetch.close()), () => this.fetch.put(around));
    });
    if (pages !== undefined && found !== undefined) {
      builder.assign(pages.difference, mux(byPage, found.difference, constant(64, 0)));
      builder.assign(pages.page, mux(byPage, concat(ONE, found.number), NO_PAGE));
    }
    builder.when(read(this.#stale), () => {
      builder.assign(this.#stale, ZERO);
      this.#findData();
    });
    const held = (bytes: number): Expr => and(there, below(binary('sub', address, first), roomOf(first, end, bytes)));
    const parcelOpen = and(held(2), eq(end, this.hart.dramEnd));
    const open = and(not(needed), held(4));
    return {
      open: found === undefined ? open : mux(needed, byPage, held(4)),
      // At the end of memory, and outside of it, it is not protection that refuses.
      limited: or(needed, and(inDram(address, 2), not(parcelOpen))),
      place: found === undefined ? { physical: address, page: NO_PAGE } : {
        physical: mux(byPage, binary('xor', address, found.difference), address),
        page: mux(byPage, concat(ONE, found.number), NO_PAGE),
      },
    };
  }

  /** Fetches may go by the page of an address that one has been allowed at; `otherwise`: they may not, protection tells parts of it apart. */
  keepFetch(virtual: Expr, physical: Expr, kept: (page: Expr) => void, otherwise: () => void): void {
    const pages = this.#pages;
    if (pages === undefined) return otherwise();
    const open = this.#opensPage(physical, this.regimes.of('fetch').privilege);
    this.hart.builder.when(open, () => kept(pages.fetch.keep(virtual, physical, 'fetch')), otherwise);
  }

  /** The same for loads, or for loads and stores. */
  keepData(virtual: Expr, physical: Expr, stores: Expr, kept: (page: Expr) => void): void {
    const pages = this.#pages;
    if (pages === undefined) return;
    const keep = (right: DataRight): void => kept(pages.data.keep(virtual, physical, right));
    const { builder } = this.hart;
    builder.when(this.#opensPage(physical, this.regimes.of('self').privilege), () => builder.when(stores, () => keep('store'), () => keep('load')));
  }

  /** One bit: protection allows a privilege everything in the whole page of a physical address, and all of it is memory. */
  #opensPage(physical: Expr, privilege: Expr): Expr {
    const { there, first, end } = this.#around(physical, privilege);
    const number = (address: Expr): Expr => slice(address, 63, PAGE_BITS);
    const page = number(physical);
    // Rounded up, the first byte's page; rounded down, the one behind the last.
    const up = number(binary('add', first, constant(64, 2 ** PAGE_BITS - 1)));
    return and(there, not(below(page, up)), below(page, number(end)));
  }

  /** What loads and stores find of an address; absent if no page is ever open. */
  dataPage(address: Expr, right: DataRight): PageHit | undefined {
    return this.#pages?.data.find(address, right);
  }

  /** One bit: loads and stores are translated, and go by pages. */
  get byPages(): Expr {
    return this.#pages === undefined ? ZERO : read(this.#pages.translated);
  }

  /** Finds the window of loads and stores where it was. Where fetches are translated and nothing is kept of them it is empty: what is stored, the next walk reads. */
  #findData(): void {
    const { builder } = this.hart;
    const { needed, privilege } = this.regimes.of('self');
    const pages = this.#pages;
    const translates = pages === undefined ? or(this.regimes.of('fetch').needed, needed) : needed;
    const around = this.#around(read(this.data.base), privilege);
    this.data.limit(translates, around);
    builder.when(translates, () => this.data.close(), () => this.data.put(around));
    if (pages !== undefined) builder.assign(pages.translated, needed);
  }

  /**
   * Moves that of loads and stores to where one was found allowed by itself. Neither it nor the fetch is translated then (what
   * is translated with MPRV does not come here, and where fetches are, there is no MPRV), and how much of memory is open is known.
   */
  recentre(address: Expr): void {
    this.data.put(this.#around(address, this.regimes.of('self').privilege));
  }

  /** One bit: a guest's access (HLV, HSV) has to go through the walker. */
  get guestLimited(): Expr {
    const { needed, privilege } = this.regimes.of('guest');
    return or(needed, this.#around(this.hart.dramFirst, privilege).limited);
  }

  /** What memory protection says of an access of so many bytes (64 bits), as ACCESSES, with a privilege; nothing if there is none. */
  judge(address: Expr, bytes: Expr, access: Expr, privilege: Expr): ProtectionJudgement | undefined {
    return this.guard?.judge(address, bytes, access, privilege);
  }

  /** A cover point: protection has been asked. */
  cover(judgement: ProtectionJudgement | undefined): void {
    if (this.guard !== undefined && judgement !== undefined) coverProtection(this.hart.builder, this.guard.protection, judgement);
  }
}

