/**
 * Counters of events that are told by another CSR what to count.
 *
 * Every event has a register of one bit that changes at the end of the cycle
 * in which it happens. In the next cycle, a bit that differs from what it was
 * is counted, and whoever reads the counter in that cycle sees it counted: so
 * no event is waited for, and no instruction sees its own.
 */
import { ZERO, add, and, binary, concat, mux, nonZero, not, or, read, slice, zext } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { Csr } from '../spec/isa.js';
import { anyOf } from './builder.js';
import type { Hart } from './hart.js';
import { recordFields } from './record.js';

/** A CSR write of this cycle as counters see it. */
export interface CounterWrite {
  /** One bit: it goes to that counter. */
  readonly reaches: (csr: Csr) => Expr;
  readonly value: Expr;
}

interface Counter {
  readonly csr: Csr;
  readonly home: Register;
  /** The CSR that says which event, and the number in it. */
  readonly selector: string;
  readonly selected: Expr;
  /** One bit: the event has happened in the cycle before. */
  readonly happened: Expr;
  /** Its value with that, unless it is inhibited. */
  readonly counted: Expr;
}

export class EventCounters {
  readonly #hart: Pick<Hart, 'builder' | 'isa' | 'cycle'>;
  readonly #counters: readonly Counter[];
  /** The registers of events by number, as many bits as there are numbers: now, and when something was counted or chosen last. */
  readonly #now: Expr;
  readonly #before: Register;
  /** Some event is to be counted: what the usual cycle asks instead of every selector. */
  readonly #wanted: Register;

  /** Declares them. To be done before any CSR is read. */
  constructor({ builder, isa, csrs, lowering, cycle }: Pick<Hart, 'builder' | 'isa' | 'csrs' | 'lowering' | 'cycle'>) {
    this.#hart = { builder, isa, cycle };
    const { events } = isa.hart;
    const numbers = Array.from({ length: Math.max(0, ...events.keys()) + 1 }, (_, number) => events.get(number));
    this.#now = concat(...numbers.map((name) => (name === undefined ? ZERO : read(builder.register(`event.${name}`, 1)))).reverse());
    this.#before = builder.register('events.before', this.#now.width);
    const news = builder.wire('events.news', binary('xor', this.#now, read(this.#before)));
    this.#counters = isa.csrs.flatMap((csr): readonly Counter[] => {
      const { counts } = csr;
      const home = csrs.homes.get(csr.name);
      if (counts?.what !== 'events' || home === undefined) return [];
      const [selector = ''] = counts.event.split('.');
      const selected = csrs.lookup(counts.event);
      if (selected === undefined) throw new Error(`${counts.event} selects no event`);
      const happened = slice(binary('shru', news, selected), 0, 0);
      const inhibited = lowering.lower(counts.inhibit, lowering.base(), 1, csr.name);
      const counted = add(read(home), zext(and(happened, not(inhibited)), home.width));
      csrs.shows(csr.name, counted);
      return [{ csr, home, selector, selected, happened, counted }];
    });
    this.#wanted = builder.register('events.wanted', 1);
  }

  /**
   * The usual cycle: what has happened is counted. To stand before the record of this cycle, which sees it;
   * so is {@link slowCycle}.
   */
  usualCycle(): void {
    if (this.#counters.length > 0) this.#count(read(this.#wanted), ({ counted }) => counted);
  }

  /** A cycle with a CSR write, if it is one: what has happened is lost in a counter that is written. */
  slowCycle({ reaches, value }: CounterWrite): void {
    if (this.#counters.length === 0) return;
    const { builder, isa: { csrs } } = this.#hart;
    const selectors = new Set(this.#counters.map(({ selector }) => selector));
    const chosen = anyOf(csrs.filter(({ name }) => selectors.has(name)).map(reaches));
    const wanted = or(anyOf(this.#counters.map(({ selected }) => nonZero(selected))), chosen);
    builder.assign(this.#wanted, wanted);
    this.#count(or(wanted, anyOf(this.#counters.map(({ csr }) => reaches(csr)))), ({ csr, counted }) => mux(reaches(csr), value, counted));
  }

  #count(when: Expr, next: (counter: Counter) => Expr): void {
    const { builder } = this.#hart;
    builder.when(when, () => {
      for (const counter of this.#counters) builder.assign(counter.home, next(counter));
      builder.assign(this.#before, this.#now);
      const happened = concat(...this.#counters.map((counter) => counter.happened).reverse());
      builder.when(nonZero(happened), () => builder.record(recordFields({ kind: 'events', cycle: read(this.#hart.cycle), value: happened })));
    }, () => undefined, 'then');
  }
}
