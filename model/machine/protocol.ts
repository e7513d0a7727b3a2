/**
 * What the machine and the core agree on: names of registers, reasons for
 * which `run` returns, and the core as the machine sees it.
 */
import { REASON_RING_FULL, REASON_WAVE_FULL } from '../backend/layout.js';
import { EXIT as CORE_EXIT } from '../pipeline/exit.js';

/** Why the core returned to the host: the core's own reasons, and the backend's, which are larger. */
export const EXIT = {
  /** The number of cycles asked for is over. */
  none: 0,
  ...CORE_EXIT,
  /** The record ring has to be emptied. */
  ringFull: REASON_RING_FULL,
  /** The wave buffer has to be emptied. */
  waveFull: REASON_WAVE_FULL,
} as const;

/** Registers of the core by which the host talks to it; the only place that knows their names. */
export const REGISTER = {
  /** Clock cycles since reset (64 bits). */
  cycle: 'cycle',
  /** Address of the next instruction to fetch (64 bits): where a program starts. */
  pc: 'fetch.pc',
  /** Driven by the core: a device access waits (1 bit). */
  ioValid: 'io.valid',
  /** It is a store (1 bit). */
  ioWrite: 'io.write',
  /** Its physical address (64 bits). */
  ioAddress: 'io.address',
  /** Its width in bytes (4 bits: 1, 2, 4 or 8). */
  ioBytes: 'io.bytes',
  /** Its store data (64 bits). */
  ioData: 'io.wdata',
  /** Driven by the host: the access is done (1 bit). The core clears it when it takes the answer. */
  ioAnswered: 'io.answered',
  /** Loaded value (64 bits). */
  ioResult: 'io.rdata',
  /** Physical address of `tohost` (64 bits), all ones for none. */
  tohost: 'htif.tohost',
  /** Bytes of DRAM (64 bits). */
  dramSize: 'dram.size',
  /** Whether there is a reservation (1 bit), and the number of its block of `reservationBytes` of the machine. Absent in a core without them. */
  reserved: 'reservation.valid',
  reservedBlock: 'reservation.block',
  /** Timer (64 bits), its compare value, and whether it has reached that (1 bit). */
  mtime: 'clint.mtime',
  mtimecmp: 'clint.mtimecmp',
  mtip: 'clint.mtip',
  /** Cycles since the timer's last tick; absent if it ticks every cycle. */
  prescale: 'clint.prescale',
  /** While the core waits: the timer's value at which an interrupt of it ends the wait (64 bits), all ones for never. */
  until: 'wait.until',
  /** Stores on their way to memory, which takes them while the core waits; absent if it takes them at once. */
  stores: 'stores.used',
  /** Cycle counter CSR, and whether it counts while the core waits (1 bit). */
  mcycle: 'csr.mcycle',
  counting: 'wait.counting.mcycle',
} as const;

/** What the core says of a device access: all that hardware around it has to see. */
export const REQUEST: readonly string[] = [REGISTER.ioValid, REGISTER.ioWrite, REGISTER.ioAddress, REGISTER.ioBytes, REGISTER.ioData];

/** External interrupt lines by register: machine, supervisor (1 bit each), guests (9 bits, bit i is guest i). */
export const PIN = { meip: 'pins.meip', seip: 'pins.seip', hgeip: 'pins.hgeip' } as const;
export type Pin = keyof typeof PIN;

/** `wait.until` where no timer ends the wait. */
export const NEVER = (1n << 64n) - 1n;

/** `htif.tohost` of a program without HTIF. */
export const NO_ADDRESS = (1n << 64n) - 1n;

/** One register, reached between two cycles. */
export interface Cell {
  get(): bigint;
  /** @param value - Fits the register's width. */
  set(value: bigint): void;
}

/** An instantiated core. */
export interface Core {
  /**
   * Executes cycles until an exit reason.
   *
   * @param cycles - At most this many, 1..65,536.
   * @returns The number executed.
   */
  run(cycles: number): number;
  /** Why the last `run` returned: a value of {@link EXIT}. */
  readonly exitReason: number;
  /** Clock cycles since reset. Setting it is for skipped idle cycles only. */
  cycle: bigint;
  /** The register of that name, undefined if this core has none. */
  cell(name: string): Cell | undefined;
  /** Power-on state. Memory is not touched. */
  reset(): void;
}

/** The linear memory of a core; a `WebAssembly.Memory` is one. */
export interface LinearMemory {
  /** Replaced by another when the memory grows. */
  readonly buffer: ArrayBuffer;
}
