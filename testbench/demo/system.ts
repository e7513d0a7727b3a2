/**
 * The systems with three guests as programs: firmware and a supervisor (the
 * hypervisor, or the ordinary kernel), with the images of the guests on the
 * "disk" where both look for them.
 */
import type { Program, Segment } from '../../model/machine/elf.js';
import { assemble, formatError } from '../assembly/assemble.js';
import type { AssemblyTables } from '../assembly/tables.js';

/** The guests, in the order of their places. */
export const GUESTS = ['A', 'B', 'C'] as const;
export type GuestName = (typeof GUESTS)[number];

/** An image, and what the supervisor is told of it. */
export interface GuestPlan {
  /** One of {@link Systems}, or any bytes with the same header. */
  readonly image: Uint8Array;
  /** How often it is started: a guest that is dead begins anew. 0: it is absent. */
  readonly lives: number;
  /** Its argument in its first life; one more in each further one. */
  readonly first: number;
}

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

/** How much A and C have to do: words to sort, a limit for primes. */
export interface Work {
  readonly A: number;
  readonly C: number;
}

/** In the demonstration: they outlive B. */
export const WORK: Work = { A: 128, C: 2200 };

/** Everything that can be put together to a machine. */
export interface Systems {
  /** Who runs the guests: supervisors with the firmware in front, without guests. */
  readonly hypervisor: Program;
  readonly kernel: Program;
  readonly images: Readonly<Record<GuestName, Uint8Array>>;
}

/** Where the texts come from, and what assembles them. */
export interface Sources {
  /** Reads a file of `testbench/demo/three`. */
  readonly read: (name: string) => string;
  readonly tables: AssemblyTables;
  readonly work?: Work;
}

/** Assembles both supervisors and the three images. Throws with mistakes in them as the message. */
export function assembleSystems({ read, tables, work = WORK }: Sources): Systems {
  const text = (...files: readonly string[]): string => files.map(read).join('');
  const supervisor = (file: string): Program => {
    const { bytes, base, symbols } = assembled(text('machine.S', file), file, tables);
    return { ok: true, entry: base, symbols, segments: [segment(base, bytes)] };
  };
  const image = (file: string, heading = ''): Uint8Array => assembled(heading + text('guest.S', file, 'print.S'), file, tables).bytes;
  const toDo = (amount: number): string => `        .equ    WORK, ${amount}\n`;
  return {
    hypervisor: supervisor('hypervisor.S'),
    kernel: supervisor('kernel.S'),
    images: { A: image('guest-a.S', toDo(work.A)), B: image('guest-b.S'), C: image('guest-c.S', toDo(work.C)) },
  };
}

/** A supervisor with guests on its disk. */
export function withGuests(supervisor: Program, guests: Readonly<Record<GuestName, GuestPlan>>): Program {
  return {
    ...supervisor,
    segments: [
      ...supervisor.segments,
      ...GUESTS.flatMap((name, i) => {
        const { image, lives, first } = guests[name];
        if (image.length > DISK_BYTES) throw new Error(`the image of ${name} has ${image.length} bytes; the disk has ${DISK_BYTES} for each`);
        const parameter = (index: number, value: number) => segment(PLACES.parameters + BigInt(8 * index), doubleword(value));
        return [segment(PLACES.disk + BigInt(i * DISK_BYTES), image), parameter(i, lives), parameter(GUESTS.length + i, first)];
      }),
    ],
  };
}

interface Assembled {
  /** From the first address on. */
  readonly bytes: Uint8Array;
  readonly base: bigint;
  readonly symbols: ReadonlyMap<string, bigint>;
}

function assembled(text: string, file: string, tables: AssemblyTables): Assembled {
  const outcome = assemble(text, tables, { file });
  if (!outcome.ok) throw new Error(outcome.errors.map(formatError).join('\n'));
  const { sections, symbols, entry } = outcome.program;
  const end = sections.reduce((most, { address, size }) => (address + BigInt(size) > most ? address + BigInt(size) : most), entry);
  const bytes = new Uint8Array(Number(end - entry));
  for (const section of sections) bytes.set(section.bytes, Number(section.address - entry));
  return { bytes, base: entry, symbols: new Map(symbols.map(({ name, value }) => [name, value])) };
}

const segment = (address: bigint, data: Uint8Array): Segment => ({ address, data, memSize: BigInt(data.length) });

function doubleword(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}
