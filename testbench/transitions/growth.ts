/**
 * Decisions explored by what they ask for: nothing is given at first; what a
 * decision rests on next is tried with each of its values.
 */
import type { Assignment } from './atoms.js';

/** A decision, or a name that it rests on. */
export type Step<T> = { readonly kind: 'decided'; readonly value: T } | { readonly kind: 'open'; readonly on: string };

/** A decision with all that was asked for on the way. */
export interface Path<T> {
  readonly given: Assignment;
  readonly value: T;
}

export const decided = <T>(value: T): Step<T> => ({ kind: 'decided', value });
export const open = (on: string): { readonly kind: 'open'; readonly on: string } => ({ kind: 'open', on });

/** All paths to decisions. `legal`: the values of a name. */
export function grow<T>(given: Assignment, step: (given: Assignment) => Step<T>, legal: (name: string) => readonly bigint[]): readonly Path<T>[] {
  const next = step(given);
  if (next.kind === 'decided') return [{ given, value: next.value }];
  if (given.has(next.on)) throw new Error(`a decision asks for ${next.on}, which is given`);
  return legal(next.on).flatMap((value) => grow(new Map([...given, [next.on, value]]), step, legal));
}

/**
 * Some of the paths: of those that are decided alike, every value of every
 * name that was asked for is on one.
 *
 * @param alike - Names what is decided.
 */
export function covering<T>(paths: readonly Path<T>[], alike: (value: T) => string): readonly Path<T>[] {
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const found = numbers.get(text) ?? numbers.size;
    numbers.set(text, found);
    return found;
  };
  const open = paths.map(({ given, value }) => {
    const decision = numberOf(alike(value));
    return [decision, ...[...given].map(([name, v]) => numberOf(`${decision} ${name}=${v}`))];
  });
  const covered = new Set<number>();
  const chosen = new Set<number>();
  // Those that bring most come first. What a path brings only gets less, so that it is counted anew only where it could be enough.
  const most = Math.max(0, ...open.map((keys) => keys.length));
  for (let wanted = most; wanted > 0; wanted--) {
    open.forEach((keys, i) => {
      if (keys.length < wanted || chosen.has(i)) return;
      const brought = keys.filter((key) => !covered.has(key));
      open[i] = brought;
      if (brought.length < wanted) return;
      chosen.add(i);
      for (const key of brought) covered.add(key);
    });
  }
  return paths.filter((_, i) => chosen.has(i));
}
