/**
 * Physical memory (DRAM) as the host sees it: a window of the linear memory
 * that the core works in, with a map of the pages that are not zero.
 *
 * A page without a mark is all zero. The core marks the pages that it stores
 * to, this class those that the host writes; so a reset costs what was used.
 */
import type { MemoryMap } from '../backend/layout.js';
import type { Segment } from './elf.js';
import type { LinearMemory } from './protocol.js';

/** Physical address of the first byte of DRAM. */
export const DRAM_BASE = 0x8000_0000n;
/** Bytes of a page of the dirty map. */
export const PAGE_BYTES = 4096;

/** Content of one page that is not zero. */
export interface DirtyPage {
  /** Physical address of its first byte. */
  readonly address: bigint;
  /** 4096 bytes; the last page of an odd-sized memory is shorter. */
  readonly data: Uint8Array;
}

export type DramMap = Pick<MemoryMap, 'dramOffset' | 'dramBytes' | 'dirtyBase' | 'dirtyBytes'>;

export class PhysicalMemory {
  readonly #memory: LinearMemory;
  readonly #map: DramMap;
  #bytes: Uint8Array;
  #dirty: Uint8Array;

  /**
   * @param memory - Linear memory, large enough for the map.
   * @param map - Where DRAM and dirty map lie in it.
   * @param base - Physical address of the first byte.
   */
  constructor(
    memory: LinearMemory,
    map: DramMap,
    readonly base: bigint = DRAM_BASE,
  ) {
    this.#memory = memory;
    this.#map = map;
    this.#bytes = new Uint8Array(memory.buffer, map.dramOffset, map.dramBytes);
    this.#dirty = new Uint8Array(memory.buffer, map.dirtyBase, map.dirtyBytes);
  }

  /** Bytes of DRAM. */
  get size(): bigint {
    return BigInt(this.#map.dramBytes);
  }

  /** Where programs may lie. */
  get range(): { readonly base: bigint; readonly size: bigint } {
    return { base: this.base, size: this.size };
  }

  /**
   * A copy of memory.
   *
   * @param address - Physical address of the first byte.
   * @returns `length` bytes, or undefined if any of them lies outside.
   */
  read(address: bigint, length: number): Uint8Array | undefined {
    const at = this.#locate(address, BigInt(length));
    return at === undefined ? undefined : this.#dram.slice(at, at + length);
  }

  /**
   * Writes and marks the pages.
   *
   * @returns Whether it was done; false, and nothing written, if a byte lies outside.
   */
  write(address: bigint, data: Uint8Array): boolean {
    const at = this.#locate(address, BigInt(data.length));
    if (at === undefined) return false;
    this.#dram.set(data, at);
    if (data.length > 0) this.#marks.fill(1, Math.floor(at / PAGE_BYTES), Math.floor((at + data.length - 1) / PAGE_BYTES) + 1);
    return true;
  }

  /**
   * Puts a program into memory, later segments over earlier ones.
   *
   * @returns Whether all of it fits; what fitted before is written.
   */
  load(segments: Iterable<Segment>): boolean {
    for (const { address, data, memSize } of segments) {
      const at = this.#locate(address, memSize);
      if (at === undefined || !this.write(address, data)) return false;
      this.#zero(at + data.length, at + Number(memSize));
    }
    return true;
  }

  /** Indexes of the marked pages, ascending. */
  *dirtyPages(): Generator<number> {
    // A Buffer finds bytes by memchr, several times as fast as a Uint8Array.
    const { buffer, byteOffset, length } = this.#marks;
    const marks = Buffer.from(buffer, byteOffset, length);
    for (let page = marks.indexOf(1); page !== -1; page = marks.indexOf(1, page + 1)) yield page;
  }

  /** Copies of the marked pages, ascending; the rest of memory is zero. */
  snapshot(): DirtyPage[] {
    return [...this.dirtyPages()]
      .filter((page) => page * PAGE_BYTES < this.#map.dramBytes)
      .map((page) => ({ address: this.base + BigInt(page * PAGE_BYTES), data: this.#dram.slice(page * PAGE_BYTES, (page + 1) * PAGE_BYTES) }));
  }

  /** Makes memory what it was at the snapshot. */
  restore(pages: Iterable<DirtyPage>): void {
    this.reset();
    for (const { address, data } of pages) this.write(address, data);
  }

  /** All zero again; touches marked pages only. */
  reset(): void {
    for (const page of this.dirtyPages()) {
      this.#dram.fill(0, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
      this.#marks[page] = 0;
    }
  }

  get #dram(): Uint8Array {
    this.#refresh();
    return this.#bytes;
  }

  get #marks(): Uint8Array {
    this.#refresh();
    return this.#dirty;
  }

  /** Growing the linear memory detaches its views. */
  #refresh(): void {
    const { buffer } = this.#memory;
    if (this.#bytes.buffer === buffer) return;
    this.#bytes = new Uint8Array(buffer, this.#map.dramOffset, this.#map.dramBytes);
    this.#dirty = new Uint8Array(buffer, this.#map.dirtyBase, this.#map.dirtyBytes);
  }

  /** Index of the first byte, if `length` bytes from there lie inside. */
  #locate(address: bigint, length: bigint): number | undefined {
    const at = address - this.base;
    return at >= 0n && length >= 0n && at + length <= this.size ? Number(at) : undefined;
  }

  /** Zeroes bytes `start`..`end` (exclusive); pages without a mark are zero already. */
  #zero(start: number, end: number): void {
    for (let page = Math.floor(start / PAGE_BYTES); page * PAGE_BYTES < end; page++) {
      if (this.#marks[page] === 1) this.#dram.fill(0, Math.max(start, page * PAGE_BYTES), Math.min(end, (page + 1) * PAGE_BYTES));
    }
  }
}
