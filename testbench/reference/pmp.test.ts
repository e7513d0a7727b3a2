import { describe, expect, it } from 'vitest';
import type { HomeCsr, Mode, Retirement } from '../retirement.js';
import * as asm from './assembler.fixture.js';
import { DATA, Machine, PC } from './machine.fixture.js';

const machine = new Machine('a', 'sv39', 'svadu', 'pmp');
type Csrs = Partial<Record<HomeCsr, bigint>>;
const R = 1n;
const W = 2n;
const X = 4n;
const TOR = 0x08n;
const NA4 = 0x10n;
const NAPOT = 0x18n;
const L = 0x80n;
const OPEN = NAPOT | R | W | X;
/** `pmpaddr` of an aligned power of two of bytes. */
const napot = (address: bigint, bytes: bigint): bigint => (address + bytes / 2n - 1n) >> 2n;
const ALL = (1n << 54n) - 1n;
const ok = undefined;
const MPRV_S = (1n << 17n) | (1n << 11n);
const LD = asm.loadInsn(3, 3, 1, 0);
const SD = asm.storeInsn(3, 2, 1, 0);
const LB = asm.loadInsn(0, 3, 1, 0);

/** A load from M-mode as the supervisor. */
const load = (address: bigint, csrs: Csrs, insn = LD): Retirement =>
  machine.run(insn, { x: { 1: address }, csrs: { ...csrs, mstatus: MPRV_S } });
const refused = (address: bigint, csrs: Csrs, insn = LD): boolean => load(address, csrs, insn).trap !== undefined;

describe('matching', () => {
  it('without a matching entry M has everything, S and U nothing', () => {
    const fetch = (mode: Mode): number | undefined => machine.run(asm.addi(0, 0, 0), { mode }).trap?.cause;
    expect((['M', 'HS', 'U', 'VS', 'VU'] as const).map(fetch)).toEqual([ok, 1, 1, 1, 1]);
    expect(load(DATA, {}).trap).toMatchObject({ cause: 5, tval: DATA, tinst: BigInt(asm.loadInsn(3, 3, 0, 0)) });
    expect(refused(DATA, { pmpcfg0: OPEN, pmpaddr0: ALL })).toBe(false);
  });

  it('NA4 matches 4 bytes, NAPOT an aligned power of two', () => {
    const na4 = { pmpcfg0: NA4 | R, pmpaddr0: DATA >> 2n };
    expect([-1n, 0n, 3n, 4n].map((offset) => refused(DATA + offset, na4, LB))).toEqual([true, false, false, true]);
    const eight = { pmpcfg0: NAPOT | R, pmpaddr0: DATA >> 2n };
    expect([-1n, 0n, 7n, 8n].map((offset) => refused(DATA + offset, eight, LB))).toEqual([true, false, false, true]);
    const page = { pmpcfg0: NAPOT | R, pmpaddr0: napot(DATA, 4096n) };
    expect([-1n, 0n, 4095n, 4096n].map((offset) => refused(DATA + offset, page, LB))).toEqual([true, false, false, true]);
  });

  it('TOR is from the preceding register, below entry 0 from zero, and can be empty', () => {
    const tor = { pmpcfg0: (TOR | R) << 8n, pmpaddr0: DATA >> 2n, pmpaddr1: (DATA + 12n) >> 2n };
    expect([-1n, 0n, 11n, 12n].map((offset) => refused(DATA + offset, tor, LB))).toEqual([true, false, false, true]);
    expect([0n, 4n].map((offset) => refused(DATA + offset, { pmpcfg0: TOR | R, pmpaddr0: (DATA + 4n) >> 2n }, LB))).toEqual([false, true]);
    const empty = { ...tor, pmpaddr1: DATA >> 2n, pmpcfg0: tor.pmpcfg0 | ((NAPOT | R) << 16n), pmpaddr2: ALL };
    expect(refused(DATA, empty)).toBe(false);
    const below = { ...empty, pmpaddr1: (DATA - 0x100n) >> 2n, pmpaddr2: ALL };
    expect(refused(DATA - 4n, below)).toBe(false);
  });

  it('the first entry that matches any byte decides, and must match all', () => {
    const hole = { pmpcfg0: NA4 | (OPEN << 8n), pmpaddr0: (DATA + 4n) >> 2n, pmpaddr1: ALL };
    expect([refused(DATA, hole), refused(DATA + 8n, hole), refused(DATA, hole, asm.loadInsn(2, 3, 1, 0))]).toEqual([true, false, false]);
    const half = { pmpcfg0: (NA4 | R) | (OPEN << 8n), pmpaddr0: DATA >> 2n, pmpaddr1: ALL };
    expect([refused(DATA, half), refused(DATA, half, asm.loadInsn(2, 3, 1, 0))]).toEqual([true, false]);
    expect(machine.run(LD, { x: { 1: DATA }, csrs: { ...half, pmpcfg0: NA4 } }).trap?.cause).toBe(5);
    // Entry 15 is in pmpcfg2.
    expect(refused(DATA, { pmpcfg2: OPEN << 56n, pmpaddr15: ALL })).toBe(false);
  });

  it('each part of a split access is one access', () => {
    const csrs = { pmpcfg0: (NAPOT | R) | ((NAPOT | R) << 8n), pmpaddr0: DATA >> 2n, pmpaddr1: (DATA + 8n) >> 2n };
    expect(refused(DATA + 5n, csrs)).toBe(false);
    expect(load(DATA + 13n, csrs).trap).toMatchObject({ cause: 5, tval: DATA + 16n });
  });
});

describe('permission', () => {
  const causes = (config: bigint): (number | undefined)[] => {
    const csrs = { pmpcfg0: config, pmpaddr0: napot(DATA, 4096n), mstatus: MPRV_S };
    const amo = asm.rType(0x2f, 0, 3, 3, 1, 2);
    const explicit = [LD, SD, amo, asm.HLVX_WU].map((insn) => machine.run(insn, { x: { 1: DATA }, csrs }).trap?.cause);
    return [...explicit, machine.run([], { mode: 'HS', pc: DATA, csrs, memory: [[DATA, 0x13n]] }).trap?.cause];
  };
  it.each<[string, bigint, (number | undefined)[]]>([
    ['R', R, [ok, 7, 7, 5, 1]], ['R W', R | W, [ok, ok, ok, 5, 1]], ['X', X, [5, 7, 7, 5, ok]], ['R X', R | X, [ok, 7, 7, ok, ok]],
    ['none', 0n, [5, 7, 7, 5, 1]],
  ])('%s (load, store, AMO, HLVX, fetch)', (_name, config, expected) => {
    expect(causes(NAPOT | config)).toEqual(expected);
  });

  it('locked entries bind M-mode, others do not', () => {
    const csrs = { pmpcfg0: NAPOT | R, pmpaddr0: napot(DATA, 4096n) };
    const store = (config: bigint): number | undefined => machine.run(SD, { x: { 1: DATA }, csrs: { ...csrs, pmpcfg0: config } }).trap?.cause;
    expect([store(NAPOT | R), store(NAPOT | R | L), store(NAPOT | R | W | L)]).toEqual([ok, 7, ok]);
  });

  it('page tables are accessed as by S-mode: a PTE that it may not read, or not update, is an access fault', () => {
    const ROOT = 0x8001_0000n;
    const pte = (flags: bigint): bigint => (((DATA & ~0x3fff_ffffn) >> 12n) << 10n) | flags;
    const walk = (insn: number, config: bigint, flags: bigint): unknown => {
      const csrs = { satp: (8n << 60n) | (ROOT >> 12n), mstatus: MPRV_S, menvcfg: 1n << 61n, pmpcfg0: config | (OPEN << 8n), pmpaddr0: napot(ROOT, 4096n), pmpaddr1: ALL };
      return machine.run(insn, { x: { 1: DATA & 0x3fff_ffffn }, csrs, memory: [[ROOT, pte(flags)]] }).trap;
    };
    expect(walk(LD, NAPOT | R, 0xcfn)).toBeUndefined();
    expect(walk(LD, NAPOT | W, 0xcfn)).toMatchObject({ cause: 5, tval: DATA & 0x3fff_ffffn, tinst: 0n });
    expect(walk(SD, NAPOT | R, 0x4fn)).toMatchObject({ cause: 7, tinst: 0n });
    expect(walk(SD, NAPOT | R | W, 0x4fn)).toBeUndefined();
    expect(machine.word(ROOT)).toBe(pte(0xcfn));
  });
});

describe('the registers', () => {
  const written = (csr: number, value: bigint, csrs: Csrs = {}): readonly unknown[] => machine.run(asm.csrrw(0, csr, 1), { x: { 1: value }, csrs }).csrs;
  const ones = (1n << 64n) - 1n;

  it('store their bits; a byte that would be writable but not readable stays', () => {
    expect(written(0x3a0, ones)).toMatchObject([{ csr: 'pmpcfg0', after: 0x9f9f_9f9f_9f9f_9f9fn }]);
    expect(written(0x3a2, 0x0203n, { pmpcfg2: 0x0505n })).toMatchObject([{ csr: 'pmpcfg2', after: 0x0503n }]);
    expect(written(0x3bf, ones)).toMatchObject([{ csr: 'pmpaddr15', after: ALL }]);
  });

  it('are locked by L: an entry, and the bottom of a TOR entry', () => {
    expect(written(0x3a0, 0n, { pmpcfg0: 0x0181n })).toMatchObject([{ csr: 'pmpcfg0', after: 0x0081n }]);
    expect(written(0x3b3, 1n, { pmpcfg0: L << 24n })).toEqual([]);
    expect(written(0x3b2, 1n, { pmpcfg0: (L | TOR) << 24n })).toEqual([]);
    expect(written(0x3b2, 1n, { pmpcfg0: (L | NA4) << 24n })).toMatchObject([{ csr: 'pmpaddr2', after: 1n }]);
    expect(written(0x3b7, 1n, { pmpcfg2: L | TOR })).toEqual([]);
  });

  it('exist for 16 entries, for M-mode', () => {
    const read = (csr: number, mode: Mode = 'M'): number | undefined =>
      machine.run(asm.csrrs(3, csr, 0), { mode, csrs: { pmpcfg0: OPEN, pmpaddr0: ALL } }).trap?.cause;
    expect([0x3a0, 0x3a1, 0x3a2, 0x3a4, 0x3b0, 0x3bf, 0x3c0].map((csr) => read(csr))).toEqual([ok, 2, ok, 2, ok, ok, 2]);
    expect((['HS', 'U', 'VS', 'VU'] as const).map((mode) => read(0x3a0, mode))).toEqual([2, 2, 2, 2]);
  });

  it('take effect with the next instruction', () => {
    machine.run([asm.csrrw(0, 0x3a0, 2), LD], { x: { 1: DATA, 2: NAPOT | L }, csrs: { pmpaddr0: napot(DATA, 8n) } });
    expect(machine.step().trap?.cause).toBe(5);
  });

  it('are told to one who watches, entry by entry up to the one that decides', () => {
    const seen = new Set<string>();
    machine.reference.arrange({ mode: 'HS', pc: PC, csrs: { pmpcfg0: OPEN << 8n, pmpaddr1: ALL }, memory: [{ address: PC, bytes: 4, value: 0x13n }] });
    machine.reference.watchReads((csr) => seen.add(csr));
    machine.step();
    machine.reference.watchReads();
    expect([...seen].filter((csr) => csr.startsWith('pmp')).sort()).toEqual(['pmpaddr1', 'pmpcfg0']);
  });
});
