/**
 * The reference, executing words that are handed to it: nothing is fetched,
 * memory is as if nothing had been injected, and pc may be anywhere.
 */
import { Reference, type ReferenceOptions } from '../reference/reference.js';
import type { Retirement } from '../retirement.js';
import type { InjectedHart } from './hart.js';

const MTIME = 0x200_bff8n;

export interface ReferenceHartOptions extends Pick<ReferenceOptions, 'cacheBlockBytes' | 'reservationBytes'> {
  /** Bytes of DRAM. */
  readonly memory: number;
  /** Clock cycles per tick of mtime; the reference's clock counts records. */
  readonly cyclesPerTick: bigint;
}

export class ReferenceHart implements InjectedHart {
  readonly #reference: Reference;
  readonly #cyclesPerTick: bigint;
  #cycle = 0n;
  #mtime = 0n;

  constructor({ memory, cyclesPerTick, ...blocks }: ReferenceHartOptions) {
    this.#reference = new Reference({ dramBytes: memory, ...blocks });
    this.#cyclesPerTick = cyclesPerTick;
  }

  reset(): void {
    this.#reference.reset();
    this.#cycle = 0n;
    this.#mtime = 0n;
  }

  execute(word: number): readonly Retirement[] {
    const records: Retirement[] = [];
    for (;;) {
      const record = this.#step(word);
      records.push(record);
      if (record.trap?.interrupt !== true) return records;
    }
  }

  #step(word: number): Retirement {
    const record = this.#reference.stepWith({
      cycle: this.#cycle, mtime: this.#mtime, meip: false, seip: false, hgeip: 0n, insn: word, ioData: undefined, hostWrites: [],
    }, word);
    this.#cycle++;
    this.#tick(record);
    return record;
  }

  /** The clock goes on by itself, and from what software writes to mtime. */
  #tick({ mem_addr: address, mem_wmask: mask, mem_wdata: data }: Retirement): void {
    const offset = address - MTIME;
    if (mask !== 0 && offset >= 0n && offset < 8n) {
      const bits = (mask === 255 ? (1n << 64n) - 1n : 0xffff_ffffn) << (8n * offset);
      this.#mtime = (this.#mtime & ~bits) | ((data << (8n * offset)) & bits);
    }
    if (this.#cycle % this.#cyclesPerTick === 0n) this.#mtime = BigInt.asUintN(64, this.#mtime + 1n);
  }
}
