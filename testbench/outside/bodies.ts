/**
 * Random program bodies on which Ghosthart and Debian's QEMU 7.2 must leave the same state.
 *
 * A body is a row of *units* of one to a few instructions. Control flow only ever goes forward and only to the start of a
 * unit, x3 is never written, loads and stores stay inside the driver's window (or go to an address where nothing is,
 * for the fault), and the values written to a CSR keep to the bits that both sides have. So every body ends, in
 * any mode and with any trap in the way.
 *
 * What QEMU 7.2 does differently is not generated. The list, with what the manual says:
 *
 * 1. vsip (sip in VS) shows VSSIP only (VSTIP and VSEIP are there too): hvip gets VSSIP only.
 * 2. Exceptions 2 and 6 delegated to VS arrive with the cause minus one, as if they were interrupts: hedeleg bits 2 and 6 stay 0.
 * 3. mip.VSTIP and mip.VSEIP are writable (read-only in mip): writes of mip keep to SSIP, STIP, SEIP and VSSIP.
 * 4. hstatus, hgatp, vsatp, vsstatus keep bits that do not exist: only defined bits are written.
 * 5. xepc keeps bits 1:0 without C (they read zero): only aligned values are written.
 * 6. MPP = 2 is stored (a reserved value): MPP is cleared, then set to S or M.
 * 7. TVM and TSR act on VS-mode too (on HS-mode only): not set in bodies that can reach a guest mode.
 * 8. VTVM does not trap satp, TVM does not trap hgatp (both do): no satp where VTVM, no hgatp where TVM can be set.
 * 9. WFI in VU is an illegal instruction (virtual), and WFI may simply wait: no WFI.
 * 10. A misaligned load or store where nothing is reports the address rounded down (the address): aligned ones only.
 * 11. A trap into VS clears hstatus.GVA (only a trap into HS writes it): hstatus is not read into a register.
 * 12. htinst ignores writes (it takes them): not written.
 * 13. Of several pending interrupts the lowest number is taken (the manual has an order): one kind a body.
 * 14. sie and sip in VS show only what mideleg passes to HS (hideleg decides): not read into a register.
 * 15. MRET with MPP = M and MPV = 1 leaves V = 1 in M (MPV counts below M only): MPV is cleared first.
 * 16. GVA stays 0 on a misaligned jump in a guest (a guest address is written): none in bodies that can reach a guest mode.
 *
 * Virtual-instruction exceptions of VU-mode that QEMU takes as illegal instructions are generated all the same: the allow-list
 * of compare.ts knows them. medeleg bits 2 and 22 go together, so that the same mode takes either.
 *
 * Not compared, because the manual leaves it open: EBREAK's tval and the tinst of access faults (the driver clears
 * them), counters, marchid and mimpid.
 */
import type { Mode } from '../retirement.js';

/** One program for the driver. */
export interface Body {
  readonly mode: Mode;
  /** x1..x31 at index 1..31; index 0 and 3 are not used. */
  readonly x: readonly bigint[];
  /** Values of `SETUP_CSRS` before the first instruction. */
  readonly csrs: Readonly<Record<SetupCsr, bigint>>;
  readonly words: readonly number[];
}

/** CSRs that a descriptor sets, in the driver's order. `mstatus` comes with MPP and MPV of the mode. */
export const SETUP_CSRS = [
  'medeleg', 'mideleg', 'hedeleg', 'hideleg', 'mie', 'mip', 'hvip', 'mcounteren', 'scounteren', 'hcounteren',
  'hstatus', 'vsstatus', 'mscratch', 'mstatus',
] as const;

export type SetupCsr = (typeof SETUP_CSRS)[number];

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

const U64 = (1n << 64n) - 1n;
const GP = 3;

// ---- encodings ----------------------------------------------------------------------------------------------------------

const r = (opcode: number, funct3: number, funct7: number, rd: number, rs1: number, rs2: number): number =>
  ((funct7 << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode) >>> 0;
const i = (opcode: number, funct3: number, rd: number, rs1: number, imm: number): number =>
  (((imm & 0xfff) << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode) >>> 0;
const s = (funct3: number, rs1: number, rs2: number, imm: number): number =>
  ((((imm >> 5) & 0x7f) << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | ((imm & 31) << 7) | 0x23) >>> 0;
const b = (funct3: number, rs1: number, rs2: number, offset: number): number =>
  ((((offset >> 12) & 1) << 31) | (((offset >> 5) & 0x3f) << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) |
    (((offset >> 1) & 15) << 8) | (((offset >> 11) & 1) << 7) | 0x63) >>> 0;
const u = (opcode: number, rd: number, imm20: number): number => ((imm20 << 12) | (rd << 7) | opcode) >>> 0;
const j = (rd: number, offset: number): number =>
  ((((offset >> 20) & 1) << 31) | (((offset >> 1) & 0x3ff) << 21) | (((offset >> 11) & 1) << 20) | (((offset >> 12) & 0xff) << 12) |
    (rd << 7) | 0x6f) >>> 0;
const csr = (funct3: number, rd: number, rs1: number, number: number): number => i(0x73, funct3, rd, rs1, number);

const addi = (rd: number, rs1: number, imm: number): number => i(0x13, 0, rd, rs1, imm);
const add = (rd: number, rs1: number, rs2: number): number => r(0x33, 0, 0, rd, rs1, rs2);

/** The closing instruction of every body. */
export const ECALL = 0x73;
const EBREAK = 0x0010_0073;
const SRET = 0x1020_0073;
const MRET = 0x3020_0073;

/** Instructions that put a 64-bit constant into a register. */
function constant(rd: number, value: bigint): number[] {
  const signed = BigInt.asIntN(64, value);
  if (signed >= -2048n && signed < 2048n) return [addi(rd, 0, Number(signed))];
  const low = Number(BigInt.asIntN(12, signed));
  const rest = signed - BigInt(low);
  if (BigInt.asIntN(32, signed) === signed) {
    const upper = u(0x37, rd, Number((rest >> 12n) & 0xfffffn));
    return low === 0 ? [upper] : [upper, i(0x1b, 0, rd, rd, low)];
  }
  let shift = 12;
  let upper = rest >> 12n;
  while ((upper & 1n) === 0n) {
    upper >>= 1n;
    shift++;
  }
  // After the shift the constant is right modulo 2^64: the bits above fall out.
  const words = [...constant(rd, BigInt.asIntN(64 - shift, upper)), i(0x13, 1, rd, rd, shift)];
  return low === 0 ? words : [...words, addi(rd, rd, low)];
}

// ---- CSRs -----------------------------------------------------------------------------------------------------------------

/** How bodies may use a CSR. */
interface CsrUse {
  readonly number: number;
  /** Bits that may be given in a write. */
  readonly mask: bigint;
  /** CSRRW too (else only CSRRS and CSRRC, which leave the bits outside the mask alone). */
  readonly swap: boolean;
  /** The value read may differ: the destination is x0. */
  readonly blind?: boolean;
}

const MSTATUS_BITS = 0x0e_01aan | 0x20_0000n; // SIE MIE SPIE MPIE SPP, MPRV SUM MXR, TW
const MSTATUS_HOST = 0x50_0000n; // TVM TSR
const MSTATUS_GUEST = 0xc0_0000_0000n; // GVA MPV
const SSTATUS_BITS = 0xc_0122n;
const HSTATUS_BITS = 0x70_0380n; // VTSR VTW VTVM HU SPVP SPV
const MIE_BITS = 0xeeen;
const MEDELEG_BITS = 0xf0_b1ffn;
const HEDELEG_BITS = 0xb1bbn;
const ILLEGAL_AND_VIRTUAL = 0x40_0004n;
const ALL = U64;

const use = (number: number, mask: bigint, swap = true, blind = false): CsrUse => ({ number, mask, swap, blind });

/** CSRs of every body. */
const CSRS: readonly CsrUse[] = [
  use(0x300, MSTATUS_BITS, false), // mstatus
  use(0x301, 0n, false), // misa
  use(0x302, MEDELEG_BITS), use(0x303, 0x222n), use(0x304, MIE_BITS), use(0x306, 7n), use(0x30a, 1n),
  use(0x340, ALL), use(0x342, ALL, true, true), use(0x343, ALL), use(0x34a, ALL), use(0x34b, ALL),
  use(0x100, SSTATUS_BITS, false), use(0x104, 0x222n, true, true), use(0x106, 7n), use(0x10a, 1n), use(0x140, ALL),
  use(0x142, ALL, true, true), use(0x143, ALL),
  use(0x600, HSTATUS_BITS & ~0x80n, false, true), use(0x602, HEDELEG_BITS), use(0x603, 0x444n), use(0x604, 0x444n),
  use(0x605, ALL), use(0x606, 7n), use(0x60a, 1n), use(0x643, ALL), use(0x64a, 0n, false),
  use(0xe12, 0n, false), // hgeip
  use(0x200, SSTATUS_BITS, false, true), use(0x204, 0x222n), use(0x240, ALL), use(0x242, ALL, true, true), use(0x243, ALL),
  use(0x280, 0x0fff_ffff_ffff_ffffn), // vsatp
  use(0xc00, 0n, false, true), use(0xc01, 0n, false, true), use(0xc02, 0n, false, true), // cycle time instret: who may
  use(0xf11, 0n, false), use(0xf12, 0n, false, true), use(0xf14, 0n, false), // mvendorid marchid mhartid
  use(0x7c0, ALL, true), use(0x9c0, ALL, true), use(0xfff, 0n, false), // nobody has these
];

/** In bodies that can reach a guest: mstatus and hstatus once more, with the bits that lead there, and hgatp (MODE stays Bare). */
const GUEST_CSRS: readonly CsrUse[] = [
  use(0x300, MSTATUS_GUEST, false), use(0x600, HSTATUS_BITS, false, true), use(0x600, 0x80n, false, true), use(0x680, 0x03ff_ffff_ffff_fffcn),
];
/** In the others: mstatus with the bits that QEMU applies to guests too (7), and satp (MODE stays Bare). */
const HOST_CSRS: readonly CsrUse[] = [use(0x300, MSTATUS_HOST, false), use(0x180, 0x0fff_ffff_ffff_ffffn)];

/** A kind of interrupt that a body can raise: the registers where its pending bit can be written, and at the start. */
interface Interrupt {
  readonly csrs: readonly CsrUse[];
  readonly mip: bigint;
  readonly hvip: bigint;
  /** Only where no guest is: sip is somebody else's there. */
  readonly hostOnly?: boolean;
}

const mipBit = (bit: bigint): Interrupt =>
  ({ csrs: [use(0x344, bit, false), use(0x144, 0n, false, true), use(0x244, 0n, false), use(0x644, 0n, false)], mip: bit, hvip: 0n });
const INTERRUPTS: readonly Interrupt[] = [
  mipBit(0x2n), mipBit(0x20n), mipBit(0x200n),
  { csrs: [use(0x144, 2n, false, true), use(0x344, 2n, false)], mip: 2n, hvip: 0n, hostOnly: true },
  { csrs: [use(0x344, 4n, false), use(0x244, 2n, false), use(0x644, 4n, false), use(0x645, 4n, false)], mip: 0n, hvip: 4n },
];

/** medeleg bits 2 and 22 together, and no CALL from HS or VS (the driver's way out). */
const pairVirtual = (value: bigint): bigint =>
  value & ILLEGAL_AND_VIRTUAL ? value | ILLEGAL_AND_VIRTUAL : value;

// ---- units ----------------------------------------------------------------------------------------------------------------

/** Some instructions that stay together; `skip` makes the last one a branch or jump over that many further units. */
interface Unit {
  readonly words: readonly number[];
  readonly jump?: { readonly skip: number; readonly encode: (offset: number) => number };
}

class Units {
  constructor(private readonly random: Random, private readonly guest: boolean, private readonly interrupt: Interrupt) {}

  private rd(): number {
    const register = this.random.below(32);
    return register === GP ? 0 : register;
  }

  /** A destination that can hold an address. */
  private scratch(): number {
    return this.random.pick([5, 6, 7, 10, 11, 15, 28, 31]);
  }

  private rs(): number {
    return this.random.below(32);
  }

  private alu(): Unit {
    const { random } = this;
    const [rd, rs1, rs2] = [this.rd(), this.rs(), this.rs()];
    switch (random.below(7)) {
      case 0: return { words: [i(0x13, random.pick([0, 2, 3, 4, 6, 7]), rd, rs1, random.word())] };
      case 1: return { words: [i(0x13, random.pick([1, 5]), rd, rs1, random.below(64))] };
      case 2: return { words: [i(0x13, 5, rd, rs1, random.below(64) | 0x400)] };
      case 3: return { words: [i(0x1b, random.pick([0, 1, 5]), rd, rs1, random.below(32))] };
      case 4: return { words: [u(random.pick([0x37, 0x17]), rd, random.word())] };
      case 5: {
        const [funct3, funct7] = random.pick([[0, 0], [0, 32], [1, 0], [2, 0], [3, 0], [4, 0], [5, 0], [5, 32], [6, 0], [7, 0]] as const);
        return { words: [r(0x33, funct3, funct7, rd, rs1, rs2)] };
      }
      default: {
        const [funct3, funct7] = random.pick([[0, 0], [0, 32], [1, 0], [5, 0], [5, 32]] as const);
        return { words: [r(0x3b, funct3, funct7, rd, rs1, rs2)] };
      }
    }
  }

  private muldiv(): Unit {
    const { random } = this;
    const word = random.oneIn(3);
    return { words: [r(word ? 0x3b : 0x33, word ? random.pick([0, 4, 5, 6, 7]) : random.below(8), 1, this.rd(), this.rs(), this.rs())] };
  }

  /** A load or store in the window, by gp or by a masked random index; any alignment. */
  private memory(): Unit {
    const { random } = this;
    const indexed = random.oneIn(2);
    const base = indexed ? this.scratch() : GP;
    const prefix = indexed ? [i(0x13, 7, base, this.rs(), 0x3ff), add(base, base, GP)] : [];
    const imm = indexed ? random.between(-2048, -8) : random.between(-2048, 1015);
    const access = random.oneIn(2) ? i(0x03, random.pick([0, 1, 2, 3, 4, 5, 6]), this.rd(), base, imm) : s(random.below(4), base, this.rs(), imm);
    return { words: [...prefix, access] };
  }

  /** A load, store or jump where nothing is. */
  private nowhere(): Unit {
    const { random } = this;
    const base = this.scratch();
    const prefix = u(0x37, base, 0x50);
    const imm = random.between(-2048, 2047);
    if (random.oneIn(8)) return { words: [prefix, i(0x67, 0, this.rd(), base, imm & ~3)] };
    const width = random.pick([0, 1, 2, 3] as const);
    const aligned = imm & ~((1 << width) - 1);
    if (random.oneIn(2)) return { words: [prefix, s(width, base, this.rs(), aligned)] };
    return { words: [prefix, i(0x03, width === 3 || random.oneIn(2) ? width : width | 4, this.rd(), base, aligned)] };
  }

  /** HLV, HLVX or HSV in the window. */
  private hypervisorMemory(): Unit {
    const { random } = this;
    const base = this.scratch();
    const address = addi(base, GP, random.between(-2048, 1015));
    const [funct7, kind] = random.pick([
      [0x30, 0], [0x30, 1], [0x32, 0], [0x32, 1], [0x32, 3], [0x34, 0], [0x34, 1], [0x34, 3], [0x36, 0],
    ] as const);
    if (random.oneIn(3)) return { words: [address, r(0x73, 4, random.pick([0x31, 0x33, 0x35, 0x37]), 0, base, this.rs())] };
    return { words: [address, r(0x73, 4, funct7, this.rd(), base, kind)] };
  }

  private branch(): Unit {
    const { random } = this;
    const skip = random.between(1, 4);
    const [rs1, rs2] = [this.rs(), this.rs()];
    switch (random.below(4)) {
      case 0: {
        const rd = this.rd();
        return { words: [], jump: { skip, encode: (offset) => j(rd, offset) } };
      }
      case 1: { // auipc; jalr
        const [rd, base] = [this.rd(), this.scratch()];
        return { words: [u(0x17, base, 0)], jump: { skip, encode: (offset) => i(0x67, 0, rd, base, offset + 4) } };
      }
      default: {
        const funct3 = random.pick([0, 1, 4, 5, 6, 7]);
        return { words: [], jump: { skip, encode: (offset) => b(funct3, rs1, rs2, offset) } };
      }
    }
  }

  private csrUnit(): Unit {
    const { random } = this;
    const special = [...(this.guest ? GUEST_CSRS : HOST_CSRS), ...this.interrupt.csrs];
    const target = random.oneIn(3) ? random.pick(special) : random.pick(CSRS);
    const rd = target.blind === true ? 0 : this.rd();
    if (target.mask === 0n || random.oneIn(3)) return { words: [csr(2, rd, 0, target.number)] };
    const operation = random.pick(target.swap ? [1, 2, 3] : [2, 3]);
    if (target.mask === ALL) {
      if (random.oneIn(2)) return { words: [csr(operation | 4, rd, random.below(32), target.number)] };
      return { words: [csr(operation, rd, this.rs(), target.number)] };
    }
    let value = random.value() & target.mask;
    if (target.number === 0x302) value = pairVirtual(value) & target.mask;
    const source = this.scratch();
    return { words: [...constant(source, value), csr(operation, rd, source, target.number)] };
  }

  /** SRET or MRET to the next unit, from wherever this is, to wherever the status says. */
  private trapReturn(): Unit {
    const { random } = this;
    const base = this.scratch();
    const machine = random.oneIn(2);
    const words: number[] = [];
    if (machine) { // choose MPP: cleared, then nothing, S or M
      const mpp = random.pick([0n, 0x800n, 0x1800n]);
      words.push(...constant(base, 0x1800n), csr(3, 0, base, 0x300));
      if (mpp !== 0n) words.push(...constant(base, mpp), csr(2, 0, base, 0x300));
      if (mpp === 0x1800n) words.push(...constant(base, 1n << 39n), csr(3, 0, base, 0x300));
    }
    // auipc, addi, csrw, xret: the target is right behind
    words.push(u(0x17, base, 0), addi(base, base, 16), csr(1, 0, base, machine ? 0x341 : 0x141), machine ? MRET : SRET);
    return { words };
  }

  private fence(): Unit {
    const { random } = this;
    const [rs1, rs2] = [this.rs(), this.rs()];
    return {
      words: [random.pick([
        0x0ff0_000f, 0x0000_100f, // fence, fence.i
        r(0x73, 0, 0x09, 0, rs1, rs2), r(0x73, 0, 0x11, 0, rs1, rs2), r(0x73, 0, 0x31, 0, rs1, rs2), // sfence.vma hfence.vvma hfence.gvma
      ])],
    };
  }

  private misalignedJump(): Unit {
    const base = this.scratch();
    // auipc; jalr to pc + 10: misaligned by two, taken, cause 0; the handler goes on behind the jalr.
    return { words: [u(0x17, base, 0), i(0x67, 0, this.rd(), base, 10)] };
  }

  private illegal(): Unit {
    return { words: [this.random.pick([0, 0xffff_ffff, 0x0000_000b, 0x0000_7073 & ~0x3000, 0x0000_2067, 0x0000_3063, 0x0200_1013, 0x3050_0073])] };
  }

  next(): Unit {
    const pick = this.random.below(100);
    if (pick < 30) return this.alu();
    if (pick < 36) return this.muldiv();
    if (pick < 48) return this.memory();
    if (pick < 51) return this.nowhere();
    if (pick < 56) return this.hypervisorMemory();
    if (pick < 64) return this.branch();
    if (pick < 84) return this.csrUnit();
    if (pick < 90) return this.trapReturn();
    if (pick < 93) return this.fence();
    if (pick < 95) return { words: [ECALL] };
    if (pick < 96) return { words: [EBREAK] };
    if (pick < 97 && !this.guest) return this.misalignedJump();
    if (pick < 99) return this.illegal();
    return this.alu();
  }
}

/** Lays units out and resolves their jumps; a jump over the end goes to the end. */
function layOut(units: readonly Unit[]): number[] {
  const size = (unit: Unit): number => unit.words.length + (unit.jump === undefined ? 0 : 1);
  const starts: number[] = [0];
  for (const unit of units) starts.push(starts.at(-1)! + size(unit));
  return units.flatMap((unit, index) => {
    if (unit.jump === undefined) return unit.words;
    const at = starts[index]! + unit.words.length;
    const target = starts[Math.min(index + 1 + unit.jump.skip, units.length)]!;
    return [...unit.words, unit.jump.encode(4 * (target - at))];
  });
}

// ---- a whole body -------------------------------------------------------------------------------------------------------------

const MODES_TO_START: readonly Mode[] = ['M', 'HS', 'HS', 'U', 'VS', 'VS', 'VU'];
const GUEST_MODES: ReadonlySet<Mode> = new Set<Mode>(['VS', 'VU']);

/** mstatus.MPP and MPV that lead into a mode. */
const ENTRY: Readonly<Record<Mode, bigint>> = {
  M: 0x1800n, HS: 0x800n, U: 0n, VS: 0x80_0000_0800n, VU: 0x80_0000_0000n,
};

/**
 * The body that belongs to a seed.
 *
 * @param seed - Any 32-bit number.
 */
export function randomBody(seed: number): Body {
  const random = new Random(seed);
  const mode = random.pick(MODES_TO_START);
  const guest = GUEST_MODES.has(mode) || random.oneIn(2);
  const bits = (mask: bigint): bigint => (random.oneIn(3) ? 0n : random.value() & mask);
  const interrupt = random.pick(INTERRUPTS.filter(({ hostOnly }) => !(guest && hostOnly === true)));
  const units = new Units(random, guest, interrupt);
  const words = layOut(Array.from({ length: random.between(8, 40) }, () => units.next()));
  return {
    mode,
    x: Array.from({ length: 32 }, () => random.value()),
    csrs: {
      medeleg: pairVirtual(bits(MEDELEG_BITS)),
      mideleg: bits(0x222n),
      hedeleg: bits(HEDELEG_BITS),
      hideleg: bits(0x444n),
      mie: bits(MIE_BITS),
      mip: random.oneIn(3) ? interrupt.mip : 0n,
      hvip: random.oneIn(3) ? interrupt.hvip : 0n,
      mcounteren: bits(7n),
      scounteren: bits(7n),
      hcounteren: bits(7n),
      hstatus: bits(HSTATUS_BITS & ~(guest ? 0n : 0x80n)),
      vsstatus: bits(SSTATUS_BITS),
      mscratch: random.value(),
      // Not MIE, not MPRV: the driver is still in M when it sets them, and MRET makes MIE of MPIE.
      mstatus: (bits(MSTATUS_BITS) & ~0x2_0008n) | (guest ? 0n : bits(MSTATUS_HOST)) | ENTRY[mode],
    },
    words,
  };
}
