/**
 * What GTKWave shows first of a core: its stages, modes and causes by name.
 */
import { hasText, vcdId } from '../../model/backend/layout.js';
import type { CoreDescription } from '../../model/compile.js';
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
const TAKERS: WaveFilter = { name: 'takers', entries: [{ value: 0n, text: 'M' }, { value: 1n, text: 'HS' }, { value: 2n, text: 'VS' }] };
const INTERRUPT = 1n << 63n;

const filterOf = (name: string): string | undefined => {
  if (name === 'mode' || name === 'trap.from') return 'modes';
  if (name === 'priv') return 'privileges';
  if (name === 'trap.to') return 'takers';
  return name.endsWith('cause') ? 'causes' : undefined;
};

/** Exceptions as they are, interrupts with the highest bit: what fits the width of a signal is used. */
function causes({ exceptions, interrupts }: CoreDescription): WaveFilter {
  const names = (codes: Readonly<Record<number, string>>, bit: bigint): WaveFilter['entries'] =>
    Object.entries(codes).map(([code, text]) => ({ value: BigInt(code) | bit, text }));
  return { name: 'causes', entries: [...names(exceptions, 0n), ...names(interrupts, INTERRUPT)] };
}

/** Writes save file and filters beside a dump of this core. */
export function writeView(dump: string, description: CoreDescription): WriteFailure | undefined {
  const { signals } = description.layout;
  const all = [...signals, ...textLanes(signals, hasText, vcdId).map((lane) => lane.signal)];
  return writeGtkw(dump, buildView(roledByName(all, description.stages, filterOf), [MODES, PRIVILEGES, TAKERS, causes(description)]));
}
