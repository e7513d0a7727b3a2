/** A: results and memory of every AMO, what makes and breaks a reservation, and faults with their transformed instructions. */
import type { Mode } from '../retirement.js';
import { ALL_MODES, DATA, DRAM_END, NOWHERE, WORD, hart, type Expectation, type Setup, type TableRow } from './row.js';

function row(id: string, rules: readonly string[], setup: Setup, expect: Expectation, steps = 1): TableRow {
  return { id: `atomics/${id}`, rules, arrange: hart(setup), steps, expect };
}

const [LOAD, STORE] = [5, 7];

/* ------------------------------------------------------------------ AMOs */

const W = { mask: 0xf, bytes: 4, width: 0x2000 } as const;
const D = { mask: 0xff, bytes: 8, width: 0x3000 } as const;

/** AMOs with rd=x2, address x1, x3: the top byte of the word. */
const TOP = { add: 0x00, swap: 0x08, xor: 0x20, or: 0x40, and: 0x60, min: 0x80, max: 0xa0, minu: 0xc0, maxu: 0xe0 } as const;
const word = (top: number, width: number): number => (top * 2 ** 24 + 0x0030_812f + width) >>> 0;

/** `[operation, in memory, in x3, stored]`, of words; their upper halves in x3 are junk. */
const WORDS: readonly (readonly [name: keyof typeof TOP, memory: bigint, x3: bigint, stored: bigint])[] = [
  ['swap', 0x8000_0001n, 0x1111_1111_0000_0002n, 2n], ['add', 0xffff_ffffn, 0x1111_1111_0000_0002n, 1n], ['add', 0x7fff_ffffn, 1n, 0x8000_0000n],
  ['xor', 0xf0f0_f0f0n, 0x2222_2222_ffff_0000n, 0x0f0f_f0f0n], ['and', 0xf0f0_f0f0n, 0xffff_0000n, 0xf0f0_0000n], ['or', 0xf0f0_f0f0n, 0xffff_0000n, 0xffff_f0f0n],
  ['min', 0xffff_ffffn, 1n, 0xffff_ffffn], ['max', 0xffff_ffffn, 1n, 1n], ['minu', 0xffff_ffffn, 1n, 1n], ['maxu', 0xffff_ffffn, 1n, 0xffff_ffffn],
  // What lies above the word does not count.
  ['min', 5n, 0x8000_0000_0000_0007n, 5n], ['max', 5n, 0x7000_0000_8000_0000n, 5n], ['minu', 7n, 0x1_0000_0005n, 5n], ['maxu', 7n, 0x1_0000_0005n, 7n],
];

const DOUBLEWORDS: typeof WORDS = [
  ['swap', 0x8000_0000_0000_0001n, 2n, 2n], ['add', 0xffff_ffff_ffff_ffffn, 2n, 1n], ['add', 0xffff_ffffn, 1n, 0x1_0000_0000n],
  ['xor', 0xf0f0_f0f0_0000_0000n, 0xffff_0000_0000_0001n, 0x0f0f_f0f0_0000_0001n], ['and', 0xf0f0_f0f0_0000_0003n, 0xffff_0000_0000_0001n, 0xf0f0_0000_0000_0001n],
  ['or', 0xf0f0_f0f0_0000_0002n, 0xffff_0000_0000_0001n, 0xffff_f0f0_0000_0003n],
  ['min', 0xffff_ffff_ffff_ffffn, 1n, 0xffff_ffff_ffff_ffffn], ['max', 0xffff_ffff_ffff_ffffn, 1n, 1n],
  ['minu', 0xffff_ffff_ffff_ffffn, 1n, 1n], ['maxu', 0xffff_ffff_ffff_ffffn, 1n, 0xffff_ffff_ffff_ffffn],
  ['min', 0x8000_0000n, 1n, 1n], ['max', 0x8000_0000n, 1n, 0x8000_0000n],
];

/** A word in a register is sign-extended. */
const extended = (value: bigint): bigint => BigInt.asUintN(64, BigInt.asIntN(32, value));

function amos(): TableRow[] {
  const rows: TableRow[] = [];
  for (const [list, { mask, width, bytes }, suffix] of [[WORDS, W, 'w'], [DOUBLEWORDS, D, 'd']] as const) {
    list.forEach(([name, memory, x3, stored], i) => rows.push(row(
      `amo${name}.${suffix}-${i}`, ['amo_operand_size', 'section:amo'],
      { mode: 'U', words: [word(TOP[name], width)], x: { 1: DATA, 3: x3 }, memory: [{ address: DATA, bytes: 8, value: memory }] },
      { rd: [2, bytes === 4 ? extended(memory) : memory], mem: { addr: DATA, rmask: mask, rdata: memory, wmask: mask, wdata: stored } },
    )));
  }
  // aq and rl change nothing; rd = x0 still stores.
  const arrange = { mode: 'U', x: { 1: DATA, 3: 1n }, memory: [{ address: DATA, bytes: 8, value: 41n }] } as const;
  const mem = { addr: DATA, rmask: 0xff, rdata: 41n, wmask: 0xff, wdata: 42n };
  for (const [name, bits] of [['aq', 0x0400_0000], ['rl', 0x0200_0000], ['aqrl', 0x0600_0000]] as const) {
    rows.push(row(`amoadd.d.${name}`, ['a_aq_rl_bits'], { ...arrange, words: [word(bits / 2 ** 24, 0x3000)] }, { rd: [2, 41n], mem }));
  }
  rows.push(row('amoadd.d-x0', ['amo_operand_size'], { ...arrange, words: [word(0, 0x3000) & ~0xf80] }, { mem }));
  return rows;
}

/* ------------------------------------------------------------------ reservations */

/** With address x1 or x4 and data x3: LR.W x2, LR.D x2, SC.W x5, SC.D x5; SC to x4. */
const LR = { w: 0x1000_a12f, d: 0x1000_b12f } as const;
const SC = { w: 0x1830_a2af, d: 0x1830_b2af, far: 0x1832_32af } as const;

const [SUCCESS, FAILURE] = [0n, 1n];

/** `[name, what comes after LR.D, x4, does the SC at the end succeed]`; the reservation is of the aligned 64 bytes at DATA. */
const PAIRS: readonly (readonly [name: string, words: readonly number[], x4: bigint, succeeds: boolean])[] = [
  ['at-once', [SC.d], 0n, true], ['narrower', [SC.w], 0n, true], ['neighbour', [SC.far], DATA + 8n, true], ['last-of-the-block', [SC.far], DATA + 56n, true],
  ['next-block', [SC.far], DATA + 64n, false], ['block-before', [SC.far], DATA - 8n, false],
  ['after-own-store', [WORD.sd, SC.d], 0n, true], ['after-nop', [WORD.nop, SC.d], 0n, true],
  ['second', [SC.d, SC.d], 0n, false], ['after-failure', [SC.far, SC.d], DATA + 64n, false],
  // An AMO to the same bytes is the hart's own.
  ['after-amo', [0x0030_b12f, SC.d], 0n, true],
];

function reservations(): TableRow[] {
  const rows = PAIRS.map(([name, words, x4, succeeds]) => row(
    `sc-${name}`, ['sc_w_success', 'sc_w_failure', 'sc_failure_code', 'LR_RESERVATION_SET_SIZE', 'sc_reservation_invalidate'],
    { mode: 'U', words: [LR.d, ...words], x: { 1: DATA, 3: 9n, 4: x4 } }, { rd: [5, succeeds ? SUCCESS : FAILURE] }, words.length + 1,
  ));
  rows.push(
    row('sc-without-lr', ['sc_w_failure'], { mode: 'U', words: [SC.d], x: { 1: DATA, 3: 9n } }, { rd: [5, FAILURE], mem: { addr: 0n, wmask: 0 } }),
    row('sc-stores', ['sc_w_success'], { mode: 'U', words: [LR.w, SC.w], x: { 1: DATA + 4n, 3: 0x1_8000_0000n } }, { rd: [5, SUCCESS], mem: { addr: DATA + 4n, wmask: 0xf, wdata: 0x8000_0000n } }, 2),
    row('lr.w', ['lr_w_op'], { mode: 'U', words: [LR.w], x: { 1: DATA + 4n }, memory: [{ address: DATA, bytes: 8, value: 0x8000_0001_0000_0000n }] },
      { rd: [2, 0xffff_ffff_8000_0001n], mem: { addr: DATA + 4n, rmask: 0xf, rdata: 0x8000_0001n } }),
    row('lr-of-another-block', ['sc_pairs_latest_lr'], { mode: 'U', words: [LR.d, 0x1002_312f, SC.d], x: { 1: DATA, 3: 9n, 4: DATA + 64n } }, { rd: [5, FAILURE] }, 3),
  );
  // MRET to where it stands, and a trap whose handler goes on, break it.
  const back = { mode: 'M', mstatus: { MPP: 3 }, x: { 1: DATA, 3: 9n } } as const;
  rows.push(row('sc-after-mret', ['section:a', 'choices:reservation'], { ...back, words: [LR.d, WORD.mret], csrs: { mepc: 0x8000_0200n }, memory: [{ address: 0x8000_0200n, bytes: 4, value: BigInt(SC.d) }] },
    { pc: 0x8000_0200n, nextPc: 0x8000_0204n, rd: [5, FAILURE] }, 3));
  rows.push({
    ...row('sc-after-trap', ['section:a', 'choices:reservation'], { mode: 'U', words: [LR.d, WORD.ecall], x: { 1: DATA, 3: 9n }, memory: [{ address: 0x8000_1000n, bytes: 4, value: BigInt(SC.d) }] },
      { pc: 0x8000_1000n, nextPc: 0x8000_1004n, rd: [5, FAILURE] }, 3),
    trapsBefore: true,
  });
  return rows;
}

/* ------------------------------------------------------------------ faults */

/** `[name, word, transformed: everything but rs1, cause]`. */
const FAULTS: readonly (readonly [name: string, word: number, tinst: bigint, cause: number, bytes: bigint])[] = [
  ['lr.w', LR.w, 0x1000_212fn, LOAD, 4n], ['lr.d', LR.d, 0x1000_312fn, LOAD, 8n], ['sc.w', SC.w, 0x1830_22afn, STORE, 4n], ['sc.d', SC.d, 0x1830_32afn, STORE, 8n],
  ['amoadd.w', word(0x00, 0x2000), 0x0030_212fn, STORE, 4n], ['amoswap.d.aqrl', word(0x0e, 0x3000), 0x0e30_312fn, STORE, 8n], ['amomaxu.w.rl', word(0xe2, 0x2000), 0xe230_212fn, STORE, 4n],
];

function faults(): TableRow[] {
  const gva = (mode: Mode): boolean => mode === 'VS' || mode === 'VU';
  return FAULTS.flatMap(([name, insn, tinst, cause, bytes]) => {
    const places: readonly (readonly [string, bigint])[] = [
      ['nowhere', NOWHERE], ['behind-dram', DRAM_END], ['clint', 0x200_4000n], ['uart', 0x1000_0000n],
      // Misaligned wherever it is, and always as a whole.
      ['misaligned', DATA + bytes / 2n], ['misaligned-across', DATA + 8n - bytes / 4n], ['misaligned-end', DRAM_END - bytes / 2n], ['misaligned-nowhere', NOWHERE + 1n],
    ];
    return places.flatMap(([where, address]) => (where === 'nowhere' ? ALL_MODES : ['U'] as const).map((mode) => row(
      `${name}-${where}-${mode}`, ['mcause_exccode_ld_ldrsv', 'mcause_exccode_st_sc_amo', 'LR_SC_ALIGNMENT', 'amo_alignment', 'H_trap_xtinst_val'],
      { mode, words: [insn], x: { 1: address } }, { trap: { to: 'M', cause, tval: address, tinst, gva: gva(mode) } },
    )));
  });
}

/** All rows. */
export function atomicRows(): readonly TableRow[] {
  return [...amos(), ...reservations(), ...faults()];
}
