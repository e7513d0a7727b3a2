/**
 * Instruction bits: how long an instruction is, what a 16-bit one stands for,
 * which of several encodings matches, and what an immediate's bits mean.
 */
import { add, binary, concat, constant, eqConst, mux, not, or, select, sext, slice, zext } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import type { Compressed, Immediate } from '../spec/isa.js';

/** One bit: the instruction that begins these bits is 32 bits long. */
const isLong = (insn: Expr): Expr => eqConst(slice(insn, 1, 0), 3);

/** One bit: it is 16 bits long. */
export const isShort = (insn: Expr): Expr => not(isLong(insn));

/** The bits of an instruction: what lies above a 16-bit one belongs to the next. */
export const ownBits = (insn: Expr): Expr => mux(isLong(insn), insn, zext(slice(insn, 15, 0), 32));

/** The address of the instruction behind one. */
export const nextPc = (pc: Expr, insn: Expr): Expr => add(pc, mux(isLong(insn), constant(64, 4), constant(64, 2)));

/** What a 16-bit instruction stands for, 32 bits: its wiring, in runs of constants, neighbouring bits and copies of one bit. */
export function expansionOf(insn: Expr, { bits, nonzero }: Compressed): Expr {
  const parts: Expr[] = [];
  for (let to = 31; to >= 0; ) {
    const bit = bits[to] ?? 0;
    let end = to;
    if (typeof bit === 'number') {
      while (typeof bits[end - 1] === 'number') end--;
      const value = bits.slice(end, to + 1).reduceRight<bigint>((v, b) => v * 2n + (b === 1 ? 1n : 0n), 0n);
      parts.push(constant(to - end + 1, value));
    } else {
      const from = (at: number): number | undefined => {
        const b = bits[at];
        return typeof b === 'object' ? b.from : undefined;
      };
      const step = from(to - 1) === bit.from ? 0 : 1;
      while (from(end - 1) === bit.from - step * (to - end + 1)) end--;
      const width = to - end + 1;
      parts.push(step === 0 ? sext(slice(insn, bit.from, bit.from), width) : slice(insn, bit.from, bit.from - width + 1));
    }
    to = end - 1;
  }
  const word = concat(...parts);
  const zeros = nonzero.map((ranges) => eqConst(concat(...ranges.map(({ high, low }) => slice(insn, high, low))), 0));
  return zeros.length === 0 ? word : mux(or(...zeros), constant(32, 0), word);
}

/** An encoding, 32 or 16 characters, and what it means. */
export interface Leaf {
  readonly match: string;
  readonly value: Expr;
}

/**
 * The value of the narrowest encoding that matches. Splits on the bits that
 * most of the remaining encodings fix: a contiguous field (opcode, funct3,
 * funct7) as one select, single bits where encodings differ.
 */
export function decisionTree(insn: Expr, leaves: readonly Leaf[], otherwise: Expr, decided = 0n): Expr {
  const [first, ...others] = leaves;
  if (first === undefined) return otherwise;
  const common = leaves.reduce((m, leaf) => m & careMask(leaf.match), (1n << BigInt(insn.width)) - 1n) & ~decided;
  if (common === 0n) {
    const own = careMask(first.match) & ~decided;
    if (own === 0n && others.length === 0) return first.value;
    const narrowest = [...leaves].sort((a, b) => popcount(careMask(b.match)) - popcount(careMask(a.match)))[0] ?? first;
    const test = careMask(narrowest.match) & ~decided;
    if (test === 0n) return narrowest.value;
    return mux(matches(insn, narrowest.match, test), narrowest.value, decisionTree(insn, leaves.filter((leaf) => leaf !== narrowest), otherwise, decided));
  }
  const { high, low } = bestField(common);
  const groups = new Map<bigint, Leaf[]>();
  for (const leaf of leaves) {
    const key = (valueOf(leaf.match) >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
    groups.set(key, [...(groups.get(key) ?? []), leaf]);
  }
  const mask = ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);
  const cases = [...groups].map(([key, group]) => ({ keys: [key], value: decisionTree(insn, group, otherwise, decided | mask) }));
  return select(slice(insn, high, low), cases, otherwise);
}

const careMask = (match: string): bigint => BigInt(`0b${match.replace(/[01]/g, '1').replace(/-/g, '0')}`);
const valueOf = (match: string): bigint => BigInt(`0b${match.replace(/-/g, '0')}`);
const popcount = (v: bigint): number => v.toString(2).replaceAll('0', '').length;

/** The widest contiguous run of set bits, at most 7 wide, the lowest of equals. */
function bestField(mask: bigint): { readonly high: number; readonly low: number } {
  let best = { high: 0, low: 0, width: 0 };
  for (let low = 0; low < 32; low++) {
    let high = low;
    while (high < 32 && high - low < 7 && ((mask >> BigInt(high)) & 1n) === 1n) high++;
    if (high - low > best.width) best = { high: high - 1, low, width: high - low };
  }
  return best;
}

function matches(insn: Expr, match: string, mask: bigint): Expr {
  return eqConst(binary('and', insn, constant(insn.width, mask)), valueOf(match) & mask);
}

/** An immediate of the instruction, extended to 64 bits. */
export function immediateOf(insn: Expr, { bits, scale, signed }: Immediate): Expr {
  const parts = bits.map(({ high, low }) => slice(insn, high, low));
  const whole = scale === 0 ? concat(...parts) : concat(...parts, constant(scale, 0));
  return signed ? sext(whole, 64) : zext(whole, 64);
}
