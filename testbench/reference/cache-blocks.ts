/** Zicbom and Zicboz: cbo.inval, cbo.clean, cbo.flush and cbo.zero, on naturally aligned blocks (`CACHE_BLOCK_SIZE`). */
import { effectiveMode, KEPT } from './access.js';
import { has } from './bits.js';
import { accessFault, type Attempt, refusalFault } from './faults.js';
import type { Decoded, Exception, Execute, Hart } from './hart.js';
import type { Encoding } from './pattern.js';
import { forbidden, type Permission } from './permissions.js';
import { inDram } from './physical.js';
import { CBCFE, CBIE, CBZE } from './status.js';
import { translate } from './translation.js';

/**
 * The permit of each level for the levels below it: `menvcfg` for all, `senvcfg` for U and VU,
 * `henvcfg` for VS and VU (`cbo-inval`, `cbo-clean_cbo-flush`, `cbo-zero_basedon_xenvcfg-CBZE`).
 * CBIE permits by any value but zero.
 */
function permission({ mode, csrs }: Hart, field: bigint): Permission {
  if (mode === 'M') return 'permitted';
  const { menvcfg, henvcfg, senvcfg } = csrs.values;
  if (!has(menvcfg, field)) return 'illegal';
  switch (mode) {
    case 'HS':
      return 'permitted';
    case 'U':
      return has(senvcfg, field) ? 'permitted' : 'illegal';
    case 'VS':
      return has(henvcfg, field) ? 'permitted' : 'virtual';
    case 'VU':
      return has(henvcfg, field) && has(senvcfg, field) ? 'permitted' : 'virtual';
  }
}

/**
 * Where in DRAM the block of rs1 starts. Faults are store/AMO faults at rs1 as it is, whatever its
 * alignment (`fault_excep_csr`, `no_addr_misaligned_excep`, `h_trans_cache`).
 */
function locate(hart: Hart, { standard, rs1 }: Decoded, need: 'manage' | 'write'): number | Exception {
  const address = hart.x(rs1);
  const as = effectiveMode(hart);
  const attempt: Attempt = { need, as, address, tinst: BigInt((standard & KEPT.allButRs1) >>> 0) };
  const physical = translate(hart, address, need, as);
  if (typeof physical !== 'number') return refusalFault(physical, attempt);
  const { cacheBlockBytes } = hart;
  const start = physical - (physical % cacheBlockBytes);
  return inDram(hart, start, cacheBlockBytes, need, as === 'M') ?? accessFault(attempt);
}

/** Permitted, and at a block that a load or a store could access, they do nothing: memory is always coherent here. */
const manage =
  (field: bigint): Execute =>
  (hart, insn) => {
    const answer = permission(hart, field);
    if (answer !== 'permitted') return forbidden(answer, insn.insn);
    const start = locate(hart, insn, 'manage');
    return typeof start === 'number' ? undefined : start;
  };

/** Stores zeros (`cbo-zero_op`, `cbz_access`). The record shows the first 8 bytes. */
const zero: Execute = (hart, insn) => {
  const answer = permission(hart, CBZE);
  if (answer !== 'permitted') return forbidden(answer, insn.insn);
  const start = locate(hart, insn, 'write');
  if (typeof start !== 'number') return start;
  const { cacheBlockBytes } = hart;
  for (let offset = start; offset < start + cacheBlockBytes; offset += 8) hart.dram.write(offset, 8, 0n);
  hart.recordWrite(hart.x(insn.rs1) & ~BigInt(cacheBlockBytes - 1), 8, 0n);
  return undefined;
};

export const ZICBOM: readonly Encoding[] = [
  ['000000000000 ----- 010 00000 0001111', manage(CBIE)],
  ['000000000001 ----- 010 00000 0001111', manage(CBCFE)],
  ['000000000010 ----- 010 00000 0001111', manage(CBCFE)],
];
export const ZICBOZ: readonly Encoding[] = [['000000000100 ----- 010 00000 0001111', zero]];
