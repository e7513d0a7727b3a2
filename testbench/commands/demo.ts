/**
 * `ghosthart demo`: a hypervisor, a guest operating system and its
 * application on the core, told transition by transition, checked in lockstep
 * on every core, with a wave to open. Then a hypervisor with three guests.
 */
import { join } from 'node:path';
import type { Command } from 'commander';
import { DRAM_BASE } from '../../model/machine/memory.js';
import type { Program } from '../../model/machine/elf.js';
import { createDisassembler } from '../assembly/disassemble.js';
import type { CauseName } from '../demo/isolation-table.js';
import { table, tell, type Moment } from '../demo/story.js';
import { Lockstep, type LockstepResult } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { Board } from './board.js';
import type { Case } from './bundle.js';
import { keepDivergence, tellUnkept } from './check-case.js';
import { DEFAULT_MEMORY, readyCore, type ReadyCore } from './cores.js';
import { threeGuests } from './demo-guests.js';
import { EXIT_CODE, failure } from './failure.js';
import { makeDirectory } from './files.js';
import { coreNames, packageVersion, shipped } from './package.js';
import { readProgram } from './program.js';
import { terminal } from './terminal.js';

/** More than the demonstration takes on any core. */
const MOST_CYCLES = 2_000_000;
const CORE = 'five-stage';

/** Adds the command. */
export function define(program: Command): void {
  program
    .command('demo')
    .description('run the demonstration: a hypervisor with a guest, and one with three (npm start)')
    .option('--out <dir>', 'where the wave goes', 'out/demo')
    .addHelpText('after', '\nExample:\n  ghosthart demo')
    .action(async ({ out }: { readonly out: string }) => {
      process.exitCode = await demo(out);
    });
}

async function demo(out: string): Promise<number> {
  const ready = await readyCore({ core: CORE, variants: ['plain', 'traced', 'observed'], overlays: [], memory: DEFAULT_MEMORY });
  if (!ready.ok) return terminal.fail(ready);
  const program = readProgram(shipped('testbench/demo/demo.S'), ready.tables, { base: DRAM_BASE, size: BigInt(DEFAULT_MEMORY) });
  if (!program.ok) return terminal.fail(program);
  const failed = makeDirectory(out);
  if (failed !== undefined) return terminal.fail(failed);

  const printed: Uint8Array[] = [];
  const moments: Moment[] = [];
  const first = inLockstep(ready, program, { print: (bytes) => printed.push(bytes), tell: (moment) => moments.push(moment) });
  terminal.out('The console of the machine:\n');
  terminal.out(Buffer.concat(printed).toString('utf8').trimEnd().replace(/^/gm, '  '));
  terminal.out('\nWhat happened, transition by transition:\n');
  terminal.out(storyOf(moments, program, ready));
  terminal.out('');
  for (const core of coreNames([])) {
    const result = core === CORE ? first : await otherCore(core, program);
    if ('message' in result) return terminal.fail(result);
    if (result.kind === 'diverged') {
      const kept = await keepDivergence(join(out, core), caseOf(core, program), result.divergence);
      if (!kept.ok) return tellUnkept(kept);
      terminal.out(kept.text);
      return EXIT_CODE.failure;
    }
    if (result.outcome.kind !== 'exited' || result.outcome.code !== 0) return terminal.fail(failure(`The demonstration did not end well on ${core}.`, 'Please report it.'));
    terminal.out(`In lockstep with the reference on the ${core} core: ${result.records} records agree, ${result.cycles} cycles.`);
  }
  const code = await wave(join(out, 'core.vcd'), program, ready);
  return code === EXIT_CODE.success ? threeGuests(out, ready, causeNames(ready)) : code;
}

interface Listener {
  readonly print: (bytes: Uint8Array) => void;
  readonly tell: (moment: Moment) => void;
}

function inLockstep(ready: ReadyCore, program: Program, listener?: Listener): LockstepResult {
  const core = new ObservedCore(ready.variant('observed'), listener === undefined ? {} : { print: listener.print });
  return new Lockstep(core).run(program, {
    maxCycles: MOST_CYCLES,
    ...(listener === undefined ? {} : { onRecord: ({ retirement, inputs }) => listener.tell({ record: retirement, cycle: inputs.cycle }) }),
  });
}

async function otherCore(core: string, program: Program) {
  const ready = await readyCore({ core, variants: ['observed'], overlays: [], memory: DEFAULT_MEMORY });
  return ready.ok ? inLockstep(ready, program) : ready;
}

const caseOf = (core: string, program: Program): Case => ({ core, memory: DEFAULT_MEMORY, program, inputs: [], maxCycles: MOST_CYCLES, overlays: [] });

function causeNames(ready: ReadyCore): CauseName {
  const { exceptions, interrupts } = ready.variant('plain').description;
  return (cause, interrupt) => ((interrupt ? interrupts[cause] : exceptions[cause]) ?? `cause ${cause}`).replaceAll('_', ' ');
}

function storyOf(moments: readonly Moment[], { symbols }: Program, ready: ReadyCore): string {
  return table(tell(moments, {
    causeName: causeNames(ready),
    disassemble: createDisassembler(ready.tables),
    symbols: [...symbols].map(([name, address]) => ({ name, address })),
  }));
}

async function wave(path: string, program: Program, ready: ReadyCore): Promise<number> {
  const board = new Board({
    plain: ready.variant('plain'), traced: ready.variant('traced'), tables: ready.tables, version: packageVersion(), specHash: ready.specHash, skipIdle: false,
  });
  board.machine.load(program);
  const outcome = await board.run(BigInt(MOST_CYCLES), { path, from: 0n, to: undefined, limit: undefined });
  if (outcome.kind === 'failed') return terminal.fail(failure(outcome.message, outcome.mend));
  terminal.out(`\nThe wave of all ${board.machine.cycle} cycles is ${path}. With GTKWave installed, open it with\n`);
  terminal.out(`  gtkwave -a ${path.replace(/\.vcd$/, '.gtkw')}\n`);
  terminal.out('The lanes show the mode, each stage with its instruction, stalls and kills, the traps and the CSRs.');
  return EXIT_CODE.success;
}
