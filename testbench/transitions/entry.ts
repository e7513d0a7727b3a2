/**
 * How a program gets from M into a mode with the state of a cell: a trap
 * return of the specs, run backwards. Its cases say which state before gives
 * the state wanted after.
 */
import type { Case, Instruction } from '../../model/spec/isa.js';
import type { Dice } from '../arbitraries/dice.js';
import type { Mode } from '../retirement.js';
import type { Assignment } from './atoms.js';
import type { Matrix } from './cells.js';
import { dependencies, namesOf, slice, valueOf } from './bits.js';
import { explore, nextMode } from './decide.js';
import { evaluate, evaluateBit, holds, treeOf } from './evaluate.js';
import type { State } from './fill.js';
import { csrsOf, StateNames } from './state-names.js';
import { product } from './ways.js';

/** A trap return from M with what it reads and writes given: where it leads and what it leaves. */
export interface Return {
  readonly instruction: Instruction;
  /** The CSR whose value is the next pc. */
  readonly pc: string;
  readonly before: Assignment;
  readonly mode: Mode;
  /** `before` with what the return writes. */
  readonly after: Assignment;
}

/** The way into a mode. */
export interface Entry {
  /** Absent: the hart is in M already. */
  readonly instruction?: Instruction;
  /** The CSR that holds where to go. */
  readonly pc?: string;
  /** Values before the return, where they matter to it. */
  readonly before: Assignment;
  /** Values after it, where it matters to them. */
  readonly after: Assignment;
}

/** The trap returns that a program in M can use, with all values of what they read and write, while no interrupt can come. */
export function returnsOf(matrix: Matrix): readonly Return[] {
  const { isa } = matrix;
  const names = new StateNames({ isa, mode: 'M', given: new Map() });
  return isa.instructions.filter((i) => i.class === 'xret').flatMap((instruction) => {
    const event = { kind: 'instruction', id: instruction.name, group: 'xret', instruction, forms: [], rs1: 'zero', rs2: 'zero', lead: 0 } as const;
    if (explore(event, names).decisions.some((d) => d.trap !== undefined)) return [];
    return instruction.cases.filter((one) => holds(one.when, names) !== 0).flatMap((one) => returnsBy(matrix, instruction, one, names));
  });
}

function returnsBy(matrix: Matrix, instruction: Instruction, one: Case, names: StateNames): readonly Return[] {
  const { isa, atoms } = matrix;
  const target = one.next.pc === undefined ? undefined : treeOf(one.next.pc);
  if (target?.kind !== 'name') return [];
  const values = [nextMode(one, names).bits, ...one.update.map(({ value }) => evaluate(value, names))];
  const reads = [...guardsOf(matrix), ...namesOf(holds(one.when, names)), ...values.flatMap((v) => [...dependencies(v)])];
  // What the return overwrites may have been anything before.
  const writes = updated(matrix, one, names).keys();
  return product([...new Set([...reads, ...writes])].flatMap((name) => atoms.get(name) ?? [])).flatMap((before) => {
    const given = new StateNames({ isa, mode: 'M', given: before, complete: true });
    const { mode } = nextMode(one, given);
    if (mode === undefined || holds(one.when, given) !== 1 || isa.traps.levels.some((level) => evaluateBit(level.enabled, given) === 1)) return [];
    return [{ instruction, pc: target.name, before, mode, after: new Map([...before, ...updated(matrix, one, given)]) }];
  });
}

/** State that lets an interrupt come while the program is still in M. */
export function guardsOf({ isa }: Matrix): readonly string[] {
  const names = new StateNames({ isa, mode: 'M', given: new Map() });
  return [...new Set(isa.traps.levels.flatMap((level) => [...namesOf(evaluateBit(level.enabled, names))]))];
}

/** A way into the mode of a cell. What the return overwrites is kept only where the cell needs it. */
export function enter(returns: readonly Return[], mode: Mode, { state, must }: State, dice: Dice): Entry | undefined {
  if (mode === 'M') return { before: new Map(), after: new Map() };
  const found = returns.filter((r) => r.mode === mode && [...r.after].every(([name, value]) => !must.has(name) || (state.get(name) ?? 0n) === value));
  return found.length === 0 ? undefined : dice.pick(found);
}

/** What the updates of a case leave in the atoms of its targets. */
function updated({ isa, atoms }: Matrix, one: Case, names: StateNames): Assignment {
  const result = new Map<string, bigint>();
  for (const { target, value } of one.update) {
    const [csrName = '', fieldName = 'all'] = target.split('.');
    const field = csrsOf(isa).get(csrName)?.fields.find((f) => f.name === fieldName);
    if (field === undefined) continue;
    const bits = evaluate(value, names);
    for (const atom of atoms.values()) {
      if (atom.home !== csrName || atom.low < field.bits.low || atom.low > field.bits.high) continue;
      const low = atom.low - field.bits.low;
      result.set(atom.name, valueOf(slice(bits, low + atom.width - 1, low)) ?? 0n);
    }
  }
  return result;
}
