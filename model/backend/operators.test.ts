import { describe, expect, it } from 'vitest';
import { binary, constant, not, read, sext, slice, zext } from '../ir/build.js';
import { evaluate, resetStateOf } from '../ir/eval.js';
import type { BinaryOp, Expr, Module, Register } from '../ir/ir.js';
import { maskOf } from '../ir/ops.js';
import { TestMachine } from './machine.testing.js';

const WIDTHS = [1, 2, 7, 8, 16, 31, 32, 33, 48, 63, 64];
const BINARY: readonly BinaryOp[] = [
  'add', 'sub', 'and', 'or', 'xor', 'mul', 'mulh', 'mulhu', 'mulhsu', 'div', 'divu', 'rem', 'remu',
  'eq', 'ne', 'ltu', 'lts', 'geu', 'ges',
];
const SHIFTS: readonly BinaryOp[] = ['shl', 'shru', 'shrs'];

/** Values where operators go wrong. */
function corners(width: number): bigint[] {
  const ones = maskOf(width);
  const values = [0n, 1n, 2n & ones, ones, ones >> 1n, ones - 1n, 1n << BigInt(width - 1), 0x5a5a_a5a5_1234_fedcn & ones, BigInt(width) & ones];
  return [...new Set(values)];
}

const register = (name: string, width: number): Register => ({ kind: 'register', name, width, reset: 0n, input: true });

/** A module that assigns each expression to a register of its own. */
function moduleOf(inputs: readonly Register[], values: readonly Expr[]): { module: Module; outputs: readonly Register[] } {
  const outputs = values.map((e, i) => register(`out${i}`, e.width));
  const body = outputs.map((r, i) => ({ kind: 'assign' as const, register: r, value: values[i] ?? constant(1, 0) }));
  return { module: { name: 'operators', registers: [...inputs, ...outputs], arrays: [], memories: [], wires: [], body }, outputs };
}

/** Runs one cycle per pair of inputs and compares every output with the evaluator. */
function expectDefinition(a: Register, b: Register, values: readonly Expr[]): void {
  const { module, outputs } = moduleOf([a, b], values);
  const machine = new TestMachine(module, ['plain']);
  for (const x of corners(a.width)) {
    for (const y of corners(b.width)) {
      const state = resetStateOf(module);
      state.registers.set(a, x).set(b, y);
      machine.set('a', x);
      machine.set('b', y);
      machine.run('plain', 1);
      outputs.forEach((out, i) => {
        const e = values[i];
        if (e === undefined) return;
        const name = e.kind === 'binary' ? e.op : e.kind;
        expect(machine.get(out.name), `output ${i}, ${name} of 0x${x.toString(16)} and 0x${y.toString(16)}`).toBe(evaluate(e, state));
      });
    }
  }
}

describe('compiled operators', () => {
  for (const width of WIDTHS) {
    it(`yield at ${width} bits what the table of results says, whatever the operands`, () => {
      const [a, b] = [register('a', width), register('b', width)];
      const direct = BINARY.map((op) => binary(op, read(a), read(b)));
      const constants = BINARY.flatMap((op) => corners(width).flatMap((v) => [
        binary(op, read(a), constant(width, v)), binary(op, constant(width, v), read(b)),
      ]));
      const same = BINARY.map((op) => binary(op, read(a), read(a)));
      expectDefinition(a, b, [...direct, ...constants, ...same, not(read(a))]);
    });

    it(`clear what overflows ${width} bits before anything looks at it`, () => {
      const [a, b] = [register('a', width), register('b', width)];
      const loose = [binary('add', read(a), read(b)), binary('sub', read(a), read(b)), binary('mul', read(a), read(b)), not(read(a)), binary('shl', read(a), read(b))];
      const uses = loose.flatMap((e) => [
        binary('eq', e, read(b)), binary('ltu', e, read(b)), binary('lts', e, read(b)), binary('divu', e, read(b)), binary('shru', e, read(b)),
        binary('and', e, read(b)), binary('or', e, not(read(a))), zext(e, 64), sext(e, 64), slice(e, width - 1, width - 1),
      ]);
      expectDefinition(a, b, uses);
    });
  }

  it('keep the carry of narrow values in a wider one', () => {
    for (const [narrow, wide] of [[7, 8], [7, 9], [31, 32], [31, 33], [32, 33], [63, 64]] as const) {
      const [a, b] = [register('a', narrow), register('b', narrow)];
      const [x, y] = [zext(read(a), wide), zext(read(b), wide)];
      const sums = [binary('add', x, y), binary('mul', x, y), binary('add', binary('add', x, y), x), binary('add', constant(wide, 1), binary('add', x, y))];
      expectDefinition(a, b, sums.flatMap((e) => [e, zext(e, 64), sext(e, 64), binary('ltu', e, y), binary('shru', e, constant(7, narrow))]));
    }
  });

  for (const width of [1, 7, 32, 33, 64]) {
    for (const amountWidth of [1, 3, 5, 6, 7, 32, 33, 64]) {
      it(`shift ${width} bits by an amount of ${amountWidth} bits, however large`, () => {
        const [a, b] = [register('a', width), register('b', amountWidth)];
        expectDefinition(a, b, SHIFTS.flatMap((op) => [
          binary(op, read(a), read(b)), ...corners(amountWidth).map((v) => binary(op, read(a), constant(amountWidth, v))),
        ]));
      });
    }
  }
});
