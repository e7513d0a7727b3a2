import { describe, expect, it } from 'vitest';
import { type HomeCsr, MODES } from '../retirement.js';
import * as asm from './assembler.fixture.js';
import { DATA, DRAM_END, Machine, type Setting } from './machine.fixture.js';

const machine = new Machine('zicbom', 'zicboz', 'sv39', 'svadu');
const cbo = (operation: number): number => asm.iType(0x0f, 2, 0, 1, operation);
const INVAL = cbo(0);
const CLEAN = cbo(1);
const FLUSH = cbo(2);
const ZERO = cbo(4);
const ok = undefined;
type Csrs = Partial<Record<HomeCsr, bigint>>;

describe('permits (M, HS, U, VS, VU)', () => {
  const causes = (insn: number, csrs: Csrs): (number | undefined)[] =>
    MODES.map((mode) => machine.run(insn, { mode, csrs, x: { 1: DATA } }).trap?.cause);
  it.each<[string, number, bigint]>([
    ['cbo.inval', INVAL, 0x10n], ['cbo.inval as invalidate', INVAL, 0x30n], ['cbo.clean', CLEAN, 0x40n], ['cbo.flush', FLUSH, 0x40n],
    ['cbo.zero', ZERO, 0x80n],
  ])('%s', (_name, insn, field) => {
    expect(causes(insn, {})).toEqual([ok, 2, 2, 2, 2]);
    expect(causes(insn, { senvcfg: field, henvcfg: field })).toEqual([ok, 2, 2, 2, 2]);
    expect(causes(insn, { menvcfg: field })).toEqual([ok, ok, 2, 22, 22]);
    expect(causes(insn, { menvcfg: field, senvcfg: field })).toEqual([ok, ok, ok, 22, 22]);
    expect(causes(insn, { menvcfg: field, henvcfg: field })).toEqual([ok, ok, 2, ok, 22]);
    expect(causes(insn, { menvcfg: field, henvcfg: field, senvcfg: field })).toEqual([ok, ok, ok, ok, ok]);
    // The other fields are without effect.
    expect(causes(insn, { menvcfg: 0xf1n & ~(field < 0x40n ? 0x30n : field) })).toEqual([ok, 2, 2, 2, 2]);
    expect(new Machine().run(insn).trap?.cause).toBe(2);
  });

  it.each([cbo(3), cbo(5), cbo(0) | (1 << 7)])('%i is illegal', (insn) => {
    expect(machine.run(insn, { x: { 1: DATA } }).trap?.cause).toBe(2);
  });
});

describe('effect', () => {
  it('cbo.zero clears the block around rs1, and nothing else', () => {
    const memory = [[DATA - 8n, 1n], [DATA, 2n], [DATA + 56n, 3n], [DATA + 64n, 4n]] as const;
    expect(machine.run(ZERO, { x: { 1: DATA + 13n }, memory })).toMatchObject({
      mem_addr: DATA, mem_wmask: 0xff, mem_wdata: 0n, mem_rmask: 0, rd_addr: 0, trap: undefined,
    });
    expect(memory.map(([address]) => machine.word(address))).toEqual([1n, 0n, 0n, 4n]);
  });

  it('the others leave no access in the record', () => {
    expect(machine.run(FLUSH, { x: { 1: DATA }, memory: [[DATA, 1n]] })).toMatchObject({ mem_addr: 0n, mem_rmask: 0, mem_wmask: 0, trap: undefined });
    expect(machine.word(DATA)).toBe(1n);
  });

  it('outside of DRAM: store/AMO access faults at rs1', () => {
    const tinst = (insn: number): bigint => BigInt(insn & ~(31 << 15));
    for (const insn of [INVAL, CLEAN, FLUSH, ZERO]) {
      for (const address of [DRAM_END + 3n, 0x1000_0001n, 1n << 60n]) {
        expect(machine.run(insn, { x: { 1: address } }).trap).toMatchObject({ cause: 7, tval: address, tinst: tinst(insn) });
      }
    }
  });
});

describe('translation', () => {
  const ROOT = 0x8001_0000n;
  const leaf = (flags: bigint): bigint => (0x8000_0000n >> 2n) | flags;
  const run = (insn: number, flags: bigint, csrs: Csrs = {}): ReturnType<Machine['run']> => {
    const setting: Setting = {
      x: { 1: 0x1021n }, memory: [[ROOT, leaf(flags)]],
      csrs: { satp: (8n << 60n) | (ROOT >> 12n), ...csrs, mstatus: (1n << 17n) | (1n << 11n) | (csrs.mstatus ?? 0n) },
    };
    return machine.run(insn, setting);
  };
  // V R W X A D
  it.each<[string, bigint, number | undefined, number | undefined]>([
    ['writable', 0xc7n, ok, ok], ['readable', 0xc3n, ok, 15], ['executable', 0xc9n, 15, 15], ['not dirty', 0x47n, ok, 15],
    ['not accessed', 0x87n, 15, 15], ['invalid', 0xc6n, 15, 15],
  ])('of a page that is %s (cbo.flush, cbo.zero)', (_name, flags, flush, zero) => {
    expect([run(FLUSH, flags).trap?.cause, run(ZERO, flags).trap?.cause]).toEqual([flush, zero]);
  });

  it('MXR makes an executable page manageable; the fault is at rs1', () => {
    expect(run(CLEAN, 0xc9n, { mstatus: 1n << 19n }).trap).toBeUndefined();
    expect(run(ZERO, 0xc3n).trap).toMatchObject({ cause: 15, tval: 0x1021n, tinst: BigInt(ZERO & ~(31 << 15)) });
    expect(run(ZERO, 0xc7n)).toMatchObject({ mem_addr: 0x1000n });
  });

  it('a managed page gets A, a zeroed one D as well', () => {
    const after = (insn: number): bigint => {
      run(insn, 0x07n, { menvcfg: 1n << 61n });
      return machine.word(ROOT);
    };
    expect([after(FLUSH), after(ZERO)]).toEqual([leaf(0x47n), leaf(0xc7n)]);
  });

  it('a guest page that is refused is 23', () => {
    const csrs = { mstatus: 1n << 39n, satp: 0n, hgatp: (8n << 60n) | (ROOT >> 12n) };
    expect(run(CLEAN, 0xc7n, csrs).trap).toMatchObject({ cause: 23, tval: 0x1021n, tval2: 0x408n, gva: true });
    expect(run(CLEAN, 0xd7n, csrs).trap).toBeUndefined();
  });
});

describe('protection', () => {
  it('takes the block as one access', () => {
    const protectedHart = new Machine('zicbom', 'zicboz', 'pmp');
    const run = (insn: number, csrs: Csrs): number | undefined =>
      protectedHart.run(insn, { x: { 1: DATA + 63n }, csrs: { ...csrs, mstatus: (1n << 17n) | (1n << 11n) } }).trap?.cause;
    const block = (config: bigint): Csrs => ({ pmpcfg0: 0x18n | config, pmpaddr0: (DATA >> 2n) + 7n });
    expect([1n, 3n, 4n].map((config) => run(CLEAN, block(config)))).toEqual([ok, ok, 7]);
    expect([1n, 3n, 4n].map((config) => run(ZERO, block(config)))).toEqual([7, ok, 7]);
    const halves: Csrs = { pmpcfg0: 0x1b1bn, pmpaddr0: (DATA >> 2n) + 3n, pmpaddr1: (DATA >> 2n) + 11n };
    expect([run(CLEAN, halves), run(ZERO, halves)]).toEqual([7, 7]);
  });
});
