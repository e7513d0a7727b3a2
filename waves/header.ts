/**
 * The beginning of a VCD file: declarations and initial values. Free of dates
 * and host names: the same run gives the same bytes.
 */
import { hierarchyOf, type WaveSignal } from './signal.js';

/** Where a dump comes from. */
export interface VcdOrigin {
  /** Version of this package. */
  readonly version: string;
  /** Hash of the specs that the core was generated from. */
  readonly specs: string;
}

/** Scopes and variables below one scope, in order of first appearance. */
interface Scope {
  readonly scopes: Map<string, Scope>;
  readonly variables: string[];
}

const emptyScope = (): Scope => ({ scopes: new Map(), variables: [] });

function declaration(signal: WaveSignal, leaf: string): string {
  const range = signal.width === 1 ? '' : ` [${signal.width - 1}:0]`;
  return `$var wire ${signal.width} ${signal.id} ${leaf}${range} $end\n`;
}

function scopeTree(signals: readonly WaveSignal[]): Scope {
  const root = emptyScope();
  for (const signal of signals) {
    const { scopes, leaf } = hierarchyOf(signal);
    let scope = root;
    for (const name of scopes) {
      const inner = scope.scopes.get(name) ?? emptyScope();
      scope.scopes.set(name, inner);
      scope = inner;
    }
    scope.variables.push(declaration(signal, leaf));
  }
  return root;
}

function printScope(scope: Scope): string {
  const inner = [...scope.scopes].map(([name, body]) => `$scope module ${name} $end\n${printScope(body)}$upscope $end\n`);
  return scope.variables.join('') + inner.join('');
}

/** One value change: `1!` or `b1010 "`. */
export function valueChange(signal: Pick<WaveSignal, 'width' | 'id'>, value: bigint): string {
  return signal.width === 1 ? `${value & 1n}${signal.id}\n` : `b${value.toString(2)} ${signal.id}\n`;
}

/**
 * All that comes before the first clock cycle.
 *
 * @param signals - Every variable of the dump, each identifier once.
 * @param initial - Value before the first cycle; unsigned, within the width.
 * @param time - Of the first cycle in the dump, in ns.
 */
export function vcdHeader(origin: VcdOrigin, signals: readonly WaveSignal[], initial: (signal: WaveSignal) => bigint, time = 0n): string {
  const version = `$version ghosthart ${origin.version} specs ${origin.specs} $end\n`;
  const values = signals.map((signal) => valueChange(signal, initial(signal))).join('');
  return `${version}$timescale 1ns $end\n${printScope(scopeTree(signals))}$enddefinitions $end\n#${time}\n$dumpvars\n${values}$end\n`;
}
