/**
 * The core as a subject of the literal tables: put into a state between
 * cycles, stepped record by record.
 */
import type { ArchitecturalState, Mode, Retirement, Subject } from '../retirement.js';
import type { ObservedCore } from './observed.js';
import type { Observation } from './records.js';

/** {V, priv} of each mode. */
const LEVELS: Record<Mode, { readonly priv: bigint; readonly V: bigint }> = {
  M: { priv: 3n, V: 0n },
  HS: { priv: 1n, V: 0n },
  U: { priv: 0n, V: 0n },
  VS: { priv: 1n, V: 1n },
  VU: { priv: 0n, V: 1n },
};

/** Cycles after which a step without a record is a fault of the core: more than a division plus a refill. */
const STEP_LIMIT = 1_000;

export class CoreSubject implements Subject {
  #queue: Observation[] = [];

  constructor(readonly core: ObservedCore) {}

  arrange(state: Parameters<Subject['arrange']>[0]): void {
    const { core } = this;
    core.reset();
    this.#queue = [];
    const pc = state.pc ?? 0x8000_0000n;
    core.load({ entry: pc, segments: [], symbols: new Map() });
    core.poke('priv', LEVELS[state.mode].priv);
    core.poke('V', LEVELS[state.mode].V);
    for (const [index, value] of Object.entries(state.x ?? {})) core.setX(Number(index), value);
    for (const [name, value] of Object.entries(state.csrs ?? {})) core.pokeCsr(name, value);
    for (const { address, bytes, value } of state.memory ?? []) {
      const data = new Uint8Array(8);
      new DataView(data.buffer).setBigUint64(0, value, true);
      core.memory.write(address, data.subarray(0, bytes));
    }
    const { meip, seip, mtip, msip, hgeip } = state.lines ?? {};
    if (meip === true) core.poke('pins.meip', 1n);
    if (seip === true) core.poke('pins.seip', 1n);
    if (hgeip !== undefined) core.poke('pins.hgeip', hgeip);
    if (msip === true) core.poke('clint.msip', 1n);
    if (mtip === true) {
      core.poke('clint.mtimecmp', 0n);
      core.poke('clint.mtip', 1n);
    }
  }

  step(): Retirement {
    const { core } = this;
    for (let cycle = 0; cycle < STEP_LIMIT && this.#queue.length === 0; cycle++) {
      core.run(1, { records: (r) => this.#queue.push(...r), trapped: () => undefined });
    }
    const next = this.#queue.shift();
    if (next === undefined) throw new Error(`no record within ${STEP_LIMIT} cycles`);
    return next.retirement;
  }

  state(): ArchitecturalState {
    return this.core.state();
  }
}
