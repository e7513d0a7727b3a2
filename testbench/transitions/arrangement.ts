/**
 * A state put directly into a hart, and one step made: the quick way to ask
 * either side what it decides. The cells themselves are executed by programs.
 */
import { HOME_CSRS, type HomeCsr, type Mode, type Retirement, type Subject } from '../retirement.js';
import { type Assignment, compareFor, timerLines } from './atoms.js';
import type { Matrix } from './cells.js';
import { REGISTERS, type TransitionEvent } from './event.js';
import { BASE, operandValue } from './map.js';

type Arranged = Parameters<Subject['arrange']>[0];

/** Word of `addi x0, x0, 0`: what an interrupt comes before. */
const NOTHING = 0x13;

const isHome = (name: string): name is HomeCsr => HOME_CSRS.some((csr) => csr === name);

/** Puts states of a matrix into subjects. */
export class Arranger {
  readonly #homes: readonly HomeCsr[];

  constructor(readonly matrix: Matrix, homes: ReadonlySet<string>) {
    this.#homes = [...homes].filter(isHome);
  }

  /** The record of the event on a state. `data`: values of whole registers that the state does not name. */
  step(subject: Subject, event: TransitionEvent, mode: Mode, state: Assignment, data: ReadonlyMap<string, bigint> = new Map()): Retirement {
    subject.arrange(this.#arranged(event, mode, state, data));
    return subject.step();
  }

  #arranged(event: TransitionEvent, mode: Mode, state: Assignment, data: ReadonlyMap<string, bigint>): Arranged {
    const registers = this.#registers(state);
    const csrs: Partial<Record<HomeCsr, bigint>> = {};
    for (const home of this.#homes) csrs[home] = registers.get(home) ?? 0n;
    for (const [home, value] of data) if (isHome(home)) csrs[home] = value;
    for (const { name, compare } of timerLines(this.matrix.isa)) if (isHome(compare)) csrs[compare] = compareFor(state.get(name) ?? 0n);
    const word = event.kind === 'interrupt' ? NOTHING : (event.forms[0]?.word ?? NOTHING);
    const [rs1, rs2] = event.kind === 'interrupt' ? [0n, 0n] : [operandValue(event.rs1), operandValue(event.rs2)];
    const line = (name: string): boolean => state.get(`lines.${name}`) === 1n;
    return {
      mode,
      // A jump that leads to a fetch fault has been made already.
      pc: event.kind === 'instruction' && event.lead === 1 ? rs1 : BASE,
      x: { [REGISTERS.rs1]: rs1, [REGISTERS.rs2]: rs2 },
      csrs,
      memory: [{ address: BASE, bytes: 4, value: BigInt(word) }],
      lines: { meip: line('meip'), seip: line('seip'), mtip: line('mtip'), msip: line('msip'), hgeip: registers.get('lines.hgeip') ?? 0n },
    };
  }

  #registers(state: Assignment): ReadonlyMap<string, bigint> {
    const registers = new Map<string, bigint>();
    for (const [name, value] of state) {
      const atom = value === 0n ? undefined : this.matrix.atoms.get(name);
      if (atom !== undefined) registers.set(atom.home, (registers.get(atom.home) ?? 0n) | (value << BigInt(atom.low)));
    }
    return registers;
  }
}

