/** Mutants of what an xRET or a trap does: its updates and where it goes. */
import type { NextState, Operation, Update } from '../../model/spec/isa.js';
import type { Mistake } from './conditions.js';
import { mistaken } from './operations.js';

/** What a case or a trap entry does. */
export interface Effect {
  readonly next: NextState;
  readonly update: readonly Update[];
}

const PARTS = ['pc', 'priv', 'V'] as const;

/** Updates lost, set to 0 or 1 or confused; parts of the next state lost or confused. */
export function mistakenEffects({ next, update }: Effect): readonly Mistake<Effect>[] {
  const updates = update.flatMap((u, i) => {
    const lost: Mistake<Effect> = { what: `${u.target}: kept`, value: { next, update: update.toSpliced(i, 1) } };
    const wrong = [...constants(u), ...mistaken(u.value)].map((value): Mistake<Effect> => (
      { what: `${u.target}: ${value.text}`, value: { next, update: update.with(i, { ...u, value }) } }));
    return [lost, ...wrong];
  });
  const parts = PARTS.flatMap((part) => {
    const operation = next[part];
    if (operation === undefined) return [];
    const { [part]: _lost, ...rest } = next;
    const lost: Mistake<Effect> = { what: `next ${part}: unchanged`, value: { next: rest, update } };
    const wrong = mistaken(operation).map((value): Mistake<Effect> => ({ what: `next ${part}: ${value.text}`, value: { next: { ...next, [part]: value }, update } }));
    return [lost, ...wrong];
  });
  return [...updates, ...parts];
}

/** Constants in the place of a name; the width checker keeps those that fit. */
function constants({ value }: Update): readonly Operation[] {
  return /^\d+$/.test(value.text.trim()) ? [] : [{ ...value, text: '0' }, { ...value, text: '1' }];
}
