/** Atomics: what each AMO leaves in memory and in rd, when SC succeeds, and how each of them faults. */
import type { Mode } from '../retirement.js';
import { ALL_MODES, CSR, DATA, DRAM_END, EPC, NOWHERE, VECTOR, WORD, csrrsi, hart, type Expectation, type Setup, type TableRow } from './row.js';

const A = { extensions: ['a'] } as const;

function row(id: string, rules: readonly string[], setup: Setup, expect: Expectation, more: Pick<TableRow, 'steps' | 'trapsBefore'> = {}): TableRow {
  return { ...A, id: `atomics/${id}`, rules, arrange: hart(setup), ...more, expect };
}

/** funct5 in bits 31:27. */
const FUNCT5 = {
  lr: 0x1000_0000, sc: 0x1800_0000, amoswap: 0x0800_0000, amoadd: 0x0000_0000, amoxor: 0x2000_0000, amoand: 0x6000_0000, amoor: 0x4000_0000,
  amomin: 0x8000_0000, amomax: 0xa000_0000, amominu: 0xc000_0000, amomaxu: 0xe000_0000,
} as const;
type Amo = Exclude<keyof typeof FUNCT5, 'lr' | 'sc'>;
const AMOS: readonly Amo[] = ['amoswap', 'amoadd', 'amoxor', 'amoand', 'amoor', 'amomin', 'amomax', 'amominu', 'amomaxu'];

/** funct3 and opcode of the two widths. */
const WIDTH = { w: 0x202f, d: 0x302f } as const;
type Width = keyof typeof WIDTH;
const WIDTHS: readonly Width[] = ['w', 'd'];

/** An atomic instruction; operands as in `amoadd.d x2, x3, (x1)` unless given. */
function atomic(name: keyof typeof FUNCT5, width: Width, { rd = 2, rs1 = 1, rs2 = name === 'lr' ? 0 : 3, order = 0 } = {}): number {
  return (FUNCT5[name] | (order << 25) | (rs2 << 20) | (rs1 << 15) | (rd << 7) | WIDTH[width]) >>> 0;
}

const MIN64 = 0x8000_0000_0000_0000n;
const MAX64 = 0x7fff_ffff_ffff_ffffn;
const MINUS1 = 0xffff_ffff_ffff_ffffn;

/** Doublewords: `[instruction, memory, rs2, memory afterwards]`; rd gets what memory was. */
const DOUBLEWORDS: readonly (readonly [name: Amo, old: bigint, operand: bigint, after: bigint])[] = [
  ['amoswap', 0x0123_4567_89ab_cdefn, 0xfedc_ba98_7654_3210n, 0xfedc_ba98_7654_3210n], ['amoswap', MINUS1, 0n, 0n],
  ['amoadd', 1n, MINUS1, 0n], ['amoadd', MAX64, 1n, MIN64], ['amoadd', MIN64, MIN64, 0n], ['amoadd', 0xffff_ffffn, 1n, 0x1_0000_0000n],
  ['amoxor', 0xff00_ff00_ff00_ff00n, 0x0ff0_0ff0_0ff0_0ff0n, 0xf0f0_f0f0_f0f0_f0f0n], ['amoxor', MINUS1, MINUS1, 0n],
  ['amoand', 0xff00_ff00_ff00_ff00n, 0x0ff0_0ff0_0ff0_0ff0n, 0x0f00_0f00_0f00_0f00n], ['amoand', MINUS1, MIN64, MIN64],
  ['amoor', 0xff00_ff00_ff00_ff00n, 0x0ff0_0ff0_0ff0_0ff0n, 0xfff0_fff0_fff0_fff0n], ['amoor', 0n, MIN64, MIN64],
  ['amomin', MIN64, MAX64, MIN64], ['amomin', MAX64, MIN64, MIN64], ['amomin', 0n, MINUS1, MINUS1], ['amomin', MINUS1, 0n, MINUS1], ['amomin', 5n, 7n, 5n], ['amomin', 0x8000_0000n, 1n, 1n],
  ['amomax', MIN64, MAX64, MAX64], ['amomax', MAX64, MIN64, MAX64], ['amomax', 0n, MINUS1, 0n], ['amomax', MINUS1, 0n, 0n], ['amomax', 5n, 7n, 7n], ['amomax', 0x8000_0000n, 1n, 0x8000_0000n],
  ['amominu', MIN64, MAX64, MAX64], ['amominu', MAX64, MIN64, MAX64], ['amominu', 0n, MINUS1, 0n], ['amominu', MINUS1, 0n, 0n], ['amominu', 7n, 5n, 5n],
  ['amomaxu', MIN64, MAX64, MIN64], ['amomaxu', MAX64, MIN64, MIN64], ['amomaxu', 0n, MINUS1, MINUS1], ['amomaxu', MINUS1, 0n, MINUS1], ['amomaxu', 7n, 5n, 7n],
];

/**
 * Words: `[instruction, memory, rs2 with junk above, memory afterwards, rd]`.
 * rd is what memory was, sign-extended, for the unsigned ones too.
 */
const WORDS: readonly (readonly [name: Amo, old: bigint, operand: bigint, after: bigint, rd: bigint])[] = [
  ['amoswap', 0x8765_4321n, 0x1111_1111_0123_4567n, 0x0123_4567n, 0xffff_ffff_8765_4321n], ['amoswap', 0x7654_3210n, 0xffff_ffff_ffff_ffffn, 0xffff_ffffn, 0x7654_3210n],
  ['amoadd', 0xffff_ffffn, 0x1234_5678_0000_0001n, 0n, MINUS1], ['amoadd', 0x7fff_ffffn, 1n, 0x8000_0000n, 0x7fff_ffffn], ['amoadd', 0x8000_0000n, 0x8000_0000n, 0n, 0xffff_ffff_8000_0000n],
  ['amoxor', 0xff00_ff00n, 0xaaaa_aaaa_0ff0_0ff0n, 0xf0f0_f0f0n, 0xffff_ffff_ff00_ff00n],
  ['amoand', 0xff00_ff00n, 0xaaaa_aaaa_0ff0_0ff0n, 0x0f00_0f00n, 0xffff_ffff_ff00_ff00n],
  ['amoor', 0x0f00_ff00n, 0xaaaa_aaaa_0ff0_0ff0n, 0x0ff0_fff0n, 0x0f00_ff00n],
  // The sign is bit 31 of each, whatever is above it in rs2.
  ['amomin', 0x8000_0000n, 0xffff_ffff_7fff_ffffn, 0x8000_0000n, 0xffff_ffff_8000_0000n], ['amomin', 0x7fff_ffffn, 0x8000_0000n, 0x8000_0000n, 0x7fff_ffffn],
  ['amomin', 0n, 0xffff_ffffn, 0xffff_ffffn, 0n], ['amomin', 1n, 0xffff_ffff_0000_0002n, 1n, 1n],
  ['amomax', 0x8000_0000n, 0xffff_ffff_7fff_ffffn, 0x7fff_ffffn, 0xffff_ffff_8000_0000n], ['amomax', 0x7fff_ffffn, 0x8000_0000n, 0x7fff_ffffn, 0x7fff_ffffn],
  ['amomax', 0xffff_ffffn, 0x8000_0000_0000_0000n, 0n, MINUS1], ['amomax', 2n, 0x7fff_ffff_0000_0001n, 2n, 2n],
  ['amominu', 0x8000_0000n, 0xffff_ffff_7fff_ffffn, 0x7fff_ffffn, 0xffff_ffff_8000_0000n], ['amominu', 1n, 0xffff_ffff_0000_0000n, 0n, 1n], ['amominu', 0n, 0xffff_ffffn, 0n, 0n], ['amominu', 0xffff_fffen, 0xffff_ffffn, 0xffff_fffen, 0xffff_ffff_ffff_fffen],
  ['amomaxu', 0x8000_0000n, 0xffff_ffff_7fff_ffffn, 0x8000_0000n, 0xffff_ffff_8000_0000n], ['amomaxu', 1n, 0xffff_ffff_0000_0000n, 1n, 1n], ['amomaxu', 0n, 0xffff_ffffn, 0xffff_ffffn, 0n], ['amomaxu', 0xffff_fffen, 0xffff_ffffn, 0xffff_ffffn, 0xffff_ffff_ffff_fffen],
];

/** LD x5, 0(x1). */
const LD_X5 = 0x0000_b283;

function amos(): TableRow[] {
  const rules = ['amo_operand_size'];
  const rows: TableRow[] = [];
  for (const [name, old, operand, after] of DOUBLEWORDS) {
    const id = `${name}.d-${old.toString(16)}-${operand.toString(16)}`;
    const setup: Setup = { mode: 'VU', words: [atomic(name, 'd'), LD_X5], x: { 1: DATA, 3: operand }, memory: [{ address: DATA, bytes: 8, value: old }] };
    rows.push(row(id, rules, setup, { rd: [2, old], mem: { addr: DATA, rmask: 0xff, rdata: old, wmask: 0xff, wdata: after } }));
    rows.push(row(`${id}-memory`, rules, setup, { rd: [5, after] }, { steps: 2 }));
  }
  for (const [name, old, operand, after, rd] of WORDS) {
    const id = `${name}.w-${old.toString(16)}-${operand.toString(16)}`;
    const setup: Setup = { mode: 'HS', words: [atomic(name, 'w'), LD_X5], x: { 1: DATA, 3: operand }, memory: [{ address: DATA, bytes: 8, value: 0x5555_6666_0000_0000n | old }] };
    rows.push(row(id, rules, setup, { rd: [2, rd], mem: { addr: DATA, rmask: 0x0f, rdata: old, wmask: 0x0f, wdata: after } }));
    rows.push(row(`${id}-memory`, rules, setup, { rd: [5, 0x5555_6666_0000_0000n | after] }, { steps: 2 }));
  }
  return rows;
}

/** Operands that coincide, rd = x0, the upper word of a doubleword, and the four values of aq and rl. */
function operands(): TableRow[] {
  const memory = [{ address: DATA, bytes: 8 as const, value: 0x1111_2222_3333_4444n }];
  const rules = ['amo_operand_size'];
  const rows = [
    row('amoadd.d-rd-x0', rules, { mode: 'U', words: [atomic('amoadd', 'd', { rd: 0 })], x: { 1: DATA, 3: 1n }, memory }, { mem: { addr: DATA, rmask: 0xff, rdata: 0x1111_2222_3333_4444n, wmask: 0xff, wdata: 0x1111_2222_3333_4445n } }),
    row('amoadd.d-rd-is-rs1', rules, { mode: 'U', words: [atomic('amoadd', 'd', { rd: 1 })], x: { 1: DATA, 3: 1n }, memory }, { rd: [1, 0x1111_2222_3333_4444n], mem: { addr: DATA, rmask: 0xff, rdata: 0x1111_2222_3333_4444n, wmask: 0xff, wdata: 0x1111_2222_3333_4445n } }),
    row('amoadd.d-rd-is-rs2', rules, { mode: 'U', words: [atomic('amoadd', 'd', { rd: 3 })], x: { 1: DATA, 3: 1n }, memory }, { rd: [3, 0x1111_2222_3333_4444n], mem: { addr: DATA, rmask: 0xff, rdata: 0x1111_2222_3333_4444n, wmask: 0xff, wdata: 0x1111_2222_3333_4445n } }),
    row('amoswap.d-rs2-is-rs1', rules, { mode: 'U', words: [atomic('amoswap', 'd', { rs2: 1 })], x: { 1: DATA }, memory }, { rd: [2, 0x1111_2222_3333_4444n], mem: { addr: DATA, rmask: 0xff, rdata: 0x1111_2222_3333_4444n, wmask: 0xff, wdata: DATA } }),
    row('amoswap.w-rs2-x0', rules, { mode: 'U', words: [atomic('amoswap', 'w', { rs2: 0 })], x: { 1: DATA }, memory }, { rd: [2, 0x3333_4444n], mem: { addr: DATA, rmask: 0x0f, rdata: 0x3333_4444n, wmask: 0x0f, wdata: 0n } }),
    row('amoadd.w-upper', rules, { mode: 'U', words: [atomic('amoadd', 'w')], x: { 1: DATA + 4n, 3: 1n }, memory }, { rd: [2, 0x1111_2222n], mem: { addr: DATA + 4n, rmask: 0x0f, rdata: 0x1111_2222n, wmask: 0x0f, wdata: 0x1111_2223n } }),
    row('amoadd.d-last', rules, { mode: 'U', words: [atomic('amoadd', 'd')], x: { 1: DRAM_END - 8n, 3: 1n } }, { rd: [2, 0n], mem: { addr: DRAM_END - 8n, rmask: 0xff, rdata: 0n, wmask: 0xff, wdata: 1n } }),
  ];
  for (const order of [1, 2, 3]) {
    rows.push(
      row(`amoadd.w-order-${order}`, ['a_aq_rl_bits'], { mode: 'U', words: [atomic('amoadd', 'w', { order })], x: { 1: DATA, 3: 1n }, memory }, { rd: [2, 0x3333_4444n], mem: { addr: DATA, rmask: 0x0f, rdata: 0x3333_4444n, wmask: 0x0f, wdata: 0x3333_4445n } }),
      row(`lr.d-order-${order}`, ['a_aq_rl_bits'], { mode: 'U', words: [atomic('lr', 'd', { order })], x: { 1: DATA }, memory }, { rd: [2, 0x1111_2222_3333_4444n], mem: { addr: DATA, rmask: 0xff, rdata: 0x1111_2222_3333_4444n } }),
      row(`sc.d-order-${order}`, ['a_aq_rl_bits'], { mode: 'U', words: [atomic('lr', 'd', { order }), atomic('sc', 'd', { order })], x: { 1: DATA, 3: 9n }, memory }, { rd: [2, 0n], mem: { addr: DATA, wmask: 0xff, wdata: 9n } }, { steps: 2 }),
    );
  }
  // LR sign-extends the word.
  rows.push(
    row('lr.w-sign', ['lr_w_op', 'lr_sc_rv64'], { mode: 'U', words: [atomic('lr', 'w')], x: { 1: DATA }, memory: [{ address: DATA, bytes: 4, value: 0x8000_0001n }] }, { rd: [2, 0xffff_ffff_8000_0001n], mem: { addr: DATA, rmask: 0x0f, rdata: 0x8000_0001n } }),
    row('lr.w-upper', ['lr_w_op'], { mode: 'VS', words: [atomic('lr', 'w')], x: { 1: DATA + 4n }, memory }, { rd: [2, 0x1111_2222n], mem: { addr: DATA + 4n, rmask: 0x0f, rdata: 0x1111_2222n } }),
    row('lr.d', ['lr_sc_rv64'], { mode: 'M', words: [atomic('lr', 'd')], x: { 1: DATA }, memory }, { rd: [2, 0x1111_2222_3333_4444n], mem: { addr: DATA, rmask: 0xff, rdata: 0x1111_2222_3333_4444n } }),
    row('lr.d-rd-x0', ['lr_sc_rv64'], { mode: 'M', words: [atomic('lr', 'd', { rd: 0 })], x: { 1: DATA }, memory }, { mem: { addr: DATA, rmask: 0xff, rdata: 0x1111_2222_3333_4444n } }),
  );
  return rows;
}

/* ------------------------------------------------------------------ LR and SC */

/** The instructions before an SC of x3 to (x1) (x1 = 64-byte aligned DATA), and whether it succeeds. x4 is another address. */
const PAIRS: readonly (readonly [name: string, before: readonly number[], x4: bigint, succeeds: boolean, rules: readonly string[]])[] = [
  ['alone', [], DATA, false, ['sc_w_failure', 'sc_addr_not_in_reservation_fail']],
  ['lr.w', [atomic('lr', 'w')], DATA, true, ['sc_w_success', 'lr_sc_rv64']],
  ['lr.d', [atomic('lr', 'd')], DATA, true, ['sc_w_success', 'lr_sc_rv64']],
  // The 64 bytes around LR's address are reserved.
  ['lr.w-4', [atomic('lr', 'w', { rs1: 4 })], DATA + 4n, true, ['LR_RESERVATION_SET_SIZE']],
  ['lr.d-56', [atomic('lr', 'd', { rs1: 4 })], DATA + 56n, true, ['LR_RESERVATION_SET_SIZE']],
  ['lr.w-60', [atomic('lr', 'w', { rs1: 4 })], DATA + 60n, true, ['LR_RESERVATION_SET_SIZE']],
  ['lr.w-64', [atomic('lr', 'w', { rs1: 4 })], DATA + 64n, false, ['sc_addr_not_in_reservation_fail', 'LR_RESERVATION_SET_SIZE']],
  ['lr.d-minus-8', [atomic('lr', 'd', { rs1: 4 })], DATA - 8n, false, ['sc_addr_not_in_reservation_fail', 'LR_RESERVATION_SET_SIZE']],
  ['lr.d-far', [atomic('lr', 'd', { rs1: 4 })], DATA + 0x10_0000n, false, ['sc_addr_not_in_reservation_fail']],
  // The latest LR counts.
  ['lr-here-lr-there', [atomic('lr', 'w'), atomic('lr', 'w', { rs1: 4 })], DATA + 64n, false, ['sc_pairs_latest_lr']],
  ['lr-there-lr-here', [atomic('lr', 'w', { rs1: 4 }), atomic('lr', 'w')], DATA + 64n, true, ['sc_pairs_latest_lr']],
  // Every SC that retires ends it, wherever it goes and however it comes out.
  ['lr-sc', [atomic('lr', 'w'), atomic('sc', 'w', { rd: 5 })], DATA, false, ['sc_reservation_invalidate', 'sc_intervening_sc_fail']],
  ['lr-sc-there', [atomic('lr', 'w'), atomic('sc', 'w', { rd: 5, rs1: 4 })], DATA + 64n, false, ['sc_reservation_invalidate', 'sc_intervening_sc_fail']],
  ['lr-sc-lr', [atomic('lr', 'w'), atomic('sc', 'w', { rd: 5 }), atomic('lr', 'w')], DATA, true, ['sc_pairs_latest_lr']],
  // What this hart stores itself, and everything else that does not trap, leaves it alone.
  ['lr-sd', [atomic('lr', 'w'), WORD.sd], DATA, true, ['sc_success_conditions']],
  ['lr-amoadd', [atomic('lr', 'w'), atomic('amoadd', 'd', { rd: 5 })], DATA, true, ['sc_success_conditions']],
  ['lr-ld', [atomic('lr', 'w'), LD_X5], DATA, true, ['sc_success_conditions']],
  ['lr-fence', [atomic('lr', 'w'), 0x0ff0_000f], DATA, true, ['sc_success_conditions']],
  ['lr-fence.i', [atomic('lr', 'w'), 0x0000_100f], DATA, true, ['sc_success_conditions']],
  ['lr-sfence.vma', [atomic('lr', 'w'), WORD.sfence], DATA, true, ['sc_success_conditions']],
  ['lr-csr', [atomic('lr', 'w'), csrrsi(CSR.sscratch, 0, 1)], DATA, true, ['sc_success_conditions']],
];

function pairs(): TableRow[] {
  const rows = PAIRS.flatMap(([name, before, x4, succeeds, rules]) => WIDTHS.map((width) => {
    const wdata = width === 'w' ? 0x9596_9798n : 0x9192_9394_9596_9798n;
    return row(`sc.${width}-after-${name}`, rules, { mode: 'HS', words: [...before, atomic('sc', width)], x: { 1: DATA, 3: 0x9192_9394_9596_9798n, 4: x4 } }, succeeds
      ? { rd: [2, 0n], mem: { addr: DATA, wmask: width === 'w' ? 0x0f : 0xff, wdata } }
      : { rd: [2, 1n], mem: { addr: 0n } }, { steps: before.length + 1 });
  }));
  // What SC leaves in memory.
  const memory = [{ address: DATA, bytes: 8 as const, value: 0x1111_2222_3333_4444n }];
  rows.push(
    row('sc.w-memory', ['sc_w_success'], { mode: 'U', words: [atomic('lr', 'w'), atomic('sc', 'w'), LD_X5], x: { 1: DATA, 3: 0x9192_9394_9596_9798n }, memory }, { rd: [5, 0x1111_2222_9596_9798n] }, { steps: 3 }),
    row('sc.d-memory', ['sc_w_success'], { mode: 'U', words: [atomic('lr', 'd'), atomic('sc', 'd'), LD_X5], x: { 1: DATA, 3: 0x9192_9394_9596_9798n }, memory }, { rd: [5, 0x9192_9394_9596_9798n] }, { steps: 3 }),
    row('sc.w-failed-memory', ['sc_w_failure'], { mode: 'U', words: [atomic('sc', 'w'), LD_X5], x: { 1: DATA, 3: 0x9192_9394_9596_9798n }, memory }, { rd: [5, 0x1111_2222_3333_4444n] }, { steps: 2 }),
    row('sc.w-rd-x0', ['sc_w_success'], { mode: 'U', words: [atomic('lr', 'w'), atomic('sc', 'w', { rd: 0 })], x: { 1: DATA, 3: 7n }, memory }, { mem: { addr: DATA, wmask: 0x0f, wdata: 7n } }, { steps: 2 }),
    row('sc.w-failed-rd-x0', ['sc_w_failure'], { mode: 'U', words: [atomic('sc', 'w', { rd: 0 })], x: { 1: DATA, 3: 7n }, memory }, { mem: { addr: 0n } }),
    row('sc.w-upper-of-lr.d', ['sc_success_conditions'], { mode: 'U', words: [atomic('lr', 'd'), atomic('sc', 'w', { rs1: 4 }), LD_X5], x: { 1: DATA, 3: 7n, 4: DATA + 4n }, memory }, { rd: [5, 0x0000_0007_3333_4444n] }, { steps: 3 }),
  );
  return rows;
}

/** A reservation does not outlive a trap or a return from one: the SC on the other side fails. `choices:reservation`. */
function ended(): TableRow[] {
  const rules = ['sc_w_failure', 'choices:reservation'];
  const sc = (address: bigint): NonNullable<Setup['memory']>[number] => ({ address, bytes: 4, value: BigInt(atomic('sc', 'w')) });
  const x = { 1: DATA, 3: 7n, 4: NOWHERE };
  const fails = (pc: bigint): Expectation => ({ pc, nextPc: pc + 4n, rd: [2, 1n], mem: { addr: 0n } });
  const lr = atomic('lr', 'w');
  const trapped = { steps: 3, trapsBefore: true };
  return [
    row('ended-by-ecall-to-M', rules, { mode: 'U', words: [lr, WORD.ecall], x, memory: [sc(VECTOR.M)] }, fails(VECTOR.M), trapped),
    row('ended-by-ecall-to-HS', rules, { mode: 'VS', words: [lr, WORD.ecall], x, memory: [sc(VECTOR.HS)], csrs: { medeleg: 0x400n } }, fails(VECTOR.HS), trapped),
    row('ended-by-ecall-to-VS', rules, { mode: 'VU', words: [lr, WORD.ecall], x, memory: [sc(VECTOR.VS)], csrs: { medeleg: 0x100n, hedeleg: 0x100n } }, fails(VECTOR.VS), trapped),
    row('ended-by-illegal', rules, { mode: 'M', words: [lr, WORD.ones], x, memory: [sc(VECTOR.M)] }, fails(VECTOR.M), trapped),
    row('ended-by-access-fault', rules, { mode: 'M', words: [lr, 0x0002_3283], x, memory: [sc(VECTOR.M)] }, fails(VECTOR.M), trapped),
    row('ended-by-sc-fault', rules, { mode: 'M', words: [lr, atomic('sc', 'w', { rs1: 4 })], x, memory: [sc(VECTOR.M)] }, fails(VECTOR.M), trapped),
    row('ended-by-lr-fault', rules, { mode: 'M', words: [lr, atomic('lr', 'w', { rs1: 4 })], x, memory: [sc(VECTOR.M)] }, fails(VECTOR.M), trapped),
    row('ended-by-interrupt', rules, { mode: 'M', words: [lr, csrrsi(CSR.mstatus, 0, 8)], x, memory: [sc(VECTOR.M)], csrs: { mie: 8n }, lines: { msip: true } }, fails(VECTOR.M), { steps: 4, trapsBefore: true }),
    row('ended-by-mret', rules, { mode: 'M', words: [lr, WORD.mret], x, memory: [sc(EPC.M)] }, fails(EPC.M), { steps: 3 }),
    row('ended-by-sret', rules, { mode: 'HS', words: [lr, WORD.sret], x, memory: [sc(EPC.HS)] }, fails(EPC.HS), { steps: 3 }),
    row('ended-by-sret-VS', rules, { mode: 'VS', words: [lr, WORD.sret], x, memory: [sc(EPC.VS)] }, fails(EPC.VS), { steps: 3 }),
  ];
}

/* ------------------------------------------------------------------ faults */

/** Whether an address is a guest virtual address. */
const V: Readonly<Record<Mode, boolean>> = { M: false, HS: false, U: false, VS: true, VU: true };

/** Where no atomic can go: nothing there, I/O, and past the end. */
const PLACES: readonly (readonly [name: string, address: bigint])[] = [['nowhere', NOWHERE], ['clint', 0x200_4000n], ['uart', 0x1000_0000n], ['finisher', 0x10_0000n], ['past-dram', DRAM_END], ['bit-56', 0x100_0000_8000_4000n]];

/** Misaligned addresses by width, in DRAM and elsewhere: an access fault that comes before everything else about the address. */
const MISALIGNED: Readonly<Record<Width, readonly bigint[]>> = {
  w: [DATA + 1n, DATA + 2n, DATA + 3n, DATA + 7n, NOWHERE + 2n, DRAM_END - 2n, 0x1000_0001n],
  d: [DATA + 1n, DATA + 2n, DATA + 4n, DATA + 7n, NOWHERE + 4n, DRAM_END - 4n, 0x200_4004n],
};

/** LR raises load access faults, everything else store/AMO access faults; tinst keeps all but rs1. */
function faults(): TableRow[] {
  const rows: TableRow[] = [];
  const rules = ['amo_alignment', 'LR_SC_ALIGNMENT', 'H_trap_xtinst', 'mtval_vaddr_wr1'];
  for (const name of ['lr', 'sc', ...AMOS] as const) {
    const cause = name === 'lr' ? 5 : 7;
    for (const width of WIDTHS) {
      const word = atomic(name, width);
      const tinst = BigInt(atomic(name, width, { rs1: 0 }));
      for (const [place, address] of PLACES) {
        rows.push(row(`${name}.${width}-${place}`, rules, { mode: 'HS', words: [word], x: { 1: address } }, { trap: { to: 'M', cause, tval: address, tinst } }));
      }
      for (const address of MISALIGNED[width]) {
        rows.push(row(`${name}.${width}-misaligned-${address.toString(16)}`, [...rules, 'choices:misaligned-atomics'], { mode: 'M', words: [word], x: { 1: address } }, { trap: { to: 'M', cause, tval: address, tinst } }));
      }
    }
  }
  for (const name of ['lr', 'sc', 'amoadd'] as const) {
    const cause = name === 'lr' ? 5 : 7;
    const word = atomic(name, 'd', { order: 3 });
    const tinst = BigInt(atomic(name, 'd', { order: 3, rs1: 0 }));
    for (const mode of ALL_MODES) {
      rows.push(row(`${name}.d-nowhere-${mode}-to-M`, rules, { mode, words: [word], x: { 1: NOWHERE } }, { trap: { to: 'M', cause, tval: NOWHERE, tinst, gva: V[mode] } }));
      if (mode !== 'M') rows.push(row(`${name}.d-nowhere-${mode}-to-HS`, rules, { mode, words: [word], x: { 1: NOWHERE }, csrs: { medeleg: 0xa0n } }, { trap: { to: 'HS', cause, tval: NOWHERE, tinst, gva: V[mode] } }));
      if (V[mode]) rows.push(row(`${name}.d-nowhere-${mode}-to-VS`, rules, { mode, words: [word], x: { 1: NOWHERE }, csrs: { medeleg: 0xa0n, hedeleg: 0xa0n } }, { trap: { to: 'VS', cause, tval: NOWHERE } }));
    }
  }
  // An SC checks its address although it holds no reservation; with one, too.
  rows.push(row('sc.w-nowhere-reserved', ['sc_retire_permission'], { mode: 'M', words: [atomic('lr', 'w'), atomic('sc', 'w', { rs1: 4 })], x: { 1: DATA, 4: NOWHERE } }, { trap: { to: 'M', cause: 7, tval: NOWHERE, tinst: BigInt(atomic('sc', 'w', { rs1: 0 })) } }, { steps: 2 }));
  // A faulting AMO writes nothing: no rd, and (misaligned in DRAM) no memory.
  rows.push(row('amoadd.d-misaligned-memory', ['choices:misaligned-atomics'], { mode: 'M', words: [atomic('amoadd', 'd', { rs1: 4 })], x: { 1: DATA, 3: 1n, 4: DATA + 4n }, memory: [{ address: DATA, bytes: 8, value: 0x1111_2222_3333_4444n }, { address: VECTOR.M, bytes: 4, value: BigInt(LD_X5) }] }, { pc: VECTOR.M, nextPc: VECTOR.M + 4n, rd: [5, 0x1111_2222_3333_4444n] }, { steps: 2, trapsBefore: true }));
  return rows;
}

/** All rows of the atomics' tables. */
export const atomicRows = (): readonly TableRow[] => [...amos(), ...operands(), ...pairs(), ...ended(), ...faults()];
