/**
 * Operands in and out of instruction words.
 */
import type { InstructionTable, Operand } from './tables.js';

const widthOf = (operand: Operand): number => operand.bits.reduce((sum, [high, low]) => sum + high - low + 1, 0);

/** The value of an operand in an instruction. */
export function extract(operand: Operand, word: number): number {
  let value = 0;
  for (const [high, low] of operand.bits) {
    const size = 2 ** (high - low + 1);
    value = value * size + ((word >>> low) % size);
  }
  const limit = 2 ** widthOf(operand);
  const signed = operand.signed && value >= limit / 2 ? value - limit : value;
  return signed * 2 ** operand.scale + (operand.first ?? 0);
}

/** The values an operand can have: from `least` to `most` in steps. */
export interface Range {
  readonly least: bigint;
  readonly most: bigint;
  readonly step: bigint;
}

/** What fits an operand. */
export function rangeOf(operand: Operand): Range {
  const step = 1n << BigInt(operand.scale);
  const count = 1n << BigInt(widthOf(operand));
  const least = operand.signed ? -(count / 2n) : 0n;
  const first = BigInt(operand.first ?? 0);
  return { least: least * step + first, most: (least + count - 1n) * step + first, step };
}

/** Whether an operand can hold a value. */
export function fits(operand: Operand, value: bigint): boolean {
  const { least, most, step } = rangeOf(operand);
  return value >= least && value <= most && value % step === 0n;
}

/** The bits of an instruction that hold a value; it must fit. */
export function insert(operand: Operand, value: bigint): number {
  let rest = BigInt.asUintN(64, (value - BigInt(operand.first ?? 0)) >> BigInt(operand.scale));
  let word = 0;
  for (const [high, low] of [...operand.bits].reverse()) {
    const width = high - low + 1;
    word = (word | (Number(BigInt.asUintN(width, rest)) << low)) >>> 0;
    rest >>= BigInt(width);
  }
  return word;
}

/** The operands of an instruction in the order they are written. */
export const operandsOf = (instruction: InstructionTable): Operand[] => instruction.syntax.filter((part) => typeof part !== 'string');

/** Bits that neither the match nor an operand covers: they mean nothing, and assembly leaves them zero. */
export function unusedBits(instruction: InstructionTable): number {
  const used = operandsOf(instruction).flatMap((o) => o.bits).reduce((word, [high, low]) => {
    const ones = high - low === 31 ? -1 : (1 << (high - low + 1)) - 1;
    return word | (ones << low);
  }, instruction.mask);
  return instruction.bytes === 2 ? ~used & 0xffff : ~used >>> 0;
}
