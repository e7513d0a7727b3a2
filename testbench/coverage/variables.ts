/**
 * Values of the variables of permit tables, evaluated with the operations of
 * the specs over the CSRs that the records tell: neither the core's decision
 * nor its signals are looked at.
 */
import { constant, read, slice } from '../../model/ir/build.js';
import { evaluate, type State } from '../../model/ir/eval.js';
import type { Expr, Register } from '../../model/ir/ir.js';
import { operands } from '../../model/ir/walk.js';
import { lowerOperation } from '../../model/lang/lower.js';
import { scopeOf, type Scope } from '../../model/lang/scope.js';
import { MODES, type BitRange, type Instruction, type Isa, type Operation } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import type { Homes } from './homes.js';

/** What a permit row is decided on. */
export interface Situation {
  readonly insn: number;
  readonly instruction: Instruction;
  readonly mode: Mode;
  /** Address of the CSR that the instruction names, 0 if none. */
  readonly csr: number;
  readonly homes: Homes;
}

/** A variable as a function of the situation. */
export type Reader = (situation: Situation) => bigint;

const register = (name: string, width: number): Register => ({ kind: 'register', name, width, reset: 0n, input: true });

const field = (word: number, { high, low }: BitRange): bigint => BigInt.asUintN(high - low + 1, BigInt(word >>> low));

/** Registers that an expression reads. */
function reads(e: Expr, found = new Set<Register>()): Set<Register> {
  if (e.kind === 'read') found.add(e.register);
  for (const operand of operands(e)) reads(operand, found);
  return found;
}

const stateOf = (registers: Map<Register, bigint>): State => ({ registers, arrays: new Map(), memory: new Map(), counters: new Map() });

function lower(operation: Operation, scope: Scope, width: number, subject: string): Expr {
  const outcome = lowerOperation(operation, scope, width, subject);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((d) => d.message).join('\n'));
  return outcome.value;
}

/** Readers of all variables of an ISA's permit tables. */
export class Variables {
  readonly #readers = new Map<string, Reader>();
  readonly #writes = new Map<Instruction, (insn: number) => bigint>();
  readonly #exists: ReadonlySet<number>;
  readonly #address = register('csr', 12);
  readonly #homes: ReadonlyMap<string, Register>;
  /** The CSR address, whole CSRs as stored, and their fields as read. */
  readonly #values: Scope;

  constructor(readonly isa: Isa) {
    this.#exists = new Set(isa.csrs.map((c) => c.address));
    this.#homes = new Map(isa.csrs.filter((c) => c.fields.some((f) => f.source.kind === 'stored')).map((c) => [c.name, register(c.name, 64)]));
    const whole = scopeOf(Object.fromEntries([this.#address, ...this.#homes.values()].map((r) => [r.name, read(r)])));
    this.#values = { ...whole, name: (name) => whole.name(name) ?? this.#field(name, this.#values) };
  }

  /** The reader of a variable, made once. */
  reader(name: string): Reader {
    const known = this.#readers.get(name);
    if (known !== undefined) return known;
    const made = this.#make(name);
    this.#readers.set(name, made);
    return made;
  }

  #make(name: string): Reader {
    if (name === 'mode') return ({ mode }) => MODES[mode];
    if (name === 'V') return ({ mode }) => MODES[mode] >> 2n;
    if (name === 'priv') return ({ mode }) => MODES[mode] & 3n;
    if (name === 'csr_exists') return ({ csr }) => (this.#exists.has(csr) ? 1n : 0n);
    if (name === 'csr_writes') return ({ instruction, insn }) => this.#writesOf(instruction)(insn);
    const variable = this.isa.variables.find((v) => v.name === name);
    const value = variable === undefined ? this.#field(name, this.#values) : lower(variable.value, this.#values, variable.width, name);
    if (value === undefined) throw new Error(`coverage cannot tell ${name} from the records`);
    return this.#reading(value);
  }

  /** `mstatus.TVM`, stored in its own CSR or read through others; undefined for what no record tells. */
  #field(name: string, scope: Scope): Expr | undefined {
    const [csrName = '', fieldName, stored] = name.split('.');
    const found = this.isa.csrs.find((c) => c.name === csrName)?.fields.find((f) => f.name === fieldName);
    const home = this.#homes.get(csrName);
    if (found === undefined) return undefined;
    const { source, bits: { high, low } } = found;
    const width = high - low + 1;
    if (source.kind === 'constant') return constant(width, source.value);
    if (source.kind !== 'stored' || home === undefined) return undefined;
    return source.read === undefined || stored !== undefined ? slice(read(home), high, low) : lower(source.read, scope, width, name);
  }

  /** An expression over the CSR address and whole CSRs; over the address alone it is evaluated once for each. */
  #reading(expr: Expr): Reader {
    const address = this.#address;
    const used = [...reads(expr)];
    const compute: Reader = (situation) => {
      const registers = new Map(used.map((r) => [r, r === address ? BigInt(situation.csr) : situation.homes.get(r.name)]));
      return evaluate(expr, stateOf(registers));
    };
    if (used.some((r) => r !== address)) return compute;
    const byAddress = new Map<number, bigint>();
    return (situation) => {
      const known = byAddress.get(situation.csr);
      if (known !== undefined) return known;
      const result = compute(situation);
      byAddress.set(situation.csr, result);
      return result;
    };
  }

  /** Whether a CSR instruction writes: its own operation over its operand fields. */
  #writesOf(instruction: Instruction): (insn: number) => bigint {
    const known = this.#writes.get(instruction);
    if (known !== undefined) return known;
    const made = this.#writesReader(instruction);
    this.#writes.set(instruction, made);
    return made;
  }

  #writesReader({ csr, format, name }: Instruction): (insn: number) => bigint {
    if (csr === undefined) return () => 0n;
    const ranges = new Map(Object.entries({ ...format.registers, ...format.fields }).map(([n, range]) => [register(n, range.high - range.low + 1), range] as const));
    const expr = lower(csr.writes, scopeOf(Object.fromEntries([...ranges.keys()].map((r) => [r.name, read(r)]))), 1, name);
    const used = [...reads(expr)];
    return (insn) => {
      const registers = new Map(used.map((r) => [r, field(insn, ranges.get(r) ?? { high: 0, low: 0 })]));
      return evaluate(expr, stateOf(registers));
    };
  }
}
