/**
 * The names of the specs on partly given state: the mode, derived variables,
 * CSRs and their fields with aliases, masks and computed bits.
 */
import { type Csr, type CsrField, type Isa, MODES } from '../../model/spec/isa.js';
import type { Mode } from '../retirement.js';
import { type Assignment, type Atom, atomsOfField, fixedBits, LINES, timerLines } from './atoms.js';
import { and, at, type Bit, type Bits, blurred, fromBits, known, namesOf, single } from './bits.js';
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
  /** Bits that never change count as unknown where they are not given: what a decision would read if they could. */
  readonly fixed?: boolean;
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
    if (name === 'mtime') return blurred(new Set(['mtime']), 64);
    const line = LINES[name] ?? (timerLines(isa).some((t) => t.name === name) ? 1 : undefined);
    if (line !== undefined) return fromBits(Array.from({ length: line }, (_, i) => this.#bit(line === 1 ? name : `${name}[${i}]`)));
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
    let value = 0n;
    const unknown = new Map<number, ReadonlySet<string>>();
    for (const field of csr.fields) {
      const bits = this.#field(csr, field, stored);
      value |= bits.value << BigInt(field.bits.low);
      for (const [i, names] of bits.unknown) unknown.set(i + field.bits.low, names);
    }
    return { width: 64, value, unknown };
  }

  #bit(name: string): Bit {
    const value = this.#given(name);
    return value === undefined ? new Set([name]) : value === 0n ? 0 : 1;
  }

  #field(csr: Csr, field: CsrField, stored = false): Bits {
    const { source } = field;
    switch (source.kind) {
      case 'constant':
        return this.#constant(csr, field, source.value);
      case 'computed':
        return this.#cut(csr, field, evaluate(source.read, this));
      case 'stored':
        return source.read === undefined || stored ? this.#stored(csr, field, source.reset) : this.#cut(csr, field, evaluate(source.read, this));
      case 'alias': {
        const value = this.#aliased(source.of, stored);
        return source.visible === undefined ? value : and(value, evaluate(source.visible, this));
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

  #constant(csr: Csr, field: CsrField, value: bigint): Bits {
    const width = field.bits.high - field.bits.low + 1;
    return this.situation.fixed === true ? fromBits(fixedBits(csr, field).map(({ name }) => this.#bit(name))) : known(value, width);
  }

  #stored(csr: Csr, field: CsrField, reset: bigint): Bits {
    const width = field.bits.high - field.bits.low + 1;
    if (csr.counts !== undefined) return known(reset, width);
    // What cannot be written stays as it was at reset.
    let value = reset;
    const unknown = new Map<number, ReadonlySet<string>>();
    for (const atom of atomsOfField(csr, field)) {
      const low = atom.low - field.bits.low;
      const given = this.#given(atom.name);
      if (reset !== 0n) value &= ~(((1n << BigInt(atom.width)) - 1n) << BigInt(low));
      if (given !== undefined) value |= given << BigInt(low);
      else value |= this.#unknownAtom(atom, low, unknown);
    }
    if (this.situation.fixed !== true) return { width, value, unknown };
    for (const { name, low } of fixedBits(csr, field)) {
      const bit = this.#bit(name);
      value &= ~(1n << BigInt(low));
      if (bit === 1) value |= 1n << BigInt(low);
      else if (bit !== 0) unknown.set(low, bit);
    }
    return { width, value, unknown };
  }

  /** Bits of an atom that is not given: known where all its legal values agree. */
  #unknownAtom({ name, width, legal }: Atom, low: number, unknown: Map<number, ReadonlySet<string>>): bigint {
    const [first = 0n] = legal;
    let agreed = 0n;
    for (let i = 0; i < width; i++) {
      const mask = 1n << BigInt(i);
      if (legal.some((v) => ((v ^ first) & mask) !== 0n)) unknown.set(low + i, new Set([name]));
      else agreed |= first & mask;
    }
    return agreed << BigInt(low);
  }

  /** A computed bit, as itself where cuts are wanted and several atoms make it. */
  #cut(csr: Csr, field: CsrField, value: Bits): Bits {
    if (this.situation.cuts !== true || value.width !== 1 || namesOf(at(value, 0)).size < 2) return value;
    return single(this.#bit(cutName(csr, field)));
  }
}

/** The name of a computed field as state of its own; `mip.SEIP.read` is not the stored bit `mip.SEIP`. */
export const cutName = (csr: Csr, field: CsrField): string => `${csr.name}.${field.name}${field.source.kind === 'stored' ? '.read' : ''}`;

const byName = new WeakMap<Isa, ReadonlyMap<string, Csr>>();

/** The CSRs by name. */
export function csrsOf(isa: Isa): ReadonlyMap<string, Csr> {
  const found = byName.get(isa) ?? new Map(isa.csrs.map((csr) => [csr.name, csr]));
  byName.set(isa, found);
  return found;
}
