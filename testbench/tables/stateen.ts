/** Smstateen: what the state enables hold, and whom they keep from hstateen, sstateen, senvcfg and henvcfg. */
import type { HomeCsr } from '../retirement.js';
import { perMode, type ByMode } from './legality.js';
import { ALL_MODES, CSR, bits, csrrs, csrrw, hart, type Expectation, type Setup, type TableRow } from './row.js';

const DEMAND = { extensions: ['smstateen'] } as const;
const ONES = 0xffff_ffff_ffff_ffffn;
/** SE0 (SE of 1 to 3) and ENVCFG. */
const SE = 0x8000_0000_0000_0000n;
const ENVCFG = 0x4000_0000_0000_0000n;
const NUMBERS = [0, 1, 2, 3] as const;
type Stateen = Readonly<Partial<Record<HomeCsr, bigint>>>;

function row(id: string, rules: readonly string[], setup: Setup, expect: Expectation, more: Pick<TableRow, 'steps'> = {}): TableRow {
  return { ...DEMAND, id: `stateen/${id}`, rules, arrange: hart(setup), ...more, expect };
}

/** Every enable but those named. */
function open(but: Stateen): Stateen {
  return {
    mstateen0: SE | ENVCFG, mstateen1: SE, mstateen2: SE, mstateen3: SE, hstateen0: SE | ENVCFG, hstateen1: SE, hstateen2: SE, hstateen3: SE,
    ...but,
  };
}

/* ------------------------------------------------------------------ values */

function values(): TableRow[] {
  const rows: TableRow[] = [];
  for (const n of NUMBERS) {
    const all = n === 0 ? SE | ENVCFG : SE;
    const [m, h, s] = [`mstateen${n}`, `hstateen${n}`, `sstateen${n}`] as const;
    const zeros = { mstateen0: 0n, mstateen1: 0n, mstateen2: 0n, mstateen3: 0n };
    rows.push(
      row(`${m}-ones`, ['STATEEN_WARL_ACCESS', 'stateen_reserved_roz', 'stateen_unimplemented_state_roz'], { mode: 'M', words: [csrrw(CSR[m], 2, 1)], x: { 1: ONES }, csrs: zeros }, { rd: [2, 0n], csrs: { [m]: all } }),
      row(`${m}-zeros`, ['STATEEN_WARL_ACCESS'], { mode: 'M', words: [csrrw(CSR[m], 2, 0)], csrs: open({}) }, { rd: [2, all], csrs: { [m]: 0n } }),
      row(`${m}-others`, ['stateen_reserved_roz'], { mode: 'M', words: [csrrw(CSR[m], 0, 1)], x: { 1: ~all & ONES }, csrs: open({}) }, { csrs: { [m]: 0n } }),
      row(`${h}-ones`, ['STATEEN_WARL_ACCESS', 'hstateen_bit_63_writable', 'hstateen_encoding'], { mode: 'HS', words: [csrrw(CSR[h], 2, 1)], x: { 1: ONES }, csrs: open({ [h]: 0n }) }, { rd: [2, 0n], csrs: { [h]: all } }),
      row(`${h}-zeros`, ['STATEEN_WARL_ACCESS'], { mode: 'HS', words: [csrrw(CSR[h], 2, 0)], csrs: open({}) }, { rd: [2, all], csrs: { [h]: 0n } }),
      // A bit that is 0 in mstateen reads 0 in hstateen; what is stored behind it is neither seen nor written, and comes back.
      row(`${h}-masked-read`, ['mstateen_lower_priv_roz', 'choices:stateen'], { mode: 'M', words: [csrrs(CSR[h], 2, 0)], csrs: open({ [m]: 0n }) }, { rd: [2, 0n] }),
      row(`${h}-masked-ones`, ['mstateen_lower_priv_roz', 'choices:stateen'], { mode: 'M', words: [csrrw(CSR[h], 2, 1)], x: { 1: ONES }, csrs: open({ [m]: 0n, [h]: 0n }) }, { rd: [2, 0n] }),
      row(`${h}-masked-zeros`, ['mstateen_lower_priv_roz', 'choices:stateen'], { mode: 'M', words: [csrrw(CSR[h], 2, 0)], csrs: open({ [m]: 0n }) }, { rd: [2, 0n] }),
      row(`${h}-reappears`, ['mstateen_lower_priv_roz', 'choices:stateen'], { mode: 'M', words: [csrrw(CSR[m], 0, 1), csrrs(CSR[h], 2, 0)], x: { 1: ONES }, csrs: open({ [m]: 0n }) }, { rd: [2, all] }, { steps: 2 }),
      // sstateen has no bit at all.
      ...(['M', 'HS', 'VS'] as const).map((mode) => row(`${s}-ones-${mode}`, ['stateen_unimplemented_state_roz', 'sstateen_bit_allocation'], { mode, words: [csrrw(CSR[s], 0, 1), csrrs(CSR[s], 2, 0)], x: { 1: ONES }, csrs: open({}) }, { rd: [2, 0n] }, { steps: 2 })),
    );
  }
  // Of two bits each is masked by its own.
  rows.push(
    row('hstateen0-envcfg-masked', ['mstateen_lower_priv_roz'], { mode: 'HS', words: [csrrs(CSR.hstateen0, 2, 0)], csrs: open({ mstateen0: SE }) }, { rd: [2, SE] }),
    row('hstateen0-se0-masked', ['mstateen_lower_priv_roz'], { mode: 'M', words: [csrrs(CSR.hstateen0, 2, 0)], csrs: open({ mstateen0: ENVCFG }) }, { rd: [2, ENVCFG] }),
    row('hstateen0-envcfg-masked-ones', ['mstateen_lower_priv_roz'], { mode: 'HS', words: [csrrw(CSR.hstateen0, 0, 1)], x: { 1: ONES }, csrs: open({ mstateen0: SE, hstateen0: 0n }) }, { csrs: { hstateen0: SE } }),
    row('hstateen0-envcfg-masked-zeros', ['mstateen_lower_priv_roz'], { mode: 'HS', words: [csrrw(CSR.hstateen0, 0, 0)], csrs: open({ mstateen0: SE }) }, { csrs: { hstateen0: ENVCFG } }),
  );
  return rows;
}

/* ------------------------------------------------------------------ permits */

const MACHINE: ByMode = { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' };
const HYPERVISOR: ByMode = { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' };
const SUPERVISOR: ByMode = { M: 'ok', HS: 'ok', U: 'ill', VS: 'ok', VU: 'vir' };

/** `[bit in mstateen, bit in hstateen, a hypervisor's CSR it guards, a supervisor's]`; what M-mode withholds is HS-qualified for nobody. */
const PERMITS: readonly (readonly [m: number, h: number, hypervisor: ByMode, supervisor: ByMode])[] = [
  [0, 0, MACHINE, MACHINE], [0, 1, MACHINE, MACHINE],
  [1, 0, HYPERVISOR, HYPERVISOR], [1, 1, HYPERVISOR, SUPERVISOR],
];

function permits(): TableRow[] {
  const rows: TableRow[] = [];
  const all = ['stateen_op', 'stateen_illegal_state_access', 'H_cause_virtual_instruction'];
  for (const n of NUMBERS) {
    const [m, h, s] = [`mstateen${n}`, `hstateen${n}`, `sstateen${n}`] as const;
    const rules = n === 0 ? [...all, 'mstateen0_se0_op', 'hstateen0_se0_op'] : [...all, 'mstateen_bit_63_op', 'hstateen_bit_63_op'];
    rows.push(
      ...perMode(`stateen-${m}-read`, ['mstateen_rv64_csrs'], csrrs(CSR[m], 2, 0), MACHINE, { csrs: open({}) }, { rd: 'any' }, DEMAND),
      ...perMode(`stateen-${m}-write`, ['mstateen_rv64_csrs'], csrrs(CSR[m], 0, 1), MACHINE, { csrs: open({}) }, {}, DEMAND),
    );
    for (const [bitM, bitH, hypervisor, supervisor] of PERMITS) {
      // The other bit of register 0, and all of the other registers, say yes.
      const rest = n === 0 ? ENVCFG : 0n;
      const csrs = open({ [m]: rest | (bitM ? SE : 0n), [h]: rest | (bitH ? SE : 0n) });
      const name = `m${bitM}h${bitH}`;
      rows.push(
        ...perMode(`stateen-${h}-read-${name}`, rules, csrrs(CSR[h], 2, 0), hypervisor, { csrs }, { rd: 'any' }, DEMAND),
        ...perMode(`stateen-${h}-write-${name}`, rules, csrrs(CSR[h], 0, 1), hypervisor, { csrs }, {}, DEMAND),
        ...perMode(`stateen-${s}-read-${name}`, rules, csrrs(CSR[s], 2, 0), supervisor, { csrs }, { rd: [2, 0n] }, DEMAND),
        ...perMode(`stateen-${s}-write-${name}`, rules, csrrw(CSR[s], 0, 1), supervisor, { csrs }, {}, DEMAND),
      );
    }
  }
  for (const [bitM, bitH, hypervisor, supervisor] of PERMITS) {
    const csrs = { ...open({ mstateen0: SE | (bitM ? ENVCFG : 0n), hstateen0: SE | (bitH ? ENVCFG : 0n) }), henvcfg: 1n, senvcfg: 1n };
    const rules = [...all, 'mstateen0_envcfg_op', 'hstateen0_envcfg_op'];
    const name = `m${bitM}h${bitH}`;
    rows.push(
      ...perMode(`stateen-henvcfg-read-${name}`, rules, csrrs(CSR.henvcfg, 2, 0), hypervisor, { csrs }, { rd: [2, 1n] }, DEMAND),
      ...perMode(`stateen-henvcfg-write-${name}`, rules, csrrw(CSR.henvcfg, 0, 0), hypervisor, { csrs }, { csrs: { henvcfg: 0n } }, DEMAND),
      ...perMode(`stateen-senvcfg-read-${name}`, rules, csrrs(CSR.senvcfg, 2, 0), supervisor, { csrs }, { rd: [2, 1n] }, DEMAND),
      ...perMode(`stateen-senvcfg-write-${name}`, rules, csrrw(CSR.senvcfg, 0, 0), supervisor, { csrs }, { csrs: { senvcfg: 0n } }, DEMAND),
      ...perMode(`stateen-menvcfg-read-${name}`, rules, csrrs(CSR.menvcfg, 2, 0), MACHINE, { csrs }, { rd: [2, 0n] }, DEMAND),
    );
  }
  // SE0 does not guard the envcfg registers, nor ENVCFG the state enables.
  for (const mode of ALL_MODES) {
    const word = csrrs(CSR.senvcfg, 2, 0);
    const csrs = open({ mstateen0: ENVCFG, hstateen0: ENVCFG });
    rows.push(row(`senvcfg-without-se0-${mode}`, ['mstateen0_envcfg_op'], { mode, words: [word], csrs }, mode === 'U' ? { trap: { to: 'M', cause: 2, tval: bits(word) } } : mode === 'VU' ? { trap: { to: 'M', cause: 22, tval: bits(word) } } : { rd: [2, 0n] }));
  }
  // High halves and the registers beyond 3 do not exist, whatever is enabled.
  for (const [name, csr] of [['mstateen0h', 0x31c], ['hstateen0h', 0x61c], ['hstateen3h', 0x61f], ['sstateen4', 0x110], ['mstateen4', 0x38c]] as const) {
    rows.push(...perMode(`stateen-no-${name}`, ['stateen_rv32_upper_bits_csrs', 'H_illegal_high_half'], csrrs(csr, 2, 0), { M: 'ill', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' }, { csrs: open({}) }, {}, DEMAND));
  }
  return rows;
}

/** All rows of the state enables' tables. */
export const stateenRows = (): readonly TableRow[] => [...values(), ...permits()];
