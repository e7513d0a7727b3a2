/**
 * What the host did to the machine and when: with the program, all that a run
 * depends on. Written as text, one effect a line: `1200 uart 68690a`, `1300 pin meip 1`.
 */
import { PIN, type Pin } from './protocol.js';

/** A host effect, applied between cycle `cycle - 1` and cycle `cycle`. */
export type InputEvent =
  /** Bytes typed on the terminal. */
  | { readonly cycle: bigint; readonly kind: 'uart'; readonly bytes: Uint8Array }
  /** An external interrupt line (for hgeip: all nine) takes a value. */
  | { readonly cycle: bigint; readonly kind: 'pin'; readonly pin: Pin; readonly value: bigint };

/** A log, or the first line that is none. */
export type InputLogResult =
  | { readonly ok: true; readonly events: readonly InputEvent[] }
  | { readonly ok: false; readonly line: number; readonly message: string; readonly mend: string };

function encodeEvent(event: InputEvent): string {
  if (event.kind === 'uart') return `${event.cycle} uart ${Buffer.from(event.bytes).toString('hex')}\n`;
  return `${event.cycle} pin ${event.pin} ${event.value}\n`;
}

/** The log as text. */
export const encodeInputLog = (events: readonly InputEvent[]): string => events.map(encodeEvent).join('');

const isPin = (name: string): name is Pin => Object.hasOwn(PIN, name);
/** The largest value of each line: guests 1 to 8 are bits 8 to 1 of hgeip. */
export const PIN_LIMIT: Readonly<Record<Pin, bigint>> = { meip: 1n, seip: 1n, hgeip: 0x1ffn };

function decodeEvent(text: string): InputEvent | undefined {
  const uart = /^(\d{1,20}) uart ((?:[0-9a-f]{2})+)$/.exec(text);
  if (uart?.[1] !== undefined && uart[2] !== undefined) {
    return { cycle: BigInt(uart[1]), kind: 'uart', bytes: new Uint8Array(Buffer.from(uart[2], 'hex')) };
  }
  const [, cycle, pin, value] = /^(\d{1,20}) pin (\w+) (\d{1,4})$/.exec(text) ?? [];
  if (cycle === undefined || pin === undefined || value === undefined || !isPin(pin) || BigInt(value) > PIN_LIMIT[pin]) return undefined;
  return { cycle: BigInt(cycle), kind: 'pin', pin, value: BigInt(value) };
}

/** Reads what {@link encodeInputLog} wrote; blank lines are skipped. */
export function decodeInputLog(text: string): InputLogResult {
  const events: InputEvent[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const event = decodeEvent(line.trim());
    const fault = event === undefined ? 'is neither `CYCLE uart HEXBYTES` nor `CYCLE pin NAME VALUE`' : 'goes back in time';
    if (event === undefined || event.cycle < (events.at(-1)?.cycle ?? 0n)) {
      return { ok: false, line: index + 1, message: `Line ${index + 1} of the input log ${fault}.`, mend: 'Use the log of a recorded run unchanged.' };
    }
    events.push(event);
  }
  return { ok: true, events };
}
