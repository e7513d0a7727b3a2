/** Writes of CSRs with, as the very next instruction, what depends on them. */
import { Weighted, type Dice } from '../dice.js';
import { one, type Idiom, type Kit } from '../kit.js';
import { POINTER, POOL } from '../map.js';
import type { Item } from '../program.js';
import { encode } from '../shapes.js';
import type { Mode } from '../../retirement.js';

/** A CSR, bits of it, and what depends on them. */
interface Effect {
  readonly csr: number;
  /** One of these is set or cleared. */
  readonly bits: readonly number[];
  readonly then: (kit: Kit, dice: Dice) => readonly number[];
}

const access = (kit: Kit, dice: Dice): readonly number[] => [encode(dice.pick(kit.moves), { rd: kit.target(dice), rs1: dice.pick([POINTER.data, POINTER.data, POINTER.end]), rs2: kit.source(dice), imm: -8 + 8 * dice.below(3) })];
const guestAccess = (kit: Kit, dice: Dice): readonly number[] => {
  if (kit.guestMoves.length === 0) return access(kit, dice);
  return [encode(dice.pick(kit.guestMoves), { rd: kit.target(dice), rs1: POINTER.data, rs2: kit.source(dice) })];
};
const block = (kit: Kit, dice: Dice): readonly number[] => {
  const blocks = kit.shapes.of(['cbo']);
  return blocks.length === 0 ? access(kit, dice) : [encode(dice.pick(blocks), { rs1: POINTER.data })];
};
const plain = (name: string) => (kit: Kit): readonly number[] => [kit.word(name)];
const read = (...csrs: readonly number[]) => (kit: Kit, dice: Dice): readonly number[] => [kit.word('csrrs', { rd: kit.target(dice), csr: dice.pick(csrs) })];
const anyOf = (...ways: readonly Effect['then'][]): Effect['then'] => (kit, dice) => dice.pick(ways)(kit, dice);

const [MPRV, SUM, MXR, TVM, TW, TSR, MPV] = [17, 18, 19, 20, 21, 22, 39] as const;
const [SPV, SPVP, HU, VTVM, VTW, VTSR] = [7, 8, 9, 20, 21, 22] as const;
/** Bits of identifiers in satp, vsatp and hgatp. */
const IDS = [44, 45] as const;

const MACHINE: readonly Effect[] = [
  { csr: 0x300, bits: [MPRV, SUM, MXR, 11, MPV], then: access },
  { csr: 0x300, bits: [11, 12, MPV, 7], then: anyOf(plain('mret'), plain('sret')) },
  { csr: 0x300, bits: [3, 1], then: plain('wfi') },
  { csr: 0x300, bits: [TVM, TW, TSR], then: anyOf(plain('sret'), plain('mret'), plain('wfi'), plain('sfence.vma')) },
  { csr: 0x302, bits: [2, 3, 8, 9, 10, 11], then: anyOf(plain('ecall'), plain('ebreak'), () => [0, 0]) },
  { csr: 0x304, bits: [1, 3, 5, 7, 9, 11, 2, 6, 10], then: read(0x344, 0x144) },
  { csr: 0x30a, bits: [4, 5, 6, 7, 61, 62, 63], then: anyOf(block, access, read(0x60a)) },
  { csr: 0x320, bits: [0, 2], then: read(0xb00, 0xb02, 0xc00, 0xc02) },
  { csr: 0xb02, bits: [0, 5], then: read(0xb02, 0xc02) },
  { csr: 0x30c, bits: [62, 63], then: read(0x60c, 0x10c, 0x60a) },
];
const HYPERVISOR: readonly Effect[] = [
  { csr: 0x600, bits: [SPVP, HU], then: guestAccess },
  { csr: 0x600, bits: [SPV, SPVP], then: plain('sret') },
  { csr: 0x600, bits: [VTVM, VTW, VTSR], then: anyOf(plain('sret'), guestAccess) },
  { csr: 0x645, bits: [2, 6, 10], then: read(0x644, 0x344, 0x244) },
  { csr: 0x60a, bits: [4, 6, 7, 61, 62], then: anyOf(guestAccess, block) },
  { csr: 0x680, bits: IDS, then: guestAccess },
  { csr: 0x280, bits: IDS, then: guestAccess },
];
const SUPERVISOR: readonly Effect[] = [
  { csr: 0x100, bits: [SUM, MXR], then: access },
  { csr: 0x100, bits: [8, 5], then: plain('sret') },
  { csr: 0x100, bits: [1], then: plain('wfi') },
  { csr: 0x180, bits: IDS, then: access },
  { csr: 0x104, bits: [1, 5, 9], then: read(0x144, 0x104) },
  { csr: 0x10a, bits: [4, 5, 6, 7], then: block },
  { csr: 0x106, bits: [0, 1, 2], then: read(0xc00, 0xc02) },
];

/** What each mode may write; users try in vain. */
const OF: Readonly<Record<Mode, Weighted<readonly Effect[]>>> = {
  M: new Weighted([[3, MACHINE], [2, HYPERVISOR], [1, SUPERVISOR]]),
  HS: new Weighted([[2, HYPERVISOR], [2, SUPERVISOR]]),
  VS: new Weighted([[4, SUPERVISOR], [1, HYPERVISOR]]),
  U: new Weighted([[1, SUPERVISOR]]),
  VU: new Weighted([[1, SUPERVISOR]]),
};

/** The bit in a register, then the write and its effect side by side. */
function effect(kit: Kit, dice: Dice, mode: Mode): Item {
  const { csr, bits, then } = dice.pick(OF[mode].pick(dice));
  const rs1 = dice.between(1, POOL - 1);
  const write = kit.word(dice.pick(['csrrs', 'csrrc']), { rd: dice.oneIn(2) ? 0 : kit.target(dice), csr, rs1 });
  return one(...kit.bit(rs1, dice.pick(bits)), write, ...then(kit, dice));
}

/** The idioms. */
export const effects = (kit: Kit): readonly Idiom[] => [{ kind: 'effect', weight: 4, make: (dice, mode) => effect(kit, dice, mode) }];
