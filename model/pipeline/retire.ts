/** Records of what commit did, and the statistics that cost nothing in the usual cycle. */
import { ONE, add, and, binary, concat, constant, element, eqConst, mux, nonZero, not, or, read, select, slice, zext } from '../ir/build.js';
import type { Expr, RegisterArray } from '../ir/ir.js';
import { MODES } from '../spec/isa.js';
import type { Committing } from './committing.js';
import type { HomeWrites } from './csr.js';
import { FETCH_FAULT } from './fetch.js';
import { modeBits } from './hart.js';
import { PACKED, recordFields, TRAIL_LOW, type PackedName, type RecordValues } from './record.js';
import { TRAP_TARGETS, type TrapValues } from './trap.js';
import { NO_PAGE } from './windows.js';

/** A memory access as its record tells it: one bit each, the data stored, and where and how wide it is if not as the instruction's own. */
export interface RetiredAccess {
  readonly reads: Expr;
  readonly writes: Expr;
  readonly stored: Expr;
  readonly address?: Expr;
  /** Four bits. */
  readonly bytes?: Expr;
}

/** What a retired instruction's record says beyond the instruction itself. */
export interface RetiredDetails {
  readonly next: Expr;
  /** Result, 64 bits; counts only if there is a destination. */
  readonly value: Expr;
  /** {V, priv} after it, if it changes. */
  readonly nextMode?: Expr;
  /** What it did to memory, where that does not follow from its being a load or store. */
  readonly access?: RetiredAccess;
  /** Data that a device returned: the access was I/O. */
  readonly ioData?: Expr;
  /** Data that a load has read at commit, where it is not in `value` of the stage; above the access's width anything. */
  readonly loaded?: Expr;
}

export class Retirement {
  readonly #here: Committing;
  readonly #trapCounts: RegisterArray;

  constructor(here: Committing) {
    this.#here = here;
    this.#trapCounts = here.core.builder.array('statistics.traps', 2048, 32);
  }

  get #modeNow(): Expr {
    const { hart } = this.#here.core;
    return modeBits(read(hart.V), read(hart.priv));
  }

  #emit(values: RecordValues): void {
    const { hart, builder } = this.#here.core;
    const { mtime, meip, seip, hgeip } = hart.boundary.told;
    const lines = concat(hgeip, seip, meip);
    const trails = this.#trails();
    const sampled = { mtime, lines: trails === undefined ? lines : concat(trails, zext(lines, TRAIL_LOW)) };
    const packed = { mode: this.#modeNow, ...values.packed };
    builder.record(recordFields({ cycle: read(hart.cycle), ...sampled, ...values, packed }));
  }

  /** By which translations it came here: see TRAIL_LOW. */
  #trails(): Expr | undefined {
    const { core, isMemory, translated, walks } = this.#here;
    const { values, place, translation } = core;
    if (translation?.caches?.trail.told !== true || translated === undefined) return undefined;
    const page = mux(isMemory, values.at('data_page', place.commit), NO_PAGE);
    return concat(ONE, walks, mux(walks, NO_PAGE, page), values.at('fetch_trail', place.commit));
  }

  /** The record of a retired instruction, and its place in the statistics. */
  retired({ next, value, nextMode, ioData, access, loaded }: RetiredDetails): void {
    this.#here.core.builder.count('retired');
    const { pc, insn, rd, isLoad, isStore } = this.#here;
    const { reads, writes, stored, address = this.#here.address, bytes = this.#here.bytes }: RetiredAccess = access ?? { reads: isLoad, writes: isStore, stored: this.#here.value };
    const low = (v: Expr): Expr => select(bytes, [1, 2, 4].map((n) => ({ keys: [BigInt(n)], value: zext(slice(v, n * 8 - 1, 0), 64) })), v);
    const mask = select(bytes, [1, 2, 4].map((n) => ({ keys: [BigInt(n)], value: constant(PACKED.rmask, 2 ** n - 1) })), constant(PACKED.rmask, 255));
    const zero = constant(64, 0);
    const none = constant(PACKED.rmask, 0);
    const packed: Partial<Record<PackedName, Expr>> = {
      fetched: ONE, rd, rmask: mux(reads, mask, none), wmask: mux(writes, mask, none), nextMode: nextMode ?? this.#modeNow,
      ...(ioData === undefined ? {} : { io: ONE }),
    };
    this.#emit({
      kind: 'retired', pc, next_pc: next, insn, packed,
      value: mux(nonZero(rd), value, zero),
      address: mux(or(reads, writes), address, zero),
      rdata: mux(reads, ioData ?? low(loaded ?? this.#here.value), zero),
      wdata: mux(writes, low(stored), zero),
    });
  }

  /** The record of a trap. `fetchFault`: FETCH_FAULT, undefined for an interrupt. `guest`: the handler has registers for tval2, tinst and GVA. */
  trapped(trap: TrapValues, entry: { readonly pc: Expr; readonly priv: Expr; readonly V: Expr; readonly reportsGuest: boolean }, fetchFault: Expr | undefined): void {
    const { pc, insn, parcel } = this.#here;
    const half = fetchFault && eqConst(fetchFault, FETCH_FAULT.second);
    const { gva, to, cause, interrupt } = trap;
    this.#emit({
      kind: 'trap', pc, next_pc: entry.pc, value: trap.tval,
      ...(half === undefined ? {} : { insn: mux(half, zext(parcel, 32), insn) }),
      ...(entry.reportsGuest ? { rdata: trap.tval2, wdata: trap.tinst } : {}),
      packed: {
        trap: ONE, to, cause, interrupt, nextMode: modeBits(entry.V, entry.priv),
        ...(entry.reportsGuest ? { gva } : {}),
        ...(fetchFault === undefined || half === undefined ? {} : { half, fetched: eqConst(fetchFault, FETCH_FAULT.none) }),
      },
    });
  }

  /** Assigns homes and records what changes. */
  writeHomes(writes: HomeWrites): void {
    const { builder, hart } = this.#here.core;
    const homes = [...hart.csrs.homes.keys()];
    for (const [name, value] of writes) {
      const home = hart.csrs.homes.get(name);
      if (home === undefined) continue;
      builder.assign(home, value);
      builder.when(binary('ne', value, read(home)), () =>
        builder.record(recordFields({ kind: 'csr', pc: constant(64, homes.indexOf(name)), value: read(home), rdata: value })));
    }
  }

  /** Counts traps by origin, target and cause: {V, priv, to, interrupt, cause[4:0]}. */
  countTrap(trap: TrapValues): void {
    const { builder, hart } = this.#here.core;
    builder.event('traps');
    builder.when(and(read(hart.V), not(eqConst(trap.to, TRAP_TARGETS.VS))), () => builder.event('vm.exits'));
    const place = concat(this.#modeNow, trap.to, trap.interrupt, slice(trap.cause, 4, 0));
    builder.write(this.#trapCounts, place, add(element(this.#trapCounts, place), constant(32, 1)));
  }

  /** Changes privilege and adds the cycles spent in the mode that is left. */
  enter(priv: Expr, V: Expr): void {
    const { builder, hart } = this.#here.core;
    builder.assign(hart.priv, priv);
    builder.assign(hart.V, V);
    const now = add(read(hart.cycle), constant(64, 1));
    const since = builder.register('statistics.since', 64);
    builder.assign(since, now);
    builder.firstOf(Object.entries(MODES).map(([name, mode]) => ({
      when: hart.modeIs(mode),
      then: () => {
        const spent = builder.register(`statistics.cycles.${name}`, 64);
        builder.assign(spent, add(read(spent), binary('sub', now, read(since))));
      },
    })));
  }
}

