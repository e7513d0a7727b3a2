/**
 * Counters that no counter-enable can grant: bits 3 to 31 of mcounteren are
 * read-only 0 (choices), so the hpmcounters stay M-mode's own whatever the
 * bits of cycle, time and instret say.
 */
import { ALL_MODES, CSR, bits, csrrs, hart, type TableRow } from './row.js';

/** hpmcounter3 to hpmcounter31, with all that can be granted granted. */
export function counterRows(): readonly TableRow[] {
  return Array.from({ length: 29 }, (_, i) => i + 3).flatMap((number) => ALL_MODES.map((mode): TableRow => {
    const word = csrrs(CSR.hpmcounter3 + number - 3, 2, 0);
    return {
      id: `counters/hpmcounter${number}-granted-nothing-${mode}`,
      rules: ['mcounteren_op', 'mcounteren_clr_ill_inst_exc', 'MCOUNTEREN_HPM_N_RDONLY0', 'choices:counters'],
      arrange: hart({ mode, words: [word], csrs: { mcounteren: 7n, hcounteren: 7n, scounteren: 7n } }),
      expect: mode === 'M' ? { rd: [2, 0n] } : { trap: { to: 'M', cause: 2, tval: bits(word) } },
    };
  }));
}
