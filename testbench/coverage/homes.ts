/**
 * CSR values before each record, followed through the records' changes.
 */
import type { Csr, Isa } from '../../model/spec/isa.js';
import type { Retirement } from '../retirement.js';

/** Stored and read-only bits at reset. */
function resetValue({ fields }: Csr): bigint {
  return fields.reduce((bits, { bits: { low }, source }) => {
    if (source.kind === 'stored') return bits | (source.reset << BigInt(low));
    return source.kind === 'constant' ? bits | (source.value << BigInt(low)) : bits;
  }, 0n);
}

/** The home CSRs of a running program. */
export class Homes {
  readonly #reset: ReadonlyMap<string, bigint>;
  #values: Map<string, bigint>;

  constructor(isa: Isa) {
    this.#reset = new Map(isa.csrs.filter((c) => c.fields.some((f) => f.source.kind === 'stored')).map((c) => [c.name, resetValue(c)]));
    this.#values = new Map(this.#reset);
  }

  /** A new program. */
  reset(): void {
    this.#values = new Map(this.#reset);
  }

  /** The value of a home (not of the counters, which count without records). */
  get(name: string): bigint {
    return this.#values.get(name) ?? 0n;
  }

  /** Goes on to after the record. */
  advance({ csrs }: Retirement): void {
    for (const { csr, after } of csrs) this.#values.set(csr, after);
  }
}
