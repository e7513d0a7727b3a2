import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant, eqConst, mux, read, select, slice, zext } from '../ir/build.js';
import { evaluate, resetStateOf } from '../ir/eval.js';
import type { Expr, Module, Register } from '../ir/ir.js';
import { maskOf } from '../ir/ops.js';
import { Tape } from '../ir/random.testing.js';
import { TestMachine } from './machine.testing.js';
import { compileModule } from './wasm.js';

const insn: Register = { kind: 'register', name: 'insn', width: 32, reset: 0n, input: true };
const out: Register = { kind: 'register', name: 'out', width: 40, reset: 0n, input: false };

const moduleOf = (value: Expr, word = insn): Module => ({
  name: 'decoder', registers: [word, out], arrays: [], memories: [], wires: [],
  body: [{ kind: 'assign', register: out, value: zext(value, 40) }],
});

/** Fields like those of an instruction: high and low bit. */
const FIELDS: readonly (readonly [number, number])[] = [[6, 0], [14, 12], [31, 25], [31, 20], [24, 20], [31, 0], [12, 12], [31, 7]];

/** A random decoder: nested selects and comparisons of fields, constants at the leaves. */
function decoder(tape: Tape, width: number, depth: number): Expr {
  if (depth === 0 || tape.spent) return constant(width, BigInt(tape.below(2 ** 16)) & maskOf(width));
  const [high, low] = tape.pick(FIELDS);
  const key = slice(read(insn), high, low);
  const inner = (): Expr => decoder(tape, width, depth - 1);
  if (tape.below(4) === 1) return mux(eqConst(key, BigInt(tape.below(64)) & maskOf(key.width)), inner(), inner());
  const keys = [...new Set(Array.from({ length: 1 + tape.below(7) }, () => BigInt(tape.below(128)) & maskOf(key.width)))];
  return select(key, keys.map((k) => ({ keys: [k], value: inner() })), inner());
}

describe('a decoder', () => {
  it('yields for every word what its definition says, looked up or not', () => {
    const tape = fc.array(fc.nat({ max: 2 ** 32 - 1 }), { maxLength: 400, size: 'max' });
    const word = fc.oneof(fc.nat({ max: 2 ** 32 - 1 }), fc.nat({ max: 127 }), fc.nat({ max: 0x7fff }));
    fc.assert(fc.property(tape, fc.constantFrom(1, 7, 8, 13, 16, 32, 40), fc.array(word, { minLength: 20, maxLength: 60 }), (numbers, width, words) => {
      const module = moduleOf(decoder(new Tape(numbers), width, 4));
      const machine = new TestMachine(module, ['plain']);
      const [assign] = module.body;
      if (assign?.kind !== 'assign') throw new Error('the module assigns');
      // Words that reach the keys: fields put together from small numbers, too.
      for (const w of [...words, ...words.map((v) => ((v & 0x7f) | ((v << 5) & 0x7000) | ((v << 17) & 0xfe000000)) >>> 0)]) {
        const state = resetStateOf(module);
        state.registers.set(insn, BigInt(w));
        machine.set('insn', BigInt(w));
        machine.run('plain', 1);
        expect(machine.get('out'), `word 0x${w.toString(16)}`).toBe(evaluate(assign.value, state));
      }
    }), { numRuns: 80, interruptAfterTimeLimit: 40_000 });
  });

  it('branches nowhere, however many instructions it knows', () => {
    const leaf = (i: number): Expr => select(slice(read(insn), 14, 12), Array.from({ length: 8 }, (_, f) => ({ keys: [BigInt(f)], value: constant(16, 64 * i + f) })), constant(16, 0));
    const value = select(slice(read(insn), 6, 0), Array.from({ length: 12 }, (_, i) => ({ keys: [BigInt(4 * i + 3)], value: leaf(i) })), constant(16, 1));
    const wat = compileModule(moduleOf(value), { variant: 'plain', dramBytes: 4096 }).wat();
    expect(wat).not.toContain('br_table');
  });

  it('has tables of its own in every variant on the same memory', () => {
    const value = select(slice(read(insn), 7, 0), Array.from({ length: 40 }, (_, i) => ({ keys: [BigInt(5 * i)], value: constant(32, 1000 + i) })), constant(32, 7));
    const machine = new TestMachine(moduleOf(value), ['traced', 'plain', 'observed']);
    for (const variant of ['plain', 'observed', 'traced'] as const) {
      for (const [word, expected] of [[15n, 1003n], [16n, 7n], [195n, 1039n]] as const) {
        machine.set('insn', word);
        machine.run(variant, 1);
        expect(machine.get('out')).toBe(expected);
      }
    }
  });
});
