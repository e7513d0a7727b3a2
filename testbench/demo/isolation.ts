/**
 * The demonstration with three guests as runs of an observed core: under the hypervisor, where B has a life for each of its
 * misdeeds, and under the ordinary kernel, once without B and once for each misdeed. What comes out are values that a table or a test
 * can judge.
 *
 * Who causes which trap is taken from the records (hgatp's VMID says whose they are), not from what the programs say of themselves.
 */
import type { Program } from '../../model/machine/elf.js';
import type { Outcome } from '../../model/machine/outcome.js';
import type { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';
import type { Mode, TrapMode } from '../retirement.js';
import { expectedAnswers } from './answers.js';
import { GUESTS, PLACES, withGuests, type GuestName, type Systems } from './system.js';

/** What B does in each of its lives, as in guest-b.S. */
export const MISDEEDS = [
  'its application writes where it has no memory',
  'writes to every page around its own memory, and to devices',
  'overwrites its own memory, from the end to the beginning',
  'jumps into nowhere, and puts its trap vector there',
  'overwrites its page tables: everybody\'s memory, then garbage',
  'executes all of the hypervisor\'s instructions and CSR writes',
  'executes what belongs to the machine level',
  'masks the timer, puts it off for ever, and loops',
  'calls whoever is below it, without end',
] as const;

/** Cycles of a run at most: several times what either takes. */
export const MOST_CYCLES = 20_000_000;
/** Cycles without a process, thirty of its slices, after which the kernel counts as dead. */
const DEAD_AFTER = 500_000n;
/** Cycles between two looks at whether it is. */
const SLICE = 50_000;

/** How the hypervisor ended a life, by its numbers in the ledger. */
export const ENDS: Readonly<Record<number, string>> = { 1: 'has ended', 2: 'killed: too many offences', 3: 'killed: no sign of life', 4: 'killed: old age' };
/** The ends that B did not choose. */
const KILLED = [2, 3, 4];

/** A kind of trap, and how often. */
export interface TrapCount {
  readonly from: Mode;
  readonly to: TrapMode;
  readonly cause: number;
  readonly interrupt: boolean;
  readonly count: number;
}

/** One life of a guest under the hypervisor. */
export interface Life {
  readonly guest: GuestName;
  /** From 0. */
  readonly number: number;
  /** One of {@link ENDS}. */
  readonly end: number;
  readonly slices: number;
  readonly offences: number;
  /** In the order in which they came first. */
  readonly traps: readonly TrapCount[];
  /** Cycle of the trap that ended it. */
  readonly endedAt: bigint;
}

/** A run of either system. */
export interface SystemRun {
  readonly outcome: Outcome;
  readonly cycles: bigint;
  /** Lines of the console. */
  readonly console: readonly string[];
  /** Who of A and C printed exactly what it has to. */
  readonly right: readonly GuestName[];
}

/** The run under the hypervisor. */
export interface HypervisorRun extends SystemRun {
  readonly lives: readonly Life[];
  /** The hypervisor's sum of its own memory before the first guest and after the last. */
  readonly sums: { readonly before: bigint; readonly after: bigint };
  /** The same sum over memory after the run, computed here. */
  readonly sumHere: bigint;
}

/** Of a run under the kernel: what happened at last. */
export interface KernelRun extends SystemRun {
  /** The exception that made the kernel panic, or that it repeats for ever; undefined: none. */
  readonly fatal: TrapCount | undefined;
}

/** What runs need. */
export interface Stage {
  readonly core: ObservedCore;
  /** What the core prints to. */
  readonly output: Console;
  readonly systems: Systems;
}

/** Bytes of an entry of the hypervisor's ledger. */
const LEDGER_ENTRY = 64;

/** The demonstration's guests under the hypervisor: a life of B for every misdeed. */
export const hypervisorProgram = ({ hypervisor, images: { A, B, C } }: Systems): Program => withGuests(hypervisor, {
  A: { image: A, lives: 1, first: 0 }, B: { image: B, lives: MISDEEDS.length, first: 0 }, C: { image: C, lives: 1, first: 0 },
});

/**
 * The same under the one kernel.
 *
 * @param misdeed - What B does; undefined: it is absent.
 */
export const kernelProgram = ({ kernel, images: { A, B, C } }: Systems, misdeed: number | undefined): Program => withGuests(kernel, {
  A: { image: A, lives: 1, first: 0 }, B: { image: B, lives: misdeed === undefined ? 0 : 1, first: misdeed ?? 0 }, C: { image: C, lives: 1, first: 0 },
});

/** Counts traps by kind. */
class Traps {
  readonly #counts = new Map<string, TrapCount>();

  add({ mode, trap }: Observation['retirement']): void {
    if (trap === undefined) return;
    const { to, cause, interrupt } = trap;
    const key = `${mode} ${to} ${cause} ${interrupt}`;
    this.#counts.set(key, { from: mode, to, cause, interrupt, count: (this.#counts.get(key)?.count ?? 0) + 1 });
  }

  get list(): readonly TrapCount[] {
    return [...this.#counts.values()];
  }
}

/** The console's text arrives through the core's `print`; this takes it. */
export class Console {
  #bytes: Uint8Array[] = [];

  readonly print = (bytes: Uint8Array): void => void this.#bytes.push(bytes.slice());

  /** The lines since the last call. */
  take(): readonly string[] {
    const text = Buffer.concat(this.#bytes).toString('latin1');
    this.#bytes = [];
    return text.split('\n').filter((line) => line !== '');
  }
}

/** @param alive - Asked now and then whether to go on. */
function run({ core, output }: Stage, program: Program, see: (observation: Observation) => void, alive: () => boolean = () => true): SystemRun {
  output.take();
  core.reset();
  if (!core.load(program)) throw new Error('the demonstration does not fit into memory');
  let outcome: Outcome = { kind: 'cycle-limit' };
  while (outcome.kind === 'cycle-limit' && core.core.cycle < MOST_CYCLES && alive()) {
    outcome = core.run(SLICE, { trapped: () => {}, records: (list) => list.forEach(see) });
  }
  const lines = output.take();
  const right = (['A', 'C'] as const).filter((guest) => lines.includes(`[${guest}] ${expectedAnswers()[guest]}`));
  return { outcome, cycles: core.core.cycle, console: lines, right };
}

/** Runs all of it under the hypervisor. */
export function underHypervisor(stage: Stage): HypervisorRun {
  const { core } = stage;
  const program = hypervisorProgram(stage.systems);
  const traps = new Map<bigint, Traps>();
  const lastTrap = new Map<bigint, bigint>();
  let vmid = 0n;
  const ran = run(stage, program, ({ retirement, inputs }) => {
    for (const { csr, after } of retirement.csrs) if (csr === 'hgatp') vmid = vmidOf(after);
    if (retirement.trap === undefined || (retirement.mode !== 'VS' && retirement.mode !== 'VU')) return;
    const known = traps.get(vmid) ?? new Traps();
    traps.set(vmid, known);
    known.add(retirement);
    if (retirement.trap.to === 'HS') lastTrap.set(vmid, inputs.cycle);
  });
  const doubleword = (address: bigint): bigint => {
    const bytes = core.memory.read(address, 8);
    return bytes === undefined ? 0n : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  };
  const symbol = (name: string): bigint => {
    const address = program.symbols.get(name);
    if (address === undefined) throw new Error(`the hypervisor has no symbol ${name}`);
    return address;
  };
  const lives = Array.from({ length: Number(doubleword(symbol('ledger_count'))) }, (_, i): Life => {
    const [name = 0n, number = 0n, end = 0n, , slices = 0n, offences = 0n, hgatp = 0n] =
      Array.from({ length: 8 }, (__, k) => doubleword(symbol('ledger') + BigInt(i * LEDGER_ENTRY + 8 * k)));
    const guest = GUESTS.find((g) => g.charCodeAt(0) === Number(name));
    if (guest === undefined) throw new Error(`the ledger names a guest ${name}`);
    return {
      guest, number: Number(number), end: Number(end), slices: Number(slices), offences: Number(offences),
      traps: traps.get(vmidOf(hgatp))?.list ?? [], endedAt: lastTrap.get(vmidOf(hgatp)) ?? 0n,
    };
  });
  return {
    ...ran, lives,
    sums: { before: doubleword(symbol('sum_before')), after: doubleword(symbol('sum_after')) },
    sumHere: constantSum(core, program),
  };
}

/** The sum of what does not change in the hypervisor's memory, as hypervisor.S computes it, over the memory as it is now. */
export function constantSum({ memory }: ObservedCore, { entry, symbols }: Program): bigint {
  const ranges: readonly (readonly [bigint, bigint])[] = [[entry, symbols.get('constants_end') ?? entry], [PLACES.tables, PLACES.parameters]];
  let sum = 0xcbf2_9ce4_8422_2325n;
  for (const [from, to] of ranges) {
    const bytes = memory.read(from, Number(to - from)) ?? new Uint8Array();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bytes.length; at += 8) sum = BigInt.asUintN(64, (sum ^ view.getBigUint64(at, true)) * 0x100_0000_01b3n);
  }
  return sum;
}

const vmidOf = (hgatp: bigint): bigint => (hgatp >> 44n) & 0x3fffn;

/** Runs the three under the ordinary kernel. */
export function underKernel(stage: Stage, misdeed: number | undefined): KernelRun {
  const own = new Traps();
  let heard = 0n;
  const ran = run(stage, kernelProgram(stage.systems, misdeed), ({ retirement, inputs }) => {
    if (retirement.mode === 'U') heard = inputs.cycle;
    if (retirement.mode === 'HS' && retirement.trap?.to === 'HS') own.add(retirement);
  }, () => stage.core.core.cycle - heard < DEAD_AFTER);
  return { ...ran, fatal: own.list.at(-1) };
}

/** Whether the program ended by itself, and said that all was well. */
const endedWell = ({ outcome }: SystemRun): boolean => outcome.kind === 'exited' && outcome.code === 0;
const bothRight = ({ right }: SystemRun): boolean => right.length === 2;

/** The claims of the demonstration that do not hold: none, in words. */
export function broken(guarded: HypervisorRun, alone: KernelRun, shared: readonly KernelRun[]): readonly string[] {
  const of = (guest: GuestName): readonly Life[] => guarded.lives.filter((life) => life.guest === guest);
  const claims: readonly (readonly [holds: boolean, what: string])[] = [
    [endedWell(guarded), 'the hypervisor did not end well'],
    [bothRight(guarded), 'A or C has a wrong answer under the hypervisor'],
    [(['A', 'C'] as const).every((guest) => of(guest).length === 1 && of(guest)[0]?.end === 1), 'A or C did not live its one life to its end'],
    [of('B').length === MISDEEDS.length, 'not every life of B came to an end'],
    [of('B').some(({ end }) => KILLED.includes(end)), 'B was never killed'],
    [guarded.sums.before === guarded.sums.after && guarded.sums.after === guarded.sumHere, 'the hypervisor\'s memory has changed'],
    [endedWell(alone) && bothRight(alone), 'without B, A or C has a wrong answer under the one kernel'],
    ...shared.map((run, misdeed): readonly [boolean, string] => (misdeed === 0
      ? [endedWell(run) && bothRight(run), 'the one kernel did not survive a wild application']
      : [!endedWell(run) && run.right.length === 0, `the one kernel survived misdeed ${misdeed} of B`])),
  ];
  return claims.filter(([holds]) => !holds).map(([, what]) => what);
}
