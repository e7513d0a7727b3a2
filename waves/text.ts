/**
 * Text lanes: beside an instruction register a vector of characters that shows
 * what the instruction is. GTKWave displays it as ASCII.
 */
import type { Signal } from '../model/backend/layout.js';
import type { WaveSignal } from './signal.js';

/** Characters of a text lane, eight bits each, the first in the highest bits, filled up with spaces. */
export const TEXT_CHARACTERS = 32;
const TEXT_BITS = 8 * TEXT_CHARACTERS;
const SPACE = 0x20;
/** Different instructions whose text is kept; then all are forgotten. */
const CACHE_ENTRIES = 1 << 15;

/** A text lane and the register that it explains. */
export interface TextLane {
  /** Index of the register in the layout's signals. */
  readonly signalIndex: number;
  /** The lane as a variable of the dump: `decode.text` for `decode.insn`. */
  readonly signal: WaveSignal;
}

/**
 * The text lanes of a core.
 *
 * @param signals - Of the layout.
 * @param explains - Which registers get a lane (the backend's `hasText`).
 * @param identifier - VCD identifier by index; those beyond the signals are free (the backend's `vcdId`).
 */
export function textLanes(signals: readonly Signal[], explains: (name: string) => boolean, identifier: (index: number) => string): readonly TextLane[] {
  return signals
    .map((signal, signalIndex) => ({ signal, signalIndex }))
    .filter(({ signal }) => signal.kind === 'register' && explains(signal.name))
    .map(({ signal, signalIndex }, i) => ({
      signalIndex,
      signal: { name: signal.name.replace(/[^.]+$/, 'text'), width: TEXT_BITS, id: identifier(signals.length + i) },
    }));
}

/** Text as the value of a lane: cut to its length, characters beyond ASCII as `?`. */
export function textValue(text: string): bigint {
  const bytes = Buffer.alloc(TEXT_CHARACTERS, SPACE);
  [...text].slice(0, TEXT_CHARACTERS).forEach((character, i) => {
    const code = character.codePointAt(0) ?? SPACE;
    bytes[i] = code >= SPACE && code < 0x7f ? code : 0x3f;
  });
  return BigInt(`0x${bytes.toString('hex')}`);
}

/** The text in the value of a lane, without the filling. */
export function textOf(value: bigint): string {
  const hex = value.toString(16).padStart(TEXT_BITS / 4, '0');
  return Buffer.from(hex, 'hex').toString('latin1').trimEnd();
}

/** The import `env.text` of a traced module. */
export type TextHook = (signalIndex: number, value: bigint, ptr: number) => number;

/**
 * Makes the hook that appends a lane's change to the wave buffer.
 *
 * @param disassemble - Text of an instruction word (unsigned, 32 bits).
 * @param lanes - Changes of other registers append nothing.
 * @param memory - The linear memory of the module.
 * @returns The hook; it gives the address after what it wrote, at most 300 bytes further.
 */
export function createTextLane(
  disassemble: (insn: number) => string,
  lanes: readonly TextLane[],
  memory: { readonly buffer: ArrayBuffer },
): TextHook {
  const tails = new Map(lanes.map((lane) => [lane.signalIndex, Buffer.from(` ${lane.signal.id}\n`, 'latin1')]));
  const cache = new Map<number, Uint8Array>();
  let bytes = new Uint8Array(memory.buffer);
  const bodyOf = (insn: number): Uint8Array => {
    const known = cache.get(insn);
    if (known !== undefined) return known;
    if (cache.size >= CACHE_ENTRIES) cache.clear();
    const body = Buffer.from(`b${textValue(disassemble(insn)).toString(2).padStart(TEXT_BITS, '0')}`);
    cache.set(insn, body);
    return body;
  };
  return (signalIndex, value, ptr) => {
    const tail = tails.get(signalIndex);
    if (tail === undefined) return ptr;
    if (bytes.buffer !== memory.buffer) bytes = new Uint8Array(memory.buffer);
    const body = bodyOf(Number(BigInt.asUintN(32, value)));
    bytes.set(body, ptr);
    bytes.set(tail, ptr + body.length);
    return ptr + body.length + tail.length;
  };
}
