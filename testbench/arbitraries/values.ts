/**
 * Values worth having in registers, memory and CSRs.
 */
import type { Csr } from '../../model/spec/isa.js';
import { AT, BASE, DRAM_BYTES } from './map.js';
import type { Dice } from './dice.js';

const ALL = (1n << 64n) - 1n;

/** Numbers at the edges of arithmetic. */
const EDGES: readonly bigint[] = [
  0n, 1n, 2n, 3n, 4n, 7n, 8n, 63n, 64n, ALL, ALL - 1n, 1n << 63n, (1n << 63n) - 1n, 1n << 31n, (1n << 31n) - 1n, 0xffff_ffff_8000_0000n, 0xffff_ffffn,
  1n << 32n, 0x80n, 0x8000n, 0x5555_5555_5555_5555n, 0xaaaa_aaaa_aaaa_aaaan,
];

/** Bits that mean something in CSRs: interrupts, modes, trap controls. */
const PATTERNS: readonly bigint[] = [
  0x222n, 0x444n, 0x1444n, 0x888n, 0xaaan, 0x1eeen, 0x2n, 0x4n, 0x20n, 0x40n, 0x200n, 0x400n, 0x800n, 0x1000n, 0x1fen,
  0x1800n, 0x80_0000_0000n, 0x80_0000_0800n, 0x70_0000n, 0x2_0000n, 0xe_0000n, 0x22n, 0xaan, 0x100n, 0x180n, 0x7n, 0xf0_b7ffn, 0xb1ffn,
  0x1000_0000_0000_0000n, 0x8000_0000_0000_0000n, 0x8000_0000_0000_0001n,
];

/** Places in and around memory. */
const PLACES: readonly bigint[] = [BASE, BASE + BigInt(AT.data), BASE + BigInt(AT.body), BASE + BigInt(AT.body) + 2n, BASE + BigInt(AT.M), BASE + DRAM_BYTES - 4n];

/** A value for a register. */
export function registerValue(dice: Dice): bigint {
  switch (dice.below(8)) {
    case 0: case 1: return 0n;
    case 2: case 3: return dice.pick(EDGES);
    case 4: case 5: return dice.pick(PATTERNS);
    case 6: return dice.pick(PLACES);
    default: return dice.doubleword() >> BigInt(dice.below(64));
  }
}

/** Somewhere that is not memory, mostly. */
export function wildAddress(dice: Dice): bigint {
  return dice.pick([
    0n, 8n, BASE - 8n, BASE - 4n, BASE + DRAM_BYTES, 0x200_fffcn, 0x201_0000n, 0x10_0000n, 0x10_0ffcn, 0x1000_0000n, 0x1000_00fcn, 0x1000_0100n, 0xc00_0028n, 0xc00_2080n, 0xc20_0004n, 0xc5f_fffcn,
    1n << 56n, (1n << 56n) | BASE, 1n << 63n, ALL - 7n, 0xffff_ffff_8000_0000n, dice.doubleword(), BigInt(dice.word()),
  ]);
}

/** The bits of a CSR that can be stored, anywhere. */
export function writableBits(csr: Csr): bigint {
  return csr.fields.reduce((bits, { bits: { high, low }, source }) => {
    if (source.kind === 'stored') return bits | (source.writable << BigInt(low));
    return source.kind === 'alias' && !source.readonly ? bits | (((1n << BigInt(high - low + 1)) - 1n) << BigInt(low)) : bits;
  }, 0n);
}

/** A value that a write can store as it is: of fields with a list of legal values mostly one of these. */
export function storableValue(csr: Csr, mask: bigint, dice: Dice): bigint {
  let value = dice.subset(mask);
  for (const { bits: { low, high }, source } of csr.fields) {
    if (source.kind !== 'stored' || source.legal === undefined || dice.oneIn(4)) continue;
    const field = ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);
    value = (value & ~field) | (dice.pick(source.legal) << BigInt(low));
  }
  return value;
}
