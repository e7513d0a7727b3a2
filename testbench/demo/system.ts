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

/** Where the supervisors have what does not change, and where the guests' memory is, as in machine.S. */
export const PLACES = {
  tables: 0x8001_0000n,
  disk: 0x8002_8000n,
  parameters: 0x8004_0000n,
  ram: 0x8006_0000n,
  /** Of each guest. */
  ramBytes: 0x2_0000,
} as const;
const DISK_BYTES = 1 << 15;

interface Assembled {
  /** From the first address on. */
  readonly bytes: Uint8Array;
  readonly base: bigint;
  readonly symbols: ReadonlyMap<string, bigint>;
}

/** Assembles a text. Throws with its mistakes as the message. */
function assembled(text: string, file: string, tables: AssemblyTables): Assembled {
  const outcome = assemble(text, tables, { file });
  if (!outcome.ok) throw new Error(outcome.errors.map(formatError).join('\n'));
  const { sections, symbols, entry } = outcome.program;
  const end = sections.reduce((most, { address, size }) => (address + BigInt(size) > most ? address + BigInt(size) : most), entry);
  const bytes = new Uint8Array(Number(end - entry));
  for (const section of sections) bytes.set(section.bytes, Number(section.address - entry));
  return { bytes, base: entry, symbols: new Map(symbols.map(({ name, value }) => [name, value])) };
}

/** How much A and C have to do: words to sort, a limit for primes. */
export interface Work {
  readonly A: number;
  readonly C: number;
}

/** In the demonstration: they outlive B. */
export const WORK: Work = { A: 128, C: 2200 };

/** The image of a guest: its kernel and its application. */
export function guestImage(name: GuestName, read: ReadSource, tables: AssemblyTables, work: Work = WORK): Uint8Array {
  const files = ['guest.S', `guest-${name.toLowerCase()}.S`, 'print.S'];
  const heading = name === 'B' ? '' : `        .equ    WORK, ${work[name]}\n`;
  return assembled(heading + files.map(read).join(''), files[1] ?? '', tables).bytes;
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
      ...guests.map(({ image }, i) => segment(PLACES.disk + BigInt(i * DISK_BYTES), image)),
      ...guests.flatMap(({ lives, first }, i) => [segment(PLACES.parameters + BigInt(8 * i), doubleword(lives)), segment(PLACES.parameters + BigInt(8 * (guests.length + i)), doubleword(first))]),
    ],
  };
}
