/**
 * What a program does before its body: delegation, enables, trap controls,
 * lines. Every choice that a permit row, a trap or an interrupt depends on is
 * made here with a probability far from 0 and 1.
 */
import type { InputEvent } from '../../model/machine/input-log.js';
import type { Csr, Isa } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import { RETURN_BITS } from './build.js';
import { Weighted, type Dice } from './dice.js';
import { AT, BASE, DATA_SLOTS, LOADED } from './map.js';
import { BIASES, type Bias } from './profile.js';
import type { Handler, Plan, Setting } from './program.js';
import { ProtectionMaker } from './protection.js';
import { SPACES, SWAPPED } from './system.js';
import { INDEX, makeTables, NO_TABLES, TABLE, TO_TABLES, type Tables } from './tables.js';
import { registerValue, storableValue, wildAddress, writableBits } from './values.js';

const MODES = new Weighted<Mode>([[4, 'M'], [5, 'HS'], [3, 'U'], [6, 'VS'], [4, 'VU']]);

/** Cycles within which lines change: about as long as programs run. */
const LINE_CYCLES = 1200;
/** mtime advances every 16 cycles; prologues end near 20. */
const TICKS = 70;

const MPRV = 0x2_0000n;
const TSR = 0x40_0000n;
/** medeleg bit of illegal instructions. */
const ILLEGAL = 4n;
const BASE_SETTINGS = ['medeleg', 'mideleg', 'hedeleg', 'hideleg', 'mie', 'hstatus', 'vsstatus', 'mcounteren', 'hcounteren', 'scounteren'] as const;
/** In this order: menvcfg decides what can be written to mip and henvcfg, mstateen0 what to hstateen0. */
const EXTRA_SETTINGS = ['mip', 'mstateen0', 'hstateen0', 'menvcfg', 'henvcfg', 'senvcfg', 'stimecmp', 'vstimecmp', 'hvip', 'hgeie', 'sepc', 'vsepc', 'htimedelta', 'mcountinhibit', 'mscratch', 'sscratch', 'vsscratch'] as const;

/** What counters of events count. */
const SELECTORS = ['mhpmevent3', 'mhpmevent4', 'mhpmevent5', 'mhpmevent6'] as const;

/** What interrupts before the first instruction if it is enabled. */
const ALWAYS_PENDING: ReadonlySet<string> = new Set(['mip', 'hvip']);
/** What lets others be reached or do something: half of the time, for there are several behind each other. */
const GRANTS: ReadonlySet<string> = new Set(['mstateen0', 'hstateen0', 'menvcfg', 'henvcfg', 'senvcfg']);
/** What time is compared with: as often, or a timer would be due from the beginning. */
const COMPARED: ReadonlySet<string> = new Set(['stimecmp', 'vstimecmp']);

/** Everything but what runs after the prologue. */
export type Setup = Omit<Plan, 'body' | 'worlds'>;

/** Makes everything but the body. */
export class SetupMaker {
  readonly #protection: ProtectionMaker;
  readonly #csrs: ReadonlyMap<string, { readonly csr: Csr; readonly writable: bigint }>;

  /** @param words - Instruction words to lie about in the data, for programs that modify themselves. */
  constructor(isa: Isa, readonly words: (dice: Dice) => number, readonly bias: Bias = BIASES.all) {
    this.#protection = new ProtectionMaker(isa);
    this.#csrs = new Map(isa.csrs.map((csr) => [csr.name, { csr, writable: writableBits(csr) }]));
  }

  make(dice: Dice, length: number): Setup {
    const interrupts = dice.below(3) >= this.bias.quiet;
    const mstatus = this.#mstatus(dice, interrupts);
    const mode = MODES.pick(dice);
    const { translated, guarded } = this.bias;
    const tables = translated !== 0 && dice.oneIn(translated) ? makeTables(dice, mode) : NO_TABLES;
    const guards = guarded !== 0 && dice.oneIn(guarded) ? this.#protection.make(dice) : [];
    return {
      mode,
      mstatus,
      tables,
      settings: [...guards, ...this.#settings(dice, interrupts).map((s) => this.#escapable(dice, s, mstatus))],
      registers: Array.from({ length: LOADED }, () => registerValue(dice)),
      wild: tables.entries.length > 0 && !dice.oneIn(4) ? tableAddress(dice, tables) : wildAddress(dice),
      // Now and then several are pending when the body begins: somebody must come first.
      mtimecmp: interrupts && dice.oneIn(3) ? BigInt(dice.oneIn(3) ? 0 : dice.between(14, TICKS)) : undefined,
      msip: interrupts && dice.oneIn(6),
      handlers: { M: this.#handler(dice, M_CHANGES), HS: this.#handler(dice, HS_CHANGES), VS: this.#handler(dice, VS_CHANGES) },
      returns: dice.oneIn(3) ? [] : Array.from({ length: 8 }, () => RETURN_BITS[MODES.pick(dice)]),
      budget: dice.between(6, 20),
      resume: dice.below(length + 1),
      data: Array.from({ length: DATA_SLOTS }, (_, i) => (i % 4 === 3 ? BigInt(this.words(dice)) : i % 4 === 1 ? registerValue(dice) : 0n)),
      events: interrupts ? events(dice) : [],
    };
  }

  /** What the programmable counters count, in one program of three. */
  counted(dice: Dice): readonly Setting[] {
    const settings: Setting[] = [];
    if (dice.oneIn(3)) for (const name of SELECTORS) if (dice.oneIn(2)) this.#add(settings, name, this.#value(dice, name));
    return settings;
  }

  /** A guest's CSRs at its beginning. */
  state(dice: Dice): readonly Setting[] {
    const settings: Setting[] = [];
    for (const name of Object.keys(SWAPPED)) if (!SPACES.has(name)) this.#add(settings, name, this.#value(dice, name));
    return settings;
  }

  #mstatus(dice: Dice, interrupts: boolean): bigint {
    // Trap controls half of the time each, but not all of them in every program; interrupts mostly on.
    let value = dice.oneIn(2) ? 0n : dice.subset(0x7e_0000n) & (dice.oneIn(3) ? -1n : ~MPRV);
    value |= dice.subset(0x22n);
    if (interrupts && !dice.oneIn(4)) value |= 0x80n;
    return value;
  }

  #settings(dice: Dice, interrupts: boolean): Setting[] {
    const settings: Setting[] = [];
    for (const name of BASE_SETTINGS) {
      if (name === 'mie' && !interrupts) continue;
      this.#add(settings, name, this.#value(dice, name));
    }
    for (const name of EXTRA_SETTINGS) {
      if (dice.oneIn(GRANTS.has(name) || COMPARED.has(name) ? 2 : interrupts && !ALWAYS_PENDING.has(name) ? 3 : 6)) this.#add(settings, name, this.#value(dice, name));
    }
    return settings;
  }

  /** With TSR, HS-mode must not serve the illegal SRET of its own handler: it would do nothing else. */
  #escapable(dice: Dice, { csr, value }: Setting, mstatus: bigint): Setting {
    const trapped = csr === this.#csrs.get('medeleg')?.csr.address && (mstatus & TSR) !== 0n && !dice.oneIn(8);
    return { csr, value: trapped ? value & ~ILLEGAL : value };
  }

  #add(settings: Setting[], name: string, value: bigint): void {
    const csr = this.#csrs.get(name)?.csr.address;
    if (csr !== undefined && value !== 0n) settings.push({ csr, value });
  }

  #value(dice: Dice, name: string): bigint {
    if (name === 'sepc' || name === 'vsepc') return BASE + BigInt(AT.body + 2 * dice.below(96));
    if (COMPARED.has(name)) return BigInt(dice.between(14, TICKS));
    const known = this.#csrs.get(name);
    if (known === undefined) return 0n;
    switch (dice.below(5)) {
      case 0: return 0n;
      case 1: return known.writable;
      default: return storableValue(known.csr, known.writable, dice);
    }
  }

  #handler(dice: Dice, changes: readonly Handler['before'][number][]): Handler {
    return {
      vectored: dice.oneIn(2),
      clears: dice.oneIn(2),
      before: dice.oneIn(3) ? [dice.pick(changes)] : [],
    };
  }
}

/** The entries of the data in some table, as memory mapped to itself or as the window shows them. */
function tableAddress(dice: Dice, { window }: Tables): bigint {
  return (dice.oneIn(4) ? window + TO_TABLES : dice.pick(Object.values(TABLE))) + BigInt(INDEX.data * 8);
}

const changes = (csr: number, bits: number): readonly Handler['before'][number][] => [{ csr, bits, set: true }, { csr, bits, set: false }];
/** Interrupt enables of the mode returned to, SPP and SPV; interrupts pending for lower modes. */
const M_CHANGES = [...changes(0x300, 0x80), ...changes(0x300, 0x122), ...changes(0x344, 0x222), ...changes(0x344, 0x2), ...changes(0x304, 0x666), ...changes(0x600, 0x180)];
const HS_CHANGES = [...changes(0x100, 0x100), ...changes(0x600, 0x80), ...changes(0x100, 0x20), ...changes(0x645, 0x444)];
const VS_CHANGES = [...changes(0x100, 0x100), ...changes(0x100, 0x20)];

/** Lines over time, and now and then something typed: UART loads have something to say. */
function events(dice: Dice): readonly InputEvent[] {
  const typed = dice.oneIn(4) ? [{ cycle: BigInt(dice.below(LINE_CYCLES)), kind: 'uart', bytes: Uint8Array.of(dice.below(256), dice.below(256)) } as const] : [];
  const count = dice.oneIn(2) ? 0 : dice.between(1, 4);
  const list = Array.from({ length: count }, (): InputEvent => {
    const cycle = BigInt(dice.oneIn(6) ? dice.below(200) : dice.between(200, LINE_CYCLES));
    if (dice.oneIn(2)) return { cycle, kind: 'pin', pin: 'hgeip', value: BigInt(dice.word() & 0x1fe) };
    return { cycle, kind: 'pin', pin: dice.oneIn(2) ? 'meip' : 'seip', value: BigInt(dice.below(4) === 0 ? 0 : 1) };
  });
  return [...list, ...typed].sort((a, b) => Number(a.cycle - b.cycle));
}
