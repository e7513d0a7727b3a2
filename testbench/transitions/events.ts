/**
 * The events of an instruction set, from its specs: every exception that can
 * occur, every interrupt alone and with every other, trap returns, CSR
 * accesses and guarded instructions.
 */
import type { Csr, Instruction, Isa } from '../../model/spec/isa.js';
import { Dice } from '../arbitraries/dice.js';
import { Shapes, type Operands } from '../arbitraries/shapes.js';
import { type Bits, blurred, dependencies, known, valueOf } from './bits.js';
import { evaluate, evaluateBit, type Names } from './evaluate.js';
import { type Form, type InstructionEvent, type Pruned, REGISTERS, type TransitionEvent } from './event.js';
import { BASE } from './map.js';
import type { Pinned } from './reachable.js';
import { guardEvents } from './guarded.js';
import { walkEvents } from './walks.js';

/** The columns of the matrix, and the causes that have none. */
export interface Events {
  readonly events: readonly TransitionEvent[];
  readonly pruned: readonly Pruned[];
}

/** All events of an instruction set. `pinned`: as in the matrix; some events cannot happen in some modes. */
export function eventsOf(isa: Isa, pinned: Pinned): Events {
  const shapes = new Shapes(isa);
  const events: TransitionEvent[] = [
    ...illegalEncodings(isa),
    ...isa.instructions.flatMap((instruction) => instructionEvents(instruction, shapes)),
    ...fetchFaults(isa, shapes),
    ...csrEvents(isa, shapes),
    ...interruptEvents(isa),
    ...walkEvents(isa, pinned, (instruction) => form(shapes, instruction, OPERANDS)),
    ...guardEvents(isa, pinned, (instruction) => form(shapes, instruction, OPERANDS)),
  ];
  const pruned = isa.traps.exceptions.flatMap(({ name, because }) => (because === undefined ? [] : [{ name, reason: because }]));
  return { events, pruned };
}

const fieldsOf = (word: number, operands: Operands): Record<string, Bits> => ({
  insn: known(BigInt(word), 32),
  rd: known(BigInt(operands.rd ?? 0), 5),
  rs1: known(BigInt(operands.rs1 ?? 0), 5),
  rs2: known(BigInt(operands.rs2 ?? 0), 5),
  zimm: known(BigInt(operands.zimm ?? 0), 5),
  imm: known(BigInt.asUintN(64, BigInt(operands.imm ?? 0)), 64),
  pc: known(BASE, 64),
});

function form(shapes: Shapes, instruction: Instruction, operands: Operands): Form {
  const word = shapes.word(instruction.name, operands);
  return { word, locals: fieldsOf(word, operands) };
}

/** Words that are no instruction; the decoder must say so. */
function illegalEncodings(isa: Isa): readonly TransitionEvent[] {
  const dice = new Dice(1);
  const opcodes = isa.instructions.map((i) => i.match.slice(25));
  const near = Array.from({ length: 400 }, () => Number.parseInt(dice.word().toString(2).padStart(32, '0').slice(0, 25) + dice.pick(opcodes).replaceAll('-', '1'), 2));
  const words = [0, 0xffff_ffff, ...near].filter((word) => !isa.instructions.some((i) => matches(i, word)));
  return [{ kind: 'instruction', id: 'no instruction', group: 'exception', forms: words.slice(0, 32).map((word) => ({ word, locals: fieldsOf(word, {}) })), rs1: 'value', rs2: 'value', lead: 0 }];
}

function matches({ match }: Instruction, word: number): boolean {
  const bits = word.toString(2).padStart(32, '0');
  return [...match].every((c, i) => c === '-' || c === bits[i]);
}

const OPERANDS: Operands = { rd: REGISTERS.rd, rs1: REGISTERS.rs1, rs2: REGISTERS.rs2 };

/** The events that one instruction can be the subject of. */
function instructionEvents(instruction: Instruction, shapes: Shapes): readonly InstructionEvent[] {
  const { name, permit, memory } = instruction;
  const base = { kind: 'instruction', instruction, forms: [form(shapes, instruction, OPERANDS)], rs1: 'data', rs2: 'value', lead: 0 } as const;
  switch (instruction.class) {
    case 'csr':
      return [];
    case 'trap':
      return [{ ...base, id: name, group: 'exception' }];
    case 'xret':
      return [{ ...base, id: name, group: 'xret' }];
    default: {
      const fault = memory === undefined ? undefined : memory.op === 'load' ? 'load-fault' : 'store-fault';
      const faulting = fault === undefined ? [] : [{ ...base, id: `${name} outside memory`, group: 'exception', rs1: 'outside', fault } as const];
      return permit === undefined ? faulting : [{ ...base, id: name, group: 'permit' }, ...faulting];
    }
  }
}

/** A jump to where there is no memory: the fault is a record of its own. */
function fetchFaults(isa: Isa, shapes: Shapes): readonly TransitionEvent[] {
  const jump = isa.instructions.find((i) => i.class === 'jump' && i.format.registers.rs1 !== undefined);
  if (jump === undefined) return [];
  return [{ kind: 'instruction', id: 'fetch outside memory', group: 'exception', instruction: jump, forms: [form(shapes, jump, OPERANDS)], rs1: 'outside', rs2: 'value', fault: 'fetch-fault', lead: 1 }];
}

/** How an instruction accesses a CSR. */
const ACCESSES = ['read', 'write'] as const;
type Access = (typeof ACCESSES)[number];

function csrEvents(isa: Isa, shapes: Shapes): readonly InstructionEvent[] {
  const implemented = isa.csrs.flatMap((csr) => ACCESSES.map((access) => csrEvent(isa, shapes, access, `${access} ${csr.name}`, [csr.address], csr)));
  const missing = [...missingClasses(isa)].flatMap(([name, addresses]) => ACCESSES.map((access) => csrEvent(isa, shapes, access, `${access} a missing CSR, ${name}`, addresses)));
  return [...implemented, ...missing].filter((event) => event.forms.length > 0);
}

function csrEvent(isa: Isa, shapes: Shapes, access: Access, id: string, addresses: readonly number[], csr?: Csr): InstructionEvent {
  const instructions = isa.instructions.filter((i) => i.class === 'csr');
  const forms = addresses.flatMap((address) => instructions.flatMap((instruction) => formsOf(instruction, shapes, access, address, csr !== undefined)));
  const [first] = instructions;
  return { kind: 'instruction', id, group: 'csr', forms, rs1: 'value', rs2: 'zero', lead: 0, ...(first && { instruction: first }), ...(csr && { csr: csr.address }) };
}

/** The operands with which an instruction makes that access and no other. */
function formsOf(instruction: Instruction, shapes: Shapes, access: Access, address: number, exists: boolean): readonly Form[] {
  const { csr } = instruction;
  if (csr === undefined) return [];
  return [0, REGISTERS.rs1].flatMap((source) => {
    const operands = { rd: REGISTERS.rd, rs1: source, zimm: source === 0 ? 0 : 1, csr: address };
    const one = form(shapes, instruction, operands);
    const names: Names = { name: (n) => one.locals[n], register: () => undefined, call: () => undefined };
    const [reads, writes] = [evaluateBit(csr.reads, names), evaluateBit(csr.writes, names)];
    // A write may read as well: rd is not zero.
    if (writes !== (access === 'write' ? 1 : 0) || reads !== 1) return [];
    const bit = (value: boolean): Bits => known(value ? 1n : 0n, 1);
    return [{ ...one, locals: { ...one.locals, csr: known(BigInt(address), 12), csr_exists: bit(exists), csr_reads: bit(reads === 1), csr_writes: bit(writes === 1) } }];
  });
}

/** Most addresses of one class that are tried. */
const CLASS_SAMPLE = 24;

/** Addresses without a CSR, by what the variables of the permit tables make of them. */
function missingClasses(isa: Isa): ReadonlyMap<string, readonly number[]> {
  const taken = new Set(isa.csrs.map((c) => c.address));
  const classes = new Map<string, number[]>();
  for (let address = 0; address < 4096; address++) {
    if (taken.has(address)) continue;
    const names: Names = { name: (n) => (n === 'csr' ? known(BigInt(address), 12) : blurred(new Set([n]), 64)), register: () => undefined, call: () => undefined };
    const key = isa.variables.flatMap(({ name, value, width }) => {
      const found = valueOf(evaluate(value, names));
      return found === undefined || !usesCsr(isa, name) ? [] : [width === 1 ? (found === 1n ? name : '') : `${name} ${found}`];
    }).filter((part) => part !== '').join(' ');
    classes.set(key, [...(classes.get(key) ?? []), address]);
  }
  const dice = new Dice(2);
  return new Map([...classes].map(([key, all]) => [key, Array.from({ length: Math.min(CLASS_SAMPLE, all.length) }, () => dice.pick(all))]));
}

/** The variable depends on the address: with the address unknown it is unknown. */
function usesCsr(isa: Isa, variable: string): boolean {
  const found = isa.variables.find((v) => v.name === variable);
  if (found === undefined) return false;
  const names: Names = { name: (n) => blurred(new Set([n]), n === 'csr' ? 12 : 64), register: () => undefined, call: () => undefined };
  return dependencies(evaluate(found.value, names)).has('csr');
}

/** Interrupts: each alone, then each with each other. */
function interruptEvents(isa: Isa): readonly TransitionEvent[] {
  const { interrupts } = isa.traps;
  const single = interrupts.map((i): TransitionEvent => ({ kind: 'interrupt', id: i.name, group: 'interrupt', interrupts: [i] }));
  const pairs = interrupts.flatMap((a, i) => interrupts.slice(i + 1).map((b): TransitionEvent => ({ kind: 'interrupt', id: `${a.name} + ${b.name}`, group: 'pair', interrupts: [a, b] })));
  return [...single, ...pairs];
}
