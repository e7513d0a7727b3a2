/**
 * Random modules for property tests, read off a tape of numbers: a shorter
 * tape or smaller numbers give a simpler module, so that fast-check shrinks.
 */
import * as fc from 'fast-check';
import { binary, concat, constant, element, mux, not, read, select, sext, slice, wireRef, zext } from './build.js';
import type { BinaryOp, CoverFamily, Expr, Memory, Module, Register, RegisterArray, Statement, Wire } from './ir.js';
import { maskOf } from './ops.js';

const WIDTHS = [1, 64, 32, 8, 7, 12, 33, 48, 63, 31, 16, 2, 3, 5];
const ARITHMETIC: readonly BinaryOp[] = [
  'add', 'sub', 'and', 'or', 'xor', 'mul', 'mulh', 'mulhu', 'mulhsu', 'div', 'divu', 'rem', 'remu', 'shl', 'shru', 'shrs',
];
const COMPARE: readonly BinaryOp[] = ['eq', 'ne', 'ltu', 'lts', 'geu', 'ges'];

/** First address of the memory that random modules have. */
export const RANDOM_MEMORY_BASE = 0x8000_0000n;

/** Numbers in order; zeros after the end. */
export class Tape {
  #at = 0;

  constructor(readonly numbers: readonly number[]) {}

  below(limit: number): number {
    return (this.numbers[this.#at++] ?? 0) % limit;
  }

  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  bits(width: number): bigint {
    switch (this.below(5)) {
      case 0: return BigInt(this.below(4)) & maskOf(width);
      case 1: return maskOf(width);
      case 2: return 1n << BigInt(width - 1);
      case 3: return maskOf(width) >> 1n;
      default: return ((BigInt(this.below(2 ** 32)) << 32n) | BigInt(this.below(2 ** 32))) & maskOf(width);
    }
  }

  get spent(): boolean {
    return this.#at >= this.numbers.length;
  }
}

/** Families of cover points that random modules reach. */
const FAMILIES: readonly CoverFamily[] = [
  { kind: 'cover', name: 'small', axes: [{ name: 'a', width: 2, values: ['0', '', '2'] }] },
  { kind: 'cover', name: 'large', axes: [{ name: 'a', width: 4, values: [] }, { name: 'b', width: 7, values: [] }] },
];

/** What is already written on the path to a statement. */
interface Path {
  readonly assigned: ReadonlySet<Register>;
  readonly written: ReadonlySet<object>;
}

class Builder {
  readonly registers: Register[] = [];
  readonly arrays: RegisterArray[] = [];
  /** Only cover points know of them. */
  readonly observed: readonly Register[] = [3, 40].map((width) => ({ kind: 'register', name: `seen${width}`, width, reset: 1n, input: false, observed: true }));
  readonly memory: Memory = { kind: 'memory', name: 'dram', base: RANDOM_MEMORY_BASE };
  readonly pool = new Map<number, Expr[]>();

  constructor(readonly tape: Tape) {}

  module(): Module {
    const { tape } = this;
    for (let i = 2 + tape.below(8); i > 0; i--) {
      const width = tape.pick(WIDTHS);
      const name = `r${i}.${tape.below(6) === 1 ? 'insn' : 'x'}`;
      this.registers.push({ kind: 'register', name, width, reset: tape.bits(width), input: tape.below(4) === 1 });
    }
    for (let i = tape.below(3); i > 0; i--) {
      this.arrays.push({ kind: 'array', name: `a${i}`, depth: 2 ** tape.below(5), width: tape.pick(WIDTHS) });
    }
    const wires: Wire[] = [];
    for (let i = tape.below(4); i > 0; i--) {
      const wire: Wire = { kind: 'wire', name: `w${i}`, value: this.expr(tape.pick(WIDTHS), 4) };
      wires.push(wire);
      this.share(wireRef(wire));
    }
    const [body] = this.body({ assigned: new Set(), written: new Set() }, 3);
    return { name: 'random', registers: [...this.registers, ...this.observed], arrays: this.arrays, memories: [this.memory], wires, body };
  }

  share(e: Expr): Expr {
    this.pool.set(e.width, [...(this.pool.get(e.width) ?? []), e]);
    return e;
  }

  expr(width: number, depth: number): Expr {
    const shared = this.pool.get(width);
    if (shared !== undefined && this.tape.below(3) === 1) return this.tape.pick(shared);
    const e = depth === 0 || this.tape.spent ? this.leaf(width) : this.node(width, depth - 1);
    return this.tape.below(2) === 1 ? this.share(e) : e;
  }

  leaf(width: number): Expr {
    const fitting = this.registers.filter((r) => r.width === width);
    if (fitting.length > 0 && this.tape.below(3) !== 2) return read(this.tape.pick(fitting));
    const wider = this.registers.filter((r) => r.width > width);
    if (wider.length > 0 && this.tape.below(3) !== 2) {
      const r = this.tape.pick(wider);
      const low = this.tape.below(r.width - width + 1);
      return slice(read(r), low + width - 1, low);
    }
    return constant(width, this.tape.bits(width));
  }

  node(width: number, depth: number): Expr {
    const { tape } = this;
    const any = (): Expr => this.expr(tape.pick(WIDTHS), depth);
    const same = (): Expr => this.expr(width, depth);
    switch (tape.below(10)) {
      case 0: return this.leaf(width);
      case 1: return not(same());
      case 2: {
        const op = tape.pick(ARITHMETIC);
        return binary(op, same(), op.startsWith('sh') ? any() : same());
      }
      case 3: {
        if (width !== 1) return binary(tape.pick(ARITHMETIC.slice(0, 6)), same(), same());
        const a = any();
        return binary(tape.pick(COMPARE), a, this.expr(a.width, depth));
      }
      case 4: return mux(this.expr(1, depth), same(), same());
      case 5: return this.select(width, depth);
      case 6: return this.slice(width, depth);
      case 7: {
        const parts: Expr[] = [];
        for (let left = width; left > 0;) {
          const w = 1 + tape.below(left);
          parts.push(this.expr(w, depth));
          left -= w;
        }
        return concat(...parts);
      }
      case 8: {
        const inner = this.expr(1 + tape.below(width), depth);
        return tape.below(2) === 1 ? sext(inner, width) : zext(inner, width);
      }
      default: return this.element(width, depth);
    }
  }

  slice(width: number, depth: number): Expr {
    const wide = this.expr(width + this.tape.below(65 - width), depth);
    const low = this.tape.below(wide.width - width + 1);
    return slice(wide, low + width - 1, low);
  }

  element(width: number, depth: number): Expr {
    if (this.arrays.length === 0) return this.leaf(width);
    const array = this.tape.pick(this.arrays);
    const value = element(array, this.expr(this.tape.pick(WIDTHS), depth));
    return array.width >= width ? slice(value, width - 1, 0) : zext(value, width);
  }

  select(width: number, depth: number): Expr {
    const key = this.expr(this.tape.pick(WIDTHS), depth);
    const constants = this.tape.below(3) === 1;
    const arm = (): Expr => (constants ? constant(width, this.tape.bits(width)) : this.expr(width, depth));
    const cases = this.keys(key.width).map((keys) => ({ keys, value: arm() }));
    return select(key, cases, arm());
  }

  /** Distinct keys in groups: some dense, some far apart. */
  keys(width: number): bigint[][] {
    const seen = new Set<bigint>();
    const groups: bigint[][] = [];
    for (let i = this.tape.below(9); i > 0; i--) {
      const group: bigint[] = [];
      for (let j = 1 + this.tape.below(3); j > 0; j--) {
        const key = this.tape.below(3) === 2 ? this.tape.bits(width) : BigInt(this.tape.below(24)) & maskOf(width);
        if (!seen.has(key)) group.push(key);
        seen.add(key);
      }
      if (group.length > 0) groups.push(group);
    }
    return groups;
  }

  /** Statements, and what they write on some path. */
  body(path: Path, depth: number): [Statement[], Path] {
    const statements: Statement[] = [];
    let now = path;
    for (let i = this.tape.below(depth === 3 ? 12 : 4); i > 0 && !this.tape.spent; i--) {
      const [s, after] = this.statement(now, depth);
      statements.push(...s);
      now = after;
    }
    return [statements, now];
  }

  statement(path: Path, depth: number): [Statement[], Path] {
    const { tape } = this;
    const choice = tape.below(10);
    if (choice < 4) return this.assign(path);
    if (choice < 6 && depth > 0) return this.branch(path, depth - 1);
    switch (choice) {
      case 6: return this.write(path);
      case 7: return this.load(path);
      case 8: return this.store(path);
      default:
        switch (tape.below(5)) {
          case 0: return [[{ kind: 'count', counter: `c${tape.below(2)}` }], path];
          case 1: return [[{ kind: 'exit', reason: 1 + tape.below(5) }], path];
          case 3: return [[this.cover()], path];
          case 4: return this.observe(path);
          default: {
            const fields = [this.expr(64, 3), this.expr(tape.pick(WIDTHS), 3)].map((value, i) => ({ name: `f${i}`, value }));
            return [[{ kind: 'record', fields }], path];
          }
        }
    }
  }

  /** An expression that an observed register has a part in; nobody else may use it. */
  observation(width: number): Expr {
    const wide = this.observed.filter((r) => r.width >= width);
    return wide.length === 0 ? this.expr(width, 3) : binary('xor', this.expr(width, 3), slice(read(this.tape.pick(wide)), width - 1, 0));
  }

  cover(): Statement {
    const family = this.tape.pick(FAMILIES);
    return { kind: 'cover', family, index: concat(...family.axes.map(({ width }) => this.observation(width))) };
  }

  observe(path: Path): [Statement[], Path] {
    const free = this.observed.filter((r) => !path.assigned.has(r));
    if (free.length === 0) return [[], path];
    const register = this.tape.pick(free);
    return [[{ kind: 'assign', register, value: this.observation(register.width) }], { ...path, assigned: new Set([...path.assigned, register]) }];
  }

  assign(path: Path): [Statement[], Path] {
    const free = this.registers.filter((r) => !path.assigned.has(r));
    if (free.length === 0) return [[], path];
    const register = this.tape.pick(free);
    const value = this.expr(register.width, 5);
    return [[{ kind: 'assign', register, value }], { ...path, assigned: new Set([...path.assigned, register]) }];
  }

  load(path: Path): [Statement[], Path] {
    const free = this.registers.filter((r) => !path.assigned.has(r) && [8, 16, 32, 64].includes(r.width));
    if (free.length === 0) return [[], path];
    const into = this.tape.pick(free);
    return [[{ kind: 'load', memory: this.memory, address: this.address(), into }], { ...path, assigned: new Set([...path.assigned, into]) }];
  }

  write(path: Path): [Statement[], Path] {
    const free = this.arrays.filter((a) => !path.written.has(a));
    if (free.length === 0) return [[], path];
    const array = this.tape.pick(free);
    const s: Statement = { kind: 'write', array, index: this.expr(this.tape.pick(WIDTHS), 2), value: this.expr(array.width, 3) };
    return [[s], { ...path, written: new Set([...path.written, array]) }];
  }

  store(path: Path): [Statement[], Path] {
    if (path.written.has(this.memory)) return [[], path];
    const bytes = select(this.expr(2, 2), [
      { keys: [0n], value: constant(4, 1) }, { keys: [1n], value: constant(4, 2) }, { keys: [2n], value: constant(4, 4) },
    ], constant(4, 8));
    const s: Statement = { kind: 'store', memory: this.memory, address: this.address(), bytes, data: this.expr(64, 3) };
    return [[s], { ...path, written: new Set([...path.written, this.memory]) }];
  }

  /** An address of few distinct values, some of them at the end of a page. */
  address(): Expr {
    const offset = concat(this.expr(1, 2), constant(9, 0x1ff), this.expr(3, 2));
    return binary('add', constant(64, RANDOM_MEMORY_BASE), zext(offset, 64));
  }

  branch(path: Path, depth: number): [Statement[], Path] {
    const { tape } = this;
    const paths: Path[] = [];
    const inner = (): Statement[] => {
      const [statements, after] = this.body(path, depth);
      paths.push(after);
      return statements;
    };
    const branch = (): Statement => {
      if (tape.below(2) === 1) {
        const key = this.expr(tape.pick(WIDTHS), 3);
        return { kind: 'switch', key, cases: this.keys(key.width).map((keys) => ({ keys, body: inner() })), default: inner() };
      }
      const rare = [{}, { rare: 'then' as const }, { rare: 'else' as const }][tape.below(3)];
      return { kind: 'if', condition: this.expr(1, 4), then: inner(), else: inner(), ...rare };
    };
    const statement = branch();
    return [[statement], {
      assigned: new Set([...path.assigned, ...paths.flatMap((p) => [...p.assigned])]),
      written: new Set([...path.written, ...paths.flatMap((p) => [...p.written])]),
    }];
  }
}

/** The module that a tape of numbers describes. */
export const moduleFrom = (numbers: readonly number[]): Module => new Builder(new Tape(numbers)).module();

/** Tapes for modules. */
export const randomTape = (length = 2500): fc.Arbitrary<number[]> => fc.array(fc.nat({ max: 2 ** 32 - 1 }), { maxLength: length, size: 'max' });

/** Modules with every operator, statement and kind of sharing. */
export const randomModule = (length = 2500): fc.Arbitrary<Module> => randomTape(length).map(moduleFrom);
