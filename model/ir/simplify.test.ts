import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, and, binary, concat, constant, eqConst, mux, not, read, select, slice, wireRef, zext, ZERO } from './build.js';
import { resetStateOf, step } from './eval.js';
import type { Expr, Module, Register } from './ir.js';
import { printExpr } from './print.js';
import { randomModule } from './random.testing.js';
import { simplify, Simplifier } from './simplify.js';
import { forEachStatement, postorder, statementOperands } from './walk.js';

const register = (name: string, width: number): Register => ({ kind: 'register', name, width, reset: 0n, input: false });
const x = read(register('x', 8));
const y = read(register('y', 8));
const c = read(register('c', 1));

const simple = (e: Expr): string => printExpr(new Simplifier({ inlineWires: true }).expr(e));

function nodes(module: Module): number {
  const roots: Expr[] = [];
  forEachStatement(module.body, (s) => roots.push(...statementOperands(s)));
  return postorder(roots).length;
}

describe('the simplifier', () => {
  it('never changes what a module does', () => {
    fc.assert(fc.property(randomModule(), fc.boolean(), (module, inlineWires) => {
      const simplified = simplify(module, { inlineWires });
      const [a, b] = [resetStateOf(module), resetStateOf(simplified)];
      for (let cycle = 0; cycle < 5; cycle++) {
        expect(step(simplified, b)).toEqual(step(module, a));
        expect(b).toEqual(a);
      }
    }), { numRuns: 300, interruptAfterTimeLimit: 40_000 });
  });

  it('never makes a module larger', () => {
    fc.assert(fc.property(randomModule(), (module) => {
      const inlined = simplify(module, { inlineWires: true });
      expect(nodes(inlined)).toBeLessThanOrEqual(nodes(module));
    }));
  });

  it('has nothing left to do the second time', () => {
    fc.assert(fc.property(randomModule(), (module) => {
      const once = simplify(module, { inlineWires: true });
      expect(nodes(simplify(once, { inlineWires: true }))).toBe(nodes(once));
    }));
  });

  it('makes equal expressions one object', () => {
    const simplifier = new Simplifier({ inlineWires: true });
    expect(simplifier.expr(add(x, y))).toBe(simplifier.expr(add(x, y)));
  });

  it.each<[string, Expr, string]>([
    ['a constant sum', binary('add', constant(8, 250), constant(8, 10)), "4'8"],
    ['x - x', binary('sub', x, x), "0'8"],
    ['a double negation', not({ kind: 'not', width: 8, a: x }), 'x'],
    ['the negation of ==', not(binary('eq', x, y)), 'x != y'],
    ['a mux of the same', { kind: 'mux', width: 8, condition: c, then: x, else: x }, 'x'],
    ['a mux on its own condition', mux(c, mux(c, x, y), y), 'if c then x else y'],
    ['a one-bit mux with a zero', mux(c, eqConst(x, 1), ZERO), 'c & (x == 1\'8)'],
    ['a slice across a concatenation', slice(concat(x, y), 11, 9), 'x[3:1]'],
    ['adjacent slices', concat(slice(x, 7, 4), slice(x, 3, 0)), 'x'],
    ['comparison of an extension', eqConst(zext(x, 64), 300), "0'1"],
    ['a select with a known key', select(constant(2, 1), [{ keys: [1n], value: x }], y), 'x'],
    ['a select whose cases agree with the default', select(x, [{ keys: [1n], value: y }], y), 'y'],
    ['a wire', wireRef({ kind: 'wire', name: 'w', value: and(c, constant(1, 1)) }), 'c'],
  ])('reduces %s', (_what, e, expected) => {
    expect(simple(e)).toBe(expected);
  });
});
