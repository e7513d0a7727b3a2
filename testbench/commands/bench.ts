/**
 * `ghosthart bench`: all figures of speed. Printed, never tested.
 */
import type { Command } from 'commander';
import type { Profile } from '../arbitraries/profile.js';
import { lockstepShares } from '../bench/lockstep-shares.js';
import * as measure from '../bench/measure.js';
import { benchProgram, SETTINGS, shippedIterations, type Setting } from '../bench/programs.js';
import { verilatorSpeed, type VerilatorSpeed } from '../bench/verilator-speed.js';
import { sharesText, type Times } from '../fuzz/time-shares.js';
import { Core } from '../library.js';
import { hasVerilator } from '../verilator/simulator.js';
import { DEFAULT_MEMORY, readyCore } from './cores.js';
import { EXIT_CODE, failure, specFailure } from './failure.js';
import { coreOption, jsonOption, numberOption } from './options.js';
import { specLayers } from './package.js';
import { terminal } from './terminal.js';

interface BenchOptions {
  readonly core: string;
  readonly iterations: bigint;
  readonly runs: bigint;
  readonly verilator?: boolean;
  readonly json?: boolean;
}

/** Million instructions a second. */
interface ReferenceFigures {
  readonly mips: number;
  readonly mipsSv39: number;
  readonly mipsTwoStage: number;
}

/** The object of `bench --json`. */
interface BenchFigures {
  /** In M-mode, bare. */
  readonly plain: measure.Speed;
  /** The same program in VS-mode, both stages Bare. */
  readonly guestBare: measure.Speed;
  /** In HS-mode under Sv39. */
  readonly sv39: measure.Speed;
  /** In VS-mode, Sv39 over Sv39x4. */
  readonly virtualized: measure.Speed;
  readonly observed: measure.Speed;
  readonly traced: measure.TracedSpeed;
  readonly reference: ReferenceFigures;
  readonly lockstep: measure.LockstepSpeed & { readonly shares: Times };
  /** The same with programs of the profile `translation`. */
  readonly lockstepTranslated: measure.LockstepSpeed & { readonly shares: Times };
  readonly compile: { readonly seconds: number };
  readonly warmStart: { readonly seconds: number };
  readonly wasm: measure.WasmPerCycle;
  /** The same core in SystemVerilog; with `--verilator`. */
  readonly verilator?: VerilatorSpeed;
}

const TRANSLATED_CYCLES = 60_000_000;
const OBSERVED_CYCLES = 20_000_000;
const TRACED_CYCLES = 200_000;
const COUNTED_CYCLES = 1_000_000;
const VERILATOR_CYCLES = 2_000_000;
const REFERENCE_INSTRUCTIONS = 2_000_000;
const PROGRAMS = 2_000;
/** Of which it is told where their time goes; each runs a dozen times. */
const TIMED_PROGRAMS = 200;

/** Adds the command. */
export function define(program: Command): void {
  program
    .command('bench')
    .description('measure everything that has a speed (npm run bench)')
    .addOption(coreOption())
    .addOption(numberOption('--iterations <n>', 'passes of bench.S; fewer make everything shorter').default(BigInt(shippedIterations()), 'as in the file'))
    .addOption(numberOption('--runs <n>', 'runs of each measurement; the median counts').default(3n, '3'))
    .option('--verilator', 'measure the SystemVerilog of the core under Verilator, too')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  ghosthart bench --iterations 5 --runs 1')
    .action(async (options: BenchOptions) => {
      process.exitCode = await bench(options);
    });
}

async function bench({ core, iterations, runs: wanted, verilator: withVerilator, json }: BenchOptions): Promise<number> {
  if (withVerilator === true && !hasVerilator()) return terminal.fail(failure('There is no verilator.', 'On Debian: apt-get install verilator g++ make.'));
  const ready = await readyCore({ core, variants: ['plain', 'observed', 'traced'], overlays: [], memory: DEFAULT_MEMORY });
  if (!ready.ok) return terminal.fail(ready);
  const { hardware, load } = await import('../../model/compile.js');
  const specs = load(specLayers([]));
  if (!specs.ok) return terminal.fail(await specFailure(specs.diagnostics));
  const uarch = specs.value.cores.find((c) => c.name === core);
  const built = uarch === undefined ? undefined : hardware(specs.value, uarch);
  if (built?.ok !== true) throw new Error(`${core} was compiled, but has no hardware`);
  const runs = Math.max(1, Number(wanted));
  const share = Math.min(1, Number(iterations) / shippedIterations());
  const scaled = (n: number): number => Math.max(1000, Math.ceil(n * share));
  const opened = await Core.open({ core });
  const programs = inSettings((setting) => benchProgram(Number(iterations), setting, (source) => opened.assemble(source)));
  const { native } = programs;
  const plain = ready.variant('plain');
  const bounded = (setting: Setting): number | undefined => (setting === 'native' || setting === 'guest' ? undefined : scaled(TRANSLATED_CYCLES));
  const speedIn = (setting: Setting): measure.Speed => measure.speed(plain, programs[setting], runs, bounded(setting));
  const referenceMips = (setting: Setting): number => measure.referenceMips(programs[setting], runs, scaled(REFERENCE_INSTRUCTIONS));
  const random = Math.max(20, Math.ceil(PROGRAMS * share));
  const lockstepIn = async (profile: Profile): Promise<BenchFigures['lockstep']> => ({
    ...await measure.lockstepSpeed(ready.variant('observed'), specs.value.isa, runs, random, profile),
    shares: lockstepShares(ready.variant('observed'), specs.value.isa, Math.max(20, Math.ceil(TIMED_PROGRAMS * share)), profile),
  });
  const figures: BenchFigures = {
    plain: speedIn('native'), guestBare: speedIn('guest'), sv39: speedIn('Sv39'), virtualized: speedIn('two-stage'),
    observed: measure.speed(ready.variant('observed'), native, runs, scaled(OBSERVED_CYCLES)),
    traced: await measure.tracedSpeed(ready, native, runs, scaled(TRACED_CYCLES)),
    reference: { mips: referenceMips('native'), mipsSv39: referenceMips('Sv39'), mipsTwoStage: referenceMips('two-stage') },
    lockstep: await lockstepIn('all'),
    lockstepTranslated: await lockstepIn('translation'),
    compile: { seconds: measure.compileSeconds(runs) },
    warmStart: { seconds: measure.warmStartSeconds(Math.max(runs, 3)) },
    wasm: measure.wasmPerCycle(plain, native, scaled(COUNTED_CYCLES)),
    ...(withVerilator === true ? { verilator: verilatorSpeed(built.value.module, plain, native, runs, scaled(VERILATOR_CYCLES)) } : {}),
  };
  terminal.out(json === true ? JSON.stringify(figures, rounded) : figuresText(core, figures));
  return EXIT_CODE.success;
}

/** Something for each setting. */
const inSettings = <T>(of: (setting: Setting) => T): Readonly<Record<Setting, T>> => {
  const [native, guest, sv39, twoStage] = SETTINGS;
  return { [native]: of(native), [guest]: of(guest), [sv39]: of(sv39), [twoStage]: of(twoStage) };
};

/** Four significant digits are more than a measurement has. */
const rounded = (_key: string, value: unknown): unknown => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value);

function figuresText(core: string, f: BenchFigures): string {
  const row = (what: string, figure: string, remark = ''): string => `${what.padEnd(28)}${figure.padStart(14)}  ${remark}`.trimEnd();
  const mcycles = (n: number): string => `${n.toFixed(n < 10 ? 3 : 1)} Mcycles/s`;
  const count = (n: number): string => Math.round(n).toLocaleString('en-US');
  const mips = (n: number): string => `${n.toFixed(2)} MIPS`;
  const work = ({ ipc, mcyclesPerSecond }: measure.Speed): string => `${ipc.toFixed(3)} instructions a cycle, ${(ipc * mcyclesPerSecond).toFixed(1)} million a second`;
  const shares = ({ shares: times }: BenchFigures['lockstep']): string => `${' '.repeat(44)}of their time ${sharesText(times)}`;
  const { traced, wasm, verilator } = f;
  return [
    `${core}, medians`,
    row('plain', mcycles(f.plain.mcyclesPerSecond), `bench.S in M: ${count(f.plain.cycles)} cycles, ${work(f.plain)}`),
    ...(verilator === undefined ? [] : [row('the same in SystemVerilog', mcycles(verilator.mcyclesPerSecond),
      `under Verilator, ${count(verilator.cycles)} cycles: plain is ${(f.plain.mcyclesPerSecond / verilator.mcyclesPerSecond).toFixed(1)} times as fast; compiled in ${verilator.compileSeconds.toFixed(0)} s`)]),
    row('guest, bare', mcycles(f.guestBare.mcyclesPerSecond), `the same in VS, both stages Bare: ${work(f.guestBare)}`),
    row('Sv39', mcycles(f.sv39.mcyclesPerSecond), `the same in HS on pages of 4 KiB: ${work(f.sv39)}`),
    row('virtualized', mcycles(f.virtualized.mcyclesPerSecond), `the same in VS, Sv39 over Sv39x4, both on pages of 4 KiB: ${work(f.virtualized)}`),
    row('observed', mcycles(f.observed.mcyclesPerSecond), 'every retirement recorded, cover points counted'),
    row('traced', mcycles(traced.mcyclesPerSecond), `all signals to a file: ${traced.changesPerCycle.toFixed(1)} changes and ${traced.bytesPerCycle.toFixed(0)} bytes a cycle, ${traced.megabytesPerSecond.toFixed(0)} MB/s`),
    row('reference', mips(f.reference.mips), `by itself; ${mips(f.reference.mipsSv39)} under Sv39, ${mips(f.reference.mipsTwoStage)} under two stages`),
    row('lockstep', `${count(f.lockstep.programsPerSecond)} /s`, `random programs; ${count(f.lockstep.instructionsPerSecond)} instructions/s`),
    shares(f.lockstep),
    row('lockstep, translated', `${count(f.lockstepTranslated.programsPerSecond)} /s`, `random programs of the profile translation; ${count(f.lockstepTranslated.instructionsPerSecond)} instructions/s`),
    shares(f.lockstepTranslated),
    row('compile', `${f.compile.seconds.toFixed(2)} s`, 'all specs to wasm: every core, every variant, in a new process'),
    row('warm start', `${f.warmStart.seconds.toFixed(2)} s`, 'all of ghosthart run hello.S, the core in the cache'),
    row('wasm operations a cycle', wasm.operationsPerCycle.toFixed(1), `executed, without local accesses and constants (with them ${wasm.instructionsPerCycle.toFixed(1)}), counted by an instrumented copy`),
    row('wasm stores a cycle', wasm.storesPerCycle.toFixed(1)),
  ].join('\n');
}
