import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestMachine } from '../backend/machine.testing.js';
import { constant, read } from './build.js';
import { resetStateOf, step, type State } from './eval.js';
import type { Expr, Module, Register } from './ir.js';
import { printModule } from './print.js';
import { moduleFrom, randomTape } from './random.testing.js';
import { SELECTOR, superpose } from './superpose.js';
import { verify } from './verify.js';
import { forEachStatement, postorder, statementOperands } from './walk.js';

const CYCLES = 4;

/** A tape, and changes to it. */
const family = fc.tuple(
  randomTape(600),
  fc.array(fc.array(fc.tuple(fc.nat({ max: 599 }), fc.nat({ max: 2 ** 32 - 1 })), { minLength: 1, maxLength: 3 }), { maxLength: 5 }),
);

/** A module and variants of it: the same tape with a few numbers changed. */
function modulesOf([tape, edits]: readonly [number[], [number, number][][]]): { readonly original: Module; readonly variants: readonly Module[] } {
  const changed = (list: readonly [number, number][]): number[] => list.reduce((numbers, [at, value]) => (at < numbers.length ? numbers.with(at, value) : numbers), tape);
  return { original: moduleFrom(tape), variants: edits.map((list) => moduleFrom(changed(list))) };
}

/** What a state shows, by name. */
function shown({ registers }: Module, state: State): Record<string, unknown> {
  return {
    registers: Object.fromEntries(registers.filter((r) => r.name !== SELECTOR).map((r) => [r.name, state.registers.get(r)])),
    arrays: Object.fromEntries([...state.arrays].map(([a, values]) => [a.name, values])),
    memory: state.memory,
    counters: state.counters,
  };
}

const registerOf = (name: string, width: number): Register => ({ kind: 'register', name, width, reset: 0n, input: false });

describe('a superposition', () => {
  it('behaves as the variant that the selector names', () => {
    fc.assert(fc.property(family, (tapes) => {
      const { original, variants } = modulesOf(tapes);
      const { module, selector, misfits } = superpose(original, variants);
      expect(verify(module)).toEqual([]);
      [original, ...variants].forEach((variant, number) => {
        const expected = misfits.some((m) => m.number === number) ? original : variant;
        const [a, b] = [resetStateOf(expected), resetStateOf(module)];
        b.registers.set(selector, BigInt(number));
        for (let cycle = 0; cycle < CYCLES; cycle++) {
          expect(step(module, b)).toEqual(step(expected, a));
          const all = shown(module, b);
          const own = shown(expected, a);
          // What only other variants have stays as it was.
          expect(all).toMatchObject(own);
        }
      });
    }), { numRuns: 200, endOnFailure: true });
  });

  it('does so in wasm, too', () => {
    fc.assert(fc.property(family, (tapes) => {
      const { original, variants } = modulesOf(tapes);
      const { module, misfits } = superpose(original, variants);
      [original, ...variants].forEach((variant, number) => {
        if (misfits.some((m) => m.number === number)) return;
        const machine = new TestMachine(module, ['observed']);
        machine.set(SELECTOR, BigInt(number));
        const state = resetStateOf(variant);
        for (let cycle = 0; cycle < CYCLES; cycle++) {
          const { records } = step(variant, state);
          machine.run('observed', 1);
          for (const r of variant.registers) expect(machine.get(r.name), r.name).toBe(state.registers.get(r));
          expect(machine.takeRecords()).toEqual(records);
        }
      });
    }), { numRuns: 25, endOnFailure: true });
  });

  it('of equal modules never asks for the selector', () => {
    fc.assert(fc.property(randomTape(), (tape) => {
      const { module, selector } = superpose(moduleFrom(tape), [moduleFrom(tape), moduleFrom(tape)]);
      const roots = module.wires.map((w) => w.value);
      forEachStatement(module.body, (s) => roots.push(...statementOperands(s)));
      expect(postorder(roots).filter((e) => e.kind === 'read' && e.register === selector)).toEqual([]);
    }), { numRuns: 50 });
  });

  it('chooses at the lowest node that differs', () => {
    const [a, b] = [registerOf('a', 8), registerOf('b', 8)];
    const sum = (e: Expr): Module => ({
      name: 'sum', registers: [a, b], arrays: [], memories: [], wires: [],
      body: [{ kind: 'assign', register: a, value: { kind: 'binary', width: 8, op: 'add', a: read(b), b: e } }],
    });
    const { module } = superpose(sum(constant(8, 1)), [sum(constant(8, 2)), sum(read(a))]);
    expect(printModule(module)).toContain('a <= b + (if mutant == 2\'16 then a else if mutant == 1\'16 then 2\'8 else 1\'8)');
  });
});
