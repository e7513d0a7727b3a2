/** Small mistakes in a `when`, and in lists of rows of which the first that matches decides. */
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

/** Each row lost, and exchanged with the next. */
export function mistakenOrders<T extends { readonly name: string }>(rows: readonly T[]): readonly Mistake<readonly T[]>[] {
  return rows.flatMap((row, i) => {
    const lost: Mistake<readonly T[]> = { what: `${row.name}: lost`, value: rows.toSpliced(i, 1) };
    const next = rows[i + 1];
    return next === undefined ? [lost] : [lost, { what: `${row.name}: after ${next.name}`, value: rows.with(i, next).with(i + 1, row) }];
  });
}
