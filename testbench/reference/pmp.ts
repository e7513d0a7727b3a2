/** Physical memory protection: 16 entries with a granule of 4 bytes. */
import type { StoredCsr } from './csr-file.js';
import type { Hart } from './hart.js';
import type { PageNeed } from './walk.js';

type Values = Readonly<Record<StoredCsr, bigint>>;

/** The registers of the entries. */
export const PMPADDR = [
  'pmpaddr0', 'pmpaddr1', 'pmpaddr2', 'pmpaddr3', 'pmpaddr4', 'pmpaddr5', 'pmpaddr6', 'pmpaddr7',
  'pmpaddr8', 'pmpaddr9', 'pmpaddr10', 'pmpaddr11', 'pmpaddr12', 'pmpaddr13', 'pmpaddr14', 'pmpaddr15',
] as const;

// Fields of an entry's configuration (pmp_cfg_permissions, pmp_a_field_encoding, pmp_l_bit_function).
const R = 1;
const W = 2;
const X = 4;
const L = 0x80;
const matching = (config: number): number => (config >> 3) & 3;
const TOR = 1;
const NA4 = 2;
const NAPOT = 3;

/** The configuration byte of an entry, of the eight in each of `pmpcfg0` and `pmpcfg2` (`pmp_cfg_rv64_layout`). */
const configOf = (values: Values, entry: number): number =>
  Number(((entry < 8 ? values.pmpcfg0 : values.pmpcfg2) >> BigInt(8 * (entry % 8))) & 0xffn);

/** An entry that matches: addresses from `start` up to but without `end`. */
interface Region {
  readonly start: number;
  readonly end: number;
  readonly config: number;
}

/** A `pmpaddr` value as the address that it stands for; rounded above 2^53, where there is no memory. */
const addressOf = (pmpaddr: bigint): number => Number(pmpaddr << 2n);
const address = (values: Values, entry: number): bigint => {
  const name = PMPADDR[entry];
  return name === undefined ? 0n : values[name];
};

/** What an entry matches; undefined if nothing. */
function regionOf(values: Values, entry: number): Region | undefined {
  const config = configOf(values, entry);
  switch (matching(config)) {
    case TOR:
      // pmp_a_field_tor: the bottom is the preceding register, below entry 0 zero
      return { start: addressOf(address(values, entry - 1)), end: addressOf(address(values, entry)), config };
    case NA4: {
      const start = addressOf(address(values, entry));
      return { start, end: start + 4, config };
    }
    case NAPOT: {
      // pmp_napot_encoding_low_bits: n ones at the low end make 2^(n+3) bytes
      const encoded = address(values, entry);
      const low = encoded ^ (encoded + 1n);
      const start = encoded & ~low;
      return { start: addressOf(start), end: addressOf(start + low + 1n), config };
    }
    default:
      return undefined;
  }
}

/** The entries that match anything, in their order; remembered while no CSR changes. */
export class Pmp {
  #generation = -1;
  #regions: readonly Region[] = [];

  regions({ csrs }: Hart): Iterable<Region> {
    // To one who is told of every read no more is read than decides.
    if (csrs.isWatched) return regionsOf(csrs.values);
    if (this.#generation !== csrs.generation) {
      this.#regions = [...regionsOf(csrs.values)];
      this.#generation = csrs.generation;
    }
    return this.#regions;
  }
}

function* regionsOf(values: Values): Iterable<Region> {
  for (let entry = 0; entry < PMPADDR.length; entry += 1) {
    const region = regionOf(values, entry);
    if (region !== undefined && region.start < region.end) yield region;
  }
}

/** `pmp_rwx_check`; HLVX needs both execute and read (`hlsv_u_op`). */
function grants(config: number, need: PageNeed): boolean {
  const all = (mask: number): boolean => (config & mask) === mask;
  switch (need) {
    case 'fetch':
      return all(X);
    case 'read':
    case 'walk':
      return all(R);
    case 'execute':
      return all(R | X);
    case 'write':
      return all(W);
    case 'update':
      return all(R | W);
    case 'manage':
      return (config & (R | W)) !== 0;
  }
}

/**
 * Whether an access of some bytes is permitted: by the first entry that matches any of them, which
 * must match all (`pmp_entry_priority`, `pmp_full_match_required`). M-mode is bound by locked
 * entries only (`pmp_l_bit_m_mode_enforcement`), and has what no entry matches (`pmp_no_entry_match`).
 */
export function pmpPermits(hart: Hart, start: number, bytes: number, need: PageNeed, machine: boolean): boolean {
  if (!hart.isa.pmp) return true;
  for (const region of hart.pmp.regions(hart)) {
    if (start + bytes <= region.start || start >= region.end) continue;
    if (start < region.start || start + bytes > region.end) return false;
    return (machine && (region.config & L) === 0) || grants(region.config, need);
  }
  return machine;
}

/** A write of eight configurations, each by itself: a locked one and one that would be writable but not readable stay. */
export function writtenConfig(old: bigint, value: bigint): bigint {
  let result = 0n;
  for (let shift = 0n; shift < 64n; shift += 8n) {
    const before = Number((old >> shift) & 0xffn);
    // pmp_entry_structure: bits 6:5 are zero
    const after = Number((value >> shift) & 0x9fn);
    const keeps = (before & L) !== 0 || (after & (R | W)) === W;
    result |= BigInt(keeps ? before : after) << shift;
  }
  return result;
}

/** Whether a `pmpaddr` is locked: by its own entry, or as the bottom of a locked one (`pmp_l_bit_write_protection`). */
export function isLocked({ csrs }: Hart, entry: number): boolean {
  if ((configOf(csrs.values, entry) & L) !== 0) return true;
  if (entry + 1 >= PMPADDR.length) return false;
  const next = configOf(csrs.values, entry + 1);
  return (next & L) !== 0 && matching(next) === TOR;
}
