/**
 * Collects a module while the pipeline is described: registers by name, named
 * wires, and statements in nested blocks.
 */
import { ZERO, and, concat, constant, not, or, read, wireRef } from '../ir/build.js';
import type { CoverFamily, Expr, Memory, Module, RecordField, Register, RegisterArray, Statement, SwitchCase, Width, Wire } from '../ir/ir.js';
import type { EventName } from '../spec/isa.js';

/** How a register starts and who drives it. */
export interface RegisterOptions {
  /** Value after reset, default 0. */
  readonly reset?: bigint;
  /** Driven by the host between cycles. */
  readonly input?: boolean;
  /** Only for observers: cover points or trails are computed from it. */
  readonly observed?: true;
}

/** A part of a cover point's number: its value now, and what its values are called. */
export interface CoverPart {
  readonly axis: string;
  readonly value: Expr;
  /** By value; what is called nothing is no point. */
  readonly values: readonly string[];
}

/** Names by number, for the values of a part. */
export function byNumber(names: Readonly<Record<string, number | bigint>>): readonly string[] {
  const numbers = Object.entries(names);
  const most = Math.max(...numbers.map(([, number]) => Number(number)));
  return Array.from({ length: most + 1 }, (_, i) => numbers.find(([, number]) => Number(number) === i)?.[0] ?? '');
}

/** What hardware tells observers: nothing, the trails of translations (trail.ts), or those and cover points. */
export type Told = 'nothing' | 'trails' | 'everything';

/** The module under construction. Statements go to the innermost open block. */
export class ModuleBuilder {
  readonly #registers = new Map<string, Register>();
  readonly #arrays: RegisterArray[] = [];
  readonly #memories: Memory[] = [];
  readonly #wires = new Map<string, Wire>();
  readonly #covers = new Map<string, CoverFamily>();
  #block: Statement[] = [];

  /** @param told - What is wanted besides the hardware; of the rest there is nothing, nor of what only that needs. */
  constructor(readonly told: Told = 'nothing') {}

  /** The register of that name, made on first mention. Later mentions may leave the options out, not change them. */
  register(name: string, width: Width, options: RegisterOptions = {}): Register {
    const known = this.#registers.get(name);
    if (known !== undefined) {
      const differs = known.width !== width || (options.reset ?? known.reset) !== known.reset || (options.input ?? known.input) !== known.input;
      if (differs) throw new Error(`register ${name} is described in two ways`);
      return known;
    }
    const register: Register = { kind: 'register', name, width, reset: options.reset ?? 0n, input: options.input ?? false, ...(options.observed === true ? { observed: true } : {}) };
    this.#registers.set(name, register);
    return register;
  }

  array(name: string, depth: number, width: Width): RegisterArray {
    const array: RegisterArray = { kind: 'array', name, depth, width };
    this.#arrays.push(array);
    return array;
  }

  memory(name: string, base: bigint): Memory {
    const memory: Memory = { kind: 'memory', name, base };
    this.#memories.push(memory);
    return memory;
  }

  /** Names an expression: it becomes a signal. */
  wire(name: string, value: Expr): Expr {
    const wire: Wire = { kind: 'wire', name, value };
    this.#wires.set(name, wire);
    return wireRef(wire);
  }

  assign(register: Register, value: Expr): void {
    if (register.observed === true && this.told === 'nothing') return;
    this.#block.push({ kind: 'assign', register, value });
  }

  write(array: RegisterArray, index: Expr, value: Expr): void {
    this.#block.push({ kind: 'write', array, index, value });
  }

  load(memory: Memory, address: Expr, into: Register): void {
    this.#block.push({ kind: 'load', memory, address, into });
  }

  store(memory: Memory, address: Expr, bytes: Expr, data: Expr): void {
    this.#block.push({ kind: 'store', memory, address, bytes, data });
  }

  /** Counts for the host, and as an event for programmable counters. */
  count(counter: string, event?: EventName): void {
    this.#block.push({ kind: 'count', counter });
    if (event !== undefined) this.event(event);
  }

  /** In a cycle that comes here the event happens: a register of its name, one bit, changes. At most once a cycle. */
  event(name: EventName): void {
    const register = this.register(`event.${name}`, 1);
    this.assign(register, not(read(register)));
  }

  record(fields: readonly RecordField[]): void {
    this.#block.push({ kind: 'record', fields });
  }

  /** The cover point that the parts number, most significant first, is reached. A family has the same parts wherever it stands. */
  cover(family: string, ...parts: readonly CoverPart[]): void {
    if (this.told !== 'everything') return;
    const known = this.#covers.get(family) ?? { kind: 'cover', name: family, axes: parts.map(({ axis, value, values }) => ({ name: axis, width: value.width, values })) };
    if (known.axes.some(({ name, width }, i) => parts[i]?.axis !== name || parts[i].value.width !== width)) throw new Error(`cover points ${family} are described in two ways`);
    this.#covers.set(family, known);
    this.#block.push({ kind: 'cover', family: known, index: concat(...parts.map((p) => p.value)) });
  }

  exit(reason: number): void {
    this.#block.push({ kind: 'exit', reason });
  }

  /** The statements that `describe` issues, as a block of their own. */
  block(describe: () => void): readonly Statement[] {
    const outer = this.#block;
    const inner: Statement[] = [];
    this.#block = inner;
    try {
      describe();
    } finally {
      this.#block = outer;
    }
    return inner;
  }

  /** `if` with an optional `else`. A constant condition leaves only its branch. */
  when(condition: Expr, then: () => void, otherwise: () => void = () => undefined, rare?: 'then' | 'else'): void {
    if (condition.kind === 'const') {
      (condition.value === 1n ? then : otherwise)();
      return;
    }
    const thenBlock = this.block(then);
    const elseBlock = this.block(otherwise);
    if (thenBlock.length === 0 && elseBlock.length === 0) return;
    this.#block.push({ kind: 'if', condition, then: thenBlock, else: elseBlock, ...(rare === undefined ? {} : { rare }) });
  }

  /** A chain of exclusive cases, first match wins. */
  firstOf(cases: readonly { readonly when: Expr; readonly then: () => void }[], otherwise: () => void = () => undefined): void {
    const [head, ...tail] = cases;
    if (head === undefined) otherwise();
    else this.when(head.when, head.then, () => this.firstOf(tail, otherwise));
  }

  /** `switch` over constant keys. */
  switch(key: Expr, cases: readonly { readonly keys: readonly (bigint | number)[]; readonly then: () => void }[], otherwise: () => void = () => undefined): void {
    const built: SwitchCase[] = cases.map((c) => ({ keys: c.keys.map(BigInt), body: this.block(c.then) }));
    this.#block.push({ kind: 'switch', key, cases: built, default: this.block(otherwise) });
  }

  /** The finished module. */
  build(name: string): Module {
    return {
      name,
      registers: [...this.#registers.values()].filter((r) => this.told !== 'nothing' || r.observed !== true),
      arrays: this.#arrays,
      memories: this.#memories,
      wires: [...this.#wires.values()],
      body: this.#block,
    };
  }
}

/** Any of the conditions; none yields 0. */
export const anyOf = (conditions: readonly Expr[]): Expr => (conditions.length === 0 ? ZERO : or(...conditions));
/** `a` unless `b`. */
export const unless = (a: Expr, b: Expr): Expr => and(a, not(b));
/** A number as wide as `like`. */
export const same = (like: Expr, value: bigint | number): Expr => constant(like.width, value);
export { read };
