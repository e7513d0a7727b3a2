/**
 * mhpmcounter3 to 6, their selectors, and the registers of the counters that
 * are not there.
 *
 * No row selects an event without inhibiting its counter: what an event is and
 * how often it happens is not for a table to say. What is left is what holds
 * for each event: a counter that counts none, or may not count, stands still.
 */
import type { HomeCsr, Mode, TrapMode } from '../retirement.js';
import { ALL_MODES, CSR, DATA, EPC, NOWHERE, VECTOR, WORD, bits, csrrc, csrrci, csrrs, csrrsi, csrrw, csrrwi, hart, type Expectation, type Setup, type TableRow } from './row.js';

const ONES = 0xffff_ffff_ffff_ffffn;

/** One row; `steps` is the number of words unless something traps. */
function row(id: string, rules: readonly string[], setup: Setup, expect: Expectation, steps = 1, trapsBefore = false): TableRow {
  return { id: `hpm/${id}`, rules, arrange: hart(setup), ...(steps === 1 ? {} : { steps }), ...(trapsBefore ? { trapsBefore } : {}), expect };
}

/** A programmable counter: its CSRs, its bit of the enables and of mcountinhibit, and what it holds in most rows. */
interface Counter {
  readonly number: number;
  readonly counter: HomeCsr & keyof typeof CSR;
  readonly event: HomeCsr & keyof typeof CSR;
  readonly shadow: number;
  readonly bit: bigint;
  readonly held: bigint;
}

const COUNTERS: readonly Counter[] = [
  { number: 3, counter: 'mhpmcounter3', event: 'mhpmevent3', shadow: CSR.hpmcounter3, bit: 0x08n, held: 0x3333_0000_0000_1003n },
  { number: 4, counter: 'mhpmcounter4', event: 'mhpmevent4', shadow: CSR.hpmcounter4, bit: 0x10n, held: 0x4444_0000_0000_2004n },
  { number: 5, counter: 'mhpmcounter5', event: 'mhpmevent5', shadow: CSR.hpmcounter5, bit: 0x20n, held: 0x5555_0000_0000_4005n },
  { number: 6, counter: 'mhpmcounter6', event: 'mhpmevent6', shadow: CSR.hpmcounter6, bit: 0x40n, held: 0xe666_0000_0000_8006n },
];

type Csrs = NonNullable<Setup['csrs']>;

/** The four counters, all different. */
const HELD: Csrs = {
  mhpmcounter3: 0x3333_0000_0000_1003n, mhpmcounter4: 0x4444_0000_0000_2004n, mhpmcounter5: 0x5555_0000_0000_4005n, mhpmcounter6: 0xe666_0000_0000_8006n,
};

/** No event anywhere, and nothing inhibited. */
const IDLE: Csrs = { ...HELD, mhpmevent3: 0n, mhpmevent4: 0n, mhpmevent5: 0n, mhpmevent6: 0n, mcountinhibit: 0n };

/** An event for each, and all four inhibited. */
const INHIBITED: Csrs = { ...HELD, mhpmevent3: 2n, mhpmevent4: 9n, mhpmevent5: 14n, mhpmevent6: 19n, mcountinhibit: 0x78n };

/** Both ways to stand still. */
const STILL: readonly (readonly [name: string, csrs: Csrs, rules: readonly string[]])[] = [
  ['idle', IDLE, ['mhpmevent_enc', 'choices:counters']], ['inhibited', INHIBITED, ['mcountinhibit_op', 'choices:counters']],
];

/* ------------------------------------------------------------------ hpmcounterN */

/** The counter's own bit in all three enables, and the other counters' not. */
const granted = (bit: bigint): Csrs => ({ mcounteren: bit, hcounteren: bit, scounteren: bit });

/** hpmcounterN has the value of mhpmcounterN in each mode that may read it; htimedelta is not for it, an inhibit no refusal. */
function shadows(): TableRow[] {
  return COUNTERS.flatMap(({ number, shadow, bit, held }) => STILL.flatMap(([still, state]) => ALL_MODES.flatMap((mode) => {
    const csrs = { ...state, ...granted(bit), htimedelta: 0x4000_0000_0000_0000n };
    const rules = ['hpmcounter_op', 'hpmcounter_op_sz_mode', 'mcounteren_set_nxt_priv', 'mcountinhibit_only_inc'];
    return [
      row(`hpmcounter${number}-${still}-${mode}`, rules, { mode, words: [csrrs(shadow, 2, 0)], csrs }, { rd: [2, held] }),
      row(`hpmcounter${number}-${still}-csrrci-0-${mode}`, [...rules, 'zicsr_uimm_zero'], { mode, words: [csrrci(shadow, 2, 0)], csrs }, { rd: [2, held] }),
    ];
  })));
}

/** Enables, delegation, and who has what: `[mode, mcounteren, hcounteren, scounteren, medeleg, hedeleg, to, cause]`; 0 and 1 are the counter's bit. */
const REFUSED: readonly (readonly [mode: Mode, m: number, h: number, s: number, medeleg: bigint, hedeleg: bigint, to: TrapMode, cause: number])[] = [
  ['HS', 0, 1, 1, 0n, 0n, 'M', 2], ['HS', 0, 1, 1, 0x4n, 0n, 'HS', 2], ['HS', 0, 1, 1, 0x40_0000n, 0x4n, 'M', 2],
  ['U', 0, 1, 1, 0x4n, 0n, 'HS', 2], ['U', 1, 1, 0, 0n, 0n, 'M', 2], ['U', 1, 1, 0, 0x4n, 0x4n, 'HS', 2], ['U', 1, 1, 0, 0x40_0000n, 0x4n, 'M', 2],
  ['VS', 0, 1, 1, 0n, 0x4n, 'M', 2], ['VS', 0, 1, 1, 0x4n, 0n, 'HS', 2], ['VS', 0, 1, 1, 0x4n, 0x4n, 'VS', 2], ['VS', 0, 0, 0, 0x40_0004n, 0x4n, 'VS', 2],
  ['VS', 1, 0, 1, 0x4n, 0x4n, 'M', 22], ['VS', 1, 0, 1, 0x40_0000n, 0n, 'HS', 22], ['VS', 1, 0, 0, 0x40_0004n, 0x4n, 'HS', 22],
  ['VU', 0, 1, 1, 0n, 0x4n, 'M', 2], ['VU', 0, 1, 1, 0x4n, 0n, 'HS', 2], ['VU', 0, 1, 1, 0x4n, 0x4n, 'VS', 2], ['VU', 0, 0, 0, 0x40_0004n, 0x4n, 'VS', 2],
  ['VU', 1, 0, 1, 0x4n, 0x4n, 'M', 22], ['VU', 1, 0, 1, 0x40_0000n, 0n, 'HS', 22], ['VU', 1, 1, 0, 0x4n, 0x4n, 'M', 22],
  ['VU', 1, 1, 0, 0x40_0000n, 0n, 'HS', 22], ['VU', 1, 1, 0, 0x40_0004n, 0x4n, 'HS', 22],
];

/** A write is illegal whatever the enables say: `[mode, medeleg, hedeleg, to]`. */
const WRITTEN: readonly (readonly [mode: Mode, medeleg: bigint, hedeleg: bigint, to: TrapMode])[] = [
  ['M', 0x40_0004n, 0x4n, 'M'], ['HS', 0x4n, 0x4n, 'HS'], ['HS', 0x40_0000n, 0x4n, 'M'], ['U', 0x4n, 0x4n, 'HS'],
  ['VS', 0x40_0000n, 0x4n, 'M'], ['VS', 0x4n, 0n, 'HS'], ['VS', 0x4n, 0x4n, 'VS'], ['VU', 0x40_0000n, 0x4n, 'M'], ['VU', 0x4n, 0n, 'HS'], ['VU', 0x4n, 0x4n, 'VS'],
];

/** Refusals and which mode hears of them. The bits of all other counters are set, so that none of these grants shows. */
function refusals(): TableRow[] {
  const rows: TableRow[] = [];
  for (const { number, shadow, bit } of COUNTERS) {
    const others = 0x7fn - bit;
    for (const [mode, m, h, s, medeleg, hedeleg, to, cause] of REFUSED) {
      const word = csrrs(shadow, 2, 0);
      rows.push(row(
        `hpmcounter${number}-${mode}-m${m}h${h}s${s}-medeleg-${medeleg.toString(16)}-hedeleg-${hedeleg.toString(16)}`,
        ['mcounteren_clr_ill_inst_exc', 'hcounteren_op', 'scounteren_op', 'H_virtinst_vs_nonhighctr_h0_m1', 'H_virtinst_vu_nonhighctr_h0_s0_m1', 'H_virtinst_xtval'],
        { mode, words: [word], csrs: { ...IDLE, mcounteren: m ? 0x7fn : others, hcounteren: h ? 0x7fn : others, scounteren: s ? 0x7fn : others, medeleg, hedeleg } },
        { trap: { to, cause, tval: bits(word) } },
      ));
    }
    for (const [mode, medeleg, hedeleg, to] of WRITTEN) {
      for (const [name, word] of [['csrrw', csrrw(shadow, 2, 1)], ['csrrsi', csrrsi(shadow, 2, 1)]] as const) {
        rows.push(row(
          `hpmcounter${number}-${name}-${mode}-medeleg-${medeleg.toString(16)}-hedeleg-${hedeleg.toString(16)}`, ['hpmcounter_rdonly', 'Zicsr_illegal_acc'],
          { mode, words: [word], csrs: { ...IDLE, ...granted(0x7fn), medeleg, hedeleg } }, { trap: { to, cause: 2, tval: bits(word) } },
        ));
      }
    }
  }
  return rows;
}

/* ------------------------------------------------------------------ selectors */

/** `[old, written, new]`: bits 7:0 are taken if they are 0 to 20 and else stay; bits 63:8 read zero and have no say. */
const SELECTED: readonly (readonly [old: bigint, written: bigint, after: bigint])[] = [
  [7n, 0n, 0n], [7n, 1n, 1n], [7n, 2n, 2n], [7n, 3n, 3n], [7n, 4n, 4n], [7n, 5n, 5n], [7n, 6n, 6n], [7n, 7n, 7n], [7n, 8n, 8n], [7n, 9n, 9n], [7n, 10n, 10n],
  [7n, 11n, 11n], [7n, 12n, 12n], [7n, 13n, 13n], [7n, 14n, 14n], [7n, 15n, 15n], [7n, 16n, 16n], [7n, 17n, 17n], [7n, 18n, 18n], [7n, 19n, 19n], [7n, 20n, 20n],
  [7n, 21n, 7n], [7n, 22n, 7n], [7n, 23n, 7n], [7n, 24n, 7n], [7n, 28n, 7n], [7n, 31n, 7n], [7n, 32n, 7n], [7n, 33n, 7n], [7n, 52n, 7n], [7n, 63n, 7n], [7n, 64n, 7n],
  [7n, 65n, 7n], [7n, 127n, 7n], [7n, 128n, 7n], [7n, 129n, 7n], [7n, 148n, 7n], [7n, 0xfen, 7n], [7n, 0xffn, 7n],
  [7n, 0x105n, 5n], [7n, 0x100n, 0n], [7n, 0x114n, 20n], [7n, 0x115n, 7n], [7n, 0x1_0000_0003n, 3n], [7n, 0x8000_0000_0000_0005n, 5n], [7n, 0xfc00_0000_0000_0015n, 7n],
  [7n, 0xffff_ffff_ffff_ff00n, 0n], [7n, 0xffff_ffff_ffff_ff14n, 20n], [7n, 0xffff_ffff_ffff_ff15n, 7n], [7n, ONES, 7n],
  [0n, 21n, 0n], [0n, 0xffn, 0n], [0n, ONES, 0n], [0n, 20n, 20n], [0n, 1n, 1n], [0n, 0x100n, 0n],
  [20n, 21n, 20n], [20n, 0xffn, 20n], [20n, ONES, 20n], [20n, 0n, 0n], [20n, 1n, 1n], [20n, 0x101n, 1n], [1n, 0x80n, 1n], [16n, 21n, 16n],
];

/** Read-modify-writes of a selector: the value that results is looked at, not the operand. `[name, word of a CSR, x1, old, new, rule]`. */
const MODIFIED: readonly (readonly [name: string, word: (csr: number) => number, x1: bigint, old: bigint, after: bigint, rule: string])[] = [
  ['csrrs-4-with-10', (csr) => csrrs(csr, 2, 1), 0x10n, 4n, 20n, 'csrrs_op'],
  ['csrrs-5-with-10', (csr) => csrrs(csr, 2, 1), 0x10n, 5n, 5n, 'csrrs_op'],
  ['csrrs-20-with-1', (csr) => csrrs(csr, 2, 1), 0x1n, 20n, 20n, 'csrrs_op'],
  ['csrrs-5-with-100', (csr) => csrrs(csr, 2, 1), 0x100n, 5n, 5n, 'csrrs_op'],
  ['csrrs-1-with-ff02', (csr) => csrrs(csr, 2, 1), 0xff02n, 1n, 3n, 'csrrs_op'],
  ['csrrs-6-with-ones', (csr) => csrrs(csr, 2, 1), ONES, 6n, 6n, 'csrrs_op'],
  ['csrrs-6-with-x0', (csr) => csrrs(csr, 2, 0), ONES, 6n, 6n, 'zicsr_rs1_x0'],
  ['csrrc-19-with-3', (csr) => csrrc(csr, 2, 1), 0x3n, 19n, 16n, 'csrrc_op'],
  ['csrrc-20-with-ones', (csr) => csrrc(csr, 2, 1), ONES, 20n, 0n, 'csrrc_op'],
  ['csrrc-15-with-fa', (csr) => csrrc(csr, 2, 1), 0xfan, 15n, 5n, 'csrrc_op'],
  ['csrrwi-20', (csr) => csrrwi(csr, 2, 20), 0n, 3n, 20n, 'csrrwi_op'],
  ['csrrwi-21', (csr) => csrrwi(csr, 2, 21), 0n, 3n, 3n, 'csrrwi_op'],
  ['csrrwi-31', (csr) => csrrwi(csr, 2, 31), 0n, 3n, 3n, 'csrrwi_op'],
  ['csrrwi-0', (csr) => csrrwi(csr, 2, 0), 0n, 3n, 0n, 'csrrwi_op'],
  ['csrrsi-8-on-3', (csr) => csrrsi(csr, 2, 8), 0n, 3n, 11n, 'csrrsi_op'],
  ['csrrsi-20-on-3', (csr) => csrrsi(csr, 2, 20), 0n, 3n, 3n, 'csrrsi_op'],
  ['csrrci-20-on-20', (csr) => csrrci(csr, 2, 20), 0n, 20n, 0n, 'csrrci_op'],
  ['csrrci-2-on-18', (csr) => csrrci(csr, 2, 2), 0n, 18n, 16n, 'csrrci_op'],
];

/** What a selector holds after a write. All four counters are inhibited and stay as they are: by silence. */
function selectors(): TableRow[] {
  const rows: TableRow[] = [];
  for (const { event, counter, held } of COUNTERS) {
    const rules = ['mhpmevent_op', 'MHPMEVENT_WARL', 'mhpmevent_sz', 'choices:counters'];
    for (const [old, written, after] of SELECTED) {
      const setup: Setup = { mode: 'M', words: [csrrw(CSR[event], 2, 1), csrrs(CSR[event], 2, 0)], x: { 1: written }, csrs: { ...INHIBITED, [event]: old } };
      rows.push(
        row(`${event}-${old}-to-${written.toString(16)}`, rules, setup, { rd: [2, old], csrs: { [event]: after } }),
        row(`${event}-${old}-to-${written.toString(16)}-read`, rules, setup, { rd: [2, after], csrs: { [event]: after } }, 2),
      );
    }
    for (const [name, word, x1, old, after, rule] of MODIFIED) {
      rows.push(row(`${event}-${name}`, [...rules, rule], { mode: 'M', words: [word(CSR[event])], x: { 1: x1 }, csrs: { ...INHIBITED, [event]: old } }, { rd: [2, old], csrs: { [event]: after } }));
    }
    // Choosing another event, or none, leaves what was counted.
    for (const [old, written] of [[0n, 5n], [5n, 0n], [5n, 6n], [20n, 1n], [3n, 0xffn]] as const) {
      rows.push(row(
        `${counter}-kept-by-${event}-${old}-to-${written.toString(16)}`, ['mhpmevent_op', 'mcountinhibit_op'],
        { mode: 'M', words: [csrrw(CSR[event], 0, 1), WORD.nop, WORD.nop, csrrs(CSR[counter], 2, 0)], x: { 1: written }, csrs: { ...INHIBITED, [event]: old } }, { rd: [2, held], csrs: HELD }, 4,
      ));
    }
  }
  return rows;
}

/* ------------------------------------------------------------------ counters written */

/** From 0xff00_ff00_ff00_ff0a in the counter and 0x0ff0_0ff0_0ff0_0ff0 in x1: `[name, word of a CSR, old value in x2 or none, new value, rule]`. */
const FROM = 0xff00_ff00_ff00_ff0an;
const WRITES: readonly (readonly [name: string, word: (csr: number) => number, reads: boolean, after: bigint, rule: string])[] = [
  ['csrrw', (csr) => csrrw(csr, 2, 1), true, 0x0ff0_0ff0_0ff0_0ff0n, 'csrrw_op'],
  ['csrrw-rd-x0', (csr) => csrrw(csr, 0, 1), false, 0x0ff0_0ff0_0ff0_0ff0n, 'zicsr_rd_x0'],
  ['csrrw-x0', (csr) => csrrw(csr, 2, 0), true, 0n, 'csrrw_op'],
  ['csrrs', (csr) => csrrs(csr, 2, 1), true, 0xfff0_fff0_fff0_fffan, 'csrrs_op'],
  ['csrrs-rd-x0', (csr) => csrrs(csr, 0, 1), false, 0xfff0_fff0_fff0_fffan, 'csrrs_op'],
  ['csrrs-x0', (csr) => csrrs(csr, 2, 0), true, 0xff00_ff00_ff00_ff0an, 'zicsr_rs1_x0'],
  ['csrrc', (csr) => csrrc(csr, 2, 1), true, 0xf000_f000_f000_f00an, 'csrrc_op'],
  ['csrrwi-21', (csr) => csrrwi(csr, 2, 21), true, 0x15n, 'csrrwi_op'],
  ['csrrwi-0', (csr) => csrrwi(csr, 2, 0), true, 0n, 'csrrwi_op'],
  ['csrrsi-21', (csr) => csrrsi(csr, 2, 21), true, 0xff00_ff00_ff00_ff1fn, 'csrrsi_op'],
  ['csrrsi-0', (csr) => csrrsi(csr, 2, 0), true, 0xff00_ff00_ff00_ff0an, 'zicsr_uimm_zero'],
  ['csrrci-18', (csr) => csrrci(csr, 2, 18), true, 0xff00_ff00_ff00_ff08n, 'csrrci_op'],
];

/** All 64 bits are written, the neighbours stay; it is the same whether a counter has no event or is inhibited. */
function written(): TableRow[] {
  const rows: TableRow[] = [];
  for (const { number, counter, shadow } of COUNTERS) {
    for (const [still, state] of STILL) {
      const rules = ['mhpmcounter_num', 'MHPMCOUNTER_WARL', 'MHPMCOUNTER_N_SZ', 'mcountinhibit_only_inc'];
      for (const [name, word, reads, after, rule] of WRITES) {
        const x = { 1: 0x0ff0_0ff0_0ff0_0ff0n };
        const csrs = { ...state, [counter]: FROM };
        rows.push(
          row(`${counter}-${still}-${name}`, [...rules, rule], { mode: 'M', words: [word(CSR[counter])], x, csrs }, { ...(reads ? { rd: [2, FROM] as const } : {}), csrs: { ...HELD, [counter]: after } }),
          row(`${counter}-${still}-${name}-read`, [...rules, rule], { mode: 'M', words: [word(CSR[counter]), csrrs(CSR[counter], 2, 0)], x, csrs }, { rd: [2, after], csrs: { ...HELD, [counter]: after } }, 2),
        );
      }
      for (const value of [ONES, 0n, 1n, 0x8000_0000_0000_0000n, 0x8123_4567_89ab_cdefn, 0x7edc_ba98_7654_3210n, 0xffff_ffffn, 0xffff_ffff_0000_0000n]) {
        const setup = (...words: readonly number[]): Setup => ({ mode: 'M', words: [csrrw(CSR[counter], 0, 1), ...words], x: { 1: value }, csrs: state });
        const csrs = { ...HELD, [counter]: value };
        rows.push(
          row(`${counter}-${still}-written-${value.toString(16)}`, rules, setup(csrrs(CSR[counter], 2, 0)), { rd: [2, value], csrs }, 2),
          row(`${counter}-${still}-written-${value.toString(16)}-later`, rules, setup(WORD.nop, WORD.nop, csrrs(CSR[counter], 2, 0)), { rd: [2, value], csrs }, 4),
          row(`hpmcounter${number}-${still}-written-${value.toString(16)}`, [...rules, 'hpmcounter_op'], setup(csrrs(shadow, 2, 0)), { rd: [2, value], csrs }, 2),
        );
      }
    }
  }
  return rows;
}

/* ------------------------------------------------------------------ standing still */

/** LD, SD, MUL and DIV, a branch that falls through, one and a jump to what is next anyway, FENCE.I. */
const BUSY: readonly number[] = [WORD.nop, WORD.ld, WORD.sd, 0x0230_82b3, 0x0230_c2b3, 0x0000_8463, 0x0000_9263, 0x0040_006f, 0x0000_100f];

/** Every event a selector can hold. */
const EVENTS: readonly bigint[] = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n, 11n, 12n, 13n, 14n, 15n, 16n, 17n, 18n, 19n, 20n];

function instructions(): TableRow[] {
  const rows: TableRow[] = [];
  const x = { 1: DATA, 3: 7n };
  for (const { number, counter, event, shadow, bit, held } of COUNTERS) {
    for (const [still, state, rules] of STILL) {
      rows.push(row(`${counter}-${still}-instructions`, rules, { mode: 'M', words: [...BUSY, csrrs(CSR[counter], 2, 0)], x, csrs: state }, { rd: [2, held], csrs: HELD }, 10));
      for (const mode of ALL_MODES) {
        rows.push(row(`hpmcounter${number}-${still}-instructions-${mode}`, [...rules, 'hpmcounter_op'], { mode, words: [...BUSY, csrrs(shadow, 2, 0)], x, csrs: { ...state, ...granted(bit) } }, { rd: [2, held], csrs: HELD }, 10));
      }
      // Neither the last value nor the first is special.
      for (const value of [ONES, 0n, 0xffff_ffffn]) {
        rows.push(row(`${counter}-${still}-instructions-at-${value.toString(16)}`, rules, { mode: 'M', words: [...BUSY, csrrs(CSR[counter], 2, 0)], x, csrs: { ...state, [counter]: value } }, { rd: [2, value], csrs: { ...HELD, [counter]: value } }, 10));
      }
      // The act of writing an enable does not affect a counter.
      rows.push(row(`${counter}-${still}-mcounteren-written`, [...rules, 'mcounteren_inc_inaccessible'], { mode: 'M', words: [csrrw(CSR.mcounteren, 0, 1), WORD.nop, csrrs(CSR[counter], 2, 0)], x, csrs: { ...state, mcounteren: 0x7fn } }, { rd: [2, held], csrs: HELD }, 3));
    }
    // Its own bit alone inhibits, whatever is selected.
    for (const selected of EVENTS) {
      rows.push(row(`${counter}-event-${selected}-inhibited`, ['mcountinhibit_op', 'mcountinhibit_enc'], { mode: 'M', words: [...BUSY, csrrs(CSR[counter], 2, 0)], x, csrs: { ...IDLE, [event]: selected, mcountinhibit: bit } }, { rd: [2, held], csrs: HELD }, 10));
    }
    // Without an event it stays whatever is inhibited, and when that changes.
    for (const [name, before, after] of [['set', 0n, 0x7dn], ['cleared', 0x7dn, 0n], ['others', bit, 0x7dn - bit]] as const) {
      rows.push(row(`${counter}-idle-mcountinhibit-${name}`, ['mhpmevent_enc', 'mcountinhibit_only_inc'], {
        mode: 'M', words: [csrrw(CSR.mcountinhibit, 0, 1), WORD.nop, WORD.nop, csrrs(CSR[counter], 2, 0)], x: { 1: after }, csrs: { ...IDLE, mcountinhibit: before },
      }, { rd: [2, held], csrs: HELD }, 4));
    }
  }
  return rows;
}

/** Traps and interrupts: the handler's first instruction reads what was there. */
function traps(): TableRow[] {
  const rows: TableRow[] = [];
  for (const { number, counter, shadow, bit, held } of COUNTERS) {
    const at = (address: bigint, word: number): NonNullable<Setup['memory']> => [{ address, bytes: 4, value: BigInt(word) }];
    const inM = at(VECTOR.M, csrrs(CSR[counter], 2, 0));
    const seenIn = (address: bigint): Expectation => ({ pc: address, nextPc: address + 4n, rd: [2, held], csrs: HELD });
    for (const [still, state, rules] of STILL) {
      const csrs = { ...state, ...granted(bit) };
      for (const mode of ALL_MODES) {
        for (const [name, word] of [['ecall', WORD.ecall], ['ebreak', WORD.ebreak], ['illegal', WORD.ones], ['load-fault', WORD.ld]] as const) {
          rows.push(row(`${counter}-${still}-${name}-${mode}`, rules, { mode, words: [word], x: { 1: NOWHERE }, csrs, memory: inM }, seenIn(VECTOR.M), 2, true));
        }
        rows.push(row(`${counter}-${still}-interrupt-${mode}`, rules, {
          mode, words: [WORD.nop], csrs: { ...csrs, mie: 0x8n }, lines: { msip: true }, memory: inM, ...(mode === 'M' ? { mstatus: { MIE: 1 } } : {}),
        }, seenIn(VECTOR.M), 2, true));
      }
      // Delegated, and the way back.
      rows.push(
        row(`hpmcounter${number}-${still}-ebreak-U-to-HS`, rules, { mode: 'U', words: [WORD.ebreak], csrs: { ...csrs, medeleg: 0x8n }, memory: at(VECTOR.HS, csrrs(shadow, 2, 0)) }, seenIn(VECTOR.HS), 2, true),
        row(`hpmcounter${number}-${still}-ebreak-VU-to-VS`, rules, { mode: 'VU', words: [WORD.ebreak], csrs: { ...csrs, medeleg: 0x8n, hedeleg: 0x8n }, memory: at(VECTOR.VS, csrrs(shadow, 2, 0)) }, seenIn(VECTOR.VS), 2, true),
        row(`hpmcounter${number}-${still}-mret-to-U`, rules, { mode: 'M', words: [WORD.mret], csrs, memory: at(EPC.M, csrrs(shadow, 2, 0)) }, seenIn(EPC.M), 2),
        row(`hpmcounter${number}-${still}-sret-to-U`, rules, { mode: 'HS', words: [WORD.sret], csrs, memory: at(EPC.HS, csrrs(shadow, 2, 0)) }, seenIn(EPC.HS), 2),
        row(`hpmcounter${number}-${still}-sret-to-VU`, rules, { mode: 'VS', words: [WORD.sret], csrs, memory: at(EPC.VS, csrrs(shadow, 2, 0)) }, seenIn(EPC.VS), 2),
      );
    }
  }
  return rows;
}

/* ------------------------------------------------------------------ 7 to 31 */

/** mhpmcounter7 to 31 and mhpmevent7 to 31: a write is legal and ignored, and changes none of the four that are there. */
function absent(): TableRow[] {
  return Array.from({ length: 25 }, (_, i) => i + 7).flatMap((number) => ([
    [`mhpmcounter${number}`, CSR.mhpmcounter7 + number - 7, 'MHPMCOUNTER_N_RDONLY0'], [`mhpmevent${number}`, CSR.mhpmevent7 + number - 7, 'MHPMEVENT_N_RDONLY0'],
  ] as const).flatMap(([name, csr, rule]) => {
    const rules = [rule, 'mhpmcounter_mandatory', 'choices:counters'];
    const setup = (x1: bigint, ...words: readonly number[]): Setup => ({ mode: 'M', words, x: { 1: x1 }, csrs: INHIBITED });
    return [
      row(`${name}-read`, rules, setup(ONES, csrrs(csr, 2, 0)), { rd: [2, 0n] }),
      row(`${name}-ones`, rules, setup(ONES, csrrw(csr, 2, 1)), { rd: [2, 0n] }),
      row(`${name}-ones-read`, rules, setup(ONES, csrrw(csr, 0, 1), csrrs(csr, 2, 0)), { rd: [2, 0n], csrs: INHIBITED }, 2),
      row(`${name}-5-read`, rules, setup(5n, csrrs(csr, 0, 1), csrrs(csr, 2, 0)), { rd: [2, 0n], csrs: INHIBITED }, 2),
    ];
  }));
}

/** All rows. */
export const hpmRows = (): readonly TableRow[] => [...shadows(), ...refusals(), ...selectors(), ...written(), ...instructions(), ...traps(), ...absent()];
