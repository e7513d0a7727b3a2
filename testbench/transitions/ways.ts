/**
 * The ways in which a computed bit comes about: for `hip.SGEIP`, which guest
 * line is up and enabled. Few atoms: all their values. Many: those values at
 * which a single atom decides, both ways (as in modified condition coverage).
 */
import type { Isa } from '../../model/spec/isa.js';
import type { Dice } from '../arbitraries/dice.js';
import type { Assignment, Atom } from './atoms.js';
import { at } from './bits.js';
import { StateNames } from './state-names.js';

/** Atoms up to which all values are listed. */
export const FEW = 4;

/** Values of computed bits on given atoms. */
export function bitOn(isa: Isa, name: string, given: Assignment): bigint {
  const value = new StateNames({ isa, mode: 'M', given, complete: true }).name(name);
  return value !== undefined && at(value, 0) === 1 ? 1n : 0n;
}

/** All values of some atoms. */
export function product(atoms: readonly Pick<Atom, 'name' | 'legal'>[]): readonly Assignment[] {
  let all: Assignment[] = [new Map()];
  for (const { name, legal } of atoms) all = all.flatMap((a) => legal.map((value) => new Map([...a, [name, value]])));
  return all;
}

/** The ways of a computed bit, over the atoms behind it. */
export function waysOf(isa: Isa, name: string, atoms: readonly Atom[]): readonly Assignment[] {
  if (atoms.length <= FEW) return product(atoms);
  const zero = new Map(atoms.map((a) => [a.name, 0n]));
  const settings = atoms.flatMap((a) => a.legal.filter((v) => v !== 0n).map((value) => [a.name, value] as const));
  const candidates = [zero, ...settings.map((s) => new Map([...zero, s])), ...settings.flatMap((s, i) => settings.slice(i + 1).filter((t) => t[0] !== s[0]).map((t) => new Map([...zero, s, t])))];
  const key = (a: Assignment): string => atoms.map(({ name: n }) => a.get(n)).join();
  const telling = new Map([[key(zero), zero]]);
  for (const candidate of candidates) {
    for (const [atom, value] of candidate) {
      if (value === 0n) continue;
      const without = new Map([...candidate, [atom, 0n]]);
      if (bitOn(isa, name, candidate) === bitOn(isa, name, without)) continue;
      telling.set(key(candidate), candidate);
      telling.set(key(without), without);
    }
  }
  return [...telling.values()];
}

/** Tries to meet several computed bits at once. */
const TRIES = 10_000;

/** Random values of the atoms behind computed bits at which each has the value wanted. */
export function meet(isa: Isa, wanted: Assignment, atoms: readonly Atom[], dice: Dice): Assignment | undefined {
  for (let i = 0; i < TRIES; i++) {
    const sparse = 2 + (i % 4);
    const given = new Map(atoms.map(({ name, legal }) => [name, dice.oneIn(sparse) ? dice.pick(legal) : 0n]));
    if ([...wanted].every(([name, value]) => bitOn(isa, name, given) === value)) return given;
  }
  return undefined;
}
