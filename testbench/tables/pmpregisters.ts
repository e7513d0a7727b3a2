/** The PMP registers: which there are and for whom, what they hold, and what a lock keeps. */
import type { HomeCsr } from '../retirement.js';
import { CFG, HOME_ADDRESS, row } from './pmp.js';
import { ALL_MODES, CSR, PC, WORD, bits, csrrc, csrrs, csrrw, type TableRow } from './row.js';

type Csrs = Readonly<Partial<Record<HomeCsr, bigint>>>;
const { R, W, TOR, NA4, NAPOT, X, L } = CFG;
const ONES = 0xffff_ffff_ffff_ffffn;
/** The address-matching modes, by name. */
const MATCHING = [['tor', TOR], ['na4', NA4], ['napot', NAPOT], ['off', 0n]] as const;

/** All rows. */
export function pmpRegisterRows(): readonly TableRow[] {
  const rows: TableRow[] = [];
  const warl = (id: string, csr: keyof typeof CSR, written: bigint, home: HomeCsr, after: bigint, csrs: Csrs, rules: readonly string[], instruction = csrrw): void => {
    rows.push(row(id, rules, { mode: 'M', words: [instruction(CSR[csr], 0, 1)], x: { 1: written }, csrs }, { csrs: { [home]: after } }));
  };
  const off: Csrs = { pmpcfg0: 0n };
  // Addresses: bits 53:0, of every entry, in every address-matching mode; nothing of the grain.
  for (const name of HOME_ADDRESS) {
    warl(`${name}-ones`, name, ONES, name, 0x003f_ffff_ffff_ffffn, off, ['PMPADDR_WARL', 'pmp_addr_encoding']);
    warl(`${name}-zeros`, name, 0n, name, 0n, { ...off, [name]: 0x003f_ffff_ffff_ffffn }, ['PMPADDR_WARL']);
  }
  for (const [name, mode] of MATCHING) {
    for (const value of [0n, 1n, 2n, 3n, 0x2000_1001n]) {
      rows.push(row(`pmpaddr0-reads-${value.toString(16)}-${name}`, ['PMP_GRANULARITY', 'pmp_tor_off_addr_read_mask', 'pmp_napot_addr_read_mask'], { mode: 'M', words: [csrrs(CSR.pmpaddr0, 2, 0)], csrs: { pmpaddr0: value, pmpcfg0: mode } }, { rd: [2, value] }));
    }
  }
  // A byte: bits 6:5 read 0; R=0 with W=1 leaves the byte as it was.
  for (const at of [0n, 8n, 16n, 24n, 32n, 40n, 48n, 56n]) {
    for (const [written, old, after] of [
      [0x1fn, 0n, 0x1fn], [0x7fn, 0n, 0x1fn], [0x60n, 0x1fn, 0n], [0x02n, 0n, 0n], [0x02n, 0x19n, 0x19n], [0x06n, 0x0bn, 0x0bn], [0x1an, 0x07n, 0x07n], [0x9an, 0x07n, 0x07n], [0x87n, 0n, 0x87n], [0xffn, 0n, 0x9fn], [0x10n, 0n, 0x10n], [0x08n, 0n, 0x08n], [0x03n, 0n, 0x03n], [0x04n, 0n, 0x04n], [0x05n, 0n, 0x05n],
    ] as const) {
      for (const csr of ['pmpcfg0', 'pmpcfg2'] as const) {
        warl(`${csr}-byte-${at / 8n}-${old.toString(16)}-to-${written.toString(16)}`, csr, written << at, csr, after << at, { [csr]: old << at }, ['PMPCFG_WARL', 'pmp_na4_select_restriction', 'choices:pmp']);
      }
    }
  }
  // Byte by byte: one that is refused takes none of the others along.
  warl('pmpcfg0-mixed', 'pmpcfg0', 0x0102_0304_0506_0708n, 'pmpcfg0', 0x011f_0304_051f_0708n, { pmpcfg0: 0x1f1f_1f1f_1f1f_1f1fn }, ['PMPCFG_WARL', 'choices:pmp']);
  warl('pmpcfg0-set', 'pmpcfg0', 0x02n, 'pmpcfg0', 0x03n, { pmpcfg0: 0x01n }, ['PMPCFG_WARL'], csrrs);
  warl('pmpcfg0-clear-r-of-rw', 'pmpcfg0', 0x01n, 'pmpcfg0', 0x03n, { pmpcfg0: 0x03n }, ['PMPCFG_WARL', 'choices:pmp'], csrrc);

  // Locks: the byte and its address, for a TOR the address below, too, and nothing else; OFF locks as well.
  for (const mode of [0n, TOR, NA4, NAPOT]) {
    const csrs = { pmpcfg0: ((mode | L | R) << 8n) | (0x1fn << 16n), pmpaddr0: 0x10n, pmpaddr1: 0x20n, pmpaddr2: 0x30n };
    const name = `locked-${mode.toString(16)}`;
    const rules = ['pmp_l_bit_function', 'pmp_l_bit_write_protection', 'pmp_mmode_locking'];
    warl(`${name}-cfg`, 'pmpcfg0', 0n, 'pmpcfg0', (mode | L | R) << 8n, csrs, rules);
    warl(`${name}-cfg-ones`, 'pmpcfg0', 0x1f1f_1fn, 'pmpcfg0', 0x1f_001fn | ((mode | L | R) << 8n), csrs, rules);
    warl(`${name}-addr`, 'pmpaddr1', ONES, 'pmpaddr1', 0x20n, csrs, rules);
    warl(`${name}-addr-above`, 'pmpaddr2', 0x99n, 'pmpaddr2', 0x99n, csrs, rules);
    warl(`${name}-addr-below`, 'pmpaddr0', 0x99n, 'pmpaddr0', mode === TOR ? 0x10n : 0x99n, csrs, rules);
  }
  // Each entry's lock is its own. Without it the address and the one below are free, whatever else the byte has: TOR alone locks nothing.
  HOME_ADDRESS.forEach((name, entry) => {
    const config = entry < 8 ? 'pmpcfg0' : 'pmpcfg2';
    const at = BigInt(8 * (entry % 8));
    const byte = (value: bigint): Csrs => ({ [config]: value << at, [name]: 0x10n });
    const locked = (mode: bigint): Csrs => byte(mode | L);
    warl(`locked-entry-${entry}-addr`, name, 0x99n, name, 0x10n, locked(NAPOT), ['pmp_l_bit_write_protection']);
    warl(`locked-entry-${entry}-cfg`, config, 0n, config, (NAPOT | L) << at, locked(NAPOT), ['pmp_l_bit_write_protection']);
    const below = HOME_ADDRESS[entry - 1];
    if (below !== undefined) warl(`locked-entry-${entry}-tor-below`, below, 0x99n, below, 0x10n, { ...locked(TOR), [below]: 0x10n }, ['pmp_l_bit_write_protection']);
    for (const [matching, mode] of MATCHING) {
      for (const [permitting, flags] of [['none', 0n], ['rwx', R | W | X]] as const) {
        const id = `unlocked-entry-${entry}-${matching}-${permitting}`;
        warl(`${id}-addr`, name, 0x99n, name, 0x99n, byte(mode | flags), ['pmp_l_bit_write_protection']);
        if (below !== undefined) warl(`${id}-addr-below`, below, 0x99n, below, 0x99n, { ...byte(mode | flags), [below]: 0x10n }, ['pmp_l_bit_write_protection']);
      }
    }
  });
  // Over the boundary of the configuration registers.
  warl('locked-tor-8-addr-below', 'pmpaddr7', 0x99n, 'pmpaddr7', 0x10n, { pmpcfg2: TOR | L, pmpaddr7: 0x10n }, ['pmp_l_bit_write_protection']);
  warl('locked-napot-8-addr-below', 'pmpaddr7', 0x99n, 'pmpaddr7', 0x99n, { pmpcfg2: NAPOT | L, pmpaddr7: 0x10n }, ['pmp_l_bit_write_protection']);
  warl('locked-15', 'pmpaddr15', 0x99n, 'pmpaddr15', 0x10n, { pmpcfg2: L << 56n, pmpaddr15: 0x10n }, ['pmp_l_bit_write_protection']);
  // The lock itself is a write like any other until it is there; what locks also sets the rest of its byte.
  warl('lock', 'pmpcfg0', L | NAPOT | R, 'pmpcfg0', L | NAPOT | R, { pmpcfg0: 0x0fn }, ['pmp_l_bit_function']);

  // Who: M alone; which: even pmpcfg up to 2, pmpaddr up to 15.
  for (const [name, csr] of [['pmpcfg0', CSR.pmpcfg0], ['pmpcfg2', CSR.pmpcfg2], ['pmpaddr0', CSR.pmpaddr0], ['pmpaddr15', CSR.pmpaddr15]] as const) {
    for (const mode of ALL_MODES) {
      for (const word of [csrrs(csr, 2, 0), csrrs(csr, 2, 1)]) {
        rows.push(row(`${name}-${mode}-${word === csrrs(csr, 2, 0) ? 'read' : 'write'}`, ['pmp_csr_mode'], { mode, words: [word] , csrs: { pmpcfg0: 0x1fn, pmpaddr0: 0x003f_ffff_ffff_ffffn } }, mode === 'M' ? { rd: [2, name === 'pmpcfg0' ? 0x1fn : name === 'pmpaddr0' ? 0x003f_ffff_ffff_ffffn : 0n] } : { trap: { to: 'M', cause: 2, tval: bits(word) } }));
      }
    }
  }
  for (const [name, csr] of [['pmpcfg1', CSR.pmpcfg1], ['pmpcfg3', CSR.pmpcfg3], ['pmpcfg4', CSR.pmpcfg4], ['pmpcfg14', CSR.pmpcfg14], ['pmpcfg15', CSR.pmpcfg15], ['pmpaddr16', CSR.pmpaddr16], ['pmpaddr63', CSR.pmpaddr63]] as const) {
    for (const mode of ALL_MODES) {
      const word = csrrs(csr, 2, 0);
      rows.push(row(`no-${name}-${mode}`, ['pmp_cfg_rv64_illegal', 'PMP_ENTRY_COUNT'], { mode, words: [word], csrs: { pmpcfg0: 0x1fn, pmpaddr0: 0x003f_ffff_ffff_ffffn } }, { trap: { to: 'M', cause: 2, tval: bits(word) } }));
    }
  }
  // A change counts for the next access, and the next instruction.
  rows.push(
    row('closed-then-load', ['pmp_l_bit_m_mode_enforcement'], { mode: 'M', words: [csrrw(CSR.pmpcfg0, 0, 1), WORD.ld], x: { 1: L | NAPOT | X }, csrs: { pmpaddr0: 0x003f_ffff_ffff_ffffn, pmpcfg0: 0x1fn } }, { trap: { to: 'M', cause: 5, tval: L | NAPOT | X, tinst: 0x3103n } }, { steps: 2 }),
    row('closed-then-fetch', ['pmp_l_bit_m_mode_enforcement'], { mode: 'M', words: [csrrw(CSR.pmpcfg0, 0, 1), WORD.nop], x: { 1: L | NAPOT | R }, csrs: { pmpaddr0: 0x003f_ffff_ffff_ffffn, pmpcfg0: 0x1fn } }, { insn: 0, trap: { to: 'M', cause: 1, tval: PC + 4n } }, { steps: 2 }),
  );
  return rows;
}
