/**
 * Random program bodies on which Ghosthart and Debian's QEMU 7.2 must leave the same state.
 *
 * A body is a row of *units* of one to a few instructions. Control flow only ever goes forward and only to the start of a
 * unit, x3 is never written, loads and stores stay inside the driver's window (or go to an address where nothing is,
 * for the fault), and the values written to a CSR keep to the bits that both sides have. So every body ends, in
 * any mode and with any trap in the way.
 *
 * What QEMU 7.2 does differently is not generated. The list, with what the manual says:
 *
 * 1. vsip (sip in VS) shows VSSIP only (VSTIP and VSEIP are there too): hvip gets VSSIP only.
 * 2. Exceptions 2 and 6 delegated to VS arrive with the cause minus one, as if they were interrupts: hedeleg bits 2 and 6 stay 0.
 * 3. mip.VSTIP and mip.VSEIP are writable (read-only in mip): writes of mip keep to SSIP, STIP, SEIP and VSSIP.
 * 4. hstatus, hgatp, vsatp, vsstatus keep bits that do not exist: only defined bits are written.
 * 5. xepc keeps bits 1:0 without C (they read zero): only aligned values are written.
 * 6. MPP = 2 is stored (a reserved value): MPP is cleared, then set to S or M.
 * 7. TVM and TSR act on VS-mode too (on HS-mode only): not set in bodies that can reach a guest mode.
 * 8. VTVM does not trap satp, TVM does not trap hgatp (both do): no satp where VTVM, no hgatp where TVM can be set.
 * 9. WFI in VU is an illegal instruction (virtual), and WFI may simply wait: no WFI.
 * 10. A misaligned load or store where nothing is reports the address rounded down (the address): aligned ones only.
 * 11. A trap into VS clears hstatus.GVA (only a trap into HS writes it): hstatus is not read into a register.
 * 12. htinst ignores writes (it takes them): not written.
 * 13. Of several pending interrupts the lowest number is taken (the manual has an order): one kind a body.
 * 14. sie and sip in VS show only what mideleg passes to HS (hideleg decides): not read into a register.
 * 15. MRET with MPP = M and MPV = 1 leaves V = 1 in M (MPV counts below M only): MPV is cleared first.
 * 16. GVA stays 0 on a misaligned jump in a guest (a guest address is written): none in bodies that can reach a guest mode.
 *
 * Virtual-instruction exceptions of VU-mode that QEMU takes as illegal instructions are generated all the same: the allow-list
 * of compare.ts knows them. medeleg bits 2 and 22 go together, so that the same mode takes either.
 *
 * Not compared, because the manual leaves it open: EBREAK's tval and the tinst of access faults (the driver clears
 * them), counters, marchid and mimpid.
 */
import type { Mode } from '../../retirement.js';
import { HEDELEG_BITS, HSTATUS_BITS, INTERRUPTS, MEDELEG_BITS, MIE_BITS, MSTATUS_BITS, MSTATUS_HOST, SSTATUS_BITS, pairVirtual } from './csrs.js';
import { Random } from './random.js';
import { Units, layOut } from './units.js';

/** One program for the driver. */
export interface Body {
  readonly mode: Mode;
  /** x1..x31 at index 1..31; index 0 and 3 are not used. */
  readonly x: readonly bigint[];
  /** Values of `SETUP_CSRS` before the first instruction. */
  readonly csrs: Readonly<Record<SetupCsr, bigint>>;
  readonly words: readonly number[];
}

/** CSRs that a descriptor sets, in the driver's order. `mstatus` comes with MPP and MPV of the mode. */
export const SETUP_CSRS = [
  'medeleg', 'mideleg', 'hedeleg', 'hideleg', 'mie', 'mip', 'hvip', 'mcounteren', 'scounteren', 'hcounteren',
  'hstatus', 'vsstatus', 'mscratch', 'mstatus',
] as const;

export type SetupCsr = (typeof SETUP_CSRS)[number];

const MODES_TO_START: readonly Mode[] = ['M', 'HS', 'HS', 'U', 'VS', 'VS', 'VU'];
const GUEST_MODES: ReadonlySet<Mode> = new Set<Mode>(['VS', 'VU']);

/** mstatus.MPP and MPV that lead into a mode. */
const ENTRY: Readonly<Record<Mode, bigint>> = {
  M: 0x1800n, HS: 0x800n, U: 0n, VS: 0x80_0000_0800n, VU: 0x80_0000_0000n,
};

/**
 * The body that belongs to a seed.
 *
 * @param seed - Any 32-bit number.
 */
export function randomBody(seed: number): Body {
  const random = new Random(seed);
  const mode = random.pick(MODES_TO_START);
  const guest = GUEST_MODES.has(mode) || random.oneIn(2);
  const bits = (mask: bigint): bigint => (random.oneIn(3) ? 0n : random.value() & mask);
  const interrupt = random.pick(INTERRUPTS.filter(({ hostOnly }) => !(guest && hostOnly === true)));
  const units = new Units(random, guest, interrupt);
  const words = layOut(Array.from({ length: random.between(8, 40) }, () => units.next()));
  return {
    mode,
    x: Array.from({ length: 32 }, () => random.value()),
    csrs: {
      medeleg: pairVirtual(bits(MEDELEG_BITS)),
      mideleg: bits(0x222n),
      hedeleg: bits(HEDELEG_BITS),
      hideleg: bits(0x444n),
      mie: bits(MIE_BITS),
      mip: random.oneIn(3) ? interrupt.mip : 0n,
      hvip: random.oneIn(3) ? interrupt.hvip : 0n,
      mcounteren: bits(7n),
      scounteren: bits(7n),
      hcounteren: bits(7n),
      hstatus: bits(HSTATUS_BITS & ~(guest ? 0n : 0x80n)),
      vsstatus: bits(SSTATUS_BITS),
      mscratch: random.value(),
      // Not MIE, not MPRV: the driver is still in M when it sets them, and MRET makes MIE of MPIE.
      mstatus: (bits(MSTATUS_BITS) & ~0x2_0008n) | (guest ? 0n : bits(MSTATUS_HOST)) | ENTRY[mode],
    },
    words,
  };
}
