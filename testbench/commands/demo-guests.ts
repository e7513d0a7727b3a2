/**
 * The second part of `ghosthart demo`: three guests on a hypervisor, one of
 * them wild; the same three without a level for guests; the tables, and the
 * wave of the moment at which the wild one is killed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { broken, Console, hypervisorProgram, MISDEEDS, underHypervisor, underKernel, type HypervisorRun } from '../demo/isolation.js';
import { guestsTable, kernelTable, livesTable, type CauseName } from '../demo/isolation-table.js';
import { assembleSystems, type Systems } from '../demo/system.js';
import { ObservedCore } from '../lockstep/observed.js';
import { Board } from './board.js';
import type { ReadyCore } from './cores.js';
import { EXIT_CODE, failure } from './failure.js';
import { packageVersion, shipped } from './package.js';
import { terminal } from './terminal.js';

/** Cycles that the wave shows before the last offence and behind it. */
const BEFORE = 1500n;
const BEHIND = 2500n;

const readSource = (name: string): string => readFileSync(shipped(join('testbench', 'demo', 'three', name)), 'utf8');

/**
 * Runs and tells both systems.
 *
 * @param out - Directory for the wave; it exists.
 * @param ready - With the observed, plain and traced variants.
 * @returns The exit code: a failure if what the tables are to show does not hold.
 */
export async function threeGuests(out: string, ready: ReadyCore, causeName: CauseName): Promise<number> {
  const output = new Console();
  const systems = assembleSystems({ read: readSource, tables: ready.tables });
  const stage = { core: new ObservedCore(ready.variant('observed'), { print: output.print }), output, systems };
  const guarded = underHypervisor(stage);
  terminal.out('\nThree guests A, B and C on a hypervisor, under two-stage translation, in slices of the timer. A and C compute:\n');
  terminal.out(guestsTable(guarded));
  terminal.out(`\nB goes wild, in another way in each of its ${MISDEEDS.length} lives:\n`);
  terminal.out(livesTable(guarded, causeName));
  const alone = underKernel(stage, undefined);
  const shared = MISDEEDS.map((_, misdeed) => underKernel(stage, misdeed));
  terminal.out('\nThe same three images under one ordinary kernel, their applications as processes, their kernels\' code as its modules:\n');
  terminal.out(kernelTable(alone, shared, causeName));
  const failed = broken(guarded, alone, shared);
  if (failed.length > 0) {
    terminal.note(`\n${failed.map((what) => `This should not be: ${what}.`).join('\n')}`);
    return EXIT_CODE.failure;
  }
  return killingWave(join(out, 'killed.vcd'), guarded, systems, ready);
}

/** The wave around the trap at which the hypervisor first loses patience with B. */
async function killingWave(path: string, { lives }: HypervisorRun, systems: Systems, ready: ReadyCore): Promise<number> {
  const killed = lives.find(({ guest, end }) => guest === 'B' && end !== 1);
  if (killed === undefined) return terminal.fail(failure('B was never killed.', 'Please report it.'));
  const board = new Board({
    plain: ready.variant('plain'), traced: ready.variant('traced'), tables: ready.tables, version: packageVersion(), specHash: ready.specHash, skipIdle: false,
  });
  board.machine.load(hypervisorProgram(systems));
  const [from, to] = [killed.endedAt - BEFORE, killed.endedAt + BEHIND];
  const outcome = await board.run(to, { path, from, to, limit: undefined, marker: killed.endedAt });
  if (outcome.kind === 'failed') return terminal.fail(failure(outcome.message, outcome.mend));
  terminal.out(`\nThe wave of B's first violent end, at cycle ${killed.endedAt} (the marker), is ${path}:\n`);
  terminal.out(`  gtkwave -a ${path.replace(/\.vcd$/, '.gtkw')}`);
  return EXIT_CODE.success;
}
