/**
 * Points of pipeline context: what runs right behind what, by kinds that a
 * pipeline treats differently, and whether the younger needs the older's
 * result, from one or two instructions before.
 *
 * A trap empties the pipeline and its handler begins like any other, so
 * behind a trap only another interrupt and a fault of the handler's own fetch
 * are points.
 */
import type { Isa } from '../../model/spec/isa.js';
import type { KindModes } from './kind-modes.js';
import { INTERRUPT, kindsOf, NO_KIND, yields, type Kinds } from './kinds.js';
import type { Family, Hit, PointTable, Sight } from './points.js';

/** Operand fields of an instruction. */
interface Operands {
  readonly rd: number | undefined;
  readonly rs1: number | undefined;
  readonly rs2: number | undefined;
}

const NONE = NO_KIND;

/** Bytes that an offset of 12 bits, and the length of a jump, go beyond memory at most. */
const REACH = 2048n + 4n;

/** Why the address of an access cannot be the result of the older kind: what a jump links is a place in memory. */
function unreached(isa: Isa, older: string, younger: string): string | undefined {
  if (older !== 'jump' || younger !== 'load of a device') return undefined;
  const memory = isa.hart.regions.filter((r) => r.kind === 'memory');
  const near = isa.hart.regions.some((io) => io.kind === 'io' && memory.some((r) => io.base < r.base + r.size + REACH && io.base + io.size + REACH > r.base));
  return near ? undefined : 'a jump links an address in memory, and no offset goes from there to a device';
}

/** Counts what follows what. */
export class ContextPoints implements Family {
  readonly #count: number;
  readonly #operands: readonly Operands[];
  /** Points by kind and kind: what is right behind what; then, by distance, what needs what. */
  readonly #pairs: readonly number[];
  readonly #needs: readonly (readonly (readonly number[])[])[];
  #before = NONE;
  /** Registers written by the last two records, and their kinds. */
  #last = { rd: 0, kind: NONE };
  #older = { rd: 0, kind: NONE };

  constructor(isa: Isa, kinds: Kinds, modes: KindModes, table: PointTable) {
    const classes = [...new Set(isa.instructions.map((i) => i.class))];
    const { names } = kinds;
    this.#count = names.length;
    this.#operands = isa.instructions.map(({ format: { registers } }) => ({ rd: registers.rd?.low, rs1: registers.rs1?.low, rs2: registers.rs2?.low }));
    const yielding = new Set(classes.filter(yields).flatMap(kindsOf));
    const asking = new Set(classes.filter((c) => isa.instructions.some((i) => i.class === c && i.format.registers.rs1 !== undefined)).flatMap(kindsOf));
    const traps = new Set(kinds.traps);
    const behindTraps = new Set([...isa.traps.exceptions.filter((e) => e.source === 'fetch-fault').map((e) => e.name), INTERRUPT]);
    this.#pairs = names.flatMap((older) => names.map((younger) =>
      (traps.has(older) && !behindTraps.has(younger) ? NONE : table.add(`context ${older}, then ${younger}`, modes.apart(older, younger)))));
    this.#needs = [1, 2].map((distance) => names.map((older) => names.map((younger) =>
      (yielding.has(older) && asking.has(younger) ? table.add(`context ${younger} needs ${older} ${distance} before`, unreached(isa, older, younger)) : NONE))));
  }

  start(): void {
    this.#before = NONE;
    this.#last = this.#older = { rd: 0, kind: NONE };
  }

  see(sight: Sight, hit: Hit): void {
    const { kind, retirement, word, index } = sight;
    if (kind === NONE) return;
    const pair = this.#before === NONE ? NONE : this.#pairs[this.#before * this.#count + kind] ?? NONE;
    if (pair !== NONE) hit(pair);
    const operands = this.#operands[index];
    if (retirement.trap === undefined && operands !== undefined) {
      const asks = (register: number): boolean => register !== 0
        && (register === fieldOf(word, operands.rs1) || register === fieldOf(word, operands.rs2));
      if (asks(this.#last.rd)) this.#need(0, this.#last.kind, kind, hit);
      if (this.#older.rd !== this.#last.rd && asks(this.#older.rd)) this.#need(1, this.#older.kind, kind, hit);
    }
    this.#before = kind;
    this.#older = this.#last;
    this.#last = { rd: retirement.trap === undefined ? retirement.rd_addr : 0, kind };
  }

  #need(distance: number, older: number, younger: number, hit: Hit): void {
    const point = this.#needs[distance]?.[older]?.[younger] ?? NONE;
    if (point !== NONE) hit(point);
  }

}

const fieldOf = (word: number, low: number | undefined): number => (low === undefined ? 0 : (word >>> low) & 31);
