/** Loads, stores, atomics and hypervisor accesses of the bodies: to windows, to probes of page tables, to nowhere. */
import { DRAM, DRAM_END, GP, NOWHERE, PAGE, WINDOWS, WINDOW_END } from '../arena.js';
import { GP_REGISTER, computing, destination } from './alu.js';
import { add, addi, atomic, b, cMemory, cStack, constant, flipBit, i, r, s } from './encode.js';
import type { Random } from './random.js';
import { PROBES } from './tables.js';

const AMO = [0x01, 0x00, 0x04, 0x0c, 0x08, 0x10, 0x14, 0x18, 0x1c] as const; // swap add xor and or min max minu maxu
const LR = 0x02;
const SC = 0x03;
/** funct7 and rs2 of HLV and HLVX. */
const HLV = [[0x30, 0], [0x30, 1], [0x32, 0], [0x32, 1], [0x32, 3], [0x34, 0], [0x34, 1], [0x34, 3], [0x36, 0]] as const;
const HSV = [0x31, 0x33, 0x35, 0x37] as const;
/** Registers that hold addresses; the compressed forms reach those from x8 on. */
const BASES = [5, 6, 7, 10, 11, 15, 28, 31] as const;
/** Bits of an address that may be wrong: without 31 or with 34, QEMU's PCI is there. */
const WRONG_BITS: readonly number[] = Array.from({ length: 34 }, (_, n) => n + 30).filter((bit) => bit !== 31 && bit !== 34);
const LOW_BASES = [10, 11, 15] as const;

/** Draws accesses. */
export class Accesses {
  /** @param paged - Under page tables the probes are there, too. */
  constructor(private readonly random: Random, private readonly paged: boolean) {}

  /**
   * An address, in a window or a probe of one.
   *
   * @param width - Bytes; three of four addresses are a multiple of it.
   */
  private address(width: number): bigint {
    const { random } = this;
    if (random.oneIn(24)) return NOWHERE + BigInt(random.below(4096) & -width);
    const page = random.pick(this.paged ? PROBES : WINDOWS);
    const end = random.below(2) * (Number(PAGE) - WINDOW_END);
    // Into the next page only from window to window, which both lead to memory: the manual has no order of one part's physical address and the other's translation.
    if (random.oneIn(8)) return random.pick(WINDOWS.slice(1)) - BigInt(random.between(1, width));
    const offset = end + random.below(WINDOW_END - 8);
    return page + BigInt(random.oneIn(4) ? offset : offset & -width);
  }

  /** Instructions that put an address into a register, seldom with one bit of it wrong. */
  private load(base: number, address: bigint): number[] {
    const words = [...constant(base, address - GP), add(base, base, GP_REGISTER)];
    return this.paged && address >= DRAM && this.random.oneIn(24) ? [...words, flipBit(base, base, this.random.pick(WRONG_BITS))] : words;
  }

  /** A load or store. */
  plain(): number[] {
    const { random } = this;
    const base = random.pick(BASES);
    const width = random.pick([0, 1, 2, 3] as const);
    const imm = random.oneIn(2) ? 0 : random.between(-2048, 2047);
    const prefix = this.load(base, this.address(1 << width) - BigInt(imm));
    if (random.oneIn(2)) return [...prefix, s(width, base, random.below(32), imm)];
    return [...prefix, i(0x03, width === 3 || random.oneIn(2) ? width : width | 4, destination(random), base, imm)];
  }

  /** A load or store of 16 bits. */
  compressed(): number[] {
    const { random } = this;
    const doubleword = random.oneIn(2);
    const width = doubleword ? 8 : 4;
    const store = random.oneIn(2);
    const offset = random.below(32) * width;
    const address = this.address(width) - BigInt(offset);
    if (random.oneIn(3)) return [...this.load(2, address), cStack(store, doubleword, store ? random.below(32) : destination(random) || 1, offset)];
    const base = random.pick(LOW_BASES);
    return [...this.load(base, address), cMemory(store, doubleword, random.between(8, 15), base, offset)];
  }

  /** An AMO. */
  amo(): number[] {
    const { random } = this;
    const base = random.pick(BASES);
    const doubleword = random.oneIn(2);
    return [
      ...this.load(base, this.address(doubleword ? 8 : 4)),
      atomic(random.pick(AMO), random.below(4), doubleword, destination(random), base, random.below(32)),
    ];
  }

  /** LR and SC to one address of one width, with nothing or little in between; where LR trapped, its rd still has the address, and SC is passed over. */
  reserved(): number[] {
    const { random } = this;
    const base = random.pick(BASES);
    const result = random.pick(BASES.filter((register) => register !== base));
    const doubleword = random.oneIn(2);
    const between = Array.from({ length: random.below(3) }, () => computing(random)).filter((word) => !new Set<number>([base, result]).has((word >> 7) & 31));
    return [
      ...this.load(base, this.address(doubleword ? 8 : 4)), add(result, base, 0),
      atomic(LR, random.below(4), doubleword, result, base, 0), ...between,
      b(0, result, base, 8),
      atomic(SC, random.below(4), doubleword, destination(random), base, random.below(32)),
    ];
  }

  /** HLV, HLVX or HSV. */
  hypervisor(): number[] {
    const { random } = this;
    const base = random.pick(BASES);
    const prefix = this.load(base, this.address(random.pick([1, 2, 4, 8])));
    if (random.oneIn(3)) return [...prefix, r(0x73, 4, random.pick(HSV), 0, base, random.below(32))];
    const [funct7, kind] = random.pick(HLV);
    return [...prefix, r(0x73, 4, funct7, destination(random), base, kind)];
  }

  /** A jump to where nothing is, the last instruction of a body. */
  jumpAway(): number[] {
    const { random } = this;
    const base = random.pick(BASES);
    return [...this.load(base, random.pick([NOWHERE, DRAM_END])), i(0x67, 0, destination(random), base, 0), addi(0, 0, 0)];
  }
}
