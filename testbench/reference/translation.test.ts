import { describe, expect, it } from 'vitest';
import type { HomeCsr, Mode, Retirement } from '../retirement.js';
import * as asm from './assembler.fixture.js';
import { DATA, Machine, PC } from './machine.fixture.js';

const machine = new Machine('a', 'c', 'sv39', 'sv48', 'sv57', 'svnapot', 'svpbmt', 'svadu');
const ones = 0xffff_ffff_ffff_ffffn;

// Tables, each in a page of its own; a widened root takes four.
const ROOT = 0x8001_0000n;
const MIDDLE = 0x8001_1000n;
const LAST = 0x8001_2000n;
const G_ROOT = 0x8001_4000n;
const G_MIDDLE = 0x8001_8000n;
const G_LAST = 0x8001_9000n;

const V = 1n;
const R = 2n;
const W = 4n;
const X = 8n;
const U = 16n;
const G = 32n;
const A = 64n;
const D = 128n;
const RWX = V | R | W | X | A | D;
const N = 1n << 63n;
const pte = (target: bigint, flags: bigint): bigint => ((target >> 12n) << 10n) | flags;
const atp = (mode: bigint, root: bigint): bigint => (mode << 60n) | (root >> 12n);

const MPRV = 1n << 17n;
const S = 1n << 11n;
const SUM = 1n << 18n;
const MXR = 1n << 19n;
const MPV = 1n << 39n;
const ADUE = 1n << 61n;
const PBMTE = 1n << 62n;

type Memory = readonly (readonly [bigint, bigint])[];
type Csrs = Partial<Record<HomeCsr, bigint>>;
const LD = asm.loadInsn(3, 3, 1, 0);
const SD = asm.storeInsn(3, 2, 1, 0);
const AMO = asm.rType(0x2f, 0, 3, 3, 1, 2);

/** A three-level table that maps page 1, a 2 MiB page at 0x200000, and nothing else. */
const sv39 = (leaf: bigint, more: Memory = []): Memory => [
  [ROOT, pte(MIDDLE, V)], [MIDDLE, pte(LAST, V)], [LAST + 8n, leaf], [DATA, 0x1122_3344_5566_7788n], ...more,
];
/** An access from M-mode as the supervisor, at an address in page 1. */
const access = (insn: number, memory: Memory, csrs: Csrs = {}, address = 0x1000n): Retirement =>
  machine.run(insn, { x: { 1: address, 2: 5n }, memory, csrs: { satp: atp(8n, ROOT), ...csrs, mstatus: MPRV | S | (csrs.mstatus ?? 0n) } });
const causes = (leaf: bigint, csrs: Csrs = {}): (number | undefined)[] =>
  [LD, SD, AMO].map((insn) => access(insn, sv39(leaf), csrs).trap?.cause);
const ok = undefined;

describe('one stage', () => {
  it('translates, and faults with the virtual address and the transformed instruction', () => {
    expect(access(LD, sv39(pte(DATA, RWX)), {}, 0x1000n)).toMatchObject({ rd_wdata: 0x1122_3344_5566_7788n, mem_addr: 0x1000n });
    expect(access(LD, sv39(pte(DATA, RWX)), {}, 0x2008n).trap).toEqual({
      cause: 13, interrupt: false, to: 'M', tval: 0x2008n, tval2: 0n, tinst: BigInt(asm.loadInsn(3, 3, 0, 0)), gva: false,
    });
  });

  it.each<[string, bigint, Csrs, (number | undefined)[]]>([
    ['all', pte(DATA, RWX), {}, [ok, ok, ok]],
    ['V = 0', pte(DATA, RWX & ~V), {}, [13, 15, 15]],
    ['read-only', pte(DATA, V | R | A | D), {}, [ok, 15, 15]],
    ['W without R is reserved', pte(DATA, V | W | A | D), {}, [13, 15, 15]],
    ['W and X without R is reserved', pte(DATA, V | W | X | A | D), { mstatus: MXR }, [13, 15, 15]],
    ['execute-only', pte(DATA, V | X | A | D), {}, [13, 15, 15]],
    ['execute-only with MXR', pte(DATA, V | X | A | D), { mstatus: MXR }, [ok, 15, 15]],
    ['user page', pte(DATA, RWX | U), {}, [13, 15, 15]],
    ['user page with SUM', pte(DATA, RWX | U), { mstatus: SUM }, [ok, ok, ok]],
    ['global', pte(DATA, RWX | G), {}, [ok, ok, ok]],
    ['RSW', pte(DATA, RWX | 0x300n), {}, [ok, ok, ok]],
    ['A = 0', pte(DATA, RWX & ~A), {}, [13, 15, 15]],
    ['D = 0', pte(DATA, RWX & ~D), {}, [ok, 15, 15]],
    ['a pointer at level 0', pte(DATA, V), {}, [13, 15, 15]],
    ['reserved bit 54', pte(DATA, RWX) | (1n << 54n), {}, [13, 15, 15]],
    ['reserved bit 60', pte(DATA, RWX) | (1n << 60n), {}, [13, 15, 15]],
    ['PBMT without PBMTE', pte(DATA, RWX) | (1n << 61n), {}, [13, 15, 15]],
    ['PBMT = NC', pte(DATA, RWX) | (1n << 61n), { menvcfg: PBMTE }, [ok, ok, ok]],
    ['PBMT = IO', pte(DATA, RWX) | (2n << 61n), { menvcfg: PBMTE }, [ok, ok, ok]],
    ['PBMT = 3', pte(DATA, RWX) | (3n << 61n), { menvcfg: PBMTE }, [13, 15, 15]],
    ['N with another pattern', pte(DATA, RWX) | N, {}, [13, 15, 15]],
  ])('%s (load, store, AMO)', (_name, leaf, csrs, expected) => {
    expect(causes(leaf, csrs)).toEqual(expected);
  });

  it('as U: user pages only', () => {
    const as = (leaf: bigint): number | undefined => {
      const csrs = { satp: atp(8n, ROOT), mstatus: MPRV | SUM };
      return machine.run(LD, { x: { 1: 0x1000n }, csrs, memory: sv39(leaf) }).trap?.cause;
    };
    expect([as(pte(DATA, RWX)), as(pte(DATA, RWX | U))]).toEqual([13, ok]);
  });

  it.each<[string, bigint]>([['A', A], ['D', D], ['U', U], ['N', N], ['PBMT', 1n << 61n], ['bit 55', 1n << 55n]])('%s is reserved in a non-leaf', (_name, bit) => {
    const memory = [...sv39(pte(DATA, RWX)), [MIDDLE, pte(LAST, V) | bit] as const];
    expect(access(LD, memory, { menvcfg: PBMTE }).trap?.cause).toBe(13);
  });

  it('superpages are aligned and take the low bits from the address', () => {
    const at = (leaf: bigint): Retirement => access(LD, [[ROOT, pte(MIDDLE, V)], [MIDDLE + 8n, leaf], [DATA, 7n]], {}, 0x20_1000n);
    expect(at(pte(PC, RWX)).rd_wdata).toBe(7n);
    expect(at(pte(PC + 0x1000n, RWX)).trap?.cause).toBe(13);
    expect(access(LD, [[ROOT, pte(PC, RWX)], [DATA, 7n]], {}, 0x1000n).rd_wdata).toBe(7n);
  });

  it('a Svnapot range is 64 KiB', () => {
    const napot = (target: bigint): bigint => pte(target, RWX) | N;
    // pages 0x80000 .. 0x8000f, written as 0x80008
    expect(access(LD, sv39(napot(PC + 0x8000n)), {}, 0x1000n).rd_wdata).toBe(0x1122_3344_5566_7788n);
    expect(access(LD, [[ROOT, pte(MIDDLE, V)], [MIDDLE, napot(PC + 0x8000n)]], {}, 0x1000n).trap?.cause).toBe(13);
    const without = new Machine('sv39');
    const csrs = { satp: atp(8n, ROOT), mstatus: MPRV | S };
    expect(without.run(LD, { x: { 1: 0x1000n }, csrs, memory: sv39(napot(PC + 0x8000n)) }).trap?.cause).toBe(13);
  });

  it.each<[bigint, bigint, bigint]>([[8n, 39n, 3n], [9n, 48n, 4n], [10n, 57n, 5n]])('MODE %i sign-extends from bit %i - 1', (mode, bits, levels) => {
    const top = 1n << (bits - 1n);
    // The last entry of the root, and the one in its middle, are superpages of size 2^(bits - 9).
    const size = 1n << (bits - 9n);
    const memory: Memory = [[ROOT + 255n * 8n, pte(0n, RWX)], [ROOT + 256n * 8n, pte(0n, RWX)]];
    const at = (address: bigint): unknown => access(LD, memory, { satp: atp(mode, ROOT) }, address).trap?.cause;
    expect(levels).toBe((bits - 12n) / 9n);
    // Nothing is at physical 0: an access fault tells that the translation went through.
    expect(at(top - size)).toBe(5);
    expect(at(BigInt.asUintN(64, -top))).toBe(5);
    expect(at(top)).toBe(13);
    expect(at(BigInt.asUintN(64, -top - 8n))).toBe(13);
  });

  it('a PTE outside of DRAM is an access fault without tinst', () => {
    expect(access(SD, [[ROOT, pte(0x200_0000n, V)]]).trap).toMatchObject({ cause: 7, tval: 0x1000n, tinst: 0n, tval2: 0n });
    expect(access(LD, [], { satp: atp(8n, 0n) }).trap).toMatchObject({ cause: 5, tinst: 0n });
  });

  it('Svadu sets A, and D for writes, in one write', () => {
    const after = (insn: number, flags: bigint): bigint => {
      expect(access(insn, sv39(pte(DATA, flags)), { menvcfg: ADUE }).trap).toBeUndefined();
      return machine.word(LAST + 8n);
    };
    const clean = V | R | W;
    expect(after(LD, clean)).toBe(pte(DATA, clean | A));
    expect(after(SD, clean)).toBe(pte(DATA, clean | A | D));
    expect(after(AMO, clean | A)).toBe(pte(DATA, clean | A | D));
    // What is refused is not marked.
    expect(access(SD, sv39(pte(DATA, V | R)), { menvcfg: ADUE }).trap?.cause).toBe(15);
    expect(machine.word(LAST + 8n)).toBe(pte(DATA, V | R));
    // A later check does not undo it.
    expect(access(SD, sv39(pte(0n, clean)), { menvcfg: ADUE }).trap?.cause).toBe(7);
    expect(machine.word(LAST + 8n)).toBe(pte(0n, clean | A | D));
  });

  it('MPRV with MPP = 3 translates nothing', () => {
    const csrs = { satp: atp(8n, ROOT), mstatus: MPRV | (3n << 11n) };
    expect(machine.run(LD, { x: { 1: DATA }, csrs, memory: [[DATA, 9n]] }).rd_wdata).toBe(9n);
  });

  it('MODE that is not supported: satp is not written at all, hgatp but for MODE', () => {
    const write = (csr: number, value: bigint): readonly unknown[] => machine.run(asm.csrrw(0, csr, 1), { x: { 1: value } }).csrs;
    expect(write(0x180, (11n << 60n) | 5n)).toEqual([]);
    expect(write(0x180, ones & ~(5n << 60n))).toMatchObject([{ csr: 'satp', after: ones & ~(5n << 60n) }]);
    expect(write(0x280, (1n << 60n) | 5n)).toEqual([]);
    expect(write(0x680, (11n << 60n) | 0x17n)).toMatchObject([{ csr: 'hgatp', after: 0x14n }]);
    expect(write(0x680, (9n << 60n) | 0x10n)).toMatchObject([{ csr: 'hgatp', after: (9n << 60n) | 0x10n }]);
    const only = new Machine('sv39');
    expect(only.run(asm.csrrw(0, 0x180, 1), { x: { 1: 9n << 60n } }).csrs).toEqual([]);
  });
});

describe('split accesses', () => {
  const PAGES: Memory = [[ROOT, pte(MIDDLE, V)], [MIDDLE, pte(LAST, V)], [LAST + 8n, pte(DATA, RWX)]];
  const second = (leaf: bigint): Memory => [...PAGES, [LAST + 16n, leaf]];

  it('join bytes from two places', () => {
    const memory: Memory = [...second(pte(DATA - 0x1000n + 0x4000n, RWX)), [DATA + 0xff8n, 0x8877_6655_4433_2211n], [PC + 0x4000n, 0xffee_ddcc_bbaan]];
    expect(access(LD, memory, {}, 0x1ffdn).rd_wdata).toBe(0xeedd_ccbb_aa88_7766n);
    expect(access(SD, memory, {}, 0x1ffdn)).toMatchObject({ mem_addr: 0x1ffdn, mem_wdata: 5n });
    expect([machine.word(DATA + 0xff8n), machine.word(PC + 0x4000n)]).toEqual([0x0000_0555_4433_2211n, 0xff00_0000_0000n]);
  });

  it('the high part faults at its first byte, nothing is stored', () => {
    const memory: Memory = [...second(0n), [DATA + 0xff8n, 3n]];
    expect(access(SD, memory, {}, 0x1ffdn).trap).toMatchObject({ cause: 15, tval: 0x2000n, tinst: BigInt(asm.storeInsn(3, 2, 3, 0)) });
    expect(machine.word(DATA + 0xff8n)).toBe(3n);
    // The low part is outside of memory, the high part not mapped: the low one is checked completely first.
    expect(access(SD, [...second(0n), [LAST + 8n, pte(0n, RWX)]], {}, 0x1ffdn).trap).toMatchObject({ cause: 7, tval: 0x1ffdn });
    // Svadu marks the low part's page all the same.
    expect(access(SD, [...second(0n), [LAST + 8n, pte(DATA, V | R | W)]], { menvcfg: ADUE }, 0x1ffdn).trap?.cause).toBe(15);
    expect(machine.word(LAST + 8n)).toBe(pte(DATA, V | R | W | A | D));
  });
});

describe('fetch', () => {
  /** Executes c.nop or a longer instruction at a virtual address. */
  const fetch = (mode: Mode, pc: bigint, memory: Memory): Retirement =>
    machine.run([], { mode, pc, csrs: { satp: atp(8n, ROOT), vsatp: atp(8n, ROOT) }, memory });

  it('needs X, and U exactly in user mode', () => {
    const memory = (flags: bigint): Memory => sv39(pte(DATA, flags), [[DATA, 0x1n]]);
    expect(fetch('HS', 0x1000n, memory(V | X | A))).toMatchObject({ insn: 1, pc_wdata: 0x1002n });
    expect(fetch('HS', 0x1000n, memory(V | R | A)).trap).toMatchObject({ cause: 12, tval: 0x1000n, tinst: 0n, gva: false });
    expect(fetch('HS', 0x1000n, memory(V | X | A | U)).trap?.cause).toBe(12);
    expect(fetch('U', 0x1000n, memory(V | X | A | U)).trap).toBeUndefined();
    expect(fetch('U', 0x1000n, memory(V | X | A)).trap?.cause).toBe(12);
  });

  it('is of parcels: a fault of the second has its own tval', () => {
    const memory = (second: bigint): Memory => [...sv39(pte(DATA, RWX)), [LAST + 16n, second], [DATA + 0xff8n, 0x0013n << 48n]];
    expect(fetch('HS', 0x1ffen, memory(0n))).toMatchObject({ insn: 0, trap: { cause: 12, tval: 0x2000n } });
    expect(machine.csr('mepc')).toBe(0x1ffen);
    expect(fetch('HS', 0x1ffen, memory(pte(DATA + 0x1000n, RWX)))).toMatchObject({ insn: 0x13, pc_wdata: 0x2002n });
    expect(fetch('VS', 0x1ffen, memory(0n)).trap).toMatchObject({ cause: 12, tval: 0x2000n, gva: true });
  });
});

describe('two stages', () => {
  /** The G-stage maps guest pages one to one, as 2 MiB pages or, in the first 2 MiB of DRAM, by single pages. */
  const gTable = (more: Memory = []): Memory => [
    [G_ROOT + 2n * 8n, pte(G_MIDDLE, V)], [G_MIDDLE, pte(G_LAST, V)],
    ...[PC, DATA, ROOT, MIDDLE, LAST].map((page) => [gLeaf(page), pte(page, RWX | U)] as const), ...more,
  ];
  const gLeaf = (page: bigint): bigint => G_LAST + ((page >> 12n) & 511n) * 8n;
  const two: Csrs = { vsatp: atp(8n, ROOT), hgatp: atp(8n, G_ROOT) };
  /** An access from M-mode as VS. */
  const guest = (insn: number, memory: Memory, csrs: Csrs = {}, address = 0x1008n): Retirement =>
    machine.run(insn, { x: { 1: address, 2: 5n }, memory, csrs: { ...two, ...csrs, mstatus: MPRV | MPV | S | (csrs.mstatus ?? 0n) } });
  const STAGES = [...gTable(), ...sv39(pte(DATA, RWX), [[DATA + 8n, 0x77n]])];
  const TINST = BigInt(asm.loadInsn(3, 3, 0, 0));

  it('translate through both', () => {
    expect(guest(LD, STAGES).rd_wdata).toBe(0x77n);
  });

  it('VS-stage faults are page faults of a guest address', () => {
    expect(guest(LD, [...STAGES, [LAST + 8n, 0n]]).trap).toMatchObject({ cause: 13, tval: 0x1008n, tval2: 0n, tinst: TINST, gva: true });
  });

  it('G-stage faults tell the guest physical address', () => {
    const trap = { tval: 0x1008n, tval2: (DATA + 8n) >> 2n, gva: true };
    expect(guest(LD, [...STAGES, [gLeaf(DATA), 0n]]).trap).toMatchObject({ cause: 21, ...trap, tinst: TINST });
    expect(guest(SD, [...STAGES, [gLeaf(DATA), pte(DATA, V | R | U | A | D)]]).trap).toMatchObject({ cause: 23, ...trap });
    expect(guest(AMO, [...STAGES, [gLeaf(DATA), pte(DATA, V | R | U | A | D)]]).trap).toMatchObject({ cause: 23 });
    // All guest physical accesses are those of a user.
    expect(guest(LD, [...STAGES, [gLeaf(DATA), pte(DATA, RWX)]], { mstatus: SUM }).trap?.cause).toBe(21);
    expect(guest(LD, [...STAGES, [gLeaf(DATA), pte(DATA, RWX | U) & ~A]]).trap?.cause).toBe(21);
    expect(guest(LD, [...STAGES, [LAST + 8n, pte(1n << 41n, RWX)]]).trap).toMatchObject({ cause: 21, tval2: ((1n << 41n) + 8n) >> 2n });
  });

  it('a PTE that the G-stage refuses: its address, and the pseudoinstruction', () => {
    const read = { tval: 0x1008n, tval2: (LAST + 8n) >> 2n, tinst: 0x3000n, gva: true };
    expect(guest(LD, [...STAGES, [gLeaf(LAST), 0n]]).trap).toMatchObject({ cause: 21, ...read });
    expect(guest(SD, [...STAGES, [gLeaf(LAST), pte(LAST, V | X | U | A | D)]], { mstatus: MXR }).trap).toMatchObject({ cause: 23, ...read });
    // An update of A needs the page writable, and dirty.
    const clean = [...STAGES, [LAST + 8n, pte(DATA, RWX & ~A)] as const];
    const csrs = { menvcfg: ADUE, henvcfg: ADUE };
    expect(guest(LD, [...clean, [gLeaf(LAST), pte(LAST, V | R | U | A | D)]], csrs).trap).toMatchObject({ cause: 21, ...read, tinst: 0x3020n });
    expect(guest(LD, [...clean, [gLeaf(LAST), pte(LAST, V | R | W | U | A)]], csrs).trap).toBeUndefined();
    expect([machine.word(LAST + 8n), machine.word(gLeaf(LAST))]).toEqual([pte(DATA, RWX), pte(LAST, V | R | W | U | A | D)]);
    // henvcfg.ADUE counts only with menvcfg's.
    expect(guest(LD, clean, { henvcfg: ADUE }).trap).toMatchObject({ cause: 13 });
    expect(guest(LD, clean, { menvcfg: ADUE }).trap).toMatchObject({ cause: 13 });
  });

  it('a G-stage PTE outside of memory is an access fault of the original type', () => {
    expect(guest(SD, [...STAGES, [G_MIDDLE, pte(0x1000n, V)]]).trap).toMatchObject({ cause: 7, tval: 0x1008n, tval2: 0n, tinst: 0n, gva: true });
    expect(guest(LD, [...STAGES, [gLeaf(LAST), pte(0x1000n, RWX | U)]]).trap).toMatchObject({ cause: 5, tval2: 0n, tinst: 0n });
    expect(guest(LD, [...STAGES, [gLeaf(DATA), pte(0x1000n, RWX | U)]]).trap).toMatchObject({ cause: 5, tval2: 0n, tinst: TINST });
  });

  it('MXR of the supervisor counts in both stages, of the guest in its own', () => {
    const first = [...STAGES, [LAST + 8n, pte(DATA, V | X | A)] as const];
    const second = [...STAGES, [gLeaf(DATA), pte(DATA, V | X | U | A)] as const];
    const cause = (memory: Memory, csrs: Csrs): number | undefined => guest(LD, memory, csrs).trap?.cause;
    expect([cause(first, {}), cause(first, { vsstatus: MXR }), cause(first, { mstatus: MXR })]).toEqual([13, ok, ok]);
    expect([cause(second, {}), cause(second, { vsstatus: MXR }), cause(second, { mstatus: MXR })]).toEqual([21, 21, ok]);
  });

  it('SUM is that of vsstatus; PBMTE that of henvcfg, if menvcfg has it', () => {
    const user = [...STAGES, [LAST + 8n, pte(DATA, RWX | U)] as const];
    expect([guest(LD, user, { mstatus: SUM }).trap?.cause, guest(LD, user, { vsstatus: SUM }).trap]).toEqual([13, ok]);
    const typed = [...STAGES, [LAST + 8n, pte(DATA, RWX) | (1n << 61n)] as const];
    const cause = (csrs: Csrs): number | undefined => guest(LD, typed, csrs).trap?.cause;
    expect([cause({ menvcfg: PBMTE }), cause({ henvcfg: PBMTE }), cause({ menvcfg: PBMTE, henvcfg: PBMTE })]).toEqual([13, 13, ok]);
  });

  it('a Bare VS-stage leaves guest physical addresses, in the widened range', () => {
    const bare = { vsatp: 0n };
    expect(guest(LD, gTable([[DATA, 3n]]), bare, DATA).rd_wdata).toBe(3n);
    // Root entry 2047 of Sv39x4: a 1 GiB page.
    const memory = gTable([[G_ROOT + 2047n * 8n, pte(PC, RWX | U)], [DATA, 3n]]);
    expect(guest(LD, memory, bare, (1n << 41n) - (1n << 30n) + 0x1000n).rd_wdata).toBe(3n);
    expect(guest(LD, memory, bare, 1n << 41n).trap).toMatchObject({ cause: 21, tval: 1n << 41n, tval2: 1n << 39n, tinst: TINST });
    expect(guest(LD, memory, bare, ones - 7n).trap).toMatchObject({ cause: 21, tval2: (ones - 7n) >> 2n });
    expect(guest(LD, [], { vsatp: 0n, hgatp: atp(9n, G_ROOT) }, 1n << 50n).trap).toMatchObject({ cause: 21, tval2: 1n << 48n });
    expect(guest(LD, [], { vsatp: 0n, hgatp: atp(10n, G_ROOT) }, 1n << 59n).trap).toMatchObject({ cause: 21, tval2: 1n << 57n });
    expect(guest(LD, [], { vsatp: 0n, hgatp: 0n }, 1n << 59n).trap).toMatchObject({ cause: 5, tval2: 0n, tinst: TINST });
  });

  it('fetch: guest-page faults of the instruction, of its PTE, and of its second parcel', () => {
    const fetch = (pc: bigint, memory: Memory): Retirement => machine.run([], { mode: 'VS', pc, csrs: two, memory });
    expect(fetch(0x1000n, [...STAGES, [DATA, 1n]]).trap).toBeUndefined();
    expect(fetch(0x1000n, [...STAGES, [gLeaf(DATA), pte(DATA, V | R | U | A)]]).trap).toMatchObject({ cause: 20, tval: 0x1000n, tval2: DATA >> 2n, tinst: 0n, gva: true });
    expect(fetch(0x1000n, [...STAGES, [gLeaf(ROOT), 0n]]).trap).toMatchObject({ cause: 20, tval: 0x1000n, tval2: ROOT >> 2n, tinst: 0x3000n });
    const second = [...STAGES, [LAST + 16n, pte(0x8003_0000n, RWX)] as const, [DATA + 0xff8n, 3n << 48n] as const];
    expect(fetch(0x1ffen, second).trap).toMatchObject({ cause: 20, tval: 0x2000n, tval2: 0x8003_0000n >> 2n, tinst: 0n });
  });

  it('a split access tells the guest physical address of its faulting part', () => {
    const memory = [...STAGES, [LAST + 16n, pte(0x8003_0000n, RWX)] as const];
    expect(guest(LD, memory, {}, 0x1ffdn).trap).toMatchObject({ cause: 21, tval: 0x2000n, tval2: 0x8003_0000n >> 2n, tinst: TINST | (3n << 15n) });
  });

  it('HLV and HSV act as VS or VU by SPVP, HLVX reads what is executable', () => {
    const hypervisor = (insn: number, memory: Memory, csrs: Csrs = {}): Retirement =>
      machine.run(insn, { x: { 1: 0x1008n, 2: 5n }, memory, csrs: { ...two, hstatus: 0x100n, ...csrs } });
    expect(hypervisor(asm.HLV_D, STAGES).rd_wdata).toBe(0x77n);
    expect(hypervisor(asm.HLV_D, STAGES, { hstatus: 0n }).trap).toMatchObject({ cause: 13, gva: true });
    const executable = [...STAGES, [LAST + 8n, pte(DATA, V | X | A)] as const, [gLeaf(DATA), pte(DATA, V | X | U | A)] as const];
    expect(hypervisor(asm.HLV_D, executable).trap?.cause).toBe(13);
    expect(hypervisor(asm.HLVX_WU, executable).rd_wdata).toBe(0x77n);
    const readable = [...STAGES, [LAST + 8n, pte(DATA, V | R | A)] as const];
    expect(hypervisor(asm.HLVX_WU, readable, { mstatus: MXR }).trap?.cause).toBe(13);
    // A supervisor's HLVX is no fetch: SUM opens user pages to it.
    const user = [...STAGES, [LAST + 8n, pte(DATA, V | X | U | A)] as const];
    expect([hypervisor(asm.HLVX_WU, user).trap?.cause, hypervisor(asm.HLVX_WU, user, { vsstatus: SUM }).trap]).toEqual([13, ok]);
    expect(hypervisor(asm.HSV_W, [...STAGES, [gLeaf(DATA), 0n]]).trap).toMatchObject({ cause: 23, tval2: (DATA + 8n) >> 2n, tinst: BigInt(asm.HSV_W) & ~(31n << 15n) });
  });
});

describe('the reads of a translation', () => {
  it('are told, down to the fields that it needed', () => {
    const reads = (leaf: bigint): string[] => {
      const seen = new Set<string>();
      machine.reference.arrange({
        mode: 'M', pc: PC, x: { 1: 0x1000n }, csrs: { satp: atp(8n, ROOT), mstatus: MPRV | S },
        memory: [{ address: PC, bytes: 4, value: BigInt(LD) }, ...sv39(leaf).map(([address, value]) => ({ address, bytes: 8 as const, value }))],
      });
      machine.reference.watchReads((csr) => seen.add(csr));
      machine.step();
      machine.reference.watchReads();
      return [...seen].filter((csr) => ['satp', 'vsatp', 'hgatp', 'menvcfg', 'henvcfg'].includes(csr)).sort();
    };
    expect(reads(pte(DATA, RWX))).toEqual(['satp']);
    expect(reads(pte(DATA, RWX & ~A))).toEqual(['menvcfg', 'satp']);
  });
});
