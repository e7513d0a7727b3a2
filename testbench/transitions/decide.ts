/**
 * What the specs decide about an event: walked on complete state it yields the
 * decision and its rules, on unknown state everything that the decision could
 * be and the state that it rests on.
 */
import { type Case, type Condition, type Entry, type Exception, type Interrupt, type InterruptLevel, type Isa, MODES, type Permission, type TrapSource, type Update } from '../../model/spec/isa.js';
import { together } from '../coverage/permits.js';
import type { Mode, TrapMode } from '../retirement.js';
import { andBit, at, type Bit, type Bits, dependencies, fit, joined, known, namesOf, single, valueOf } from './bits.js';
import { evaluate, evaluateBit, holds, type Names } from './evaluate.js';
import type { InstructionEvent, InterruptEvent, TransitionEvent } from './event.js';
import type { StateNames } from './state-names.js';
import { effects } from './writes.js';

/** The outcome of an event: what of it is a decision, not data. */
export interface Outcome {
  readonly next: Mode;
  /** Absent: the instruction retires. */
  readonly trap?: { readonly cause: number; readonly interrupt: boolean; readonly to: TrapMode; readonly gva: boolean };
}

/** What the specs decide. */
export interface Decision extends Outcome {
  /** The rows and cases that decided, in their order. */
  readonly rules: readonly string[];
  /** What is written, whatever it was before: `mepc`, `mstatus.MPP`, `x12`, `memory`. */
  readonly writes: readonly string[];
}

/** `retires, HS next`, `cause 22 to VS`: two decisions are the same if this is. */
export function outcomeText({ next, trap }: Outcome): string {
  if (trap === undefined) return `retires, ${next} next`;
  return `${trap.interrupt ? 'interrupt' : 'cause'} ${trap.cause} to ${trap.to}${trap.gva ? ', GVA' : ''}`;
}

/** All decisions that are possible, and what they rest on. */
export interface Exploration {
  readonly decisions: readonly Decision[];
  readonly support: ReadonlySet<string>;
}

/** Walks the specs for an event. */
export function explore(event: TransitionEvent, names: StateNames): Exploration {
  const walk = new Walk(names.situation.isa, names.situation.mode);
  if (event.kind === 'interrupt') walk.interrupts(event, names);
  else walk.instruction(event, names.with(event.forms[0]?.locals ?? {}));
  return { decisions: walk.decisions, support: walk.support };
}

/** What comes of an instruction's permits, with nothing wrong behind them. */
export function explorePermitted({ fault: _fault, lead: _lead, walk: _walk, ...event }: InstructionEvent, names: StateNames): Exploration {
  const walk = new Walk(names.situation.isa, names.situation.mode);
  walk.instruction({ ...event, lead: 0 }, names);
  return walk;
}

/** Who takes an exception. `rules`: those that led to it. */
export function exploreSource(source: TrapSource, names: StateNames, rules: readonly string[]): Exploration {
  const walk = new Walk(names.situation.isa, names.situation.mode);
  walk.source(source, names, rules);
  return walk;
}

/** An interrupt that is taken. */
export interface Due {
  readonly interrupt: Interrupt;
  readonly level: InterruptLevel;
}

/** The interrupt taken on complete state, of those that `among` accepts. */
export function due(names: StateNames, among: (interrupt: Interrupt) => boolean = () => true): Due | undefined {
  for (const level of names.situation.isa.traps.levels) {
    if (evaluateBit(level.enabled, names) !== 1) continue;
    const pending = evaluate(level.pending, names);
    const interrupt = ordered(names.situation.isa, level).find((i) => among(i) && at(pending, i.code) === 1);
    if (interrupt !== undefined) return { interrupt, level };
  }
  return undefined;
}

const ordered = (isa: Isa, level: InterruptLevel): readonly Interrupt[] =>
  level.order.flatMap((name) => isa.traps.interrupts.find((i) => i.name === name) ?? []);

interface Row extends Entry {
  readonly when: Condition;
}

/** What the permit tables asked so far say, and the rows that say it. */
interface Judgement {
  readonly then: Permission;
  readonly rules: readonly string[];
}

function judgedBoth({ then, rules }: Judgement, row: Row & { readonly then: Permission }): Judgement {
  const both = together(then, row.then);
  const told = [...(then === both ? rules : []), ...(row.then === both ? [row.name] : [])];
  return { then: both, rules: told };
}

class Walk {
  readonly decisions: Decision[] = [];
  readonly support = new Set<string>();

  constructor(readonly isa: Isa, readonly mode: Mode) {}

  #reads(...bits: readonly Bit[]): void {
    for (const bit of bits) for (const name of namesOf(bit)) this.support.add(name);
  }

  #decided(decision: Decision): void {
    this.decisions.push(decision);
  }

  /** What is written on the way into a mode. */
  #entryWrites(mode: TrapMode): readonly string[] {
    return targetsOf(this.isa.traps.entry.find((e) => e.mode === mode)?.update ?? []);
  }

  /** The rule of what is written on the way into a mode. */
  #entryRule(mode: TrapMode): readonly string[] {
    return this.isa.traps.entry.find((e) => e.mode === mode)?.rules.slice(0, 1) ?? [];
  }

  /** The rows that can be the first to match. */
  #firstOf<R extends Row>(rows: readonly R[], names: Names): readonly R[] {
    const possible: R[] = [];
    for (const row of rows) {
      const matches = holds(row.when, names);
      this.#reads(matches);
      if (matches !== 0) possible.push(row);
      if (matches === 1) break;
    }
    return possible;
  }

  /** Interrupts: by level, then by the level's order. */
  interrupts({ interrupts }: InterruptEvent, names: StateNames): void {
    for (const level of this.isa.traps.levels) {
      const enabled = evaluateBit(level.enabled, names);
      if (enabled === 0) continue;
      const pending = evaluate(level.pending, names);
      for (const interrupt of ordered(this.isa, level).filter((i) => interrupts.includes(i))) {
        const taken = andBit(enabled, at(pending, interrupt.code));
        this.#reads(taken);
        if (taken === 0) continue;
        const cause = level.mode === 'VS' ? (interrupt.guestCode ?? interrupt.code) : interrupt.code;
        this.#decided({ next: level.mode, trap: { cause, interrupt: true, to: level.mode, gva: false }, rules: [...level.rules.slice(0, 1), ...interrupt.rules.slice(0, 1), ...this.#entryRule(level.mode)], writes: this.#entryWrites(level.mode) });
        if (taken === 1) return;
      }
    }
    this.#decided({ next: this.mode, rules: this.isa.traps.levels.flatMap((level) => level.rules.slice(0, 1)), writes: [] });
  }

  instruction(event: InstructionEvent, names: StateNames): void {
    const { instruction, fault } = event;
    if (event.lead === 1 && fault !== undefined) return this.source(fault, names, []);
    if (instruction === undefined) return this.source('illegal', names, []);
    let judged: readonly Judgement[] = [{ then: 'allow', rules: [] }];
    for (const table of this.#tables(event)) {
      const open = judged.filter((j) => j.then !== 'illegal');
      if (open.length === 0) break;
      const rows = this.#firstOf(table.rows, names);
      judged = [...judged.filter((j) => j.then === 'illegal'), ...open.flatMap((j) => rows.map((row) => judgedBoth(j, row)))];
    }
    for (const { then, rules } of judged) {
      if (then === 'allow') this.#permitted(event, names, rules);
      else this.source(then, names, rules);
    }
  }

  /** The permit tables that an instruction consults, in their order. */
  #tables({ instruction, csr }: InstructionEvent) {
    const own = csr === undefined ? undefined : this.isa.csrs.find((c) => c.address === csr)?.permit;
    return [instruction?.permit, own].flatMap((name) => (name === undefined ? [] : this.isa.permits.filter((t) => t.name === name)));
  }

  #permitted(event: InstructionEvent, names: StateNames, rules: readonly string[]): void {
    const { instruction, fault } = event;
    if (instruction === undefined) return;
    if (fault !== undefined) {
      const effective = names.name('effective_virtualization') ?? single(0);
      const virtual = instruction.memory === undefined || instruction.memory.as === 'self' ? effective : single(1);
      return this.source(fault, names.with({ access_virtual: virtual }), rules);
    }
    if (instruction.cases.length === 0) return this.#decided({ next: this.mode, rules, writes: effects(this.isa, event, instruction, this.mode) });
    for (const found of this.#firstOf(instruction.cases, names)) this.#case(found, names, [...rules, found.name]);
  }

  #case(found: Case, names: StateNames, rules: readonly string[]): void {
    const raised = this.isa.traps.exceptions.find((e) => e.name === found.raise);
    if (raised !== undefined) return this.#exception(raised, names, rules);
    const next = nextMode(found, names);
    this.#reads(dependencies(next.bits));
    if (next.mode !== undefined) this.#decided({ next: next.mode, rules, writes: targetsOf(found.update) });
  }

  source(source: TrapSource, names: StateNames, rules: readonly string[]): void {
    for (const exception of this.isa.traps.exceptions) if (exception.source === source) this.#exception(exception, names, rules);
  }

  /** An exception: who takes it, and whether its tval is a guest's. */
  #exception({ code, gva, rules: reasons }: Exception, names: StateNames, rules: readonly string[]): void {
    const guest = evaluateBit(gva, names);
    const local = names.with({ cause: known(BigInt(code), 6), interrupt: single(0) });
    for (const row of this.#firstOf(this.isa.traps.delegation, local)) {
      if (row.then !== 'VS') this.#reads(guest);
      const trap = { cause: code, interrupt: false, to: row.then, gva: row.then !== 'VS' && guest === 1 };
      this.#decided({ next: row.then, trap, rules: [...(rules.length === 0 ? reasons.slice(0, 1) : rules), row.name, ...this.#entryRule(row.then)], writes: this.#entryWrites(row.then) });
    }
  }
}

const targetsOf = (updates: readonly Update[]): readonly string[] => updates.map((u) => u.target);

/** The mode after an xRET case, as far as it is known. */
export function nextMode({ next }: Case, names: StateNames): { readonly bits: Bits; readonly mode: Mode | undefined } {
  const part = (operation: Case['next']['priv'], unchanged: string, width: number): Bits => {
    const value = operation === undefined ? names.name(unchanged) : evaluate(operation, names);
    return fit(value ?? single(0), width);
  };
  const bits = joined([part(next.priv, 'priv', 2), part(next.V, 'V', 1)]);
  return { bits, mode: modeOfLevel(valueOf(bits)) };
}

/** The mode numbered `{V, priv}`; V means nothing in M. */
export function modeOfLevel(level: bigint | undefined): Mode | undefined {
  if (level === undefined) return undefined;
  const plain = (level & 3n) === MODES.M ? MODES.M : level;
  for (const mode of ['M', 'HS', 'U', 'VS', 'VU'] as const) if (MODES[mode] === plain) return mode;
  return undefined;
}
