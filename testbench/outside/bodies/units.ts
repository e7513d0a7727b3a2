/** The units that a body is made of. */
import { ALL, CSRS, GUEST_CSRS, HOST_CSRS, pairVirtual, type Interrupt } from './csrs.js';
import { EBREAK, ECALL, MRET, SRET, add, addi, b, constant, csr, i, j, r, s, u } from './encode.js';
import type { Random } from './random.js';

/** x3 holds the driver's window: never written. */
const GP = 3;

/** Some instructions that stay together; `skip` makes the last one a branch or jump over that many further units. */
export interface Unit {
  readonly words: readonly number[];
  readonly jump?: { readonly skip: number; readonly encode: (offset: number) => number };
}

/** Draws units that end in any mode, with any trap in the way. */
export class Units {
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

  /** The next unit. */
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
export function layOut(units: readonly Unit[]): number[] {
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
