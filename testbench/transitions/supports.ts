/** The two supports of an event held against each other: what the specs read, and what the reference reads. */
import type { Mode } from '../retirement.js';
import type { Matrix } from './cells.js';
import type { TransitionEvent } from './event.js';
import type { ReferenceSupports } from './support-of-reference.js';
import { atomsBehind, supportOfSpecs } from './support-of-specs.js';

/** A bit that only one side reads. */
export interface SupportDifference {
  readonly event: string;
  readonly mode: Mode;
  readonly bit: string;
  readonly readBy: 'specs' | 'reference';
}

/** Where the two supports of an event in a mode differ. */
export function supportDifferences(matrix: Matrix, supports: ReferenceSupports, event: TransitionEvent, mode: Mode): readonly SupportDifference[] {
  const bySpecs = asCounted(matrix, event, mode, supportOfSpecs(matrix.isa, event, mode, matrix.pinned));
  const byReference = asCounted(matrix, event, mode, supports.support(event, mode));
  const only = (a: ReadonlySet<string>, b: ReadonlySet<string>, readBy: SupportDifference['readBy']): SupportDifference[] =>
    [...a].filter((bit) => !b.has(bit)).map((bit) => ({ event: event.id, mode, bit, readBy }));
  return [...only(bySpecs, byReference, 'specs'), ...only(byReference, bySpecs, 'reference')];
}

/** Of two interrupts at once, and of page-table entries, computed bits count as one: each part of the former is looked at with the interrupt alone. */
function asCounted({ isa, pinned }: Matrix, event: TransitionEvent, mode: Mode, names: ReadonlySet<string>): ReadonlySet<string> {
  if (event.group !== 'pair' && event.group !== 'translation') return names;
  const parts = [...supportOfSpecs(isa, event, mode, pinned, true)].map((name) => [name, atomsBehind(isa, name)] as const);
  const counted = parts.filter(([, atoms]) => atoms.some((a) => names.has(a))).map(([cut]) => cut);
  const inside = new Set(parts.flatMap(([cut, atoms]) => (atoms.includes(cut) ? [] : atoms)));
  return new Set([...counted, ...[...names].filter((name) => !inside.has(name))]);
}
