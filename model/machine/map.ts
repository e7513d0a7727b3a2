/**
 * The machine around the hart as plain data: what the specs say of it, kept
 * beside a compiled core.
 */

/** An external interrupt line into the hart that a controller can drive. */
export type DrivenLine = 'meip' | 'seip';

/** A region of the physical address map with what answers in it. Numbers in hex. */
export interface RegionDescription {
  readonly name: string;
  /** `dram`, `clint`, `plic`, `uart`, `finisher`. */
  readonly device: string;
  readonly base: string;
  /** Bytes. */
  readonly size: string;
  /** Number of the device's interrupt at the PLIC. */
  readonly interrupt?: number;
  /** The line that each context of the PLIC drives. */
  readonly contexts?: readonly DrivenLine[];
}

/** The machine, from hart.yaml; addresses in hex. */
export interface MachineDescription {
  /** Clock cycles per tick of mtime. */
  readonly cyclesPerTick: number;
  /** Ticks of mtime a second, as software is told. */
  readonly timebaseFrequency: number;
  /** Bytes of a cache block, as software is told, and of a reservation; both aligned. */
  readonly cacheBlockBytes: number;
  readonly reservationBytes: number;
  /** What the hart has, by the names of hart.yaml. */
  readonly extensions: readonly string[];
  readonly resetPc: string;
  readonly regions: readonly RegionDescription[];
}
