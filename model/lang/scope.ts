/**
 * What the names of an operation mean: the caller's side of lowering.
 */
import type { Expr } from '../ir/ir.js';
import type { SpecFunction } from '../spec/isa.js';

/** What lowering needs of a function of the specs. */
export type Callable = Pick<SpecFunction, 'name' | 'parameters' | 'value'>;

/** The names an operation may use, and what hardware they stand for. */
export interface Scope {
  /** `pc`, `mstatus.SIE`, `mip.SEIP.stored`. */
  name(name: string): Expr | undefined;
  /** The value of `X[rs1]`. */
  register(operand: string): Expr | undefined;
  /** A function of the specs. */
  call(name: string): Callable | undefined;
  /** All names, for "did you mean". */
  names(): Iterable<string>;
}

/** A scope with a few names and nothing else: tests, and operations over constants. */
export function scopeOf(
  names: Readonly<Record<string, Expr>>,
  registers: Readonly<Record<string, Expr>> = {},
  functions: readonly Callable[] = [],
): Scope {
  const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(record, key) ? record[key] : undefined);
  return {
    name: (name) => own(names, name),
    register: (operand) => own(registers, operand),
    call: (name) => functions.find((f) => f.name === name),
    names: () => Object.keys(names),
  };
}

/** `inner` where it knows a name, `outer` otherwise; registers are the outer's alone, so functions have none. */
export function within(parameters: ReadonlyMap<string, Expr>, outer: Scope): Scope {
  return {
    name: (name) => parameters.get(name) ?? outer.name(name),
    register: () => undefined,
    call: (name) => outer.call(name),
    names: () => [...parameters.keys(), ...outer.names()],
  };
}
