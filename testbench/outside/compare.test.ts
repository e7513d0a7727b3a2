import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../programs/build.js';
import { randomBody, type Body } from './bodies/body.js';
import { isCompressed } from './bodies/encode.js';
import { compareOutcomes, type Comparison } from './compare.js';
import { CHOICES, DIFFERENCES, NOT_GENERATED } from './differences.js';
import { driverLines, FINAL_CSRS, readOutcomes } from './image.js';
import { classOf } from './instruction-class.js';

const SRET = 0x1020_0073;
const LOAD = 0x0003_3283; // ld x5, 0(x6)
const AMO = 0x0053_33af; // amoadd.d x7, x5, (x6)
const HLVX = 0x6835_42f3; // hlvx.wu x5, (x10)
const HFENCE = 0x2200_0073;
const START = 0x8000_0100;
const FROM_VU = '8000000000'; // mstatus.MPV = 1, MPP = U
const FROM_VS = '8000000800';
const FROM_HS = '800';

/** A trap of the program's only instruction, as hexadecimal text. */
interface Trap {
  readonly taker?: number;
  readonly cause: number;
  readonly tval?: string;
  readonly tval2?: string;
  readonly tinst?: string;
  readonly status?: string;
}

/** A program of one instruction. */
const bodyOf = (word: number): Body => ({ ...randomBody(1), code: [word] });

/** What the driver prints when the instruction traps like this, or does not. */
function text(trap?: Trap, { x7 = '0', vsstatus = '200000000', accessed = '0' } = {}): string {
  const x = Array.from({ length: 31 }, (_, index) => (index === 6 ? x7 : '0'));
  const csrs = FINAL_CSRS.map((name) => (name === 'vsstatus' ? vsstatus : '0'));
  const entry = trap === undefined ? [] : [
    ['t', trap.taker ?? 3, trap.cause.toString(16), START.toString(16), trap.tval ?? 0, trap.tval2 ?? 0, trap.tinst ?? 0, trap.status ?? FROM_VU, 0].join(' '),
  ];
  return [`p 0 ${START.toString(16)}`, ...entry, `x ${x.join(' ')}`, `c ${csrs.join(' ')}`, `m 1f 2f ${accessed}`, ''].join('\n');
}

const compare = (word: number, ours: string, theirs: string): Comparison => compareOutcomes([bodyOf(word)], readOutcomes(ours), readOutcomes(theirs));

/** The listed differences met, or what is different. */
function verdict(word: number, ours: string, theirs: string): readonly string[] {
  const { differences, listed } = compare(word, ours, theirs);
  return differences.length > 0 ? differences.map(({ what }) => `not listed: ${what}`) : [...listed].filter(([, uses]) => uses > 0).map(([name]) => name);
}

describe('the comparison with QEMU', () => {
  it('finds a differing register, trap, CSR and a missing program', () => {
    const illegal = { cause: 2 };
    expect(verdict(LOAD, text(), text())).toEqual([]);
    expect(verdict(LOAD, text(), text(undefined, { x7: '1' }))).toEqual(['not listed: end: x7']);
    expect(verdict(LOAD, text(illegal), text({ ...illegal, tval: '4' }))).toEqual([expect.stringMatching(/^not listed: trap 0 .*: tval$/)]);
    expect(verdict(LOAD, text(illegal), text())).toEqual([expect.stringMatching(/^not listed: trap 0 .*: trap$/)]);
    expect(verdict(LOAD, text(), text(undefined, { vsstatus: '200000002' }))).toEqual(['not listed: end: csr vsstatus']);
    expect(verdict(LOAD, text(), '')).toEqual(['not listed: outcome']);
  });

  it('reads the driver past statistics, and says when the output stops early', () => {
    expect(readOutcomes(driverLines(`${text()}\n1,235 cycles\ncycles by mode\n`))).toHaveLength(1);
    expect(() => readOutcomes('p 4 80000000\n')).toThrow('stops within program 4');
  });

  it.each([
    { name: 'virtual instruction in VU', word: SRET, ours: { cause: 22 }, theirs: { cause: 2 }, unlike: FROM_VS },
    { name: 'AMO as a load', word: AMO, ours: { cause: 15 }, theirs: { cause: 13 }, unlikely: LOAD },
    { name: 'stale trap values', word: HFENCE, ours: { cause: 22, tval: '22000073' }, theirs: { cause: 22, tval: '0' }, unlikely: LOAD },
    { name: 'execute permission of HLVX', word: HLVX, ours: { cause: 21, status: FROM_HS }, theirs: undefined, unlikely: AMO, both: true },
    { name: 'MXR in two stages', word: LOAD, ours: { cause: 21 }, theirs: undefined, unlikely: AMO, both: true },
    { name: 'tval of a misaligned access', word: LOAD, ours: { cause: 5, tval: '18000007' }, theirs: { cause: 5, tval: '18000004' } },
    { name: 'zero in tinst', word: LOAD, ours: { cause: 13, tinst: '3283' }, theirs: { cause: 13 } },
  ])('knows: $name', ({ name, word, ours, theirs, unlike, unlikely, both }) => {
    expect(verdict(word, text(ours), text(theirs))).toEqual([name]);
    expect(verdict(word, text(theirs), text(ours)).includes(name), 'in both directions').toBe(both === true);
    if (unlike !== undefined) expect(verdict(word, text({ ...ours, status: unlike }), text({ ...ours, ...theirs, status: unlike })), 'in that mode only').not.toEqual([name]);
    if (unlikely !== undefined) expect(verdict(unlikely, text(ours), text(theirs)), 'of that class only').not.toEqual([name]);
  });

  it('lets A differ only where an access was refused', () => {
    expect(verdict(AMO, text({ cause: 15 }), text({ cause: 15 }, { accessed: '40' }))).toEqual(['A of a refused access']);
    expect(verdict(AMO, text(), text(undefined, { accessed: '40' }))).toEqual(['not listed: end: accessed']);
  });
});

describe('the list of differences', () => {
  it('has at most twelve, each with rules of the manual', () => {
    const folder = join(packageRoot, 'specs', 'rules');
    const rules = new Set(readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').map((line) => line.split('\t')[0])));
    expect(DIFFERENCES.length).toBeLessThanOrEqual(12);
    for (const { rules: names, theirs } of [...DIFFERENCES, ...CHOICES, ...NOT_GENERATED]) {
      expect(names.filter((name) => !rules.has(name)), theirs).toEqual([]);
      expect(names.length, theirs).toBeGreaterThan(0);
    }
  });
});

describe('random bodies', () => {
  it('are the same for the same seed', () => {
    expect(randomBody(17)).toEqual(randomBody(17));
    expect(randomBody(17).code).not.toEqual(randomBody(18).code);
  });

  it('only ever jump forward and never write x3', () => {
    const BRANCH = 0x63, JAL = 0x6f, STORE = 0x23, FENCE = 0x0f;
    for (let seed = 0; seed < 500; seed++) {
      for (const word of randomBody(seed).code) {
        const opcode = word & 0x7f;
        if (isCompressed(word)) {
          const writes = (word & 3) === 2 ? word >>> 13 !== 6 && word >>> 13 !== 7 : (word & 3) === 1 && word >>> 13 < 4;
          if (writes) expect((word >>> 7) & 31, `seed ${seed}`).not.toBe(3);
          if ((word & 3) === 1 && word >>> 13 > 4) expect((word >>> 12) & 1, `seed ${seed}`).toBe(0);
          continue;
        }
        if (opcode === BRANCH || opcode === JAL) expect(word >>> 31, `seed ${seed}`).toBe(0);
        if (word >>> 0 !== 0xffff_ffff && ![BRANCH, STORE, FENCE].includes(opcode)) expect((word >>> 7) & 31, `seed ${seed}`).not.toBe(3);
      }
    }
  });

  it('have every class of instruction that the list asks for', () => {
    const classes = new Set(Array.from({ length: 300 }, (_, seed) => randomBody(seed)).flatMap(({ code }) => code.map(classOf)));
    expect([...classes].sort()).toEqual(expect.arrayContaining(['amo', 'csr', 'hfence', 'hlv', 'hlvx', 'hsv', 'load', 'lr', 'mret', 'sc', 'sfence', 'sret', 'store', 'wfi']));
  });
});
