/** Setting and showing all home CSRs at once. */
import type { HomeCsr } from '../retirement.js';
import { EVENT_COUNTERS, isStored } from './csr-file.js';
import type { Hart } from './hart.js';
import { READ_ONLY_ONES } from './storable.js';

/** Stores CSR values as given, but for bits that no register has; the change belongs to no record. */
export function arrangeCsrs(hart: Hart, given: Readonly<Partial<Record<HomeCsr, bigint>>>): void {
  for (const csr of hart.homes) {
    const value = given[csr];
    if (value === undefined || !isStored(csr)) continue;
    hart.csrs.set(csr, (value & hart.writable[csr]) | (READ_ONLY_ONES[csr] ?? 0n));
  }
  hart.csrs.takeChanges();
  hart.counters.arrange(given.mcycle ?? 0n, given.minstret ?? 0n);
  for (const counter of EVENT_COUNTERS) hart.counters.writeEvent(counter, given[counter] ?? 0n);
}

/** Every home CSR that the hart has, by name; `mcycle` is its value in `nextCycle`. */
export function csrState(hart: Hart, nextCycle: bigint): Record<string, bigint> {
  const { values, inhibitsCycle } = hart.csrs;
  const state: Record<string, bigint> = {};
  for (const csr of hart.homes) {
    if (isStored(csr)) state[csr] = values[csr];
  }
  for (const counter of EVENT_COUNTERS) state[counter] = hart.counters.event(counter);
  return { ...state, mcycle: hart.counters.mcycleIn(nextCycle, inhibitsCycle), minstret: hart.counters.minstret };
}
