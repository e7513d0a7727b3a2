/**
 * What a viewer shows first: groups of signals with their formats. Built from
 * signals and their roles, knowing no particular core.
 */
import type { WaveSignal } from './signal.js';

/** What a signal tells. Signals without a role stay in the dump, unshown. */
export type Role =
  | { readonly kind: 'mode' }
  | { readonly kind: 'stage'; readonly stage: string; readonly part: StagePart }
  | { readonly kind: 'trap' }
  /** The walk of page tables under way. */
  | { readonly kind: 'walk' }
  /** Where memory needs no look at protection. */
  | { readonly kind: 'window' }
  /** What caches of any kind have, and the guess at the next instruction. */
  | { readonly kind: 'cache' }
  /** It changes when something has happened that counters can count. */
  | { readonly kind: 'event' }
  | { readonly kind: 'csr' }
  | { readonly kind: 'register' };

/** Parts of a stage in display order. */
export const STAGE_PARTS = ['valid', 'pc', 'text', 'insn', 'stall', 'kill'] as const;
export type StagePart = (typeof STAGE_PARTS)[number];

/** What tells of a walk; its other signals stay unshown. */
const WALK_PARTS: readonly string[] = ['state', 'access', 'V', 'privilege', 'address', 'level', 'second_level', 'purpose', 'target', 'pte', 'kept', 'reused', 'alone', 'result', 'refusal'];

/** A signal to be shown. */
export interface RoledSignal {
  readonly signal: WaveSignal;
  readonly role: Role;
  /** Name of the filter that translates its values. */
  readonly filter?: string | undefined;
}

/** Names for values; GTKWave shows them instead of the digits. */
export interface WaveFilter {
  /** Part of a file name: `modes`. */
  readonly name: string;
  readonly entries: readonly { readonly value: bigint; readonly text: string; /** An X11 color name. */ readonly color?: string }[];
}

export type RowFormat = 'hex' | 'binary' | 'ascii';

export interface WaveRow {
  readonly signal: WaveSignal;
  /** What the viewer calls it inside its group, words with spaces between: `stall operand rs1`. */
  readonly label: string;
  readonly format: RowFormat;
  readonly filter: WaveFilter | undefined;
}

export interface WaveGroup {
  readonly title: string;
  /** 1 red, 2 orange, 3 yellow, 4 green, 5 blue, 6 indigo, 7 violet. */
  readonly color: number | undefined;
  readonly rows: readonly WaveRow[];
}

/** A viewer's first picture of a dump. */
export interface WaveView {
  readonly groups: readonly WaveGroup[];
}

const TRAP_COLOR = 1;
const KILL_PARTS: ReadonlySet<StagePart> = new Set(['stall', 'kill']);

/** A stage's signal without the stage, a trap's or a cache's with its scope, any other by its last part. */
function labelOf({ signal, role }: RoledSignal): string {
  const parts = signal.name.split('.');
  if (role.kind === 'stage') return parts.slice(1).join(' ');
  if (role.kind === 'window') return parts.filter((p) => p !== WINDOW).join(' ');
  return role.kind === 'trap' || role.kind === 'cache' || role.kind === 'event' ? parts.join(' ') : parts.slice(-1).join(' ');
}

function rowOf(roled: RoledSignal, filters: readonly WaveFilter[]): WaveRow {
  const { signal, filter } = roled;
  const found = filter === undefined ? undefined : filters.find((f) => f.name === filter);
  const format = signal.width > 64 ? 'ascii' : signal.width === 1 && found === undefined ? 'binary' : 'hex';
  return { signal, label: labelOf(roled), format, filter: found };
}

function stageGroups(signals: readonly RoledSignal[], rows: (some: readonly RoledSignal[]) => readonly WaveRow[]): readonly WaveGroup[] {
  const names = new Set(signals.flatMap(({ role }) => (role.kind === 'stage' ? [role.stage] : [])));
  return [...names].map((stage) => {
    const parts = STAGE_PARTS.flatMap((part) => signals.filter(({ role }) => role.kind === 'stage' && role.stage === stage && role.part === part));
    return { title: stage, color: undefined, rows: rows(parts) };
  });
}

/**
 * Arranges signals: mode, traps, the stages in order of appearance, walk, windows and caches, CSRs, registers. Empty groups are left out.
 *
 * @param filters - Those that the signals name; an unknown name means no filter.
 */
export function buildView(signals: readonly RoledSignal[], filters: readonly WaveFilter[]): WaveView {
  const rows = (some: readonly RoledSignal[]): readonly WaveRow[] => some.map((s) => rowOf(s, filters));
  const group = (title: string, kind: Role['kind'], color?: number): WaveGroup => ({ title, color, rows: rows(signals.filter(({ role }) => role.kind === kind)) });
  const groups = [group('mode', 'mode'), group('trap', 'trap', TRAP_COLOR), ...stageGroups(signals, rows), group('walk', 'walk'), group('windows', 'window'), group('caches', 'cache'), group('events', 'event'), group('csr', 'csr'), group('registers', 'register')];
  return { groups: groups.filter((g) => g.rows.length > 0) };
}

function stagePart(rest: readonly string[]): StagePart | undefined {
  const [first] = rest;
  const part = STAGE_PARTS.find((p) => p === first);
  return part !== undefined && (rest.length > 1) === KILL_PARTS.has(part) ? part : undefined;
}

/** The scope of a window, inside that of whose it is. */
const WINDOW = 'window';

/** Scopes whose signals have one role. */
const ROLE_OF_SCOPE: Readonly<Record<string, Role>> = {
  trap: { kind: 'trap' }, interrupt: { kind: 'trap' }, csr: { kind: 'csr' }, x: { kind: 'register' },
  tlb: { kind: 'cache' }, cache: { kind: 'cache' }, stores: { kind: 'cache' }, predict: { kind: 'cache' }, event: { kind: 'event' },
};

/**
 * The role that a name tells: `mode`; `STAGE.valid`,
 * `STAGE.stall.REASON`; `walk.*`; `fetch.window.*`; `tlb.*`, `cache.*`, `stores.*`, `predict.*`; `event.*`; `trap.*`, `interrupt.*`; `csr.*`; `x.*`.
 *
 * @param stages - Names of the stages.
 */
export function roleOf(name: string, stages: readonly string[]): Role | undefined {
  const [scope = '', ...rest] = name.split('.');
  if (rest.length === 0) return scope === 'mode' ? { kind: 'mode' } : undefined;
  if (rest[0] === WINDOW) return { kind: 'window' };
  if (scope === 'walk') return WALK_PARTS.includes(rest.join('.')) ? { kind: 'walk' } : undefined;
  if (!stages.includes(scope)) return Object.hasOwn(ROLE_OF_SCOPE, scope) ? ROLE_OF_SCOPE[scope] : undefined;
  const part = stagePart(rest);
  return part === undefined ? undefined : { kind: 'stage', stage: scope, part };
}

/**
 * Signals with the roles that their names tell, the stages in the given order.
 *
 * @param filterOf - Name of the filter for a signal, if it has one.
 */
export function roledByName(signals: readonly WaveSignal[], stages: readonly string[], filterOf: (name: string) => string | undefined): readonly RoledSignal[] {
  const roled = signals.flatMap((signal): RoledSignal[] => {
    const role = roleOf(signal.name, stages);
    return role === undefined ? [] : [{ signal, role, filter: filterOf(signal.name) }];
  });
  const rank = ({ role }: RoledSignal): number => (role.kind === 'stage' ? stages.indexOf(role.stage) : -1);
  return roled.map((s, i) => ({ s, i })).sort((a, b) => rank(a.s) - rank(b.s) || a.i - b.i).map(({ s }) => s);
}
