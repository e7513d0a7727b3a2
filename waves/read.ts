/**
 * Reading a VCD file back, through vcd-stream: what another tool sees in it.
 *
 * Limits of that parser: times beyond 2^32 - 1 read as that; real and string
 * values, and what stands between $dumpoff and $dumpon, are lost or refused.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import instantiate from 'vcd-stream/out/vcd.js';
import makeParser, { type Item, type Parser } from 'vcd-stream/lib/web-vcd-parser.js';
import { errorCode } from './failure.js';

/** A variable of a dump. */
export interface VcdVariable {
  /** Dotted, with all scopes: `top.core.fetch.pc`. */
  readonly path: string;
  readonly width: number;
  readonly id: string;
}

/** One value change. */
export interface VcdChange {
  readonly id: string;
  /** In units of the timescale. */
  readonly time: bigint;
  /** Unsigned; bits that are x or z read 0. */
  readonly value: bigint;
  /** Some bit is x or z. */
  readonly unknown: boolean;
}

/** What a dump declares. */
export interface VcdDump {
  readonly kind: 'read';
  readonly version: string;
  readonly timescale: string;
  readonly variables: readonly VcdVariable[];
}

/** Why a dump cannot be read. */
export interface VcdUnreadable {
  readonly kind: 'unreadable';
  readonly message: string;
}

/** More in one piece crashes the parser. */
const CHUNK_BYTES = 128 * 1024;
const NEWLINE = 10;

const unreadable = (message: string): VcdUnreadable => ({ kind: 'unreadable', message });

/** Pieces of a file, each of whole lines where lines are shorter than a piece: the parser mistakes a cut declaration for two. */
function* wholeLines(read: (into: Uint8Array) => number): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let filled = 0;
  for (;;) {
    const count = read(buffer.subarray(filled));
    filled += count;
    if (count === 0) break;
    const end = buffer.lastIndexOf(NEWLINE, filled - 1) + 1;
    const cut = end > 0 ? end : filled === CHUNK_BYTES ? filled : 0;
    if (cut === 0) continue;
    yield Buffer.from(buffer.subarray(0, cut));
    buffer.copyWithin(0, cut, filled);
    filled -= cut;
  }
  if (filled > 0) yield Buffer.from(buffer.subarray(0, filled));
}

function* variablesIn(item: Item, path: readonly string[]): Generator<VcdVariable> {
  for (const inner of item.body ?? []) {
    const here = [...path, inner.name];
    if (inner.kind === 'scope') yield* variablesIn(inner, here);
    else yield { path: here.join('.'), width: inner.size ?? 0, id: inner.link ?? '' };
  }
}

/** The parser reports a syntax error by printing its number; true if it did. */
function parseFails(parser: Parser, chunk: Uint8Array): boolean {
  const { log } = console;
  let failed = false;
  console.log = () => {
    failed = true;
  };
  try {
    parser.write(chunk);
  } finally {
    console.log = log;
  }
  return failed;
}

async function parse(chunks: Iterable<Uint8Array>, onChange: (change: VcdChange) => void): Promise<VcdDump | VcdUnreadable> {
  const parser = await makeParser(await instantiate());
  let last = 0n;
  parser.change.any((id, time, cmd, value, mask) => {
    last = time;
    if (cmd >= 30) onChange({ id, time, value: value ?? 0n, unknown: (mask ?? 0n) !== 0n });
    else onChange({ id, time, value: cmd === 15 ? 1n : 0n, unknown: cmd > 15 });
  });
  let end = NEWLINE;
  for (const chunk of chunks) {
    if (parseFails(parser, chunk)) return unreadable(`The dump is not valid VCD after time ${last}.`);
    end = chunk.at(-1) ?? end;
  }
  if (parser.info.status !== 'simulation') return unreadable('The dump ends before $enddefinitions.');
  if (end !== NEWLINE) return unreadable('The dump ends in the middle of a line.');
  parser.end();
  const { wires, version = '', timescale = '' } = parser.info;
  return { kind: 'read', version, timescale, variables: [...variablesIn(wires, [])] };
}

/**
 * Reads a dump from a file.
 *
 * @param onChange - Called for every change, in file order; initial values come with time 0.
 * @returns Its declarations, or one sentence.
 */
export async function readVcd(path: string, onChange: (change: VcdChange) => void): Promise<VcdDump | VcdUnreadable> {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    return unreadable(`${path} cannot be opened (${errorCode(error)}).`);
  }
  try {
    return await parse(wholeLines((into) => readSync(descriptor, into)), onChange);
  } catch (error) {
    return unreadable(`${path} cannot be read (${errorCode(error)}).`);
  } finally {
    closeSync(descriptor);
  }
}
