/**
 * Points of pipeline context: what runs right behind what, by kinds that a
 * pipeline treats differently, and whether the younger needs the older's
 * result, from one or two instructions before.
 *
 * A trap empties the pipeline and its handler begins like any other, so
 * behind a trap only another interrupt and a fault of the handler's own fetch
 * are points.
 */
import { INTERRUPT, kindsOf, yields, type Kinds } from '../../model/pipeline/kinds.js';
import type { Isa } from '../../model/spec/isa.js';
import type { KindModes } from './kind-modes.js';
import type { Namings, PointTable } from './points.js';

/** Bytes that an offset of 12 bits, and the length of a jump, go beyond memory at most. */
const REACH = 2048n + 4n;

/** Why the address of an access cannot be the result of the older kind: what a jump links is a place in memory. */
function unreached(isa: Isa, older: string, younger: string): string | undefined {
  if (older !== 'jump' || younger !== 'load of a device') return undefined;
  const memory = isa.hart.regions.filter((r) => r.kind === 'memory');
  const near = isa.hart.regions.some((io) => io.kind === 'io' && memory.some((r) => io.base < r.base + r.size + REACH && io.base + io.size + REACH > r.base));
  return near ? undefined : 'a jump links an address in memory, and no offset goes from there to a device';
}

const pairName = (older: string, younger: string): string => `context ${older}, then ${younger}`;
const needName = (older: string, younger: string, distance: number): string => `context ${younger} needs ${older} ${distance} before`;

/** Names what follows what. */
export function contextPoints(isa: Isa, kinds: Kinds, modes: KindModes, table: PointTable): Namings {
  const classes = [...new Set(isa.instructions.map((i) => i.class))];
  const all = [...kinds.retired, ...kinds.traps];
  const yielding = new Set(classes.filter(yields).flatMap(kindsOf));
  const asking = new Set(classes.filter((c) => isa.instructions.some((i) => i.class === c && i.format.registers.rs1 !== undefined)).flatMap(kindsOf));
  const traps = new Set(kinds.traps);
  const behindTraps = new Set([...isa.traps.exceptions.filter((e) => e.source === 'fetch-fault').map((e) => e.name), INTERRUPT]);
  for (const older of all) for (const younger of all) if (!traps.has(older) || behindTraps.has(younger)) table.add(pairName(older, younger), modes.apart(older, younger));
  for (const distance of [1, 2]) for (const older of yielding) for (const younger of asking) table.add(needName(older, younger, distance), unreached(isa, older, younger));
  const needed = (distance: number) => (cell: (axis: string) => string): readonly string[] =>
    (cell('result') === 'needed' ? [needName(cell('older'), cell('younger'), distance)] : []);
  return {
    'context 1 before': (cell) => [pairName(cell('older'), cell('younger')), ...needed(1)(cell)],
    'context 2 before': needed(2),
  };
}
