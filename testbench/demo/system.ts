/**
 * The systems with three guests as programs: firmware and a supervisor (the hypervisor, or the ordinary kernel), with the images of the
 * guests on the "disk" where both look for them.
 */
import type { Program } from '../../model/machine/elf.js';
import { assemble, formatError } from '../assembly/assemble.js';
import type { AssemblyTables } from '../assembly/tables.js';

/** Who runs the guests. */
export type Supervisor = 'hypervisor' | 'kernel';

/** The guests, in the order of their places. */
export const GUESTS = ['A', 'B', 'C'] as const;
export type GuestName = (typeof GUESTS)[number];

/** An image, and what the supervisor is told of it. */
export interface GuestPlan {
  /** As assembled by {@link guestImage}, or any bytes that begin with the same header. */
  readonly image: Uint8Array;
  /** How often it is started: a guest that is dead begins anew. 0: it is absent. */
  readonly lives: number;
  /** Its argument in its first life; one more in each further one. */
  readonly first: number;
}

/** Reads a file of `testbench/demo/three`. */
export type ReadSource = (name: string) => string;

/** Where the supervisors find images and parameters (machine.S). */
const DISK = 0x8002_8000n;
const DISK_BYTES = 1 << 14;
const PARAMETERS = 0x8003_4000n;

/** The bytes of an assembled text from its first address on, its symbols, and what is to be said of its mistakes: those of an author. */
function assembled(text: string, file: string, tables: AssemblyTables): { readonly bytes: Uint8Array; readonly base: bigint; readonly symbols: ReadonlyMap<string, bigint>; readonly end: bigint } {
  const outcome = assemble(text, tables, { file });
  if (!outcome.ok) throw new Error(outcome.errors.map(formatError).join('\n'));
  const { sections, symbols, entry } = outcome.program;
  const end = sections.reduce((most, { address, size }) => (address + BigInt(size) > most ? address + BigInt(size) : most), entry);
  const bytes = new Uint8Array(Number(end - entry));
  for (const section of sections) bytes.set(section.bytes, Number(section.address - entry));
  return { bytes, base: entry, end, symbols: new Map(symbols.map(({ name, value }) => [name, value])) };
}

/** The image of a guest: its kernel and its application. */
export function guestImage(name: GuestName, read: ReadSource, tables: AssemblyTables): Uint8Array {
  const files = ['guest.S', `guest-${name.toLowerCase()}.S`, 'print.S'];
  return assembled(files.map(read).join(''), files[1] ?? '', tables).bytes;
}

const doubleword = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
};

/** A supervisor with its guests, ready to be loaded. */
export function systemProgram(supervisor: Supervisor, guests: readonly GuestPlan[], read: ReadSource, tables: AssemblyTables): Program {
  const { bytes, base, symbols } = assembled(['machine.S', `${supervisor}.S`].map(read).join(''), `${supervisor}.S`, tables);
  const segment = (address: bigint, data: Uint8Array) => ({ address, data, memSize: BigInt(data.length) });
  for (const { image } of guests) if (image.length > DISK_BYTES) throw new Error(`an image has ${image.length} bytes; the disk has ${DISK_BYTES} for each`);
  return {
    ok: true, entry: base, symbols,
    segments: [
      segment(base, bytes),
      ...guests.map(({ image }, i) => segment(DISK + BigInt(i * DISK_BYTES), image)),
      ...guests.flatMap(({ lives, first }, i) => [segment(PARAMETERS + BigInt(8 * i), doubleword(lives)), segment(PARAMETERS + BigInt(8 * (guests.length + i)), doubleword(first))]),
    ],
  };
}
