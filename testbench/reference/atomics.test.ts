import { describe, expect, it } from 'vitest';
import * as asm from './assembler.fixture.js';
import type { Extension } from './extensions.js';
import { DATA, DRAM_END, Machine, PC } from './machine.fixture.js';

const machine = new Machine('a', 'zawrs');
const W = 2;
const D = 3;
/** An atomic on x1 with x2 into x3. */
const atomic = (funct5: number, funct3: number, rs2 = 2): number => asm.rType(0x2f, funct5 << 2, funct3, 3, 1, rs2);
const lr = (funct3: number): number => atomic(0b00010, funct3, 0);
const sc = (funct3: number): number => atomic(0b00011, funct3);
const AMOADD = 0b00000;

describe('AMOs', () => {
  const old = 0xffff_fffe_8000_0000n;
  it.each<[string, number, number, bigint, bigint]>([
    ['amoswap.d', 0b00001, D, 5n, 5n],
    ['amoadd.d', AMOADD, D, 5n, old + 5n],
    ['amoxor.d', 0b00100, D, old, 0n],
    ['amoand.d', 0b01100, D, 0xffff_ffffn, 0x8000_0000n],
    ['amoor.d', 0b01000, D, 1n, old + 1n],
    ['amomin.d', 0b10000, D, 1n, old],
    ['amomax.d', 0b10100, D, 1n, 1n],
    ['amominu.d', 0b11000, D, 1n, 1n],
    ['amomaxu.d', 0b11100, D, 1n, old],
    ['amoadd.w leaves the upper word', AMOADD, W, 0x8000_0001n, 0xffff_fffe_0000_0001n],
    ['amomin.w is of signed words', 0b10000, W, 0x7_0000_0001n, old],
    ['amomaxu.w is of unsigned words', 0b11100, W, 0x7_7fff_ffffn, old],
  ])('%s', (_name, funct5, funct3, operand, stored) => {
    const record = machine.run(atomic(funct5, funct3), { x: { 1: DATA, 2: operand }, memory: [[DATA, old]] });
    expect(machine.word(DATA)).toBe(stored);
    const mask = funct3 === W ? 0xffff_ffffn : 0xffff_ffff_ffff_ffffn;
    expect(record).toMatchObject({
      rd_wdata: funct3 === W ? 0xffff_ffff_8000_0000n : old, mem_addr: DATA,
      mem_rmask: funct3 === W ? 15 : 255, mem_wmask: funct3 === W ? 15 : 255, mem_rdata: old & mask, mem_wdata: stored & mask,
    });
  });

  it('fault as stores: misaligned, in I/O, outside of memory', () => {
    const insn = atomic(AMOADD, D);
    // amoadd.d x3, x2, (x1) without rs1
    const tinst = BigInt(asm.rType(0x2f, 0, D, 3, 0, 2));
    for (const address of [DATA + 4n, 0x200_4000n, 0x1000n, DRAM_END]) {
      expect(machine.run(insn, { x: { 1: address } }).trap).toMatchObject({ cause: 7, tval: address, tinst, gva: false });
    }
  });

  it('do not exist without A; of bytes and halfwords never; PAUSE is a FENCE anyway', () => {
    expect(new Machine().run(atomic(AMOADD, D)).trap?.cause).toBe(2);
    expect([0, 1, 4].map((funct3) => machine.run(atomic(AMOADD, funct3)).trap?.cause)).toEqual([2, 2, 2]);
    expect(machine.run(0x0100_000f).trap).toBeUndefined();
  });
});

describe('LR and SC', () => {
  const reserved = (): bigint | undefined => machine.reference.state().reservation;

  it('LR reserves 64 aligned bytes, sign-extends, and has rs2 = 0', () => {
    const record = machine.run(lr(W), { x: { 1: DATA + 0x44n }, memory: [[DATA + 0x40n, 0x8000_0000_0000_0000n]] });
    expect(record).toMatchObject({ rd_wdata: 0xffff_ffff_8000_0000n, mem_rmask: 15, mem_rdata: 0x8000_0000n, mem_wmask: 0 });
    expect(reserved()).toBe(DATA + 0x40n);
    expect(machine.run(atomic(0b00010, W, 1), { x: { 1: DATA } }).trap?.cause).toBe(2);
  });

  it('SC to anywhere in the set succeeds once, whatever the widths', () => {
    machine.run([lr(W), sc(D), sc(D)], { x: { 1: DATA, 2: 9n } });
    expect(machine.step()).toMatchObject({ rd_wdata: 0n, mem_wmask: 255, mem_wdata: 9n, mem_rmask: 0 });
    expect(machine.word(DATA)).toBe(9n);
    expect(reserved()).toBeUndefined();
    expect(machine.step()).toMatchObject({ rd_addr: 3, rd_wdata: 1n, mem_wmask: 0, mem_addr: 0n });
  });

  it('SC outside the set fails and clears the reservation', () => {
    machine.run([lr(D), asm.addi(1, 1, 64), sc(D)], { x: { 1: DATA, 2: 9n } });
    machine.step();
    expect(machine.step()).toMatchObject({ rd_wdata: 1n, mem_wmask: 0 });
    expect([machine.word(DATA + 64n), reserved()]).toEqual([0n, undefined]);
  });

  it('own stores keep the reservation; traps, xRET and writes of others into the set clear it', () => {
    const after = (insn: number): bigint | undefined => {
      machine.run([lr(D), insn], { x: { 1: DATA, 2: 9n }, csrs: { mtvec: PC, mepc: PC, sepc: PC, mstatus: 0x1800n } });
      machine.step();
      return reserved();
    };
    expect(after(asm.storeInsn(3, 2, 1, 8))).toBe(DATA);
    expect([asm.ECALL, asm.MRET, asm.SRET].map(after)).toEqual([undefined, undefined, undefined]);
    const hostWrite = (address: bigint, bytes: number): bigint | undefined => {
      machine.run([lr(D), asm.addi(0, 0, 0)], { x: { 1: DATA } });
      machine.reference.stepWith({
        cycle: 1n, mtime: 0n, meip: false, seip: false, hgeip: 0n, insn: undefined, ioData: undefined,
        hostWrites: [{ address, data: new Uint8Array(bytes) }],
      });
      return reserved();
    };
    expect([hostWrite(DATA - 1n, 1), hostWrite(DATA + 64n, 1)]).toEqual([DATA, DATA]);
    expect([hostWrite(DATA - 1n, 2), hostWrite(DATA + 63n, 1)]).toEqual([undefined, undefined]);
  });

  it('LR faults as a load, SC as a store, also when it would fail', () => {
    expect(machine.run(lr(D), { x: { 1: DATA + 1n } }).trap).toMatchObject({ cause: 5, tval: DATA + 1n });
    expect(machine.run(lr(D), { x: { 1: DRAM_END } }).trap).toMatchObject({ cause: 5 });
    expect(machine.run(sc(W), { x: { 1: DATA + 2n } }).trap).toMatchObject({ cause: 7, tval: DATA + 2n });
    expect(machine.run(sc(W), { x: { 1: 0x1000_0000n } }).trap).toMatchObject({ cause: 7 });
  });
});

describe('Zawrs', () => {
  it.each([0x00d0_0073, 0x01d0_0073])('%i retires in every mode, and is illegal without the extension', (insn) => {
    const csrs = { mstatus: 1n << 21n, hstatus: 1n << 21n };
    expect((['M', 'HS', 'U', 'VS', 'VU'] as const).map((mode) => machine.run(insn, { mode, csrs }).trap)).toEqual(Array(5).fill(undefined));
    expect(new Machine().run(insn).trap?.cause).toBe(2);
  });
});

describe('misa', () => {
  it('tells A, B and C', () => {
    const misa = (...extensions: Extension[]): bigint => new Machine(...extensions).run(asm.csrrs(3, 0x301, 0)).rd_wdata;
    expect([misa('a'), misa('c'), misa('zba', 'zbb'), misa('a', 'zba', 'zbb', 'zbs', 'c')]).toEqual([
      0x8000_0000_0014_1181n, 0x8000_0000_0014_1184n, 0x8000_0000_0014_1180n, 0x8000_0000_0014_1187n,
    ]);
  });
});
