/**
 * WFI waits, and for the right thing (docs/timing.md): it retires when an
 * enabled interrupt is pending, whether or not it can be taken. The manual lets
 * WFI end at any time, so the reference has no say in this.
 */
import type { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';
import { CoreSubject } from '../lockstep/subject.js';

type Arrangement = Parameters<CoreSubject['arrange']>[0];

/** WFI, in M-mode with interrupts disabled. */
const WFI = { address: 0x8000_0100n, bytes: 4, value: 0x1050_0073n } as const;
/** Enough for a WFI that does not wait. */
const CYCLES = 40;
const MIDELEG = 0x1444n;
/** menvcfg.STCE, henvcfg.STCE. */
const STCE = 1n << 63n;
const NEVER = (1n << 64n) - 1n;

/** Interrupt bits with what makes each pending. */
const SOURCES: readonly { readonly bit: number; readonly state: Partial<Arrangement> }[] = [
  { bit: 1, state: { csrs: { mip: 0x2n } } },
  { bit: 2, state: { csrs: { hvip: 0x4n } } },
  { bit: 3, state: { lines: { msip: true } } },
  { bit: 5, state: { csrs: { mip: 0x20n } } },
  { bit: 5, state: { csrs: { menvcfg: STCE, stimecmp: 0n } } },
  { bit: 6, state: { csrs: { hvip: 0x40n } } },
  { bit: 6, state: { csrs: { menvcfg: STCE, henvcfg: STCE, stimecmp: NEVER, vstimecmp: 0n } } },
  { bit: 7, state: { lines: { mtip: true } } },
  { bit: 9, state: { csrs: { mip: 0x200n } } },
  { bit: 9, state: { lines: { seip: true } } },
  { bit: 10, state: { csrs: { hvip: 0x400n } } },
  { bit: 11, state: { lines: { meip: true } } },
  { bit: 12, state: { csrs: { hgeie: 0x2n }, lines: { hgeip: 0x2n } } },
];
const ENABLES = 0x1eeen;

/** Whether a WFI in that state retires within a few cycles. */
function retires(core: ObservedCore, state: Partial<Arrangement>, mie: bigint): boolean {
  const subject = new CoreSubject(core);
  subject.arrange({ ...state, mode: 'M', pc: WFI.address, memory: [WFI], csrs: { mideleg: MIDELEG, ...state.csrs, mie } });
  let records = 0;
  core.run(CYCLES, { records: (r) => { records += r.filter(({ retirement }) => retirement.trap === undefined && retirement.pc_rdata === WFI.address).length; }, trapped: () => undefined });
  return records > 0;
}

const hex = (v: bigint): string => `0x${v.toString(16)}`;

/** Records of two WFIs, the first of which waits for the timer. */
function sleep(core: ObservedCore, enabled: boolean): readonly Observation[] {
  const subject = new CoreSubject(core);
  subject.arrange({
    mode: 'M', pc: WFI.address, memory: [WFI, { ...WFI, address: WFI.address + 4n }],
    csrs: { mideleg: MIDELEG, mie: 0x80n, mtvec: 0x8000_1000n, ...(enabled ? { mstatus: 0xa_0000_0008n } : {}) },
  });
  const records: Observation[] = [];
  const listener = { records: (r: readonly Observation[]): void => { records.push(...r); }, trapped: () => undefined };
  const runUntil = (count: number): void => {
    for (let i = 0; i < 400 && records.length < count; i++) core.run(1, listener);
  };
  core.poke('clint.mtimecmp', 4n);
  runUntil(1);
  if (enabled) runUntil(2);
  else {
    // Before the second, a line comes that WFI does not wait for, and the timer goes.
    core.poke('pins.seip', 1n);
    core.poke('clint.mtimecmp', 12n);
    core.poke('clint.mtip', 0n);
    runUntil(2);
  }
  return records;
}

/** A WFI that has waited is done before the interrupt is taken (wfi_mepc_val), and its record has the lines that it met. */
function sleepFaults(core: ObservedCore): readonly string[] {
  const faults: string[] = [];
  const [woken, taken] = sleep(core, true);
  if (woken?.retirement.trap !== undefined || woken?.retirement.pc_rdata !== WFI.address) faults.push('a WFI that has waited does not retire before the interrupt');
  if (taken?.retirement.trap?.interrupt !== true || taken.retirement.pc_rdata !== WFI.address + 4n) faults.push('the interrupt that woke WFI is not taken at the next instruction');
  const [first, second] = sleep(core, false);
  if (first?.inputs.seip !== false || second?.inputs.seip !== true) faults.push('the lines in the record of a WFI are not those that it met');
  return faults;
}

/** What is wrong with a core's waiting; empty if nothing. */
export function waitFaults(core: ObservedCore): readonly string[] {
  const faults = [...sleepFaults(core)];
  const check = (what: string, state: Partial<Arrangement>, mie: bigint, expected: boolean): void => {
    if (retires(core, state, mie) !== expected) faults.push(`with ${what} pending and mie ${hex(mie)} WFI ${expected ? 'waits' : 'does not wait'}`);
  };
  for (const mie of [0n, ENABLES]) {
    check('nothing', {}, mie, false);
    check('a software STIP that stimecmp hides', { csrs: { mip: 0x20n, menvcfg: STCE, stimecmp: NEVER } }, mie, false);
    check('a guest timer that henvcfg hides', { csrs: { menvcfg: STCE, stimecmp: NEVER, vstimecmp: 0n } }, mie, false);
  }
  for (const { bit, state } of SOURCES) {
    const own = 1n << BigInt(bit);
    check(`bit ${bit}`, state, own, true);
    check(`bit ${bit}`, state, ENABLES, true);
    check(`bit ${bit}`, state, ENABLES & ~own, false);
    check(`bit ${bit}`, state, 0n, false);
  }
  return faults;
}

