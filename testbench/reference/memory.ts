/**
 * Main memory, the memory map's DRAM: bytes, which pages were touched, and
 * which instruction words were overwritten since the last FENCE.I.
 */
import { bit } from './bits.js';
import type { PteHistory } from './stale.js';

export const DRAM_BASE = 0x8000_0000;
const PAGE_SHIFT = 12;
const PAGE_BYTES = 1 << PAGE_SHIFT;
/** Overwritten words remembered beside the snapshots; beyond it that memory starts anew. */
const MAX_REMEMBERED = 1 << 20;

/** Width of an access in bytes. */
export type Width = 1 | 2 | 4 | 8;

/** An access whose bytes are in two places. */
export interface Parts {
  readonly offset: number;
  readonly lowBytes: number;
  readonly high: number;
}

/** DRAM, addressed by offset from its start (plain numbers: no offset reaches 2^53). */
export class Dram {
  readonly size: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #touched: Uint8Array;
  #touchedPages: number[] = [];
  /** By page: its bytes before the first write since the last FENCE.I. */
  #snapshots: (DataView | undefined)[] = [];
  /** By word index: values since that were overwritten and that the snapshot does not show. */
  readonly #overwritten = new Map<number, Set<number>>();
  #remembered = 0;
  /** Who is told of 64-bit words that lose their values, if anybody. */
  history: PteHistory | undefined = undefined;

  constructor(size: number) {
    this.size = size;
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
    this.#touched = new Uint8Array(Math.ceil(size / PAGE_BYTES));
  }

  /** Zeroes memory: only pages that were written need it. */
  reset(): void {
    for (const page of this.#touchedPages) {
      this.#touched[page] = 0;
      this.#bytes.fill(0, page << PAGE_SHIFT, (page + 1) << PAGE_SHIFT);
    }
    this.#touchedPages = [];
    this.synchronizeFetch();
    this.history = undefined;
  }

  /** Offset of a physical address; outside 0..size-1 when the address is not in DRAM. */
  static offsetOf(address: bigint): number {
    // Above 2^53 the conversion rounds, but stays far outside of any memory.
    return Number(address) - DRAM_BASE;
  }

  /** Whether `bytes` bytes at `offset` lie in DRAM. */
  holds(offset: number, bytes: number): boolean {
    return offset >= 0 && offset + bytes <= this.size;
  }

  /** The instruction word at `offset`, which must be held. */
  word(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  /** The 16 bits at `offset`, which must be held. */
  half(offset: number): number {
    return this.#view.getUint16(offset, true);
  }

  /** Bytes at `offset`, which must be held, as a little-endian number (`ldst_little_endian_op`). */
  read(offset: number, width: Width): bigint {
    switch (width) {
      case 1:
        return BigInt(this.#view.getUint8(offset));
      case 2:
        return BigInt(this.#view.getUint16(offset, true));
      case 4:
        return BigInt(this.#view.getUint32(offset, true));
      case 8:
        return this.#view.getBigUint64(offset, true);
    }
  }

  /** The first `lowBytes` of `width` bytes at one offset, the others at another; all must be held. */
  readParts({ offset, lowBytes, high }: Parts, width: Width): bigint {
    let value = 0n;
    for (let i = width - 1; i >= 0; i -= 1) {
      value = (value << 8n) | this.read(i < lowBytes ? offset + i : high + i - lowBytes, 1);
    }
    return value;
  }

  /** Writes the low `width` bytes of `value` where {@link readParts} reads them. */
  writeParts({ offset, lowBytes, high }: Parts, width: Width, value: bigint): void {
    for (let i = 0; i < width; i += 1) {
      this.write(i < lowBytes ? offset + i : high + i - lowBytes, 1, value >> BigInt(8 * i));
    }
  }

  /** Writes the low `width` bytes of `value` at `offset`, which must be held. */
  write(offset: number, width: Width, value: bigint): void {
    this.#touch(offset, width);
    this.#rememberWords(offset, width);
    if (this.history !== undefined) this.#tell(this.history, offset, width);
    switch (width) {
      case 1:
        this.#view.setUint8(offset, Number(value & 0xffn));
        return;
      case 2:
        this.#view.setUint16(offset, Number(value & 0xffffn), true);
        return;
      case 4:
        this.#view.setUint32(offset, Number(value & 0xffff_ffffn), true);
        return;
      case 8:
        this.#view.setBigUint64(offset, value, true);
    }
  }

  /** Copies bytes in; `running` tells whether the hart may have fetched the old ones already. */
  copyIn(offset: number, data: Uint8Array, running: boolean): void {
    if (data.length === 0) return;
    this.#touch(offset, data.length);
    if (running) this.#rememberWords(offset, data.length);
    if (this.history !== undefined) this.#tell(this.history, offset, data.length);
    this.#bytes.set(data, offset);
  }

  /** A copy of bytes. */
  copyOut(offset: number, bytes: number): Uint8Array {
    return this.#bytes.slice(offset, offset + bytes);
  }

  /** Pages written since the last reset, in the order of their first write. */
  touchedPages(): Iterable<number> {
    return this.#touchedPages;
  }

  /** FENCE.I: from here on, fetches see all earlier stores of this hart (`fence_i_op`). */
  synchronizeFetch(): void {
    this.#snapshots = [];
    this.#overwritten.clear();
    this.#remembered = 0;
  }

  /** Whether the aligned `bytes` bytes at `offset` held `value` at some time since the last FENCE.I. */
  heldSinceFence(offset: number, bytes: 2 | 4, value: number): boolean {
    const start = offset & ~3;
    const shift = 8 * (offset - start);
    const shows = (word: number): boolean => (bytes === 4 ? word : (word >>> shift) & 0xffff) === value;
    if (start + 4 <= this.size && shows(this.word(start))) return true;
    const snapshot = this.#snapshots[start >> PAGE_SHIFT];
    if (snapshot === undefined) return false;
    if (shows(snapshot.getUint32(start & (PAGE_BYTES - 1), true))) return true;
    return [...(this.#overwritten.get(start >> 2) ?? [])].some(shows);
  }

  #touch(offset: number, bytes: number): void {
    const last = (offset + bytes - 1) >> PAGE_SHIFT;
    for (let page = offset >> PAGE_SHIFT; page <= last; page += 1) {
      if (this.#touched[page] === 0) {
        this.#touched[page] = 1;
        this.#touchedPages.push(page);
      }
    }
  }

  /** Tells of the aligned 64-bit words that a write is about to change. */
  #tell(history: PteHistory, offset: number, bytes: number): void {
    for (let start = offset - (offset % 8); start < offset + bytes; start += 8) {
      if (start + 8 <= this.size) history.replace(start, this.read(start, 8));
    }
  }

  /** Remembers the instruction words that a write is about to change. */
  #rememberWords(offset: number, bytes: number): void {
    const last = (offset + bytes - 1) >> 2;
    for (let index = offset >> 2; index <= last; index += 1) {
      const start = index * 4;
      // A DRAM size that is no multiple of 4 has no instruction word at its end.
      if (start + 4 > this.size) return;
      const word = this.word(start);
      const snapshot = this.#snapshotOf(start >> PAGE_SHIFT);
      if (snapshot.getUint32(start & (PAGE_BYTES - 1), true) !== word) this.#rememberWord(index, word);
    }
  }

  #snapshotOf(page: number): DataView {
    const known = this.#snapshots[page];
    if (known !== undefined) return known;
    const snapshot = new DataView(this.#bytes.slice(page << PAGE_SHIFT, (page + 1) << PAGE_SHIFT).buffer);
    this.#snapshots[page] = snapshot;
    return snapshot;
  }

  #rememberWord(index: number, word: number): void {
    if (this.#remembered >= MAX_REMEMBERED) {
      this.#overwritten.clear();
      this.#remembered = 0;
    }
    let words = this.#overwritten.get(index);
    if (words === undefined) {
      words = new Set();
      this.#overwritten.set(index, words);
    }
    if (words.has(word)) return;
    words.add(word);
    this.#remembered += 1;
  }
}

/** The bytes of a value, little-endian. */
export function littleEndian(value: bigint, width: Width): Uint8Array {
  const data = new Uint8Array(width);
  for (let i = 0; i < width; i += 1) data[i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return data;
}

/** All bits of a value of this width. */
export const widthMask = (width: Width): bigint => bit(8 * width) - 1n;
