/**
 * The printed SystemVerilog of the cores, compiled by Verilator, against their WebAssembly: the same values in all
 * registers after every cycle. Devices and the host are played back from what the WebAssembly met.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CLOCK_PERIOD } from '../../model/backend/layout.js';
import { parseElf } from '../../model/machine/elf.js';
import { REGISTER } from '../../model/machine/protocol.js';
import { Builder } from '../arbitraries/build.js';
import { PlanMaker } from '../arbitraries/maker.js';
import { assemble } from '../assembly/assemble.js';
import { writeElf } from '../assembly/elf.js';
import { assemblyTables } from '../assembly/tables.js';
import { bootImage } from '../boot/image.js';
import { PROGRAM_LIMITS, programNumber } from '../lockstep/campaign.js';
import { buildCProgram, programPath } from '../programs/build.js';
import { compiledCore, CORES, shippedSpecs, type CoreName } from '../properties/cores.js';
import { moduleOf } from '../properties/scenarios.js';
import { multiplier, testSeed } from '../properties/effort.js';
import { differenceAfter, differenceText, firstDifference } from '../verilator/agreement.js';
import { blockOf } from '../verilator/block.js';
import { parting, readHistories } from '../verilator/histories.js';
import { Recorder, type RecordedProgram } from '../verilator/recorder.js';
import { Simulator } from '../verilator/simulator.js';
import { OPENSBI, UBOOT } from './firmware.js';
import { ghosthart, workFolder } from './ghosthart.js';

const MINUTES = 60_000;
const PROGRAMS = Math.round(1000 * multiplier());
/** Of the C program. */
const CYCLES = 100_000;
/** Of the firmware: with GHOSTHART_RUNS=40 ten million, which end in U-Boot. */
const BOOT_CYCLES = Math.round(250_000 * multiplier());

const elf = join(workFolder, 'c-program-verilator.elf');

function cProgram(recorder: Recorder): RecordedProgram {
  const program = parseElf(readFileSync(elf), recorder.memory.range);
  if (!program.ok) throw new Error(program.message);
  return program;
}

function assembled(file: string, recorder: Recorder): RecordedProgram {
  const result = assemble(readFileSync(programPath(file), 'utf8'), assemblyTables(shippedSpecs().isa), { file });
  if (!result.ok) throw new Error(result.errors.map((e) => e.message).join('\n'));
  const program = parseElf(writeElf(result.program), recorder.memory.range);
  if (!program.ok) throw new Error(program.message);
  return program;
}

function firmware(name: CoreName, { memory }: Recorder): RecordedProgram {
  const { machine, interrupts } = compiledCore(name, 'plain').description;
  const image = bootImage({ bios: readFileSync(OPENSBI), kernel: readFileSync(UBOOT.S) }, { machine, interrupts, memory: memory.range, tables: assemblyTables(shippedSpecs().isa) });
  if (!image.ok) throw new Error(image.message);
  return image;
}

describe.each(CORES)('%s in SystemVerilog', (name) => {
  let recorder: Recorder;
  let simulator: Simulator;
  const { layout } = compiledCore(name, 'plain').description;

  beforeAll(() => {
    buildCProgram(elf);
    recorder = new Recorder(compiledCore(name, 'plain'));
    simulator = Simulator.build(moduleOf(name), layout, { directory: join(workFolder, `verilator-${name}`), waves: true });
  }, 10 * MINUTES);

  /** Runs programs on both sides; differences as text. */
  function differences(programs: readonly RecordedProgram[], maxCycles: number): { readonly found: readonly string[]; readonly cycles: number } {
    const recordings = programs.map((p) => recorder.record(p, maxCycles));
    const simulated = simulator.run(recordings.map((r) => r.job));
    const found = recordings.flatMap((recording, i) => {
      const [program, other] = [programs[i], simulated[i]];
      const cycles = other === undefined ? 0 : firstDifference(recording, other);
      if (program === undefined || cycles === undefined) return [];
      return [`program ${i} ${differenceText(differenceAfter(cycles, program, recorder, simulator, layout))}`];
    });
    return { found, cycles: recordings.reduce((sum, r) => sum + r.job.cycles, 0) };
  }

  it(`has the registers of the WebAssembly after each of ${CYCLES} cycles of the C program`, () => {
    expect(differences([cProgram(recorder)], CYCLES)).toEqual({ found: [], cycles: CYCLES });
  }, 5 * MINUTES);

  it(`has them after each cycle of ${PROGRAMS} random programs`, () => {
    const maker = new PlanMaker(shippedSpecs().isa);
    const builder = new Builder(maker.shapes);
    const programs = Array.from({ length: PROGRAMS }, (_, i) => builder.build(maker.make(programNumber(testSeed(), i))));
    const { found, cycles } = differences(programs, PROGRAM_LIMITS.maxCycles);
    console.log(`${name}: ${PROGRAMS} random programs, ${cycles} cycles`);
    expect(found.slice(0, 3)).toEqual([]);
  }, 5 * MINUTES * multiplier());

  it(`has them after each of ${BOOT_CYCLES} cycles of OpenSBI and U-Boot`, () => {
    expect(differences([firmware(name, recorder)], BOOT_CYCLES)).toEqual({ found: [], cycles: BOOT_CYCLES });
  }, 5 * MINUTES * multiplier());

  it('shows in its wave what ours shows of every signal', async () => {
    const [ours, theirs] = ['ours', 'verilator'].map((who) => join(workFolder, `${name}-${who}.vcd`));
    if (ours === undefined || theirs === undefined) throw new Error('two dumps');
    const source = join('testbench', 'programs', 'hello.S');
    expect(ghosthart('run', source, '--core', name, '--vcd', ours).exitCode).toBe(0);
    const { job } = recorder.record(assembled('hello.S', recorder), CYCLES);
    simulator.dump(job, theirs);
    const end = BigInt(job.cycles * CLOCK_PERIOD);
    const [left, right] = [await readHistories(ours, end), await readHistories(theirs, end)];
    const { signals, name: module } = simulator.verilog;
    const partings = layout.signals.flatMap((s) => {
      const [a, b] = [left.get(`top.core.${s.name}`), right.get(`TOP.${module}.${signals.get(s.name) ?? ''}`)];
      return a === undefined || b === undefined ? [`${s.name} is not in both`] : parting(s.name, a, b) ?? [];
    });
    expect(partings).toEqual([]);
    console.log(`${name}: ${layout.signals.length} signals in ${job.cycles} cycles of two waves`);
  }, 5 * MINUTES);

  it('has others from the cycle on in which a device says something else', () => {
    const program = assembled('hello.S', recorder);
    const recording = recorder.record(program, CYCLES);
    const answer = recording.job.effects.find((e) => e.kind === 'register' && blockOf(layout).registers[e.index]?.name === REGISTER.ioAnswered);
    expect(answer).toBeDefined();
    const effects = recording.job.effects.filter((e) => e.cycle !== answer?.cycle);
    const [simulated] = simulator.run([{ ...recording.job, effects }]);
    expect(simulated === undefined ? undefined : firstDifference(recording, simulated)).toBe(Number(answer?.cycle) + 1);
  }, 5 * MINUTES);
});
