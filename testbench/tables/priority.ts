/** Synchronous exceptions that coincide in one instruction, and the ones of jumps. */
import type { Mode } from '../retirement.js';
import { ALL_MODES, CSR, DRAM_END, NOWHERE, PC, WORD, bits, csrrw, hart, type Expectation, type Setup, type TableRow } from './row.js';

const V: Readonly<Record<Mode, boolean>> = { M: false, HS: false, U: false, VS: true, VU: true };

function row(name: string, rules: readonly string[], setup: Setup, expect: Expectation, more: Pick<TableRow, 'steps' | 'trapsBefore' | 'without'> = {}): TableRow {
  return { id: `priority/${name}-${setup.mode}`, rules, arrange: hart(setup), ...more, expect };
}

const HLV_D = 0x6c00_c173;
const HSV_D = 0x6e30_c073;
const HLVX_WU = 0x6830_c173;

/** Illegal and virtual instruction come before anything the access itself would raise. */
function beforeAccess(): TableRow[] {
  const rules = ['H_exception_priority', 'exc_priority', 'mcause_exccode_pri'];
  const rows: TableRow[] = [];
  for (const word of [HLV_D, HSV_D, HLVX_WU]) {
    const name = word === HLV_D ? 'hlv.d' : word === HSV_D ? 'hsv.d' : 'hlvx.wu';
    for (const [mode, hu, cause] of [['U', 0, 2], ['VS', 1, 22], ['VU', 1, 22]] as const) {
      rows.push(row(`${name}-nowhere`, rules, { mode, words: [word], x: { 1: NOWHERE }, hstatus: { HU: hu } }, { trap: { to: 'M', cause, tval: bits(word) } }));
    }
  }
  // Reserved load with an address outside memory: illegal, not an access fault.
  for (const mode of ALL_MODES) {
    rows.push(row('reserved-load-nowhere', rules, { mode, words: [0x0000_f103], x: { 1: NOWHERE } }, { trap: { to: 'M', cause: 2, tval: 0xf103n } }));
  }
  return rows;
}

/** A pc outside DRAM: the fetch faults before anything is decoded; tval is the pc, a guest virtual address when V=1. */
const FETCH_FAULTS: readonly (readonly [name: string, pc: bigint])[] = [
  ['zero', 0n], ['nowhere', NOWHERE], ['finisher', 0x10_0000n], ['clint', 0x200_0000n], ['uart', 0x1000_0000n],
  ['below-dram', 0x7fff_fffcn], ['past-dram', DRAM_END], ['bit-32', 0x1_8000_0100n], ['bit-55', 0x80_0000_8000_0100n], ['bit-56', 0x100_0000_8000_0100n],
  ['bit-63', 0x8000_0000_8000_0100n], ['last', 0xffff_ffff_ffff_fffcn],
];

function fetches(): TableRow[] {
  const rows = FETCH_FAULTS.flatMap(([name, pc]) => ALL_MODES.map((mode) => row(
    `fetch-${name}`, ['H_exception_priority', 'mtval_vaddr_wr1', 'mstatus_gva_op'], { mode, pc }, { trap: { to: 'M', cause: 1, tval: pc, gva: V[mode] } },
  )));
  for (const mode of ALL_MODES) {
    rows.push(row('fetch-last-word', ['choices:memory'], { mode, pc: 0x87ff_fffcn, words: [WORD.nop] }, {}));
    rows.push(row('fetch-first-word', ['choices:memory'], { mode, pc: 0x8000_0000n, words: [WORD.nop] }, {}));
    rows.push(row('run-off-dram', ['choices:memory'], { mode, pc: 0x87ff_fffcn, words: [WORD.nop] }, { trap: { to: 'M', cause: 1, tval: DRAM_END, gva: V[mode] } }, { steps: 2 }));
  }
  // MPRV has no say in fetches: with MPV=1 the address is still not a guest's.
  rows.push(row('fetch-fault-mprv', ['mstatus_mprv_inst_xlat_op', 'mstatus_gva_op'], { mode: 'M', pc: NOWHERE, mstatus: { MPRV: 1, MPV: 1, MPP: 1 } }, { trap: { to: 'M', cause: 1, tval: NOWHERE, gva: false } }));
  return rows;
}

/** Jumps and branches: `[name, word, x1, target where it retires or tval where it traps, misaligned, link in x2]`. */
const JUMPS: readonly (readonly [name: string, word: number, x1: bigint, target: bigint, misaligned: boolean, link: boolean])[] = [
  ['jal+2', 0x0020_016f, 0n, PC + 2n, true, true],
  ['jal-2', 0xfffff16f, 0n, PC - 2n, true, true],
  ['jal+4', 0x0040_016f, 0n, PC + 4n, false, true],
  ['jal+8', 0x0080_016f, 0n, PC + 8n, false, true],
  ['jalr-2', 0x0000_8167, 0x8000_0202n, 0x8000_0202n, true, true],
  // Bit 0 of the sum is cleared before the alignment is looked at.
  ['jalr-3', 0x0000_8167, 0x8000_0203n, 0x8000_0202n, true, true],
  ['jalr-1', 0x0000_8167, 0x8000_0201n, 0x8000_0200n, false, true],
  ['jalr-imm', 0x0020_8167, 0x8000_01ffn, 0x8000_0200n, false, true],
  // Misaligned and outside memory: misaligned comes of the jump, the fetch never happens.
  ['jalr-nowhere-2', 0x0000_8167, 0x1002n, 0x1002n, true, true],
  ['jalr-top-2', 0x0000_8167, 0xffff_ffff_ffff_fffen, 0xffff_ffff_ffff_fffen, true, true],
  // Aligned and outside memory: the jump retires, the next fetch faults.
  ['jalr-nowhere', 0x0000_8167, 0x1000n, 0x1000n, false, true],
  ['beq-taken+2', 0x0000_0163, 0n, PC + 2n, true, false],
  ['bge-taken+2', 0x0000_5163, 0n, PC + 2n, true, false],
  ['bne-untaken+2', 0x0000_1163, 0n, PC + 4n, false, false],
  ['blt-untaken+2', 0x0000_4163, 0n, PC + 4n, false, false],
];

function jumps(): TableRow[] {
  return JUMPS.flatMap(([name, word, x1, target, misaligned, link]) => ALL_MODES.map((mode) => row(
    name, ['taken_cti_misaligned_exc', 'jump_misaligned_exception', 'branch_misaligned_taken_exception', 'branch_misaligned_untaken_exception', 'jalr_target', 'H_exception_priority'],
    { mode, words: [word], x: { 1: x1 } },
    misaligned
      ? { trap: { to: 'M', cause: 0, tval: target, gva: V[mode] } }
      : { nextPc: target, ...(link ? { rd: [2, PC + 4n] as const } : {}) },
    // With C no target is misaligned.
    misaligned ? { without: ['c'] } : {},
  )));
}

function afterJump(): TableRow[] {
  // epc of the fault is the target, not the jump.
  return ALL_MODES.map((mode) => row(
    'jump-then-fetch-fault', ['ia_fault_exc_on_target'], { mode, words: [0x0000_8167], x: { 1: NOWHERE } },
    { pc: NOWHERE, trap: { to: 'M', cause: 1, tval: NOWHERE, gva: V[mode] } }, { steps: 2 },
  ));
}

/** Two reasons in one CSR instruction: what HS-mode could not do either is illegal. */
function csrReasons(): TableRow[] {
  const rows: TableRow[] = [];
  for (const [name, csr, mode] of [
    ['write-hgeip', CSR.hgeip, 'VS'], ['write-hgeip', CSR.hgeip, 'VU'], ['write-mhartid', CSR.mhartid, 'VU'],
    ['write-time', CSR.time, 'VS'], ['write-cycle', CSR.cycle, 'VU'],
    ['write-hpmcounter3', CSR.hpmcounter3, 'VS'], ['write-hpmcounter6', CSR.hpmcounter6, 'VU'],
  ] as const) {
    const word = csrrw(csr, 2, 1);
    rows.push(row(name, ['H_cause_virtual_instruction', 'Zicsr_illegal_acc'], { mode, words: [word], csrs: { mcounteren: 0x7fn } }, { trap: { to: 'M', cause: 2, tval: bits(word) } }));
  }
  // satp from VS-mode with VTVM=1 is virtual even when the value could not be written anyway; TVM=1 does not make it illegal.
  const satp = csrrw(CSR.satp, 0, 1);
  rows.push(row('satp-mode-8-vtvm', ['hstatus_vtvm_op'], { mode: 'VS', words: [satp], x: { 1: 8n << 60n }, mstatus: { TVM: 1 }, hstatus: { VTVM: 1 } }, { trap: { to: 'M', cause: 22, tval: bits(satp) } }));
  return rows;
}

/** All rows of the synchronous priority tables. */
export function priorityRows(): readonly TableRow[] {
  return [...beforeAccess(), ...fetches(), ...jumps(), ...afterJump(), ...csrReasons()];
}
