/** The M extension's results, the CSR instructions' read and write conditions, and the counters. */
import type { Mode } from '../retirement.js';
import { CSR, WORD, X2_BEFORE, csrrc, csrrci, csrrs, csrrsi, csrrw, csrrwi, hart, type Expectation, type Setup, type TableRow } from './row.js';

function row(id: string, rules: readonly string[], setup: Setup, expect: Expectation, steps = 1, trapsBefore = false): TableRow {
  return { id, rules, arrange: hart(setup), steps, trapsBefore, expect };
}

/* ------------------------------------------------------------------ M */

const MIN64 = 0x8000_0000_0000_0000n;
const MAX64 = 0x7fff_ffff_ffff_ffffn;
const MINUS1 = 0xffff_ffff_ffff_ffffn;

/** Register-register words with rd=x2, rs1=x1, rs2=x3. */
const OP = {
  mul: 0x0230_8133, mulh: 0x0230_9133, mulhsu: 0x0230_a133, mulhu: 0x0230_b133,
  div: 0x0230_c133, divu: 0x0230_d133, rem: 0x0230_e133, remu: 0x0230_f133,
  mulw: 0x0230_813b, divw: 0x0230_c13b, divuw: 0x0230_d13b, remw: 0x0230_e13b, remuw: 0x0230_f13b,
} as const;

/** Table "Semantics for division by zero and division overflow", and ordinary quotients: `[dividend, divisor, DIVU, REMU, DIV, REM]`. */
const DIVISION64: readonly (readonly [dividend: bigint, divisor: bigint, divu: bigint, remu: bigint, div: bigint, rem: bigint])[] = [
  [7n, 0n, MINUS1, 7n, MINUS1, 7n],
  [0n, 0n, MINUS1, 0n, MINUS1, 0n],
  [MINUS1, 0n, MINUS1, MINUS1, MINUS1, MINUS1],
  [MIN64, 0n, MINUS1, MIN64, MINUS1, MIN64],
  [0xffff_ffff_ffff_fff9n, 0n, MINUS1, 0xffff_ffff_ffff_fff9n, MINUS1, 0xffff_ffff_ffff_fff9n],
  [0x1234_5678_9abc_def0n, 0n, MINUS1, 0x1234_5678_9abc_def0n, MINUS1, 0x1234_5678_9abc_def0n],
  // Overflow; unsigned it is an ordinary small quotient.
  [MIN64, MINUS1, 0n, MIN64, MIN64, 0n],
  [MIN64, 1n, MIN64, 0n, MIN64, 0n],
  [MAX64, MINUS1, 0n, MAX64, 0x8000_0000_0000_0001n, 0n],
  // Rounding is towards zero; the remainder has the dividend's sign.
  [7n, 2n, 3n, 1n, 3n, 1n],
  [0xffff_ffff_ffff_fff9n, 2n, 0x7fff_ffff_ffff_fffcn, 1n, 0xffff_ffff_ffff_fffdn, MINUS1],
  [7n, 0xffff_ffff_ffff_fffen, 0n, 7n, 0xffff_ffff_ffff_fffdn, 1n],
  [0xffff_ffff_ffff_fff9n, 0xffff_ffff_ffff_fffen, 0n, 0xffff_ffff_ffff_fff9n, 3n, MINUS1],
  [6n, 0xffff_ffff_ffff_fffdn, 0n, 6n, 0xffff_ffff_ffff_fffen, 0n],
  // -2^31 / -1 is no overflow in 64 bits.
  [0xffff_ffff_8000_0000n, MINUS1, 0n, 0xffff_ffff_8000_0000n, 0x8000_0000n, 0n],
];

/** The same for the W forms; operands' upper halves are junk, results are sign-extended, REMUW's too. */
const DIVISION32: readonly (readonly [dividend: bigint, divisor: bigint, divuw: bigint, remuw: bigint, divw: bigint, remw: bigint])[] = [
  [0x1234_5678_0000_0007n, 0xabcd_ef01_0000_0000n, MINUS1, 7n, MINUS1, 7n],
  [0xffff_ffff_0000_0000n, 0x1_0000_0000n, MINUS1, 0n, MINUS1, 0n],
  [0x0000_0000_8000_0000n, 0n, MINUS1, 0xffff_ffff_8000_0000n, MINUS1, 0xffff_ffff_8000_0000n],
  [0x0000_0000_ffff_ffffn, 0xffff_ffff_0000_0000n, MINUS1, MINUS1, MINUS1, MINUS1],
  [0x0000_0000_8000_0000n, 0x0000_0000_ffff_ffffn, 0n, 0xffff_ffff_8000_0000n, 0xffff_ffff_8000_0000n, 0n],
  [0x7777_7777_8000_0000n, 0x1111_1111_ffff_ffffn, 0n, 0xffff_ffff_8000_0000n, 0xffff_ffff_8000_0000n, 0n],
  [0x0000_0000_8000_0000n, 1n, 0xffff_ffff_8000_0000n, 0n, 0xffff_ffff_8000_0000n, 0n],
  [0x0000_0000_ffff_fff9n, 2n, 0x7fff_fffcn, 1n, 0xffff_ffff_ffff_fffdn, MINUS1],
  [7n, 0xffff_fffen, 0n, 7n, 0xffff_ffff_ffff_fffdn, 1n],
  [0xffff_fffen, 0xffff_ffffn, 0n, 0xffff_ffff_ffff_fffen, 2n, 0n],
];

/** Products: `[rs1, rs2, MUL, MULH, MULHSU, MULHU]`. */
const PRODUCTS: readonly (readonly [a: bigint, b: bigint, mul: bigint, mulh: bigint, mulhsu: bigint, mulhu: bigint])[] = [
  [0n, MINUS1, 0n, 0n, 0n, 0n],
  [1n, MINUS1, MINUS1, MINUS1, 0n, 0n],
  [MINUS1, 1n, MINUS1, MINUS1, MINUS1, 0n],
  [MINUS1, MINUS1, 1n, 0n, MINUS1, 0xffff_ffff_ffff_fffen],
  [MIN64, MIN64, 0n, 0x4000_0000_0000_0000n, 0xc000_0000_0000_0000n, 0x4000_0000_0000_0000n],
  [MIN64, MINUS1, MIN64, 0n, 0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn],
  [MAX64, MAX64, 1n, 0x3fff_ffff_ffff_ffffn, 0x3fff_ffff_ffff_ffffn, 0x3fff_ffff_ffff_ffffn],
  [MIN64, 2n, 0n, MINUS1, MINUS1, 1n],
  [2n, MIN64, 0n, MINUS1, 1n, 1n],
  [0x1_0000_0000n, 0x1_0000_0000n, 0n, 1n, 1n, 1n],
];

/** MULW takes the low halves and sign-extends the low half of the product. */
const MULW: readonly (readonly [a: bigint, b: bigint, mulw: bigint])[] = [
  [0x1111_1111_0000_0003n, 0x2222_2222_0000_0005n, 15n],
  [0x0000_0000_ffff_ffffn, 0x0000_0000_ffff_ffffn, 1n],
  [0x0000_0000_4000_0000n, 2n, 0xffff_ffff_8000_0000n],
  [0x0000_0000_8000_0000n, 0x0000_0000_8000_0000n, 0n],
  [0x0001_0000n, 0x0001_0000n, 0n],
  [0x0000_0000_7fff_ffffn, 2n, 0xffff_ffff_ffff_fffen],
];

function multiplyDivide(): TableRow[] {
  const rows: TableRow[] = [];
  const add = (name: keyof typeof OP, rules: readonly string[], a: bigint, b: bigint, result: bigint): void => {
    rows.push(row(`unprivileged/${name}-${a.toString(16)}-${b.toString(16)}`, rules, { mode: 'U', words: [OP[name]], x: { 1: a, 3: b } }, { rd: [2, result] }));
  };
  for (const [a, b, divu, remu, div, rem] of DIVISION64) {
    add('divu', ['divu_op', 'div_by_zero'], a, b, divu);
    add('remu', ['remu_op', 'rem_by_zero'], a, b, remu);
    add('div', ['div_op', 'div_by_zero', 'signed_div_overflow'], a, b, div);
    add('rem', ['rem_op', 'rem_by_zero', 'signed_div_overflow', 'rem_result_sign'], a, b, rem);
  }
  for (const [a, b, divuw, remuw, divw, remw] of DIVISION32) {
    add('divuw', ['divuw_op', 'div_by_zero'], a, b, divuw);
    add('remuw', ['remuw_op', 'rem_by_zero', 'remuw_result_sign'], a, b, remuw);
    add('divw', ['divw_op', 'div_by_zero', 'signed_div_overflow'], a, b, divw);
    add('remw', ['remw_op', 'rem_by_zero', 'signed_div_overflow', 'remw_result_sign'], a, b, remw);
  }
  for (const [a, b, mul, mulh, mulhsu, mulhu] of PRODUCTS) {
    add('mul', ['mul_op'], a, b, mul);
    add('mulh', ['mulh_op'], a, b, mulh);
    add('mulhsu', ['mulhsu_op'], a, b, mulhsu);
    add('mulhu', ['mulhu_op'], a, b, mulhu);
  }
  for (const [a, b, mulw] of MULW) add('mulw', ['mulw_op'], a, b, mulw);
  // rd=x0 is a HINT or nothing: no register, no trap.
  rows.push(row('unprivileged/div-x0-by-zero', ['x0eq0', 'div_by_zero'], { mode: 'U', words: [0x0230_c033], x: { 1: 1n } }, {}));
  rows.push(row('unprivileged/mul-rd-is-rs1', ['mul_op'], { mode: 'U', words: [0x0230_80b3], x: { 1: 6n, 3: 7n } }, { rd: [1, 42n] }));
  return rows;
}

/* ------------------------------------------------------------------ Zicsr */

const OLD = 0x0000_0000_0000_00f0n;

/** "Conditions determining whether a CSR instruction reads or writes", on mscratch = 0xf0 with x1 = 0x3c: `[name, word, value in x2 or none, mscratch afterwards]`. */
const CONDITIONS: readonly (readonly [name: string, word: number, rd: bigint | undefined, after: bigint, rule: string])[] = [
  ['csrrw', csrrw(CSR.mscratch, 2, 1), OLD, 0x3cn, 'csrrw_op'],
  ['csrrw-rd-x0', csrrw(CSR.mscratch, 0, 1), undefined, 0x3cn, 'csrrw_op'],
  ['csrrw-rs1-x0', csrrw(CSR.mscratch, 2, 0), OLD, 0n, 'zicsr_rs1_x0'],
  ['csrrw-x0-x0', csrrw(CSR.mscratch, 0, 0), undefined, 0n, 'zicsr_rs1_x0'],
  ['csrrs', csrrs(CSR.mscratch, 2, 1), OLD, 0xfcn, 'csrrs_op'],
  ['csrrs-rd-x0', csrrs(CSR.mscratch, 0, 1), undefined, 0xfcn, 'csrrs_op'],
  ['csrrs-rs1-x0', csrrs(CSR.mscratch, 2, 0), OLD, OLD, 'zicsr_rs1_x0'],
  ['csrrc', csrrc(CSR.mscratch, 2, 1), OLD, 0xc0n, 'csrrc_op'],
  ['csrrc-rd-x0', csrrc(CSR.mscratch, 0, 1), undefined, 0xc0n, 'csrrc_op'],
  ['csrrc-rs1-x0', csrrc(CSR.mscratch, 2, 0), OLD, OLD, 'zicsr_rs1_x0'],
  ['csrrwi', csrrwi(CSR.mscratch, 2, 21), OLD, 21n, 'csrrwi_op'],
  ['csrrwi-rd-x0', csrrwi(CSR.mscratch, 0, 31), undefined, 31n, 'zicsr_rd_x0'],
  ['csrrwi-0', csrrwi(CSR.mscratch, 2, 0), OLD, 0n, 'csrrwi_op'],
  ['csrrsi', csrrsi(CSR.mscratch, 2, 13), OLD, 0xfdn, 'csrrsi_op'],
  ['csrrsi-0', csrrsi(CSR.mscratch, 2, 0), OLD, OLD, 'zicsr_uimm_zero'],
  ['csrrci', csrrci(CSR.mscratch, 2, 24), OLD, 0xe0n, 'csrrci_op'],
  ['csrrci-0', csrrci(CSR.mscratch, 2, 0), OLD, OLD, 'zicsr_uimm_zero'],
];

/** The same conditions seen on a read-only CSR: those that write are illegal, in the mode that may read it. */
const READ_ONLY: readonly (readonly [name: string, encode: (csr: number, rd: number, source: number) => number, source: number, writes: boolean])[] = [
  ['csrrw', csrrw, 1, true], ['csrrw-x0', csrrw, 0, true], ['csrrs', csrrs, 1, true], ['csrrs-x0', csrrs, 0, false],
  ['csrrc', csrrc, 1, true], ['csrrc-x0', csrrc, 0, false], ['csrrwi', csrrwi, 1, true], ['csrrwi-0', csrrwi, 0, true],
  ['csrrsi', csrrsi, 1, true], ['csrrsi-0', csrrsi, 0, false], ['csrrci', csrrci, 1, true], ['csrrci-0', csrrci, 0, false],
];

function zicsr(): TableRow[] {
  const rows = CONDITIONS.map(([name, word, rd, after, rule]) => row(
    `unprivileged/zicsr-${name}`, [rule, 'zicsr_side_effects'], { mode: 'M', words: [word], x: { 1: 0x3cn }, csrs: { mscratch: OLD } },
    { csrs: { mscratch: after }, ...(rd === undefined ? {} : { rd: [2, rd] as const }) },
  ));
  for (const [name, encode, source, writes] of READ_ONLY) {
    for (const [csr, mode] of [['mhartid', 'M'], ['hgeip', 'HS'], ['hgeip', 'M']] as const) {
      for (const rd of [0, 2]) {
        const word = encode(CSR[csr], rd, source);
        rows.push(row(
          `unprivileged/read-only-${csr}-${mode}-${name}-rd${rd}`, ['Zicsr_illegal_acc', 'zicsr_rs1_x0', 'zicsr_uimm_zero'], { mode, words: [word] },
          writes ? { trap: { to: 'M', cause: 2, tval: BigInt(word >>> 0) } } : rd === 0 ? {} : { rd: [2, 0n] },
        ));
      }
    }
  }
  rows.push(
    row('unprivileged/zicsr-swap', ['csrrw_op'], { mode: 'M', words: [csrrw(CSR.mscratch, 2, 2)], csrs: { mscratch: OLD } }, { rd: [2, OLD], csrs: { mscratch: X2_BEFORE } }),
    row('unprivileged/zicsr-csrrs-same', ['csrrs_op'], { mode: 'M', words: [csrrs(CSR.mscratch, 1, 1)], x: { 1: 0x3cn }, csrs: { mscratch: OLD } }, { rd: [1, OLD], csrs: { mscratch: 0xfcn } }),
    // The immediate is zero-extended.
    row('unprivileged/zicsr-csrrci-31', ['csrrci_op'], { mode: 'M', words: [csrrci(CSR.mscratch, 2, 31)], csrs: { mscratch: 0xffff_ffff_ffff_ffffn } }, { rd: [2, 0xffff_ffff_ffff_ffffn], csrs: { mscratch: 0xffff_ffff_ffff_ffe0n } }),
  );
  return rows;
}

/* ------------------------------------------------------------------ counters */

function counters(): TableRow[] {
  const open = { mcounteren: 7n, hcounteren: 7n, scounteren: 7n };
  const rows: TableRow[] = [
    // minstret: the count before the instruction; a write wins over its own increment.
    row('unprivileged/minstret-read', ['minstret_op', 'zicsr_order'], { mode: 'M', words: [csrrs(CSR.minstret, 2, 0)], csrs: { minstret: 41n } }, { rd: [2, 41n] }),
    row('unprivileged/minstret-next', ['minstret_op'], { mode: 'M', words: [WORD.nop, csrrs(CSR.minstret, 2, 0)], csrs: { minstret: 41n } }, { rd: [2, 42n] }, 2),
    row('unprivileged/minstret-third', ['minstret_op'], { mode: 'M', words: [WORD.nop, WORD.nop, csrrs(CSR.minstret, 2, 0)], csrs: { minstret: 41n } }, { rd: [2, 43n] }, 3),
    row('unprivileged/minstret-written', ['minstret_wr'], { mode: 'M', words: [csrrw(CSR.minstret, 0, 1), csrrs(CSR.minstret, 2, 0)], x: { 1: 100n } }, { rd: [2, 100n] }, 2),
    row('unprivileged/minstret-written-then-nop', ['minstret_wr'], { mode: 'M', words: [csrrw(CSR.minstret, 0, 1), WORD.nop, csrrs(CSR.minstret, 2, 0)], x: { 1: 100n } }, { rd: [2, 101n] }, 3),
    row('unprivileged/minstret-swap', ['minstret_wr'], { mode: 'M', words: [csrrw(CSR.minstret, 2, 1)], x: { 1: 100n }, csrs: { minstret: 41n } }, { rd: [2, 41n], csrs: { minstret: 100n } }),
    row('unprivileged/minstret-wraps', ['minstret_sz'], { mode: 'M', words: [WORD.nop, csrrs(CSR.minstret, 2, 0)], csrs: { minstret: 0xffff_ffff_ffff_ffffn } }, { rd: [2, 0n] }, 2),
    row('unprivileged/minstret-inhibited', ['mcountinhibit_op'], { mode: 'M', words: [WORD.nop, csrrs(CSR.minstret, 2, 0)], csrs: { minstret: 41n, mcountinhibit: 4n } }, { rd: [2, 41n] }, 2),
    row('unprivileged/minstret-other-inhibited', ['mcountinhibit_op'], { mode: 'M', words: [WORD.nop, csrrs(CSR.minstret, 2, 0)], csrs: { minstret: 41n, mcountinhibit: 0x79n } }, { rd: [2, 42n] }, 2),
    row('unprivileged/minstret-inhibited-written', ['minstret_wr', 'mcountinhibit_op'], { mode: 'M', words: [csrrw(CSR.minstret, 0, 1), csrrs(CSR.minstret, 2, 0)], x: { 1: 100n }, csrs: { mcountinhibit: 4n } }, { rd: [2, 100n] }, 2),
    // Traps and interrupts do not count; the handler's first instruction reads what was there.
    ...(['ecall', 'ebreak', 'ones'] as const).map((name) => row(
      `unprivileged/minstret-${name}`, ['ecall_no_minstret_inc', 'ebreak_no_minstret_inc'],
      { mode: 'U', words: [WORD[name]], csrs: { minstret: 41n }, memory: [{ address: 0x8000_1000n, bytes: 4, value: BigInt(csrrs(CSR.minstret, 2, 0)) }] },
      { pc: 0x8000_1000n, nextPc: 0x8000_1004n, rd: [2, 41n] }, 2, true,
    )),
    row('unprivileged/minstret-interrupt', ['minstret_op', 'choices:counters'], {
      mode: 'U', words: [WORD.nop], csrs: { minstret: 41n, mie: 0x8n }, lines: { msip: true },
      memory: [{ address: 0x8000_1000n, bytes: 4, value: BigInt(csrrs(CSR.minstret, 2, 0)) }],
    }, { pc: 0x8000_1000n, nextPc: 0x8000_1004n, rd: [2, 41n] }, 2, true),
    // mcycle stands still when inhibited.
    row('unprivileged/mcycle-inhibited', ['mcountinhibit_op'], { mode: 'M', words: [WORD.nop, csrrs(CSR.mcycle, 2, 0)], csrs: { mcycle: 77n, mcountinhibit: 1n } }, { rd: [2, 77n] }, 2),
    row('unprivileged/mcycle-inhibited-written', ['mcycle_wr', 'mcountinhibit_op'], { mode: 'M', words: [csrrw(CSR.mcycle, 0, 1), csrrs(CSR.mcycle, 2, 0)], x: { 1: 100n }, csrs: { mcountinhibit: 1n } }, { rd: [2, 100n] }, 2),
    row('unprivileged/mcycle-runs', ['mcycle_op'], { mode: 'M', words: [csrrw(CSR.mcycle, 0, 1), csrrs(CSR.mcycle, 2, 0)], x: { 1: 0x1_0000_0000n } }, { rdRange: [2, 0x1_0000_0000n, 0x1_0000_ffffn] }, 2),
    row('unprivileged/mcycle-other-inhibited', ['mcountinhibit_op'], { mode: 'M', words: [csrrs(CSR.mcycle, 2, 0)], csrs: { mcycle: 0x1_0000_0000n, mcountinhibit: 0x7cn } }, { rdRange: [2, 0x1_0000_0000n, 0x1_0000_ffffn] }),
  ];
  // cycle and instret shadow mcycle and minstret from every mode that may read them; htimedelta is not for them.
  for (const mode of ['M', 'HS', 'U', 'VS', 'VU'] as const) {
    const csrs = { ...open, mcycle: 77n, minstret: 41n, mcountinhibit: 5n, htimedelta: 0x4000_0000_0000_0000n };
    rows.push(
      row(`unprivileged/cycle-${mode}`, ['cycle_op', 'zicntr_rdcycle_op'], { mode, words: [csrrs(CSR.cycle, 2, 0)], csrs }, { rd: [2, 77n] }),
      row(`unprivileged/instret-${mode}`, ['instret_op', 'zicntr_rdinstret_op'], { mode, words: [csrrs(CSR.instret, 2, 0)], csrs }, { rd: [2, 41n] }),
    );
  }
  // time after reset is small; V=1 adds htimedelta, modulo 2^64.
  const TIME: readonly (readonly [mode: Mode, delta: bigint, low: bigint, high: bigint])[] = [
    ['M', 0x4000_0000_0000_0000n, 0n, 0xff_ffffn],
    ['HS', 0x4000_0000_0000_0000n, 0n, 0xff_ffffn],
    ['U', 0x4000_0000_0000_0000n, 0n, 0xff_ffffn],
    ['VS', 0x4000_0000_0000_0000n, 0x4000_0000_0000_0000n, 0x4000_0000_00ff_ffffn],
    ['VU', 0x4000_0000_0000_0000n, 0x4000_0000_0000_0000n, 0x4000_0000_00ff_ffffn],
    ['VS', 0xffff_ffff_0000_0000n, 0xffff_ffff_0000_0000n, 0xffff_ffff_00ff_ffffn],
  ];
  for (const [mode, htimedelta, low, high] of TIME) {
    rows.push(row(`unprivileged/time-${mode}-${htimedelta.toString(16)}`, ['htimedelta_op', 'time_op', 'zicntr_rdtime_op'], { mode, words: [csrrs(CSR.time, 2, 0)], csrs: { ...open, htimedelta } }, { rdRange: [2, low, high] }));
  }
  return rows;
}

/** All rows of the unprivileged tables. */
export function unprivilegedRows(): readonly TableRow[] {
  return [...multiplyDivide(), ...zicsr(), ...counters()];
}
