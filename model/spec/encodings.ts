/**
 * Encodings: operand bits against fixed bits, and instructions against each other.
 */
import type { Context } from './context.js';
import type { BitRange, Format, Instruction } from './isa.js';
import type { Text } from './node.js';
import { lineOf } from './yaml.js';

/** A match and what covers its open bits. */
export interface Encoding {
  readonly label: string;
  readonly match: Text;
  readonly format: Format;
  /** Bits that decoding leaves open and nothing reads. */
  readonly ignored: readonly BitRange[];
}

/** Operand bits are open in the match, and every open bit belongs to an operand or is ignored by name. */
export function checkOperands({ label, match, format, ignored }: Encoding, context: Context): void {
  const covered = new Set<number>();
  for (const [name, ranges] of operandsOf(format)) {
    const fixed = ranges.flatMap(bitsIn).filter((bit) => charOf(match.text, bit) !== '-');
    for (const bit of ranges.flatMap(bitsIn)) covered.add(bit);
    if (fixed.length > 0) context.report.add(spanOf(match, fixed), `${label}: the match fixes ${bitNames(fixed)} of ${name}`, `Write - there, or choose a format without ${name} in these bits (${format.name} has it).`);
  }
  for (const bit of ignored.flatMap(bitsIn)) covered.add(bit);
  const loose = Array.from({ length: match.text.length }, (_, bit) => bit).filter((bit) => charOf(match.text, bit) === '-' && !covered.has(bit));
  if (loose.length === 0) return;
  const ranges = runs(loose);
  context.report.add(spanOf(match, loose), `${label}: no operand of the format ${format.name} is in ${bitNames(loose)}`,
    `Fix these bits in the match, choose another format, or write \`ignores: [${ranges.map(rangeText).join(', ')}]\`.`);
}

/** Encodings overlap only where one strictly contains the other; the narrower then wins. */
export function checkOverlaps(instructions: readonly Pick<Instruction, 'name' | 'match' | 'matchSpan'>[], context: Context): void {
  instructions.forEach((instruction, index) => {
    for (const other of instructions.slice(0, index)) {
      if (!overlap(instruction.match, other.match)) continue;
      const [here, there] = [within(instruction.match, other.match), within(other.match, instruction.match)];
      if (here !== there) continue;
      const what = here ? 'have the same encoding' : `overlap, as in ${example(instruction.match, other.match)}`;
      context.report.add(instruction.matchSpan, `${instruction.name}: ${other.name} and ${instruction.name} ${what}`,
        `Fix more bits in one of them: of two encodings that overlap, one must lie within the other (${other.name} is at ${other.matchSpan.file.path}:${lineOf(other.matchSpan)}).`);
    }
  });
}

function overlap(a: string, b: string): boolean {
  return [...a].every((char, index) => char === '-' || b[index] === '-' || char === b[index]);
}

/** Whether every word that matches `inner` matches `outer`. */
function within(inner: string, outer: string): boolean {
  return [...outer].every((char, index) => char === '-' || char === inner[index]);
}

/** A word that both match. */
function example(a: string, b: string): string {
  const word = [...a].map((char, index) => (char !== '-' ? char : b[index] === '1' ? '1' : '0')).join('');
  return `0x${Number.parseInt(word, 2).toString(16).padStart(a.length / 4, '0')}`;
}

/** Every operand of a format and the instruction bits that hold it. */
export function operandsOf({ registers, immediate, fields }: Format): readonly (readonly [string, readonly BitRange[]])[] {
  const one = Object.entries({ ...registers, ...fields }).map(([name, range]) => [name, [range]] as const);
  return immediate === undefined ? one : [...one, ['imm', immediate.bits] as const];
}

function bitsIn({ high, low }: BitRange): readonly number[] {
  return Array.from({ length: Math.min(high, 31) - low + 1 }, (_, index) => low + index);
}

function charOf(match: string, bit: number): string {
  return match[match.length - 1 - bit] ?? '';
}

/** The characters from the highest to the lowest of these bits. */
function spanOf({ span, text: { length } }: Text, bits: readonly number[]) {
  return { ...span, start: span.start + length - 1 - Math.max(...bits), end: span.start + length - Math.min(...bits) };
}

/** Bits as ranges, highest first. */
function runs(bits: readonly number[]): readonly BitRange[] {
  const ranges: BitRange[] = [];
  for (const bit of [...bits].sort((a, b) => b - a)) {
    const last = ranges.at(-1);
    if (last !== undefined && last.low === bit + 1) ranges[ranges.length - 1] = { high: last.high, low: bit };
    else ranges.push({ high: bit, low: bit });
  }
  return ranges;
}

function rangeText({ high, low }: BitRange): string {
  return high === low ? `${high}` : `${high}-${low}`;
}

function bitNames(bits: readonly number[]): string {
  return `${bits.length === 1 ? 'bit' : 'bits'} ${runs(bits).map(rangeText).join(', ')}`;
}
