/**
 * An iterative divider: restoring division of magnitudes, some bits of the
 * quotient a cycle, signs taken off before the first step and put on after the
 * last one.
 *
 * By zero it needs nothing of its own: every step fits, so that the quotient
 * is all ones and the remainder the dividend (`div_by_zero`, `rem_by_zero`).
 * Neither does -2^63 / -1: its magnitude is the dividend, its remainder zero.
 */
import { add, and, binary, bit, concat, constant, eqConst, mux, not, or, read, sext, slice, zext } from '../ir/build.js';
import type { BinaryOp, Expr, Register } from '../ir/ir.js';
import { withOperands } from '../ir/map.js';
import { operands, postorder } from '../ir/walk.js';
import type { ModuleBuilder } from './builder.js';

const BITS = 64;

/** Cycles of a division in which no bit of the quotient is found: the operands' signs are taken off, the result's are put on. */
const AROUND = 2;

const DIVISIONS = {
  div: { signed: true, yields: 'quotient' },
  divu: { signed: false, yields: 'quotient' },
  rem: { signed: true, yields: 'remainder' },
  remu: { signed: false, yields: 'remainder' },
} as const;

const isDivision = (op: BinaryOp): op is keyof typeof DIVISIONS => op in DIVISIONS;

/** A value that is made of one division, as the divider computes it. */
export interface Division {
  /** 64 bits, as if written: extended by the sign if the division is a signed one. */
  readonly dividend: Expr;
  readonly divisor: Expr;
  readonly signed: boolean;
  /** The value, once the divider has both. */
  readonly valueOf: (result: Quotient) => Expr;
}

/** What a division yields, 64 bits each. */
export interface Quotient {
  readonly quotient: Expr;
  readonly remainder: Expr;
}

/** The divisions that a value is made of, each once. */
export const divisionsIn = (e: Expr): ReadonlySet<Expr> => new Set(postorder([e]).filter((part) => part.kind === 'binary' && isDivision(part.op)));

/** A value that the divider can compute: it holds one division. Undefined for any other. */
export function divisionOf(e: Expr): Division | undefined {
  const [division, ...more] = divisionsIn(e);
  if (division?.kind !== 'binary' || !isDivision(division.op) || more.length > 0) return undefined;
  const { signed, yields } = DIVISIONS[division.op];
  const { width } = division;
  const whole = (operand: Expr): Expr => (signed ? sext(operand, BITS) : zext(operand, BITS));
  const over = (part: Expr, result: Quotient): Expr => {
    if (part === division) return slice(result[yields], width - 1, 0);
    if (part.kind === 'wire') return divisionsIn(part).size === 0 ? part : over(part.wire.value, result);
    return withOperands(part, operands(part).map((operand) => over(operand, result)));
  };
  return { dividend: whole(division.a), divisor: whole(division.b), signed, valueOf: (result) => over(e, result) };
}

/** How a division fills its cycles. */
export interface Pace {
  /** Bits of the quotient in a cycle. */
  readonly bits: number;
  /** Cycles between the first and the last in which nothing more is to be found. */
  readonly idle: number;
}

/** The least hardware that divides in so many cycles; undefined if none of them is left for a step. */
export function paceOf(cycles: number): Pace | undefined {
  const between = cycles - AROUND;
  const bits = [1, 2, 4, 8, 16, 32, BITS].find((b) => BITS / b <= between);
  return bits === undefined ? undefined : { bits, idle: between - BITS / bits };
}

/** The registers of the divider and what happens to them. */
export class Divider {
  readonly #builder: ModuleBuilder;
  readonly #bits: number;
  /** The bits of the dividend that are still to come, above those of the quotient that are found. */
  readonly #quotient: Register;
  readonly #remainder: Register;
  readonly #divisor: Register;
  readonly #negateQuotient: Register;
  readonly #negateRemainder: Register;

  /** @param bits - Of the quotient in a cycle: see {@link paceOf}. */
  constructor(builder: ModuleBuilder, bits: number) {
    this.#builder = builder;
    this.#bits = bits;
    this.#quotient = builder.register('divide.quotient', BITS);
    this.#remainder = builder.register('divide.remainder', BITS);
    this.#divisor = builder.register('divide.divisor', BITS);
    this.#negateQuotient = builder.register('divide.negate_quotient', 1);
    this.#negateRemainder = builder.register('divide.negate_remainder', 1);
  }

  /** The cycle in which a division begins: operands of 64 bits, and one bit that tells whether they are signed. */
  begin(dividend: Expr, divisor: Expr, signed: Expr): void {
    const builder = this.#builder;
    const below = and(signed, bit(dividend, BITS - 1));
    const byNegative = and(signed, bit(divisor, BITS - 1));
    builder.assign(this.#quotient, mux(below, negated(dividend), dividend));
    builder.assign(this.#remainder, constant(BITS, 0));
    builder.assign(this.#divisor, mux(byNegative, negated(divisor), divisor));
    // By zero the quotient is all ones, which is -1 already.
    builder.assign(this.#negateQuotient, and(binary('xor', below, byNegative), not(eqConst(divisor, 0))));
    builder.assign(this.#negateRemainder, below);
  }

  /** The next bits of the quotient; `64 / bits` times for a division. */
  step(): void {
    const divisor = read(this.#divisor);
    let quotient = read(this.#quotient);
    let remainder = read(this.#remainder);
    for (let i = 0; i < this.#bits; i++) {
      const shifted = concat(slice(remainder, BITS - 2, 0), bit(quotient, BITS - 1));
      // The bit that is shifted out counts 2^64, more than any divisor.
      const fits = or(bit(remainder, BITS - 1), binary('geu', shifted, divisor));
      remainder = mux(fits, binary('sub', shifted, divisor), shifted);
      quotient = concat(slice(quotient, BITS - 2, 0), fits);
    }
    this.#builder.assign(this.#quotient, quotient);
    this.#builder.assign(this.#remainder, remainder);
  }

  /** After the last step. */
  get result(): Quotient {
    const signed = (negate: Register, value: Register): Expr => mux(read(negate), negated(read(value)), read(value));
    return { quotient: signed(this.#negateQuotient, this.#quotient), remainder: signed(this.#negateRemainder, this.#remainder) };
  }
}

const negated = (e: Expr): Expr => add(not(e), constant(e.width, 1));
