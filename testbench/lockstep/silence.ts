/**
 * How long a core may yield no record, and when it may do so for ever: in WFI,
 * while no interrupt is pending that is enabled by itself (wfi_op).
 */
import type { CoreDescription } from '../../model/compile.js';
import type { ArchitecturalState, Inputs } from '../retirement.js';

/** The bits of WFI. */
export const WFI = 0x1050_0073;

/** What the outside shows the hart, the CLINT's two lines included. */
export interface Outside extends Inputs {
  readonly msip: boolean;
  readonly mtip: boolean;
}

/** Cycles for all that is no latency of the core's file: filling the pipeline again, older stores, the device's answer. */
const REST = 200;
/**
 * Cycles for the walks of one instruction: for its fetch (ahead, at commit, and again) and for the two parts of its access,
 * each of at most five levels of five levels, with A and D to be written at every other.
 */
const WALKS = 400;

/** Cycles from one record to the next that no instruction of the core but WFI may exceed in a state. */
export function longestSilence({ uarch: { latency, walker, caches } }: Pick<CoreDescription, 'uarch'>, { csrs }: ArchitecturalState): bigint {
  // What begins with a kept entry may have to begin again.
  const walks = walker === undefined ? WALKS : 2 * WALKS * walker.entry + REST * walker.shared;
  // A line comes for the instruction and for its access, and one goes.
  const lines = (caches?.instruction?.miss ?? 0) + 2 * (caches?.data?.miss ?? 0);
  const paged = [csrs['satp'], csrs['vsatp'], csrs['hgatp']].some((atp = 0n) => atp >> 60n !== 0n);
  return BigInt(Object.values(latency).reduce((sum, cycles) => sum + cycles, REST + lines + (paged ? walks : 0)));
}

/** Interrupt bits of mip by what drives them: software alone, hvip, lines. */
const SOFTWARE = 0x222n;
const GUEST = 0x444n;
const [MSI, STI, VSTI, MTI, SEI, VSEI, MEI, SGEI] = [3n, 5n, 6n, 7n, 9n, 10n, 11n, 12n];
/** menvcfg.STCE, henvcfg.STCE. */
const STCE = 1n << 63n;
/** hstatus.VGEIN. */
const VGEIN = { low: 12n, mask: 0x3fn } as const;

/** Whether WFI ends: an interrupt is pending in mip and enabled in mie, whatever mstatus and delegation say (wfi_intr_dis). */
export function wakes({ csrs }: ArchitecturalState, { meip, seip, hgeip, msip, mtip, mtime }: Outside): boolean {
  const of = (name: string): bigint => csrs[name] ?? 0n;
  const bit = (line: boolean, number: bigint): bigint => (line ? 1n << number : 0n);
  const selected = (of('hstatus') >> VGEIN.low) & VGEIN.mask;
  // Sstc: what compares time with a register, and whose STIP is then not software's (mip_stip_stimecmp_acc, hip_vstip_op).
  const timer = (of('menvcfg') & STCE) !== 0n;
  const guestTimer = timer && (of('henvcfg') & STCE) !== 0n;
  const software = of('mip') & (timer ? SOFTWARE & ~(1n << STI) : SOFTWARE);
  const pending = software | (of('hvip') & GUEST)
    | bit(timer && mtime >= of('stimecmp'), STI) | bit(guestTimer && BigInt.asUintN(64, mtime + of('htimedelta')) >= of('vstimecmp'), VSTI)
    | bit(msip, MSI) | bit(mtip, MTI) | bit(seip, SEI) | bit(meip, MEI)
    | bit(((hgeip >> selected) & 1n) === 1n, VSEI) | bit((hgeip & of('hgeie')) !== 0n, SGEI);
  return (pending & of('mie')) !== 0n;
}
