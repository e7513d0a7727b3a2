/**
 * Choosing one of several pieces of code by a key: `if`s for few keys, a jump
 * table where they lie close together, a binary decision where they do not.
 */
import binaryen from 'binaryen';
import type { Locals } from './code.js';
import { wasmType } from './unit.js';
import type { Unit, ValueType } from './unit.js';

type Ref = binaryen.ExpressionRef;

export interface Key {
  readonly key: Ref;
  readonly type: ValueType;
}

export interface DispatchCase {
  readonly keys: readonly bigint[];
  readonly code: Ref;
}

/** Consecutive keys of the same case. */
interface Interval {
  readonly low: bigint;
  readonly high: bigint;
  readonly arm: number;
}

/** Neighbouring intervals that one jump table serves. */
interface Cluster {
  readonly low: bigint;
  readonly high: bigint;
  readonly intervals: readonly Interval[];
}

const MAX_IFS = 3;
const MAX_TABLE = 1024n;

/** An i32 that tells whether the key lies between `low` and `high`, both included. */
export function keyTest(unit: Unit, { key, type }: Key, { low, high }: { readonly low: bigint; readonly high: bigint }): Ref {
  const ops = unit.ops(type);
  if (low === high) return low === 0n ? ops.eqz(key) : ops.eq(key, unit.const(type, low));
  const distance = low === 0n ? key : ops.sub(key, unit.const(type, low));
  return ops.le_u(distance, unit.const(type, high - low));
}

/**
 * The code of the case that lists the key, else `otherwise`.
 *
 * @param result - Type of the value that every piece of code leaves; none for statements.
 */
export function dispatch(
  unit: Unit, locals: Locals, { key, type }: Key, cases: readonly DispatchCase[], otherwise: Ref, result?: ValueType,
): Ref {
  const { wasm } = unit;
  const resultType = result === undefined ? binaryen.none : wasmType(result);
  const local = locals.fresh(type);
  const get = (): Key => ({ key: locals.get(local, type), type });
  const intervals = intervalsOf(cases);
  const setKey = locals.set(local, key);
  if (intervals.length <= MAX_IFS) {
    const chain = cases.reduceRight((rest, c, arm) => {
      const tests = intervals.filter((i) => i.arm === arm).map((i) => keyTest(unit, get(), i));
      return tests.length === 0 ? rest : wasm.if(tests.reduce((a, b) => wasm.i32.or(a, b)), c.code, rest);
    }, otherwise);
    return wasm.block(null, [setKey, chain], resultType);
  }
  const done = unit.fresh('done');
  const other = unit.fresh('other');
  const labels = cases.map(() => unit.fresh('case'));
  const decision = new Decision(unit, get, labels, other);
  let body = wasm.block(labels[0] ?? null, [setKey, ...decision.over(clustersOf(intervals))], binaryen.none);
  const leave = (code: Ref): Ref[] => (result === undefined ? [code, wasm.br(done)] : [wasm.br(done, undefined, code)]);
  cases.forEach((c, i) => {
    body = wasm.block(labels[i + 1] ?? other, [body, ...leave(c.code)], binaryen.none);
  });
  return wasm.block(done, [body, otherwise], resultType);
}

function intervalsOf(cases: readonly DispatchCase[]): readonly Interval[] {
  const points = cases
    .flatMap((c, arm) => c.keys.map((key) => ({ key, arm })))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const intervals: Interval[] = [];
  for (const { key, arm } of points) {
    const last = intervals[intervals.length - 1];
    if (last !== undefined && last.arm === arm && last.high + 1n === key) intervals[intervals.length - 1] = { ...last, high: key };
    else intervals.push({ low: key, high: key, arm });
  }
  return intervals;
}

/** Groups intervals while the table stays at most a few times as long as its entries. */
function clustersOf(intervals: readonly Interval[]): readonly Cluster[] {
  const clusters: Cluster[] = [];
  for (const interval of intervals) {
    const last = clusters[clusters.length - 1];
    if (last !== undefined) {
      const members = [...last.intervals, interval];
      const length = interval.high - last.low + 1n;
      if (length <= 4n + 4n * BigInt(members.length) && length <= MAX_TABLE) {
        clusters[clusters.length - 1] = { low: last.low, high: interval.high, intervals: members };
        continue;
      }
    }
    clusters.push({ low: interval.low, high: interval.high, intervals: [interval] });
  }
  return clusters;
}

/** Branches to the label of the case, or to the other one. */
class Decision {
  constructor(readonly unit: Unit, readonly key: () => Key, readonly labels: readonly string[], readonly other: string) {}

  /** Code that never falls through. */
  over(clusters: readonly Cluster[]): Ref[] {
    const { wasm } = this.unit;
    const [first] = clusters;
    if (first === undefined) return [wasm.br(this.other)];
    if (clusters.length === 1) return this.#cluster(first);
    const middle = Math.ceil(clusters.length / 2);
    const split = clusters[middle];
    if (split === undefined) return this.#cluster(first);
    const { key, type } = this.key();
    const below = this.unit.ops(type).lt_u(key, this.unit.const(type, split.low));
    return [
      wasm.if(below, wasm.block(null, this.over(clusters.slice(0, middle)), binaryen.none)),
      ...this.over(clusters.slice(middle)),
    ];
  }

  #cluster(cluster: Cluster): Ref[] {
    const { wasm } = this.unit;
    if (cluster.intervals.length <= 2) {
      return [
        ...cluster.intervals.map((i) => wasm.br_if(this.#label(i.arm), keyTest(this.unit, this.key(), i))),
        wasm.br(this.other),
      ];
    }
    return this.#table(cluster);
  }

  #table({ low, high, intervals }: Cluster): Ref[] {
    const { wasm } = this.unit;
    const labels = new Array<string>(Number(high - low) + 1).fill(this.other);
    for (const i of intervals) {
      for (let k = i.low; k <= i.high; k++) labels[Number(k - low)] = this.#label(i.arm);
    }
    const { key, type } = this.key();
    const index = low === 0n ? key : this.unit.ops(type).sub(key, this.unit.const(type, low));
    if (type === 'i32') return [wasm.switch(labels, this.other, index)];
    const guard = wasm.br_if(this.other, wasm.i32.eqz(keyTest(this.unit, this.key(), { low, high })));
    return [guard, wasm.switch(labels, this.other, wasm.i32.wrap(index))];
  }

  #label(arm: number): string {
    return this.labels[arm] ?? this.other;
  }
}
