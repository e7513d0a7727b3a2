import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant, not, ONE, read, wireRef, ZERO } from './build.js';
import type { CoverFamily, Expr, Module, Register, Statement, Wire } from './ir.js';
import { randomModule } from './random.testing.js';
import { verify } from './verify.js';

const register = (name: string, width: number): Register => ({ kind: 'register', name, width, reset: 0n, input: false });
const a = register('a', 8);
const b = register('b', 8);
const seen: Register = { ...register('seen', 8), observed: true };
const family: CoverFamily = { kind: 'cover', name: 'seen', axes: [{ name: 'how', width: 2, values: ['well'] }] };

const moduleOf = (body: readonly Statement[], more: Partial<Module> = {}): Module =>
  ({ name: 'm', registers: [a, b], arrays: [], memories: [], wires: [], body, ...more });
const assign = (r: Register, value: Expr): Statement => ({ kind: 'assign', register: r, value });
const when = (condition: Expr, then: readonly Statement[], otherwise: readonly Statement[] = []): Statement =>
  ({ kind: 'if', condition, then, else: otherwise });
const messages = (module: Module): string[] => verify(module).map((d) => d.message);

describe('the verifier', () => {
  it('accepts every module that the generator makes', () => {
    fc.assert(fc.property(randomModule(), (module) => {
      expect(messages(module)).toEqual([]);
    }));
  });

  it('names both assignments where a register is assigned twice on a path', () => {
    const module = moduleOf([assign(a, read(b)), when(ONE, [assign(b, read(a)), assign(a, read(a))])]);
    expect(messages(module)).toEqual(['register a is assigned twice in a cycle: at body[0] and at body[1].then[1]']);
  });

  it('accepts a register assigned in both arms, but not after them', () => {
    const both = when(ONE, [assign(a, read(b))], [assign(a, read(a))]);
    expect(messages(moduleOf([both]))).toEqual([]);
    expect(messages(moduleOf([both, assign(a, read(b))]))).toHaveLength(1);
  });

  it('lets cover points, and the conditions around them, read observed registers', () => {
    const cover: Statement = { kind: 'cover', family, index: constant(2, 1) };
    const condition: Expr = { kind: 'slice', width: 1, a: read(seen), low: 0 };
    const module = moduleOf([when(condition, [cover, assign(seen, read(a))])], { registers: [a, b, seen] });
    expect(messages(module)).toEqual([]);
  });

  it('counts a load as an assignment', () => {
    const dram = { kind: 'memory' as const, name: 'dram', base: 0n };
    const load: Statement = { kind: 'load', memory: dram, address: constant(64, 0), into: a };
    expect(messages(moduleOf([load, assign(a, read(b))], { memories: [dram] }))).toEqual([
      'register a is assigned twice in a cycle: at body[0] and at body[1]',
    ]);
  });

  it('prints the path of a combinational loop', () => {
    const holder: { value: Expr } = { value: ZERO };
    const first: Wire = { kind: 'wire', name: 'first', get value() { return holder.value; } };
    const second: Wire = { kind: 'wire', name: 'second', value: not({ kind: 'wire', width: 1, wire: first }) };
    holder.value = not(wireRef(second));
    expect(messages(moduleOf([], { wires: [first, second] }))).toEqual(['combinational loop: first -> second -> first']);
  });

  it.each<[string, Module, string]>([
    ['a register that is not declared', moduleOf([assign(register('z', 8), read(a))]), 'register z is used but not declared in the module'],
    ['two things of one name', moduleOf([], { registers: [a, register('a', 1)] }), 'register a: the name is taken'],
    ['a value of another width', moduleOf([assign(a, ONE)]), 'the value assigned to a must have 8 bits, has 1'],
    ['a wide condition', moduleOf([when(read(a), [assign(b, read(a))])]), 'the condition of an if must have 1 bits, has 8'],
    ['a key that cannot occur', moduleOf([{ kind: 'switch', key: ONE, cases: [{ keys: [2n], body: [] }], default: [] }]), 'key 2 of a switch does not fit 1 bits'],
    ['a key listed twice', moduleOf([{ kind: 'switch', key: ONE, cases: [{ keys: [1n, 1n], body: [] }], default: [] }]), 'key 1 of a switch is listed twice'],
    ['a point number of another width', moduleOf([{ kind: 'cover', family, index: read(a) }]), 'the number of a point of seen must have 2 bits, has 8'],
    ['hardware that reads an observed register', moduleOf([assign(a, read(seen))], { registers: [a, b, seen] }), 'register seen is observation, and what is none reads it'],
    ['two families of one name', moduleOf([family, { ...family }].map((f) => ({ kind: 'cover', family: f, index: constant(2, 0) }))), 'cover points seen: the name is taken'],
    ['an odd depth', moduleOf([], { arrays: [{ kind: 'array', name: 'q', depth: 3, width: 1 }] }), 'array q: depth 3 is not a power of two'],
  ])('finds %s', (_what, module, message) => {
    expect(messages(module)).toEqual([message]);
  });
});
