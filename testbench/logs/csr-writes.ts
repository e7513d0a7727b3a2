/**
 * Which CSR an instruction writes, and what the CSR holds afterwards.
 *
 * A log names the register that stores the bits: a write of `sstatus` is one
 * of `mstatus`, or with V=1 of `vsstatus`. Records list only what changed; a
 * write of the value that was there already is in the log too, so that the
 * values are followed from reset on.
 */
import type { CoreDescription } from '../../model/compile.js';
import type { Retirement } from '../retirement.js';
import type { Observation } from '../lockstep/records.js';
import { Counters } from './counters.js';

/** A write as the log shows it. */
export interface CsrWrite {
  readonly address: number;
  readonly name: string;
  readonly value: bigint;
}

const SYSTEM = 0x73;
/** CSR operations by the low two bits of funct3. */
const WRITE = 1;
const SET = 2;

/** Registers without bits of their own, by the one that stores them (retirement.ts). */
const STORED_IN: Readonly<Record<string, string>> = {
  sstatus: 'mstatus', sie: 'mie', hie: 'mie', vsie: 'mie', sip: 'mip', hip: 'hvip', vsip: 'hvip',
};

/** Registers that the log shows under another name: hvip is a view of mip there. */
const SHOWN_AS: Readonly<Record<string, string>> = { hvip: 'mip' };

/** Status registers that a return from a trap writes, in the log's order, which is that of the addresses. */
function returnWrites({ insn, mode }: Retirement): readonly string[] {
  switch (insn) {
    case 0x3020_0073: return ['mstatus'];
    case 0x1020_0073: return mode === 'VS' || mode === 'VU' ? ['vsstatus'] : ['mstatus', 'hstatus'];
    default: return [];
  }
}

/** What follows the CSRs of a hart from record to record. */
export class CsrWrites {
  readonly #counters = new Counters();
  readonly #x = new BigUint64Array(32);
  readonly #values: Map<string, bigint>;
  readonly #nameOf: ReadonlyMap<number, string>;
  readonly #addressOf: ReadonlyMap<string, number>;

  /**
   * @param csrs - All CSRs.
   * @param homes - Those that store bits, with their values after reset.
   */
  constructor(csrs: CoreDescription['csrs'], homes: ReadonlyMap<string, bigint>) {
    this.#nameOf = new Map(csrs.map(({ name, address }) => [address, name]));
    this.#addressOf = new Map(csrs.map(({ name, address }) => [name, address]));
    this.#values = new Map(homes);
  }

  /** The writes of the record's instruction. To be called for every record, in order. */
  follow({ retirement, inputs: { cycle, events } }: Observation): readonly CsrWrite[] {
    const { insn, trap, rd_addr: rd, csrs } = retirement;
    const home = trap === undefined ? this.#target(retirement) : undefined;
    if (events !== undefined) this.#counters.saw(events);
    const old = home === undefined ? undefined : this.#counters.read(home, cycle);
    const counter = old === undefined ? undefined : this.#written(insn, old);
    if (trap === undefined) this.#counters.retire();
    for (const { csr, after } of csrs) {
      this.#values.set(csr, after);
      if (csr === 'mcountinhibit') this.#counters.setInhibit(after, cycle);
    }
    if (counter !== undefined && home !== undefined) this.#counters.write(home, counter, cycle);
    if (rd !== 0) this.#x[rd] = retirement.rd_wdata;
    if (home !== undefined) return [this.#write(home, counter)];
    return trap === undefined ? returnWrites(retirement).filter((name) => this.#values.has(name)).map((name) => this.#write(name)) : [];
  }

  /** The register that stores what the instruction writes. */
  #target({ insn, mode }: Retirement): string | undefined {
    if ((insn & 0x7f) !== SYSTEM) return undefined;
    const operation = (insn >>> 12) & 3;
    if (operation === 0 || (operation !== WRITE && ((insn >>> 15) & 31) === 0)) return undefined;
    const named = this.#nameOf.get(insn >>> 20);
    if (named === undefined) return undefined;
    const guest = `v${named}`;
    const reached = (mode === 'VS' || mode === 'VU') && this.#addressOf.has(guest) ? guest : named;
    const home = STORED_IN[reached] ?? reached;
    return this.#values.has(home) ? home : undefined;
  }

  /** What a CSR instruction makes of an old value that all of its bits can be written in. */
  #written(insn: number, old: bigint): bigint {
    const field = (insn >>> 15) & 31;
    const operand = ((insn >>> 12) & 4) === 0 ? this.#x[field] ?? 0n : BigInt(field);
    const operation = (insn >>> 12) & 3;
    if (operation === WRITE) return operand;
    return operation === SET ? old | operand : old & ~operand;
  }

  /** VS-level interrupts show in mip, but hvip stores them. */
  #stored(home: string): bigint {
    const value = this.#values.get(home) ?? 0n;
    return home === 'mip' ? value | (this.#values.get('hvip') ?? 0n) : value;
  }

  #write(home: string, counter?: bigint): CsrWrite {
    const name = SHOWN_AS[home] ?? home;
    return { address: this.#addressOf.get(name) ?? 0, name, value: counter ?? this.#stored(name) };
  }
}
