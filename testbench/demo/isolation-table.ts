/**
 * What became of the three guests, as text.
 */
import { expectedAnswers } from './answers.js';
import { ENDS, MISDEEDS, type HypervisorRun, type KernelRun, type Life, type SystemRun, type TrapCount } from './isolation.js';
import { columns } from './story.js';
import type { GuestName } from './system.js';

/** The manual's name of a cause. */
export type CauseName = (cause: number, interrupt: boolean) => string;

const times = (count: number): string => (count > 1 ? `${count} x ` : '');

/** A trap as `64 x store guest page fault, VS -> HS`. */
const said = ({ from, to, cause, interrupt, count }: TrapCount, causeName: CauseName): string =>
  `${times(count)}${causeName(cause, interrupt)}${interrupt ? ' interrupt' : ''}, ${from} -> ${to}`;

/** Exceptions other than calls; of a life without any, what most often took the hart away. */
function telling({ traps }: Life, causeName: CauseName): readonly TrapCount[] {
  const exceptions = traps.filter(({ cause, interrupt }) => !interrupt && !causeName(cause, false).startsWith('environment call'));
  return exceptions.length > 0 ? exceptions : traps.filter(({ to }) => to === 'HS').sort((a, b) => b.count - a.count).slice(0, 1);
}

/** What a guest has printed in a run, without its name. */
const printed = ({ console: lines }: SystemRun, guest: GuestName): string =>
  lines.filter((line) => line.startsWith(`[${guest}] `)).map((line) => line.slice(4)).join(' / ') || 'nothing';

const sum = (value: bigint): string => value.toString(16).padStart(16, '0');

/** A and C under the hypervisor, and the hypervisor itself. */
export function guestsTable(run: HypervisorRun): string {
  const expected = expectedAnswers();
  const rows = (['A', 'C'] as const).map((guest) => {
    const life = run.lives.find((l) => l.guest === guest);
    return [guest, expected[guest], printed(run, guest) === expected[guest] ? 'the same' : printed(run, guest), ENDS[life?.end ?? 0] ?? 'never ended', String(life?.slices ?? 0)];
  });
  return [
    columns(['guest', 'expected, as computed here', 'printed', 'end', 'slices'], rows, 0),
    `The hypervisor's memory sums up to ${sum(run.sums.before)} before the first guest, to ${sum(run.sums.after)} after the last (here: ${sum(run.sumHere)}).`,
  ].join('\n');
}

/** B's lives under the hypervisor: what it did, which traps it caused, who took them, how it ended. */
export function livesTable({ lives }: HypervisorRun, causeName: CauseName): string {
  const rows = lives.filter(({ guest }) => guest === 'B').flatMap((life) => {
    const [first = 'none', ...more] = telling(life, causeName).map((trap) => said(trap, causeName));
    return [
      [String(life.number), MISDEEDS[life.number] ?? '', first, ENDS[life.end] ?? '', String(life.slices)],
      ...more.map((trap) => ['', '', trap, '', '']),
    ];
  });
  return columns(['#', 'what B does', 'its traps', 'its end', 'slices'], rows, 1);
}

/** What the kernel came to. */
function fate({ outcome, fatal, console: lines }: KernelRun, causeName: CauseName): string {
  if (outcome.kind === 'exited' && outcome.code === 0) return lines.some((line) => line.startsWith('[kernel] B killed')) ? 'killed B' : 'served all';
  if (fatal === undefined) return 'no process runs any more';
  const what = causeName(fatal.cause, fatal.interrupt);
  return outcome.kind === 'exited' ? `panic: ${what}` : `dead: ${what}, again and again`;
}

const answer = (run: KernelRun, guest: 'A' | 'C'): string => (run.right.includes(guest) ? 'right' : 'lost');

/** The same misdeeds under the one kernel: what became of it, and of A and C. */
export function kernelTable(alone: KernelRun, shared: readonly KernelRun[], causeName: CauseName): string {
  const row = (number: string, what: string, run: KernelRun): string[] => [number, what, fate(run, causeName), answer(run, 'A'), answer(run, 'C')];
  return columns(['#', 'what B does', 'the kernel', 'A', 'C'], [
    row('', 'is absent', alone),
    ...shared.map((run, misdeed) => row(String(misdeed), MISDEEDS[misdeed] ?? '', run)),
  ], 1);
}
