/**
 * States as whole registers, for experiments by the hundred thousand: home
 * CSRs and lines by name, what is absent is 0.
 */
import type { Dice } from '../arbitraries/dice.js';
import type { Assignment, Atom } from './atoms.js';

/** Values by home CSR or line. */
export type Registers = Map<string, bigint>;

/** The bits of an atom in its register. */
export const maskOf = ({ low, width }: Atom): bigint => ((1n << BigInt(width)) - 1n) << BigInt(low);

/** The value of an atom. */
export const valueIn = (registers: Registers, { home, low, width }: Atom): bigint => ((registers.get(home) ?? 0n) >> BigInt(low)) & ((1n << BigInt(width)) - 1n);

/** Gives an atom a value. */
export function put(registers: Registers, atom: Atom, value: bigint): void {
  registers.set(atom.home, ((registers.get(atom.home) ?? 0n) & ~maskOf(atom)) | (value << BigInt(atom.low)));
}

/** Atoms put together. */
export function registersOf(atoms: ReadonlyMap<string, Atom>, state: Assignment): Registers {
  const registers: Registers = new Map();
  for (const [name, value] of state) {
    const atom = value === 0n ? undefined : atoms.get(name);
    if (atom !== undefined) registers.set(atom.home, (registers.get(atom.home) ?? 0n) | (value << BigInt(atom.low)));
  }
  return registers;
}

/** How often drawn bits are 1: never, rarely, in half of the cases, mostly, always. */
const DENSITIES: readonly ((dice: Dice) => bigint)[] = [
  (dice) => dice.doubleword(),
  (dice) => dice.doubleword() & dice.doubleword() & dice.doubleword(),
  (dice) => dice.doubleword() | dice.doubleword() | dice.doubleword(),
  () => 0n,
  () => 0xffff_ffff_ffff_ffffn,
];

/** Bits that differ from a value drawn near: each with one chance in sixteen, or none. */
const FEW = (dice: Dice): bigint => (dice.oneIn(2) ? 0n : dice.doubleword() & dice.doubleword() & dice.doubleword() & dice.doubleword());

/** Draws registers anew, but for the atoms that are to stay. */
export class Redrawing {
  readonly #single = new Map<string, bigint>();
  readonly #restricted = new Map<string, readonly Atom[]>();

  /** @param near - Values near which some registers are drawn, by home. */
  constructor(atoms: Iterable<Atom>, readonly near: ReadonlyMap<string, readonly bigint[]> = new Map()) {
    for (const atom of atoms) {
      this.#single.set(atom.home, this.#single.get(atom.home) ?? 0n);
      if (atom.width === 1 && atom.legal.length === 2) this.#single.set(atom.home, (this.#single.get(atom.home) ?? 0n) | maskOf(atom));
      else this.#restricted.set(atom.home, [...(this.#restricted.get(atom.home) ?? []), atom]);
    }
  }

  /** Every register that has atoms. */
  get homes(): Iterable<string> {
    return this.#single.keys();
  }

  /** A copy with those registers of `homes` that have atoms drawn anew, each at a density of its own; the bits of `kept` stay. */
  redraw(from: Registers, homes: Iterable<string>, kept: ReadonlyMap<string, bigint>, dice: Dice): Registers {
    const made = new Map(from);
    for (const home of homes) {
      const single = this.#single.get(home);
      if (single === undefined) continue;
      const near = this.near.get(home);
      const draw = near === undefined ? dice.pick(DENSITIES) : (d: Dice): bigint => d.pick(near) ^ FEW(d);
      const stays = kept.get(home) ?? 0n;
      const free = single & ~stays;
      const old = made.get(home) ?? 0n;
      made.set(home, (old & ~free) | (draw(dice) & free));
      for (const atom of this.#restricted.get(home) ?? []) if ((stays & maskOf(atom)) === 0n) put(made, atom, dice.pick(atom.legal));
    }
    return made;
  }
}
