import { describe, expect, it } from 'vitest';
import { BASE, expectMistakes, specsWith } from './testing.js';

const FILE = 'hart.yaml';
const base = BASE[FILE] ?? '';
const ram = '  ram: { base: 0x1000, size: 0x1000, kind: memory, device: dram }\n';
const withRegion = (line: string): string => `${base}  ${line}\n`;

describe('the hart', () => {
  it('ticks every power of two of cycles', () => {
    expectMistakes(FILE, base.replace('cycles_per_tick: 16', 'cycles_per_tick: «12»'), { says: 'cycles_per_tick: 12 is not a power of two', mend: 'Write 1, 2, 4, 8, ...: mtime is counted by a divider of bits.' });
    expectMistakes(FILE, base.replace('cycles_per_tick: 16', 'cycles_per_tick: «0»'), { says: 'cycles_per_tick: 0 is not a power of two', mend: 'Write 1, 2, 4, 8, ...: mtime is counted by a divider of bits.' });
  });

  it('has blocks of a power of two of bytes, within a page', () => {
    for (const [name, wrong, least] of [['cache_block_bytes', 48, 16], ['cache_block_bytes', 8, 16], ['cache_block_bytes', 8192, 16], ['reservation_bytes', 4, 8], ['reservation_bytes', 0, 8]] as const) {
      expectMistakes(FILE, base.replace(`${name}: 64`, `${name}: «${wrong}»`), { says: `${name}: ${wrong} is not a power of two from ${least} to 4096`, mend: 'Write 16, 32, 64, ...: a block is aligned and lies in one page.' });
    }
  });

  it('starts in memory', () => {
    expectMistakes(FILE, base.replace('reset_pc: 0x1000', 'reset_pc: «0x3000»'), { says: 'reset_pc: not in a region of kind memory', mend: 'Only memory can be fetched from: choose an address in such a region.' });
    expectMistakes(FILE, base.replace('reset_pc: 0x1000', 'reset_pc: «0x1002»'), { says: 'reset_pc: not a multiple of 4', mend: 'Instructions start at multiples of 4.' });
  });

  it('has all its settings, and no others', () => {
    expectMistakes(FILE, `«»${base.replace('cycles_per_tick: 16\n', '«cycles_per_tik»: 16\n')}`, { says: 'hart: cycles_per_tick is missing', mend: 'Add `cycles_per_tick: ...` to hart.yaml.' }, { says: 'hart.yaml: unknown key cycles_per_tik', mend: 'Did you mean cycles_per_tick?' });
  });

  it('lists each extension once', () => {
    expectMistakes(FILE, base.replace('[i]', '[i, «i»]'), { says: 'extensions: i is listed twice', mend: 'Remove one of them.' });
  });

  it('cites rules for its choices', () => {
    expectMistakes(FILE, `${base}choices:\n  bits: { value: "all", rules: [«fist_rule»] }\n`, { says: 'bits: there is no rule fist_rule', mend: 'Did you mean first_rule?' });
  });
});

describe('regions', () => {
  it('do not overlap', () => {
    expectMistakes(FILE, withRegion('rom: { base: «0x1800», size: 0x800, kind: memory, device: dram }'), { says: 'rom: overlaps ram', mend: 'Move or shrink one of them: ram is 0x1000 to 0x1fff.' });
  });

  it('are as large as a power of two, and aligned to it', () => {
    expectMistakes(FILE, withRegion('rom: { base: 0x4000, size: «0x1800», kind: memory, device: dram }'), { says: 'rom: the size 0x1800 is not a power of two', mend: 'Write a power of two, such as 0x1000.' });
    expectMistakes(FILE, withRegion('rom: { base: «0x4800», size: 0x1000, kind: memory, device: dram }'), { says: 'rom: the base is not aligned to the size 0x1000', mend: 'The nearest aligned base below is 0x4000.' });
    expectMistakes(FILE, withRegion('rom: { base: «0x100000000000000», size: 0x1000, kind: memory, device: dram }'), { says: 'rom: ends beyond the 56 bits of a physical address', mend: 'Move it below 1 << 56.' });
  });

  it('of I/O say which widths they take', () => {
    expectMistakes(FILE, withRegion('«bell»: { base: 0x4000, size: 0x1000, kind: io, device: uart }'), { says: 'bell: widths is missing', mend: 'Add `widths: [4, 8]`: the bytes that an access to it may have.' });
    expectMistakes(FILE, withRegion('bell: { base: 0x4000, size: 0x1000, kind: io, device: uart, widths: [1, «3»] }'), { says: 'bell: an access of 3 bytes', mend: 'Accesses have 1, 2, 4 or 8 bytes.' });
  });

  it('of I/O consist of doublewords', () => {
    expectMistakes(FILE, withRegion('bell: { base: «0x4004», size: «0x101», kind: io, device: uart, widths: [1] }'),
      { says: 'bell: the base 0x4004 is not a multiple of 8', mend: 'Write a multiple of 8, such as 0x1000.' }, { says: 'bell: the size 0x101 is not a multiple of 8', mend: 'Write a multiple of 8, such as 0x1000.' });
    expect(specsWith({ [FILE]: withRegion('bell: { base: 0x4000, size: 0x600000, kind: io, device: uart, widths: [1] }') }).isa.hart.regions[1]?.size).toBe(0x60_0000n);
  });

  it('say what their device needs, and nothing that it does not know', () => {
    expectMistakes(FILE, withRegion('«timer»: { base: 0x4000, size: 0x1000, kind: io, device: clint, widths: [8] }'), { says: 'timer: registers is missing', mend: 'Add `registers: ...`: the device clint needs it.' });
    expectMistakes(FILE, withRegion('«pic»: { base: 0x4000, size: 0x1000, kind: io, device: plic, widths: [4] }'), { says: 'pic: contexts is missing', mend: 'Add `contexts: ...`: the device plic needs it.' });
    expectMistakes(FILE, withRegion('«bell»: { base: 0x4000, size: 0x1000, kind: io, device: uart, widths: [4], contexts: [meip] }'), { says: 'bell: contexts means nothing to the device uart', mend: 'Remove it: it is for plic.' });
    expectMistakes(FILE, withRegion('bell: { base: 0x4000, size: 0x1000, kind: io, device: uart, widths: [4], interrupt: «32» }'), { says: 'bell: there is no interrupt 32', mend: 'The PLIC has sources 1 to 31.' });
  });

  it('keep large addresses exact', () => {
    const { regions } = specsWith({ [FILE]: withRegion('far: { base: 0xffffffffff0000, size: 0x1000, kind: memory, device: dram }') }).isa.hart;
    expect(regions[1]?.base).toBe(0xff_ffff_ffff_0000n);
    expect(base).toContain(ram);
  });
});
