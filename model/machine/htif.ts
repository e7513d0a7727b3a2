/**
 * HTIF, the host interface of bare-metal test programs: a store to the symbol
 * `tohost` is a command, answered through `fromhost`.
 *
 * Device 0 ends the program (odd value) or makes a system call (even value:
 * address of eight 64-bit words); device 1 command 1 prints a character.
 */

/** What the command reads and writes in guest memory. Addresses outside memory: `read` gives undefined, `write` false. */
export interface HtifMemory {
  read(address: bigint, length: number): Uint8Array | undefined;
  write(address: bigint, data: Uint8Array): boolean;
}

/** What a command came to. */
export type HtifResult =
  | { readonly kind: 'continue' }
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'htif-error'; readonly message: string };

/** Where the program's mailboxes are. A program without `fromhost` polls `tohost` only. */
export interface HtifSymbols {
  readonly tohost: bigint;
  readonly fromhost?: bigint | undefined;
}

const SYSTEM_CALL_WRITE = 64n;
const BAD_FILE = -9n;
const CONTINUE: HtifResult = { kind: 'continue' };

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const failure = (message: string): HtifResult => ({ kind: 'htif-error', message });

function word(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes;
}

function readWord(memory: HtifMemory, address: bigint): bigint | undefined {
  const bytes = memory.read(address, 8);
  return bytes === undefined ? undefined : new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
}

function writeCall(memory: HtifMemory, block: bigint, print: (bytes: Uint8Array) => void): HtifResult {
  const [file, buffer, length] = [1n, 2n, 3n].map((i) => readWord(memory, block + 8n * i) ?? 0n);
  let result = BAD_FILE;
  if (file === 1n || file === 2n) {
    const size = length ?? 0n;
    const bytes = size <= BigInt(Number.MAX_SAFE_INTEGER) ? memory.read(buffer ?? 0n, Number(size)) : undefined;
    if (bytes === undefined) return failure(`HTIF write of ${size} bytes at ${hex(buffer ?? 0n)} runs outside the memory.`);
    print(bytes);
    result = size;
  }
  memory.write(block, word(result));
  return CONTINUE;
}

function systemCall(memory: HtifMemory, block: bigint, symbols: HtifSymbols, print: (bytes: Uint8Array) => void): HtifResult {
  if (memory.read(block, 64) === undefined) return failure(`HTIF system call block at ${hex(block)} lies outside the memory.`);
  const number = readWord(memory, block);
  if (number !== SYSTEM_CALL_WRITE) return failure(`HTIF system call ${number} is not supported (only 64, write).`);
  const result = writeCall(memory, block, print);
  if (result.kind === 'continue' && symbols.fromhost !== undefined) memory.write(symbols.fromhost, word(1n));
  return result;
}

/**
 * Carries out the command that lies in `tohost`, clearing it.
 *
 * @param memory - Guest memory; every write is one the host made.
 * @param symbols - Addresses of the mailboxes.
 * @param print - Receives console output.
 * @returns How the program goes on; an unknown device, command or system call is an error by name.
 */
export function serveTohost(memory: HtifMemory, symbols: HtifSymbols, print: (bytes: Uint8Array) => void): HtifResult {
  const value = readWord(memory, symbols.tohost);
  if (value === undefined) return failure(`tohost at ${hex(symbols.tohost)} lies outside the memory.`);
  if (value === 0n) return CONTINUE;
  const device = value >> 56n;
  const command = (value >> 48n) & 0xffn;
  const payload = BigInt.asUintN(48, value);
  if (device === 0n && command === 0n && (payload & 1n) === 1n) return { kind: 'exited', code: Number(payload >> 1n) };
  memory.write(symbols.tohost, word(0n));
  if (device === 0n && command === 0n) return systemCall(memory, payload, symbols, print);
  if (device !== 1n || command !== 1n) return failure(`HTIF device ${device} command ${command} is not supported (tohost ${hex(value)}).`);
  print(Uint8Array.of(Number(payload & 0xffn)));
  return CONTINUE;
}
