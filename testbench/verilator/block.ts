/**
 * The registers of a core as one block of memory: as they lie in the state of
 * the WebAssembly, so that both sides hash the same bytes in the same order.
 * A register file that is small enough is part of it.
 */
import type { ArrayLayout, Layout, Signal } from '../../model/backend/layout.js';

/** Arrays up to this size are compared after every cycle, larger ones at the end of a program. */
const SMALL_BYTES = 512;

export interface Block {
  /** In the order of the layout. */
  readonly registers: readonly Signal[];
  /** Small arrays: behind the registers, in order. */
  readonly small: readonly ArrayLayout[];
  /** The others. */
  readonly large: readonly ArrayLayout[];
  /** Offset of the first register in the state, and the bytes of all: what is between them is zero. */
  readonly start: number;
  readonly registerBytes: number;
  /** With the small arrays; a multiple of 8. */
  readonly bytes: number;
}

const bytesOf = ({ depth, stride }: ArrayLayout): number => depth * stride;
const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** The block of a layout. */
export function blockOf({ signals, arrays }: Layout): Block {
  const registers = signals.filter((s) => s.kind === 'register');
  const start = Math.min(...registers.map((s) => s.offset));
  const registerBytes = padded(Math.max(...registers.map((s) => s.offset + s.bytes)) - start);
  const small = arrays.filter((a) => bytesOf(a) <= SMALL_BYTES);
  return {
    registers, small, large: arrays.filter((a) => !small.includes(a)), start, registerBytes,
    bytes: registerBytes + small.reduce((sum, a) => sum + padded(bytesOf(a)), 0),
  };
}

/** Bytes of arrays one behind the other, each padded to 8. */
export const arrayBytes = (arrays: readonly ArrayLayout[]): number => arrays.reduce((sum, a) => sum + padded(bytesOf(a)), 0);

/** Where each array lies when they stand one behind the other. */
export function placed(arrays: readonly ArrayLayout[], from = 0): readonly { readonly array: ArrayLayout; readonly at: number }[] {
  let at = from;
  return arrays.map((array) => {
    const place = { array, at };
    at += padded(bytesOf(array));
    return place;
  });
}

/** The bytes of an array in the state. */
export const stateOf = (array: ArrayLayout, memory: ArrayBuffer, base: number): Uint8Array => new Uint8Array(memory, base + array.offset, bytesOf(array));
