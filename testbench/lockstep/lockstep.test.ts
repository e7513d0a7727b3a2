import { describe, expect, it } from 'vitest';
import { CORES, compiledCore } from '../properties/cores.js';
import { kept } from '../properties/kept.js';
import { programFrom } from '../properties/programs.js';
import { unreadable } from '../fuzz/planted.testing.js';
import { Lockstep } from './lockstep.js';
import { ObservedCore } from './observed.js';

describe.each(CORES)('lockstep on the %s core', (name) => {
  it('tells the reference what the host wrote after the last record', () => {
    const result = new Lockstep(new ObservedCore(compiledCore(name))).run(kept('host-answers-behind-the-last-record').program, { maxCycles: 1000 });
    expect(result.kind === 'agreed' ? result.outcome.kind : result).toBe('htif-error');
  });

  it('tells the reference that a segment has zeros over an earlier one', () => {
    const program = programFrom('_start: j _start\n nop\n nop\n nop\n');
    const over = { address: 0x8000_0004n, data: Uint8Array.of(1), memSize: 8n };
    const result = new Lockstep(new ObservedCore(compiledCore(name))).run({ ...program, segments: [...program.segments, over] }, { maxCycles: 100 });
    expect(result.kind === 'diverged' ? result.divergence : result.kind).toBe('agreed');
  });

  it('makes an error of the core a divergence, and throws that of a listener', () => {
    const program = programFrom('_start: li a0, 2\n csrw mscratch, a0\n csrw vsstatus, a0\n1: j 1b\n');
    const broken = new Lockstep(new ObservedCore(unreadable(compiledCore(name))));
    expect(broken.run(program, { maxCycles: 1000 })).toMatchObject({
      kind: 'diverged', divergence: { kind: 'error', differences: [{ what: 'internal error', reference: 'none' }], error: expect.any(Error) },
    });
    const whole = new Lockstep(new ObservedCore(compiledCore(name)));
    expect(() => whole.run(program, { maxCycles: 1000, onRecord: () => { throw new Error('mine'); } })).toThrow('mine');
  });
});
