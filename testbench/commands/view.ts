/**
 * What GTKWave shows first of a core: its stages, modes and causes by name.
 */
import { hasText, vcdId } from '../../model/backend/layout.js';
import type { CoreDescription } from '../../model/compile.js';
import { PURPOSE, REFUSAL, WALK } from '../../model/pipeline/walk-state.js';
import { ACCESSES } from '../../model/spec/isa.js';
import type { WriteFailure } from '../../waves/failure.js';
import { writeGtkw } from '../../waves/gtkw.js';
import { textLanes } from '../../waves/text.js';
import { buildView, roledByName, type WaveFilter } from '../../waves/view.js';

/** By {V, priv}. */
const MODES: WaveFilter = {
  name: 'modes',
  entries: [
    { value: 3n, text: 'M', color: 'red4' }, { value: 1n, text: 'HS', color: 'orange4' }, { value: 0n, text: 'U', color: 'green4' },
    { value: 5n, text: 'VS', color: 'blue4' }, { value: 4n, text: 'VU', color: 'purple4' },
  ],
};
const PRIVILEGES: WaveFilter = { name: 'privileges', entries: [{ value: 3n, text: 'M' }, { value: 1n, text: 'S' }, { value: 0n, text: 'U' }] };
const named = (name: string, values: Readonly<Record<string, bigint | number>>): WaveFilter =>
  ({ name, entries: Object.entries(values).map(([text, value]) => ({ value: BigInt(value), text })) });
const WALKS = [named('walk-states', WALK), named('walk-purposes', PURPOSE), named('walk-refusals', REFUSAL), named('accesses', ACCESSES)];
const INTERRUPT = 1n << 63n;

/** Lanes that are zero but for the cycle of an event, and then have a leading one: `trap.*` and `csr.written`. */
const shownFilter = (name: string, width: number, entries: WaveFilter['entries']): WaveFilter =>
  ({ name, entries: [{ value: 0n, text: '-' }, ...entries.map((e) => ({ ...e, value: e.value | (1n << BigInt(width)) }))] });

const FILTERS: Readonly<Record<string, string>> = {
  mode: 'modes', priv: 'privileges', 'trap.from': 'trap-modes', 'trap.to': 'trap-modes', 'trap.cause': 'trap-causes', 'csr.written': 'csrs',
  'walk.state': 'walk-states', 'walk.purpose': 'walk-purposes', 'walk.refusal': 'walk-refusals', 'walk.access': 'accesses', 'walk.privilege': 'privileges',
};
const filterOf = (name: string): string | undefined => FILTERS[name] ?? (name.endsWith('cause') ? 'causes' : undefined);

/** Codes with names; interrupts are marked by a bit. */
function causeEntries({ exceptions, interrupts }: CoreDescription, interruptBit: bigint): WaveFilter['entries'] {
  const named = (codes: Readonly<Record<number, string>>, bit: bigint, suffix: string): WaveFilter['entries'] =>
    Object.entries(codes).map(([code, text]) => ({ value: BigInt(code) | bit, text: `${text}${suffix}` }));
  return [...named(exceptions, 0n, ''), ...named(interrupts, interruptBit, '_interrupt')];
}

function filtersOf(description: CoreDescription): readonly WaveFilter[] {
  return [
    MODES,
    PRIVILEGES,
    ...WALKS,
    shownFilter('trap-modes', 3, MODES.entries),
    shownFilter('trap-causes', 7, causeEntries(description, 1n << 6n)),
    shownFilter('csrs', 12, description.csrs.map(({ name, address }) => ({ value: BigInt(address), text: name }))),
    { name: 'causes', entries: causeEntries(description, INTERRUPT) },
  ];
}

/** Writes save file and filters beside a dump of this core; the marker stands at a time, if one is given. */
export function writeView(dump: string, description: CoreDescription, marker?: number): WriteFailure | undefined {
  const { signals } = description.layout;
  const all = [...signals, ...textLanes(signals, hasText, vcdId).map((lane) => lane.signal)];
  return writeGtkw(dump, buildView(roledByName(all, description.stages, filterOf), filtersOf(description)), marker);
}
