/**
 * `ghosthart lockstep --random`: random programs, one seed a program. What
 * diverges is made smaller before it is kept.
 */
import { join } from 'node:path';
import { PlanMaker } from '../arbitraries/arbitrary.js';
import { Builder, type BuiltProgram } from '../arbitraries/build.js';
import { printBody } from '../arbitraries/print.js';
import type { Plan } from '../arbitraries/program.js';
import { simpler } from '../arbitraries/shrink.js';
import { createDisassembler } from '../assembly/disassemble.js';
import { Lockstep, type Divergence, type LockstepResult } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import type { Case } from './bundle.js';
import { keepDivergence } from './check-case.js';
import { readyCore } from './cores.js';
import { EXIT_CODE, specFailure } from './failure.js';
import type { LockstepOptions } from './lockstep.js';
import { specLayers } from './package.js';
import { terminal } from './terminal.js';

/** Enough for nearly every program to end by itself. */
const MOST_CYCLES = 3000;
/** Smaller programs tried before the smallest so far is taken. */
const MOST_TRIES = 2000;
const SEEDS = 2 ** 32;

interface Campaign {
  readonly programs: number;
  readonly records: number;
  readonly cycles: number;
  readonly seconds: number;
}

/** Runs the programs of the seeds from `--seed` on; stops at the first divergence. */
export async function lockstepRandom(options: LockstepOptions): Promise<number> {
  const { core, specs: overlays, memory, json } = options;
  const ready = await readyCore({ core, variants: ['observed'], overlays, memory });
  if (!ready.ok) return terminal.fail(ready);
  const { load } = await import('../../model/compile.js');
  const specs = load(specLayers(overlays));
  if (!specs.ok) return terminal.fail(await specFailure(specs.diagnostics));
  const maker = new PlanMaker(specs.value.isa);
  const builder = new Builder(maker.shapes);
  const lockstep = new Lockstep(new ObservedCore(ready.variant('observed')));
  const maxCycles = Math.min(Number(options.maxCycles), MOST_CYCLES);
  const check = (plan: Plan): Checked => {
    const program = builder.build(plan);
    return { plan, program, result: lockstep.run(program, { maxCycles, inputs: program.inputs }) };
  };

  const first = Number(options.seed ?? BigInt(Date.now())) % SEEDS;
  const began = performance.now();
  let [programs, records, cycles] = [0, 0, 0];
  let failed: { readonly seed: number; readonly checked: Checked } | undefined;
  for (; programs < Number(options.random) && failed === undefined; programs++) {
    const seed = (first + programs) % SEEDS;
    const checked = check(maker.make(seed));
    records += checked.result.records;
    cycles += Number(checked.result.cycles);
    if (checked.result.kind === 'diverged') failed = { seed, checked };
  }
  const campaign: Campaign = { programs, records, cycles, seconds: Number(((performance.now() - began) / 1000).toFixed(3)) };
  if (failed === undefined) {
    terminal.out(json === true ? JSON.stringify({ ...campaign, diverged: [] }) : agreedText(core, campaign, first));
    return EXIT_CODE.success;
  }
  const small = smallest(failed.checked, check);
  const directory = join(options.out, String(failed.seed));
  const one: Case = { core, memory, program: small.program, inputs: small.program.inputs, maxCycles, overlays, seed: String(failed.seed) };
  const kept = await keepDivergence(directory, one, small.divergence);
  if (!kept.ok) return terminal.fail(kept);
  if (json === true) terminal.out(JSON.stringify({ ...campaign, diverged: [directory] }));
  const tell = json === true ? terminal.note : terminal.out;
  tell(`Random program ${programs} (seed ${failed.seed}), made smaller:\n`);
  tell(printBody(small.plan, small.program, createDisassembler(ready.tables)));
  tell(`\n${kept.text}`);
  return EXIT_CODE.failure;
}

interface Checked {
  readonly plan: Plan;
  readonly program: BuiltProgram;
  readonly result: LockstepResult;
}

interface Smallest extends Checked {
  readonly divergence: Divergence;
}

/** Takes the first simpler program that still diverges, again and again. */
function smallest(checked: Checked, check: (plan: Plan) => Checked): Smallest {
  if (checked.result.kind !== 'diverged') throw new Error('nothing diverged');
  let best: Smallest = { ...checked, divergence: checked.result.divergence };
  let tries = 0;
  for (let found = true; found && tries < MOST_TRIES; ) {
    found = false;
    for (const plan of simpler(best.plan)) {
      if (++tries > MOST_TRIES) break;
      const next = check(plan);
      if (next.result.kind !== 'diverged') continue;
      best = { ...next, divergence: next.result.divergence };
      found = true;
      break;
    }
  }
  return best;
}

function agreedText(core: string, { programs, records, cycles, seconds }: Campaign, seed: number): string {
  const rate = (n: number): string => Math.round(n / seconds).toLocaleString('en-US');
  return `${core} and the reference agree on ${programs} random programs (seed ${seed}): ${records} records, ${cycles} cycles, ${seconds} s; ${rate(programs)} programs and ${rate(records)} instructions a second.`;
}
