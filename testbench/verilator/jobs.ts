/** What the harness is told: programs, and what the host did while they ran. The format stands in harness.cpp. */
import type { Segment } from '../../model/machine/elf.js';

/** Something that the host did before a cycle. */
export type Effect =
  | { readonly kind: 'memory'; readonly cycle: bigint; readonly address: bigint; readonly data: Uint8Array }
  /** `index`: of the register in the block. */
  | { readonly kind: 'register'; readonly cycle: bigint; readonly index: number; readonly value: bigint };

export interface Job {
  readonly cycles: number;
  readonly segments: readonly Pick<Segment, 'address' | 'data'>[];
  /** Ascending by cycle. */
  readonly effects: readonly Effect[];
}

const KIND = { memory: 0n, register: 1n } as const;

const numbers = (...values: readonly bigint[]): Buffer => {
  const buffer = Buffer.alloc(8 * values.length);
  values.forEach((value, i) => buffer.writeBigUInt64LE(value, 8 * i));
  return buffer;
};

const blob = (address: bigint, data: Uint8Array): readonly Uint8Array[] =>
  [numbers(address, BigInt(data.length)), data, Buffer.alloc((8 - (data.length % 8)) % 8)];

function encodeEffect(effect: Effect): readonly Uint8Array[] {
  const head = numbers(effect.cycle, KIND[effect.kind]);
  return effect.kind === 'memory' ? [head, ...blob(effect.address, effect.data)] : [head, numbers(BigInt(effect.index), effect.value)];
}

/** A job as the harness reads it. */
export const encodeJob = ({ cycles, segments, effects }: Job): Buffer => Buffer.concat([
  numbers(BigInt(cycles), BigInt(segments.length)), ...segments.flatMap((s) => blob(s.address, s.data)),
  numbers(BigInt(effects.length)), ...effects.flatMap(encodeEffect),
]);
