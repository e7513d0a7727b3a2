/**
 * Where fetches, and loads and stores, need nothing looked at: memory in which
 * the present mode may do everything, by physical addresses.
 *
 * The usual access compares its address with such a window instead of with
 * memory as a whole, so that translation and memory protection cost it
 * nothing. A window is empty where addresses are translated, and after
 * everything that may change mode or CSRs: the first fetch behind that finds
 * the windows anew. What is outside its window takes a longer way.
 */
import { ONE, ZERO, and, binary, constant, eq, mux, not, or, read } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { Guard, Open } from './guard.js';
import type { Hart } from './hart.js';
import { coverProtection, type ProtectionJudgement } from './protection-covers.js';
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

  /** Puts it around what is open; empty if nothing is, or if addresses are translated. */
  open(translates: Expr, { there, limited, first, end }: Open): void {
    const { builder } = this.hart;
    builder.when(translates, () => {
      this.close();
      builder.assign(this.limited, ONE);
    }, () => {
      builder.assign(this.base, first);
      for (const [width, room] of this.#rooms) builder.assign(room, mux(there, roomOf(first, end, width), constant(64, 0)));
      builder.assign(this.limited, limited);
    });
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
}

export class Windows {
  readonly fetch: Window;
  readonly data: Window;
  /** Neither window is known. */
  readonly #stale: Register;

  /** @param guard - Absent: every mode may do everything. */
  constructor(readonly hart: Hart, readonly regimes: Regimes, readonly guard: Guard | undefined) {
    this.fetch = new Window(hart, 'fetch', [4]);
    this.data = new Window(hart, 'data', WIDTHS);
    this.#stale = hart.builder.register('fetch.window.stale', 1, { reset: 1n });
  }

  /** Mode or CSRs may have changed. The next fetch is outside its window and finds both anew; before it nothing asks for them, for the pipeline is empty. */
  suspect(): void {
    this.hart.builder.assign(this.#stale, ONE);
    this.fetch.close();
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
    this.fetch.open(needed, around);
    builder.when(read(this.#stale), () => {
      builder.assign(this.#stale, ZERO);
      this.#findData(read(this.data.base));
    });
    const held = (bytes: number): Expr => and(there, below(binary('sub', address, first), roomOf(first, end, bytes)));
    const parcelOpen = and(held(2), eq(end, this.hart.dramEnd));
    return {
      open: and(not(needed), held(4)),
      // At the end of memory, and outside of it, it is not protection that refuses.
      limited: or(needed, and(inDram(address, 2), not(parcelOpen))),
    };
  }

  /** Puts the window of loads and stores around an address. Where fetches are translated it is empty: what is stored, the next walk reads. */
  #findData(address: Expr): void {
    const { needed, privilege } = this.regimes.of('self');
    this.data.open(or(this.regimes.of('fetch').needed, needed), this.#around(address, privilege));
  }

  /** Moves it to where an access was found allowed by itself. */
  recentre(address: Expr): void {
    this.#findData(address);
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

