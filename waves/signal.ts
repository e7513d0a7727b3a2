/**
 * Signals as a dump names them.
 */
import type { Signal } from '../model/backend/layout.js';

/** A variable of the dump: a signal of the core, or a text lane beside one. */
export type WaveSignal = Pick<Signal, 'name' | 'id'> & {
  /** Bits; text lanes have more than 64. */
  readonly width: number;
};

/** Scopes that stand above every dotted name. */
export const ROOT_SCOPES = ['top', 'core'] as const;

/** Scopes and own name of a signal: `execute.stall.store` is `store` in `top.core.execute.stall`. */
export function hierarchyOf(signal: Pick<WaveSignal, 'name'>): { readonly scopes: readonly string[]; readonly leaf: string } {
  const parts = signal.name.split('.');
  return { scopes: [...ROOT_SCOPES, ...parts.slice(0, -1)], leaf: parts.at(-1) ?? signal.name };
}

/** The name by which GTKWave knows it: `top.core.fetch.pc[63:0]`. */
export function displayName(signal: Pick<WaveSignal, 'name' | 'width'>): string {
  const range = signal.width === 1 ? '' : `[${signal.width - 1}:0]`;
  return `${[...ROOT_SCOPES, signal.name].join('.')}${range}`;
}
