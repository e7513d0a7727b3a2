/**
 * Which points a program reaches: those that the core counts itself, and its
 * pipeline's counters, read at the end.
 */
import type { CounterLayout } from '../../model/backend/layout.js';
import { Kinds } from '../../model/pipeline/kinds.js';
import type { Isa } from '../../model/spec/isa.js';
import type { ObservedCore } from '../lockstep/observed.js';
import { consequencePoints } from './consequence-points.js';
import { contextPoints } from './context-points.js';
import { devicePoints } from './device-points.js';
import { fieldPoints } from './field-points.js';
import { instructionPoints } from './instruction-points.js';
import { KindModes } from './kind-modes.js';
import { ModulePoints } from './module-points.js';
import { permitPoints } from './permit-points.js';
import { PointTable } from './points.js';
import { protectionPoints } from './protection-points.js';
import { translationPoints } from './translation-points.js';
import { trapPoints } from './trap-points.js';

/** A counter of the core is a point when it has counted at all, and one when it has counted so often in one program. */
const OFTEN = 16n;
/** Counts what every program does. */
const RETIRED = 'retired';

interface CounterPoint {
  readonly offset: number;
  readonly once: number;
  readonly often: number;
}

/** Names every point of a core, and reads which of them a program has reached. */
export class Collector {
  readonly table = new PointTable();
  readonly #core: ObservedCore;
  readonly #module: ModulePoints;
  readonly #counters: readonly CounterPoint[];
  readonly #retired: CounterLayout | undefined;
  readonly #seen: Uint8Array;

  constructor(isa: Isa, core: ObservedCore) {
    const { table } = this;
    const { layout } = core.core;
    const kinds = new Kinds(isa);
    // The modes that can write a CSR are what the points of its permissions say.
    const permits = permitPoints(isa, table);
    const modes = new KindModes(isa, table);
    const namings = {
      ...trapPoints(isa, table), ...permits, ...contextPoints(isa, kinds, modes, table), ...consequencePoints(isa, kinds, modes, table), ...devicePoints(isa, table),
      ...instructionPoints(isa, table), ...fieldPoints(isa, table), ...translationPoints(isa, table), ...protectionPoints(isa, table),
    };
    this.#core = core;
    this.#module = new ModulePoints(layout, namings, table);
    this.#counters = layout.counters.filter((c) => c.name !== RETIRED).map(({ name, offset }) => ({
      offset, once: table.add(`pipeline ${name}`), often: table.add(`pipeline ${name}, ${OFTEN} times in a program`),
    }));
    this.#retired = layout.counters.find((c) => c.name === RETIRED);
    this.#seen = new Uint8Array(table.size);
  }

  /** The points that the program which has just run has reached, each once. */
  reached(): readonly number[] {
    const { core } = this.#core;
    const hits: number[] = [];
    const hit = (point: number): void => {
      if (this.#seen[point] !== 0) return;
      this.#seen[point] = 1;
      hits.push(point);
    };
    this.#module.read(core.observation, hit);
    for (const { offset, once, often } of this.#counters) {
      const count = this.#count(offset);
      if (count > 0n) hit(once);
      if (count >= OFTEN) hit(often);
    }
    for (const point of hits) this.#seen[point] = 0;
    return hits;
  }

  /** Instructions that the program which has just run has retired. */
  get instructions(): number {
    return this.#retired === undefined ? 0 : Number(this.#count(this.#retired.offset));
  }

  #count(offset: number): bigint {
    const { view, base } = this.#core.core;
    return view.getBigUint64(base + offset, true);
  }
}
