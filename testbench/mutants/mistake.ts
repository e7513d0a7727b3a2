/**
 * Where a mistake shows: what registers hold in every state in which the wires
 * that it is in differ. Elsewhere the two sides are the same, so that what
 * follows from these wires has to be compared only there; where it is about
 * one mode, say, little of the tables is left.
 */
import { concat, constant, slice } from '../../model/ir/build.js';
import type { Expr } from '../../model/ir/ir.js';
import { TooLarge, type Bit } from './bdd.js';
import { BitBlaster } from './bits.js';

/** By unknown, its bits that are known, least significant first. */
export type KnownBits = ReadonlyMap<Expr, readonly (0 | 1 | undefined)[]>;

/** Where one of some pairs differs. */
export interface Showing {
  /** False: nowhere. */
  readonly possible: boolean;
  readonly bits: KnownBits;
  /** Those invariants that took states away. */
  readonly used: readonly string[];
}

/**
 * Looks for the bits that are the same in all states in which any pair
 * differs and all invariants hold; undefined if that is too large to tell.
 *
 * @param limit - Nodes of diagrams.
 */
export function showing(pairs: readonly (readonly [Expr, Expr])[], invariants: readonly { readonly name: string; readonly expr: Expr }[], limit: number): Showing | undefined {
  const blaster = new BitBlaster([...pairs.flat(), ...invariants.map((i) => i.expr)], limit);
  const d = blaster.diagrams;
  try {
    let where: Bit = 0;
    for (const [a, b] of pairs) for (let i = 0; i < a.width; i++) where = d.or(where, d.xor(blaster.bit(a, i), blaster.bit(b, i)));
    const used: string[] = [];
    for (const { name, expr } of invariants) {
      const less = d.and(where, blaster.bit(expr, 0));
      if (less !== where) used.push(name);
      where = less;
    }
    return { possible: where !== 0, bits: where === 0 ? new Map() : blaster.known(where), used };
  } catch (error) {
    if (error instanceof TooLarge || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What registers and wires are, by name, where these bits are known: constants, and of those known in part the rest of them. */
export function knownValues(bits: KnownBits): ReadonlyMap<string, Expr> {
  return new Map([...bits].flatMap(([e, known]): readonly (readonly [string, Expr])[] => {
    const value = concat(...known.map((bit, i) => (bit === undefined ? slice(e, i, i) : constant(1, bit))).reverse());
    if (e.kind === 'read') return [[e.register.name, value]];
    // A wire that is known in part would stand for itself for ever.
    return e.kind === 'wire' && known.every((bit) => bit !== undefined) ? [[e.wire.name, value]] : [];
  }));
}
