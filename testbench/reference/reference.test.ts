import { describe, expect, it } from 'vitest';
import { HOME_CSRS, type HomeCsr, type Inputs, MODES, type Retirement } from '../retirement.js';
import * as asm from './assembler.fixture.js';
import { DATA, DRAM_END, Machine, PC, type Setting as MachineSetting } from './machine.fixture.js';
import { EXTENSIONS, Reference } from './reference.js';

/** The hart without any extension. */
const machine = new Machine();
const { reference } = machine;

const ok = undefined;
type Setting = MachineSetting & { readonly data?: bigint };

/** Runs one instruction, with `data` at DATA. */
const run = (insn: number, { data = 0n, ...setting }: Setting = {}): Retirement =>
  machine.run(insn, { ...setting, memory: [[DATA, data]] });

const csr = (name: HomeCsr): bigint => machine.csr(name);
const ones = 0xffff_ffff_ffff_ffffn;

describe('integer instructions', () => {
  const cases: [string, number, bigint, bigint, bigint][] = [
    ['add wraps', asm.op(0, 0), ones, 2n, 1n],
    ['slt is signed', asm.op(0, 2), ones, 1n, 1n],
    ['sltu is unsigned', asm.op(0, 3), ones, 1n, 0n],
    ['sra extends the sign', asm.op(0x20, 5), 1n << 63n, 63n, ones],
    ['sll uses 6 bits of rs2', asm.op(0, 1), 1n, 65n, 2n],
    ['addw sign-extends 32 bits', asm.opW(0, 0), 0x7fff_ffffn, 1n, 0xffff_ffff_8000_0000n],
    ['srlw ignores the upper half', asm.opW(0, 5), 0xffff_ffff_8000_0000n, 31n, 1n],
    ['mulh of -1 and -1', asm.op(1, 1), ones, ones, 0n],
    ['mulhsu of -1 and 2^64-1', asm.op(1, 2), ones, ones, ones],
    ['mulhu of 2^64-1 squared', asm.op(1, 3), ones, ones, ones - 1n],
    ['div by zero has all bits set', asm.op(1, 4), 7n, 0n, ones],
    ['rem by zero is the dividend', asm.op(1, 6), 7n, 0n, 7n],
    ['div overflow is the dividend', asm.op(1, 4), 1n << 63n, ones, 1n << 63n],
    ['rem overflow is zero', asm.op(1, 6), 1n << 63n, ones, 0n],
    ['divuw by zero has all bits set', asm.opW(1, 5), 5n, 0n, ones],
    ['remuw by zero sign-extends', asm.opW(1, 7), 0x8000_0000n, 0n, 0xffff_ffff_8000_0000n],
    ['rem takes the sign of the dividend', asm.op(1, 6), ones - 6n, 2n, ones],
  ];
  it.each(cases)('%s', (_name, insn, a, b, expected) => {
    expect(run(insn, { x: { 1: a, 2: b } })).toMatchObject({ rd_addr: 3, rd_wdata: expected, pc_wdata: PC + 4n, csrs: [] });
  });

  it('a taken branch to a target off a 4-byte boundary traps at the branch', () => {
    const record = run(asm.branchAlways(6));
    expect(record.trap).toMatchObject({ cause: 0, tval: PC + 6n, to: 'M' });
    expect(csr('mepc')).toBe(PC);
  });

  it('jalr clears bit 0, links, and does not link when it traps', () => {
    expect(run(asm.jalr(1, 2, 1), { x: { 2: DATA } })).toMatchObject({ pc_wdata: DATA, rd_wdata: PC + 4n });
    expect(run(asm.jalr(1, 2, 2), { x: { 2: DATA } })).toMatchObject({ rd_addr: 0, trap: { cause: 0, tval: DATA + 2n } });
  });

  it('slliw with imm[5] set and 16-bit encodings are illegal, tval holds the bits', () => {
    expect(run(0x0200_109b).trap).toMatchObject({ cause: 2, tval: 0x0200_109bn });
    expect(run(0x0000_0001).trap).toMatchObject({ cause: 2, tval: 1n });
  });
});

describe('memory', () => {
  it('lb sign-extends, the record is zero-extended', () => {
    expect(run(asm.loadInsn(0, 3, 1, 0), { x: { 1: DATA }, data: 0x80n })).toMatchObject({
      rd_wdata: 0xffff_ffff_ffff_ff80n, mem_rdata: 0x80n, mem_rmask: 1, mem_addr: DATA,
    });
  });

  it('a misaligned store works, and only its page is dirty besides the arranged ones', () => {
    expect(run(asm.storeInsn(3, 2, 1, 5), { x: { 1: DATA, 2: 0x0102_0304_0506_0708n } })).toMatchObject({ mem_wmask: 0xff, mem_wdata: 0x0102_0304_0506_0708n });
    expect([...reference.readMemory(DATA + 5n, 8)]).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect([...reference.dirtyPages()]).toEqual([0, 1]);
    reference.reset();
    expect([...reference.readMemory(DATA + 5n, 8)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('an access across the end of DRAM faults at the end, with the distance in the transformed instruction', () => {
    const record = run(asm.storeInsn(3, 2, 1, 0), { x: { 1: DRAM_END - 3n } });
    // sd x2, 0(x1) with 3 in the rs1 field
    expect(record.trap).toMatchObject({ cause: 7, tval: DRAM_END, tinst: BigInt(asm.storeInsn(3, 2, 3, 0)), gva: false });
    expect(record).toMatchObject({ mem_addr: 0n, mem_wmask: 0 });
  });

  it('a transformed load has no immediate', () => {
    expect(run(asm.loadInsn(3, 3, 1, 16)).trap).toMatchObject({ cause: 5, tval: 16n, tinst: BigInt(asm.loadInsn(3, 3, 0, 0)) });
  });

  it('I/O: natural alignment, CLINT words, no execution, no HLVX', () => {
    expect(run(asm.storeInsn(2, 2, 1, 0), { x: { 1: 0x200_0000n, 2: ones } }).trap).toBeUndefined();
    expect(run(asm.loadInsn(0, 3, 1, 0), { x: { 1: 0x200_0000n } }).trap?.cause).toBe(5);
    expect(run(asm.loadInsn(2, 3, 1, 2), { x: { 1: 0x1000_0000n } }).trap?.cause).toBe(5);
    const plic = (insn: number, address: bigint): number | undefined => run(insn, { x: { 1: address } }).trap?.cause;
    expect([2, 6, 3, 1].map((funct3) => plic(asm.loadInsn(funct3, 3, 1, 0), 0xc00_0000n))).toEqual([ok, ok, 5, 5]);
    expect([0xc5f_fffcn, 0xc60_0000n].map((address) => plic(asm.storeInsn(2, 2, 1, 0), address))).toEqual([ok, 7]);
    expect(run(asm.HLVX_WU, { x: { 1: 0x1000_0000n } }).trap).toMatchObject({ cause: 5, gva: true });
    reference.arrange({ mode: 'M', pc: 0x1000_0000n });
    expect(reference.step()).toMatchObject({ insn: 0, trap: { cause: 1, tval: 0x1000_0000n, tinst: 0n } });
  });

  it('mtimecmp can be written by halves, and I/O loads take the given value', () => {
    run(asm.storeInsn(2, 2, 1, 4), { x: { 1: 0x200_4000n, 2: 0x12n } });
    reference.load(PC + 4n, Uint8Array.of(0x83, 0xb1, 0x00, 0x00)); // ld x3, 0(x1)
    expect(reference.step().rd_wdata).toBe(0x12_ffff_ffffn);
  });
});

describe('fetch', () => {
  const inputs = { cycle: 0n, mtime: 0n, meip: false, seip: false, hgeip: 0n, ioData: undefined, hostWrites: [] };
  const old = asm.addi(3, 0, 1);
  const overwritten = (): void => {
    run(asm.storeInsn(2, 2, 1, 0), { x: { 1: PC + 4n, 2: BigInt(asm.addi(3, 0, 2)) } });
  };

  it('executes stale bits that the location held since the last FENCE.I', () => {
    reference.arrange({
      mode: 'M', pc: PC, x: { 1: PC + 4n, 2: BigInt(asm.addi(3, 0, 2)) },
      memory: [{ address: PC, bytes: 4, value: BigInt(asm.storeInsn(2, 2, 1, 0)) }, { address: PC + 4n, bytes: 4, value: BigInt(old) }],
    });
    reference.step();
    expect(reference.stepWith({ ...inputs, insn: old })).toMatchObject({ insn: old, rd_wdata: 1n });
  });

  it('executes the true word when the given one was never there', () => {
    overwritten();
    expect(reference.stepWith({ ...inputs, insn: old })).toMatchObject({ insn: asm.addi(3, 0, 2), rd_wdata: 2n });
  });

  it('forgets at FENCE.I', () => {
    reference.arrange({
      mode: 'M', pc: PC, x: { 1: PC + 8n, 2: BigInt(asm.addi(3, 0, 2)) },
      memory: [
        { address: PC, bytes: 4, value: BigInt(asm.storeInsn(2, 2, 1, 0)) }, { address: PC + 4n, bytes: 4, value: BigInt(asm.FENCE_I) },
        { address: PC + 8n, bytes: 4, value: BigInt(old) },
      ],
    });
    reference.step();
    reference.step();
    expect(reference.stepWith({ ...inputs, insn: old })).toMatchObject({ insn: asm.addi(3, 0, 2) });
  });
});

/** The cause of an instruction in every mode, in the order M HS U VS VU; undefined retires. */
const causes = (insn: number, csrs: Setting['csrs'] = {}): (number | undefined)[] =>
  MODES.map((mode) => run(insn, { mode, csrs, x: { 1: DATA, 2: 0n } }).trap?.cause);
const MSTATUS = { TVM: 1n << 20n, TW: 1n << 21n, TSR: 1n << 22n };
const HSTATUS = { HU: 1n << 9n, VTVM: 1n << 20n, VTW: 1n << 21n, VTSR: 1n << 22n };

describe('who may execute what (M, HS, U, VS, VU)', () => {
  const cases: [string, number, Setting['csrs'], (number | undefined)[]][] = [
    ['MRET', asm.MRET, {}, [ok, 2, 2, 2, 2]],
    ['SRET', asm.SRET, {}, [ok, ok, 2, ok, 22]],
    ['SRET, TSR', asm.SRET, { mstatus: MSTATUS.TSR }, [ok, 2, 2, ok, 22]],
    ['SRET, VTSR', asm.SRET, { hstatus: HSTATUS.VTSR }, [ok, ok, 2, 22, 22]],
    ['WFI', asm.WFI, {}, [ok, ok, 2, ok, 22]],
    ['WFI, TW', asm.WFI, { mstatus: MSTATUS.TW, hstatus: HSTATUS.VTW }, [ok, 2, 2, 2, 2]],
    ['WFI, VTW', asm.WFI, { hstatus: HSTATUS.VTW }, [ok, ok, 2, 22, 22]],
    ['SFENCE.VMA', asm.SFENCE_VMA, {}, [ok, ok, 2, ok, 22]],
    ['SFENCE.VMA, TVM', asm.SFENCE_VMA, { mstatus: MSTATUS.TVM }, [ok, 2, 2, ok, 22]],
    ['SFENCE.VMA, VTVM', asm.SFENCE_VMA, { hstatus: HSTATUS.VTVM }, [ok, ok, 2, 22, 22]],
    ['HFENCE.VVMA, TVM', asm.HFENCE_VVMA, { mstatus: MSTATUS.TVM }, [ok, ok, 2, 22, 22]],
    ['HFENCE.GVMA', asm.HFENCE_GVMA, {}, [ok, ok, 2, 22, 22]],
    ['HFENCE.GVMA, TVM', asm.HFENCE_GVMA, { mstatus: MSTATUS.TVM }, [ok, 2, 2, 22, 22]],
    ['HLV.D', asm.HLV_D, {}, [ok, ok, 2, 22, 22]],
    ['HSV.W, HU', asm.HSV_W, { hstatus: HSTATUS.HU }, [ok, ok, ok, 22, 22]],
    ['ECALL', asm.ECALL, {}, [11, 9, 8, 10, 8]],
    ['mscratch', asm.csrrs(3, 0x340, 0), {}, [ok, 2, 2, 2, 2]],
    ['sscratch', asm.csrrs(3, 0x140, 0), {}, [ok, ok, 2, ok, 22]],
    ['satp, TVM', asm.csrrs(3, 0x180, 0), { mstatus: MSTATUS.TVM }, [ok, 2, 2, ok, 22]],
    ['satp, VTVM', asm.csrrs(3, 0x180, 0), { hstatus: HSTATUS.VTVM }, [ok, ok, 2, 22, 22]],
    ['hgatp, TVM', asm.csrrs(3, 0x680, 0), { mstatus: MSTATUS.TVM }, [ok, 2, 2, 22, 22]],
    ['vsatp, TVM', asm.csrrs(3, 0x280, 0), { mstatus: MSTATUS.TVM }, [ok, ok, 2, 22, 22]],
    ['hstatus', asm.csrrs(3, 0x600, 0), {}, [ok, ok, 2, 22, 22]],
    ['vsstatus', asm.csrrs(3, 0x200, 0), {}, [ok, ok, 2, 22, 22]],
    ['hgeip written', asm.csrrw(3, 0xe12, 1), {}, [2, 2, 2, 2, 2]],
    ['stimecmp does not exist', asm.csrrs(3, 0x14d, 0), {}, [2, 2, 2, 2, 2]],
    ['time', asm.csrrs(3, 0xc01, 0), {}, [ok, 2, 2, 2, 2]],
    ['time, mcounteren', asm.csrrs(3, 0xc01, 0), { mcounteren: 2n }, [ok, ok, 2, 22, 22]],
    ['time, mcounteren hcounteren', asm.csrrs(3, 0xc01, 0), { mcounteren: 2n, hcounteren: 2n }, [ok, ok, 2, ok, 22]],
    ['time, mcounteren scounteren', asm.csrrs(3, 0xc01, 0), { mcounteren: 2n, scounteren: 2n }, [ok, ok, ok, 22, 22]],
    ['time, all', asm.csrrs(3, 0xc01, 0), { mcounteren: 2n, hcounteren: 2n, scounteren: 2n }, [ok, ok, ok, ok, ok]],
    ['hpmcounter3', asm.csrrs(3, 0xc03, 0), {}, [ok, 2, 2, 2, 2]],
  ];
  it.each(cases)('%s', (_name, insn, csrs, expected) => {
    expect(causes(insn, csrs)).toEqual(expected);
  });
});

describe('CSRs', () => {
  const write = (number: number, value: bigint, setting: Setting = {}): readonly unknown[] =>
    run(asm.csrrw(3, number, 1), { ...setting, x: { 1: value } }).csrs;

  it('reports every home CSR, without its extension none', () => {
    const homes = (subject: Reference): string[] => Object.keys(subject.state().csrs).sort();
    expect(homes(new Reference({ dramBytes: 4096, extensions: EXTENSIONS }))).toEqual([...HOME_CSRS].sort());
    const added = HOME_CSRS.filter((name) => /stimecmp|stateen|pmp/.test(name));
    expect(homes(reference)).toEqual(HOME_CSRS.filter((name) => !added.includes(name)).sort());
  });

  it.each<[number, HomeCsr, bigint]>([
    [0x302, 'medeleg', 0xf0_b7ffn], [0x303, 'mideleg', 0x1666n], [0x304, 'mie', 0x1eeen], [0x305, 'mtvec', ones & ~2n],
    [0x341, 'mepc', ones & ~3n], [0x602, 'hedeleg', 0xb1ffn], [0x603, 'hideleg', 0x444n], [0x607, 'hgeie', 0x1fen],
    [0x645, 'hvip', 0x444n], [0x680, 'hgatp', 0x03ff_ffff_ffff_ffffn & ~3n], [0x600, 'hstatus', 0x2_0070_03c0n],
    [0x300, 'mstatus', 0xca_007e_19aan], [0x200, 'vsstatus', 0x2_000c_0122n], [0x100, 'mstatus', 0xa_000c_0122n],
  ])('all ones written to %i leave in %s the writable bits', (number, home, expected) => {
    write(number, ones);
    // VGEIN = 63 keeps the old value; so would MPP = 2.
    expect(csr(home)).toBe(expected);
  });

  it('a write of satp with an unsupported MODE is ignored, of MPP = 2 keeps MPP', () => {
    expect(write(0x180, (8n << 60n) | 5n)).toEqual([]);
    expect(write(0x180, 5n)).toEqual([{ csr: 'satp', before: 0n, after: 5n }]);
    write(0x300, 2n << 11n, { csrs: { mstatus: 3n << 11n } });
    expect((csr('mstatus') >> 11n) & 3n).toBe(3n);
  });

  it('V=1 substitutes the VS CSRs, sie through hideleg one position lower', () => {
    expect(write(0x140, 7n, { mode: 'VS' })).toEqual([{ csr: 'vsscratch', before: 0n, after: 7n }]);
    expect(write(0x104, 0x222n, { mode: 'VS', csrs: { hideleg: 0x404n } })).toEqual([{ csr: 'mie', before: 0n, after: 0x404n }]);
    expect(run(asm.csrrs(3, 0x144, 0), { mode: 'VS', csrs: { hideleg: 0x44n, hvip: 0x444n } }).rd_wdata).toBe(0x22n);
    expect(write(0x144, 0x222n, { mode: 'VS', csrs: { hideleg: 0x444n } })).toEqual([{ csr: 'hvip', before: 0n, after: 4n }]);
  });

  it('sip shows delegated interrupts only and writes SSIP only', () => {
    expect(run(asm.csrrs(3, 0x144, 0), { mode: 'HS', csrs: { mideleg: 0x20n, mip: 0x222n } }).rd_wdata).toBe(0x20n);
    expect(write(0x144, 0x222n, { mode: 'HS', csrs: { mideleg: 0x222n } })).toEqual([{ csr: 'mip', before: 0n, after: 2n }]);
  });

  it('the line is read in mip.SEIP but not written back', () => {
    const record = run(asm.csrrs(3, 0x344, 1), { x: { 1: 2n }, lines: { seip: true } });
    expect(record).toMatchObject({ rd_wdata: 0x200n, csrs: [{ csr: 'mip', before: 0n, after: 2n }] });
  });

  it('hip shows guest lines through hgeie and VGEIN', () => {
    const read = (csrs: Setting['csrs']): bigint => run(asm.csrrs(3, 0x644, 0), { csrs: csrs ?? {}, lines: { hgeip: 0b110n } }).rd_wdata;
    expect(read({ hgeie: 2n })).toBe(0x1000n);
    expect(read({ hstatus: 2n << 12n })).toBe(0x400n);
    expect(read({ hstatus: 3n << 12n, hgeie: 8n })).toBe(0n);
  });

  it('CSRRS with x0 does not write a read-only CSR, CSRRC clears', () => {
    expect(run(asm.csrrs(3, 0xf14, 0)).trap).toBeUndefined();
    expect(run(asm.csrrs(3, 0xf14, 1)).trap?.cause).toBe(2);
    expect(run(asm.csrrc(3, 0x340, 1), { x: { 1: 6n }, csrs: { mscratch: 7n } }).csrs).toEqual([{ csr: 'mscratch', before: 7n, after: 1n }]);
    expect(run(asm.csrrs(3, 0x301, 0)).rd_wdata).toBe(0x8000_0000_0014_1180n);
  });

  it('a written counter is the value of the next cycle or instruction', () => {
    run(asm.csrrw(0, 0xb00, 1), { x: { 1: 100n } });
    expect(csr('mcycle')).toBe(100n);
    run(asm.csrrw(0, 0xb02, 1), { x: { 1: 100n } });
    expect(csr('minstret')).toBe(100n);
    run(asm.ECALL);
    expect(csr('minstret')).toBe(0n);
    run(asm.csrrw(0, 0x320, 1), { x: { 1: 5n } });
    expect([csr('mcycle'), csr('minstret')]).toEqual([1n, 1n]);
    reference.step();
    expect(csr('mcycle')).toBe(1n);
  });

  it('a counter of events has what the record saw, unless that is inhibited, until it is written', () => {
    reference.reset();
    reference.arrange({ mode: 'M', csrs: { mhpmcounter3: 40n, mhpmcounter4: 40n, mhpmcounter6: ones, mcountinhibit: 0x10n, mhpmevent3: 1n, mhpmevent4: 2n, mhpmevent6: 20n }, x: { 2: 21n, 4: 20n } });
    const step = (insn: number, cycle: bigint, events?: Inputs['events']): Retirement =>
      reference.stepWith({ cycle, mtime: 0n, meip: false, seip: false, hgeip: 0n, insn: undefined, ioData: undefined, hostWrites: [], ...(events && { events }) }, insn);
    expect(step(asm.csrrs(3, 0xb03, 0), 0n, [2n, 2n, 0n, 2n]).rd_wdata).toBe(42n);
    // Inhibited, and what it missed is not made up for.
    expect(step(asm.csrrs(3, 0xb04, 0), 1n).rd_wdata).toBe(40n);
    step(asm.csrrw(0, 0x320, 0), 2n, [2n, 7n, 0n, 2n]);
    expect(step(asm.csrrs(3, 0xc04, 0), 3n, [3n, 8n, 0n, 2n]).rd_wdata).toBe(41n);
    expect(step(asm.csrrs(3, 0xb06, 0), 4n).rd_wdata).toBe(1n);
    const written = step(asm.csrrw(3, 0xb03, 0), 5n, [9n, 8n, 0n, 2n]);
    expect([written.rd_wdata, written.csrs]).toEqual([49n, []]);
    expect([csr('mhpmcounter3'), csr('mhpmcounter4')]).toEqual([0n, 41n]);
    step(asm.csrrw(0, 0x326, 0), 6n);
    expect(step(asm.csrrs(3, 0xb06, 0), 7n, [9n, 8n, 0n, 5n]).rd_wdata).toBe(1n);
    // No event has the number 21.
    expect(step(asm.csrrw(0, 0x323, 2), 8n).csrs).toEqual([]);
    expect(step(asm.csrrw(0, 0x323, 4), 9n).csrs).toEqual([{ csr: 'mhpmevent3', before: 1n, after: 20n }]);
  });

  it('time in a guest includes htimedelta', () => {
    expect(run(asm.csrrs(3, 0xc01, 0), { mode: 'VS', csrs: { mcounteren: 2n, hcounteren: 2n, htimedelta: ones } }).rd_wdata).toBe(ones);
  });
});

describe('traps', () => {
  it('a trap from VU into M writes MPV and MPP, and GVA for a guest address', () => {
    const record = run(asm.EBREAK, { mode: 'VU', csrs: { mstatus: 8n } });
    expect(record).toMatchObject({ next_mode: 'M', trap: { cause: 3, tval: PC, gva: true, tinst: 0n } });
    // UXL SXL GVA MPV, MPIE from MIE
    expect(csr('mstatus')).toBe(0xca_0000_0080n);
  });

  it('a trap into HS writes SPVP only when V was 1', () => {
    run(asm.ECALL, { mode: 'VS', csrs: { medeleg: 1n << 10n } });
    expect(csr('hstatus')).toBe(0x2_0000_0180n);
    run(asm.ECALL, { mode: 'U', csrs: { medeleg: 1n << 8n, hstatus: 0x180n } });
    expect(csr('hstatus')).toBe(0x2_0000_0100n);
  });

  it('a trap into VS leaves hstatus and mstatus alone; tinst and GVA stay hidden', () => {
    const record = run(asm.loadInsn(3, 3, 1, 0), { mode: 'VU', csrs: { medeleg: 0x20n, hedeleg: 0x20n, vsstatus: 2n, vstvec: DATA + 1n } });
    expect(record).toMatchObject({ next_mode: 'VS', pc_wdata: DATA, trap: { cause: 5, to: 'VS', tinst: 0n, gva: false } });
    expect(record.csrs.map((change) => change.csr)).toEqual(['vscause', 'vsepc', 'vsstatus']);
    expect(csr('vsstatus')).toBe(0x2_0000_0020n);
  });

  it('HLV in HS faults with a guest address though V was 0', () => {
    const record = run(asm.HLV_D, { mode: 'HS', csrs: { medeleg: 0x20n } });
    // all fields of the instruction but rs1
    expect(record.trap).toMatchObject({ to: 'HS', gva: true, tinst: BigInt(asm.HLV_D) & ~(31n << 15n) });
    expect(csr('hstatus')).toBe(0x2_0000_0040n);
  });

  it('M-mode never delegates its own traps', () => {
    expect(run(0, { csrs: { medeleg: ones } }).trap).toMatchObject({ cause: 2, to: 'M', tval: 0n });
  });

  it('MRET: V from MPV unless MPP is M, MPRV cleared below M', () => {
    expect(run(asm.MRET, { csrs: { mstatus: (1n << 39n) | (1n << 11n) | (1n << 17n) | 0x80n, mepc: DATA } })).toMatchObject({ next_mode: 'VS', pc_wdata: DATA });
    expect(csr('mstatus')).toBe(0xa_0000_0088n);
    expect(run(asm.MRET, { csrs: { mstatus: (1n << 39n) | (3n << 11n) | (1n << 17n) } }).next_mode).toBe('M');
    expect(csr('mstatus')).toBe(0xa_0002_0080n);
  });

  it('SRET with V=0 takes V from SPV and clears it, with V=1 uses vsstatus', () => {
    expect(run(asm.SRET, { mode: 'HS', csrs: { hstatus: 0x180n, mstatus: 0x120n } }).next_mode).toBe('VS');
    expect([csr('hstatus'), csr('mstatus')]).toEqual([0x2_0000_0100n, 0xa_0000_0022n]);
    expect(run(asm.SRET, { mode: 'VS', csrs: { vsepc: DATA } })).toMatchObject({ next_mode: 'VU', pc_wdata: DATA });
    expect(csr('vsstatus')).toBe(0x2_0000_0020n);
  });
});

describe('interrupts', () => {
  const nop = asm.addi(0, 0, 0);

  it('M-mode order is MEI, MSI, MTI, SEI, SSI, STI, vectored', () => {
    let mie = 0xaaan;
    for (const cause of [11, 3, 7, 9, 1, 5]) {
      const record = run(nop, { csrs: { mie, mip: 0x222n, mstatus: 8n, mtvec: DATA + 1n }, lines: { meip: true, mtip: true, msip: true } });
      expect(record).toMatchObject({ insn: 0, pc_wdata: DATA + 4n * BigInt(cause), trap: { cause, interrupt: true, to: 'M', tval: 0n } });
      mie &= ~(1n << BigInt(cause));
    }
  });

  it('HS-mode order is SEI, SSI, STI, SGEI, VSEI, VSSI, VSTI', () => {
    let mie = 0x1666n;
    for (const cause of [9, 1, 5, 12, 10, 2, 6]) {
      const record = run(nop, { mode: 'VS', csrs: { mie, mip: 0x222n, mideleg: 0x222n, hvip: 0x444n, hgeie: 2n }, lines: { hgeip: 2n } });
      expect(record.trap).toMatchObject({ cause, to: 'HS', gva: false, tinst: 0n });
      mie &= ~(1n << BigInt(cause));
    }
  });

  it('VS-mode sees supervisor numbers', () => {
    let mie = 0x444n;
    for (const cause of [9, 1, 5]) {
      const csrs = { mie, hvip: 0x444n, hideleg: 0x444n, vstvec: DATA + 1n };
      expect(run(nop, { mode: 'VU', csrs })).toMatchObject({ next_mode: 'VS', pc_wdata: DATA + 4n * BigInt(cause), trap: { cause, to: 'VS' } });
      expect(csr('vscause')).toBe((1n << 63n) | BigInt(cause));
      mie &= ~(2n << BigInt(cause));
    }
  });

  it.each<[string, Partial<Record<HomeCsr, bigint>>, (string | undefined)[]]>([
    ['to M needs MIE in M only', { mie: 2n, mip: 2n }, [ok, 'M', 'M', 'M', 'M']],
    ['to HS needs SIE in HS only, never from M', { mie: 2n, mip: 2n, mideleg: 2n, mstatus: 8n }, [ok, ok, 'HS', 'HS', 'HS']],
    ['to HS with SIE', { mie: 2n, mip: 2n, mideleg: 2n, mstatus: 2n }, [ok, 'HS', 'HS', 'HS', 'HS']],
    ['VS-level, not delegated', { mie: 4n, hvip: 4n }, [ok, ok, 'HS', 'HS', 'HS']],
    ['VS-level, delegated', { mie: 4n, hvip: 4n, hideleg: 4n }, [ok, ok, ok, ok, 'VS']],
    ['VS-level, delegated, vsstatus.SIE', { mie: 4n, hvip: 4n, hideleg: 4n, vsstatus: 2n }, [ok, ok, ok, 'VS', 'VS']],
  ])('%s (M, HS, U, VS, VU)', (_name, csrs, expected) => {
    expect(MODES.map((mode) => run(nop, { mode, csrs }).trap?.to)).toEqual(expected);
  });
});
