/** Sstc: who may touch stimecmp and vstimecmp, when STIP and VSTIP are pending, and what becomes of the software bits meanwhile. */
import { perMode, type ByMode } from './legality.js';
import { CSR, csrrc, csrrs, csrrw, hart, WORD, type Expectation, type Setup, type TableRow } from './row.js';

const DEMAND = { extensions: ['sstc'] } as const;
const ONES = 0xffff_ffff_ffff_ffffn;
/** menvcfg.STCE and henvcfg.STCE. */
const STCE = 0x8000_0000_0000_0000n;

function row(id: string, rules: readonly string[], setup: Setup, expect: Expectation, more: Pick<TableRow, 'steps'> = {}): TableRow {
  return { ...DEMAND, id: `sstc/${id}`, rules, arrange: hart(setup), ...more, expect };
}

/* ------------------------------------------------------------------ permits */

/** What M-mode withholds is illegal for everybody below; a guest's own name for vstimecmp is stimecmp. */
const WITHHELD: ByMode = { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' };
const BY_NAME: ByMode = { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' };
const GUEST_TOO: ByMode = { M: 'ok', HS: 'ok', U: 'ill', VS: 'ok', VU: 'vir' };

/** `[mcounteren.TM, menvcfg.STCE, hcounteren.TM, henvcfg.STCE, stimecmp, vstimecmp]`. */
const PERMITS: readonly (readonly [mTm: number, mStce: number, hTm: number, hStce: number, stimecmp: ByMode, vstimecmp: ByMode])[] = [
  [0, 0, 0, 0, WITHHELD, WITHHELD], [0, 0, 1, 1, WITHHELD, WITHHELD],
  [0, 1, 0, 0, WITHHELD, WITHHELD], [0, 1, 0, 1, WITHHELD, WITHHELD], [0, 1, 1, 0, WITHHELD, WITHHELD], [0, 1, 1, 1, WITHHELD, WITHHELD],
  [1, 0, 0, 0, WITHHELD, WITHHELD], [1, 0, 0, 1, WITHHELD, WITHHELD], [1, 0, 1, 0, WITHHELD, WITHHELD], [1, 0, 1, 1, WITHHELD, WITHHELD],
  [1, 1, 0, 0, BY_NAME, BY_NAME], [1, 1, 0, 1, BY_NAME, BY_NAME], [1, 1, 1, 0, BY_NAME, BY_NAME],
  [1, 1, 1, 1, GUEST_TOO, BY_NAME],
];

function permits(): TableRow[] {
  const rules = ['mcounteren_tm_clr', 'mcounteren_tm_set', 'menvcfg_stce_op', 'henvcfg_stce', 'hcounteren_acc', 'H_cause_virtual_instruction'];
  return PERMITS.flatMap(([mTm, mStce, hTm, hStce, stimecmp, vstimecmp]) => [0, 1].flatMap((sTm) => {
    // The other counters' bits are the opposite, so that using a neighbour's shows; scounteren has no say.
    const csrs = {
      mcounteren: mTm ? 2n : 0x7dn, hcounteren: hTm ? 2n : 0x7dn, scounteren: sTm ? 0x7fn : 0n,
      menvcfg: mStce ? STCE : 1n, henvcfg: hStce ? STCE : 1n, stimecmp: ONES, vstimecmp: 0xffff_ffff_ffff_fff0n,
    };
    const name = `m${mTm}${mStce}-h${hTm}${hStce}-s${sTm}`;
    return ([['stimecmp', stimecmp], ['vstimecmp', vstimecmp]] as const).flatMap(([csr, outcomes]) => [
      ...perMode(`sstc-${csr}-read-${name}`, rules, csrrs(CSR[csr], 2, 0), outcomes, { csrs }, (mode) => ({ rd: [2, csr === 'stimecmp' && mode !== 'VS' ? ONES : 0xffff_ffff_ffff_fff0n] }), DEMAND),
      ...perMode(`sstc-${csr}-write-${name}`, rules, csrrw(CSR[csr], 0, 1), outcomes, { csrs, x: { 1: 0x8123_4567_89ab_cdefn } }, (mode) => ({
        csrs: csr === 'stimecmp' && mode !== 'VS' ? { stimecmp: 0x8123_4567_89ab_cdefn } : { vstimecmp: 0x8123_4567_89ab_cdefn },
      }), DEMAND),
    ]);
  }));
}

/* ------------------------------------------------------------------ STIP */

/** Past at any time, and never reached while a row runs. */
const PAST = 0n;
const NEVER = ONES;

/** `[menvcfg.STCE, stimecmp, stored STIP, STIP as read]`: the comparison alone while STCE is 1, the stored bit alone while it is 0. */
const STIP: readonly (readonly [stce: number, stimecmp: bigint, stored: number, seen: number])[] = [
  [0, PAST, 0, 0], [0, PAST, 1, 1], [0, NEVER, 0, 0], [0, NEVER, 1, 1],
  [1, PAST, 0, 1], [1, PAST, 1, 1], [1, NEVER, 0, 0], [1, NEVER, 1, 0],
  // Unsigned: the top bit is not a sign.
  [1, 0x8000_0000_0000_0000n, 1, 0],
];

function stip(): TableRow[] {
  const rules = ['mip_stip_stimecmp_op', 'menvcfg_stce_op', 'mip_stip_no_stimecmp_op'];
  const rows: TableRow[] = [];
  for (const [stce, stimecmp, stored, seen] of STIP) {
    const csrs = { menvcfg: stce ? STCE : 0n, stimecmp, mip: stored ? 0x20n : 0n, mideleg: 0x1464n };
    const name = `stce${stce}-${stimecmp.toString(16)}-stored${stored}`;
    const value = seen ? 0x20n : 0n;
    rows.push(
      row(`stip-${name}-mip`, rules, { mode: 'M', words: [csrrs(CSR.mip, 2, 0)], csrs }, { rd: [2, value] }),
      row(`stip-${name}-sip`, rules, { mode: 'HS', words: [csrrs(CSR.sip, 2, 0)], csrs }, { rd: [2, value] }),
      row(`stip-${name}-sip-undelegated`, rules, { mode: 'HS', words: [csrrs(CSR.sip, 2, 0)], csrs: { ...csrs, mideleg: 0x1444n } }, { rd: [2, 0n] }),
      row(`stip-${name}-hip`, rules, { mode: 'HS', words: [csrrs(CSR.hip, 2, 0)], csrs }, { rd: [2, 0n] }),
      // Writes reach the stored bit only while STCE is 0.
      row(`stip-${name}-mip-ones`, ['mip_stip_stimecmp_acc', 'mip_stip_no_stimecmp_acc'], { mode: 'M', words: [csrrw(CSR.mip, 2, 1)], csrs, x: { 1: ONES } }, { rd: [2, value], csrs: { mip: stce && !stored ? 0x202n : 0x222n, hvip: 0x4n } }),
      row(`stip-${name}-mip-zeros`, ['mip_stip_stimecmp_acc', 'mip_stip_no_stimecmp_acc'], { mode: 'M', words: [csrrw(CSR.mip, 2, 0)], csrs }, { rd: [2, value], csrs: { mip: stce && stored ? 0x20n : 0n } }),
      row(`stip-${name}-mip-set`, ['mip_stip_stimecmp_acc'], { mode: 'M', words: [csrrs(CSR.mip, 2, 1)], csrs, x: { 1: 0x20n } }, { rd: [2, value], csrs: { mip: stce ? (stored ? 0x20n : 0n) : 0x20n } }),
      row(`stip-${name}-mip-clear`, ['mip_stip_stimecmp_acc'], { mode: 'M', words: [csrrc(CSR.mip, 2, 1)], csrs, x: { 1: 0x20n } }, { rd: [2, value], csrs: { mip: stce && stored ? 0x20n : 0n } }),
      // Setting a neighbour writes nothing of the timer's signal back.
      row(`stip-${name}-mip-neighbour`, ['mip_stip_stimecmp_acc'], { mode: 'M', words: [csrrs(CSR.mip, 2, 1)], csrs, x: { 1: 0x2n } }, { rd: [2, value], csrs: { mip: stored ? 0x22n : 0x2n } }),
      // And it is taken: by M when it is not delegated, by HS when it is.
      row(`stip-${name}-to-M`, rules, { mode: 'U', words: [WORD.nop], csrs: { ...csrs, mideleg: 0x1444n, mie: 0x20n } }, seen ? { trap: { to: 'M', cause: 5, interrupt: true } } : {}),
      row(`stip-${name}-to-HS`, rules, { mode: 'VS', words: [WORD.nop], csrs: { ...csrs, mie: 0x20n } }, seen ? { trap: { to: 'HS', cause: 5, interrupt: true } } : {}),
      row(`stip-${name}-disabled`, rules, { mode: 'VS', words: [WORD.nop], csrs: { ...csrs, mie: 0n } }, {}),
    );
  }
  // A write of stimecmp, and of STCE, moves it for the next instruction.
  rows.push(
    row('stip-cleared', ['mip_stip_stimecmp_clr'], { mode: 'HS', words: [csrrw(CSR.stimecmp, 0, 1), csrrs(CSR.sip, 2, 0)], x: { 1: NEVER }, csrs: { menvcfg: STCE, mcounteren: 2n, mideleg: 0x1464n } }, { rd: [2, 0n] }, { steps: 2 }),
    row('stip-raised', ['mip_stip_stimecmp_op'], { mode: 'HS', words: [csrrw(CSR.stimecmp, 0, 0), csrrs(CSR.sip, 2, 0)], csrs: { menvcfg: STCE, mcounteren: 2n, mideleg: 0x1464n, stimecmp: NEVER } }, { rd: [2, 0x20n] }, { steps: 2 }),
    row('stip-raised-and-taken', ['mip_stip_stimecmp_op'], { mode: 'HS', words: [csrrw(CSR.stimecmp, 0, 0), WORD.nop], mstatus: { SIE: 1 }, csrs: { menvcfg: STCE, mcounteren: 2n, mideleg: 0x1464n, mie: 0x20n, stimecmp: NEVER } }, { trap: { to: 'HS', cause: 5, interrupt: true } }, { steps: 2 }),
    row('stip-stored-reappears', ['menvcfg_stce_op', 'choices:sstc'], { mode: 'M', words: [csrrw(CSR.menvcfg, 0, 0), csrrs(CSR.mip, 2, 0)], csrs: { menvcfg: STCE, mip: 0x20n, stimecmp: NEVER } }, { rd: [2, 0x20n] }, { steps: 2 }),
    row('stip-stce-on', ['menvcfg_stce_op'], { mode: 'M', words: [csrrw(CSR.menvcfg, 0, 1), csrrs(CSR.mip, 2, 0)], x: { 1: STCE } }, { rd: [2, 0x20n] }, { steps: 2 }),
    // htimedelta is for guests.
    row('stip-htimedelta', ['mip_stip_stimecmp_op'], { mode: 'M', words: [csrrs(CSR.mip, 2, 0)], csrs: { menvcfg: STCE, stimecmp: 0x4000_0000_0000_0000n, htimedelta: 0x8000_0000_0000_0000n } }, { rd: [2, 0n] }),
  );
  return rows;
}

/* ------------------------------------------------------------------ VSTIP */

/**
 * `[menvcfg.STCE, henvcfg.STCE, vstimecmp, htimedelta, hvip.VSTIP, VSTIP as
 * read, and as read once hvip is 0]`: hvip's bit, or time + htimedelta (modulo 2^64) at or past vstimecmp
 * when both STCE are 1. time itself is small.
 */
const VSTIP: readonly (readonly [m: number, h: number, vstimecmp: bigint, htimedelta: bigint, hvip: number, seen: number, alone: number])[] = [
  [0, 0, PAST, 0n, 0, 0, 0], [0, 0, PAST, 0n, 1, 1, 0], [0, 1, PAST, 0n, 0, 0, 0], [1, 0, PAST, 0n, 0, 0, 0], [1, 0, PAST, 0n, 1, 1, 0],
  [1, 1, PAST, 0n, 0, 1, 1], [1, 1, PAST, 0n, 1, 1, 1], [1, 1, NEVER, 0n, 0, 0, 0], [1, 1, NEVER, 0n, 1, 1, 0],
  [1, 1, 0x4000_0000_0000_0000n, 0n, 0, 0, 0], [1, 1, 0x4000_0000_0000_0000n, 0x4000_0000_0000_0000n, 0, 1, 1], [1, 1, 0x4000_0000_0000_0000n, 0x3fff_0000_0000_0000n, 0, 0, 0],
  [1, 1, 0x7fff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n, 0, 1, 1], [1, 1, 0x8000_0000_0000_0000n, 0x7fff_0000_0000_0000n, 0, 0, 0], [1, 1, NEVER, 0xffff_0000_0000_0000n, 0, 0, 0],
  [0, 1, 0x4000_0000_0000_0000n, 0x4000_0000_0000_0000n, 0, 0, 0], [1, 0, 0x4000_0000_0000_0000n, 0x4000_0000_0000_0000n, 0, 0, 0],
];

function vstip(): TableRow[] {
  const rules = ['hip_vstip_vstie_op', 'henvcfg_stce', 'menvcfg_stce_op'];
  const rows: TableRow[] = [];
  for (const [m, h, vstimecmp, htimedelta, hvip, seen, alone] of VSTIP) {
    const csrs = { menvcfg: m ? STCE : 0n, henvcfg: h ? STCE : 0n, vstimecmp, htimedelta, stimecmp: NEVER, hvip: hvip ? 0x40n : 0n, hideleg: 0x40n };
    const name = `vstip-m${m}h${h}-${vstimecmp.toString(16)}-${htimedelta.toString(16)}-hvip${hvip}`;
    const hip = seen ? 0x40n : 0n;
    rows.push(
      row(`${name}-mip`, rules, { mode: 'M', words: [csrrs(CSR.mip, 2, 0)], csrs }, { rd: [2, hip] }),
      row(`${name}-hip`, rules, { mode: 'HS', words: [csrrs(CSR.hip, 2, 0)], csrs }, { rd: [2, hip] }),
      row(`${name}-vsip`, rules, { mode: 'HS', words: [csrrs(CSR.vsip, 2, 0)], csrs }, { rd: [2, seen ? 0x20n : 0n] }),
      row(`${name}-VS-sip`, rules, { mode: 'VS', words: [csrrs(CSR.sip, 2, 0)], csrs }, { rd: [2, seen ? 0x20n : 0n] }),
      row(`${name}-hvip`, ['hvip_op'], { mode: 'HS', words: [csrrs(CSR.hvip, 2, 0)], csrs }, { rd: [2, hvip ? 0x40n : 0n] }),
      // VSTIP is read-only in hip and mip: writing all ones leaves hvip's bit as it was.
      row(`${name}-hip-ones`, ['hip_vstip_vstie_acc'], { mode: 'HS', words: [csrrw(CSR.hip, 2, 1)], csrs, x: { 1: ONES } }, { rd: [2, hip], csrs: { hvip: hvip ? 0x44n : 0x4n } }),
      row(`${name}-hvip-zeros`, ['hvip_op'], { mode: 'HS', words: [csrrw(CSR.hvip, 0, 0), csrrs(CSR.hip, 2, 0)], csrs }, { rd: [2, alone ? 0x40n : 0n] }, { steps: 2 }),
      row(`${name}-to-VS`, rules, { mode: 'VU', words: [WORD.nop], csrs: { ...csrs, mie: 0x40n } }, seen ? { trap: { to: 'VS', cause: 5, interrupt: true } } : {}),
      row(`${name}-to-HS`, rules, { mode: 'U', words: [WORD.nop], csrs: { ...csrs, hideleg: 0n, mie: 0x40n } }, seen ? { trap: { to: 'HS', cause: 6, interrupt: true } } : {}),
      row(`${name}-V0-delegated`, rules, { mode: 'U', words: [WORD.nop], csrs: { ...csrs, mie: 0x40n } }, {}),
    );
  }
  rows.push(
    // The guest clears it itself, under the name stimecmp.
    row('vstip-cleared', ['hip_vstip_vstie_op', 'sstc_vs_facility'], { mode: 'VS', words: [csrrw(CSR.stimecmp, 0, 1), csrrs(CSR.sip, 2, 0)], x: { 1: NEVER }, csrs: { menvcfg: STCE, henvcfg: STCE, mcounteren: 2n, hcounteren: 2n, hideleg: 0x40n, stimecmp: NEVER } }, { rd: [2, 0n] }, { steps: 2 }),
    row('vstip-raised-and-taken', ['hip_vstip_vstie_op'], { mode: 'VS', words: [csrrw(CSR.stimecmp, 0, 0), WORD.nop], vsstatus: { SIE: 1 }, csrs: { menvcfg: STCE, henvcfg: STCE, mcounteren: 2n, hcounteren: 2n, hideleg: 0x40n, mie: 0x40n, stimecmp: NEVER, vstimecmp: NEVER } }, { trap: { to: 'VS', cause: 5, interrupt: true } }, { steps: 2 }),
    row('vstip-htimedelta-written', ['hip_vstip_vstie_op', 'htimedelta_op'], { mode: 'HS', words: [csrrw(CSR.htimedelta, 0, 1), csrrs(CSR.hip, 2, 0)], x: { 1: 0x4000_0000_0000_0000n }, csrs: { menvcfg: STCE, henvcfg: STCE, stimecmp: NEVER, vstimecmp: 0x4000_0000_0000_0000n } }, { rd: [2, 0x40n] }, { steps: 2 }),
  );
  return rows;
}

/** All rows of the supervisor timers' tables. */
export const sstcRows = (): readonly TableRow[] => [...permits(), ...stip(), ...vstip()];
