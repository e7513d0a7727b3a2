/** The I/O regions of the memory map (docs/choices.md) and the CLINT's registers. */
import { bits, merge } from './bits.js';
import type { Width } from './memory.js';
import { widthMask } from './memory.js';

const FINISHER = { base: 0x10_0000, size: 0x1000 } as const;
const CLINT = { base: 0x200_0000, size: 0x1_0000 } as const;
const PLIC = { base: 0xc00_0000, size: 0x60_0000 } as const;
const UART = { base: 0x1000_0000, size: 0x100 } as const;

const MSIP = 0;
const MTIMECMP = 0x4000;
const MTIME = 0xbff8;

/** Where an I/O access lands. */
export type IoTarget =
  | { readonly kind: 'clint'; readonly offset: number }
  | { readonly kind: 'opaque' }
  | { readonly kind: 'none' };

/** A device whose answers only the outside knows: the test finisher, the UART and the PLIC. */
const OPAQUE: IoTarget = { kind: 'opaque' };
const NONE: IoTarget = { kind: 'none' };

const inside = (region: { base: number; size: number }, address: number, width: Width): boolean =>
  address >= region.base && address + width <= region.base + region.size;

/**
 * The I/O region that supports an access (`pma_io_rwx_per_sz`): naturally aligned,
 * inside one region, of at least 4 bytes for the CLINT and of 4 bytes for the PLIC. Anything else is an access fault.
 */
export function ioTarget(address: number, width: Width): IoTarget {
  if (address % width !== 0) return NONE;
  if (inside(CLINT, address, width)) return width >= 4 ? { kind: 'clint', offset: address - CLINT.base } : NONE;
  if (inside(PLIC, address, width)) return width === 4 ? OPAQUE : NONE;
  return inside(FINISHER, address, width) || inside(UART, address, width) ? OPAQUE : NONE;
}

/** The core-local interruptor: `msip`, `mtimecmp` and this record's `mtime`. */
export class Clint {
  msip = false;
  mtimecmp = bits(63, 0);
  /** An input: whoever steps the reference sets it before each record. */
  mtime = 0n;

  reset(): void {
    this.msip = false;
    this.mtimecmp = bits(63, 0);
    this.mtime = 0n;
  }

  /** MTIP: `mtime` >= `mtimecmp`, unsigned (`mtime_intr_pending`). */
  get mtip(): boolean {
    return this.mtime >= this.mtimecmp;
  }

  read(offset: number, width: Width): bigint {
    const block = this.#block(offset & ~7);
    return (block >> BigInt(8 * (offset & 7))) & widthMask(width);
  }

  write(offset: number, width: Width, value: bigint): void {
    const start = offset & ~7;
    const shift = BigInt(8 * (offset & 7));
    const block = merge(this.#block(start), value << shift, widthMask(width) << shift);
    if (start === MSIP) this.msip = (block & 1n) !== 0n;
    else if (start === MTIMECMP) this.mtimecmp = block;
    else if (start === MTIME) this.mtime = block;
  }

  /** The aligned 8 bytes at `start`; bits 31..1 of `msip` read as zero (`msip_enc`). */
  #block(start: number): bigint {
    if (start === MSIP) return this.msip ? 1n : 0n;
    if (start === MTIMECMP) return this.mtimecmp;
    return start === MTIME ? this.mtime : 0n;
  }
}
