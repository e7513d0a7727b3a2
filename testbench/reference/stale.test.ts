import { describe, expect, it } from 'vitest';
import type { HomeCsr, Inputs, UsedPte } from '../retirement.js';
import * as asm from './assembler.fixture.js';
import { littleEndian } from './memory.js';
import { DATA, Machine, PC } from './machine.fixture.js';

const machine = new Machine('sv39', 'svinval', 'svadu');
const ROOT = 0x8001_0000n;
const MIDDLE = 0x8001_3000n;
const LEAF = 0x8001_1008n;
const G_ROOT = 0x8001_4000n;
const pte = (target: bigint, flags: bigint): bigint => ((target >> 12n) << 10n) | flags;
const RWX = 0xcfn;
const U = 0x10n;
const G = 0x20n;
const OLD = DATA;
const NEW = DATA + 0x1000n;
const LD = asm.loadInsn(3, 3, 1, 0);
const NOP = asm.addi(0, 0, 0);
const ASID = (asid: bigint): bigint => asid << 44n;
const satp = (8n << 60n) | (ROOT >> 12n);
const inputs: Inputs = { cycle: 0n, mtime: 0n, meip: false, seip: false, hgeip: 0n, insn: undefined, ioData: undefined, hostWrites: [] };

/** SFENCE.VMA, HFENCE.VVMA and HFENCE.GVMA with operands in x5 and x6, or none. */
const fence = (funct7: number, rs1: 0 | 5, rs2: 0 | 6): number => asm.rType(0x73, funct7, 0, 0, rs1, rs2);
const SFENCE = 0b0001001;
const HFENCE_V = 0b0010001;
const HFENCE_G = 0b0110001;

/** Page 1 in the tables of the supervisor, or of a guest; all of DRAM in those of the G-stage. */
const TABLES: readonly (readonly [bigint, bigint])[] = [
  [ROOT, pte(MIDDLE, 1n)], [MIDDLE, pte(0x8001_1000n, 1n)], [LEAF, pte(OLD, RWX)], [0x8001_2008n, pte(NEW, RWX)],
  [G_ROOT + 16n, pte(0x8000_0000n, RWX | U)], [OLD, 1n], [NEW, 2n],
];

interface Situation {
  /** Where the entry is that changes, and from what to what. */
  readonly at?: bigint;
  readonly before?: bigint;
  readonly after?: bigint;
  readonly csrs?: Partial<Record<HomeCsr, bigint>>;
  /** Registers of the fence. */
  readonly x?: Record<number, bigint>;
  /** What the core says that it used. */
  readonly used?: readonly UsedPte[];
  /** The first record does not have PTEs. */
  readonly untold?: boolean;
}

/** A host changes an entry; the hart executes something, then loads through a cached old entry. True: it did use that. */
function usesOld(between: number, situation: Situation = {}): boolean {
  const { at = LEAF, before = pte(OLD, RWX), after = pte(NEW, RWX), csrs = {}, x = {} } = situation;
  machine.reference.arrange({
    mode: 'M', pc: PC, x: { 1: 0x1000n, ...x }, csrs: { satp: satp | ASID(3n), mstatus: (1n << 17n) | (1n << 11n), ...csrs },
    memory: [
      ...[NOP, NOP, between, LD].map((insn, i) => ({ address: PC + BigInt(4 * i), bytes: 4 as const, value: BigInt(insn) })),
      ...TABLES.concat([[at, before]]).map(([address, value]) => ({ address, bytes: 8 as const, value })),
    ],
  });
  const record = (given: Partial<Inputs>): bigint => machine.reference.stepWith({ ...inputs, ...given }).rd_wdata;
  record(situation.untold === true ? {} : { ptes: [] });
  record({ hostWrites: [{ address: at, data: littleEndian(after, 8) }] });
  record({});
  return record({ ptes: situation.used ?? [{ address: at, value: before }] }) === 1n;
}

describe('a cached PTE', () => {
  it('is accepted as long as no fence covers it, and only if memory had it', () => {
    expect(usesOld(NOP)).toBe(true);
    expect(usesOld(NOP, { used: [] })).toBe(false);
    expect(usesOld(NOP, { used: [{ address: LEAF, value: pte(OLD, 0xc3n) }] })).toBe(false);
    expect(usesOld(NOP, { before: pte(OLD, RWX & ~1n) })).toBe(false);
    expect(usesOld(fence(SFENCE, 0, 0))).toBe(false);
    // SINVAL.VMA
    expect(usesOld(fence(0b0001011, 0, 0))).toBe(false);
    expect(usesOld(fence(HFENCE_V, 0, 0))).toBe(true);
    expect(usesOld(fence(HFENCE_G, 0, 0))).toBe(true);
  });

  it('by address: leaves of that page', () => {
    const by = (page: bigint, situation: Situation = {}): boolean => usesOld(fence(SFENCE, 5, 0), { x: { 5: page }, ...situation });
    expect([by(0x1fffn), by(0x2000n), by((1n << 39n) + 0x1000n)]).toEqual([false, true, true]);
    const pointer = { at: MIDDLE, before: pte(0x8001_1000n, 1n), after: pte(0x8001_2000n, 1n) };
    expect([usesOld(NOP, pointer), by(0x1000n, pointer), usesOld(fence(SFENCE, 0, 0), pointer)]).toEqual([true, true, false]);
  });

  it('by address space: not what is global', () => {
    const by = (asid: bigint, situation: Situation = {}): boolean => usesOld(fence(SFENCE, 0, 6), { x: { 6: asid }, ...situation });
    expect([by(3n), by(3n | (5n << 16n)), by(4n)]).toEqual([false, false, true]);
    expect(by(3n, { before: pte(OLD, RWX | G) })).toBe(true);
    expect(usesOld(fence(SFENCE, 0, 0), { before: pte(OLD, RWX | G) })).toBe(false);
  });

  it('of a guest: by stage and virtual machine', () => {
    const mstatus = (1n << 39n) | (1n << 17n) | (1n << 11n);
    const guest = { mstatus, satp: 0n, vsatp: satp, hgatp: (8n << 60n) | ASID(7n) | (G_ROOT >> 12n) };
    expect([NOP, fence(SFENCE, 0, 0), fence(HFENCE_V, 0, 0), fence(HFENCE_G, 0, 0)].map((insn) => usesOld(insn, { csrs: guest }))).toEqual([true, true, false, true]);
    // A page of 1 GiB of the G-stage, under a Bare VS-stage; from now on it is elsewhere.
    const bare = {
      csrs: { ...guest, vsatp: 0n }, at: G_ROOT + 16n, before: pte(0x8000_0000n, RWX | U), after: pte(0x4000_0000n, RWX | U),
    };
    const by = (insn: number, x: Record<number, bigint> = {}): boolean => usesOld(insn, { ...bare, x: { 1: OLD, ...x } });
    expect([by(fence(HFENCE_G, 0, 0)), by(fence(HFENCE_V, 0, 0)), by(fence(SFENCE, 0, 0))]).toEqual([false, true, true]);
    expect([by(fence(HFENCE_G, 0, 6), { 6: 7n }), by(fence(HFENCE_G, 0, 6), { 6: 8n })]).toEqual([false, true]);
    // A guest physical address, shifted right by 2.
    expect([by(fence(HFENCE_G, 5, 0), { 5: 0x8765_4321n >> 2n }), by(fence(HFENCE_G, 5, 0), { 5: 0x7fff_ffffn >> 2n })]).toEqual([false, true]);
  });

  it('is no base for an update of A and D: then memory is read again', () => {
    const csrs = { menvcfg: 1n << 61n };
    // Unaccessed in the cache, accessed and elsewhere in memory: the walk takes what memory has.
    expect(usesOld(NOP, { before: pte(OLD, RWX & ~0xc0n), csrs })).toBe(false);
    expect(machine.word(LEAF)).toBe(pte(NEW, RWX));
  });

  it('is compared with what memory had since the first record that told of PTEs', () => {
    expect(usesOld(NOP, { untold: true })).toBe(false);
  });
});
