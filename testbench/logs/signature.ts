/**
 * The signature of an architectural test: memory from `begin_signature` to
 * `end_signature`, some bytes a line, the most significant first.
 */
import { failure, type Failure } from '../commands/failure.js';

/** Where a signature lies. */
export interface SignatureRange {
  readonly ok: true;
  readonly address: bigint;
  readonly bytes: number;
}

/** Bytes a line unless said otherwise. */
export const DEFAULT_GRANULARITY = 16;
/** More bytes than this on a line are a mistake. */
export const MOST_GRANULARITY = 4096;

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** The range that the symbols name, which must lie in memory. */
export function signatureRange(symbols: ReadonlyMap<string, bigint>, memory: { readonly base: bigint; readonly size: bigint }): SignatureRange | Failure {
  const begin = symbols.get('begin_signature');
  const end = symbols.get('end_signature');
  if (begin === undefined || end === undefined) {
    const missing = begin === undefined ? (end === undefined ? 'begin_signature and end_signature' : 'begin_signature') : 'end_signature';
    return failure(`A signature is asked for, but the program has no symbol ${missing}.`, 'Mark the signature by two labels, and do not strip the program.');
  }
  if (end < begin) return failure(`end_signature (${hex(end)}) is before begin_signature (${hex(begin)}).`, 'Exchange the labels.');
  if (begin < memory.base || end > memory.base + memory.size) {
    return failure(`The signature, ${hex(begin)} to ${hex(end)}, is not inside the memory.`, 'Put the labels into a loaded section.');
  }
  return { ok: true, address: begin, bytes: Number(end - begin) };
}

/** The signature as text; zeroes fill up the last line. */
export function signatureText(data: Uint8Array, granularity: number): string {
  const lines: string[] = [];
  for (let at = 0; at < data.length; at += granularity) {
    const line = Buffer.alloc(granularity);
    line.set(data.subarray(at, at + granularity));
    lines.push(`${line.reverse().toString('hex')}\n`);
  }
  return lines.join('');
}
