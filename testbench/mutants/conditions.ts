/** Small mistakes in a `when`, and in lists of rows of which the first that matches decides. */
import type { Span } from '../../model/spec/diagnostic.js';
import type { Condition } from '../../model/spec/isa.js';

/** A condition with a mistake, and what the mistake is. */
export interface Mistake<T> {
  readonly what: string;
  readonly value: T;
}

/** Terms lost, values lost, single values exchanged for their neighbour. */
export function mistakenConditions({ terms }: Condition): readonly Mistake<Condition>[] {
  return terms.flatMap((term, i) => {
    const { variable, values } = term;
    const lost: Mistake<Condition> = { what: `without ${variable}`, value: { terms: terms.toSpliced(i, 1) } };
    const fewer = values.length < 2 ? [] : values.map((value, at): Mistake<Condition> => ({
      what: `${variable} without ${value}`, value: { terms: terms.with(i, { ...term, values: values.toSpliced(at, 1) }) },
    }));
    const [only] = values;
    if (values.length !== 1 || only === undefined || variable === 'mode') return [lost, ...fewer];
    return [lost, { what: `${variable} ${only ^ 1n} instead of ${only}`, value: { terms: terms.with(i, { ...term, values: [only ^ 1n] }) } }];
  });
}

/** What a mistake can be blamed on. */
interface Place {
  readonly name: string;
  readonly span: Span;
  readonly rules: readonly string[];
}

/** Rows with a mistake, and which of them it touches. */
export interface MistakenRows<T> extends Mistake<readonly T[]> {
  readonly entry: Pick<Place, 'span' | 'rules'>;
}

/** In a table that decides: each row with every other decision, with a mistake in its condition, lost, and exchanged with the next. */
export function mistakenRows<Decision, T extends Place & { readonly when: Condition; readonly then: Decision }>(rows: readonly T[], decisions: readonly Decision[]): readonly MistakenRows<T>[] {
  const within = rows.flatMap((row, i) => {
    const put = (what: string, changed: T): MistakenRows<T> => ({ what: `${row.name}: ${what}`, value: rows.with(i, changed), entry: row });
    const flips = decisions.filter((d) => d !== row.then).map((then) => put(`${then} instead of ${row.then}`, { ...row, then }));
    return [...flips, ...mistakenConditions(row.when).map(({ what, value }) => put(what, { ...row, when: value }))];
  });
  return [...within, ...mistakenOrders(rows)];
}

/** Each row lost, and exchanged with the next. */
export function mistakenOrders<T extends Place>(rows: readonly T[]): readonly MistakenRows<T>[] {
  return rows.flatMap((row, i) => {
    const lost: MistakenRows<T> = { what: `${row.name}: lost`, value: rows.toSpliced(i, 1), entry: row };
    const next = rows[i + 1];
    if (next === undefined) return [lost];
    return [lost, { what: `${row.name}: after ${next.name}`, value: rows.with(i, next).with(i + 1, row), entry: { span: spanOfBoth(row.span, next.span), rules: [...row.rules, ...next.rules] } }];
  });
}

/** From the first to the second, if they are in one file. */
const spanOfBoth = (a: Span, b: Span): Span => (a.file === b.file ? { file: a.file, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) } : a);
