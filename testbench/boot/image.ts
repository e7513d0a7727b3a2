/**
 * What lies in memory when firmware starts, as a program: firmware at the
 * bottom, a kernel 2 MiB above, a device tree near the top, and a few
 * instructions that hand over as a boot ROM does (a0 the hart's number, a1
 * where the tree is).
 */
import { deviceTree } from '../../model/machine/device-tree.js';
import { parseElf, type AddressRange, type Program, type Segment } from '../../model/machine/elf.js';
import { flatten } from '../../model/machine/fdt.js';
import type { MachineDescription } from '../../model/machine/map.js';
import { assemble } from '../assembly/assemble.js';
import type { AssemblyTables } from '../assembly/tables.js';
import { failure, type Failure } from '../commands/failure.js';

/** What is to be booted; files as their bytes. */
export interface BootParts {
  /** Runs first, in M-mode: an ELF64 executable, or raw bytes for the bottom of memory. */
  readonly bios: Uint8Array;
  /** An ELF64 executable, or raw bytes for {@link KERNEL_OFFSET} above the bottom. */
  readonly kernel?: Uint8Array;
  /** Initial RAM disk, as it is. */
  readonly initrd?: Uint8Array;
  /** The kernel's command line. */
  readonly bootargs?: string;
  /** A device tree in the place of ours, which then says nothing of initrd and bootargs. */
  readonly tree?: Uint8Array;
}

/** The machine to boot on. */
export interface BootMachine {
  readonly machine: MachineDescription;
  readonly interrupts: Readonly<Record<number, string>>;
  readonly memory: AddressRange;
  readonly tables: AssemblyTables;
}

/** Where firmware that jumps (fw_jump) expects the next stage. */
export const KERNEL_OFFSET = 0x20_0000n;
/** What kernels map as a whole. */
const TREE_ALIGNMENT = 0x20_0000n;
const PAGE = 4096n;
/** Room for the instructions that hand over, at the very top. */
const HANDOVER_BYTES = 64n;

/** A part of memory and what it is, for complaints. */
interface Piece {
  readonly what: string;
  readonly segment: Segment;
}

/** Our device tree for a machine. */
export function treeFor({ machine, interrupts, memory }: Omit<BootMachine, 'tables'>, { bootargs, initrd }: Pick<BootParts, 'bootargs' | 'initrd'>): Uint8Array {
  const start = initrdAt(memory);
  return flatten(deviceTree({
    machine, interrupts, memory: memory.size,
    ...(bootargs === undefined ? {} : { bootargs }),
    ...(initrd === undefined ? {} : { initrd: { start, end: start + BigInt(initrd.length) } }),
  }));
}

/** The RAM disk begins in the middle. */
const initrdAt = ({ base, size }: AddressRange): bigint => base + (size / 2n / PAGE) * PAGE;

/** All parts in their places, or why they cannot be there. */
export function bootImage(parts: BootParts, on: BootMachine): Program | Failure {
  const { memory } = on;
  const bios = placed('firmware', parts.bios, memory.base, memory);
  if (!bios.ok) return bios;
  const kernel = parts.kernel === undefined ? undefined : placed('kernel', parts.kernel, memory.base + KERNEL_OFFSET, memory);
  if (kernel?.ok === false) return kernel;
  const tree = parts.tree ?? treeFor(on, parts);
  const top = memory.base + memory.size - HANDOVER_BYTES;
  const treeAt = ((top - BigInt(tree.length)) / TREE_ALIGNMENT) * TREE_ALIGNMENT;
  const handover = handoverAt(top, bios.entry, treeAt, on.tables);
  const raw = (what: string, address: bigint, data: Uint8Array): Piece => ({ what, segment: { address, data, memSize: BigInt(data.length) } });
  const pieces: readonly Piece[] = [
    ...bios.pieces, ...(kernel?.pieces ?? []),
    ...(parts.initrd === undefined ? [] : [raw('initial RAM disk', initrdAt(memory), parts.initrd)]),
    raw('device tree', treeAt, tree), raw('handover', top, handover),
  ];
  const wrong = collision(pieces, memory);
  return wrong ?? { ok: true, entry: top, segments: pieces.map((p) => p.segment), symbols: bios.symbols };
}

type Placed = Failure | { readonly ok: true; readonly entry: bigint; readonly pieces: readonly Piece[]; readonly symbols: ReadonlyMap<string, bigint> };

const isElf = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(0, 4)).equals(Buffer.from([0x7f, 0x45, 0x4c, 0x46]));

/** An ELF file where it says, other bytes where they are expected. */
function placed(what: string, bytes: Uint8Array, at: bigint, memory: AddressRange): Placed {
  if (bytes.length === 0) return failure(`The ${what} is empty.`, 'Give a file with something in it.');
  if (!isElf(bytes)) return { ok: true, entry: at, pieces: [{ what, segment: { address: at, data: bytes, memSize: BigInt(bytes.length) } }], symbols: new Map() };
  const program = parseElf(bytes, memory);
  if (!program.ok) return failure(`The ${what} cannot be loaded. ${program.message}`, program.mend);
  return { ok: true, entry: program.entry, pieces: program.segments.map((segment) => ({ what, segment })), symbols: program.symbols };
}

/** What a boot ROM does. */
function handoverAt(address: bigint, entry: bigint, tree: bigint, tables: AssemblyTables): Uint8Array {
  const text = `_start: csrr a0, mhartid\n li a1, ${tree}\n li t0, ${entry}\n jr t0\n`;
  const assembled = assemble(text, tables, { base: address });
  if (!assembled.ok) throw new Error(assembled.errors.map((e) => e.message).join('\n'));
  const [section] = assembled.program.sections;
  if (section === undefined) throw new Error('the handover has no code');
  return section.bytes;
}

/** Where a piece ends, and what cannot be. */
function collision(pieces: readonly Piece[], memory: AddressRange): Failure | undefined {
  const span = ({ segment: { address, memSize } }: Piece): string => `0x${address.toString(16)} to 0x${(address + memSize - 1n).toString(16)}`;
  const end = ({ segment: { address, memSize } }: Piece): bigint => address + memSize;
  for (const [i, piece] of pieces.entries()) {
    if (piece.segment.address < memory.base || end(piece) > memory.base + memory.size) {
      return failure(`The ${piece.what}, ${span(piece)}, does not fit into the memory of ${memory.size} bytes.`, 'Give the machine more memory with -m.');
    }
    const other = pieces.slice(0, i).find((o) => o.segment.address < end(piece) && piece.segment.address < end(o));
    if (other !== undefined) return failure(`The ${piece.what}, ${span(piece)}, overlaps the ${other.what}, ${span(other)}.`, 'Give the machine more memory with -m, or smaller files.');
  }
  return undefined;
}
