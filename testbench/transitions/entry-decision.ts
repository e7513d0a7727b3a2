/**
 * What the rows of the specs make of a page-table entry, on partial knowledge
 * of the entry and of the state: refused by a stage, or let through.
 */
import { ACCESSES, type Access, type Isa, type StageName, STAGES, type Translation, type TranslationStage } from '../../model/spec/isa.js';
import { type Assignment, atomsOf } from './atoms.js';
import { type Bit, type Bits, blurred, dependencies, known, single } from './bits.js';
import { evaluate, holds } from './evaluate.js';
import { hasEntry, type TranslatedAccess } from './event.js';
import { decided, grow, open, type Path, type Step } from './growth.js';
import { EntryNames, entryAtoms, isOfEntry, LEVEL, untouchedLeaf } from './page-entry.js';
import { StateNames } from './state-names.js';

/** What became of the access at the entry. */
export interface EntryDecision {
  /** The rows that decided, the last one last. */
  readonly rows: readonly string[];
  /** The stage that refuses, or `memory`, which has no table there; absent: the access goes on. */
  readonly refusedBy?: TranslationStage | 'memory';
  /** Bits of the entry that were written: `pte.A`. */
  readonly writes: readonly string[];
}

/** An entry under examination by one stage. */
interface Examined {
  readonly stage: TranslationStage;
  readonly access: Access;
  readonly privilege: bigint;
  readonly implicit: boolean;
}

const PARTS = ['user', 'sum', 'mxr', 'adue', 'pbmte'] as const;

/** The names of the rows for an entry under examination. */
function namesFor(isa: Isa, { stage, access, privilege, implicit }: Examined, entry: Assignment, state: StateNames): EntryNames {
  const local = state.with({ privilege: known(privilege, 2), implicit: known(implicit ? 1n : 0n, 1) });
  const values: Record<string, Bits | undefined> = { access: known(ACCESSES[access], 2), stage: known(STAGES[stage.name], 2), implicit: known(implicit ? 1n : 0n, 1) };
  return new EntryNames(isa, entry, (name) => {
    const part = PARTS.find((p) => p === name);
    return part === undefined ? values[name] : evaluate(stage[part], local);
  });
}

/** The bits that an update of the entry writes. */
const written = (access: Access): readonly string[] => (access === 'store' ? ['pte.A', 'pte.D'] : ['pte.A']);

/** What the rows say; after an update they are asked again. */
function examine(isa: Isa, translation: Translation, examined: Examined, entry: Assignment, state: StateNames): Step<EntryDecision> {
  const names = namesFor(isa, examined, entry, state);
  for (const row of translation.rows) {
    const matches = holds(row.when, names);
    if (matches === 0) continue;
    if (matches !== 1) return open(firstOf(isa, matches));
    if (row.then === 'fault') return decided({ rows: [row.name], refusedBy: examined.stage, writes: [] });
    if (row.then !== 'update') return decided({ rows: [row.name], writes: [] });
    const after = written(examined.access).filter((bit) => entry.get(bit) !== 1n);
    const again = examine(isa, translation, examined, new Map([...entry, ...after.map((bit) => [bit, 1n] as const)]), state);
    return again.kind === 'open' ? again : decided({ ...again.value, rows: [row.name, ...again.value.rows], writes: [...after, ...again.value.writes] });
  }
  throw new Error('no row of the page-table entries matches; the last should match them all');
}

/** What to ask for next: bits of the entry before those of the state, which often do not matter then. */
function firstOf(isa: Isa, bit: Exclude<Bit, 0 | 1>): string {
  const names = [...bit];
  const [first] = [...names.filter((name) => isOfEntry(isa, name)), ...names];
  if (first === undefined) throw new Error('a condition is unknown and rests on nothing');
  return first;
}

/** All bits of an entry: those not given are 0. */
const complete = (isa: Isa, given: Assignment): Assignment => new Map([...entryAtoms(isa).keys()].map((name) => [name, given.get(name) ?? 0n]));

/** What becomes of an access at the entry; the bits written so far are in `entry`. */
function decide(isa: Isa, translation: Translation, walk: TranslatedAccess, privilege: bigint, given: Assignment, state: StateNames): Step<EntryDecision> {
  const stage = stageOf(translation, walk.stage);
  if (!hasEntry(walk)) return decided({ rows: [], refusedBy: walk.purpose === 'beyond' ? stage : 'memory', writes: [] });
  if (walk.purpose === 'access') return examine(isa, translation, { stage, access: walk.access, privilege, implicit: false }, given, state);
  const read = examine(isa, translation, { stage, access: 'load', privilege, implicit: true }, given, state);
  if (walk.purpose === 'table' || read.kind === 'open' || read.value.refusedBy !== undefined) return read;
  // The guest's entry is a leaf that nobody has touched: VS would write it.
  const guest = examine(isa, translation, { stage: stageOf(translation, 'VS'), access: walk.access, privilege, implicit: false }, complete(isa, new Map([...untouchedLeaf(privilege === 0n), [LEVEL, 1n]])), state);
  if (guest.kind === 'open') return guest;
  const sofar = { rows: [...read.value.rows, ...guest.value.rows], writes: read.value.writes };
  if (guest.value.refusedBy !== undefined) return decided({ ...guest.value, ...sofar });
  const update = examine(isa, translation, { stage, access: 'store', privilege, implicit: true }, new Map([...given, ...sofar.writes.map((bit) => [bit, 1n] as const)]), state);
  if (update.kind === 'open') return update;
  return decided({ ...update.value, rows: [...sofar.rows, ...update.value.rows], writes: [...sofar.writes, ...update.value.writes] });
}

/** The entry's stage asks for the privilege of the access: G does not, all are users to it. */
export function restsOnPrivilege(isa: Isa, walk: TranslatedAccess): boolean {
  const stage = hasEntry(walk) ? isa.translation && stageOf(isa.translation, walk.stage) : undefined;
  const names = new StateNames({ isa, mode: 'M', given: new Map(), locals: { privilege: blurred(new Set(['privilege']), 2), implicit: single(0) } });
  return stage !== undefined && PARTS.some((part) => dependencies(evaluate(stage[part], names)).has('privilege'));
}

/** A stage by its name. */
export function stageOf(translation: Translation, name: StageName): TranslationStage {
  const stage = translation.stages.find((s) => s.name === name);
  if (stage === undefined) throw new Error(`translation has no stage ${name}`);
  return stage;
}

const byIsa = new WeakMap<Isa, Map<string, readonly Path<EntryDecision>[]>>();

/** All paths of an access through the rows, for one privilege. `fixed`: as in {@link StateNames}. */
export function entryPaths(isa: Isa, walk: TranslatedAccess, privilege: bigint, fixed = false): readonly Path<EntryDecision>[] {
  const { translation } = isa;
  if (translation === undefined) return [];
  const paths = byIsa.get(isa) ?? new Map<string, readonly Path<EntryDecision>[]>();
  byIsa.set(isa, paths);
  const key = [walk.stage, walk.purpose, walk.access, privilege, fixed].join();
  const found = paths.get(key) ?? grow(new Map(), (given) => decide(isa, translation, walk, privilege, given, new StateNames({ isa, mode: 'M', given, fixed })), (name) => legalOf(isa, name));
  paths.set(key, found);
  return found;
}

const BIT: readonly bigint[] = [0n, 1n];

/** The values of a name that decisions ask for. */
export const legalOf = (isa: Isa, name: string): readonly bigint[] => entryAtoms(isa).get(name)?.legal ?? atomsOf(isa).get(name)?.legal ?? BIT;
