/**
 * Whole systems: a hypervisor and its guests, each with a kernel in VS and a
 * user in VU. Every call of a guest that reaches HS, and every interrupt taken
 * there, makes the hypervisor switch to the next guest: it saves the CSRs of
 * the one and loads those of the other. What else traps into HS is skipped, as
 * elsewhere; what is delegated goes to the guest's own handler. Guests may have
 * page tables, which are swapped with the other CSRs.
 */
import { AT, BASE, BUDGET, SCRATCH } from './map.js';
import type { Item, Setting, World } from './program.js';
import type { Shapes } from './shapes.js';

/** A guest's CSRs, in the order in which they are loaded: vsie shows what hideleg lets it, sepc comes last. */
export const SWAPPED = {
  hstatus: 0x600, hedeleg: 0x602, hideleg: 0x603, hcounteren: 0x606, htimedelta: 0x605, hvip: 0x645, sie: 0x104, sstatus: 0x100,
  hgatp: 0x680, vsatp: 0x280, vsstatus: 0x200, vsie: 0x204, vstvec: 0x205, vsscratch: 0x240, vsepc: 0x241, vscause: 0x242, vstval: 0x243, sepc: 0x141,
} as const;

const ORDER = Object.values(SWAPPED);
const CSR = { sscratch: 0x140, scause: 0x142, sip: 0x144, stvec: 0x105, sie: 0x104, hvip: 0x645 } as const;
/** What a guest begins with by its address space, and not by chance. */
export const SPACES: ReadonlySet<string> = new Set(['hgatp', 'vsatp']);
/** Behind a guest's CSRs: the address of the next guest's, and where its user begins. */
const NEXT = 8 * ORDER.length;
const USER = NEXT + 8;
const RECORD_BYTES = USER + 8;

const SPV = 0x80n;
const SPP = 0x100n;
const SIE = 0x2n;
const SPP_BIT = 0x100;
const CALL_FROM_VS = 10;
const CALL_FROM_U = 8;

/** Instructions at an offset of the program. */
interface Code {
  readonly at: number;
  readonly words: readonly number[];
}

/** Where the parts of a system lie, by offset from the start of the program. */
export interface SystemLayout {
  readonly code: readonly Code[];
  /** Bodies of kernels and users: offset of each item, and of the end. */
  readonly bodies: readonly { readonly items: readonly Item[]; readonly offsets: readonly number[] }[];
  readonly state: readonly { readonly at: number; readonly values: readonly bigint[] }[];
  readonly labels: readonly (readonly [offset: number, name: string])[];
  readonly end: number;
}

/**
 * Lays a system out.
 *
 * @param from - Offset of its first instruction, which the hypervisor runs to enter its first guest.
 * @param handler - The guests' vstvec.
 * @param offsetsOf - Offsets of items one behind the other, and of their end.
 */
export function layOut(worlds: readonly World[], from: number, handler: bigint, shapes: Shapes, offsetsOf: (items: readonly Item[], from: number) => readonly number[]): SystemLayout {
  const [, x] = SCRATCH.HS;
  const enter = 6;
  // Where stvec points: at a multiple of 4.
  const hypervisor = Math.ceil((from + 4 * enter) / 4) * 4;
  const { words, restore } = hypervisorWords(hypervisor, shapes, worlds.some(({ space }) => space?.fenced === true));
  let at = hypervisor + 4 * words.length;
  const guests = worlds.map(({ kernel, user, space }) => {
    const kernelAt = offsetsOf(kernel, at);
    const down = lastOf(kernelAt);
    const descent = descend(shapes, space === undefined ? 0 : Number(space.user - space.kernel));
    const userAt = offsetsOf(user, down + 4 * descent.length);
    const back = lastOf(userAt);
    at = back + 8;
    const code = [{ at: down, words: descent }, { at: back, words: [shapes.word('ecall'), shapes.word('jal', { imm: (userAt[0] ?? back) - back - 4 })] }];
    return { kernelAt, userAt, code };
  });
  const records = Math.ceil(at / 8) * 8;
  const address = (offset: number): bigint => BASE + BigInt(offset);
  const recordAt = (i: number): number => records + RECORD_BYTES * (i % worlds.length);
  const state = worlds.map((world, i) => {
    const { kernel: kernelBase, user: userBase } = world.space ?? { kernel: BASE, user: BASE };
    const user = userBase + BigInt(guests[i]?.userAt[0] ?? 0);
    const pc = world.entry === 'VU' ? user : kernelBase + BigInt(guests[i]?.kernelAt[0] ?? 0);
    return { at: recordAt(i), values: [...firstState(world, pc, user, handler), address(recordAt(i + 1)), user] };
  });
  const point = (place: number, here: number, rd: number): readonly number[] => [shapes.word('auipc', { rd, imm: (place - here + 0x800) & ~0xfff }), shapes.word('addi', { rd, rs1: rd, imm: ((place - here + 0x800) & 0xfff) - 0x800 })];
  const entry = [
    ...point(hypervisor, from, x), shapes.word('csrrw', { csr: CSR.stvec, rs1: x }),
    ...point(records, from + 12, x), shapes.word('jal', { imm: restore - from - 20 }),
  ];
  return {
    code: [{ at: from, words: entry }, { at: hypervisor, words }, ...guests.flatMap(({ code }) => code)],
    bodies: worlds.flatMap(({ kernel, user }, i) => [{ items: kernel, offsets: guests[i]?.kernelAt ?? [] }, { items: user, offsets: guests[i]?.userAt ?? [] }]),
    state,
    labels: [
      [from, 'enter'], [hypervisor, 'hypervisor'],
      ...worlds.flatMap((_, i) => [[guests[i]?.kernelAt[0] ?? 0, `kernel${i}`], [guests[i]?.userAt[0] ?? 0, `user${i}`], [recordAt(i), `guest${i}`]] as const),
    ],
    end: records + RECORD_BYTES * worlds.length,
  };
}

const lastOf = (offsets: readonly number[]): number => offsets[offsets.length - 1] ?? 0;

/** The CSRs with which a guest begins: its own, but that it begins at all. */
function firstState({ state, entry, space }: World, pc: bigint, user: bigint, handler: bigint): readonly bigint[] {
  const drawn = new Map(state.map(({ csr, value }: Setting) => [csr, value]));
  const forced: Readonly<Record<number, (value: bigint) => bigint>> = {
    [SWAPPED.hstatus]: (value) => value | SPV,
    [SWAPPED.sstatus]: (value) => (value & ~SPP & ~SIE) | (entry === 'VS' ? SPP : 0n),
    [SWAPPED.hgatp]: () => space?.hgatp ?? 0n,
    [SWAPPED.vsatp]: () => space?.vsatp ?? 0n,
    [SWAPPED.vstvec]: () => handler,
    [SWAPPED.vsepc]: () => user,
    [SWAPPED.sepc]: () => pc,
  };
  return ORDER.map((csr) => (forced[csr] ?? ((value: bigint) => value))(drawn.get(csr) ?? 0n));
}

/** A kernel goes down to its user: SRET, with its own sepc set to behind itself, and so far away as the user sees that. */
function descend(shapes: Shapes, away: number): readonly number[] {
  const [pointer, bits] = SCRATCH.VS;
  return [
    shapes.word('addi', { rd: bits, imm: SPP_BIT }),
    shapes.word('csrrc', { csr: SWAPPED.sstatus, rs1: bits }),
    shapes.word('auipc', { rd: pointer, imm: away }),
    shapes.word('addi', { rd: pointer, rs1: pointer, imm: 16 }),
    shapes.word('csrrw', { csr: SWAPPED.sepc, rs1: pointer }),
    shapes.word('sret'),
  ];
}

/** HS's handler of a system; `restore` is the offset at which it loads the guest that x29 points to. `fenced`: with fences before it enters that. */
function hypervisorWords(here: number, shapes: Shapes, fenced: boolean): { readonly words: readonly number[]; readonly restore: number } {
  const [x, guest] = SCRATCH.HS;
  const epc = SWAPPED.sepc;
  const advance = [shapes.word('csrrs', { rd: x, csr: epc }), shapes.word('addi', { rd: x, rs1: x, imm: 4 }), shapes.word('csrrw', { csr: epc, rs1: x })];
  const save = ORDER.flatMap((csr, i) => [shapes.word('csrrs', { rd: x, csr }), shapes.word('sd', { rs1: guest, rs2: x, imm: 8 * i })]);
  const load = ORDER.flatMap((csr, i) => [shapes.word('ld', { rd: x, rs1: guest, imm: 8 * i }), shapes.word('csrrw', { csr, rs1: x })]);
  const silence = [
    shapes.word('addi', { rd: guest, imm: 1 }), shapes.word('sll', { rd: guest, rs1: guest, rs2: x }),
    shapes.word('csrrc', { csr: CSR.sip, rs1: guest }), shapes.word('csrrc', { csr: CSR.hvip, rs1: guest }), shapes.word('csrrc', { csr: CSR.sie, rs1: guest }),
  ];
  const fault = [shapes.word('csrrs', { rd: guest, csr: CSR.sscratch }), shapes.word('ld', { rd: x, rs1: guest, imm: USER }), shapes.word('csrrw', { csr: epc, rs1: x }), shapes.word('sret')];
  const head = 14;
  const at = { fault: head, skip: head + fault.length, call: 0, silence: 0, change: 0, restore: 0 };
  at.silence = at.skip + advance.length + 1;
  at.call = at.silence + silence.length + 1;
  at.change = at.call + advance.length;
  at.restore = at.change + 1 + save.length + 1;
  const to = (place: number, from: number): number => 4 * (place - from);
  const words = [
    shapes.word('csrrs', { rd: x, csr: CSR.scause }),
    shapes.word('addi', { rd: BUDGET, rs1: BUDGET, imm: -1 }),
    shapes.word('blt', { rs1: 0, rs2: BUDGET, imm: 8 }),
    shapes.word('jal', { imm: AT.finish - here - 12 }),
    shapes.word('blt', { rs1: x, rs2: 0, imm: to(at.silence, 4) }),
    shapes.word('addi', { rd: guest, rs1: x, imm: -CALL_FROM_VS }),
    shapes.word('beq', { rs1: guest, rs2: 0, imm: to(at.call, 6) }),
    shapes.word('addi', { rd: guest, rs1: x, imm: -CALL_FROM_U }),
    shapes.word('beq', { rs1: guest, rs2: 0, imm: to(at.call, 8) }),
    // Fetches that fault: 1; 12 and 20.
    shapes.word('addi', { rd: guest, rs1: x, imm: -1 }),
    shapes.word('beq', { rs1: guest, rs2: 0, imm: to(at.fault, 10) }),
    shapes.word('andi', { rd: guest, rs1: x, imm: 7 }),
    shapes.word('addi', { rd: guest, rs1: guest, imm: -4 }),
    shapes.word('bne', { rs1: guest, rs2: 0, imm: to(at.skip, 13) }),
    ...fault,
    ...advance, shapes.word('sret'),
    ...silence, shapes.word('jal', { imm: to(at.change, at.call - 1) }),
    ...advance,
    shapes.word('csrrs', { rd: guest, csr: CSR.sscratch }), ...save, shapes.word('ld', { rd: guest, rs1: guest, imm: NEXT }),
    shapes.word('csrrw', { csr: CSR.sscratch, rs1: guest }), ...load,
    ...(fenced ? ['hfence.gvma', 'hfence.vvma'].map((name) => shapes.word(name)) : []), shapes.word('sret'),
  ];
  return { words, restore: here + 4 * at.restore };
}
