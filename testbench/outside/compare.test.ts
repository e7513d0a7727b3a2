import { describe, expect, it } from 'vitest';
import { randomBody } from './bodies/body.js';
import { compareOutcomes } from './compare.js';
import { driverLines, FINAL_CSRS, readOutcomes } from './image.js';

const SRET = '10200073';
const FROM_VU = '8000000000'; // mstatus.MPV = 1, MPP = U

/** The driver's text for one program with one trap into M. */
function text({ cause = '8', tval = '0', status = FROM_VU, x7 = '0', vsstatus = '200000000' } = {}): string {
  const x = Array.from({ length: 31 }, (_, index) => (index === 6 ? x7 : '0'));
  const csrs = FINAL_CSRS.map((name) => (name === 'vsstatus' ? vsstatus : '0'));
  return ['p 0', `t 3 ${cause} 80000100 ${tval} 0 0 ${status} 0`, `x ${x.join(' ')}`, `c ${csrs.join(' ')}`, 'm 1f', ''].join('\n');
}

const compare = (ours: string, theirs: string): ReturnType<typeof compareOutcomes> => compareOutcomes(readOutcomes(ours), readOutcomes(theirs));
const firstDifference = (ours: string, theirs: string): string | undefined => compare(ours, theirs).differences[0]?.what;

describe('the comparison with QEMU', () => {
  it('finds a differing register, trap, CSR and a missing program', () => {
    expect(firstDifference(text(), text())).toBeUndefined();
    expect(firstDifference(text(), text({ x7: '1' }))).toBe('x7');
    expect(firstDifference(text(), text({ tval: '4' }))).toBe('trap 0: tval');
    expect(firstDifference(text(), text({ vsstatus: '200000002' }))).toBe('csr vsstatus');
    expect(firstDifference(text(), '')).toBe('outcome');
  });

  it('excuses an illegal SRET for a virtual one, from VU only and in that direction only', () => {
    const ours = text({ cause: '16', tval: SRET });
    expect(compare(ours, text({ cause: '2', tval: SRET })).excused).toEqual({ H_virtinst_vu_sret_sfence: 1 });
    expect(firstDifference(text({ cause: '2', tval: SRET }), ours)).toBe('trap 0: cause');
    const fromVS = '8000000800';
    expect(firstDifference(text({ cause: '16', tval: SRET, status: fromVS }), text({ cause: '2', tval: SRET, status: fromVS }))).toBe('trap 0: cause');
  });

  it('does not excuse an instruction that is not on the list', () => {
    const hgatpRead = '680024f3';
    expect(firstDifference(text({ cause: '16', tval: hgatpRead }), text({ cause: '2', tval: hgatpRead }))).toBe('trap 0: cause');
  });

  it('reads the driver past statistics, and says when the output stops early', () => {
    expect(readOutcomes(driverLines(`${text()}\n1,235 cycles\ncycles by mode\n`))).toHaveLength(1);
    expect(() => readOutcomes('p 4\n')).toThrow('stops within program 4');
  });
});

describe('random bodies', () => {
  it('are the same for the same seed', () => {
    expect(randomBody(17)).toEqual(randomBody(17));
    expect(randomBody(17).words).not.toEqual(randomBody(18).words);
  });

  it('only ever jump forward and never write x3', () => {
    const BRANCH = 0x63, JAL = 0x6f, STORE = 0x23, FENCE = 0x0f;
    for (let seed = 0; seed < 500; seed++) {
      for (const word of randomBody(seed).words) {
        const opcode = word & 0x7f;
        if (opcode === BRANCH || opcode === JAL) expect(word >>> 31, `seed ${seed}`).toBe(0);
        const legal = (word & 3) === 3 && word !== 0xffff_ffff;
        if (legal && ![BRANCH, STORE, FENCE].includes(opcode)) expect((word >>> 7) & 31, `seed ${seed}`).not.toBe(3);
      }
    }
  });
});
