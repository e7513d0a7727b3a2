/** What a one-line mistake in the specs comes down to: a program that a person takes in at a glance. */
import { describe, expect, it } from 'vitest';
import { assemble } from '../assembly/assemble.js';
import { createDisassembler } from '../assembly/disassemble.js';
import { assemblyTables } from '../assembly/tables.js';
import { printProgram } from '../arbitraries/print.js';
import { shippedSpecs } from '../properties/cores.js';
import { ONE_LINE_MISTAKES, proberFor } from './planted.testing.js';
import type { Prober } from './prober.js';

const PROGRAMS = 5000;
const SHRINK_MILLISECONDS = 60_000;
const { isa: shipped } = shippedSpecs();
const tables = assemblyTables(shipped);
const disassemble = createDisassembler(tables);

function firstFailure(prober: Prober) {
  for (let number = 0; number < PROGRAMS; number++) {
    const plan = prober.maker.make(number);
    const probe = prober.probe(plan);
    if (probe.kind === 'diverged') return { plan, signature: probe.signature };
  }
  throw new Error(`no program of ${PROGRAMS} fails`);
}

describe('a counterexample is small', () => {
  it.each(ONE_LINE_MISTAKES)('$what', ({ isa, smallest: { words, settings, prologue, modes } }) => {
    const prober = proberFor(isa);
    const { plan, signature } = firstFailure(prober);
    const small = prober.shrink({ plan, path: [], from: 0, done: false }, signature, SHRINK_MILLISECONDS);
    expect(small.done).toBe(true);
    expect(prober.probe(small.plan)).toMatchObject({ kind: 'diverged', signature });
    const built = prober.builder.build(small.plan);
    const text = printProgram(small.plan, built, disassemble);
    expect(small.plan.body.flatMap((item) => item.words).length, text).toBeLessThanOrEqual(words);
    expect(small.plan.settings.length, text).toBeLessThanOrEqual(settings);
    expect(built.prologue, text).toBeLessThanOrEqual(prologue);
    expect(modes).toContain(small.plan.mode);
    expect(small.plan.returns).toEqual([]);
    // Neither handlers nor pointers that it does not use.
    expect(text).not.toMatch(/_vectors:/);
    const assembled = assemble(text, tables);
    if (!assembled.ok) throw new Error(assembled.errors.map((e) => e.message).join('\n'));
    expect(Buffer.from(assembled.program.sections[0]?.bytes ?? []).equals(Buffer.from(built.segments[0]?.data ?? []))).toBe(true);
  });
});
