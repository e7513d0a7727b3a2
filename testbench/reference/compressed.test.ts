import { describe, expect, it } from 'vitest';
import * as asm from './assembler.fixture.js';
import { expand } from './compressed.js';
import { DATA, DRAM_END, Machine, PC } from './machine.fixture.js';

const machine = new Machine('c');
const OPI = 0x13;
const OPIW = 0x1b;
const LOAD = 0x03;
const i = asm.iType;
const NO = undefined;

describe('16-bit instructions', () => {
  it.each<[string, number, number | undefined]>([
    ['c.addi4spn x8, 4', 0x0040, i(OPI, 0, 8, 2, 4)], ['c.addi4spn x8, 8', 0x0020, i(OPI, 0, 8, 2, 8)],
    ['c.addi4spn x8, 16', 0x0800, i(OPI, 0, 8, 2, 16)], ['c.addi4spn x15, 64', 0x009c, i(OPI, 0, 15, 2, 64)],
    ['c.addi4spn x8, 512', 0x0400, i(OPI, 0, 8, 2, 512)], ['c.addi4spn x8, 0 is reserved', 0x0000, NO],
    ['c.addi4spn x15, 0 is reserved', 0x001c, NO], ['c.fld', 0x2000, NO], ['quadrant 0, 100', 0x8000, NO], ['c.fsd', 0xa000, NO],
    ['c.lw x8, 4(x9)', 0x40c0, i(LOAD, 2, 8, 9, 4)], ['c.lw x8, 64(x9)', 0x40a0, i(LOAD, 2, 8, 9, 64)],
    ['c.ld x8, 8(x9)', 0x6480, i(LOAD, 3, 8, 9, 8)], ['c.ld x8, 192(x9)', 0x60e0, i(LOAD, 3, 8, 9, 192)],
    ['c.sw x8, 4(x9)', 0xc0c0, asm.storeInsn(2, 8, 9, 4)], ['c.sd x8, 8(x9)', 0xe480, asm.storeInsn(3, 8, 9, 8)],
    ['c.sd x8, 128(x9)', 0xe0c0, asm.storeInsn(3, 8, 9, 128)],
    ['c.nop', 0x0001, i(OPI, 0, 0, 0, 0)], ['c.nop 1, a hint', 0x0005, i(OPI, 0, 0, 0, 1)], ['c.addi x1, -1', 0x10fd, i(OPI, 0, 1, 1, -1)],
    ['c.addiw x1, 1', 0x2085, i(OPIW, 0, 1, 1, 1)], ['c.addiw x0 is reserved', 0x2005, NO], ['c.li x1, -32', 0x5081, i(OPI, 0, 1, 0, -32)],
    ['c.addi16sp -16', 0x717d, i(OPI, 0, 2, 2, -16)], ['c.addi16sp -64', 0x7139, i(OPI, 0, 2, 2, -64)],
    ['c.addi16sp 32', 0x6105, i(OPI, 0, 2, 2, 32)], ['c.addi16sp 0 is reserved', 0x6101, NO],
    ['c.lui x1, 1', 0x6085, 0x10b7], ['c.lui x1, -1', 0x70fd, 0xffff_f0b7], ['c.lui x1, 0 is reserved', 0x6081, NO], ['c.lui x0, a hint', 0x6005, 0x1037],
    ['c.srli x8, 1', 0x8005, i(OPI, 5, 8, 8, 1)], ['c.srai x8, 63', 0x947d, i(OPI, 5, 8, 8, 0x43f)], ['c.andi x8, -2', 0x9879, i(OPI, 7, 8, 8, -2)],
    ['c.sub', 0x8c05, asm.rType(0x33, 0x20, 0, 8, 8, 9)], ['c.xor', 0x8c25, asm.rType(0x33, 0, 4, 8, 8, 9)],
    ['c.or', 0x8c45, asm.rType(0x33, 0, 6, 8, 8, 9)], ['c.and', 0x8c65, asm.rType(0x33, 0, 7, 8, 8, 9)],
    ['c.subw', 0x9c05, asm.rType(0x3b, 0x20, 0, 8, 8, 9)], ['c.addw', 0x9c25, asm.rType(0x3b, 0, 0, 8, 8, 9)],
    ['c.mul and the like', 0x9c45, NO], ['c.zext and the like', 0x9c65, NO],
    ['c.slli x1, 33', 0x1086, i(OPI, 1, 1, 1, 33)], ['c.slli x0, a hint', 0x0006, i(OPI, 1, 0, 0, 1)], ['c.fldsp', 0x2082, NO],
    ['c.lwsp x1, 4', 0x4092, i(LOAD, 2, 1, 2, 4)], ['c.lwsp x1, 32', 0x5082, i(LOAD, 2, 1, 2, 32)], ['c.lwsp x1, 64', 0x4086, i(LOAD, 2, 1, 2, 64)],
    ['c.lwsp x0 is reserved', 0x4002, NO], ['c.ldsp x1, 8', 0x60a2, i(LOAD, 3, 1, 2, 8)], ['c.ldsp x1, 64', 0x6086, i(LOAD, 3, 1, 2, 64)],
    ['c.ldsp x0 is reserved', 0x6002, NO],
    ['c.jr x1', 0x8082, asm.jalr(0, 1, 0)], ['c.jr x0 is reserved', 0x8002, NO], ['c.mv x1, x2', 0x808a, asm.rType(0x33, 0, 0, 1, 0, 2)],
    ['c.ebreak', 0x9002, asm.EBREAK], ['c.jalr x1', 0x9082, asm.jalr(1, 1, 0)], ['c.add x1, x2', 0x908a, asm.rType(0x33, 0, 0, 1, 1, 2)],
    ['c.fsdsp', 0xa002, NO], ['c.swsp x1, 4', 0xc206, asm.storeInsn(2, 1, 2, 4)], ['c.swsp x1, 64', 0xc086, asm.storeInsn(2, 1, 2, 64)],
    ['c.sdsp x1, 8', 0xe406, asm.storeInsn(3, 1, 2, 8)], ['c.sdsp x1, 64', 0xe086, asm.storeInsn(3, 1, 2, 64)],
  ])('%s', (_name, insn, expected) => {
    expect(expand(insn)).toBe(expected);
  });

  it.each([
    [0xb001, -2048], [0xa801, 16], [0xa401, 512], [0xa201, 256], [0xa101, 1024], [0xa081, 64], [0xa041, 128], [0xa021, 8],
    [0xa011, 4], [0xa009, 2], [0xa005, 32], [0xbffd, -2],
    // c.beqz x8
    [0xd001, -256], [0xc801, 16], [0xc401, 8], [0xc041, 128], [0xc021, 64], [0xc011, 4], [0xc009, 2], [0xc005, 32],
  ])('%i jumps by %i', (insn, offset) => {
    expect(machine.run(insn).pc_wdata).toBe(PC + BigInt(offset));
  });

  it('c.bnez is taken unless zero; links are to pc + 2', () => {
    expect(machine.run(0xe011).pc_wdata).toBe(PC + 2n);
    expect(machine.run(0xe011, { x: { 8: 1n } }).pc_wdata).toBe(PC + 4n);
    expect(machine.run(0x9082, { x: { 1: DATA + 2n } })).toMatchObject({ insn: 0x9082, pc_wdata: DATA + 2n, rd_addr: 1, rd_wdata: PC + 2n });
  });
});

describe('with IALIGN=16', () => {
  it('a jump to any even address works, xepc holds it, and its trap cannot be delegated', () => {
    expect(machine.run(asm.branchAlways(6))).toMatchObject({ pc_wdata: PC + 6n, trap: undefined });
    machine.run(asm.csrrw(0, 0x341, 1), { x: { 1: 0xffn } });
    machine.run([asm.csrrw(0, 0x302, 1), asm.csrrw(0, 0x602, 1), asm.csrrw(0, 0x341, 1)], { x: { 1: (1n << 64n) - 1n } });
    machine.step();
    machine.step();
    expect([machine.csr('medeleg'), machine.csr('hedeleg'), machine.csr('mepc')]).toEqual([0xf0_b7fen, 0xb1fen, 0xffff_ffff_ffff_fffen]);
  });

  it('records and tval have 16 bits, tinst the expansion without bit 1', () => {
    expect(machine.run(0xffff_9c45)).toMatchObject({ insn: 0x9c45, trap: { cause: 2, tval: 0x9c45n } });
    // c.ld x8, 8(x9): ld x8, 0(x0)
    expect(machine.run(0x6480, { x: { 9: 0x1000n } }).trap).toMatchObject({ cause: 5, tval: 0x1008n, tinst: 0x3401n });
    expect(machine.run(0x9002).trap).toMatchObject({ cause: 3, tval: PC });
    // longer than 32 bits
    expect(machine.run(0x1f)).toMatchObject({ insn: 0x1f, trap: { cause: 2, tval: 0x1fn } });
  });

  it('fetches by parcels: the second faults by itself, with its own tval', () => {
    const last = DRAM_END - 2n;
    const step = (parcel: bigint): ReturnType<Machine['step']> => {
      machine.reference.arrange({ mode: 'M', pc: last, memory: [{ address: DRAM_END - 8n, bytes: 8, value: parcel << 48n }] });
      return machine.step();
    };
    expect(step(0x0001n)).toMatchObject({ insn: 1, pc_wdata: DRAM_END, trap: undefined });
    expect(step(0x0003n)).toMatchObject({ insn: 0, trap: { cause: 1, tval: DRAM_END } });
    expect(machine.csr('mepc')).toBe(last);
  });

  it('accepts stale parcels one by one', () => {
    const inputs = { cycle: 0n, mtime: 0n, meip: false, seip: false, hgeip: 0n, ioData: undefined, hostWrites: [] };
    // sw x2, 0(x1) over c.nop c.li x1, 1
    const stale = (insn: number): number => {
      machine.run([asm.storeInsn(2, 2, 1, 0), 0x4085_0001], { x: { 1: PC + 4n, 2: 0x4089_0005n } });
      return machine.reference.stepWith({ ...inputs, insn }).insn;
    };
    expect([0x0001, 0x0005, 0x4085].map(stale)).toEqual([1, 5, 5]);
    machine.run([asm.storeInsn(2, 2, 1, 0), 0x4085_0001], { x: { 1: PC + 4n, 2: 0x4089_0005n } });
    machine.reference.stepWith({ ...inputs, insn: 0x0005 });
    expect(machine.reference.stepWith({ ...inputs, insn: 0x4085 }).rd_wdata).toBe(1n);
  });
});
