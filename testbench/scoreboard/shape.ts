/**
 * A core's file as the timing rules read it: stages by number.
 */
import type { InstructionClass, LineCaches, Prediction, StoreBuffer, Uarch, Unit } from '../../model/spec/isa.js';
import type { Timed } from './instruction.js';

/** What docs/timing.md needs of a core. */
export interface Shape {
  /** Stage numbers; fetch is 0. */
  readonly operands: number;
  readonly execute: number;
  readonly commit: number;
  /** By stage number: it forwards results. */
  readonly forwards: readonly boolean[];
  /** The stage that has the result of an instruction with a destination. */
  readonly yields: (timed: Timed) => number;
  /** Cycles in the execute stage of a multiplication or division. */
  readonly multiply: number;
  readonly divide: number;
  /** Extra cycles of a split access. */
  readonly split: number;
  /** Cycles from entering commit to retirement of an I/O access. */
  readonly io: number;
  /** Absent: memory answers at once. */
  readonly caches?: LineCaches;
  /** Absent: memory takes stores at once. */
  readonly storeBuffer?: StoreBuffer;
  /** Absent: the instruction behind is always next. */
  readonly prediction?: Prediction;
  /** Cycles in which the walker asks what is kept, and in which it reads an entry; absent: it keeps nothing. */
  readonly walker?: { readonly ask: number; readonly entry: number };
}

/** Reads a core's file. */
export function shapeOf({ stages, bypass, classes, latency, translation, prediction, caches, storeBuffer }: Uarch): Shape {
  const place = (unit: Unit): number => stages.findIndex((s) => s.units.includes(unit));
  const named = (kind: InstructionClass): number => stages.findIndex((s) => s.name === classes[kind]);
  const execute = place('execute');
  const memory = place('memory');
  return {
    operands: place('operands'),
    execute,
    commit: place('commit'),
    forwards: stages.map((s) => bypass.includes(s.name)),
    yields: ({ instruction }) => {
      if (instruction === undefined) return execute;
      return Math.max(named(instruction.class), instruction.class === 'load' ? memory : execute);
    },
    multiply: latency.multiply,
    divide: latency.divide,
    split: latency.split,
    io: latency.io,
    ...(caches && { caches }),
    ...(storeBuffer && { storeBuffer }),
    ...(prediction && { prediction }),
    ...(translation && { walker: { ask: translation.latency.shared, entry: translation.latency.entry } }),
  };
}
