/** Every CSR by number: what a read returns, and what a write stores where. */
import { merge } from './bits.js';
import { added, constant, type Csr, ignore, stored } from './csr.js';
import { environment, hstateen, sstateen } from './csrs-environment.js';
import { hie, hip, mip, sie, sip, vsie, vsip } from './csrs-interrupts.js';
import { EVENT_COUNTERS, type EventCounter } from './csr-file.js';
import { addressTranslation, hgatp, pmpaddr, pmpcfg } from './csrs-memory.js';
import type { Isa } from './extensions.js';
import { hgeip } from './interrupts.js';
import { isVirtual } from './modes.js';
import { PMPADDR } from './pmp.js';
import { HSTATUS_WRITABLE, MPP, MSTATUS_WRITABLE, SSTATUS_VISIBLE, SSTATUS_WRITABLE, VGEIN } from './status.js';
import { henvcfgVisible } from './views.js';

/** MXL 2, I M S U H, and by their extensions A, B and C (`misa_extensions_enc`, `b_extension_composition`). */
const misa: Csr = {
  read: ({ isa }) => {
    const b = isa.zba && isa.zbb && isa.zbs;
    return 0x8000_0000_0014_1180n | (isa.a ? 1n : 0n) | (b ? 2n : 0n) | (isa.c ? 4n : 0n);
  },
  write: ignore,
};

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

const mcycle: Csr = { read: (hart) => hart.mcycle(), write: (hart, value) => hart.counters.writeMcycle(value) };
const minstret: Csr = {
  read: (hart) => hart.counters.minstret,
  write: (hart, value) => hart.counters.writeMinstret(value),
};

/** A counter of events: all 64 bits can be written (`mhpmcounter_num`, `MHPMCOUNTER_WARL`). */
const mhpmcounter = (counter: EventCounter): Csr => ({
  read: (hart) => hart.counters.event(counter),
  write: (hart, value) => hart.counters.writeEvent(counter, value),
});

/** The number of an event; one that is not there keeps the old (`mhpmevent_op`, `MHPMEVENT_WARL`). */
const mhpmevent = (csr: 'mhpmevent3' | 'mhpmevent4' | 'mhpmevent5' | 'mhpmevent6'): Csr => ({
  read: (hart) => hart.csrs.values[csr],
  write: (hart, value) => {
    const event = value & hart.writable[csr];
    if (event <= LAST_EVENT) hart.csrs.set(csr, event);
  },
});
const LAST_EVENT = 20n;

/** `mcountinhibit`: CY, IR and HPM3 to HPM6 (`mcountinhibit_op`). */
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

  [0x100, sstatus], [0x104, sie], [0x105, stored('stvec')],
  [0x106, stored('scounteren')], [0x10a, environment('senvcfg', (hart) => hart.writable.senvcfg)],
  [0x10c, sstateen], [0x10d, sstateen], [0x10e, sstateen], [0x10f, sstateen],
  [0x140, stored('sscratch')], [0x141, stored('sepc')], [0x142, stored('scause')],
  [0x143, stored('stval')], [0x144, sip], [0x14d, added('sstc', 'stimecmp')], [0x180, addressTranslation('satp')],

  [0x600, hstatus], [0x602, stored('hedeleg')], [0x603, stored('hideleg')],
  [0x604, hie], [0x605, stored('htimedelta')], [0x606, stored('hcounteren')],
  [0x607, stored('hgeie')], [0x60a, environment('henvcfg', henvcfgVisible)],
  [0x60c, hstateen('hstateen0')], [0x60d, hstateen('hstateen1')], [0x60e, hstateen('hstateen2')],
  [0x60f, hstateen('hstateen3')],
  [0x643, stored('htval')], [0x644, hip], [0x645, stored('hvip')], [0x64a, stored('htinst')],
  [0x680, hgatp], [0xe12, { read: hgeip, write: ignore }],

  [0x200, stored('vsstatus')], [0x204, vsie], [0x205, stored('vstvec')],
  [0x240, stored('vsscratch')], [0x241, stored('vsepc')], [0x242, stored('vscause')],
  [0x243, stored('vstval')], [0x244, vsip], [0x24d, added('sstc', 'vstimecmp')], [0x280, addressTranslation('vsatp')],
]);

for (const [index, counter] of EVENT_COUNTERS.entries()) {
  CSRS.set(0xb03 + index, mhpmcounter(counter));
  CSRS.set(0xc03 + index, { ...mhpmcounter(counter), write: ignore });
}
for (const [index, csr] of (['mhpmevent3', 'mhpmevent4', 'mhpmevent5', 'mhpmevent6'] as const).entries()) CSRS.set(0x323 + index, mhpmevent(csr));

// The counters behind them and their event selectors exist and are zero (MHPMCOUNTER_N_RDONLY0, MHPMEVENT_N_RDONLY0).
for (let n = 7; n < 32; n += 1) {
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
