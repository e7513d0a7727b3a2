/** CSR accesses that the other tables leave out. */
import { ALL_MODES, CSR, bits, csrrci, csrrs, csrrsi, hart, type TableRow } from './row.js';

/**
 * Counters that no counter-enable can grant: bits 7 to 31 of mcounteren are
 * read-only 0 (choices), so these hpmcounters stay M-mode's own whatever the
 * bits of cycle, time, instret and hpmcounter3 to 6 say. They read zero
 * whatever those count.
 */
function ungranted(): readonly TableRow[] {
  return Array.from({ length: 25 }, (_, i) => i + 7).flatMap((number) => ALL_MODES.map((mode): TableRow => {
    const word = csrrs(CSR.hpmcounter7 + number - 7, 2, 0);
    return {
      id: `csrs/hpmcounter${number}-granted-nothing-${mode}`,
      rules: ['mcounteren_op', 'mcounteren_clr_ill_inst_exc', 'MCOUNTEREN_HPM_N_RDONLY0', 'choices:counters'],
      arrange: hart({
        mode, words: [word],
        csrs: { mcounteren: 0x7fn, hcounteren: 0x7fn, scounteren: 0x7fn, mhpmcounter3: 0x333n, mhpmcounter4: 0x444n, mhpmcounter5: 0x555n, mhpmcounter6: 0x666n },
      }),
      expect: mode === 'M' ? { rd: [2, 0n] } : { trap: { to: 'M', cause: 2, tval: bits(word) } },
    };
  }));
}

/**
 * CSRRSI and CSRRCI of mip beside a pending line: rd has the OR of line and
 * software bit, what is written back has the software bit alone.
 */
function immediatesOfMip(): readonly TableRow[] {
  const rules = ['mip_seip_rdcsr', 'mip_seip_wrcsr'];
  const row = (id: string, word: number, before: bigint, seen: bigint, after: bigint): TableRow => ({
    id: `csrs/${id}`, rules,
    arrange: hart({ mode: 'M', words: [word], csrs: { mip: before }, lines: { seip: true } }),
    expect: { rd: [2, seen], csrs: { mip: after } },
  });
  return [
    row('csrrsi-mip-line', csrrsi(CSR.mip, 2, 2), 0n, 0x200n, 0x2n),
    row('csrrci-mip-line', csrrci(CSR.mip, 2, 2), 0x2n, 0x202n, 0n),
    row('csrrsi-mip-line-and-bit', csrrsi(CSR.mip, 2, 2), 0x200n, 0x200n, 0x202n),
    row('csrrci-mip-line-and-bit', csrrci(CSR.mip, 2, 2), 0x202n, 0x202n, 0x200n),
  ];
}

/** All rows. */
export const csrRows = (): readonly TableRow[] => [...ungranted(), ...immediatesOfMip()];
