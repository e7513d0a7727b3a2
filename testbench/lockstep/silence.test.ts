import { describe, expect, it } from 'vitest';
import { compile, type CompiledCore } from '../../model/compile.js';
import type { Isa, Uarch } from '../../model/spec/isa.js';
import { openMemory } from '../programs/open-memory.js';
import { uarchOf } from '../properties/altered.js';
import { CORES, compiledCore, shippedSpecs, type CoreName } from '../properties/cores.js';
import { programFrom } from '../properties/programs.js';
import { Lockstep, type LockstepResult } from './lockstep.js';
import { ObservedCore } from './observed.js';

const shipped = shippedSpecs();
const MOST_CYCLES = 20_000;

function altered(name: CoreName, { isa = shipped.isa, uarch = uarchOf(name) }: { readonly isa?: Isa; readonly uarch?: Uarch }): CompiledCore {
  const compiled = compile({ ...shipped, isa }, uarch, 'observed', 128 << 20);
  if (!compiled.ok) throw new Error(compiled.diagnostics.map((d) => d.message).join('\n'));
  return compiled.value;
}

const run = (compiled: CompiledCore, body: string, maxCycles = MOST_CYCLES): LockstepResult =>
  new Lockstep(new ObservedCore(compiled)).run(programFrom(`_start:\n${body}\n1: j 1b\n`), { maxCycles });

/** A wait that msip, made pending before it, has to end. */
const WOKEN = `
        csrwi mie, 8
        lui   t0, 0x2000
        li    t1, 1
        sw    t1, (t0)
        wfi`;

/** Into U-mode, where WFI traps. */
const USER = `
        ${openMemory('t0')}
        la    t0, 2f
        csrw  mepc, t0
        mret
2:      wfi`;

describe.each(CORES)('a silence of the %s core', (name) => {
  it('is a divergence if an instruction takes longer than the core’s file allows', () => {
    const uarch = uarchOf(name);
    const slow = altered(name, { uarch: { ...uarch, latency: { ...uarch.latency, divide: 5000 } } });
    const lying = { ...slow, description: { ...slow.description, uarch: compiledCore(name).description.uarch } };
    const result = run(lying, 'li a0, 7\nli a1, 2\ndiv a2, a0, a1');
    expect(result).toMatchObject({ kind: 'diverged', records: 2, divergence: { kind: 'silence', observation: { retirement: { order: 1 } }, reference: { rd_wdata: 3n } } });
    expect(result.cycles).toBeLessThan(500n);
    expect(run(slow, 'li a0, 7\nli a1, 2\ndiv a2, a0, a1').kind).toBe('agreed');
  });

  it('is a divergence if nothing ends a WFI for which an enabled interrupt is pending', () => {
    const { isa } = shipped;
    const { wake } = isa.traps;
    const deaf = altered(name, { isa: { ...isa, traps: { ...isa.traps, wake: { ...wake, text: '0' } } } });
    expect(run(deaf, WOKEN)).toMatchObject({ kind: 'diverged', divergence: { kind: 'silence', reference: { insn: 0x1050_0073 } } });
    expect(run(compiledCore(name), WOKEN)).toMatchObject({ kind: 'agreed', outcome: { kind: 'cycle-limit' } });
  });

  it('is a divergence if a WFI waits that has to trap', () => {
    const permits = shipped.isa.permits.map((t) => (t.name !== 'wfi' ? t : { ...t, rows: t.rows.map((r) => ({ ...r, then: 'allow' as const })) }));
    const lenient = altered(name, { isa: { ...shipped.isa, permits } });
    for (const maxCycles of [MOST_CYCLES, 200]) {
      expect(run(lenient, USER, maxCycles)).toMatchObject({ kind: 'diverged', divergence: { kind: 'silence', reference: { trap: { cause: 2 } } } });
    }
  });

  it('is none if WFI waits for the timer, or for ever', () => {
    const timer = 'lui t0, 0x2004\nli t1, 500\nsd t1, (t0)\nli t1, 0x80\ncsrw mie, t1\nwfi';
    expect(run(compiledCore(name), timer)).toMatchObject({ kind: 'agreed', outcome: { kind: 'cycle-limit' } });
    expect(run(compiledCore(name), 'wfi')).toMatchObject({ kind: 'agreed', outcome: { kind: 'wfi-forever' } });
  });

  it('is none if memory has another word by now than the WFI that was fetched', () => {
    const result = run(compiledCore(name), 'la t0, 2f\nli t1, 0x13\nsw t1, (t0)\n2: wfi');
    expect(result).toMatchObject({ kind: 'agreed', outcome: { kind: 'wfi-forever' } });
  });
});
