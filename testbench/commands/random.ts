/**
 * `ghosthart lockstep --random`: a campaign of random programs. What diverges
 * has been made smaller before it is kept.
 */
import { join } from 'node:path';
import { printBody } from '../arbitraries/print.js';
import { coverageData, printCoverage } from '../coverage/report.js';
import { createDisassembler, type Disassembler } from '../assembly/disassemble.js';
import { campaign, PROGRAM_LIMITS, type CampaignFailure, type CampaignResult } from '../lockstep/campaign.js';
import type { Case } from './bundle.js';
import { keepDivergence, tellUnkept, type KeptDivergence } from './check-case.js';
import { readyCore } from './cores.js';
import { EXIT_CODE, failure, specFailure } from './failure.js';
import { interruptible } from './long-run.js';
import type { LockstepOptions } from './lockstep.js';
import { seedFrom } from './options.js';
import { specLayers } from './package.js';
import { terminal } from './terminal.js';

/** Runs so many programs of a seed; stops at the first divergence. */
export async function lockstepRandom(options: LockstepOptions): Promise<number> {
  const { core, specs: overlays, memory, json, coverage, profile } = options;
  const programs = Number(options.random);
  if (programs === 0) return terminal.fail(failure('There is no program to run.', 'Give --random a number above 0.'));
  const ready = await readyCore({ core, variants: ['observed'], overlays, memory });
  if (!ready.ok) return terminal.fail(ready);
  const { load } = await import('../../model/compile.js');
  const specs = load(specLayers(overlays));
  if (!specs.ok) return terminal.fail(await specFailure(specs.diagnostics));
  const seed = seedFrom(options.seed);
  let stopped = false;
  const ended = interruptible(() => { stopped = true; });
  const result = await campaign({ core: ready.variant('observed'), isa: specs.value.isa, profile, seed, programs, failures: 1, isStopped: () => stopped });
  const interrupted = ended();
  const kept = await keepFailures(result, options);
  if (!kept.ok) return tellUnkept(kept);
  if (json === true) terminal.out(JSON.stringify({ ...summary(result), diverged: kept.kept.map((k) => k.directory), ...(coverage === true ? { coverage: coverageData(result.coverage) } : {}) }));
  else if (coverage === true) terminal.out(`${printCoverage(result.coverage)}\n`);
  if (result.failures.length === 0) {
    if (json !== true) terminal.out(agreedText(core, result, seed));
    if (interrupted) terminal.note(`ghosthart: stopped after ${result.programs} of ${programs} programs.`);
    return interrupted ? EXIT_CODE.interrupted : EXIT_CODE.success;
  }
  const tell = json === true ? terminal.note : terminal.out;
  for (const one of kept.kept) {
    tell(`Program ${result.programs} of seed ${seed}, made smaller:\n`);
    tell(`${bodyText(one.failed, createDisassembler(ready.tables))}\n\n${one.text}`);
  }
  return EXIT_CODE.failure;
}

interface Kept {
  readonly directory: string;
  readonly failed: CampaignFailure;
  readonly text: string;
}

async function keepFailures({ failures }: CampaignResult, { core, memory, specs: overlays, out }: LockstepOptions): Promise<{ readonly ok: true; readonly kept: readonly Kept[] } | Extract<KeptDivergence, { readonly ok: false }>> {
  const all: Kept[] = [];
  for (const failed of failures) {
    const seed = String(failed.number >>> 0);
    const one: Case = { core, memory, program: failed.program, inputs: failed.program.inputs, maxCycles: PROGRAM_LIMITS.maxCycles, overlays, seed };
    const directory = join(out, seed);
    const kept = await keepDivergence(directory, one, failed.divergence);
    if (!kept.ok) return kept;
    all.push({ directory, failed, text: kept.text });
  }
  return { ok: true, kept: all };
}

const bodyText = ({ plan, program }: CampaignFailure, disassemble: Disassembler): string => printBody(plan, program, disassemble).trimEnd();

const summary = ({ programs, records, cycles, seconds }: CampaignResult) => ({ programs, records, cycles: Number(cycles), seconds: Number(seconds.toFixed(3)) });

function agreedText(core: string, { programs, instructions, records, cycles, seconds }: CampaignResult, seed: number): string {
  const rate = (n: number): string => Math.round(n / seconds).toLocaleString('en-US');
  return `${core} and the reference agree on ${programs} random programs (seed ${seed}): ${records} records, ${cycles} cycles, ${seconds.toFixed(1)} s; ${rate(programs)} programs and ${rate(instructions)} instructions a second.`;
}
