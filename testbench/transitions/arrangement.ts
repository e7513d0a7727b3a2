/**
 * A state put directly into a hart, and one step made: the quick way to ask
 * either side what it decides. The cells themselves are executed by programs.
 */
import { HOME_CSRS, type HomeCsr, type Mode, type Retirement, type Subject } from '../retirement.js';
import { openingOf } from '../arbitraries/protection.js';
import { type Assignment, compareFor, timerLines } from './atoms.js';
import { atomsFor, type Matrix } from './cells.js';
import { cellTables } from './cell-tables.js';
import { guardOf, REGISTERS, type TransitionEvent, walkOf } from './event.js';
import { guarding } from './guard-state.js';
import { AT, BASE, operandValue } from './map.js';
import { type Registers, registersOf, valueIn } from './registers.js';

/** Word of `addi x0, x0, 0`: what an interrupt comes before. */
const NOTHING = 0x13;

const HOMES: ReadonlySet<string> = new Set(HOME_CSRS);
const isHome = (name: string): name is HomeCsr => HOMES.has(name);

/** Puts states of a matrix into subjects. */
export class Arranger {
  constructor(readonly matrix: Matrix) {}

  /** The record of the event on a state. `data`: values of whole registers that the state does not name. */
  step(subject: Subject, event: TransitionEvent, mode: Mode, state: Assignment, data: ReadonlyMap<string, bigint> = new Map()): Retirement {
    return this.stepOn(subject, event, mode, new Map([...registersOf(atomsFor(this.matrix, event), state), ...data]));
  }

  /** The same on whole registers. */
  stepOn(subject: Subject, event: TransitionEvent, mode: Mode, registers: Registers): Retirement {
    const csrs: Partial<Record<HomeCsr, bigint>> = {};
    const atoms = atomsFor(this.matrix, event);
    const valueOf = (name: string): bigint => {
      const atom = atoms.get(name);
      return atom === undefined ? 0n : valueIn(registers, atom);
    };
    const guard = guardOf(event);
    const protection = guard === undefined ? openingOf(this.matrix.isa) : guarding(this.matrix.isa, guard, valueOf);
    for (const { csr, value } of protection) if (isHome(csr.name)) csrs[csr.name] = value;
    for (const [home, value] of registers) if (isHome(home)) csrs[home] = value;
    for (const { compare } of timerLines(this.matrix.isa)) if (isHome(compare)) csrs[compare] = compareFor(registers.get(compare) ?? 0n);
    const walk = walkOf(event);
    const tables = walk && cellTables(this.matrix.isa).make(walk, mode, valueOf);
    for (const [home, value] of tables?.registers ?? []) if (isHome(home)) csrs[home] = value;
    const word = event.kind === 'interrupt' ? NOTHING : (event.forms[0]?.word ?? NOTHING);
    const [rs1, rs2] = event.kind === 'interrupt' ? [0n, 0n] : [operandValue(event.rs1, tables?.address), operandValue(event.rs2)];
    const line = (name: string): boolean => registers.get(`lines.${name}`) === 1n;
    subject.arrange({
      mode,
      // A jump that leads to a fetch fault has been made already.
      pc: event.kind === 'instruction' && event.lead === 1 ? rs1 : (tables?.code ?? BASE),
      x: { [REGISTERS.rs1]: rs1, [REGISTERS.rs2]: rs2 },
      csrs,
      memory: [
        { address: BASE, bytes: 4, value: BigInt(word) },
        ...(tables === undefined ? [] : [{ address: tables.target, bytes: 4, value: BigInt(NOTHING) } as const]),
        ...(guard === undefined ? [] : [{ address: BASE + BigInt(AT.guarded), bytes: 4, value: BigInt(NOTHING) } as const]),
        ...(tables?.words.map(({ address, value }) => ({ address, bytes: 8, value }) as const) ?? []),
      ],
      lines: { meip: line('meip'), seip: line('seip'), mtip: line('mtip'), msip: line('msip'), hgeip: registers.get('lines.hgeip') ?? 0n },
    });
    return subject.step();
  }
}
