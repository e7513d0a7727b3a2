import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binary, constant, read, select, sext, slice } from '../../ir/build.js';
import { evaluate, resetStateOf, step } from '../../ir/eval.js';
import type { BinaryOp, Expr, Module, Register } from '../../ir/ir.js';
import { hardwareOf } from '../../ir/observation.js';
import { randomModule } from '../../ir/random.testing.js';
import { simplify } from '../../ir/simplify.js';
import { shareArithmetic } from './arithmetic.js';
import { printVerilog } from './verilog.js';

const register = (name: string, width: number): Register => ({ kind: 'register', name, width, reset: 0n, input: true });
const OPS: readonly BinaryOp[] = ['mul', 'mulh', 'mulhu', 'mulhsu', 'div', 'divu', 'rem', 'remu'];

/** A selection between all operations on operands of some width and of half of it. */
function unit(width: number): { readonly module: Module; readonly inputs: readonly Register[]; readonly result: Register } {
  const [op, a, b] = [register('op', 4), register('a', width), register('b', width)];
  const result = register('result', width);
  const half = (r: Register): Expr => slice(read(r), width / 2 - 1, 0);
  const cases = OPS.flatMap((o, i) => [
    { keys: [BigInt(i)], value: binary(o, read(a), read(b)) },
    { keys: [BigInt(i + 8)], value: sext(binary(o, half(a), half(b)), width) },
  ]);
  const body = [{ kind: 'assign' as const, register: result, value: select(read(op), cases, constant(width, 0)) }];
  const module: Module = { name: 'unit', registers: [op, a, b, result], arrays: [], memories: [], wires: [], body };
  return { module: simplify(module, { inlineWires: false }), inputs: [op, a, b], result };
}

const valueIn = ({ body }: Module): Expr => {
  const [s] = body;
  if (s?.kind !== 'assign') throw new Error('one assignment');
  return s.value;
};

describe('shared multipliers and dividers', () => {
  it.each([2, 8, 64])('yield at %i bits what those of their own did, by zero and where it overflows as well', (width) => {
    const { module, inputs } = unit(width);
    const [before, after] = [valueIn(module), valueIn(shareArithmetic(module))];
    const ones = (1n << BigInt(width)) - 1n;
    const corners = [0n, 1n, ones, ones >> 1n, (ones >> 1n) + 1n, ones >> BigInt(width / 2), (ones >> BigInt(width / 2 + 1)) + 1n, ones - 1n].map((v) => v & ones);
    for (let op = 0n; op < 16n; op++) {
      for (const a of corners) {
        for (const b of corners) {
          const state = resetStateOf(module);
          [op, a, b].forEach((v, i) => { if (inputs[i] !== undefined) state.registers.set(inputs[i], v); });
          expect(evaluate(after, state), `${op} of ${a} and ${b}`).toBe(evaluate(before, state));
        }
      }
    }
  });

  it('change nothing that a module does', () => {
    fc.assert(fc.property(randomModule(), (random) => {
      const module = hardwareOf(random);
      const shared = shareArithmetic(module);
      const [a, b] = [resetStateOf(module), resetStateOf(module)];
      for (let cycle = 0; cycle < 4; cycle++) {
        step(module, a);
        step(shared, b);
        expect([...b.registers.values()]).toEqual([...a.registers.values()]);
      }
    }), { numRuns: 150, interruptAfterTimeLimit: 40_000 });
  });

  it('are one divider and one multiplier for high halves', () => {
    const { text } = printVerilog(unit(64).module);
    for (const name of ['divu', 'remu', 'mulhu']) expect(text.match(new RegExp(`= ${name}_\\d+\\(`, 'g')), name).toHaveLength(name === 'mulhu' ? 2 : 1);
  });
});
