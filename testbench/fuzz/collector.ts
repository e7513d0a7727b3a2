/**
 * Which points a program reaches: records go through every family, and the
 * core's own counters are read at the end.
 */
import { InstructionIndex } from '../coverage/decoder.js';
import { Homes } from '../coverage/homes.js';
import type { Isa } from '../../model/spec/isa.js';
import type { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';
import { ConsequencePoints } from './consequence-points.js';
import { ContextPoints } from './context-points.js';
import { DevicePoints } from './device-points.js';
import { KindModes } from './kind-modes.js';
import { Kinds } from './kinds.js';
import { PermitPoints } from './permit-points.js';
import { PointTable, type Family } from './points.js';
import { TrapPoints } from './trap-points.js';

/** A counter of the core is a point when it has counted at all, and one when it has counted so often in one program. */
const OFTEN = 16n;

interface CounterPoint {
  readonly offset: number;
  readonly once: number;
  readonly often: number;
}

/** Collects the points of one program after the other. */
export class Collector {
  readonly table = new PointTable();
  readonly #isa: Isa;
  readonly #index: InstructionIndex;
  readonly #homes: Homes;
  readonly #kinds: Kinds;
  readonly #families: readonly Family[];
  readonly #counters: readonly CounterPoint[];
  readonly #core: ObservedCore;
  readonly #seen: Uint8Array;
  #hits: number[] = [];
  /** Instructions retired since the collector was made. */
  instructions = 0;

  constructor(isa: Isa, core: ObservedCore) {
    this.#isa = isa;
    this.#core = core;
    this.#index = new InstructionIndex(isa);
    this.#homes = new Homes(isa);
    this.#kinds = new Kinds(isa);
    // The modes that can write a CSR are what the points of its permissions say.
    const permits = new PermitPoints(isa, this.table);
    const modes = new KindModes(isa, this.table);
    this.#families = [
      new TrapPoints(isa, this.table), permits,
      new ContextPoints(isa, this.#kinds, modes, this.table), new ConsequencePoints(isa, this.#kinds, modes, this.table), new DevicePoints(isa, this.table),
    ];
    this.#counters = core.core.layout.counters.filter((c) => c.name !== 'retired').map(({ name, offset }) => ({
      offset, once: this.table.add(`pipeline ${name}`), often: this.table.add(`pipeline ${name}, ${OFTEN} times in a program`),
    }));
    this.#seen = new Uint8Array(this.table.size);
  }

  /** Begins a program. */
  start(): void {
    for (const point of this.#hits) this.#seen[point] = 0;
    this.#hits = [];
    this.#homes.reset();
    for (const family of this.#families) family.start?.();
  }

  /** Takes an agreed record. */
  see({ retirement, inputs }: Observation): void {
    const fetched = inputs.insn !== undefined && retirement.trap?.interrupt !== true;
    const index = fetched ? this.#index.find(retirement.insn) : -1;
    if (retirement.trap === undefined) this.instructions++;
    const instruction = this.#isa.instructions[index];
    const word = this.#index.word(retirement.insn);
    const sight = { retirement, inputs, word, index, instruction, kind: this.#kinds.of(retirement, instruction), homes: this.#homes };
    for (const family of this.#families) family.see(sight, this.#hit);
    this.#homes.advance(retirement);
  }

  /** Ends the program: the points that it has reached, each once. */
  finish(): readonly number[] {
    const { view, base } = this.#core.core;
    for (const { offset, once, often } of this.#counters) {
      const count = view.getBigUint64(base + offset, true);
      if (count > 0n) this.#hit(once);
      if (count >= OFTEN) this.#hit(often);
    }
    return this.#hits;
  }

  readonly #hit = (point: number): void => {
    if (this.#seen[point] !== 0) return;
    this.#seen[point] = 1;
    this.#hits.push(point);
  };
}
