/** The units that a body is made of. */
import type { Mode } from '../../retirement.js';
import { ALIAS_BIT } from '../arena.js';
import { Accesses } from './accesses.js';
import { computing, compressed, destination } from './alu.js';
import { ALL, CSRS, GUEST_CSRS, pairDelegated, type CsrUse, type Interrupt } from './csrs.js';
import {
  EBREAK, ECALL, HFENCE_GVMA, HFENCE_VVMA, MRET, SFENCE_VMA, SRET, WFI, addi, b, cBranch, cJump, clearBit, constant, cr, csr, i, j, r, setBit,
  sizeOf, u,
} from './encode.js';
import type { Random } from './random.js';

/** Some instructions that stay together; `jump` makes the last one a branch or jump over `skip` further units. */
export interface Unit {
  readonly code: readonly number[];
  readonly jump?: { readonly skip: number; readonly size: 2 | 4; readonly encode: (offset: number) => number };
}

/** What units must know of their body. */
export interface Circumstances {
  /** The mode that it starts in. */
  readonly mode: Mode;
  /** It can reach VS and VU. */
  readonly guest: boolean;
  /** The kind of interrupt that it raises. */
  readonly interrupt: Interrupt;
  /** The values of satp, vsatp and hgatp that select its page tables; without an entry there is none for the stage. */
  readonly roots: ReadonlyMap<number, bigint>;
  /** U and VU run on the alias. */
  readonly aliased: boolean;
  /** WFI traps wherever this body can get. */
  readonly idle: boolean;
}

const DELEGATION: ReadonlySet<number> = new Set([0x302, 0x602]); // medeleg, hedeleg
const SPP = 0x100n;
const SPV = 0x80n;
const MPV = 1n << 39n;
const MPRV = 0x2_0000n;
const ATP_FENCES: Readonly<Record<number, number>> = { 0x180: SFENCE_VMA, 0x280: HFENCE_VVMA, 0x680: HFENCE_GVMA };

/** Draws units that end in any mode, with any trap in the way. */
export class Units {
  private readonly accesses: Accesses;

  constructor(private readonly random: Random, private readonly world: Circumstances) {
    this.accesses = new Accesses(random, world.roots.size > 0);
  }

  private rd(): number {
    return destination(this.random);
  }

  /** A destination that can hold an address. */
  private scratch(): number {
    return this.random.pick([5, 6, 7, 10, 11, 15, 28, 31]);
  }

  private rs(): number {
    return this.random.below(32);
  }

  private branch(): Unit {
    const { random } = this;
    const skip = random.between(1, 4);
    const [rs1, rs2] = [this.rs(), this.rs()];
    const jump = (size: 2 | 4, encode: (offset: number) => number, ...code: number[]): Unit => ({ code, jump: { skip, size, encode } });
    switch (random.below(7)) {
      case 0: {
        const rd = this.rd();
        return jump(4, (offset) => j(rd, offset));
      }
      case 1: { // auipc; jalr
        const [rd, base] = [this.rd(), this.scratch()];
        return jump(4, (offset) => i(0x67, 0, rd, base, offset + 4), u(0x17, base, 0));
      }
      case 2: return jump(2, cJump);
      case 3: {
        const [funct3, low] = [random.between(6, 7), random.between(8, 15)];
        return jump(2, (offset) => cBranch(funct3, low, offset));
      }
      case 4: { // auipc; addi; c.jr or c.jalr, to the next unit
        const base = this.scratch();
        return { code: [u(0x17, base, 0), addi(base, base, 10), cr(random.below(2), base, 0)] };
      }
      default: {
        const funct3 = random.pick([0, 1, 4, 5, 6, 7]);
        return jump(4, (offset) => b(funct3, rs1, rs2, offset));
      }
    }
  }

  private csrUnit(): Unit {
    const { random } = this;
    const special = [...(this.world.guest ? GUEST_CSRS : []), ...this.world.interrupt.csrs];
    const target = random.oneIn(3) ? random.pick(special) : random.pick(CSRS);
    return { code: this.access(target) };
  }

  private access(target: CsrUse): number[] {
    const { random } = this;
    const rd = target.blind === true ? 0 : this.rd();
    if (target.values !== undefined && !random.oneIn(3)) {
      const source = this.scratch();
      return [...constant(source, random.pick(target.values)), csr(1, rd, source, target.number)];
    }
    if (target.mask === 0n || random.oneIn(3)) return [csr(2, rd, 0, target.number)];
    const operation = random.pick(target.swap ? [1, 2, 3] : [2, 3]);
    if (target.mask === ALL) {
      return [random.oneIn(2) ? csr(operation | 4, rd, random.below(32), target.number) : csr(operation, rd, this.rs(), target.number)];
    }
    let value = random.value() & target.mask;
    if (DELEGATION.has(target.number)) value = pairDelegated(value) & target.mask;
    const source = this.scratch();
    return [...constant(source, value), csr(operation, rd, source, target.number)];
  }

  /** Translation of a stage off or on, with the fence that belongs to it. */
  private translation(): Unit {
    const { random } = this;
    const base = this.scratch();
    const number = random.pick([0x180, 0x280, 0x680]);
    const root = this.world.roots.get(number);
    const value = root === undefined || random.oneIn(3) ? 0n : root;
    return { code: [...constant(base, value), csr(1, random.oneIn(2) ? this.rd() : 0, base, number), ATP_FENCES[number] ?? SFENCE_VMA] };
  }

  /** SRET or MRET to the next unit, from wherever this is, to a mode that it chooses if it may. */
  private trapReturn(): Unit {
    const { random } = this;
    const base = this.scratch();
    const change = (set: boolean, mask: bigint, number: number): number[] => [...constant(base, mask), csr(set ? 2 : 3, 0, base, number)];
    const code: number[] = [];
    // Only what starts in M ever is in M; elsewhere MRET is for its trap.
    const fromM = this.world.mode === 'M';
    const target = random.pick(fromM ? ['U', 'S', 'S', 'M'] as const : ['U', 'S'] as const);
    const machine = target === 'M' || random.oneIn(fromM ? 2 : 8);
    if (fromM) code.push(...change(false, MPRV, 0x300));
    if (machine) { // MPP is cleared first: 2 is a reserved value
      code.push(...change(false, 0x1800n, 0x300));
      if (target !== 'U') code.push(...change(true, target === 'M' ? 0x1800n : 0x800n, 0x300));
      if (target === 'M') code.push(...change(false, MPV, 0x300));
      else if (this.world.guest && random.oneIn(2)) code.push(...change(random.oneIn(2), MPV, 0x300));
    } else {
      code.push(...change(target === 'S', SPP, 0x100));
      if (this.world.guest && random.oneIn(2)) code.push(...change(random.oneIn(2), SPV, 0x600));
    }
    // auipc, addi, the alias, csrw, xret: the target is right behind
    const alias = this.world.aliased && target === 'U' ? setBit : clearBit;
    code.push(u(0x17, base, 0), addi(base, base, 20), alias(base, base, ALIAS_BIT), csr(1, 0, base, machine ? 0x341 : 0x141), machine ? MRET : SRET);
    return { code };
  }

  private fence(): Unit {
    const { random } = this;
    const [rs1, rs2] = [this.rs(), this.rs()];
    return {
      code: [random.pick([
        0x0ff0_000f, 0x0000_100f, // fence, fence.i
        ...[0x09, 0x11, 0x31, 0x0b, 0x13, 0x33].map((funct7) => r(0x73, 0, funct7, 0, rs1, rs2)), // sfence, hfence, sinval, hinval
      ])],
    };
  }

  private illegal(): Unit {
    return { code: [this.random.pick([0, 0xffff_ffff, 0x0000_000b, 0x0000_7073 & ~0x3000, 0x0000_2067, 0x0000_3063, 0x0200_1013 | 0x1000_0000, 0x3050_0073, 0x8002, 0x6001, 0x2001])] };
  }

  /** The next unit. */
  next(): Unit {
    const { random } = this;
    const pick = random.below(100);
    if (pick < 12) return { code: [computing(random)] };
    if (pick < 18) return { code: [compressed(random)] };
    if (pick < 34) return { code: this.accesses.plain() };
    if (pick < 38) return { code: this.accesses.compressed() };
    if (pick < 42) return { code: this.accesses.amo() };
    if (pick < 45) return { code: this.accesses.reserved() };
    if (pick < 54) return { code: this.accesses.hypervisor() };
    if (pick < 61) return this.branch();
    if (pick < 79) return this.csrUnit();
    if (pick < 83) return this.world.roots.size > 0 ? this.translation() : this.csrUnit();
    if (pick < 90) return this.trapReturn();
    if (pick < 94) return this.fence();
    if (pick < 96) return { code: [ECALL] };
    if (pick < 97) return { code: [random.oneIn(2) ? EBREAK : 0x9002] };
    if (pick < 98) return this.illegal();
    if (pick < 99) return { code: [this.world.idle ? WFI : computing(random)] };
    return { code: random.oneIn(4) ? this.accesses.jumpAway() : [compressed(random)] };
  }
}

/** Lays units out and resolves their jumps; a jump over the end goes to the end. */
export function layOut(units: readonly Unit[]): number[] {
  const bytes = (code: readonly number[]): number => code.reduce((sum, word) => sum + sizeOf(word), 0);
  const starts: number[] = [0];
  for (const { code, jump } of units) starts.push(starts.at(-1)! + bytes(code) + (jump?.size ?? 0));
  return units.flatMap(({ code, jump }, index) => {
    if (jump === undefined) return code;
    const at = starts[index]! + bytes(code);
    const target = starts[Math.min(index + 1 + jump.skip, units.length)]!;
    return [...code, jump.encode(target - at)];
  });
}
