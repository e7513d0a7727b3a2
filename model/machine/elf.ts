/**
 * ELF64 executables for a bare-metal RISC-V machine, as values: whatever the
 * bytes are, the answer is a program or one sentence that says what is wrong.
 */
import { inside, refuse, type Refusal } from './elf-refusal.js';
import { parseSymbols } from './elf-symbols.js';

export type { Refusal } from './elf-refusal.js';

/** A part of the program as it lies in physical memory. */
export interface Segment {
  /** Physical address of the first byte (`p_paddr`). */
  readonly address: bigint;
  /** Bytes from the file, a view of the input. */
  readonly data: Uint8Array;
  /** Bytes in memory; those after `data` are zero. At least `data.length`. */
  readonly memSize: bigint;
}

/** A program that can be loaded. */
export interface Program {
  readonly ok: true;
  /** Address of the first instruction. */
  readonly entry: bigint;
  /** Non-empty segments in file order. */
  readonly segments: readonly Segment[];
  /** Defined, named symbols; of several with one name the last. Empty for a stripped file. */
  readonly symbols: ReadonlyMap<string, bigint>;
}

/** A range of physical addresses. */
export interface AddressRange {
  readonly base: bigint;
  /** Bytes. */
  readonly size: bigint;
}

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const MACHINE_RISCV = 243;
const TYPE_EXECUTABLE = 2;
const FILE_TYPES: Readonly<Record<number, string>> = { 1: 'a relocatable object', 3: 'a position-independent or shared object', 4: 'a core dump' };
const SEGMENT_LOAD = 1;
const SEGMENT_INTERPRETER = 3;

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const REBUILD = 'Build it again, or copy it again completely.';
const LINK_64 = 'Compile it for RV64, for example with -march=rv64im_zicsr -mabi=lp64.';

function checkIdentity(bytes: Uint8Array, view: DataView): Refusal | undefined {
  const magic = [0x7f, 0x45, 0x4c, 0x46];
  if (bytes.length === 0) return refuse('It is empty.', REBUILD);
  if (magic.some((byte, i) => i < bytes.length && bytes[i] !== byte)) {
    return refuse('It is not an ELF file.', 'Give the linked executable, not a source, object or binary file.');
  }
  if (bytes.length < 16) return refuse('It is truncated: an ELF header has 64 bytes.', REBUILD);
  if (bytes[4] !== 2) return refuse(bytes[4] === 1 ? 'It is a 32-bit ELF file.' : `Its ELF class ${bytes[4]} is unknown.`, LINK_64);
  if (bytes[5] !== 1) {
    return refuse(bytes[5] === 2 ? 'It is a big-endian ELF file.' : `Its ELF data encoding ${bytes[5]} is unknown.`, 'Compile it for little-endian RISC-V.');
  }
  if (bytes.length < HEADER_BYTES) return refuse('It is truncated: an ELF header has 64 bytes.', REBUILD);
  const machine = view.getUint16(18, true);
  if (machine !== MACHINE_RISCV) return refuse(`It is not for RISC-V (its ELF machine is ${machine}, RISC-V is 243).`, 'Compile it with a RISC-V compiler.');
  const type = view.getUint16(16, true);
  if (type === TYPE_EXECUTABLE) return undefined;
  return refuse(`It is ${FILE_TYPES[type] ?? `of unknown ELF type ${type}`}, not an executable.`, 'Link it with -static -no-pie -nostdlib and a linker script.');
}

function checkPlace(what: string, start: bigint, size: bigint, memory: AddressRange | undefined): Refusal | undefined {
  if (start + size > 1n << 64n) return refuse(`${what} at ${hex(start)} runs beyond the end of the address space.`, REBUILD);
  if (memory === undefined || (start >= memory.base && start + size <= memory.base + memory.size)) return undefined;
  const last = size === 0n ? start : start + size - 1n;
  const memoryLast = memory.base + memory.size - 1n;
  return refuse(
    `${what}, ${hex(start)} to ${hex(last)}, lies outside the memory, ${hex(memory.base)} to ${hex(memoryLast)}.`,
    'Link it to addresses inside the memory, or give the machine more memory.',
  );
}

type SegmentResult = Refusal | { readonly ok: true; readonly segment: Segment | undefined };

function parseSegment(bytes: Uint8Array, view: DataView, at: number, memory: AddressRange | undefined): SegmentResult {
  const type = view.getUint32(at, true);
  if (type === SEGMENT_INTERPRETER) return refuse('It needs a dynamic linker.', 'Link it with -static.');
  if (type !== SEGMENT_LOAD) return { ok: true, segment: undefined };
  const offset = view.getBigUint64(at + 8, true);
  const address = view.getBigUint64(at + 24, true);
  const fileSize = view.getBigUint64(at + 32, true);
  const memSize = view.getBigUint64(at + 40, true);
  const name = `The segment at ${hex(address)}`;
  if (memSize === 0n && fileSize === 0n) return { ok: true, segment: undefined };
  if (fileSize > memSize) return refuse(`${name} has ${fileSize} bytes in the file but only ${memSize} in memory.`, REBUILD);
  if (!inside(offset, fileSize, bytes.length)) return refuse(`${name} runs outside the file.`, REBUILD);
  const misplaced = checkPlace('A segment', address, memSize, memory);
  if (misplaced !== undefined) return misplaced;
  return { ok: true, segment: { address, data: bytes.subarray(Number(offset), Number(offset + fileSize)), memSize } };
}

/**
 * Reads a statically linked, little-endian RISC-V ELF64 executable.
 *
 * @param bytes - The whole file.
 * @param memory - Where segments and entry must lie; unchecked if absent.
 * @returns The program, or a refusal. Never throws, whatever the bytes.
 */
export function parseElf(bytes: Uint8Array, memory?: AddressRange): Program | Refusal {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wrong = checkIdentity(bytes, view);
  if (wrong !== undefined) return wrong;
  const entry = view.getBigUint64(24, true);
  const tableOffset = view.getBigUint64(32, true);
  const entrySize = view.getUint16(54, true);
  const count = view.getUint16(56, true);
  if (count > 0 && entrySize !== PROGRAM_HEADER_BYTES) return refuse(`Its program headers have ${entrySize} bytes instead of 56.`, REBUILD);
  if (!inside(tableOffset, BigInt(count * PROGRAM_HEADER_BYTES), bytes.length)) return refuse('Its program header table runs outside the file.', REBUILD);
  const segments: Segment[] = [];
  for (let i = 0; i < count; i++) {
    const result = parseSegment(bytes, view, Number(tableOffset) + i * PROGRAM_HEADER_BYTES, memory);
    if (!result.ok) return result;
    if (result.segment !== undefined) segments.push(result.segment);
  }
  if (segments.length === 0) return refuse('It has nothing to load.', 'Link it with code in a loadable segment.');
  const misplaced = checkPlace('Its entry point', entry, 0n, memory);
  if (misplaced !== undefined) return misplaced;
  if (entry % 2n !== 0n) return refuse(`Its entry point, 0x${entry.toString(16)}, is odd.`, 'Instructions begin at even addresses: let the linker choose the entry point.');
  const symbols = parseSymbols(bytes, view);
  return symbols.ok ? { ok: true, entry, segments, symbols: symbols.symbols } : symbols;
}
