/** A worker: judges what it is asked, in a laboratory that it makes at the first task and keeps. */
import { failureText } from '../commands/failure.js';
import { endWithParent } from '../commands/worker-pool.js';
import type { WorkerTask } from './judges.js';
import type { Laboratory, Verdict } from './laboratory.js';
import { openLaboratory } from './open.js';

endWithParent();

let opened: { readonly key: string; readonly laboratory: Laboratory } | undefined;

/** Does one task. */
export default async function work({ setup, number, stage }: WorkerTask): Promise<Verdict | undefined> {
  const key = JSON.stringify(setup);
  if (opened?.key !== key) {
    const made = await openLaboratory(setup);
    if (!made.ok) throw new Error(failureText(made));
    opened = { key, laboratory: made.laboratory };
  }
  return opened.laboratory[stage](number);
}
