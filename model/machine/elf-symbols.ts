/**
 * The symbol table of an ELF64 file: names of addresses (`tohost`, `main`).
 */
import { inside, refuse, type Refusal } from './elf-refusal.js';

const SECTION_HEADER_BYTES = 64;
const SYMBOL_BYTES = 24;
const SECTION_SYMBOLS = 2;
/** Longer names are left out, so that hostile string tables cost no more than they weigh. */
const LONGEST_NAME = 4096;

/** Bytes of a section, or undefined if it runs outside the file. */
function sectionBytes(bytes: Uint8Array, view: DataView, header: number): Uint8Array | undefined {
  const offset = view.getBigUint64(header + 24, true);
  const size = view.getBigUint64(header + 32, true);
  return inside(offset, size, bytes.length) ? bytes.subarray(Number(offset), Number(offset + size)) : undefined;
}

function nameAt(strings: Uint8Array, start: number): string | undefined {
  if (start === 0 || start >= strings.length) return undefined;
  const window = strings.subarray(start, start + LONGEST_NAME);
  const length = window.indexOf(0);
  return length > 0 ? Buffer.from(window.subarray(0, length)).toString('utf8') : undefined;
}

function addSymbols(table: Uint8Array, strings: Uint8Array, into: Map<string, bigint>): void {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  for (let at = 0; at + SYMBOL_BYTES <= table.length; at += SYMBOL_BYTES) {
    const undefinedSymbol = view.getUint16(at + 6, true) === 0;
    const sectionOrFile = ((table[at + 4] ?? 0) & 15) >= 3;
    const name = nameAt(strings, view.getUint32(at, true));
    if (!undefinedSymbol && !sectionOrFile && name !== undefined) into.set(name, view.getBigUint64(at + 8, true));
  }
}

/**
 * Reads all symbol tables.
 *
 * @param bytes - The whole file, its ELF64 header already checked.
 * @param view - A view of the same bytes.
 * @returns Values by name, empty if the file is stripped; a refusal if a table runs outside the file.
 */
export function parseSymbols(bytes: Uint8Array, view: DataView): Refusal | { readonly ok: true; readonly symbols: Map<string, bigint> } {
  const symbols = new Map<string, bigint>();
  const tableOffset = view.getBigUint64(40, true);
  const entrySize = view.getUint16(58, true);
  const count = view.getUint16(60, true);
  const mend = 'Build it again, or strip it if it needs no symbols.';
  if (tableOffset === 0n || count === 0) return { ok: true, symbols };
  if (entrySize !== SECTION_HEADER_BYTES) return refuse(`Its section headers have ${entrySize} bytes instead of 64.`, mend);
  if (!inside(tableOffset, BigInt(count * SECTION_HEADER_BYTES), bytes.length)) return refuse('It is truncated: its section header table runs outside the file.', mend);
  const headerOf = (index: number): number => Number(tableOffset) + index * SECTION_HEADER_BYTES;
  for (let i = 0; i < count; i++) {
    if (view.getUint32(headerOf(i) + 4, true) !== SECTION_SYMBOLS) continue;
    const link = view.getUint32(headerOf(i) + 40, true);
    const table = sectionBytes(bytes, view, headerOf(i));
    const strings = link < count ? sectionBytes(bytes, view, headerOf(link)) : undefined;
    if (table === undefined || strings === undefined) return refuse('Its symbol table runs outside the file.', mend);
    addSymbols(table, strings, symbols);
  }
  return { ok: true, symbols };
}
