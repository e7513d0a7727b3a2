/** A recorded run against the same run of the printed core: the first cycle after which they differ, and in what. */
import { readSignal, type Layout } from '../../model/backend/layout.js';
import { blockOf } from './block.js';
import type { RecordedProgram, Recorder, Recording } from './recorder.js';
import type { Simulated, Simulator } from './simulator.js';

/** A register that the two do not have the same value of. */
export interface DifferentRegister {
  readonly name: string;
  readonly wasm: bigint;
  readonly verilator: bigint;
}

export interface Difference {
  /** Cycles executed when they differ for the first time. */
  readonly cycles: number;
  /** Empty if only an array differs. */
  readonly registers: readonly DifferentRegister[];
}

/** Cycles after which the hashes differ for the first time; undefined if they never do. */
export function firstDifference(recording: Recording, simulated: Simulated): number | undefined {
  const [a, b] = [recording.hashes, simulated.hashes];
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return Math.floor(i / 2) + 1;
  const same = recording.arrays.every((word, i) => word === simulated.arrays[i]);
  return same && a.length === b.length ? undefined : recording.job.cycles;
}

/** What differs after so many cycles. */
export function differenceAfter(cycles: number, program: RecordedProgram, recorder: Recorder, simulator: Simulator, layout: Layout): Difference {
  const { job } = recorder.record(program, cycles);
  const { registers, start } = blockOf(layout);
  const views = [recorder.registersAfter(program, cycles), simulator.registersAfter(job, cycles)].map((bytes) => new DataView(bytes.buffer));
  const [wasm, verilator] = views;
  if (wasm === undefined || verilator === undefined) throw new Error('two sides');
  const all = registers.map((r) => ({ name: r.name, wasm: readSignal(r, wasm, -start), verilator: readSignal(r, verilator, -start) }));
  return { cycles, registers: all.filter((r) => r.wasm !== r.verilator) };
}

/** A difference as one line for each register. */
export const differenceText = ({ cycles, registers }: Difference): string => [
  `after ${cycles} cycles${registers.length === 0 ? ' in an array' : ''}`,
  ...registers.map(({ name, wasm, verilator }) => `  ${name}: wasm 0x${wasm.toString(16)}, Verilator 0x${verilator.toString(16)}`),
].join('\n');
