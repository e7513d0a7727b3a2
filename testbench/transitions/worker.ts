/** A worker: does the shares that it is asked for, with what it prepares at the first and keeps. */
import { failureText } from '../commands/failure.js';
import { endWithParent } from '../commands/worker-pool.js';
import type { CellOutcome } from './execute.js';
import type { WorkerTask } from './hands.js';
import { openShares } from './open.js';
import type { Shares } from './shares.js';
import type { SupportDifference } from './supports.js';

const endIfAlone = endWithParent();

let opened: { readonly key: string; readonly shares: Shares } | undefined;

/** Does one share. */
export default async function work(task: WorkerTask): Promise<readonly SupportDifference[] | readonly CellOutcome[]> {
  const key = JSON.stringify(task.setup);
  if (opened?.key !== key) {
    const made = await openShares(task.setup);
    if (!made.ok) throw new Error(failureText(made));
    opened = { key, shares: made.shares };
  }
  endIfAlone();
  const { shares } = opened;
  return task.kind === 'supports' ? shares.supports(task.range) : shares.cells(task.core, task.differences, task.range);
}
