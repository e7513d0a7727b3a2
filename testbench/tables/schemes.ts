/** satp, vsatp and hgatp where there are paged schemes: which MODEs they take, and what else of a write counts. */
import type { HomeCsr, Mode } from '../retirement.js';
import type { Extension } from './extensions.js';
import { SCHEME, type Scheme } from './pages.js';
import { CSR, bits, csrrs, csrrw, hart, type TableRow } from './row.js';

const OLD = 0x0012_3000_0000_4567n;
const FIELDS = 0x0aaa_aaaa_aaaa_aaaan;
const ONES = 0xffff_ffff_ffff_ffffn;

/** Which register is written by which name from where. */
const SATPS: readonly (readonly [name: string, csr: 'satp' | 'vsatp', mode: Mode, home: HomeCsr, rule: string])[] = [
  ['satp-HS', 'satp', 'HS', 'satp', 'satp_mode_sxlen64'], ['satp-M', 'satp', 'M', 'satp', 'satp_mode_sxlen64'], ['satp-VS', 'satp', 'VS', 'vsatp', 'vsatp_mode_unsupported_v1'], ['vsatp-HS', 'vsatp', 'HS', 'vsatp', 'vsatp_mode_unsupported_v0'], ['vsatp-M', 'vsatp', 'M', 'vsatp', 'vsatp_mode_unsupported_v0'],
];

/** Every MODE, and the extension that makes it one that is taken. */
const MODES: readonly (readonly [mode: bigint, extension: Extension | undefined])[] = Array.from({ length: 16 }, (_, mode) => [BigInt(mode), mode === 8 || mode === 9 || mode === 10 ? SCHEME[mode] : undefined]);

/**
 * A write of x1, and the value afterwards. In HS- and VS-mode the next
 * instruction would be fetched through it, so that only the write is looked at.
 */
function written(id: string, rules: readonly string[], extensions: readonly Extension[], mode: Mode, csr: 'satp' | 'vsatp' | 'hgatp', home: HomeCsr, old: bigint, value: bigint, after: bigint): TableRow {
  return { extensions, id: `schemes/${id}`, rules, arrange: hart({ mode, words: [csrrw(CSR[csr], 2, 1)], x: { 1: value }, csrs: { [home]: old } }), expect: { rd: [2, old], csrs: { [home]: after } } };
}

function satps(): TableRow[] {
  return SATPS.flatMap(([name, csr, mode, home, rule]) => MODES.flatMap(([value, extension]) => {
    const write = (value << 60n) | FIELDS;
    if (extension !== undefined) {
      return [
        written(`${name}-mode-${value}`, [rule, 'satp_mode'], [extension], mode, csr, home, OLD, write, write),
        written(`${name}-mode-${value}-ones`, [rule, 'ASIDLEN', 'satp_ppn_sv39_sz'], [extension], mode, csr, home, OLD, (value << 60n) | (ONES >> 4n), (value << 60n) | (ONES >> 4n)),
        written(`${name}-mode-${value}-zero-fields`, [rule], [extension], mode, csr, home, OLD, value << 60n, value << 60n),
      ];
    }
    // Bare is taken with whatever else there is; the rest leaves the register alone, from Bare (warl) and, here, from a scheme in M-mode.
    if (mode !== 'M') return [];
    return [written(`${name}-mode-${value}-from-8`, ['satp_mode_op_unsupported', rule], ['sv39'], mode, csr, home, (8n << 60n) | OLD, write, value === 0n ? write : (8n << 60n) | OLD)];
  }));
}

/** hgatp is WARL by fields: a MODE that is not supported keeps the old one, VMID and PPN are written all the same. */
function hgatps(): TableRow[] {
  const old = 0x0123_4000_0000_5678n;
  return MODES.flatMap(([value, extension]) => {
    const write = (value << 60n) | FIELDS;
    // VMID 57:44, PPN 43:2 of the pattern.
    const fields = 0x02aa_aaaa_aaaa_aaa8n;
    const rules = ['HGATP_MODE_WARL', 'hgatp_mode_sv', 'HGATP_VMID', 'hgatp_ppn_op'];
    return (['M', 'HS'] as const).flatMap((mode) => (extension !== undefined ? [
      written(`hgatp-${mode}-mode-${value}`, rules, [extension], mode, 'hgatp', 'hgatp', old, write, (value << 60n) | fields),
      written(`hgatp-${mode}-mode-${value}-ones`, rules, [extension], mode, 'hgatp', 'hgatp', old, (value << 60n) | (ONES >> 4n), (value << 60n) | 0x03ff_ffff_ffff_fffcn),
      written(`hgatp-${mode}-mode-${value}-to-bare`, rules, [extension], mode, 'hgatp', 'hgatp', (value << 60n) | old, FIELDS, fields),
    ] : [
      written(`hgatp-${mode}-mode-${value}-from-8`, rules, ['sv39'], mode, 'hgatp', 'hgatp', (8n << 60n) | old, write, value === 0n ? fields : (8n << 60n) | fields),
    ]));
  });
}

/** TVM and VTVM guard satp and hgatp with a scheme in them as without: nothing is read, nothing is written. */
function guarded(): TableRow[] {
  const rows: TableRow[] = [];
  const scheme: Scheme = 8;
  const value = (BigInt(scheme) << 60n) | OLD;
  const lines = [
    ['satp', 'HS', { mstatus: { TVM: 1 } }, 2], ['hgatp', 'HS', { mstatus: { TVM: 1 } }, 2], ['satp', 'VS', { hstatus: { VTVM: 1 } }, 22], ['satp', 'VS', { mstatus: { TVM: 1 }, hstatus: { VTVM: 1 } }, 22],
  ] as const;
  for (const [csr, mode, status, cause] of lines) {
    for (const word of [csrrs(CSR[csr], 2, 0), csrrw(CSR[csr], 0, 1)]) {
      // Bare where the instruction is fetched: the register that is guarded holds a scheme only where it does not translate it.
      const csrs = csr === 'hgatp' ? { hgatp: value & ~3n } : {};
      rows.push({
        extensions: ['sv39'], id: `schemes/${csr}-${mode}-guarded-${'mstatus' in status ? 'tvm' : ''}${'hstatus' in status ? 'vtvm' : ''}-${word === csrrs(CSR[csr], 2, 0) ? 'read' : 'write'}`,
        rules: ['mstatus_tvm_op', 'hstatus_vtvm_op', 'hgatp_tvm_illegal'], arrange: hart({ mode, ...status, words: [word], x: { 1: value }, csrs }), expect: { trap: { to: 'M', cause, tval: bits(word) } },
      });
    }
  }
  return rows;
}

/** All rows of the schemes' tables. */
export const schemeRows = (): readonly TableRow[] => [...satps(), ...hgatps(), ...guarded()];
