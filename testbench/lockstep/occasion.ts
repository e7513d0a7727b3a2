/**
 * A record as the specs see it: the instruction, the CSR it names, and the
 * names of the operation language over the state before it.
 */
import type { Condition, Csr, Entry, Instruction, Isa, Operation, PermitTable } from '../../model/spec/isa.js';
import { InstructionIndex } from '../coverage/decoder.js';
import type { Inputs, Retirement } from '../retirement.js';
import { atomsOf, type Assignment } from '../transitions/atoms.js';
import { at, dependencies, known, type Bits } from '../transitions/bits.js';
import { evaluate, evaluateBit, holds, type Names } from '../transitions/evaluate.js';
import { StateNames } from '../transitions/state-names.js';

/** Home CSRs before the record, by name. */
export type StateBefore = Readonly<Record<string, bigint>>;

/** A bit or field of the state with its value before the record. */
export interface StateBit {
  /** `mstatus.TSR`, `medeleg[22]`. */
  readonly name: string;
  readonly value: bigint;
}

/** What of the outside decides: absent where there is no record to tell it. */
export type Lines = Pick<Inputs, 'meip' | 'seip' | 'hgeip'>;

/** A row of a table: a permit's, a delegation's, a case. */
export type Row = Entry & { readonly when: Condition };

const indices = new WeakMap<Isa, InstructionIndex>();

function indexOf(isa: Isa): InstructionIndex {
  const found = indices.get(isa) ?? new InstructionIndex(isa);
  indices.set(isa, found);
  return found;
}

/** The instruction that a word is. */
export const instructionOf = (isa: Isa, word: number): Instruction | undefined => isa.instructions[indexOf(isa).find(word)];

/** The CSR that an instruction names. */
function namedCsr(isa: Isa, instruction: Instruction | undefined, word: number): Csr | undefined {
  // None of them has a compressed form.
  const range = instruction?.format.fields['csr'];
  return instruction?.class !== 'csr' || range === undefined ? undefined : isa.csrs.find((c) => BigInt(c.address) === fieldOf(word, range).value);
}

const fieldOf = (word: number, { high, low }: { readonly high: number; readonly low: number }): Bits => known(BigInt(word >>> low), high - low + 1);

/** What the specs have to decide about. */
export class Occasion {
  /** Absent: an interrupt, a fetch fault, a word that is no instruction. */
  readonly instruction: Instruction | undefined;
  /** The CSR that it names. */
  readonly csr: Csr | undefined;
  /** All names with their values. */
  readonly names: StateNames;
  readonly #open: StateNames;
  readonly #given: Assignment;

  constructor(readonly isa: Isa, readonly record: Pick<Retirement, 'mode' | 'insn' | 'pc_rdata'>, fetched: boolean, before: StateBefore, lines?: Lines) {
    const { insn, mode } = record;
    this.instruction = fetched ? instructionOf(isa, insn) : undefined;
    this.csr = namedCsr(isa, this.instruction, insn);
    this.#given = assignment(isa, before, lines);
    const locals = localsOf(isa, this.instruction, record);
    this.names = new StateNames({ isa, mode, given: this.#given, complete: true, locals });
    this.#open = new StateNames({ isa, mode, given: new Map(), locals });
  }

  /** The row that decides: the first that holds. */
  decides<R extends Row>(rows: readonly R[], locals: Readonly<Record<string, Bits>> = {}): R | undefined {
    const names = this.names.with(locals);
    return rows.find((row) => holds(row.when, names) === 1);
  }

  /** What the rows of a table ask about, in whatever mode. */
  askedBy(rows: readonly Row[], locals: Readonly<Record<string, Bits>> = {}): readonly StateBit[] {
    const open = this.#open.with(locals);
    return this.#values(rows.flatMap(({ when }) => when.terms.flatMap(({ variable }) => [...dependencies(open.name(variable) ?? known(0n))])));
  }

  /** What an operation reads; `bit`: for one bit of its value only. */
  readBy(operation: Operation, { bit, locals = {} }: { readonly bit?: number; readonly locals?: Readonly<Record<string, Bits>> } = {}): readonly StateBit[] {
    const value = evaluate(operation, this.#open.with(locals));
    return this.#values(bit === undefined ? [...dependencies(value)] : namesIn(at(value, bit)));
  }

  /** What the value of some bits of a CSR rests on. */
  behind(csr: Csr, mask: bigint): readonly StateBit[] {
    const value = this.#open.csr(csr);
    return this.#values([...value.unknown].flatMap(([i, names]) => (((mask >> BigInt(i)) & 1n) === 1n ? [...names] : [])));
  }

  /** The permit tables that the instruction consults, in their order. */
  get tables(): readonly PermitTable[] {
    return [this.instruction?.permit, this.csr?.permit].flatMap((name) => this.isa.permits.filter((t) => t.name === name));
  }

  #values(names: Iterable<string>): readonly StateBit[] {
    return [...new Set(names)].flatMap((name): StateBit[] => {
      const value = this.#given.get(name);
      return value === undefined ? [] : [{ name, value }];
    });
  }
}

const namesIn = (bit: ReturnType<typeof at>): readonly string[] => (bit === 0 || bit === 1 ? [] : [...bit]);

/** The state, atom by atom. */
function assignment(isa: Isa, before: StateBefore, lines: Lines | undefined): Assignment {
  const outside: Readonly<Record<string, bigint | undefined>> = lines === undefined
    ? {}
    : { 'lines.meip': BigInt(lines.meip), 'lines.seip': BigInt(lines.seip), 'lines.hgeip': lines.hgeip };
  const given = new Map<string, bigint>();
  for (const { name, home, low, width } of atomsOf(isa).values()) {
    const whole = before[home] ?? outside[home];
    if (whole !== undefined) given.set(name, BigInt.asUintN(width, whole >> BigInt(low)));
  }
  return given;
}

/** Names that the instruction brings. */
function localsOf(isa: Isa, instruction: Instruction | undefined, { insn, pc_rdata: pc }: Pick<Retirement, 'insn' | 'pc_rdata'>): Readonly<Record<string, Bits>> {
  const word = { insn: known(BigInt(insn), 32), pc: known(pc, 64) };
  if (instruction === undefined) return word;
  const { registers, fields } = instruction.format;
  const expanded = indexOf(isa).word(insn);
  const operands = Object.fromEntries(Object.entries({ ...registers, ...fields }).map(([name, range]) => [name, fieldOf(expanded, range)]));
  const { csr } = instruction;
  const address = operands['csr']?.value;
  if (csr === undefined || address === undefined) return { ...word, ...operands };
  const names: Names = { name: (n) => operands[n], register: () => undefined, call: () => undefined };
  const bit = (value: boolean): Bits => known(BigInt(value), 1);
  return {
    ...word, ...operands,
    csr_exists: bit(isa.csrs.some((c) => BigInt(c.address) === address)),
    csr_reads: bit(evaluateBit(csr.reads, names) === 1), csr_writes: bit(evaluateBit(csr.writes, names) === 1),
  };
}
