/** menvcfg, henvcfg and senvcfg as written and read: the fields that come with extensions, the reserved CBIE, and what menvcfg hides of henvcfg. */
import type { HomeCsr, Mode } from '../retirement.js';
import type { Extension } from './extensions.js';
import { CSR, csrrs, csrrw, hart, type TableRow } from './row.js';

const ONES = 0xffff_ffff_ffff_ffffn;

function row(id: string, rules: readonly string[], extensions: readonly Extension[], mode: Mode, words: readonly number[], x1: bigint, csrs: Readonly<Partial<Record<HomeCsr, bigint>>>, expect: TableRow['expect']): TableRow {
  return { ...(extensions.length === 0 ? {} : { extensions }), id: `envcfg/${id}`, rules, arrange: hart({ mode, words, x: { 1: x1 }, csrs }), steps: words.length, expect };
}

/** Fields by name: mask, extension, and which registers have them. */
const FIELDS: readonly { readonly name: string; readonly mask: bigint; readonly extension?: Extension; readonly senvcfg: boolean; readonly rules: readonly string[] }[] = [
  { name: 'FIOM', mask: 0x1n, senvcfg: true, rules: ['menvcfg_acc', 'henvcfg_acc', 'senvcfg_acc'] },
  { name: 'CBCFE', mask: 0x40n, extension: 'zicbom', senvcfg: true, rules: ['menvcfg_cbcfe_op', 'henvcfg_cbcfe'] },
  { name: 'CBIE', mask: 0x30n, extension: 'zicbom', senvcfg: true, rules: ['MENVCFG_CBIE_WARL', 'HENVCFG_CBIE_WARL'] },
  { name: 'CBZE', mask: 0x80n, extension: 'zicboz', senvcfg: true, rules: ['menvcfg_cbze_op', 'henvcfg_cbze'] },
  { name: 'ADUE', mask: 0x2000_0000_0000_0000n, extension: 'svadu', senvcfg: false, rules: ['menvcfg_adue_op', 'henvcfg_adue_op', 'Svadu_hypervisor_adue_writable'] },
  { name: 'PBMTE', mask: 0x4000_0000_0000_0000n, extension: 'svpbmt', senvcfg: false, rules: ['menvcfg_pbmte_op', 'henvcfg_pbmte_op'] },
  { name: 'STCE', mask: 0x8000_0000_0000_0000n, extension: 'sstc', senvcfg: false, rules: ['menvcfg_stce_op', 'henvcfg_stce'] },
];

/** Where each register is written from. */
const REGISTERS: readonly (readonly [name: 'menvcfg' | 'henvcfg' | 'senvcfg', mode: Mode])[] = [['menvcfg', 'M'], ['henvcfg', 'HS'], ['henvcfg', 'M'], ['senvcfg', 'HS'], ['senvcfg', 'VS'], ['senvcfg', 'M']];

/** A field alone: what is written is read, over zeros, and zeros over it; in senvcfg the upper ones read 0. */
function fields(): TableRow[] {
  return FIELDS.flatMap(({ name, mask, extension, senvcfg, rules }) => REGISTERS.flatMap(([csr, mode]) => {
    const extensions = extension === undefined ? [] : [extension];
    // menvcfg's bit is 1, so that henvcfg's is not hidden.
    const base = csr === 'menvcfg' ? {} : { menvcfg: mask };
    const there = csr !== 'senvcfg' || senvcfg;
    return [
      row(`${csr}-${name}-${mode}-set`, rules, extensions, mode, [csrrw(CSR[csr], 0, 1), csrrs(CSR[csr], 2, 0)], mask, base, { rd: [2, there ? mask : 0n] }),
      ...(there ? [row(`${csr}-${name}-${mode}-clear`, rules, extensions, mode, [csrrw(CSR[csr], 2, 0)], 0n, { ...base, [csr]: mask }, { rd: [2, mask], csrs: { [csr]: 0n } })] : []),
    ];
  }));
}

/** The encoding 2 of CBIE is reserved: the field keeps what it had, the rest of the write happens. `[old, written, new]`. */
const CBIE: readonly (readonly [old: bigint, written: bigint, after: bigint])[] = [
  [0n, 0n, 0n], [0n, 1n, 1n], [0n, 2n, 0n], [0n, 3n, 3n], [1n, 0n, 0n], [1n, 1n, 1n], [1n, 2n, 1n], [1n, 3n, 3n], [3n, 0n, 0n], [3n, 1n, 1n], [3n, 2n, 3n], [3n, 3n, 3n],
];

function cbie(): TableRow[] {
  return CBIE.flatMap(([old, written, after]) => REGISTERS.map(([csr, mode]) => row(
    `${csr}-CBIE-${mode}-${old}-to-${written}`, ['MENVCFG_CBIE_WARL', 'HENVCFG_CBIE_WARL', 'cbxe_unaffected'], ['zicbom'], mode,
    [csrrw(CSR[csr], 2, 1)], (written << 4n) | 1n, { [csr]: (old << 4n) | 0x40n }, { rd: [2, (old << 4n) | 0x40n], csrs: { [csr]: (after << 4n) | 1n } },
  )));
}

/** ADUE, PBMTE and STCE of henvcfg: read-only zero while menvcfg's is 0; stored behind it, and back with it (choices). */
function views(): TableRow[] {
  const hidden = FIELDS.filter(({ name }) => name === 'ADUE' || name === 'PBMTE' || name === 'STCE');
  return hidden.flatMap(({ name, mask, extension }) => {
    const extensions = extension === undefined ? [] : [extension];
    const rules = [{ ADUE: 'menvcfg_adue_henvcfg_adue_rdonly0', PBMTE: 'menvcfg_pbmte_henvcfg_pbmte_rdonly0', STCE: 'menvcfg_stce_op' }[name] ?? 'henvcfg_op', 'choices:envcfg'];
    return [
      ...(['M', 'HS'] as const).flatMap((mode) => [
        row(`henvcfg-${name}-hidden-read-${mode}`, rules, extensions, mode, [csrrs(CSR.henvcfg, 2, 0)], 0n, { henvcfg: mask | 1n }, { rd: [2, 1n] }),
        row(`henvcfg-${name}-hidden-ones-${mode}`, rules, extensions, mode, [csrrw(CSR.henvcfg, 2, 1)], mask | 1n, {}, { rd: [2, 0n], csrs: { henvcfg: 1n } }),
        row(`henvcfg-${name}-hidden-zeros-${mode}`, rules, extensions, mode, [csrrw(CSR.henvcfg, 2, 0)], 0n, { henvcfg: mask | 1n }, { rd: [2, 1n], csrs: { henvcfg: mask } }),
        row(`henvcfg-${name}-hidden-set-${mode}`, rules, extensions, mode, [csrrs(CSR.henvcfg, 2, 1)], 1n, { henvcfg: mask }, { rd: [2, 0n], csrs: { henvcfg: mask | 1n } }),
      ]),
      row(`henvcfg-${name}-reappears`, rules, extensions, 'M', [csrrw(CSR.menvcfg, 0, 1), csrrs(CSR.henvcfg, 2, 0)], mask, { henvcfg: mask }, { rd: [2, mask] }),
      row(`henvcfg-${name}-disappears`, rules, extensions, 'M', [csrrw(CSR.menvcfg, 0, 0), csrrs(CSR.henvcfg, 2, 0)], 0n, { menvcfg: mask, henvcfg: mask }, { rd: [2, 0n] }),
    ];
  });
}

/** All ones, with every field there is. */
function whole(): TableRow[] {
  const every: readonly Extension[] = ['zicbom', 'zicboz', 'svadu', 'svpbmt', 'sstc'];
  const upper = 0xe000_0000_0000_0000n;
  return [
    row('menvcfg-ones', ['menvcfg_enc'], every, 'M', [csrrw(CSR.menvcfg, 0, 1)], ONES, {}, { csrs: { menvcfg: upper | 0xf1n } }),
    row('henvcfg-ones', ['henvcfg_op'], every, 'HS', [csrrw(CSR.henvcfg, 0, 1)], ONES, { menvcfg: upper }, { csrs: { henvcfg: upper | 0xf1n } }),
    row('henvcfg-ones-hidden', ['henvcfg_op'], every, 'HS', [csrrw(CSR.henvcfg, 0, 1)], ONES, {}, { csrs: { henvcfg: 0xf1n } }),
    row('senvcfg-ones', ['senvcfg_acc'], every, 'HS', [csrrw(CSR.senvcfg, 0, 1)], ONES, { menvcfg: upper }, { csrs: { senvcfg: 0xf1n } }),
    row('senvcfg-ones-VS', ['senvcfg_acc'], every, 'VS', [csrrw(CSR.senvcfg, 0, 1)], ONES, { menvcfg: upper, henvcfg: upper }, { csrs: { senvcfg: 0xf1n } }),
    // The cache-block fields of one register hide nothing of another's.
    row('senvcfg-beside-zeros', ['cbxe_unaffected'], ['zicbom', 'zicboz'], 'VS', [csrrs(CSR.senvcfg, 2, 0)], 0n, { senvcfg: 0xf0n }, { rd: [2, 0xf0n] }),
    row('henvcfg-beside-zeros', ['cbxe_unaffected'], ['zicbom', 'zicboz'], 'HS', [csrrs(CSR.henvcfg, 2, 0)], 0n, { henvcfg: 0xf0n }, { rd: [2, 0xf0n] }),
  ];
}

/** All rows of the environment configuration's tables. */
export const envcfgRows = (): readonly TableRow[] => [...fields(), ...cbie(), ...views(), ...whole()];
