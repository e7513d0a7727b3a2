/** Trap returns: the new mode, and what MRET and SRET leave in the status registers. */
import type { Mode } from '../retirement.js';
import { CSR, EPC, WORD, bits, csrrsi, hart, type TableRow } from './row.js';

/** Table "Value of mstatus fields MPV and MPP", read backwards: `[MPV, MPP, mode MRET goes to]`. MPV is ignored when MPP=3. */
const MRET_MODE: readonly (readonly [mpv: number, mpp: number, to: Mode])[] = [
  [0, 0, 'U'], [0, 1, 'HS'], [0, 3, 'M'],
  [1, 0, 'VU'], [1, 1, 'VS'], [1, 3, 'M'],
];

/** MPRV after MRET: cleared unless the new mode is M. `[MPRV before, new mode is M, MPRV after]`. */
const MPRV_AFTER_MRET: Readonly<Record<'to M' | 'to less', readonly [from0: number, from1: number]>> = {
  'to M': [0, 1],
  'to less': [0, 0],
};

/** MIE from MPIE (and SIE from SPIE): MPIE itself becomes 1 in both cases. */
const IE_FROM_PIE: readonly (readonly [pie: number, ieBefore: number, ieAfter: number])[] = [[0, 1, 0], [0, 0, 0], [1, 0, 1], [1, 1, 1]];

function mret(): TableRow[] {
  const rows: TableRow[] = [];
  for (const [mpv, mpp, to] of MRET_MODE) {
    for (const [mpie, mie, mieAfter] of IE_FROM_PIE) {
      for (const mprv of [0, 1] as const) {
        rows.push({
          id: `xret/mret-mpv${mpv}-mpp${mpp}-mpie${mpie}-mie${mie}-mprv${mprv}`,
          rules: ['mret_h', 'mstatus_mpv_op', 'mstatus_mprv_clr_mret_sret_less_priv', 'mret_op'],
          arrange: hart({
            mode: 'M', words: [WORD.mret],
            // Everything MRET has no business with is set, so that a change shows.
            mstatus: { MPV: mpv, MPP: mpp, MPIE: mpie, MIE: mie, MPRV: mprv, SPP: 1, SPIE: 1, SIE: 0, GVA: 1, SUM: 1, TW: 1, TSR: 1, TVM: 1 },
            hstatus: { SPV: 1, SPVP: 1, GVA: 1, VTSR: 1 },
          }),
          expect: {
            nextMode: to, nextPc: EPC.M,
            fields: { mstatus: { MPV: 0, MPP: 0, MIE: mieAfter, MPIE: 1, MPRV: MPRV_AFTER_MRET[to === 'M' ? 'to M' : 'to less'][mprv] } },
          },
        });
      }
    }
  }
  return rows;
}

/** Table "Value of hstatus.SPV and sstatus.SPP", read backwards: `[SPV, SPP, mode SRET goes to]`. */
const SRET_MODE: readonly (readonly [spv: number, spp: number, to: Mode])[] = [[0, 0, 'U'], [0, 1, 'HS'], [1, 0, 'VU'], [1, 1, 'VS']];

function sret0(): TableRow[] {
  const rows: TableRow[] = [];
  for (const mode of ['M', 'HS'] as const) {
    for (const [spv, spp, to] of SRET_MODE) {
      for (const [spie, sie, sieAfter] of IE_FROM_PIE) {
        // MPRV=1 outside M-mode cannot be reached, so only M-mode has it here.
        for (const mprv of mode === 'M' ? [0, 1] : [0]) {
          rows.push({
            id: `xret/sret-${mode}-spv${spv}-spp${spp}-spie${spie}-sie${sie}-mprv${mprv}`,
            rules: ['sret_h', 'sret_v0', 'hstatus_spv_sret', 'sstatus_spp_op', 'sstatus_spie_op', 'mstatus_mprv_clr_mret_sret_less_priv'],
            arrange: hart({
              mode, words: [WORD.sret],
              mstatus: { SPP: spp, SPIE: spie, SIE: sie, MPRV: mprv, MPP: 3, MPV: 1, MPIE: 1, GVA: 1, TW: 1, MXR: 1 },
              hstatus: { SPV: spv, SPVP: 1, GVA: 1, HU: 1, VTSR: 1 },
              vsstatus: { SPP: 1, SIE: 1 },
            }),
            expect: {
              nextMode: to, nextPc: EPC.HS,
              fields: { mstatus: { SPP: 0, SIE: sieAfter, SPIE: 1, MPRV: 0 }, hstatus: { SPV: 0 } },
            },
          });
        }
      }
    }
  }
  return rows;
}

/** Table "Value of vsstatus field SPP", read backwards. */
const SRET_V1_MODE: readonly (readonly [spp: number, to: Mode])[] = [[0, 'VU'], [1, 'VS']];

function sret1(): TableRow[] {
  const rows: TableRow[] = [];
  for (const [spp, to] of SRET_V1_MODE) {
    for (const [spie, sie, sieAfter] of IE_FROM_PIE) {
      for (const spv of [0, 1]) {
        rows.push({
          id: `xret/sret-VS-spp${spp}-spie${spie}-sie${sie}-spv${spv}`,
          rules: ['sret_h', 'sret_v1', 'mstatus_modes'],
          arrange: hart({
            mode: 'VS', words: [WORD.sret],
            vsstatus: { SPP: spp, SPIE: spie, SIE: sie, SUM: 1 },
            // The HS-level fields would lead elsewhere, and TSR means nothing in VS-mode.
            mstatus: { SPP: 1, SPIE: 1, SIE: 0, MPP: 3, MPV: 1, TSR: 1 },
            hstatus: { SPV: spv, SPVP: 1, GVA: 1 },
          }),
          expect: { nextMode: to, nextPc: EPC.VS, fields: { vsstatus: { SPP: 0, SIE: sieAfter, SPIE: 1 } } },
        });
      }
    }
  }
  return rows;
}

/** Bits 1:0 of xepc are always 0 without C: the written 3 does not show in the target. */
function alignment(): TableRow[] {
  return [
    {
      without: ['c'], id: 'xret/mret-epc-low-bits', rules: ['mepc_align', 'mret_op'],
      arrange: hart({ mode: 'M', words: [csrrsi(CSR.mepc, 0, 3), WORD.mret], mstatus: { MPP: 3 } }),
      steps: 2, expect: { nextMode: 'M', nextPc: 0x8000_5000n, fields: { mstatus: { MPP: 0, MIE: 0, MPIE: 1, MPV: 0 } } },
    },
    {
      without: ['c'], id: 'xret/sret-epc-low-bits', rules: ['sepc_op', 'sret_op'],
      arrange: hart({ mode: 'HS', words: [csrrsi(CSR.sepc, 0, 3), WORD.sret], mstatus: { SPP: 1 } }),
      steps: 2, expect: { nextMode: 'HS', nextPc: 0x8000_6000n, fields: { mstatus: { SPP: 0, SIE: 0, SPIE: 1 } } },
    },
    {
      without: ['c'], id: 'xret/sret-VS-epc-low-bits', rules: ['vspec_op', 'sret_v1'],
      arrange: hart({ mode: 'VS', words: [csrrsi(CSR.sepc, 0, 3), WORD.sret], vsstatus: { SPP: 1 } }),
      steps: 2, expect: { nextMode: 'VS', nextPc: 0x8000_7000n, fields: { vsstatus: { SPP: 0, SIE: 0, SPIE: 1 } } },
    },
  ];
}

/** MRET below M-mode: never HS-qualified, hence illegal even when V=1. */
function mretBelow(): TableRow[] {
  return (['HS', 'U', 'VS', 'VU'] as const).map((mode) => ({
    id: `xret/mret-in-${mode}`, rules: ['mret_in_S_mode', 'mret_in_U_mode', 'H_cause_virtual_instruction'],
    arrange: hart({ mode, words: [WORD.mret] }),
    expect: { trap: { to: 'M' as const, cause: 2, tval: bits(WORD.mret) } },
  }));
}

/** All rows of the trap-return tables. */
export function xretRows(): readonly TableRow[] {
  return [...mret(), ...sret0(), ...sret1(), ...alignment(), ...mretBelow()];
}
