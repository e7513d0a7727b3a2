/** The dice of the bodies: the same seed gives the same bodies for ever. */

/** All 64 bits. */
export const U64 = (1n << 64n) - 1n;

/** A small seeded generator (xorshift128): the same seed gives the same bodies for ever. */
export class Random {
  private readonly state: Uint32Array;

  constructor(seed: number) {
    this.state = Uint32Array.of(seed ^ 0x9e3779b9, 0x243f6a88, 0xb7e15162, seed | 1);
    for (let i = 0; i < 16; i++) this.word();
  }

  /** 32 random bits. */
  word(): number {
    const s = this.state;
    let t = s[3]!;
    s[3] = s[2]!;
    s[2] = s[1]!;
    s[1] = s[0]!;
    t ^= t << 11;
    t ^= t >>> 8;
    s[0] = t ^ s[0]! ^ (s[0]! >>> 19);
    return s[0]!;
  }

  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number {
    return this.word() % limit;
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** 64 bits; often a number with an edge to it. */
  value(): bigint {
    const wide = (BigInt(this.word()) << 32n) | BigInt(this.word());
    switch (this.below(6)) {
      case 0: return this.pick([0n, 1n, ~0n, 1n << 63n, (1n << 63n) - 1n, 0x8000_0000n, 0x7fff_ffffn, 0xffff_ffffn]) & U64;
      case 1: return BigInt.asUintN(64, BigInt.asIntN(32, wide));
      case 2: return wide & 0xffn;
      default: return wide;
    }
  }
}
