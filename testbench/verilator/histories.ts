/** Two dumps of the same run, signal by signal. */
import { readVcd } from '../../waves/read.js';

/** The values that a signal takes, each with the time from which it has it. */
export type History = readonly { readonly time: bigint; readonly value: bigint }[];

/** Adds a value; of several at one time the last counts, and one that is no change does not. */
function extend(history: { time: bigint; value: bigint }[], time: bigint, value: bigint): void {
  const last = history.at(-1);
  if (last?.time === time) history.pop();
  if (history.at(-1)?.value !== value) history.push({ time, value });
}

/**
 * What a dump says of each signal, by its path.
 *
 * @param end - Time from which on nothing counts any more.
 * @throws Error if it cannot be read.
 */
export async function readHistories(path: string, end: bigint): Promise<ReadonlyMap<string, History>> {
  const byId = new Map<string, { time: bigint; value: bigint }[]>();
  const dump = await readVcd(path, ({ id, time, value }) => {
    if (time >= end) return;
    const history = byId.get(id) ?? [];
    byId.set(id, history);
    extend(history, time, value);
  });
  if (dump.kind === 'unreadable') throw new Error(dump.message);
  return new Map(dump.variables.map((v) => [v.path, byId.get(v.id) ?? []]));
}

/** Where two histories part, as a person reads it; undefined if they do not. */
export function parting(name: string, ours: History, theirs: History): string | undefined {
  const at = Array.from({ length: Math.max(ours.length, theirs.length) }, (_, i) => i)
    .find((i) => ours[i]?.time !== theirs[i]?.time || ours[i]?.value !== theirs[i]?.value);
  if (at === undefined) return undefined;
  const say = (history: History): string => (history[at] === undefined ? 'no further change' : `0x${history[at].value.toString(16)} at ${history[at].time}`);
  return `${name}: ours ${say(ours)}, Verilator's ${say(theirs)}`;
}
