import { describe, expect, it } from 'vitest';
import { MODES } from '../retirement.js';
import * as asm from './assembler.fixture.js';
import { Machine, type Setting } from './machine.fixture.js';

const machine = new Machine('sstc', 'svadu', 'svpbmt', 'zicbom', 'zicboz', 'svinval', 'smstateen');
const STCE = 1n << 63n;
const ones = 0xffff_ffff_ffff_ffffn;
const ok = undefined;
const causes = (insn: number, csrs: Setting['csrs'] = {}): (number | undefined)[] =>
  MODES.map((mode) => machine.run(insn, { mode, csrs }).trap?.cause);
const read = (csr: number): number => asm.csrrs(3, csr, 0);

describe('stimecmp and vstimecmp', () => {
  it.each<[string, number, Setting['csrs'], (number | undefined)[]]>([
    ['stimecmp', 0x14d, {}, [ok, 2, 2, 2, 2]],
    ['stimecmp, TM', 0x14d, { mcounteren: 2n }, [ok, 2, 2, 2, 2]],
    ['stimecmp, STCE', 0x14d, { menvcfg: STCE }, [ok, 2, 2, 2, 2]],
    ['stimecmp, both', 0x14d, { mcounteren: 2n, menvcfg: STCE }, [ok, ok, 2, 22, 22]],
    ['stimecmp, hcounteren', 0x14d, { mcounteren: 2n, hcounteren: 2n, menvcfg: STCE }, [ok, ok, 2, 22, 22]],
    ['stimecmp, henvcfg', 0x14d, { mcounteren: 2n, menvcfg: STCE, henvcfg: STCE }, [ok, ok, 2, 22, 22]],
    ['stimecmp, all', 0x14d, { mcounteren: 2n, hcounteren: 2n, menvcfg: STCE, henvcfg: STCE }, [ok, ok, 2, ok, 22]],
    ['stimecmp, henvcfg alone', 0x14d, { mcounteren: 2n, hcounteren: 2n, henvcfg: STCE }, [ok, 2, 2, 2, 2]],
    ['vstimecmp, STCE', 0x24d, { menvcfg: STCE, henvcfg: STCE }, [ok, 2, 2, 2, 2]],
    ['vstimecmp, TM', 0x24d, { mcounteren: 2n }, [ok, 2, 2, 2, 2]],
    ['vstimecmp, both', 0x24d, { mcounteren: 2n, menvcfg: STCE }, [ok, ok, 2, 22, 22]],
  ])('%s (M, HS, U, VS, VU)', (_name, csr, csrs, expected) => {
    expect(causes(read(csr), csrs)).toEqual(expected);
  });

  it('V=1 substitutes vstimecmp', () => {
    const csrs = { mcounteren: 2n, hcounteren: 2n, menvcfg: STCE, henvcfg: STCE };
    expect(machine.run(asm.csrrw(0, 0x14d, 1), { mode: 'VS', csrs, x: { 1: 7n } }).csrs).toEqual([{ csr: 'vstimecmp', before: 0n, after: 7n }]);
    expect(machine.run(asm.csrrw(0, 0x14d, 1), { mode: 'HS', csrs, x: { 1: 7n } }).csrs).toEqual([{ csr: 'stimecmp', before: 0n, after: 7n }]);
  });

  const mip = (csrs: Setting['csrs']): bigint => {
    machine.run(read(0x344), { csrs: csrs ?? {} });
    machine.run(read(0x344), { csrs: csrs ?? {} });
    return machine.run(read(0x344), { csrs: csrs ?? {} }).rd_wdata;
  };

  it('STIP is time >= stimecmp while menvcfg.STCE, else what software stored', () => {
    // mtime is 0 here
    expect(mip({ menvcfg: STCE, vstimecmp: ones })).toBe(0x20n);
    expect(mip({ menvcfg: STCE, stimecmp: 1n, mip: 0x20n })).toBe(0n);
    expect(mip({ stimecmp: 0n })).toBe(0n);
    expect(mip({ stimecmp: 1n, mip: 0x20n })).toBe(0x20n);
  });

  it('mip.STIP is read-only meanwhile', () => {
    const csrs = { menvcfg: STCE, stimecmp: 1n };
    expect(machine.run(asm.csrrw(0, 0x344, 1), { csrs, x: { 1: 0x22n } }).csrs).toEqual([{ csr: 'mip', before: 0n, after: 2n }]);
    expect(machine.run(asm.csrrw(0, 0x344, 1), { csrs: { ...csrs, mip: 0x22n } }).csrs).toEqual([{ csr: 'mip', before: 0x22n, after: 0x20n }]);
  });

  it('VSTIP also is time + htimedelta >= vstimecmp, if both levels enable it', () => {
    const both = { menvcfg: STCE, henvcfg: STCE, stimecmp: 1n };
    expect(mip({ ...both, vstimecmp: 5n, htimedelta: 5n })).toBe(0x40n);
    expect(mip({ ...both, vstimecmp: 6n, htimedelta: 5n })).toBe(0n);
    expect(mip({ ...both, vstimecmp: 6n, hvip: 0x40n })).toBe(0x40n);
    expect(mip({ ...both, henvcfg: 0n })).toBe(0n);
    expect(mip({ ...both, menvcfg: 0n })).toBe(0n);
  });

  it('interrupts the guest as 5', () => {
    const csrs = { menvcfg: STCE, henvcfg: STCE, stimecmp: 1n, mie: 0x40n, hideleg: 0x40n };
    expect(machine.run(asm.addi(0, 0, 0), { mode: 'VU', csrs }).trap).toMatchObject({ cause: 5, to: 'VS', interrupt: true });
  });
});

describe('envcfg', () => {
  const write = (csr: number, value: bigint, csrs: Setting['csrs'] = {}): void => {
    machine.run(asm.csrrw(0, csr, 1), { csrs, x: { 1: value } });
  };

  it('has the fields of the extensions', () => {
    write(0x30a, ones);
    expect(machine.csr('menvcfg')).toBe(0xe000_0000_0000_00f1n);
    write(0x10a, ones);
    expect(machine.csr('senvcfg')).toBe(0xf1n);
    const bare = new Machine('svadu');
    bare.run(asm.csrrw(0, 0x30a, 1), { x: { 1: ones } });
    expect(bare.csr('menvcfg')).toBe((1n << 61n) | 1n);
  });

  it('a write of CBIE = 2 keeps it', () => {
    write(0x30a, 0x20n, { menvcfg: 0x10n });
    expect(machine.csr('menvcfg')).toBe(0x10n);
    write(0x60a, 0x21n, { henvcfg: 0x30n });
    expect(machine.csr('henvcfg')).toBe(0x31n);
  });

  it("henvcfg's ADUE, PBMTE and STCE are read-only zero while menvcfg's are zero, and reappear", () => {
    write(0x60a, ones);
    expect(machine.csr('henvcfg')).toBe(0xf1n);
    write(0x60a, 0n, { henvcfg: 0xe000_0000_0000_0001n, menvcfg: 1n << 62n });
    expect(machine.csr('henvcfg')).toBe((1n << 63n) | (1n << 61n));
    expect(machine.run(read(0x60a), { csrs: { henvcfg: 0xe000_0000_0000_0001n, menvcfg: 1n << 61n } }).rd_wdata).toBe((1n << 61n) | 1n);
  });
});

describe('Svinval', () => {
  const TVM = { mstatus: 1n << 20n, hstatus: 1n << 20n };
  it.each<[string, number, Setting['csrs'], (number | undefined)[]]>([
    ['SINVAL.VMA', 0x1600_0073, {}, [ok, ok, 2, ok, 22]], ['SINVAL.VMA, TVM VTVM', 0x1600_0073, TVM, [ok, 2, 2, 22, 22]],
    ['SFENCE.W.INVAL, TVM VTVM', 0x1800_0073, TVM, [ok, ok, 2, ok, 22]], ['SFENCE.INVAL.IR, TVM VTVM', 0x1810_0073, TVM, [ok, ok, 2, ok, 22]],
    ['HINVAL.VVMA, TVM VTVM', 0x2600_0073, TVM, [ok, ok, 2, 22, 22]], ['HINVAL.GVMA', 0x6600_0073, {}, [ok, ok, 2, 22, 22]],
    ['HINVAL.GVMA, TVM VTVM', 0x6600_0073, TVM, [ok, 2, 2, 22, 22]],
  ])('%s (M, HS, U, VS, VU)', (_name, insn, csrs, expected) => {
    expect(causes(insn, csrs)).toEqual(expected);
    expect(new Machine().run(insn).trap?.cause).toBe(2);
  });
});

describe('stateen', () => {
  const SE = 1n << 63n;
  const ENVCFG = 1n << 62n;
  it.each<[string, number, Setting['csrs'], (number | undefined)[]]>([
    ['mstateen1', 0x30d, {}, [ok, 2, 2, 2, 2]], ['hstateen1', 0x60d, {}, [ok, 2, 2, 2, 2]],
    ['hstateen1, SE1', 0x60d, { mstateen1: SE }, [ok, ok, 2, 22, 22]], ['sstateen2', 0x10e, {}, [ok, 2, 2, 2, 2]],
    ['sstateen2, SE2', 0x10e, { mstateen2: SE }, [ok, ok, 2, 22, 22]], ['sstateen2, both', 0x10e, { mstateen2: SE, hstateen2: SE }, [ok, ok, 2, ok, 22]],
    ['sstateen2, hstateen only', 0x10e, { hstateen2: SE }, [ok, 2, 2, 2, 2]],
    ['senvcfg', 0x10a, { mstateen0: SE, hstateen0: ENVCFG }, [ok, 2, 2, 2, 2]], ['senvcfg, ENVCFG', 0x10a, { mstateen0: ENVCFG, hstateen0: SE }, [ok, ok, 2, 22, 22]],
    ['senvcfg, both', 0x10a, { mstateen0: ENVCFG, hstateen0: ENVCFG }, [ok, ok, 2, ok, 22]],
    ['henvcfg', 0x60a, { hstateen0: ENVCFG }, [ok, 2, 2, 2, 2]], ['henvcfg, ENVCFG', 0x60a, { mstateen0: ENVCFG }, [ok, ok, 2, 22, 22]],
  ])('%s (M, HS, U, VS, VU)', (_name, csr, csrs, expected) => {
    expect(causes(read(csr), csrs)).toEqual(expected);
  });

  it('stores bit 63, and ENVCFG in the first; sstateen nothing', () => {
    const written = (csr: number, csrs: Setting['csrs'] = {}): bigint => {
      machine.run([asm.csrrw(0, csr, 1), read(csr)], { csrs, x: { 1: ones } });
      return machine.step().rd_wdata;
    };
    expect([0x30c, 0x30d, 0x30e, 0x30f].map((csr) => written(csr))).toEqual([SE | ENVCFG, SE, SE, SE]);
    expect([0x60c, 0x10c].map((csr) => written(csr, { mstateen0: SE | ENVCFG }))).toEqual([SE | ENVCFG, 0n]);
  });

  it('hstateen is read-only zero where mstateen is zero', () => {
    machine.run(asm.csrrw(3, 0x60c, 1), { csrs: { mstateen0: ENVCFG, hstateen0: SE | ENVCFG } });
    expect(machine.csr('hstateen0')).toBe(SE);
    expect(machine.run(read(0x60c), { csrs: { mstateen0: ENVCFG, hstateen0: SE | ENVCFG } }).rd_wdata).toBe(ENVCFG);
  });
});
