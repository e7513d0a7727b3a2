/** Paging among the rest of the hart: what takes effect when, whose registers count, and what atomics and compressed instructions make of it. */
import type { Extension } from './extensions.js';
import {
  ACCESS, FETCHED, PA_PAGE, PTE, RWX, RWXU, TABLE, VA, VALUE, X3, atp, attempt, entry, fault, guestIdentity, hgatp, identity, merged, path, situation, slot, word64,
} from './pages.js';
import { CSR, EPC, PC, VECTOR, WORD, csrrc, csrrs, csrrsi, csrrw, hart, type Expectation, type Setup, type TableRow } from './row.js';

function row(id: string, rules: readonly string[], setup: Setup, expect: Expectation, more: Pick<TableRow, 'steps' | 'trapsBefore'> & { readonly extensions?: readonly Extension[] } = {}): TableRow {
  const { extensions = [], ...rest } = more;
  return { ...rest, extensions: ['sv39', ...extensions], id: `paging/${id}`, rules, arrange: hart(setup), expect };
}

const MXR = 0x8_0000n;
const SUM = 0x4_0000n;
const fetchFault = (pc: bigint, gva: boolean): Expectation => ({ pc, insn: 0, trap: { to: 'M', cause: 12, tval: pc, gva } });

/** The next instruction is fetched, and the next access made, under what the last one wrote: there is nothing stale (choices). */
function moments(): TableRow[] {
  const mapped = [identity(RWX)];
  const leaf = entry(PA_PAGE, RWX);
  return [
    row('satp-on', ['satp_mode_op', 'satp_op_active'], { mode: 'HS', words: [csrrw(CSR.satp, 0, 1), WORD.nop], x: { 1: atp(8) }, memory: mapped }, {}, { steps: 2 }),
    row('satp-on-unmapped', ['satp_mode_op', 'satp_op_active'], { mode: 'HS', words: [csrrw(CSR.satp, 0, 1), WORD.nop], x: { 1: atp(8) } }, fetchFault(PC + 4n, false), { steps: 2 }),
    row('satp-off', ['satp_mode_op'], { mode: 'HS', words: [csrrw(CSR.satp, 0, 0), WORD.ld], x: { 1: VA }, csrs: { satp: atp(8) }, memory: merged(mapped, path(VA, leaf)) }, { trap: { to: 'M', cause: 5, tval: VA, tinst: 0x3103n } }, { steps: 2 }),
    row('vsatp-on-unmapped', ['vsatp_op'], { mode: 'VS', words: [csrrw(CSR.satp, 0, 1), WORD.nop], x: { 1: atp(8) } }, fetchFault(PC + 4n, true), { steps: 2 }),
    row('vsatp-from-HS', ['vsatp_v0'], { mode: 'HS', words: [csrrw(CSR.vsatp, 0, 1), WORD.ld], x: { 1: atp(8), 3: 0n }, memory: [word64((TABLE[2] ?? 0n) + 8n, 0n)] }, { trap: { to: 'M', cause: 5, tval: atp(8), tinst: 0x3103n } }, { steps: 2 }),
    row('hgatp-from-HS', ['hgatp_op'], { mode: 'HS', words: [csrrw(CSR.hgatp, 0, 1), WORD.nop], x: { 1: hgatp(8) } }, {}, { steps: 2 }),
    row('hgatp-hlv', ['hgatp_op'], { mode: 'HS', words: [csrrw(CSR.hgatp, 0, 1), 0x6c02_4173], x: { 1: hgatp(8), 4: VA } }, { trap: { to: 'M', cause: 21, tval: VA, tval2: VA >> 2n, tinst: 0x6c00_4173n, gva: true } }, { steps: 2 }),
    // SUM and MXR count at once.
    row('sum-set', ['sfence_vma_sum_mxr_effect'], { mode: 'HS', words: [csrrs(CSR.sstatus, 0, 4), WORD.ld], x: { 1: VA, 4: SUM }, csrs: { satp: atp(8) }, memory: merged(mapped, path(VA, entry(PA_PAGE, RWXU)), [word64(PA_PAGE + 0x148n, VALUE)]) }, { rd: [2, VALUE] }, { steps: 2 }),
    row('sum-cleared', ['sfence_vma_sum_mxr_effect'], { mode: 'HS', words: [csrrc(CSR.sstatus, 0, 4), WORD.ld], x: { 1: VA, 4: SUM }, mstatus: { SUM: 1 }, csrs: { satp: atp(8) }, memory: merged(mapped, path(VA, entry(PA_PAGE, RWXU))) }, { trap: { to: 'M', cause: 13, tval: VA, tinst: 0x3103n } }, { steps: 2 }),
    row('mxr-set', ['sfence_vma_sum_mxr_effect'], { mode: 'HS', words: [csrrs(CSR.sstatus, 0, 4), WORD.ld], x: { 1: VA, 4: MXR }, csrs: { satp: atp(8) }, memory: merged(mapped, path(VA, entry(PA_PAGE, RWX & ~(PTE.R | PTE.W))), [word64(PA_PAGE + 0x148n, VALUE)]) }, { rd: [2, VALUE] }, { steps: 2 }),
    // A table that is written is walked as written, with a fence and without: mapped, unmapped, and the page of the code itself.
    ...([['fence', [WORD.sfence]], ['no-fence', []]] as const).flatMap(([name, fence]) => {
      // SD x3, 0(x4), then LD x2, 0(x1).
      const words = [0x0032_3023, ...fence, WORD.ld];
      const steps = words.length;
      return [
        row(`mapped-${name}`, ['choices:no-tlb'], { mode: 'HS', words, x: { 1: VA, 3: leaf, 4: slot(VA, 0) }, csrs: { satp: atp(8) }, memory: merged(mapped, path(VA, 0n), [word64(PA_PAGE + 0x148n, VALUE)]) }, { rd: [2, VALUE] }, { steps }),
        row(`unmapped-${name}`, ['choices:no-tlb'], { mode: 'HS', words, x: { 1: VA, 3: 0n, 4: slot(VA, 0) }, csrs: { satp: atp(8) }, memory: merged(mapped, path(VA, leaf)) }, { trap: { to: 'M', cause: 13, tval: VA, tinst: 0x3103n } }, { steps }),
        row(`code-unmapped-${name}`, ['choices:no-tlb'], { mode: 'HS', words, x: { 1: VA, 3: 0n, 4: (TABLE[2] ?? 0n) + 16n }, csrs: { satp: atp(8) }, memory: merged(mapped, path(VA, leaf)) }, fetchFault(PC + 4n, false), { steps: 2 }),
      ];
    }),
    // Returns and traps go where the new mode is translated.
    row('mret-to-HS', ['mret_h', 'satp_op_active'], { mode: 'M', words: [WORD.mret], mstatus: { MPP: 1 }, csrs: { satp: atp(8) } }, fetchFault(EPC.M, false), { steps: 2 }),
    row('mret-to-VS', ['mret_h', 'H_vm_twostage'], { mode: 'M', words: [WORD.mret], mstatus: { MPP: 1, MPV: 1 }, csrs: { hgatp: hgatp(8) } }, { pc: EPC.M, insn: 0, trap: { to: 'M', cause: 20, tval: EPC.M, tval2: EPC.M >> 2n, gva: true } }, { steps: 2 }),
    row('sret-to-VU', ['sret_v0'], { mode: 'HS', words: [WORD.sret], hstatus: { SPV: 1 }, csrs: { vsatp: atp(8) } }, fetchFault(EPC.HS, true), { steps: 2 }),
    row('sret-to-U-not-a-user-page', ['sret_v0'], { mode: 'HS', words: [WORD.sret], csrs: { satp: atp(8) }, memory: mapped }, fetchFault(EPC.HS, false), { steps: 2 }),
    row('ecall-to-HS-unmapped', ['H_trap_deleg'], { mode: 'U', words: [WORD.ecall], csrs: { satp: atp(8), medeleg: 0x100n, stvec: 0x4000_0000n }, memory: [identity(RWXU)] }, fetchFault(0x4000_0000n, false), { steps: 2, trapsBefore: true }),
    row('ecall-to-M', ['H_trap_deleg', 'satp_op_active'], { mode: 'U', words: [WORD.ecall], csrs: { satp: atp(8) }, memory: [identity(RWXU), { address: VECTOR.M, bytes: 4, value: 0x13n }] }, { pc: VECTOR.M, nextPc: VECTOR.M + 4n }, { steps: 2, trapsBefore: true }),
  ];
}

/** Registers that are not the mode's own do not count, whatever they hold. */
function owners(): TableRow[] {
  const nowhere = atp(8, 0x1000n);
  return [
    row('HS-beside-guest-registers', ['vsatp_v0', 'hgatp_op'], { mode: 'HS', words: [WORD.ld], x: { 1: PA_PAGE }, csrs: { vsatp: nowhere, hgatp: hgatp(8, 0x4000n) }, memory: [word64(PA_PAGE, VALUE)] }, { rd: [2, VALUE] }),
    row('U-beside-guest-registers', ['vsatp_v0', 'hgatp_op'], { mode: 'U', words: [WORD.ld], x: { 1: PA_PAGE }, csrs: { vsatp: nowhere, hgatp: hgatp(8, 0x4000n) }, memory: [word64(PA_PAGE, VALUE)] }, { rd: [2, VALUE] }),
    row('VS-beside-satp', ['H_vscsrs_v1'], { mode: 'VS', words: [WORD.ld], x: { 1: PA_PAGE }, csrs: { satp: nowhere }, memory: [word64(PA_PAGE, VALUE)] }, { rd: [2, VALUE] }),
    row('VU-beside-satp', ['H_vscsrs_v1'], { mode: 'VU', words: [WORD.ld], x: { 1: PA_PAGE }, csrs: { satp: nowhere, hgatp: hgatp(8) }, memory: [guestIdentity(), word64(PA_PAGE, VALUE)] }, { rd: [2, VALUE] }),
    // Bare with other fields set is Bare (choices).
    row('bare-with-fields', ['choices:bare'], { mode: 'HS', words: [WORD.ld], x: { 1: PA_PAGE }, csrs: { satp: 0x0fff_ffff_ffff_ffffn }, memory: [word64(PA_PAGE, VALUE)] }, { rd: [2, VALUE] }),
    row('guest-bare-with-fields', ['choices:bare', 'hgatp_mode_bare_trans'], { mode: 'VS', words: [WORD.ld], x: { 1: PA_PAGE }, csrs: { vsatp: 0x0fff_ffff_ffff_ffffn, hgatp: 0x03ff_ffff_ffff_fffcn }, memory: [word64(PA_PAGE, VALUE)] }, { rd: [2, VALUE] }),
    // ASID and VMID are for caches there are none of.
    row('asid', ['choices:no-tlb'], { mode: 'HS', words: [WORD.ld], x: { 1: VA }, csrs: { satp: atp(8) | (0xffffn << 44n) }, memory: merged([identity(RWX)], path(VA, entry(PA_PAGE, RWX)), [word64(PA_PAGE + 0x148n, VALUE)]) }, { rd: [2, VALUE] }),
    row('vmid', ['choices:no-tlb'], { mode: 'VS', words: [WORD.ld], x: { 1: PA_PAGE }, csrs: { hgatp: hgatp(8) | (0x3fffn << 44n) }, memory: [guestIdentity(), word64(PA_PAGE, VALUE)] }, { rd: [2, VALUE] }),
  ];
}

/** Reservations are physical; a misaligned atomic is an access fault before it is translated. */
function atomics(): TableRow[] {
  const other = VA + 0x1000n;
  const alias = merged([identity(RWX)], path(VA, entry(PA_PAGE, RWX)), path(other, entry(PA_PAGE, RWX)));
  const elsewhere = merged([identity(RWX)], path(VA, entry(PA_PAGE, RWX)), path(other, entry(0x8020_2000n, RWX)));
  const a = { extensions: ['a'] } as const;
  // LR.D x5, (x1); SC.D x2, x3, (x4).
  const words = [0x1000_b2af, 0x1832_312f];
  const from = situation('HS');
  return [
    row('sc-by-an-alias', ['sc_success_conditions', 'choices:reservation'], { mode: 'HS', words, x: { 1: VA, 3: X3, 4: other }, csrs: { satp: atp(8) }, memory: alias }, { rd: [2, 0n], mem: { addr: other, wmask: 0xff, wdata: X3 } }, { ...a, steps: 2 }),
    row('sc-of-another-page', ['sc_addr_not_in_reservation_fail'], { mode: 'HS', words, x: { 1: VA, 3: X3, 4: other }, csrs: { satp: atp(8) }, memory: elsewhere }, { rd: [2, 1n], mem: { addr: 0n } }, { ...a, steps: 2 }),
    row('sc-by-the-physical-address', ['choices:reservation'], { mode: 'HS', words, x: { 1: VA, 3: X3, 4: PA_PAGE + 0x140n }, csrs: { satp: atp(8) }, memory: alias }, { rd: [2, 0n], mem: { addr: PA_PAGE + 0x140n, wmask: 0xff, wdata: X3 } }, { ...a, steps: 2 }),
    // Held or not, the store's permission is asked for first.
    row('sc-held-read-only', ['sc_retire_permission'], { mode: 'HS', words, x: { 1: VA, 3: X3, 4: VA }, csrs: { satp: atp(8) }, memory: merged([identity(RWX)], path(VA, entry(PA_PAGE, RWX & ~PTE.W))) }, { trap: { to: 'M', cause: 15, tval: VA, tinst: 0x1830_312fn } }, { ...a, steps: 2 }),
    ...(['lr', 'sc', 'amo'] as const).flatMap((name) => [VA + 4n, VA + 1n, VA + 0xffcn - 0x148n].map((at): TableRow => ({
      extensions: ['sv39', 'a'], id: `paging/${name}-misaligned-unmapped-${(at & 0xfffn).toString(16)}`, rules: ['amo_alignment', 'LR_SC_ALIGNMENT', 'choices:misaligned-atomics'],
      arrange: attempt(from, ACCESS[name], { at, memory: [identity(RWX)], csrs: { satp: atp(8) }, physical: 'none' }), expect: fault(from, ACCESS[name], 'access', { at }),
    }))),
  ];
}

/** The faults of compressed accesses: the expansion transformed, bit 1 replaced by 0. */
function compressed(): TableRow[] {
  const c = { extensions: ['c'] } as const;
  const lines = [['c.lw', 0x4004, 8, 0x2481n, 13, 21], ['c.ld', 0x6004, 8, 0x3481n, 13, 21], ['c.sdsp', 0xe016, 2, 0x50_3021n, 15, 23], ['c.sw', 0xc004, 8, 0x90_2021n, 15, 23]] as const;
  return lines.flatMap(([name, word, base, tinst, page, guest]) => [
    row(`${name}-page-fault`, ['H_trap_xtinst', 'section:transformed-compressed'], { mode: 'HS', parcels: [word], x: { [base]: VA }, csrs: { satp: atp(8) }, memory: [identity(RWX)] }, { trap: { to: 'M', cause: page, tval: VA, tinst } }, c),
    row(`${name}-guest-page-fault`, ['H_trap_xtinst', 'section:transformed-compressed'], { mode: 'VS', parcels: [word], x: { [base]: VA }, csrs: { hgatp: hgatp(8) }, memory: [guestIdentity()] }, { trap: { to: 'M', cause: guest, tval: VA, tval2: VA >> 2n, tinst, gva: true } }, c),
    // Implicit: the pseudoinstruction, whatever the length.
    row(`${name}-implicit`, ['H_trap_xtinst_guestpage'], { mode: 'VS', parcels: [word], x: { [base]: VA }, csrs: { vsatp: atp(8), hgatp: hgatp(8) }, memory: merged([guestIdentity(), identity(RWX), word64(slot(VA, 2), entry(0x5000_1000n, PTE.V))]) }, { trap: { to: 'M', cause: guest, tval: VA, tval2: 0x5000_1008n >> 2n, tinst: 0x3000n, gva: true } }, c),
  ]);
}

/** Fences need no valid address and do nothing else: the fetch behind them goes on. */
function fences(): TableRow[] {
  return [0n, VA, 0x40_0000_0000n, 0x8000_0000_0000_0000n].map((at) => row(`sfence-${at.toString(16)}`, ['sfence_vma_op', 'section:sfence-invalid-address'], { mode: 'HS', words: [WORD.sfenceX1X2, FETCHED], x: { 1: at, 2: 0xffffn }, csrs: { satp: atp(8) }, memory: [identity(RWX)] }, { rd: [2, 7n] }, { steps: 2 }));
}

/** An enabled interrupt is taken before the fetch that would fault. */
function interrupts(): TableRow[] {
  return [
    row('interrupt-before-fetch-fault', ['H_exception_priority', 'H_trap_xtinst_interrupt'], { mode: 'U', pc: VA, csrs: { satp: atp(8), mie: 8n }, lines: { msip: true } }, { pc: VA, insn: 0, trap: { to: 'M', cause: 3, interrupt: true } }),
    row('interrupt-enabled-then-fetch', ['H_exception_priority'], { mode: 'M', words: [csrrsi(CSR.mstatus, 0, 8)], csrs: { satp: atp(8), mie: 8n }, lines: { msip: true } }, { pc: PC + 4n, trap: { to: 'M', cause: 3, interrupt: true } }, { steps: 2 }),
  ];
}

/** All rows of paging among the rest. */
export const pagingRows = (): readonly TableRow[] => [...moments(), ...owners(), ...atomics(), ...compressed(), ...fences(), ...interrupts()];
