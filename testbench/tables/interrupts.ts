/** Interrupts: which is taken, by whom, under which enables, in which order, and where the handler starts. */
import type { Mode, TrapMode } from '../retirement.js';
import { ALL_MODES, CSR, EPC, NOWHERE, PC, WORD, csrrs, csrrsi, csrrw, hart, type Expectation, type Setup, type TableRow } from './row.js';

/** Every interrupt this hart has. */
type Name = 'SSI' | 'VSSI' | 'MSI' | 'STI' | 'VSTI' | 'MTI' | 'SEI' | 'VSEI' | 'MEI' | 'SGEI';

/** Interrupt numbers, and the numbers VS-mode sees for the three that can be delegated to it. */
const CODE: Readonly<Record<Name, number>> = { SSI: 1, VSSI: 2, MSI: 3, STI: 5, VSTI: 6, MTI: 7, SEI: 9, VSEI: 10, MEI: 11, SGEI: 12 };
const VS_CODE: Readonly<Partial<Record<Name, number>>> = { VSSI: 1, VSTI: 5, VSEI: 9 };

/** Enable bits in mie. */
const ENABLE: Readonly<Record<Name, bigint>> = {
  SSI: 0x2n, VSSI: 0x4n, MSI: 0x8n, STI: 0x20n, VSTI: 0x40n, MTI: 0x80n, SEI: 0x200n, VSEI: 0x400n, MEI: 0x800n, SGEI: 0x1000n,
};

/** All enables. */
const ALL_ENABLED = 0x1eeen;

/** What makes each pending. */
const PENDING: Readonly<Record<Name, { readonly mip?: bigint; readonly hvip?: bigint; readonly lines?: NonNullable<Setup['lines']>; readonly hgeie?: bigint }>> = {
  SSI: { mip: 0x2n }, STI: { mip: 0x20n }, SEI: { mip: 0x200n },
  VSSI: { hvip: 0x4n }, VSTI: { hvip: 0x40n }, VSEI: { hvip: 0x400n },
  MSI: { lines: { msip: true } }, MTI: { lines: { mtip: true } }, MEI: { lines: { meip: true } },
  SGEI: { lines: { hgeip: 0x2n }, hgeie: 0x2n },
};

/** A state with some interrupts pending and some enables set. */
function pend(names: readonly Name[], mie: bigint, csrs: NonNullable<Setup['csrs']> = {}): Pick<Setup, 'csrs' | 'lines'> {
  let mip = 0n;
  let hvip = 0n;
  let hgeie = 0n;
  let lines: NonNullable<Setup['lines']> = {};
  for (const name of names) {
    const source = PENDING[name];
    mip |= source.mip ?? 0n;
    hvip |= source.hvip ?? 0n;
    hgeie |= source.hgeie ?? 0n;
    lines = { ...lines, ...source.lines };
  }
  return { csrs: { mip, hvip, hgeie, mie, ...csrs }, lines };
}

/** The expectation that an interrupt is taken, or that none is and the NOP retires. */
function taken(to: TrapMode | 'none', cause: number): Expectation {
  return to === 'none' ? {} : { trap: { to, cause, interrupt: true } };
}

function row(name: string, rules: readonly string[], setup: Setup, expect: Expectation): TableRow {
  return { id: `interrupts/${name}`, rules, arrange: hart({ words: [WORD.nop], ...setup }), expect };
}

/* ------------------------------------------------------------------ one interrupt: who takes it */

/** The enable bits that could matter: mstatus.MIE, mstatus.SIE, vsstatus.SIE. */
type Ie = readonly [mie: number, sie: number, vsie: number];
const IE: readonly Ie[] = [[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]];

/** Who takes it from each mode, one answer per line of `IE` in order. */
type Takers = Readonly<Record<Mode, readonly (TrapMode | 'none')[]>>;

const NEVER = ['none', 'none', 'none', 'none', 'none', 'none', 'none', 'none'] as const;
const ALWAYS_M = ['M', 'M', 'M', 'M', 'M', 'M', 'M', 'M'] as const;
const ALWAYS_HS = ['HS', 'HS', 'HS', 'HS', 'HS', 'HS', 'HS', 'HS'] as const;
const ALWAYS_VS = ['VS', 'VS', 'VS', 'VS', 'VS', 'VS', 'VS', 'VS'] as const;

/** Not delegated: to M-mode; in M-mode only with MIE, below always. */
const TO_M: Takers = {
  M: ['none', 'none', 'none', 'none', 'M', 'M', 'M', 'M'],
  HS: ALWAYS_M, U: ALWAYS_M, VS: ALWAYS_M, VU: ALWAYS_M,
};

/** Delegated to HS-mode: never in M-mode; in HS-mode with SIE; below always. */
const TO_HS: Takers = {
  M: NEVER,
  HS: ['none', 'none', 'HS', 'HS', 'none', 'none', 'HS', 'HS'],
  U: ALWAYS_HS, VS: ALWAYS_HS, VU: ALWAYS_HS,
};

/** Delegated on to VS-mode: never when V=0; in VS-mode with vsstatus.SIE; in VU-mode always. */
const TO_VS: Takers = {
  M: NEVER, HS: NEVER, U: NEVER,
  VS: ['none', 'VS', 'none', 'VS', 'none', 'VS', 'none', 'VS'],
  VU: ALWAYS_VS,
};

/** Every interrupt with every delegation it can have. */
const SINGLE: readonly { readonly name: Name; readonly mideleg: bigint; readonly hideleg: bigint; readonly takers: Takers; readonly label: string }[] = [
  { name: 'MSI', mideleg: 0x1666n, hideleg: 0x444n, takers: TO_M, label: 'm' },
  { name: 'MTI', mideleg: 0x1666n, hideleg: 0x444n, takers: TO_M, label: 'm' },
  { name: 'MEI', mideleg: 0x1666n, hideleg: 0x444n, takers: TO_M, label: 'm' },
  // Undelegated with every other bit delegated, then delegated alone.
  { name: 'SSI', mideleg: 0x1664n, hideleg: 0x444n, takers: TO_M, label: 'm' },
  { name: 'STI', mideleg: 0x1646n, hideleg: 0x444n, takers: TO_M, label: 'm' },
  { name: 'SEI', mideleg: 0x1466n, hideleg: 0x444n, takers: TO_M, label: 'm' },
  { name: 'SSI', mideleg: 0x1446n, hideleg: 0x444n, takers: TO_HS, label: 'hs' },
  { name: 'STI', mideleg: 0x1464n, hideleg: 0x444n, takers: TO_HS, label: 'hs' },
  { name: 'SEI', mideleg: 0x1644n, hideleg: 0x444n, takers: TO_HS, label: 'hs' },
  { name: 'SGEI', mideleg: 0x1444n, hideleg: 0x444n, takers: TO_HS, label: 'hs' },
  { name: 'VSSI', mideleg: 0x1444n, hideleg: 0x440n, takers: TO_HS, label: 'hs' },
  { name: 'VSTI', mideleg: 0x1444n, hideleg: 0x404n, takers: TO_HS, label: 'hs' },
  { name: 'VSEI', mideleg: 0x1444n, hideleg: 0x044n, takers: TO_HS, label: 'hs' },
  { name: 'VSSI', mideleg: 0x1666n, hideleg: 0x004n, takers: TO_VS, label: 'vs' },
  { name: 'VSTI', mideleg: 0x1666n, hideleg: 0x040n, takers: TO_VS, label: 'vs' },
  { name: 'VSEI', mideleg: 0x1666n, hideleg: 0x400n, takers: TO_VS, label: 'vs' },
];

const SINGLE_RULES = ['intr_mip_mie_op', 'sie_sip_supervisor_strap', 'hideleg_hs', 'hideleg_op', 'hideleg_trans', 'trap_del_intr_priv_lvl', 'mstatus_xie_intr_en_dis', 'mideleg_acc_h'];

function single(): TableRow[] {
  const rows: TableRow[] = [];
  for (const { name, mideleg, hideleg, takers, label } of SINGLE) {
    for (const mode of ALL_MODES) {
      IE.forEach(([mie, sie, vsie], index) => {
        const to = takers[mode][index] ?? 'none';
        const cause = to === 'VS' ? VS_CODE[name] ?? 0 : CODE[name];
        rows.push(row(`${name}-${label}-${mode}-mie${mie}-sie${sie}-vsie${vsie}`, SINGLE_RULES, {
          mode, ...pend([name], ENABLE[name], { mideleg, hideleg }), mstatus: { MIE: mie, SIE: sie }, vsstatus: { SIE: vsie },
        }, taken(to, cause)));
      });
      // Everything enabled but its own bit in mie.
      rows.push(row(`${name}-${label}-${mode}-disabled`, ['intr_mip_mie_op', 'sie_sip_supervisor_strap', 'hideleg_hs'], {
        mode, ...pend([name], ALL_ENABLED & ~ENABLE[name], { mideleg, hideleg }), mstatus: { MIE: 1, SIE: 1 }, vsstatus: { SIE: 1 },
      }, {}));
    }
  }
  return rows;
}

/* ------------------------------------------------------------------ the lines as sources */

/** Sources other than the stored bits: the SEI line, and the guest external line that VGEIN selects. */
function lines(): TableRow[] {
  return [
    row('line-sei-m', ['intr_sei_op'], { mode: 'U', lines: { seip: true }, csrs: { mie: 0x200n, mideleg: 0x1444n } }, taken('M', 9)),
    row('line-sei-hs', ['intr_sei_op'], { mode: 'U', lines: { seip: true }, csrs: { mie: 0x200n, mideleg: 0x1644n } }, taken('HS', 9)),
    row('line-vsei-hs', ['hip_vseip_vseie_op'], { mode: 'VU', lines: { hgeip: 0x8n }, hstatus: { VGEIN: 3 }, csrs: { mie: 0x400n } }, taken('HS', 10)),
    row('line-vsei-vs', ['hip_vseip_vseie_op', 'hideleg_trans'], { mode: 'VU', lines: { hgeip: 0x8n }, hstatus: { VGEIN: 3 }, csrs: { mie: 0x400n, hideleg: 0x400n } }, taken('VS', 9)),
    row('line-vsei-other-guest', ['hip_vseip_vseie_op'], { mode: 'VU', lines: { hgeip: 0x1f6n }, hstatus: { VGEIN: 3 }, csrs: { mie: 0x400n, hideleg: 0x400n } }, {}),
    row('line-vsei-vgein-0', ['hstatus_vgein_op'], { mode: 'VU', lines: { hgeip: 0x1fen }, hstatus: { VGEIN: 0 }, csrs: { mie: 0x400n, hideleg: 0x400n } }, {}),
    // The guest external line reaches HS as SGEI by hgeie and, at once, VS as VSEI by VGEIN: HS comes first.
    row('line-sgei-before-vsei', ['hgeie_op', 's_interrupt_priority'], { mode: 'VU', lines: { hgeip: 0x8n }, hstatus: { VGEIN: 3 }, csrs: { mie: 0x1400n, hideleg: 0x400n, hgeie: 0x8n } }, taken('HS', 12)),
    row('line-sgei-hgeie-0', ['hip_sgeip_sgeie_op'], { mode: 'U', lines: { hgeip: 0x1f6n }, csrs: { mie: 0x1000n, hgeie: 0x8n } }, {}),
    row('line-sgei-any-guest', ['hip_sgeip_sgeie_op'], { mode: 'U', lines: { hgeip: 0x100n }, csrs: { mie: 0x1000n, hgeie: 0x1fen } }, taken('HS', 12)),
  ];
}

/* ------------------------------------------------------------------ several at once */

/** Decreasing priority, as the manual lists it. Each line is checked pair by pair, and as a whole. */
const ORDER: readonly { readonly to: TrapMode; readonly names: readonly Name[]; readonly codes: readonly number[]; readonly rules: readonly string[]; readonly setup: Pick<Setup, 'mode' | 'mstatus' | 'vsstatus'>; readonly csrs: NonNullable<Setup['csrs']> }[] = [
  {
    to: 'M', names: ['MEI', 'MSI', 'MTI', 'SEI', 'SSI', 'STI'], codes: [11, 3, 7, 9, 1, 5], rules: ['intr_M_mode_pri'],
    setup: { mode: 'M', mstatus: { MIE: 1 } }, csrs: { mideleg: 0x1444n },
  },
  {
    to: 'HS', names: ['SEI', 'SSI', 'STI', 'SGEI', 'VSEI', 'VSSI', 'VSTI'], codes: [9, 1, 5, 12, 10, 2, 6], rules: ['hsint_priority', 'sip_priority_bit_order'],
    setup: { mode: 'HS', mstatus: { SIE: 1 } }, csrs: { mideleg: 0x1666n },
  },
  {
    to: 'HS', names: ['SEI', 'SSI', 'STI', 'SGEI', 'VSEI', 'VSSI', 'VSTI'], codes: [9, 1, 5, 12, 10, 2, 6], rules: ['hsint_priority'],
    setup: { mode: 'VU' }, csrs: { mideleg: 0x1666n },
  },
  {
    to: 'VS', names: ['VSEI', 'VSSI', 'VSTI'], codes: [9, 1, 5], rules: ['sip_priority_bit_order', 'hideleg_trans'],
    setup: { mode: 'VS', vsstatus: { SIE: 1 } }, csrs: { mideleg: 0x1666n, hideleg: 0x444n },
  },
];

function order(): TableRow[] {
  const rows: TableRow[] = [];
  for (const { to, names, codes, rules, setup, csrs } of ORDER) {
    names.forEach((higher, first) => {
      const code = codes[first] ?? 0;
      names.slice(first + 1).forEach((lower) => {
        rows.push(row(`${higher}-before-${lower}-to-${to}-from-${setup.mode}`, rules, { ...setup, ...pend([higher, lower], ALL_ENABLED, csrs) }, taken(to, code)));
        // The higher one pending but disabled does not hold the lower one up.
        rows.push(row(`${lower}-behind-disabled-${higher}-to-${to}-from-${setup.mode}`, rules, { ...setup, ...pend([higher, lower], ALL_ENABLED & ~ENABLE[higher], csrs) }, taken(to, codes[names.indexOf(lower)] ?? 0)));
      });
      rows.push(row(`${higher}-before-all-lower-to-${to}-from-${setup.mode}`, rules, { ...setup, ...pend(names.slice(first), ALL_ENABLED, csrs) }, taken(to, code)));
    });
  }
  return rows;
}

/** Levels against each other: M-mode's interrupts first, then HS-mode's, whatever their order within a level. */
const ACROSS: readonly (readonly [name: string, pending: readonly Name[], mode: Mode, mideleg: bigint, hideleg: bigint, ie: Ie, to: TrapMode | 'none', cause: number])[] = [
  ['sti-m-before-sei-hs', ['STI', 'SEI'], 'U', 0x1644n, 0n, [0, 0, 0], 'M', 5],
  ['sti-m-before-sei-hs', ['STI', 'SEI'], 'HS', 0x1644n, 0n, [0, 1, 0], 'M', 5],
  ['mti-before-sei-hs', ['MTI', 'SEI'], 'VS', 0x1666n, 0n, [0, 0, 1], 'M', 7],
  ['mti-before-vsei-vs', ['MTI', 'VSEI'], 'VU', 0x1666n, 0x444n, [0, 0, 1], 'M', 7],
  ['sti-m-before-vsei-hs', ['STI', 'VSEI'], 'VU', 0x1444n, 0n, [0, 0, 0], 'M', 5],
  ['delegated-masked-in-M', ['SEI', 'SSI', 'STI', 'SGEI', 'VSEI', 'VSSI', 'VSTI'], 'M', 0x1666n, 0n, [1, 1, 1], 'none', 0],
  ['delegated-masked-in-M-not-mti', ['SEI', 'MTI'], 'M', 0x1666n, 0n, [1, 1, 1], 'M', 7],
  ['m-masked-hs-not-taken', ['MTI', 'SEI'], 'M', 0x1666n, 0n, [0, 1, 1], 'none', 0],
  ['hs-sti-before-vs-vsei', ['STI', 'VSEI'], 'VS', 0x1666n, 0x444n, [0, 0, 1], 'HS', 5],
  ['hs-sti-before-vs-vsei', ['STI', 'VSEI'], 'VU', 0x1666n, 0x444n, [0, 1, 1], 'HS', 5],
  ['hs-vsti-before-vs-vsei', ['VSTI', 'VSEI'], 'VS', 0x1444n, 0x400n, [0, 0, 1], 'HS', 6],
  ['hs-vssi-before-vs-vsei', ['VSSI', 'VSEI'], 'VU', 0x1444n, 0x440n, [0, 0, 0], 'HS', 2],
  ['hs-sgei-before-vs-vsei', ['SGEI', 'VSEI'], 'VS', 0x1444n, 0x444n, [0, 0, 1], 'HS', 12],
  ['vs-masked-in-HS', ['VSEI', 'VSSI', 'VSTI'], 'HS', 0x1666n, 0x444n, [1, 1, 1], 'none', 0],
  ['vs-masked-in-U', ['VSEI', 'VSSI', 'VSTI'], 'U', 0x1666n, 0x444n, [1, 1, 1], 'none', 0],
  ['vs-masked-in-HS-not-ssi', ['VSEI', 'SSI'], 'HS', 0x1666n, 0x444n, [0, 1, 1], 'HS', 1],
  ['hs-masked-vs-masked-in-HS', ['VSEI', 'SSI'], 'HS', 0x1666n, 0x444n, [1, 0, 1], 'none', 0],
  ['hs-masked-not-mei', ['MEI', 'SSI'], 'HS', 0x1666n, 0x444n, [0, 0, 0], 'M', 11],
  ['vs-disabled-vs-hs-taken', ['VSSI', 'STI'], 'VS', 0x1666n, 0x444n, [0, 0, 0], 'HS', 5],
  ['vs-disabled', ['VSEI', 'VSSI', 'VSTI'], 'VS', 0x1666n, 0x444n, [1, 1, 0], 'none', 0],
];

function across(): TableRow[] {
  return ACROSS.map(([name, pending, mode, mideleg, hideleg, [mie, sie, vsie], to, cause]) => row(
    `${name}-from-${mode}`, ['intr_M_mode_highest_pri', 's_interrupt_priority', 'trap_del_intr_priv_lvl', 'mstatus_xie_intr_en_dis'],
    { mode, ...pend(pending, ALL_ENABLED, { mideleg, hideleg }), mstatus: { MIE: mie, SIE: sie }, vsstatus: { SIE: vsie } }, taken(to, cause),
  ));
}

/* ------------------------------------------------------------------ vectors */

/** Vectored: BASE + 4 * cause, the cause as written. BASE has only bit 2 beyond a round address, to catch alignment. */
const VECTORED: readonly (readonly [name: Name, to: TrapMode, cause: number, mideleg: bigint, hideleg: bigint, pc: bigint])[] = [
  ['MSI', 'M', 3, 0x1444n, 0n, 0x8000_1010n],
  ['MTI', 'M', 7, 0x1444n, 0n, 0x8000_1020n],
  ['MEI', 'M', 11, 0x1444n, 0n, 0x8000_1030n],
  ['SSI', 'M', 1, 0x1444n, 0n, 0x8000_1008n],
  ['STI', 'M', 5, 0x1444n, 0n, 0x8000_1018n],
  ['SEI', 'M', 9, 0x1444n, 0n, 0x8000_1028n],
  ['SSI', 'HS', 1, 0x1666n, 0n, 0x8000_2008n],
  ['VSSI', 'HS', 2, 0x1666n, 0n, 0x8000_200cn],
  ['STI', 'HS', 5, 0x1666n, 0n, 0x8000_2018n],
  ['VSTI', 'HS', 6, 0x1666n, 0n, 0x8000_201cn],
  ['SEI', 'HS', 9, 0x1666n, 0n, 0x8000_2028n],
  ['VSEI', 'HS', 10, 0x1666n, 0n, 0x8000_202cn],
  ['SGEI', 'HS', 12, 0x1666n, 0n, 0x8000_2034n],
  ['VSSI', 'VS', 1, 0x1666n, 0x444n, 0x8000_3008n],
  ['VSTI', 'VS', 5, 0x1666n, 0x444n, 0x8000_3018n],
  ['VSEI', 'VS', 9, 0x1666n, 0x444n, 0x8000_3028n],
];

function vectored(): TableRow[] {
  const vectors = { mtvec: 0x8000_1005n, stvec: 0x8000_2005n, vstvec: 0x8000_3005n };
  const rows = VECTORED.map(([name, to, cause, mideleg, hideleg, pc]) => row(
    `vectored-${name}-${to}`, ['mtvec_mode_vectored_op', 'stvec_op', 'vstvec_op', 'hideleg_trans'],
    { mode: 'VU', ...pend([name], ENABLE[name], { ...vectors, mideleg, hideleg }) }, { ...taken(to, cause), nextPc: pc },
  ));
  // Exceptions go to BASE all the same; an illegal instruction's cause is 2.
  for (const [to, medeleg, hedeleg, pc] of [['M', 0n, 0n, 0x8000_1004n], ['HS', 4n, 0n, 0x8000_2004n], ['VS', 4n, 4n, 0x8000_3004n]] as const) {
    rows.push(row(`vectored-exception-${to}`, ['mtvec_mode_vectored_op', 'stvec_op', 'vstvec_op'], {
      mode: 'VU', words: [WORD.ones], csrs: { ...vectors, medeleg, hedeleg },
    }, { trap: { to, cause: 2, tval: 0xffff_ffffn }, nextPc: pc }));
  }
  // Only the target's MODE counts.
  rows.push(row('vectored-others-MTI', ['mtvec_mode_direct_op'], { mode: 'VU', ...pend(['MTI'], 0x80n, { mtvec: 0x8000_1000n, stvec: 0x8000_2001n, vstvec: 0x8000_3001n }) }, { ...taken('M', 7), nextPc: 0x8000_1000n }));
  return rows;
}

/* ------------------------------------------------------------------ when */

/** An interrupt comes instead of the instruction, whatever that would have done; and right after the write or return that enables it. */
function moments(): TableRow[] {
  const mti = pend(['MTI'], 0x80n);
  const rows: TableRow[] = [
    row('before-illegal', ['mepc_op'], { mode: 'U', ...mti, words: [WORD.ones] }, taken('M', 7)),
    row('before-ecall', ['mepc_op'], { mode: 'U', ...mti, words: [WORD.ecall] }, taken('M', 7)),
    row('before-load-fault', ['mepc_op'], { mode: 'VU', ...mti, words: [WORD.ld], x: { 1: NOWHERE } }, taken('M', 7)),
    { id: 'interrupts/before-fetch-fault', rules: ['mepc_op'], arrange: hart({ mode: 'U', ...mti, pc: NOWHERE }), expect: taken('M', 7) },
    row('before-csr-write', ['mepc_op'], { mode: 'HS', ...mti, words: [csrrw(CSR.sscratch, 2, 1)] }, taken('M', 7)),
  ];
  const rules = ['intr_mip_mie_xret_csrwr', 'zicsr_order'];
  const after = (name: string, words: readonly number[], setup: Omit<Setup, 'words'>, expect: Expectation): TableRow => ({
    id: `interrupts/after-${name}`, rules, arrange: hart({ ...setup, words: [...words, WORD.nop] }), steps: 2, expect,
  });
  rows.push(
    after('mstatus-mie', [csrrsi(CSR.mstatus, 0, 8)], { mode: 'M', ...mti }, taken('M', 7)),
    after('mie', [csrrs(CSR.mie, 0, 1)], { mode: 'M', ...pend(['MTI'], 0n), x: { 1: 0x80n }, mstatus: { MIE: 1 } }, taken('M', 7)),
    after('mip', [csrrsi(CSR.mip, 0, 2)], { mode: 'M', csrs: { mie: 0x2n }, mstatus: { MIE: 1 } }, taken('M', 1)),
    after('mideleg', [csrrw(CSR.mideleg, 0, 0)], { mode: 'M', ...pend(['SSI'], 0x2n, { mideleg: 0x1666n }), mstatus: { MIE: 1 } }, taken('M', 1)),
    after('sstatus-sie', [csrrsi(CSR.sstatus, 0, 2)], { mode: 'HS', ...pend(['SSI'], 0x2n, { mideleg: 0x1446n }) }, taken('HS', 1)),
    after('sie', [csrrsi(CSR.sie, 0, 2)], { mode: 'HS', ...pend(['SSI'], 0n, { mideleg: 0x1446n }), mstatus: { SIE: 1 } }, taken('HS', 1)),
    after('sip', [csrrsi(CSR.sip, 0, 2)], { mode: 'HS', csrs: { mie: 0x2n, mideleg: 0x1446n }, mstatus: { SIE: 1 } }, taken('HS', 1)),
    after('hvip', [csrrsi(CSR.hvip, 0, 4)], { mode: 'HS', csrs: { mie: 0x4n }, mstatus: { SIE: 1 } }, taken('HS', 2)),
    after('hideleg', [csrrw(CSR.hideleg, 0, 0)], { mode: 'HS', ...pend(['VSSI'], 0x4n, { hideleg: 0x444n }), mstatus: { SIE: 1 } }, taken('HS', 2)),
    after('hgeie', [csrrsi(CSR.hgeie, 0, 2)], { mode: 'HS', lines: { hgeip: 0x2n }, csrs: { mie: 0x1000n }, mstatus: { SIE: 1 } }, taken('HS', 12)),
    after('vsstatus-sie', [csrrsi(CSR.sstatus, 0, 2)], { mode: 'VS', ...pend(['VSSI'], 0x4n, { hideleg: 0x4n }) }, taken('VS', 1)),
    after('VS-sip', [csrrsi(CSR.sip, 0, 2)], { mode: 'VS', csrs: { mie: 0x4n, hideleg: 0x4n }, vsstatus: { SIE: 1 } }, taken('VS', 1)),
    after('VS-sie', [csrrsi(CSR.sie, 0, 2)], { mode: 'VS', ...pend(['VSSI'], 0n, { hideleg: 0x4n }), vsstatus: { SIE: 1 } }, taken('VS', 1)),
    // xRET into a mode where it is enabled; epc is the return's target.
    after('mret-to-M', [WORD.mret], { mode: 'M', ...mti, mstatus: { MPP: 3, MPIE: 1 } }, { ...taken('M', 7), pc: EPC.M }),
    after('mret-to-U', [WORD.mret], { mode: 'M', ...mti }, { ...taken('M', 7), pc: EPC.M }),
    after('mret-to-VU', [WORD.mret], { mode: 'M', ...pend(['VSSI'], 0x4n, { hideleg: 0x4n }), mstatus: { MPV: 1 } }, { ...taken('VS', 1), pc: EPC.M }),
    after('mret-to-HS', [WORD.mret], { mode: 'M', ...pend(['SSI'], 0x2n, { mideleg: 0x1446n }), mstatus: { MPP: 1, SIE: 1 } }, { ...taken('HS', 1), pc: EPC.M }),
    after('sret-to-HS', [WORD.sret], { mode: 'HS', ...pend(['SSI'], 0x2n, { mideleg: 0x1446n }), mstatus: { SPP: 1, SPIE: 1 } }, { ...taken('HS', 1), pc: EPC.HS }),
    after('sret-to-U', [WORD.sret], { mode: 'HS', ...pend(['SSI'], 0x2n, { mideleg: 0x1446n }) }, { ...taken('HS', 1), pc: EPC.HS }),
    after('sret-to-VS', [WORD.sret], { mode: 'HS', ...pend(['VSSI'], 0x4n, { hideleg: 0x4n }), mstatus: { SPP: 1 }, hstatus: { SPV: 1 }, vsstatus: { SIE: 1 } }, { ...taken('VS', 1), pc: EPC.HS }),
    after('sret-VS-to-VU', [WORD.sret], { mode: 'VS', ...pend(['VSSI'], 0x4n, { hideleg: 0x4n }) }, { ...taken('VS', 1), pc: EPC.VS }),
  );
  // A WFI that retires with an enabled interrupt pending would have been interrupted before; masked, it goes on at pc + 4.
  rows.push({ id: 'interrupts/wfi-masked', rules: ['wfi_intr_dis', 'wfi_no_intr_pc'], arrange: hart({ mode: 'M', ...mti, words: [WORD.wfi] }), expect: { nextPc: PC + 4n } });
  return rows;
}

/** All rows of the interrupt tables. */
export function interruptRows(): readonly TableRow[] {
  return [...single(), ...lines(), ...order(), ...across(), ...vectored(), ...moments()];
}
