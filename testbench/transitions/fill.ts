/**
 * A cell as a whole state: its values, what the mode pins, no interrupt that
 * would come first, and everything else random.
 */
import type { Interrupt } from '../../model/spec/isa.js';
import type { Dice } from '../arbitraries/dice.js';
import type { Mode } from '../retirement.js';
import { type Assignment, type Atom, LINES } from './atoms.js';
import { namesOf } from './bits.js';
import type { Cell, Matrix } from './cells.js';
import { due } from './decide.js';
import { evaluateBit } from './evaluate.js';
import { guardOf, walkOf } from './event.js';
import { guardAtoms } from './guard-state.js';
import { entryAtoms } from './page-entry.js';
import { maskOf } from './registers.js';
import { StateNames } from './state-names.js';
import { gatesOf } from './support-of-specs.js';

/** What decisions can rest on, and what silences interrupts: made once per matrix. */
export interface Filling {
  /** Atoms of registers that some support names: they are random in every cell. */
  readonly control: readonly Atom[];
  /** Registers that hold data only, and their writable bits. */
  readonly data: readonly { readonly home: string; readonly mask: bigint }[];
  readonly gates: ReadonlyMap<string, readonly string[]>;
  /** By mode, what enables its interrupts: kept, so that none comes unasked. */
  readonly enables: Readonly<Record<Mode, readonly string[]>>;
  /** A line and its enable bit that end a wait. */
  readonly wake: { readonly line: string; readonly enable: string } | undefined;
}

/** A state, and what of it must stay for the cell to be the cell. */
export interface State {
  readonly state: Map<string, bigint>;
  /** Registers of data, by name. */
  readonly data: ReadonlyMap<string, bigint>;
  readonly must: ReadonlySet<string>;
  /** A line that rises later, so that a wait ends. */
  readonly wake: string | undefined;
}

/** Prepares filling. */
export function fillingOf(matrix: Matrix, controlHomes: ReadonlySet<string>): Filling {
  const all = [...matrix.atoms.values()];
  const gates = new Map(matrix.isa.traps.interrupts.map((i) => [i.name, gatesOf(matrix.isa, i)]));
  const enables = (mode: Mode): readonly string[] => {
    const names = new StateNames({ isa: matrix.isa, mode, given: new Map() });
    return matrix.isa.traps.levels.flatMap((level) => [...namesOf(evaluateBit(level.enabled, names))]);
  };
  return {
    control: all.filter((a) => controlHomes.has(a.home)),
    data: [...new Set(all.filter((a) => !controlHomes.has(a.home) && !a.line).map((a) => a.home))].map((home) => ({ home, mask: atomBits(all, home) })),
    gates,
    enables: { M: enables('M'), HS: enables('HS'), U: enables('U'), VS: enables('VS'), VU: enables('VU') },
    wake: wakeOf(matrix),
  };
}

/** A line that only the outside drives, and the atom that lets it end a wait. */
function wakeOf({ isa, atoms }: Matrix): Filling['wake'] {
  const wakes = (...names: string[]): boolean =>
    evaluateBit(isa.traps.wake, new StateNames({ isa, mode: 'M', given: new Map(names.map((n) => [n, 1n])), complete: true })) === 1;
  for (const line of Object.keys(LINES).filter((l) => /eip$/.test(l) && atoms.has(l))) {
    const enable = [...atoms.values()].find((a) => !a.line && wakes(line, a.name) && !wakes(a.name));
    if (enable !== undefined) return { line, enable: enable.name };
  }
  return undefined;
}

/** Values of data registers: what trips carries, signs and addresses. */
const PATTERNS = [0n, 1n, 0x8000_0000n, 0xffff_ffff_ffff_ffffn, 0x5555_5555_5555_5555n, 0x8000_0000_0000_0002n, 0x1_0000_0001n];

/** One in so many states has nothing that is likely. */
const UNLIKELY = 4;

/** The state of a cell; undefined if an interrupt that the cell does not ask for cannot be kept away. */
export function fill(matrix: Matrix, filling: Filling, cell: Pick<Cell, 'mode' | 'event' | 'valuation' | 'likely'>, dice: Dice): State | undefined {
  const { isa, pinned } = matrix;
  const { mode, event, valuation } = cell;
  const state = new Map<string, bigint>();
  for (const { name, legal } of filling.control) state.set(name, dice.pick(legal));
  const data = new Map(filling.data.filter(() => dice.oneIn(5)).map(({ home, mask }) => [home, dice.pick(PATTERNS) & mask]));
  const must = new Map([...pinned[mode], ...valuation]);
  if (guardOf(event) !== undefined) for (const { name, legal } of guardAtoms(isa).values()) state.set(name, dice.pick(legal));
  if (walkOf(event) !== undefined) for (const { name, legal } of entryAtoms(isa).values()) state.set(name, dice.pick(legal));
  if (!dice.oneIn(UNLIKELY)) for (const [name, value] of cell.likely ?? []) state.set(name, value);
  const waits = event.kind === 'instruction' && event.instruction?.class === 'wait' ? filling.wake : undefined;
  if (waits !== undefined) must.set(waits.line, 0n).set(waits.enable, 1n);
  for (const [name, value] of must) state.set(name, value);
  const others = (i: Interrupt): boolean => event.kind !== 'interrupt' || !event.interrupts.includes(i);
  for (;;) {
    const first = due(new StateNames({ isa, mode, given: state, complete: true }), others);
    if (first === undefined) return { state, data, must: new Set([...must.keys(), ...filling.enables[mode]]), wake: waits?.line };
    const gates = (filling.gates.get(first.interrupt.name) ?? []).filter((g) => !must.has(g));
    if (gates.length === 0) return undefined;
    const gate = dice.pick(gates);
    state.set(gate, 0n);
    must.set(gate, 0n);
  }
}

/** The bits of a register that are atoms. */
const atomBits = (atoms: readonly Atom[], home: string): bigint => atoms.reduce((mask, a) => (a.home === home ? mask | maskOf(a) : mask), 0n);

/** A whole register of a state. */
export function registerOf(atoms: Iterable<Atom>, home: string, state: Assignment): bigint {
  let value = 0n;
  for (const atom of atoms) if (atom.home === home) value |= (state.get(atom.name) ?? 0n) << BigInt(atom.low);
  return value;
}
