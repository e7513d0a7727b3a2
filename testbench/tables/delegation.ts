/** Delegation: which bits can be set, and where each exception goes. */
import type { Mode, TrapMode } from '../retirement.js';
import type { Demand } from './extensions.js';
import { CSR, DATA, NOWHERE, PC, WORD, bits, csrrs, csrrw, hart, type TableRow, type TrapExpectation } from './row.js';

/** A delegation register's bit: writable, read-only 0, read-only 1. */
type Bit = 'w' | '0' | '1';

/** `medeleg` by exception code: 11 and 16 by the manual's rules, 18 and 19 and the reserved ones by choice, the rest writable. */
const MEDELEG: readonly (readonly [code: number, bit: Bit])[] = [
  [0, 'w'], [1, 'w'], [2, 'w'], [3, 'w'], [4, 'w'], [5, 'w'], [6, 'w'], [7, 'w'], [8, 'w'], [9, 'w'], [10, 'w'], [11, '0'],
  [12, 'w'], [13, 'w'], [14, '0'], [15, 'w'], [16, '0'], [17, '0'], [18, '0'], [19, '0'], [20, 'w'], [21, 'w'], [22, 'w'], [23, 'w'],
  [24, '0'], [31, '0'], [32, '0'], [63, '0'],
];

/**
 * Table "Bits of hedeleg that must be writable or must be read-only zero".
 * Bits 18 and 19 are Writable in that table; `choices` makes them 0.
 */
const HEDELEG: readonly (readonly [code: number, bit: Bit])[] = [
  [0, 'w'], [1, 'w'], [2, 'w'], [3, 'w'], [4, 'w'], [5, 'w'], [6, 'w'], [7, 'w'], [8, 'w'], [9, '0'], [10, '0'], [11, '0'],
  [12, 'w'], [13, 'w'], [14, '0'], [15, 'w'], [16, '0'], [17, '0'], [18, '0'], [19, '0'], [20, '0'], [21, '0'], [22, '0'], [23, '0'],
  [24, '0'], [63, '0'],
];

/** `mideleg` by interrupt number: VS-level and guest external read-only 1, machine level 0, S-level writable. */
const MIDELEG: readonly (readonly [code: number, bit: Bit])[] = [
  [0, '0'], [1, 'w'], [2, '1'], [3, '0'], [4, '0'], [5, 'w'], [6, '1'], [7, '0'], [8, '0'], [9, 'w'], [10, '1'], [11, '0'],
  [12, '1'], [13, '0'], [14, '0'], [15, '0'], [16, '0'], [63, '0'],
];

/** `hideleg`: bits 10, 6, 2 writable; 12, 9, 5, 1 read-only zero. */
const HIDELEG: readonly (readonly [code: number, bit: Bit])[] = [
  [0, '0'], [1, '0'], [2, 'w'], [3, '0'], [4, '0'], [5, '0'], [6, 'w'], [7, '0'], [8, '0'], [9, '0'], [10, 'w'], [11, '0'],
  [12, '0'], [13, '0'], [14, '0'], [15, '0'], [16, '0'], [63, '0'],
];

/** The four registers with what reads when nothing writable is set, and what all ones leave. */
const REGISTERS = [
  { name: 'medeleg', csr: CSR.medeleg, table: MEDELEG, zeros: 0n, ones: 0xf0_b7ffn, rules: ['medeleg_acc', 'medeleg_when_rd0', 'medeleg_no_rd1', 'medeleg_16_no_rd0', 'MEDELEG_WARL'] },
  { name: 'hedeleg', csr: CSR.hedeleg, table: HEDELEG, zeros: 0n, ones: 0xb1ffn, rules: ['hedeleg_acc', 'HEDELEG_WARL'] },
  { name: 'mideleg', csr: CSR.mideleg, table: MIDELEG, zeros: 0x1444n, ones: 0x1666n, rules: ['mideleg_acc_h', 'mideleg_no_rd1', 'MIDELEG_WARL'] },
  { name: 'hideleg', csr: CSR.hideleg, table: HIDELEG, zeros: 0n, ones: 0x444n, rules: ['hideleg_acc', 'HIDELEG_WARL'] },
] as const;

/** With C bit 0 of the exceptions' registers is not there: nothing is ever misaligned. */
const without0 = (name: string): Demand => (name.endsWith('edeleg') ? { without: ['c'] } : {});

function writable(): TableRow[] {
  const rows: TableRow[] = [];
  for (const { name, csr, table, zeros, ones, rules } of REGISTERS) {
    for (const [written, value, label] of [[0xffff_ffff_ffff_ffffn, ones, 'ones'], [0n, zeros, 'zeros']] as const) {
      rows.push({
        ...(label === 'ones' ? without0(name) : {}), id: `delegation/${name}-${label}`, rules,
        arrange: hart({ mode: 'M', words: [csrrw(csr, 0, 1), csrrs(csr, 2, 0)], x: { 1: written } }),
        steps: 2, expect: { rd: [2, value] },
      });
    }
    for (const [code, bit] of table) {
      const mask = 1n << BigInt(code);
      const value: Readonly<Record<Bit, bigint>> = { w: zeros | mask, 0: zeros, 1: zeros };
      rows.push({
        ...(code === 0 ? without0(name) : {}), id: `delegation/${name}-bit-${code}`, rules,
        arrange: hart({ mode: 'M', words: [csrrw(csr, 0, 1), csrrs(csr, 2, 0)], x: { 1: mask } }),
        steps: 2, expect: { rd: [2, value[bit]] },
      });
    }
  }
  return rows;
}

/** Delegation settings for one exception: its own bit and everybody else's. */
type Setting = 'none' | 'others' | 'medeleg' | 'both';

/** Where a trap goes, by the mode it comes from: to HS at most from HS and U, never down from M. */
const ROUTE: Readonly<Record<Setting, Readonly<Record<Mode, TrapMode>>>> = {
  none: { M: 'M', HS: 'M', U: 'M', VS: 'M', VU: 'M' },
  others: { M: 'M', HS: 'M', U: 'M', VS: 'M', VU: 'M' },
  medeleg: { M: 'M', HS: 'HS', U: 'HS', VS: 'HS', VU: 'HS' },
  both: { M: 'M', HS: 'HS', U: 'HS', VS: 'VS', VU: 'VS' },
};

/** All bits either register can hold, whatever the extensions: bit 0 is not there with C. */
const MEDELEG_ALL = 0xf0_b7fen;
const HEDELEG_ALL = 0xb1fen;

/** `medeleg` and `hedeleg` for a setting; without its own bit, all the other bits are set, to catch a neighbour's bit being used. */
function delegate(setting: Setting, code: number): { medeleg: bigint; hedeleg: bigint } {
  const bit = 1n << BigInt(code);
  switch (setting) {
    case 'none': return { medeleg: 0n, hedeleg: 0n };
    case 'others': return { medeleg: MEDELEG_ALL & ~bit, hedeleg: HEDELEG_ALL };
    case 'medeleg': return { medeleg: bit, hedeleg: HEDELEG_ALL & ~bit };
    case 'both': return { medeleg: bit, hedeleg: bit };
  }
}

/** An exception this hart can raise, and the modes and settings it has. */
interface Exception {
  readonly code: number;
  readonly word?: number;
  readonly pc?: bigint;
  readonly tval: bigint;
  readonly tinst?: bigint;
  /** Whether tval is a virtual address (then GVA is V). */
  readonly address: boolean;
  readonly modes: readonly Mode[];
  readonly settings: readonly Setting[];
  readonly rules: readonly string[];
}

const EVERYWHERE: readonly Mode[] = ['M', 'HS', 'U', 'VS', 'VU'];
const ALL_SETTINGS: readonly Setting[] = ['none', 'others', 'medeleg', 'both'];
/** For bits that `hedeleg` does not have. */
const NO_HEDELEG: readonly Setting[] = ['none', 'others', 'medeleg'];

const EXCEPTIONS: readonly Exception[] = [
  { code: 0, word: WORD.jal2, tval: PC + 2n, address: true, modes: EVERYWHERE, settings: ALL_SETTINGS, rules: ['jump_misaligned_exception', 'taken_cti_misaligned_exc'] },
  { code: 1, pc: NOWHERE, tval: NOWHERE, address: true, modes: EVERYWHERE, settings: ALL_SETTINGS, rules: ['ia_fault_exc_on_target'] },
  { code: 2, word: WORD.ones, tval: 0xffff_ffffn, address: false, modes: EVERYWHERE, settings: ALL_SETTINGS, rules: ['mtval_ill_instr_exc_in_low_bits'] },
  { code: 3, word: WORD.ebreak, tval: PC, address: true, modes: EVERYWHERE, settings: ALL_SETTINGS, rules: ['ebreak_op'] },
  { code: 5, word: WORD.ld, tval: NOWHERE, tinst: 0x3103n, address: true, modes: EVERYWHERE, settings: ALL_SETTINGS, rules: ['mtval_vaddr_wr1'] },
  { code: 7, word: WORD.sd, tval: NOWHERE, tinst: 0x30_3023n, address: true, modes: EVERYWHERE, settings: ALL_SETTINGS, rules: ['mtval_vaddr_wr1'] },
  { code: 8, word: WORD.ecall, tval: 0n, address: false, modes: ['U', 'VU'], settings: ALL_SETTINGS, rules: ['H_cause_ecall', 'ecall_op'] },
  { code: 9, word: WORD.ecall, tval: 0n, address: false, modes: ['HS'], settings: NO_HEDELEG, rules: ['H_cause_ecall', 'ecall_op'] },
  { code: 10, word: WORD.ecall, tval: 0n, address: false, modes: ['VS'], settings: NO_HEDELEG, rules: ['H_cause_ecall', 'ecall_op'] },
  { code: 11, word: WORD.ecall, tval: 0n, address: false, modes: ['M'], settings: ['none', 'others'], rules: ['H_cause_ecall', 'medeleg_when_rd0'] },
  { code: 22, word: WORD.hfenceVvma, tval: bits(WORD.hfenceVvma), address: false, modes: ['VS', 'VU'], settings: NO_HEDELEG, rules: ['H_cause_virtual_instruction', 'H_virtinst_xtval'] },
];

/** Addresses are guest virtual addresses exactly when V=1. */
const V: Readonly<Record<Mode, boolean>> = { M: false, HS: false, U: false, VS: true, VU: true };

function routes(): TableRow[] {
  const rows: TableRow[] = [];
  for (const exception of EXCEPTIONS) {
    for (const mode of exception.modes) {
      for (const setting of exception.settings) {
        const to = ROUTE[setting][mode];
        const trap: TrapExpectation = {
          to, cause: exception.code, tval: exception.tval,
          // A trap into VS-mode has no tinst and no GVA to write.
          tinst: to === 'VS' ? 0n : exception.tinst ?? 0n,
          gva: to !== 'VS' && exception.address && V[mode],
        };
        rows.push({
          ...(exception.code === 0 ? { without: ['c'] as const } : {}),
          id: `delegation/code-${exception.code}-${mode}-${setting}`,
          rules: ['H_trap_deleg', 'hedeleg_op', 'trap_never_trans_lower', 'trap_horiz', 'trap_def_M_mode', ...exception.rules],
          arrange: hart({
            mode, csrs: delegate(setting, exception.code), x: { 1: NOWHERE, 3: DATA },
            ...(exception.word === undefined ? {} : { words: [exception.word] }),
            ...(exception.pc === undefined ? {} : { pc: exception.pc }),
          }),
          expect: { trap },
        });
      }
    }
  }
  return rows;
}

/** All rows of the delegation tables. */
export function delegationRows(): readonly TableRow[] {
  return [...writable(), ...routes()];
}
