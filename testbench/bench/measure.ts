/**
 * The figures of the benchmark, one function each. Nothing is asserted: a
 * machine is as fast as it is.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HOST } from '../../model/backend/layout.js';
import type { CompiledCore } from '../../model/compile.js';
import { WasmCore } from '../../model/machine/core.js';
import type { Program } from '../../model/machine/elf.js';
import { Machine } from '../../model/machine/machine.js';
import { PhysicalMemory } from '../../model/machine/memory.js';
import { Board } from '../commands/board.js';
import type { ReadyCore } from '../commands/cores.js';
import { packageRoot, packageVersion } from '../commands/package.js';
import type { Profile } from '../arbitraries/profile.js';
import { counted } from '../commands/statistics.js';
import { campaign } from '../lockstep/campaign.js';
import { Reference } from '../reference/reference.js';
import type { Isa } from '../../model/spec/isa.js';
import { countingWasm } from './count.js';

/** The middle value; of an even number the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? upper;
  return (upper + lower) / 2;
}

/** Seconds of an action. */
function timed(action: () => void): number {
  const began = performance.now();
  action();
  return (performance.now() - began) / 1000;
}

/** Median over several runs. */
const medianOf = (runs: number, figure: () => number): number => median(Array.from({ length: runs }, figure));

export interface Speed {
  readonly mcyclesPerSecond: number;
  readonly ipc: number;
  readonly cycles: number;
}

/** A machine without console: `run` is all that is timed. */
function machineFor(compiled: CompiledCore, program: Program, wasm: Uint8Array = compiled.wasm) {
  const { layout, machine: description } = compiled.description;
  const linear = new WebAssembly.Memory({ initial: layout.memory.pages });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(wasm)), { env: { memory: linear, text: (_s: number, _v: bigint, p: number) => p } });
  const { run } = exports;
  if (typeof run !== 'function') throw new Error('the module exports no run');
  const core = new WasmCore({ run: (base, cycles): number => run(base, cycles) }, linear, layout);
  const machine = new Machine({
    core, memory: new PhysicalMemory(linear, layout.memory), description,
    drainRing: () => core.view.setUint32(core.base + HOST.ringHead, 0, true),
  });
  machine.reset();
  machine.load(program);
  return { core, machine, exports };
}

/** Speed of a variant on a program, to its end or for so many cycles. */
export function speed(compiled: CompiledCore, program: Program, runs: number, maxCycles?: number): Speed {
  const speeds: Speed[] = Array.from({ length: runs }, () => {
    const { core, machine } = machineFor(compiled, program);
    const seconds = timed(() => {
      const outcome = machine.run(maxCycles === undefined ? {} : { maxCycles });
      if (outcome.kind !== 'exited' && maxCycles === undefined) throw new Error(`the benchmark ended by ${outcome.kind}`);
      if (outcome.kind === 'exited' && outcome.code !== 0) throw new Error('the benchmark computed a wrong checksum');
    });
    const cycles = Number(machine.cycle);
    return { mcyclesPerSecond: cycles / seconds / 1e6, ipc: counted(core, 'retired') / cycles, cycles };
  });
  return { mcyclesPerSecond: median(speeds.map((s) => s.mcyclesPerSecond)), ipc: speeds[0]?.ipc ?? 0, cycles: speeds[0]?.cycles ?? 0 };
}

export interface TracedSpeed {
  readonly mcyclesPerSecond: number;
  readonly bytesPerCycle: number;
  readonly changesPerCycle: number;
  readonly megabytesPerSecond: number;
}

/** Cycles before the wave begins: the program is in its loop. */
const BEFORE_WAVE = 100_000n;

/** Speed of writing all signals to a VCD on the disk. */
export async function tracedSpeed(ready: ReadyCore, program: Program, runs: number, cycles: number): Promise<TracedSpeed> {
  const directory = mkdtempSync(join(tmpdir(), 'ghosthart-bench-'));
  try {
    const seconds: number[] = [];
    let bytes = 0;
    for (let i = 0; i < runs; i++) {
      const board = new Board({
        plain: ready.variant('plain'), traced: ready.variant('traced'), tables: ready.tables, version: packageVersion(), specHash: ready.specHash, skipIdle: false,
      });
      board.machine.load(program);
      board.machine.run({ maxCycles: BEFORE_WAVE });
      const began = performance.now();
      const outcome = await board.run(BigInt(cycles), { path: join(directory, 'core.vcd'), from: 0n, to: undefined, limit: undefined });
      seconds.push((performance.now() - began) / 1000);
      if (outcome.kind === 'failed' || board.wave?.kind !== 'closed') throw new Error('the wave could not be written');
      bytes = board.wave.bytes;
    }
    const second = median(seconds);
    return {
      mcyclesPerSecond: cycles / second / 1e6, bytesPerCycle: bytes / cycles,
      changesPerCycle: changesIn(ready, program, 10_000) / 10_000, megabytesPerSecond: bytes / second / 1e6,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const NEWLINE = 10;
const HASH = 35;

/** Value changes in so many cycles: lines of the wave buffer that are no times. */
function changesIn(ready: ReadyCore, program: Program, cycles: number): number {
  const { machine, core } = machineFor(ready.variant('traced'), program);
  let changes = 0;
  for (let left = cycles; left > 0; left -= 100) {
    machine.run({ maxCycles: 100 });
    const { waveBase, stateBase } = core.layout.memory;
    const length = core.view.getUint32(core.base + HOST.waveHead, true);
    const bytes = new Uint8Array(core.view.buffer, core.base + waveBase - stateBase, length);
    bytes.forEach((byte, i) => {
      if ((i === 0 || bytes[i - 1] === NEWLINE) && byte !== HASH) changes++;
    });
    core.view.setUint32(core.base + HOST.waveHead, 0, true);
  }
  return changes;
}

/** Million instructions a second of the reference by itself. */
export function referenceMips(program: Program, runs: number, instructions: number): number {
  const reference = new Reference();
  return medianOf(runs, () => {
    reference.reset();
    for (const { address, data } of program.segments) reference.load(address, data);
    reference.setPc(program.entry);
    const seconds = timed(() => {
      for (let i = 0; i < instructions; i++) reference.step();
    });
    return instructions / seconds / 1e6;
  });
}

export interface LockstepSpeed {
  readonly instructionsPerSecond: number;
  readonly programsPerSecond: number;
}

/** Random programs a second: drawn, built, run, compared, counted. */
export async function lockstepSpeed(observed: CompiledCore, isa: Isa, runs: number, programs: number, profile: Profile = 'all'): Promise<LockstepSpeed> {
  const speeds: LockstepSpeed[] = [];
  for (let seed = 0; seed < runs; seed++) {
    const result = await campaign({ core: observed, isa, seed, programs, profile });
    const failed = result.failures[0];
    if (failed !== undefined) throw new Error(`core and reference part: see ghosthart lockstep --random ${programs} --profile ${profile} --seed ${seed}`);
    speeds.push({ instructionsPerSecond: result.instructions / result.seconds, programsPerSecond: result.programs / result.seconds });
  }
  return { instructionsPerSecond: median(speeds.map((s) => s.instructionsPerSecond)), programsPerSecond: median(speeds.map((s) => s.programsPerSecond)) };
}

/** Seconds from nothing to the wasm of every core and variant, the loading of the compiler included; a process each. */
export function compileSeconds(runs: number): number {
  const script = fileURLToPath(new URL('compile-once.js', import.meta.url));
  return medianOf(runs, () => Number(execFileSync(process.execPath, [script], { encoding: 'utf8' })));
}

/** Seconds of the whole of `ghosthart run` on a program of some hundred cycles, its core in the cache. */
export function warmStartSeconds(runs: number): number {
  const args = [join(packageRoot, 'testbench', 'ghosthart.js'), 'run', join(packageRoot, 'testbench', 'programs', 'hello.S')];
  const start = (): number => timed(() => void execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore'] }));
  start();
  return medianOf(runs, start);
}

export interface WasmPerCycle {
  readonly operationsPerCycle: number;
  readonly storesPerCycle: number;
  readonly instructionsPerCycle: number;
}

/** Executed wasm per cycle of the plain core on a program, by an instrumented copy of its module. */
export function wasmPerCycle(plain: CompiledCore, program: Program, cycles: number): WasmPerCycle {
  const counting = countingWasm(plain.wasm);
  const { machine, exports } = machineFor(plain, program, counting.wasm);
  machine.run({ maxCycles: BEFORE_WAVE });
  const before = counting.read(exports);
  machine.run({ maxCycles: cycles });
  const after = counting.read(exports);
  return {
    operationsPerCycle: (after.operations - before.operations) / cycles,
    storesPerCycle: (after.stores - before.stores) / cycles,
    instructionsPerCycle: (after.instructions - before.instructions) / cycles,
  };
}
