/** The interrupt registers and their aliases: what each shows of the few stored bits and input lines, and what writes reach. */
import type { Mode } from '../retirement.js';
import { CSR, csrrc, csrrs, csrrsi, csrrw, hart, type Expectation, type Setup, type TableRow } from './row.js';

function row(name: string, rules: readonly string[], setup: Setup, expect: Expectation): TableRow {
  return { id: `aliases/${name}`, rules, arrange: hart(setup), expect };
}

type Views = Readonly<Partial<Record<'mip' | 'sip' | 'hip' | 'hvip' | 'vsip' | 'mie' | 'sie' | 'hie' | 'vsie' | 'hgeip' | 'hgeie', bigint>>>;

/** A state and what every register shows of it, read in M-mode (V=0). */
interface View {
  readonly name: string;
  readonly rules: readonly string[];
  readonly setup: Omit<Setup, 'mode' | 'words'>;
  readonly reads: Views;
}

const VIEWS: readonly View[] = [
  {
    name: 'stored-none-delegated', rules: ['sip_op', 'mip_mie_alias', 'vsip_vsie_sei', 'vsip_vsie_sti', 'vsip_vsie_ssi', 'sie_hip_hie_mutex'],
    setup: { csrs: { mip: 0x222n, hvip: 0x444n, mie: 0x1eeen, mideleg: 0x1444n, hideleg: 0n } },
    reads: { mip: 0x666n, sip: 0n, hip: 0x444n, hvip: 0x444n, vsip: 0n, mie: 0x1eeen, sie: 0n, hie: 0x1444n, vsie: 0n },
  },
  {
    name: 'stored-all-delegated', rules: ['sip_op', 'mip_mie_alias', 'vsip_vsie_sei', 'vsip_vsie_sti', 'vsip_vsie_ssi', 'sie_hip_hie_mutex'],
    setup: { csrs: { mip: 0x222n, hvip: 0x444n, mie: 0x1eeen, mideleg: 0x1666n, hideleg: 0x444n } },
    reads: { mip: 0x666n, sip: 0x222n, hip: 0x444n, hvip: 0x444n, vsip: 0x222n, mie: 0x1eeen, sie: 0x222n, hie: 0x1444n, vsie: 0x222n },
  },
  {
    name: 'ssi-delegated', rules: ['sip_ssip_op', 'vsip_vsie_ssi'],
    setup: { csrs: { mip: 0x222n, hvip: 0x444n, mie: 0x1eeen, mideleg: 0x1446n, hideleg: 0x4n } },
    reads: { sip: 0x2n, vsip: 0x2n, sie: 0x2n, vsie: 0x2n, hip: 0x444n, hie: 0x1444n },
  },
  {
    name: 'sti-delegated', rules: ['sip_stip_op', 'vsip_vsie_sti'],
    setup: { csrs: { mip: 0x222n, hvip: 0x444n, mie: 0x1eeen, mideleg: 0x1464n, hideleg: 0x40n } },
    reads: { sip: 0x20n, vsip: 0x20n, sie: 0x20n, vsie: 0x20n, hip: 0x444n, hie: 0x1444n },
  },
  {
    name: 'sei-delegated', rules: ['sip_seip_op', 'vsip_vsie_sei'],
    setup: { csrs: { mip: 0x222n, hvip: 0x444n, mie: 0x1eeen, mideleg: 0x1644n, hideleg: 0x400n } },
    reads: { sip: 0x200n, vsip: 0x200n, sie: 0x200n, vsie: 0x200n, hip: 0x444n, hie: 0x1444n },
  },
  // Single stored bits: nothing leaks into a neighbour.
  { name: 'only-ssip', rules: ['mip_ssip_op'], setup: { csrs: { mip: 0x2n, mideleg: 0x1666n, hideleg: 0x444n } }, reads: { mip: 0x2n, sip: 0x2n, hip: 0n, hvip: 0n, vsip: 0n } },
  { name: 'only-stip', rules: ['mip_stip_no_stimecmp_op'], setup: { csrs: { mip: 0x20n, mideleg: 0x1666n, hideleg: 0x444n } }, reads: { mip: 0x20n, sip: 0x20n, hip: 0n, hvip: 0n, vsip: 0n } },
  { name: 'only-seip', rules: ['mip_seip_op'], setup: { csrs: { mip: 0x200n, mideleg: 0x1666n, hideleg: 0x444n } }, reads: { mip: 0x200n, sip: 0x200n, hip: 0n, hvip: 0n, vsip: 0n } },
  { name: 'only-vssip', rules: ['hip_vssip_vssie_op', 'mip_mie_alias'], setup: { csrs: { hvip: 0x4n, mideleg: 0x1666n, hideleg: 0x444n } }, reads: { mip: 0x4n, sip: 0n, hip: 0x4n, hvip: 0x4n, vsip: 0x2n } },
  { name: 'only-vstip', rules: ['hip_vstip_vstie_op', 'mip_mie_alias'], setup: { csrs: { hvip: 0x40n, mideleg: 0x1666n, hideleg: 0x444n } }, reads: { mip: 0x40n, sip: 0n, hip: 0x40n, hvip: 0x40n, vsip: 0x20n } },
  { name: 'only-vseip', rules: ['hip_vseip_vseie_op', 'mip_mie_alias'], setup: { csrs: { hvip: 0x400n, mideleg: 0x1666n, hideleg: 0x444n } }, reads: { mip: 0x400n, sip: 0n, hip: 0x400n, hvip: 0x400n, vsip: 0x200n } },
  { name: 'only-sgeie', rules: ['hip_sgeip_sgeie_op'], setup: { csrs: { mie: 0x1000n, mideleg: 0x1666n, hideleg: 0x444n } }, reads: { mie: 0x1000n, sie: 0n, hie: 0x1000n, vsie: 0n } },
  { name: 'only-machine-enables', rules: ['mie_std_enc'], setup: { csrs: { mie: 0x888n, mideleg: 0x1666n, hideleg: 0x444n } }, reads: { mie: 0x888n, sie: 0n, hie: 0n, vsie: 0n } },
  // Input lines.
  { name: 'line-msip', rules: ['mip_msip_op'], setup: { lines: { msip: true }, csrs: { mideleg: 0x1666n } }, reads: { mip: 0x8n, sip: 0n, hip: 0n, vsip: 0n } },
  { name: 'line-mtip', rules: ['mip_mtip_op'], setup: { lines: { mtip: true }, csrs: { mideleg: 0x1666n } }, reads: { mip: 0x80n, sip: 0n, hip: 0n, vsip: 0n } },
  { name: 'line-meip', rules: ['mip_meip_op'], setup: { lines: { meip: true }, csrs: { mideleg: 0x1666n } }, reads: { mip: 0x800n, sip: 0n, hip: 0n, vsip: 0n } },
  { name: 'line-seip', rules: ['intr_sei_op', 'mip_seip_rdcsr'], setup: { lines: { seip: true }, csrs: { mideleg: 0x1444n } }, reads: { mip: 0x200n, sip: 0n, hip: 0n, vsip: 0n } },
  { name: 'line-seip-delegated', rules: ['intr_sei_op', 'mip_seip_rdcsr'], setup: { lines: { seip: true }, csrs: { mideleg: 0x1644n } }, reads: { mip: 0x200n, sip: 0x200n, hip: 0n, vsip: 0n } },
  { name: 'all-lines', rules: ['mip_std_enc'], setup: { lines: { meip: true, seip: true, mtip: true, msip: true, hgeip: 0x1fen }, csrs: { mideleg: 0x1666n } }, reads: { mip: 0xa88n, sip: 0x200n, hip: 0n, vsip: 0n, hgeip: 0x1fen } },
];

/**
 * Guest external interrupts: `[hgeip, hgeie, VGEIN, hvip.VSEIP, SGEIP in hip, VSEIP in hip]`.
 * SGEIP is 1 if and only if hgeip & hgeie is nonzero; VSEIP is hvip.VSEIP or
 * the bit of hgeip that VGEIN selects (0: none), whatever hgeie says.
 */
const GUEST_EXTERNAL: readonly (readonly [hgeip: bigint, hgeie: bigint, vgein: number, vseip: number, sgeip: number, vseipSeen: number])[] = [
  [0x000n, 0x1fen, 0, 0, 0, 0],
  [0x002n, 0x000n, 0, 0, 0, 0],
  [0x002n, 0x002n, 0, 0, 1, 0],
  [0x002n, 0x004n, 0, 0, 0, 0],
  [0x002n, 0x1fcn, 1, 0, 0, 1],
  [0x002n, 0x002n, 1, 0, 1, 1],
  [0x002n, 0x002n, 2, 0, 1, 0],
  [0x004n, 0x000n, 2, 0, 0, 1],
  [0x008n, 0x000n, 3, 0, 0, 1],
  [0x010n, 0x010n, 4, 0, 1, 1],
  [0x020n, 0x100n, 5, 0, 0, 1],
  [0x040n, 0x040n, 6, 0, 1, 1],
  [0x080n, 0x000n, 7, 0, 0, 1],
  [0x100n, 0x000n, 8, 0, 0, 1],
  [0x100n, 0x100n, 7, 0, 1, 0],
  [0x0fen, 0x100n, 8, 0, 0, 0],
  [0x1fen, 0x1fen, 0, 0, 1, 0],
  [0x000n, 0x000n, 0, 1, 0, 1],
  [0x000n, 0x000n, 4, 1, 0, 1],
  [0x010n, 0x000n, 4, 1, 0, 1],
  [0x1fen, 0x000n, 0, 1, 0, 1],
];

/** `[SGEIP, VSEIP]` as bits 12 and 10 of hip and mip. */
const HIP_BITS: Readonly<Record<string, bigint>> = { '00': 0n, '01': 0x400n, '10': 0x1000n, '11': 0x1400n };

function views(): TableRow[] {
  const rows = VIEWS.flatMap((view) => Object.entries(view.reads).map(([csr, value]) => row(
    `${view.name}-${csr}`, view.rules, { ...view.setup, mode: 'M', words: [csrrs(CSR[csr as keyof Views], 2, 0)] }, { rd: [2, value] },
  )));
  for (const [hgeip, hgeie, vgein, vseip, sgeip, seen] of GUEST_EXTERNAL) {
    const name = `hgeip-${hgeip.toString(16)}-hgeie-${hgeie.toString(16)}-vgein-${vgein}-vseip-${vseip}`;
    const setup = { lines: { hgeip }, csrs: { hgeie, hvip: vseip === 1 ? 0x400n : 0n, hideleg: 0x444n, mideleg: 0x1666n }, hstatus: { VGEIN: vgein } };
    const rules = ['hip_sgeip_sgeie_op', 'hip_vseip_vseie_op', 'hgeie_op', 'hgeip_op', 'hstatus_vgein_op', 'vsip_vsie_sei'];
    const hip = HIP_BITS[`${sgeip}${seen}`] ?? 0n;
    const reads: readonly (readonly [keyof typeof CSR, bigint])[] = [
      ['hip', hip], ['mip', hip], ['vsip', seen === 1 ? 0x200n : 0n], ['sip', 0n], ['hgeip', hgeip], ['hvip', vseip === 1 ? 0x400n : 0n],
    ];
    for (const [csr, value] of reads) {
      rows.push(row(`${name}-${csr}`, rules, { ...setup, mode: csr === 'mip' ? 'M' : 'HS', words: [csrrs(CSR[csr], 2, 0)] }, { rd: [2, value] }));
    }
  }
  return rows;
}

/** What VS-mode sees under the supervisor names: vsip and vsie, never the HS-level interrupts. */
function guestViews(): TableRow[] {
  const rules = ['H_vscsrs_sub', 'vsip_vsie_op'];
  const stored = { mip: 0x222n, mideleg: 0x1666n };
  return [
    row('VS-sip-hs-level', rules, { mode: 'VS', words: [csrrs(CSR.sip, 2, 0)], csrs: { ...stored, hideleg: 0x444n } }, { rd: [2, 0n] }),
    row('VS-sip-line-seip', rules, { mode: 'VS', words: [csrrs(CSR.sip, 2, 0)], lines: { seip: true }, csrs: { mideleg: 0x1666n, hideleg: 0x444n } }, { rd: [2, 0n] }),
    row('VS-sip-not-delegated', rules, { mode: 'VS', words: [csrrs(CSR.sip, 2, 0)], csrs: { ...stored, hvip: 0x444n, hideleg: 0n } }, { rd: [2, 0n] }),
    row('VS-sip-delegated', rules, { mode: 'VS', words: [csrrs(CSR.sip, 2, 0)], csrs: { hvip: 0x444n, hideleg: 0x444n } }, { rd: [2, 0x222n] }),
    row('VS-sip-vgein', rules, { mode: 'VS', words: [csrrs(CSR.sip, 2, 0)], lines: { hgeip: 0x20n }, hstatus: { VGEIN: 5 }, csrs: { hideleg: 0x400n } }, { rd: [2, 0x200n] }),
    row('VS-sie-delegated', rules, { mode: 'VS', words: [csrrs(CSR.sie, 2, 0)], csrs: { mie: 0x1eeen, mideleg: 0x1666n, hideleg: 0x444n } }, { rd: [2, 0x222n] }),
    row('VS-sie-not-delegated', rules, { mode: 'VS', words: [csrrs(CSR.sie, 2, 0)], csrs: { mie: 0x1eeen, mideleg: 0x1666n, hideleg: 0n } }, { rd: [2, 0n] }),
    row('VS-sie-some-delegated', rules, { mode: 'VS', words: [csrrs(CSR.sie, 2, 0)], csrs: { mie: 0x1eeen, mideleg: 0x1666n, hideleg: 0x40n } }, { rd: [2, 0x20n] }),
  ];
}

const ONES = 0xffff_ffff_ffff_ffffn;

/** A CSRRW of all ones or zero and what it leaves in mip, mie and hvip. */
interface Write {
  readonly csr: keyof typeof CSR;
  readonly mode?: Mode;
  readonly mideleg?: bigint;
  readonly hideleg?: bigint;
  /** After all ones, from zero. */
  readonly ones: { readonly mip?: bigint; readonly mie?: bigint; readonly hvip?: bigint };
  /** After zero, from mip 0x222, mie 0x1eee, hvip 0x444. */
  readonly zeros: { readonly mip?: bigint; readonly mie?: bigint; readonly hvip?: bigint };
  readonly rules: readonly string[];
}

const WRITES: readonly Write[] = [
  { csr: 'mip', ones: { mip: 0x222n, hvip: 0x4n }, zeros: { mip: 0n, hvip: 0x440n }, rules: ['mip_bits_wr_op', 'mip_ssip_acc', 'mip_stip_no_stimecmp_acc', 'mip_seip_acc', 'mip_mie_alias'] },
  { csr: 'sip', mideleg: 0x1666n, ones: { mip: 0x2n }, zeros: { mip: 0x220n }, rules: ['sip_ssip_acc', 'sip_stip_acc', 'sip_seip_acc'] },
  { csr: 'sip', mideleg: 0x1446n, ones: { mip: 0x2n }, zeros: { mip: 0x220n }, rules: ['sip_ssip_acc'] },
  { csr: 'sip', mideleg: 0x1664n, ones: {}, zeros: {}, rules: ['sip_ssip_acc', 'sip_acc'] },
  { csr: 'sip', mideleg: 0x1444n, ones: {}, zeros: {}, rules: ['sip_acc'] },
  { csr: 'hip', mideleg: 0x1666n, ones: { hvip: 0x4n }, zeros: { hvip: 0x440n }, rules: ['hip_acc', 'hip_vssip_vssie_op', 'hip_sgeip_sgeie_acc', 'hip_vstip_vstie_acc'] },
  { csr: 'hvip', ones: { hvip: 0x444n }, zeros: { hvip: 0n }, rules: ['hvip_acc', 'hvip_op'] },
  { csr: 'vsip', hideleg: 0x444n, ones: { hvip: 0x4n }, zeros: { hvip: 0x440n }, rules: ['vsip_vsie_ssi', 'vsip_vsie_acc'] },
  { csr: 'vsip', hideleg: 0x4n, ones: { hvip: 0x4n }, zeros: { hvip: 0x440n }, rules: ['vsip_vsie_ssi'] },
  { csr: 'vsip', hideleg: 0x440n, ones: {}, zeros: {}, rules: ['vsip_vsie_ssi'] },
  { csr: 'vsip', hideleg: 0n, ones: {}, zeros: {}, rules: ['vsip_vsie_ssi'] },
  { csr: 'sip', mode: 'VS', mideleg: 0x1666n, hideleg: 0x444n, ones: { hvip: 0x4n }, zeros: { hvip: 0x440n }, rules: ['H_vscsrs_sub', 'vsip_vsie_op'] },
  { csr: 'sip', mode: 'VS', mideleg: 0x1666n, hideleg: 0n, ones: {}, zeros: {}, rules: ['H_vscsrs_sub', 'vsip_vsie_op'] },
  { csr: 'mie', ones: { mie: 0x1eeen }, zeros: { mie: 0n }, rules: ['mie_bits_wr', 'mie_bits_rdonly0', 'mip_mie_vs'] },
  { csr: 'sie', mideleg: 0x1666n, ones: { mie: 0x222n }, zeros: { mie: 0x1cccn }, rules: ['sie_acc', 'sie_hip_hie_mutex'] },
  { csr: 'sie', mideleg: 0x1464n, ones: { mie: 0x20n }, zeros: { mie: 0x1ecen }, rules: ['sie_acc', 'sie_stie_acc'] },
  { csr: 'sie', mideleg: 0x1444n, ones: {}, zeros: {}, rules: ['sie_acc'] },
  { csr: 'hie', mideleg: 0x1666n, ones: { mie: 0x1444n }, zeros: { mie: 0xaaan }, rules: ['hie_acc', 'sie_hip_hie_mutex', 'mip_mie_alias'] },
  { csr: 'hie', mideleg: 0x1444n, hideleg: 0x444n, ones: { mie: 0x1444n }, zeros: { mie: 0xaaan }, rules: ['hie_acc', 'mideleg_hroz'] },
  { csr: 'vsie', hideleg: 0x444n, ones: { mie: 0x444n }, zeros: { mie: 0x1aaan }, rules: ['vsip_vsie_sei', 'vsip_vsie_sti', 'vsip_vsie_ssi'] },
  { csr: 'vsie', hideleg: 0x40n, ones: { mie: 0x40n }, zeros: { mie: 0x1eaen }, rules: ['vsip_vsie_sti'] },
  { csr: 'vsie', hideleg: 0n, ones: {}, zeros: {}, rules: ['vsip_vsie_sei'] },
  { csr: 'sie', mode: 'VS', mideleg: 0x1666n, hideleg: 0x444n, ones: { mie: 0x444n }, zeros: { mie: 0x1aaan }, rules: ['H_vscsrs_sub', 'vsip_vsie_op'] },
  { csr: 'sie', mode: 'VS', mideleg: 0x1666n, hideleg: 0x400n, ones: { mie: 0x400n }, zeros: { mie: 0x1aeen }, rules: ['H_vscsrs_sub', 'vsip_vsie_sei'] },
  { csr: 'sie', mode: 'VS', mideleg: 0x1666n, hideleg: 0n, ones: {}, zeros: {}, rules: ['H_vscsrs_sub', 'vsip_vsie_op'] },
];

function writes(): TableRow[] {
  return WRITES.flatMap(({ csr, mode = 'M', mideleg = 0x1444n, hideleg = 0n, ones, zeros, rules }) => {
    const name = `write-${csr}-${mode}-mideleg-${mideleg.toString(16)}-hideleg-${hideleg.toString(16)}`;
    const words = [csrrw(CSR[csr], 0, 1)];
    return [
      row(`${name}-ones`, rules, { mode, words, x: { 1: ONES }, csrs: { mideleg, hideleg } }, { csrs: ones }),
      // Junk is pending and enabled here, but nothing is taken: M-mode has MIE=0; VS-mode rows have nothing pending for M or HS.
      row(`${name}-zeros`, rules, { mode, words, csrs: mode === 'M' ? { mideleg, hideleg, mip: 0x222n, mie: 0x1eeen, hvip: 0x444n } : guestZeros(csr, mideleg, hideleg) }, { csrs: zeros }),
    ];
  });
}

/** For a write in VS-mode only one of pending and enabled may be nonzero, or HS would take what is not delegated. */
function guestZeros(csr: keyof typeof CSR, mideleg: bigint, hideleg: bigint): NonNullable<Setup['csrs']> {
  return csr === 'sie' ? { mideleg, hideleg, mie: 0x1eeen } : { mideleg, hideleg, mip: 0x222n, hvip: 0x444n };
}

/**
 * The SEIP rule. B is the software bit, E the line:
 * `[B, E, instruction, operand, SEIP in rd, B afterwards]`.
 */
const SEIP: readonly (readonly [b: number, e: number, instruction: 'csrrs' | 'csrrc' | 'csrrw', operand: bigint, seen: number, bAfter: number])[] = [
  [0, 0, 'csrrs', 0x000n, 0, 0], [0, 1, 'csrrs', 0x000n, 1, 0], [1, 0, 'csrrs', 0x000n, 1, 1], [1, 1, 'csrrs', 0x000n, 1, 1],
  [0, 0, 'csrrs', 0x200n, 0, 1], [0, 1, 'csrrs', 0x200n, 1, 1], [1, 0, 'csrrs', 0x200n, 1, 1], [1, 1, 'csrrs', 0x200n, 1, 1],
  [0, 0, 'csrrc', 0x000n, 0, 0], [0, 1, 'csrrc', 0x000n, 1, 0], [1, 0, 'csrrc', 0x000n, 1, 1], [1, 1, 'csrrc', 0x000n, 1, 1],
  [0, 0, 'csrrc', 0x200n, 0, 0], [0, 1, 'csrrc', 0x200n, 1, 0], [1, 0, 'csrrc', 0x200n, 1, 0], [1, 1, 'csrrc', 0x200n, 1, 0],
  [0, 0, 'csrrw', 0x000n, 0, 0], [0, 1, 'csrrw', 0x000n, 1, 0], [1, 0, 'csrrw', 0x000n, 1, 0], [1, 1, 'csrrw', 0x000n, 1, 0],
  [0, 0, 'csrrw', 0x200n, 0, 1], [0, 1, 'csrrw', 0x200n, 1, 1], [1, 0, 'csrrw', 0x200n, 1, 1], [1, 1, 'csrrw', 0x200n, 1, 1],
];

const ENCODE = { csrrs, csrrc, csrrw } as const;

/** SEIP as bit 9. */
const BIT9 = [0n, 0x200n] as const;

function seip(): TableRow[] {
  const rows: TableRow[] = [];
  for (const [b, e, instruction, operand, seen, bAfter] of SEIP) {
    const setup = { x: { 1: operand }, lines: { seip: e === 1 }, csrs: { mip: BIT9[b] ?? 0n, mideleg: 0x1644n } };
    const name = `b${b}-e${e}-${instruction}-${operand.toString(16)}`;
    rows.push(row(`seip-mip-${name}`, ['mip_seip_rdcsr', 'mip_seip_wrcsr', 'intr_sei_op'], { ...setup, mode: 'M', words: [ENCODE[instruction](CSR.mip, 2, 1)] }, { rd: [2, BIT9[seen] ?? 0n], csrs: { mip: BIT9[bAfter] ?? 0n } }));
    // In sip SEIP is read-only: the same reads, no write.
    rows.push(row(`seip-sip-${name}`, ['sip_seip_acc', 'mip_seip_rdcsr'], { ...setup, mode: 'HS', words: [ENCODE[instruction](CSR.sip, 2, 1)] }, { rd: [2, BIT9[seen] ?? 0n] }));
  }
  // Setting SSIP leaves B alone although the line reads as 1.
  rows.push(row('seip-mip-csrrsi-ssip', ['mip_seip_wrcsr'], { mode: 'M', words: [csrrsi(CSR.mip, 2, 2)], lines: { seip: true } }, { rd: [2, 0x200n], csrs: { mip: 0x2n } }));
  rows.push(row('seip-sip-csrrsi-ssip', ['mip_seip_wrcsr', 'sip_ssip_acc'], { mode: 'HS', words: [csrrsi(CSR.sip, 2, 2)], lines: { seip: true }, csrs: { mideleg: 0x1646n } }, { rd: [2, 0x200n], csrs: { mip: 0x2n } }));
  return rows;
}

/** hgeie holds bits 8:1, hgeip cannot be written, VSEIP and the other lines do not stick in what is written. */
function rest(): TableRow[] {
  return [
    row('hgeie-ones', ['hgeie_acc', 'GEILEN', 'HGEIE_WARL'], { mode: 'HS', words: [csrrw(CSR.hgeie, 0, 1)], x: { 1: ONES } }, { csrs: { hgeie: 0x1fen } }),
    row('hgeie-zero', ['hgeie_acc'], { mode: 'HS', words: [csrrw(CSR.hgeie, 2, 0)], csrs: { hgeie: 0x1fen } }, { rd: [2, 0x1fen], csrs: { hgeie: 0n } }),
    // CSRRS of a pending line into mip, hip, hvip stores nothing of the lines.
    row('lines-csrrs-mip', ['mip_meip_rdonly', 'mip_mtip_rdonly', 'mip_msip_rdonly'], { mode: 'M', words: [csrrs(CSR.mip, 2, 1)], lines: { meip: true, mtip: true, msip: true, hgeip: 0x2n }, hstatus: { VGEIN: 1 } }, { rd: [2, 0xc88n] }),
    row('vgein-csrrs-hip', ['hip_vseip_vseie_op'], { mode: 'HS', words: [csrrs(CSR.hip, 2, 1)], lines: { hgeip: 0x2n }, hstatus: { VGEIN: 1 }, x: { 1: 0x40n } }, { rd: [2, 0x400n] }),
    row('vgein-hvip', ['hvip_op'], { mode: 'HS', words: [csrrs(CSR.hvip, 2, 1)], lines: { hgeip: 0x2n }, hstatus: { VGEIN: 1 }, x: { 1: 0x40n } }, { rd: [2, 0n], csrs: { hvip: 0x40n } }),
  ];
}

/** All rows of the interrupt alias tables. */
export function aliasRows(): readonly TableRow[] {
  return [...views(), ...guestViews(), ...writes(), ...seip(), ...rest()];
}
