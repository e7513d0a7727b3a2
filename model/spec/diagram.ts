/**
 * Encodings drawn as the manual draws them, and plain tables.
 */
import { operandsOf } from './encodings.js';
import type { Instruction } from './isa.js';

/** A run of bits with one meaning. */
interface Cell {
  readonly high: number;
  readonly low: number;
  readonly text: string;
}

/**
 * An encoding with bit positions:
 *
 * ```
 *  31       25 24   20 19   15 14  12 11   7 6       0
 * |  0000000  |  rs2  |  rs1  |  000 |  rd  | 0110011 |
 * ```
 */
export function encodingDiagram(instruction: Instruction): readonly string[] {
  const cells = cellsOf(instruction);
  const widths = cells.map((cell) => Math.max(cell.text.length, positions(cell, 0).length) + 2);
  const head = cells.map((cell, index) => ` ${positions(cell, (widths[index] ?? 0) - 2)} `).join(' ');
  const body = cells.map((cell, index) => centre(cell.text, widths[index] ?? 0)).join('|');
  return [` ${head}`.trimEnd(), `|${body}|`];
}

/** Fixed bits in one piece each, operands by name; bits that nothing reads as `-`. */
function cellsOf({ match, format }: Instruction): readonly Cell[] {
  const names = new Map<number, string>();
  for (const [name, ranges] of operandsOf(format)) {
    let weight = ranges.reduce((sum, { high, low }) => sum + high - low + 1, name === 'imm' ? format.immediate?.scale ?? 0 : 0);
    for (const { high, low } of ranges) {
      const part = name === 'imm' ? `imm[${high === low ? weight - 1 : `${weight - 1}:${weight - 1 - high + low}`}]` : name;
      weight -= high - low + 1;
      for (let bit = low; bit <= high; bit++) if (!names.has(bit)) names.set(bit, part);
    }
  }
  const cells: Cell[] = [];
  for (let bit = 31; bit >= 0; bit--) {
    const char = match[31 - bit] ?? '-';
    const name = char === '-' ? names.get(bit) : undefined;
    const last = cells.at(-1);
    const joins = last !== undefined && bit !== 6 && (name === undefined ? isBits(last.text) && (last.text[0] === '-') === (char === '-') : last.text === name);
    if (last !== undefined && joins) cells[cells.length - 1] = { high: last.high, low: bit, text: name ?? last.text + char };
    else cells.push({ high: bit, low: bit, text: name ?? char });
  }
  return cells;
}

const isBits = (text: string): boolean => /^[01-]+$/.test(text);

function positions({ high, low }: Cell, width: number): string {
  return high === low ? centre(String(high), width) : `${high}${' '.repeat(Math.max(1, width - `${high}${low}`.length))}${low}`;
}

function centre(text: string, width: number): string {
  const space = Math.max(0, width - text.length);
  return ' '.repeat(space >> 1) + text + ' '.repeat(space - (space >> 1));
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
}
