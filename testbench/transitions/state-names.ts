/**
 * The names of the specs on partly given state: the mode, derived variables,
 * CSRs and their fields with aliases, masks and computed bits.
 */
import { type Csr, type CsrField, type Isa, MODES } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import { type Assignment, atomName, isWritable, LINES } from './atoms.js';
import { andBit, type Bit, type Bits, bitwise, either, known, namesOf, single } from './bits.js';
import { evaluate, type Names } from './evaluate.js';

type Given = (name: string) => bigint | undefined;

/** What a decision is evaluated on. */
export interface Situation {
  readonly isa: Isa;
  readonly mode: Mode;
  /** Atoms and cuts that are given; the others are unknown. */
  readonly given: Assignment;
  /** What is not given is 0. */
  readonly complete?: boolean;
  /** One-bit fields computed from several atoms (`hip.SGEIP`) count as state of their own. */
  readonly cuts?: boolean;
  /** Names that only this event has: `csr`, `cause`, `insn`. */
  readonly locals?: Readonly<Record<string, Bits>>;
  readonly registers?: Readonly<Record<string, Bits>>;
}

export class StateNames implements Names {
  readonly #csrs: ReadonlyMap<string, Csr>;
  readonly #given: Given;
  readonly #known = new Map<string, Bits>();

  constructor(readonly situation: Situation) {
    const { isa, given, complete } = situation;
    this.#csrs = csrsOf(isa);
    this.#given = complete === true ? (name) => given.get(name) ?? 0n : (name) => given.get(name);
  }

  /** The same state with other locals. */
  with(locals: Readonly<Record<string, Bits>>): StateNames {
    return new StateNames({ ...this.situation, locals: { ...this.situation.locals, ...locals } });
  }

  name(name: string): Bits | undefined {
    const local = this.situation.locals?.[name];
    if (local !== undefined) return local;
    const found = this.#known.get(name);
    if (found !== undefined) return found;
    const value = this.#look(name);
    if (value !== undefined) this.#known.set(name, value);
    return value;
  }

  register(operand: string): Bits | undefined {
    return this.situation.registers?.[operand];
  }

  call(name: string) {
    return this.situation.isa.functions.find((f) => f.name === name);
  }

  #look(name: string): Bits | undefined {
    const { isa, mode } = this.situation;
    const level = MODES[mode];
    if (name === 'mode') return known(level, 3);
    if (name === 'priv') return known(level & 3n, 2);
    if (name === 'V') return known(level >> 2n, 1);
    if (name === 'mtime') return { bits: new Array<Bit>(64).fill(new Set(['mtime'])) };
    const line = LINES[name];
    if (line !== undefined) return { bits: Array.from({ length: line }, (_, i) => this.#bit(line === 1 ? name : `${name}[${i}]`)) };
    const variable = isa.variables.find((v) => v.name === name);
    if (variable !== undefined) return evaluate(variable.value, this);
    const [csrName = '', fieldName, stored] = name.split('.');
    const csr = this.#csrs.get(csrName);
    if (csr === undefined) return undefined;
    if (fieldName === undefined) return this.csr(csr);
    const field = csr.fields.find((f) => f.name === fieldName);
    return field === undefined ? undefined : this.#field(csr, field, stored === 'stored');
  }

  /** A whole CSR. `stored`: fields that are read differently show what they store, as CSRRS modifies them. */
  csr(csr: Csr, stored = false): Bits {
    const bits = new Array<Bit>(64).fill(0);
    for (const field of csr.fields) this.#field(csr, field, stored).bits.forEach((bit, i) => (bits[field.bits.low + i] = bit));
    return { bits };
  }

  #bit(name: string): Bit {
    const value = this.#given(name);
    return value === undefined ? new Set([name]) : value === 0n ? 0 : 1;
  }

  #field(csr: Csr, field: CsrField, stored = false): Bits {
    const { source } = field;
    switch (source.kind) {
      case 'constant':
        return known(source.value, field.bits.high - field.bits.low + 1);
      case 'computed':
        return this.#cut(csr, field, evaluate(source.read, this));
      case 'stored':
        return source.read === undefined || stored ? this.#stored(csr, field, source.writable, source.reset, source.legal) : this.#cut(csr, field, evaluate(source.read, this));
      case 'alias': {
        const value = this.#aliased(source.of, stored);
        return source.visible === undefined ? value : bitwise(andBit, value, evaluate(source.visible, this));
      }
    }
  }

  #aliased(of: string, stored: boolean): Bits {
    const [csrName = '', fieldName = 'all'] = of.split('.');
    const csr = this.#csrs.get(csrName);
    const field = csr?.fields.find((f) => f.name === fieldName);
    if (csr === undefined || field === undefined) throw new Error(`an alias leads to ${of}, which does not exist`);
    return this.#field(csr, field, stored);
  }

  #stored(csr: Csr, field: CsrField, writable: bigint, reset: bigint, legal: readonly bigint[] | undefined): Bits {
    const width = field.bits.high - field.bits.low + 1;
    return {
      bits: Array.from({ length: width }, (_, i): Bit => {
        const at = BigInt(i);
        if (!isWritable(writable, i) || csr.counts !== undefined) return ((reset >> at) & 1n) === 1n ? 1 : 0;
        const name = atomName(csr, field, i);
        if (legal === undefined) return this.#bit(name);
        const value = this.#given(name);
        const possible = new Set((value === undefined ? legal : [value]).map((v) => (v >> at) & 1n));
        return possible.size > 1 ? new Set([name]) : possible.has(1n) ? 1 : 0;
      }),
    };
  }

  /** A computed bit, as itself where cuts are wanted and several atoms make it. */
  #cut(csr: Csr, field: CsrField, value: Bits): Bits {
    const [bit] = value.bits;
    if (this.situation.cuts !== true || value.bits.length !== 1 || bit === undefined || namesOf(bit).size < 2) return value;
    return single(this.#bit(cutName(csr, field)));
  }
}

/** The name of a computed field as state of its own. */
export const cutName = (csr: Csr, field: CsrField): string => `${csr.name}.${field.name}`;

const byName = new WeakMap<Isa, ReadonlyMap<string, Csr>>();

/** The CSRs by name. */
export function csrsOf(isa: Isa): ReadonlyMap<string, Csr> {
  const found = byName.get(isa) ?? new Map(isa.csrs.map((csr) => [csr.name, csr]));
  byName.set(isa, found);
  return found;
}

/** Everything that a value depends on. */
export const dependencies = ({ bits }: Bits): ReadonlySet<string> => either(bits);
