import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ONE, ZERO, add, binary, constant, read, sext, slice } from '../ir/build.js';
import { evaluate, resetStateOf, step } from '../ir/eval.js';
import type { BinaryOp, Expr, Module, Register, Width } from '../ir/ir.js';
import { applyBinary, truncate } from '../ir/ops.js';
import { ModuleBuilder } from './builder.js';
import { divisionOf, Divider, paceOf, type Division } from './divider.js';

const OPERATIONS = ['div', 'divu', 'rem', 'remu'] as const satisfies readonly BinaryOp[];
const PACES = [1, 2, 4, 8, 16, 32, 64];

/** Begins a division when told, and goes on with it in all other cycles. */
class Bench {
  readonly #a: Register;
  readonly #b: Register;
  readonly #begins: Register;
  readonly #division: Division;
  readonly #divider: Divider;
  readonly #module: Module;

  constructor(valueOf: (a: Expr, b: Expr) => Expr, readonly bits: number) {
    const builder = new ModuleBuilder();
    this.#a = builder.register('a', 64, { input: true });
    this.#b = builder.register('b', 64, { input: true });
    this.#begins = builder.register('begins', 1, { input: true });
    const division = divisionOf(valueOf(read(this.#a), read(this.#b)));
    if (division === undefined) throw new Error('the value is not made of one division');
    const divider = new Divider(builder, bits);
    builder.when(read(this.#begins), () => divider.begin(division.dividend, division.divisor, division.signed ? ONE : ZERO), () => divider.step());
    this.#division = division;
    this.#divider = divider;
    this.#module = builder.build('bench');
  }

  /** The value, its operands shown in the first cycle alone. */
  run(a: bigint, b: bigint): bigint {
    const state = resetStateOf(this.#module);
    const cycle = (begins: bigint, x: bigint, y: bigint): void => {
      state.registers.set(this.#begins, begins).set(this.#a, x).set(this.#b, y);
      step(this.#module, state);
    };
    cycle(1n, a, b);
    for (let i = 0; i < 64 / this.bits; i++) cycle(0n, 5n, 3n);
    return evaluate(this.#division.valueOf(this.#divider.result), state);
  }
}

const EDGES = [0n, 1n, 2n, 3n, 1n << 31n, (1n << 31n) - 1n, (1n << 32n) - 1n, 1n << 32n, 1n << 63n, (1n << 63n) - 1n, (1n << 64n) - 2n, (1n << 64n) - 1n];
const operand = fc.oneof(fc.constantFrom(...EDGES), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.bigInt({ min: 0n, max: 1000n }));

describe('the divider', () => {
  it.each(PACES)('of %i bits a cycle yields what the operators do', (bits) => {
    for (const width of [64, 32, 7] satisfies Width[]) {
      for (const op of OPERATIONS) {
        const low = (e: Expr): Expr => slice(e, width - 1, 0);
        const bench = new Bench((a, b) => binary(op, low(a), low(b)), bits);
        fc.assert(fc.property(operand, operand, (a, b) => {
          expect(bench.run(a, b)).toBe(applyBinary(op, width, truncate(width, a), truncate(width, b)));
        }), { numRuns: 30, examples: EDGES.map((edge) => [edge, (1n << 64n) - 1n]) });
      }
    }
  });

  it('leaves what is around a division as it is', () => {
    const bench = new Bench((a, b) => add(sext(binary('div', slice(a, 31, 0), slice(b, 31, 0)), 64), constant(64, 1)), 8);
    expect(bench.run(0xffff_fff8n, 2n)).toBe((1n << 64n) - 3n);
  });

  it('does not take a value of two divisions, nor of none', () => {
    const [a, b] = [read(new ModuleBuilder().register('a', 64)), constant(64, 3)];
    expect(divisionOf(add(binary('div', a, b), binary('rem', a, b)))).toBeUndefined();
    expect(divisionOf(add(a, b))).toBeUndefined();
  });

  it('finds as few bits a cycle as its cycles allow', () => {
    expect([66, 65, 34, 10, 4, 3].map((cycles) => paceOf(cycles))).toEqual([
      { bits: 1, idle: 0 }, { bits: 2, idle: 31 }, { bits: 2, idle: 0 }, { bits: 8, idle: 0 }, { bits: 32, idle: 0 }, { bits: 64, idle: 0 },
    ]);
    expect(paceOf(2)).toBeUndefined();
  });
});
