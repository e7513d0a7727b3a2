/**
 * A worker of the pool: runs what it is asked, with a prober that it makes at
 * the first task and keeps.
 */
import { failureText } from '../commands/failure.js';
import { endWithParent } from '../commands/worker-pool.js';
import type { WorkerTask } from './executor.js';
import { openProber, type ProberSetup } from './open.js';
import type { ChunkResult, Prober, Shrinking } from './prober.js';

const endIfAlone = endWithParent();

let opened: { readonly key: string; readonly prober: Prober } | undefined;

async function proberFor(setup: ProberSetup): Promise<Prober> {
  const key = JSON.stringify(setup);
  if (opened?.key === key) return opened.prober;
  const made = await openProber(setup, endIfAlone);
  if (!made.ok) throw new Error(failureText(made));
  made.prober.corpus.refresh();
  opened = { key, prober: made.prober };
  return made.prober;
}

/** Does one task. */
export default async function work(task: WorkerTask): Promise<ChunkResult | Shrinking> {
  const prober = await proberFor(task.setup);
  return task.kind === 'run' ? prober.run(task.chunk) : prober.shrink(task.state, task.signature, task.milliseconds);
}
