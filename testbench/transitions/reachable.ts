/**
 * Which state a mode can be in: atoms that every way into the mode leaves at
 * one value and that nothing permitted there can write. MPRV below M is one.
 * Derived from the specs as the greatest fixed point; a property checks it.
 */
import { type Case, type Condition, type Instruction, type Isa, type TrapEntry, type Update } from '../../model/spec/isa.js';
import { type Mode, MODES } from '../retirement.js';
import { type Atom, atomsOf, atomsOfField } from './atoms.js';
import { blurred, dependencies, known, single, valueOf } from './bits.js';
import { evaluate, evaluateBit, holds } from './evaluate.js';
import { csrsOf, StateNames } from './state-names.js';
import { explore, nextMode } from './decide.js';
import { reached, storedBehind } from './writes.js';

/** By mode, the atoms that have one value only. */
export type Pinned = Readonly<Record<Mode, ReadonlyMap<string, bigint>>>;

/** A way into a mode: what it sets, and where it comes from. */
interface Way {
  readonly from: readonly Mode[];
  readonly update: readonly Update[];
}

/** The pinned atoms of every mode. */
export function pinnedAtoms(isa: Isa): Pinned {
  const atoms = [...atomsOf(isa).values()].filter((a) => !a.line);
  const ways = waysInto(isa);
  const writable = Object.fromEntries(MODES.map((m) => [m, writableIn(isa, m)]));
  const pinned = new Map<Mode, Map<string, bigint>>(MODES.map((mode) => [mode, new Map()]));
  for (const mode of MODES) {
    if (mode === 'M') continue;
    for (const atom of atoms) {
      if (writable[mode]?.has(atom.name) === true) continue;
      const values = new Set((ways.get(mode) ?? []).flatMap((way) => constantFor(isa, way, atom) ?? []));
      const [value] = values;
      if (value !== undefined && values.size === 1) pinned.get(mode)?.set(atom.name, value);
    }
  }
  for (let shrunk = true; shrunk;) {
    shrunk = false;
    for (const [mode, values] of pinned) {
      for (const [name, value] of values) {
        const kept = (ways.get(mode) ?? []).every((way) => keeps(isa, way, name, value, atoms, pinned));
        if (kept) continue;
        values.delete(name);
        shrunk = true;
      }
    }
  }
  const of = (mode: Mode): ReadonlyMap<string, bigint> => pinned.get(mode) ?? new Map();
  return { M: of('M'), HS: of('HS'), U: of('U'), VS: of('VS'), VU: of('VU') };
}

function keeps(isa: Isa, way: Way, name: string, value: bigint, atoms: readonly Atom[], pinned: ReadonlyMap<Mode, ReadonlyMap<string, bigint>>): boolean {
  const atom = atoms.find((a) => a.name === name);
  if (atom === undefined) return false;
  if (updateOf(isa, way.update, atom) !== undefined) return constantFor(isa, way, atom) === value;
  return way.from.every((mode) => pinned.get(mode)?.get(name) === value);
}

/** The update that sets an atom. */
function updateOf(isa: Isa, updates: readonly Update[], atom: Atom): Update | undefined {
  return updates.find(({ target }) => target === atom.home || (target.startsWith(`${atom.home}.`) && fieldHas(isa, target, atom)));
}

function fieldHas(isa: Isa, target: string, atom: Atom): boolean {
  const [csrName = '', fieldName] = target.split('.');
  const csr = csrsOf(isa).get(csrName);
  const field = csr?.fields.find((f) => f.name === fieldName);
  return field !== undefined && field.bits.low <= atom.low && atom.low <= field.bits.high;
}

/** The value that a way sets an atom to, if it is always the same. */
function constantFor(isa: Isa, { update }: Way, atom: Atom): bigint | undefined {
  const found = updateOf(isa, update, atom);
  if (found === undefined || !found.target.includes('.')) return undefined;
  // A value that rests on anything of the instruction or the trap is no constant.
  const unknown = blurred(new Set(['?']), 64);
  const locals = Object.fromEntries(['cause', 'interrupt', 'pc', 'tval', 'tval2', 'tinst', 'gva', 'priv', 'V'].map((n) => [n, unknown]));
  return valueOf(evaluate(found.value, new StateNames({ isa, mode: 'M', given: new Map(), locals })));
}

/** Every xRET case and trap entry, by the mode it leads to. */
function waysInto(isa: Isa): ReadonlyMap<Mode, readonly Way[]> {
  const ways = new Map<Mode, Way[]>(MODES.map((m) => [m, []]));
  const into = (mode: Mode, way: Way): void => void ways.get(mode)?.push(way);
  for (const from of MODES) {
    const names = new StateNames({ isa, mode: from, given: new Map() });
    for (const instruction of isa.instructions.filter((i) => i.class === 'xret')) {
      if (!allows(isa, instruction, names)) continue;
      for (const one of instruction.cases) for (const mode of modesAfter(isa, one, names)) into(mode, { from: [from], update: one.update });
    }
    for (const entry of isa.traps.entry) if (entersFrom(isa, entry, names)) into(entry.mode, { from: [from], update: entry.update });
  }
  return ways;
}

function allows(isa: Isa, instruction: Instruction, names: StateNames): boolean {
  const table = isa.permits.find((t) => t.name === instruction.permit);
  return table === undefined || table.rows.some((row) => row.then === 'allow' && holds(row.when, names) !== 0);
}

/** Modes that a case can lead to: its condition holds and its next state fits. */
function modesAfter(isa: Isa, one: Case, names: StateNames): readonly Mode[] {
  if (holds(one.when, names) === 0) return [];
  const given = conditionAtoms(isa, one.when, names);
  const found = new Set<Mode>();
  for (const assignment of given) {
    const { mode } = nextMode(one, new StateNames({ ...names.situation, given: assignment }));
    if (mode !== undefined) found.add(mode);
  }
  return [...found];
}

/** All assignments of what the condition and the next state rest on, under which the condition holds. */
function conditionAtoms(isa: Isa, when: Condition, names: StateNames): readonly ReadonlyMap<string, bigint>[] {
  const all = atomsOf(isa);
  const cases = isa.instructions.flatMap((i) => (i.class === 'xret' ? i.cases : []));
  const support = new Set(cases.flatMap((c) => [...dependencies(nextMode(c, names).bits)]));
  let assignments: ReadonlyMap<string, bigint>[] = [new Map()];
  for (const name of support) {
    const legal = all.get(name)?.legal ?? [0n, 1n];
    assignments = assignments.flatMap((a) => legal.map((v) => new Map([...a, [name, v]])));
  }
  return assignments.filter((given) => holds(when, new StateNames({ ...names.situation, given })) !== 0);
}

/** A trap from the mode of `names` can enter. */
function entersFrom(isa: Isa, entry: TrapEntry, names: StateNames): boolean {
  const byException = isa.traps.exceptions.some(({ code }) => {
    const local = names.with({ cause: known(BigInt(code), 6), interrupt: single(0) });
    for (const row of isa.traps.delegation) {
      const matches = holds(row.when, local);
      if (matches !== 0 && row.then === entry.mode) return true;
      if (matches === 1) return false;
    }
    return false;
  });
  return byException || isa.traps.levels.some((level) => level.mode === entry.mode && evaluateBit(level.enabled, names) !== 0);
}

/** Atoms that a permitted CSR write in a mode can reach. */
function writableIn(isa: Isa, mode: Mode): ReadonlySet<string> {
  const writable = new Set<string>();
  const instruction = isa.instructions.find((i) => i.class === 'csr');
  for (const csr of isa.csrs) {
    const locals = { csr: known(BigInt(csr.address), 12), csr_exists: single(1), csr_reads: single(1), csr_writes: single(1) };
    const event = { kind: 'instruction', id: '', group: 'csr', forms: [{ word: 0, locals }], rs1: 'zero', rs2: 'zero', lead: 0, csr: csr.address, ...(instruction && { instruction }) } as const;
    const { decisions } = explore(event, new StateNames({ isa, mode, given: new Map() }));
    if (!decisions.some((d) => d.trap === undefined)) continue;
    for (const { csr: home, field } of storedBehind(isa, reached(isa, csr, mode))) for (const { name } of atomsOfField(home, field)) writable.add(name);
  }
  return writable;
}

