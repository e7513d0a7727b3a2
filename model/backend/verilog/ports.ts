/**
 * What the printed module has around it: the clock, registers that the host
 * sets or sees, and the memories, which are outside.
 */
import type { Memory, Module, Register, RegisterArray, Statement } from '../../ir/ir.js';
import { forEachStatement, nestedBodies } from '../../ir/walk.js';
import type { Identifier, Names } from './names.js';

type Load = Extract<Statement, { kind: 'load' }>;
type Store = Extract<Statement, { kind: 'store' }>;
type Write = Extract<Statement, { kind: 'write' }>;

/** A register that the host sets and the hardware does not: an input, which has the value as long as it holds. */
export interface InputPort {
  readonly kind: 'input';
  readonly register: Register;
  readonly port: string;
}

/** A register that both set: the host by a value for the present cycle. */
export interface HostPort {
  readonly kind: 'hosted';
  readonly register: Register;
  /** One bit: the host sets it before this cycle. */
  readonly set: string;
  /** To this. */
  readonly value: string;
  /** What it holds otherwise. */
  readonly held: string;
}

/** One read a cycle, answered in that cycle. */
export interface ReadPort {
  readonly memory: Memory;
  /** Gets the answer at the end of the cycle. Its width is that of the port. */
  readonly into: Register;
  readonly read: string;
  readonly address: string;
  readonly data: string;
}

/** One write a cycle, done at its end; of several ports a later one wins. */
export interface StorePort {
  readonly memory: Memory;
  readonly number: number;
  readonly write: string;
  readonly address: string;
  readonly bytes: string;
  readonly data: string;
}

/** The same of an array, inside the module. */
export interface WritePort {
  readonly array: RegisterArray;
  readonly number: number;
  readonly write: string;
  readonly index: string;
  readonly data: string;
}

/** Which port each write uses: one for each that may happen together with it before it. */
export function portNumbers(body: readonly Statement[]): ReadonlyMap<Statement, number> {
  const numbers = new Map<Statement, number>();
  type Taken = ReadonlyMap<object, number>;
  const walk = (statements: readonly Statement[], before: Taken): Taken => statements.reduce(step, before);
  const step = (taken: Taken, s: Statement): Taken => {
    if (s.kind === 'write' || s.kind === 'store') {
      const target = s.kind === 'write' ? s.array : s.memory;
      const number = taken.get(target) ?? 0;
      numbers.set(s, number);
      return new Map([...taken, [target, number + 1]]);
    }
    const most = new Map(taken);
    for (const nested of nestedBodies(s)) {
      for (const [target, number] of walk(nested, taken)) most.set(target, Math.max(most.get(target) ?? 0, number));
    }
    return most;
  };
  walk(body, new Map());
  return numbers;
}

/** All ports of a module. */
export interface Ports {
  readonly clock: string;
  readonly reset: string;
  readonly inputs: readonly InputPort[];
  readonly hosted: readonly HostPort[];
  readonly reads: readonly ReadPort[];
  readonly stores: readonly StorePort[];
  readonly writes: readonly WritePort[];
  /** The number of the port of a `store` or `write`. */
  readonly numbers: ReadonlyMap<Statement, number>;
}

/** Registers that statements write. */
function driven(module: Module): ReadonlySet<Register> {
  const found = new Set<Register>();
  forEachStatement(module.body, (s) => {
    if (s.kind === 'assign') found.add(s.register);
    if (s.kind === 'load') found.add(s.into);
  });
  return found;
}

function statementsOf(module: Module): { readonly loads: readonly Load[]; readonly stores: readonly Store[]; readonly writes: readonly Write[] } {
  const loads: Load[] = [];
  const stores: Store[] = [];
  const writes: Write[] = [];
  forEachStatement(module.body, (s) => {
    if (s.kind === 'load') loads.push(s);
    if (s.kind === 'store') stores.push(s);
    if (s.kind === 'write') writes.push(s);
  });
  return { loads, stores, writes };
}

/** `name` for the first, `name_2`, … for the others. */
const numbered = (name: string, number: number): string => (number === 0 ? name : `${name}_${number + 1}`);
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/**
 * The ports of a module.
 *
 * @param names - Of the module; signals have theirs already.
 * @param identifier - Of a register.
 */
export function portsOf(module: Module, names: Names, clock: Identifier, reset: Identifier, identifier: (r: Register) => string): Ports {
  const take = (name: string): string => names.take(name).text;
  const byHardware = driven(module);
  const host = module.registers.filter((r) => r.input);
  const { loads, stores, writes } = statementsOf(module);
  const numbers = portNumbers(module.body);
  const most = (of: readonly Statement[]): number => Math.max(0, ...of.map((s) => (numbers.get(s) ?? 0) + 1));
  return {
    clock: clock.text,
    reset: reset.text,
    inputs: host.filter((r) => !byHardware.has(r)).map((register) => ({ kind: 'input', register, port: identifier(register) })),
    hosted: host.filter((r) => byHardware.has(r)).map((register) => ({
      kind: 'hosted', register, set: take(`${register.name}_set`), value: take(`${register.name}_value`), held: take(`${register.name}_held`),
    })),
    reads: module.memories.flatMap((memory) => [...new Set(loads.filter((s) => s.memory === memory).map((s) => s.into))].map((into): ReadPort => {
      const name = `${memory.name}_${into.name}`;
      return { memory, into, read: take(`${name}_read`), address: take(`${name}_address`), data: take(`${name}_data`) };
    })),
    stores: module.memories.flatMap((memory) => upTo(most(stores.filter((s) => s.memory === memory))).map((number): StorePort => {
      const name = (what: string): string => take(numbered(`${memory.name}_${what}`, number));
      return { memory, number, write: name('write'), address: name('write_address'), bytes: name('write_bytes'), data: name('write_data') };
    })),
    writes: module.arrays.flatMap((array) => upTo(most(writes.filter((s) => s.array === array))).map((number): WritePort => {
      const name = (what: string): string => take(numbered(`${array.name}_${what}`, number));
      return { array, number, write: name('write'), index: name('write_index'), data: name('write_data') };
    })),
    numbers,
  };
}
