/** Trap entry: what each target mode's status registers get, by the mode the trap comes from. */
import type { Mode, TrapMode } from '../retirement.js';
import { PC, WORD, hart, type Setup, type TableRow, type TrapExpectation } from './row.js';

/** Table "Value of mstatus fields MPV and MPP after a trap into M-mode". */
const M_ENTRY: readonly (readonly [from: Mode, mpv: number, mpp: number])[] = [
  ['U', 0, 0], ['HS', 0, 1], ['M', 0, 3], ['VU', 1, 0], ['VS', 1, 1],
];

/**
 * Table "Value of hstatus field SPV and sstatus field SPP after a trap into
 * HS-mode", and SPVP after it from SPVP=0 and SPVP=1: SPP's value when V was 1,
 * unchanged when V was 0.
 */
const HS_ENTRY: readonly (readonly [from: Mode, spv: number, spp: number, spvpFrom0: number, spvpFrom1: number])[] = [
  ['U', 0, 0, 0, 1], ['HS', 0, 1, 0, 1], ['VU', 1, 0, 0, 0], ['VS', 1, 1, 1, 1],
];

/** Table "Value of vsstatus field SPP after a trap into VS-mode". */
const VS_ENTRY: readonly (readonly [from: Mode, spp: number])[] = [['VU', 0], ['VS', 1]];

/** A way to trap. */
interface Event {
  readonly name: string;
  readonly word: number;
  /** Whether tval gets a guest virtual address, by origin; absent: never. */
  readonly gva?: Readonly<Record<Mode, boolean>>;
  readonly trap: Omit<TrapExpectation, 'to' | 'gva'>;
  readonly rules: readonly string[];
}

/** EBREAK writes its own address, a guest virtual address when V=1; an illegal instruction writes its bits; both reach all three targets. */
const EVENTS: readonly Event[] = [
  {
    name: 'ebreak', word: WORD.ebreak, trap: { cause: 3, tval: PC },
    gva: { M: false, HS: false, U: false, VS: true, VU: true }, rules: ['mstatus_gva_op', 'hstatus_gva_op', 'ebreak_epc_value'],
  },
  { name: 'illegal', word: WORD.ones, trap: { cause: 2, tval: 0xffff_ffffn }, rules: ['mtval_instr_bits', 'stval_op_illegal_instr', 'mstatus_gva_op', 'hstatus_gva_op'] },
  { name: 'illegal0', word: 0, trap: { cause: 2, tval: 0n }, rules: ['mtval_instr_bits', 'mstatus_gva_op', 'hstatus_gva_op'] },
];

/** Delegation that sends EBREAK and illegal instructions to each target. */
const DELEGATE: Readonly<Record<TrapMode, NonNullable<Setup['csrs']>>> = {
  M: {},
  HS: { medeleg: 0xcn },
  VS: { medeleg: 0xcn, hedeleg: 0xcn },
};

/** Fields that no entry into the mode may touch, set where a touch would show. */
const JUNK_STATUS: Pick<Setup, 'vsstatus'> & { mstatus: NonNullable<Setup['mstatus']>; hstatus: NonNullable<Setup['hstatus']> } = {
  mstatus: { SUM: 1, MXR: 1, TVM: 1, TW: 1, TSR: 1 },
  hstatus: { HU: 1, VGEIN: 5, VTVM: 1, VTW: 1, VTSR: 1 },
  vsstatus: { SUM: 1, MXR: 1 },
};

function exceptions(): TableRow[] {
  const rows: TableRow[] = [];
  for (const event of EVENTS) {
    const gva = (mode: Mode): boolean => event.gva?.[mode] ?? false;
    for (const [from, mpv, mpp] of M_ENTRY) {
      for (const mie of [0, 1]) {
        // GVA starts as its own opposite, the previous-mode fields as nobody's value.
        rows.push({
          id: `trapentry/${event.name}-${from}-to-M-mie${mie}`,
          rules: ['H_trap_m_csrwrites', 'mstatus_mpv_op', 'mstatus_xpie_trap_op', 'mtval2_op', 'H_trap_xtinst_val', ...event.rules],
          arrange: hart({
            mode: from, words: [event.word], csrs: DELEGATE.M,
            mstatus: { ...JUNK_STATUS.mstatus, MIE: mie, MPIE: 1 - mie, SIE: 1, SPIE: 0, SPP: 1, GVA: gva(from) ? 0 : 1, MPV: 1 - mpv, MPP: mpp === 3 ? 0 : 3 },
            hstatus: { ...JUNK_STATUS.hstatus, SPV: 1, SPVP: 1, GVA: 1 }, vsstatus: { SIE: 1, SPP: 1 },
          }),
          expect: {
            trap: { ...event.trap, to: 'M', gva: gva(from) },
            fields: { mstatus: { MPV: mpv, MPP: mpp, MPIE: mie, MIE: 0, GVA: gva(from) ? 1 : 0 }, hstatus: {} },
          },
        });
      }
    }
    for (const [from, spv, spp, spvpFrom0, spvpFrom1] of HS_ENTRY) {
      for (const sie of [0, 1]) {
        for (const [spvp, spvpAfter] of [[0, spvpFrom0], [1, spvpFrom1]] as const) {
          rows.push({
            id: `trapentry/${event.name}-${from}-to-HS-sie${sie}-spvp${spvp}`,
            rules: ['H_trap_hs_csrwrites', 'hstatus_spv_op', 'hstatus_spvp_op', 'sstatus_spp_op', 'sstatus_spie_op', 'trap_del_S_mode_op', 'trap_del_S_mode_no_M_mode', 'htval_op', ...event.rules],
            arrange: hart({
              mode: from, words: [event.word], csrs: DELEGATE.HS,
              mstatus: { ...JUNK_STATUS.mstatus, SIE: sie, SPIE: 1 - sie, SPP: 1 - spp, MIE: 1, MPIE: 0, MPP: 3, MPV: 1, GVA: 1 },
              hstatus: { ...JUNK_STATUS.hstatus, SPV: 1 - spv, SPVP: spvp, GVA: gva(from) ? 0 : 1 }, vsstatus: { SIE: 1, SPP: 1 },
            }),
            expect: {
              trap: { ...event.trap, to: 'HS', gva: gva(from) },
              fields: { mstatus: { SPP: spp, SPIE: sie, SIE: 0 }, hstatus: { SPV: spv, SPVP: spvpAfter, GVA: gva(from) ? 1 : 0 }, vsstatus: {} },
            },
          });
        }
      }
    }
    for (const [from, spp] of VS_ENTRY) {
      for (const sie of [0, 1]) {
        for (const others of [0, 1]) {
          rows.push({
            id: `trapentry/${event.name}-${from}-to-VS-sie${sie}-others${others}`,
            rules: ['H_trap_vs_csrwrites', 'hedeleg_op', 'vspec_op', 'vscause_op', 'vstval_op', ...event.rules],
            arrange: hart({
              mode: from, words: [event.word], csrs: DELEGATE.VS,
              mstatus: { SIE: others, SPIE: 1 - others, SPP: others, MIE: others, MPP: 3, MPV: others, GVA: others },
              hstatus: { SPV: others, SPVP: others, GVA: others, VGEIN: 3 },
              vsstatus: { SUM: 1, MXR: 1, SIE: sie, SPIE: 1 - sie, SPP: 1 - spp },
            }),
            expect: {
              trap: { ...event.trap, to: 'VS' },
              fields: { vsstatus: { SPP: spp, SPIE: sie, SIE: 0 }, mstatus: {}, hstatus: {} },
            },
          });
        }
      }
    }
  }
  return rows;
}

/** Interrupts enter the same way, with tval, tinst and GVA 0. MTI goes to M, SSI (delegated) to HS, VSSI (twice delegated) to VS as 1. */
function interrupts(): TableRow[] {
  const rows: TableRow[] = [];
  for (const [from, mpv, mpp] of M_ENTRY) {
    // In M-mode itself MIE must be 1, elsewhere it does not matter.
    for (const mie of from === 'M' ? [1] : [0, 1]) {
      rows.push({
        id: `trapentry/mti-${from}-mie${mie}`,
        rules: ['H_trap_m_csrwrites', 'H_trap_xtinst_interrupt', 'mstatus_gva_op', 'mcause_intr_op'],
        arrange: hart({
          mode: from, words: [WORD.nop], lines: { mtip: true }, csrs: { mie: 0x80n },
          mstatus: { MIE: mie, MPIE: 1 - mie, GVA: 1, MPV: 1 - mpv, MPP: mpp === 3 ? 0 : 3 },
        }),
        expect: {
          trap: { to: 'M', cause: 7, interrupt: true },
          fields: { mstatus: { MPV: mpv, MPP: mpp, MPIE: mie, MIE: 0, GVA: 0 }, hstatus: {} },
        },
      });
    }
  }
  for (const [from, spv, spp, spvpFrom0, spvpFrom1] of HS_ENTRY) {
    for (const sie of from === 'HS' ? [1] : [0, 1]) {
      for (const [spvp, spvpAfter] of [[0, spvpFrom0], [1, spvpFrom1]] as const) {
        rows.push({
          id: `trapentry/ssi-${from}-sie${sie}-spvp${spvp}`,
          rules: ['H_trap_hs_csrwrites', 'H_trap_xtinst_interrupt', 'hstatus_gva_op', 'hstatus_spvp_op', 'scause_interrupt_op'],
          arrange: hart({
            mode: from, words: [WORD.nop], csrs: { mie: 0x2n, mip: 0x2n, mideleg: 0x1446n },
            mstatus: { SIE: sie, SPIE: 1 - sie, SPP: 1 - spp, MPP: 3, MIE: 1 }, hstatus: { SPV: 1 - spv, SPVP: spvp, GVA: 1 },
          }),
          expect: {
            trap: { to: 'HS', cause: 1, interrupt: true },
            fields: { mstatus: { SPP: spp, SPIE: sie, SIE: 0 }, hstatus: { SPV: spv, SPVP: spvpAfter, GVA: 0 }, vsstatus: {} },
          },
        });
      }
    }
  }
  for (const [from, spp] of VS_ENTRY) {
    for (const sie of from === 'VS' ? [1] : [0, 1]) {
      rows.push({
        id: `trapentry/vssi-${from}-sie${sie}`,
        rules: ['H_trap_vs_csrwrites', 'hideleg_trans', 'hideleg_op'],
        arrange: hart({
          mode: from, words: [WORD.nop], csrs: { mie: 0x4n, hvip: 0x4n, hideleg: 0x4n },
          vsstatus: { SIE: sie, SPIE: 1 - sie, SPP: 1 - spp }, mstatus: { SIE: 1, MIE: 1, SPP: 1 }, hstatus: { SPVP: 1, GVA: 1, SPV: 1 },
        }),
        expect: {
          trap: { to: 'VS', cause: 1, interrupt: true },
          fields: { vsstatus: { SPP: spp, SPIE: sie, SIE: 0 }, mstatus: {}, hstatus: {} },
        },
      });
    }
  }
  return rows;
}

/** All rows of the trap-entry tables. */
export function trapEntryRows(): readonly TableRow[] {
  return [...exceptions(), ...interrupts()];
}
