/**
 * Whether a run's records tell the truth about the outside, and the outside
 * saw what the records tell.
 *
 * The reference takes time, lines and device data from the records: it cannot
 * know whether they are true. Here time is derived from cycles, lines from the
 * schedule, and device accesses from what the bus was asked for.
 */
import type { InputEvent } from '../../model/machine/input-log.js';
import type { Observation } from './records.js';
import type { ObservedCore } from './observed.js';

/** An access that left the core towards a device. */
export interface DeviceAccess {
  readonly address: bigint;
  readonly bytes: number;
  readonly write: boolean;
  readonly data: bigint;
}

/** Cycles that an access or WFI may have waited after its inputs were sampled, those in WFI apart. */
const MOST_WAITED = 64n;
const CLINT = { base: 0x200_0000n, size: 0x1_0000n, mtime: 0x200_bff8n };

const widthOf = (mask: number): number => mask.toString(2).replaceAll('0', '').length;

/** Listens to the bus of a core from now on. */
export class BusListener {
  #accesses: DeviceAccess[] = [];

  constructor({ machine: { bus } }: ObservedCore) {
    const access = bus.access.bind(bus);
    bus.access = (request) => {
      this.#accesses.push({ address: request.address, bytes: request.bytes, write: request.write, data: request.data });
      return access(request);
    };
  }

  /** What was heard since the last call. */
  take(): readonly DeviceAccess[] {
    const taken = this.#accesses;
    this.#accesses = [];
    return taken;
  }
}

/** What a run showed. */
export interface Shown {
  readonly records: readonly Observation[];
  readonly accesses: readonly DeviceAccess[];
  /** The schedule of the lines. */
  readonly inputs: readonly InputEvent[];
  readonly cyclesPerTick: number;
  /** Bytes of memory from 0x80000000. */
  readonly memory: bigint;
  /** The run was cut off: an access may be under way. */
  readonly cut: boolean;
}

/** The first lie, in words; undefined if there is none. */
export function firstLie(shown: Shown): string | undefined {
  return lieAboutTime(shown) ?? lieAboutLines(shown) ?? lieAboutDevices(shown);
}

function lieAboutTime({ records, cyclesPerTick }: Shown): string | undefined {
  let previous = 0n;
  for (const { inputs: { cycle, mtime }, retirement } of records) {
    const now = cycle / BigInt(cyclesPerTick);
    const sampledAgo = isWfi(retirement.insn) ? undefined : retirement.mem_addr === 0n ? 0n : MOST_WAITED;
    const least = sampledAgo === undefined ? previous : (cycle > sampledAgo ? cycle - sampledAgo : 0n) / BigInt(cyclesPerTick);
    if (mtime > now || mtime < least) return `record ${retirement.order}: mtime is ${mtime} in cycle ${cycle}`;
    previous = mtime;
    // From a store to mtime on, time is no longer that of the cycles.
    if (retirement.mem_wmask !== 0 && retirement.mem_addr >= CLINT.mtime && retirement.mem_addr < CLINT.mtime + 8n) return undefined;
  }
  return undefined;
}

const isWfi = (insn: number): boolean => insn === 0x1050_0073;

interface Lines { readonly meip: boolean; readonly seip: boolean; readonly hgeip: bigint }

/** The lines from some cycle on. */
function timeline(inputs: readonly InputEvent[]): readonly { readonly from: bigint; readonly lines: Lines }[] {
  let lines: Lines = { meip: false, seip: false, hgeip: 0n };
  const steps = [{ from: 0n, lines }];
  for (const event of inputs) {
    if (event.kind !== 'pin') continue;
    lines = event.pin === 'hgeip' ? { ...lines, hgeip: event.value } : { ...lines, [event.pin]: event.value === 1n };
    steps.push({ from: event.cycle, lines });
  }
  return steps;
}

function lieAboutLines({ records, inputs }: Shown): string | undefined {
  const steps = timeline(inputs);
  for (const { inputs: seen, retirement } of records) {
    const waited = isWfi(retirement.insn) ? seen.cycle : retirement.mem_addr === 0n ? 0n : MOST_WAITED;
    const possible = steps.filter(({ from }, i) => {
      const until = steps[i + 1]?.from;
      return from <= seen.cycle && (until === undefined || until > seen.cycle - waited);
    });
    const same = ({ lines }: { readonly lines: Lines }): boolean => lines.meip === seen.meip && lines.seip === seen.seip && lines.hgeip === seen.hgeip;
    if (!possible.some(same)) return `record ${retirement.order}: in cycle ${seen.cycle} it saw lines that were not so`;
  }
  return undefined;
}

const isFinisher = (a: DeviceAccess | undefined): boolean => a !== undefined && a.write && a.address === 0x10_0000n;

function lieAboutDevices({ records, accesses, memory, cut }: Shown): string | undefined {
  const told = records.flatMap(({ retirement: { mem_addr, mem_rmask, mem_wmask, mem_wdata } }): DeviceAccess[] => {
    const mask = mem_rmask | mem_wmask;
    const inMemory = mem_addr >= 0x8000_0000n && mem_addr < 0x8000_0000n + memory;
    const inClint = mem_addr >= CLINT.base && mem_addr < CLINT.base + CLINT.size;
    return mask === 0 || inMemory || inClint ? [] : [{ address: mem_addr, bytes: widthOf(mask), write: mem_wmask !== 0, data: mem_wdata }];
  });
  const text = (a: DeviceAccess | undefined): string =>
    (a === undefined ? 'nothing' : `${a.write ? `store of 0x${BigInt.asUintN(8 * a.bytes, a.data).toString(16)} to` : 'load from'} 0x${a.address.toString(16)}, ${a.bytes} bytes`);
  for (let i = 0; i < Math.max(told.length, accesses.length); i++) {
    // The last access may still be under way, or have ended the run.
    if (i === told.length && i === accesses.length - 1 && (cut || isFinisher(accesses[i]))) break;
    const [a, b] = [text(accesses[i]), text(told[i])];
    if (a !== b) return `device access ${i}: the bus was asked for ${a}, the records tell of ${b}`;
  }
  return undefined;
}
