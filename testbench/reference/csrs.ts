/** Every CSR by number: what a read returns, and what a write stores where. */
import { bits, has, merge } from './bits.js';
import type { StoredCsr } from './csr-file.js';
import type { Extension, Isa } from './extensions.js';
import type { Hart } from './hart.js';
import { hasSupervisorTimer, hgeip, pendingInterrupts } from './interrupts.js';
import { isVirtual } from './modes.js';
import { isLocked, PMPADDR, writtenConfig } from './pmp.js';
import { isMode } from './stages.js';
import {
  CBIE, H_LEVEL, HSTATUS_WRITABLE, MPP, MSTATUS_WRITABLE, S_LEVEL, SSIP, SSTATUS_VISIBLE, SSTATUS_WRITABLE, STIP, VGEIN,
  VS_LEVEL, VSSIP,
} from './status.js';
import { henvcfgVisible, type HStateen, hstateenInEffect, hstateenVisible } from './views.js';

/** One CSR. */
export interface Csr {
  /** The value that rd receives. */
  readonly read: (hart: Hart) => bigint;
  /** The value that CSRRS and CSRRC modify, where it is not the one that rd receives. */
  readonly readForModify?: (hart: Hart) => bigint;
  readonly write: (hart: Hart, value: bigint) => void;
  /** The extension without which it does not exist. */
  readonly extension?: Extension;
}

const ignore = (): void => undefined;

/** MXL 2, I M S U H, and by their extensions A, B and C (`misa_extensions_enc`, `b_extension_composition`). */
const misa: Csr = {
  read: ({ isa }) => {
    const b = isa.zba && isa.zbb && isa.zbs;
    return 0x8000_0000_0014_1180n | (isa.a ? 1n : 0n) | (b ? 2n : 0n) | (isa.c ? 4n : 0n);
  },
  write: ignore,
};
const ATP_MODE = bits(63, 60);

const constant = (value: bigint): Csr => ({ read: () => value, write: ignore });

/** A CSR that stores its writable bits and reads as stored. */
const stored = (csr: StoredCsr): Csr => ({
  read: (hart) => hart.csrs.values[csr],
  write: (hart, value) => hart.csrs.set(csr, merge(hart.csrs.values[csr], value, hart.writable[csr])),
});

/** A CSR that stores its bits and belongs to an extension. */
const added = (extension: Extension, csr: StoredCsr): Csr => ({ ...stored(csr), extension });

/**
 * `menvcfg`, `henvcfg` and `senvcfg`: CBIE keeps its value when the reserved 2 is written
 * (`MENVCFG_CBIE_WARL`, `HENVCFG_CBIE_WARL`, `SENVCFG_CBIE_WARL`), a bit that is read-only zero
 * for now what is stored below.
 */
const environment = (csr: 'menvcfg' | 'henvcfg' | 'senvcfg', visible: (hart: Hart) => bigint): Csr => ({
  read: (hart) => hart.csrs.values[csr] & visible(hart),
  write: (hart, value) => {
    const writable = (value & CBIE) >> 4n === 2n ? visible(hart) & ~CBIE : visible(hart);
    hart.csrs.set(csr, merge(hart.csrs.values[csr], value, writable));
  },
});

/** `hstateen0` .. `hstateen3`: bits are read-only zero where `mstateen` has zero (`mstateen_lower_priv_roz`). */
const hstateen = (csr: HStateen): Csr => ({
  extension: 'smstateen',
  read: (hart) => hstateenInEffect(hart, csr),
  write: (hart, value) => hart.csrs.set(csr, merge(hart.csrs.values[csr], value, hstateenVisible(hart, csr))),
});

/** `sstateen0` .. `sstateen3`: there is no state of user level to enable (`stateen_unimplemented_state_roz`). */
const sstateen: Csr = { ...constant(0n), extension: 'smstateen' };

/** `satp` and `vsatp`: a write of an unsupported MODE has no effect at all (`satp_mode_op_unsupported`, `vsatp_mode_unsupported_v1`). */
const addressTranslation = (csr: 'satp' | 'vsatp'): Csr => ({
  read: (hart) => hart.csrs.values[csr],
  write: (hart, value) => {
    if (isMode(hart.isa, value >> 60n)) hart.csrs.set(csr, value);
  },
});

/** `mstatus`: MPP keeps its value when the reserved 2 is written (`MSTATUS_XPP_WARL`). */
const mstatus: Csr = {
  read: (hart) => hart.csrs.values.mstatus,
  write: (hart, value) => {
    const writable = (value & MPP) >> 11n === 2n ? MSTATUS_WRITABLE & ~MPP : MSTATUS_WRITABLE;
    hart.csrs.set('mstatus', merge(hart.csrs.values.mstatus, value, writable));
  },
};

/** `sstatus`: a subset of `mstatus` (`sstatus_acc`). */
const sstatus: Csr = {
  read: (hart) => hart.csrs.values.mstatus & SSTATUS_VISIBLE,
  write: (hart, value) => hart.csrs.set('mstatus', merge(hart.csrs.values.mstatus, value, SSTATUS_WRITABLE)),
};

/** `hstatus`: VGEIN keeps its value when more than GEILEN is written (`HSTATUS_VGEIN_WLRL`). */
const hstatus: Csr = {
  read: (hart) => hart.csrs.values.hstatus,
  write: (hart, value) => {
    const writable = (value & VGEIN) >> 12n > 8n ? HSTATUS_WRITABLE & ~VGEIN : HSTATUS_WRITABLE;
    hart.csrs.set('hstatus', merge(hart.csrs.values.hstatus, value, writable));
  },
};

/** `hgatp`: MODE keeps its value when an unsupported one is written, the other fields are written all the same (`HGATP_MODE_WARL`). */
const hgatp: Csr = {
  read: (hart) => hart.csrs.values.hgatp,
  write: (hart, value) => {
    const writable = isMode(hart.isa, value >> 60n) ? hart.writable.hgatp : hart.writable.hgatp & ~ATP_MODE;
    hart.csrs.set('hgatp', merge(hart.csrs.values.hgatp, value, writable));
  },
};

/** Writes VSSIP, which `mip`, `hip` and `vsip` alias and `hvip` stores (`hip_vssip_vssie_op`, `mip_mie_alias`). */
function writeVssip(hart: Hart, pending: boolean): void {
  hart.csrs.set('hvip', merge(hart.csrs.values.hvip, pending ? VSSIP : 0n, VSSIP));
}

/** `mip`; the line is no part of SEIP's read-modify-write (`mip_seip_rdcsr`, `mip_seip_wrcsr`). */
const mip: Csr = {
  read: pendingInterrupts,
  readForModify: (hart) => (hart.csrs.values.mip & S_LEVEL) | (hart.csrs.values.hvip & VSSIP),
  write: (hart, value) => {
    // mip_stip_stimecmp_acc: read-only while stimecmp decides it; what software stored stays
    const writable = hasSupervisorTimer(hart) ? S_LEVEL & ~STIP : S_LEVEL;
    hart.csrs.set('mip', merge(hart.csrs.values.mip, value, writable));
    writeVssip(hart, has(value, VSSIP));
  },
};

/** `mie` as seen through a mask: `sie` shows delegated S-level bits, `hie` the VS-level ones and SGEIE. */
const enableView = (mask: (hart: Hart) => bigint): Csr => ({
  read: (hart) => hart.csrs.values.mie & mask(hart),
  write: (hart, value) => hart.csrs.set('mie', merge(hart.csrs.values.mie, value, mask(hart))),
});

/** Interrupts delegated to HS-mode are visible in `sip` and maskable in `sie`, the others read-only zero. */
const delegatedToS = (hart: Hart): bigint => hart.csrs.values.mideleg & S_LEVEL;
/** What `hip` and `hie` hold (`mideleg_hroz`: zero where `mideleg` is). */
const hypervisorLevel = (hart: Hart): bigint => hart.csrs.values.mideleg & H_LEVEL;
/** What `hideleg` delegates to VS-mode; elsewhere `vsip` and `vsie` are read-only zero (`vsip_vsie_sei`, `_sti`, `_ssi`). */
const delegatedToVs = (hart: Hart): bigint => hart.csrs.values.hideleg & VS_LEVEL;

/** `sip`: only SSIP is writable (`sip_seip_acc`, `sip_stip_acc`, `sip_ssip_acc`). */
const sip: Csr = {
  read: (hart) => pendingInterrupts(hart) & delegatedToS(hart),
  write: (hart, value) => hart.csrs.set('mip', merge(hart.csrs.values.mip, value, SSIP & delegatedToS(hart))),
};

/** `hip`: only VSSIP is writable (`hip_vssip_vssie_op`). */
const hip: Csr = {
  read: (hart) => pendingInterrupts(hart) & hypervisorLevel(hart),
  write: (hart, value) => writeVssip(hart, has(value, VSSIP)),
};

/** `vsip`: the VS-level bits, one position lower; only SSIP is writable, as VSSIP is in `hip`. */
const vsip: Csr = {
  read: (hart) => (pendingInterrupts(hart) & delegatedToVs(hart)) >> 1n,
  write: (hart, value) => {
    if (has(delegatedToVs(hart), VSSIP)) writeVssip(hart, has(value << 1n, VSSIP));
  },
};

/** `vsie`: the VS-level enables of `hie`, one position lower. */
const vsie: Csr = {
  read: (hart) => (hart.csrs.values.mie & delegatedToVs(hart)) >> 1n,
  write: (hart, value) => hart.csrs.set('mie', merge(hart.csrs.values.mie, value << 1n, delegatedToVs(hart))),
};

/** `pmpcfg0` and `pmpcfg2` (`PMPCFG_WARL`). */
const pmpcfg = (csr: 'pmpcfg0' | 'pmpcfg2'): Csr => ({
  extension: 'pmp',
  read: (hart) => hart.csrs.values[csr],
  write: (hart, value) => hart.csrs.set(csr, writtenConfig(hart.csrs.values[csr], value)),
});

/** `pmpaddr0` .. `pmpaddr15`, unless locked. */
function pmpaddr(csr: (typeof PMPADDR)[number], entry: number): Csr {
  return {
    extension: 'pmp',
    read: (hart) => hart.csrs.values[csr],
    write: (hart, value) => {
      if (!isLocked(hart, entry)) hart.csrs.set(csr, value & hart.writable[csr]);
    },
  };
}

const mcycle: Csr = { read: (hart) => hart.mcycle(), write: (hart, value) => hart.counters.writeMcycle(value) };
const minstret: Csr = {
  read: (hart) => hart.counters.minstret,
  write: (hart, value) => hart.counters.writeMinstret(value),
};

/** `mcountinhibit`: CY and IR (`mcountinhibit_op`). */
const mcountinhibit: Csr = {
  read: (hart) => hart.csrs.values.mcountinhibit,
  write: (hart, value) => {
    hart.counters.changeInhibit(hart.csrs.inhibitsCycle);
    hart.csrs.set('mcountinhibit', value & hart.writable.mcountinhibit);
  },
};

/** `time`: `mtime`, plus `htimedelta` when V=1 (`time_op`, `htimedelta_op`). */
const time: Csr = {
  read: (hart) => BigInt.asUintN(64, hart.inputs.mtime + (isVirtual(hart.mode) ? hart.csrs.values.htimedelta : 0n)),
  write: ignore,
};

const CSRS = new Map<number, Csr>([
  [0xf11, constant(0n)], [0xf12, constant(0n)], [0xf13, constant(0n)], [0xf14, constant(0n)], [0xf15, constant(0n)],
  [0x300, mstatus], [0x301, misa],
  [0x302, stored('medeleg')], [0x303, stored('mideleg')], [0x304, stored('mie')],
  [0x305, stored('mtvec')], [0x306, stored('mcounteren')], [0x30a, environment('menvcfg', (hart) => hart.writable.menvcfg)],
  [0x30c, added('smstateen', 'mstateen0')], [0x30d, added('smstateen', 'mstateen1')],
  [0x30e, added('smstateen', 'mstateen2')], [0x30f, added('smstateen', 'mstateen3')],
  [0x320, mcountinhibit],
  [0x340, stored('mscratch')], [0x341, stored('mepc')], [0x342, stored('mcause')],
  [0x343, stored('mtval')], [0x344, mip], [0x34a, stored('mtinst')], [0x34b, stored('mtval2')],
  [0x3a0, pmpcfg('pmpcfg0')], [0x3a2, pmpcfg('pmpcfg2')],
  [0xb00, mcycle], [0xb02, minstret],
  [0xc00, { ...mcycle, write: ignore }], [0xc01, time], [0xc02, { ...minstret, write: ignore }],

  [0x100, sstatus], [0x104, enableView(delegatedToS)], [0x105, stored('stvec')],
  [0x106, stored('scounteren')], [0x10a, environment('senvcfg', (hart) => hart.writable.senvcfg)],
  [0x10c, sstateen], [0x10d, sstateen], [0x10e, sstateen], [0x10f, sstateen],
  [0x140, stored('sscratch')], [0x141, stored('sepc')], [0x142, stored('scause')],
  [0x143, stored('stval')], [0x144, sip], [0x14d, added('sstc', 'stimecmp')], [0x180, addressTranslation('satp')],

  [0x600, hstatus], [0x602, stored('hedeleg')], [0x603, stored('hideleg')],
  [0x604, enableView(hypervisorLevel)], [0x605, stored('htimedelta')], [0x606, stored('hcounteren')],
  [0x607, stored('hgeie')], [0x60a, environment('henvcfg', henvcfgVisible)],
  [0x60c, hstateen('hstateen0')], [0x60d, hstateen('hstateen1')], [0x60e, hstateen('hstateen2')],
  [0x60f, hstateen('hstateen3')],
  [0x643, stored('htval')], [0x644, hip], [0x645, stored('hvip')], [0x64a, stored('htinst')],
  [0x680, hgatp], [0xe12, { read: hgeip, write: ignore }],

  [0x200, stored('vsstatus')], [0x204, vsie], [0x205, stored('vstvec')],
  [0x240, stored('vsscratch')], [0x241, stored('vsepc')], [0x242, stored('vscause')],
  [0x243, stored('vstval')], [0x244, vsip], [0x24d, added('sstc', 'vstimecmp')], [0x280, addressTranslation('vsatp')],
]);

// Counters 3..31 and their event selectors exist and are zero (MHPMCOUNTER_N_RDONLY0, MHPMEVENT_N_RDONLY0).
for (let n = 3; n < 32; n += 1) {
  for (const base of [0x320, 0xb00, 0xc00]) CSRS.set(base + n, constant(0n));
}

// pmp_addr_registers; the odd numbers and those above do not exist (pmp_cfg_rv64_illegal)
for (const [index, csr] of PMPADDR.entries()) CSRS.set(0x3b0 + index, pmpaddr(csr, index));

/** The CSR with a number, or undefined if a hart has none. */
export function csrOf(number: number, isa: Isa): Csr | undefined {
  const csr = CSRS.get(number);
  return csr?.extension === undefined || isa[csr.extension] ? csr : undefined;
}

/** The supervisor CSRs that have a VS CSR, 0x100 further up (`H_scsrs_nomatch` names the ones that have none). */
const REPLACED = new Set([0x100, 0x104, 0x105, 0x140, 0x141, 0x142, 0x143, 0x144, 0x14d, 0x180]);

/** The CSR that an instruction accesses: when V=1 the VS CSR substitutes for the supervisor CSR (`H_vscsrs_sub`). */
export const substituted = (number: number, virtual: boolean): number =>
  virtual && REPLACED.has(number) ? number + 0x100 : number;
