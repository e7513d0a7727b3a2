/**
 * The reference, executing words that are handed to it.
 *
 * The host writes the word at the pc and takes it back at once: a fetch may
 * still see it (no FENCE.I came between), a load cannot. So memory is as if
 * nothing had been injected, and the reference knows of no injection.
 */
import { Reference } from '../reference/reference.js';
import type { HostWrite, Retirement } from '../retirement.js';
import type { InjectedHart } from './hart.js';

const DRAM_BASE = 0x8000_0000n;
const MTIME = 0x200_bff8n;
const NOTHING: readonly HostWrite[] = [];

export interface ReferenceHartOptions {
  /** Bytes of DRAM. */
  readonly memory: number;
  /** Clock cycles per tick of mtime; the reference's clock counts records. */
  readonly cyclesPerTick: bigint;
}

export class ReferenceHart implements InjectedHart {
  readonly #reference: Reference;
  readonly #end: bigint;
  readonly #cyclesPerTick: bigint;
  #pc = DRAM_BASE;
  #cycle = 0n;
  #mtime = 0n;

  constructor({ memory, cyclesPerTick }: ReferenceHartOptions) {
    this.#reference = new Reference({ dramBytes: memory });
    this.#end = DRAM_BASE + BigInt(memory);
    this.#cyclesPerTick = cyclesPerTick;
  }

  reset(): void {
    this.#reference.reset();
    this.#pc = DRAM_BASE;
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
      cycle: this.#cycle, mtime: this.#mtime, meip: false, seip: false, hgeip: 0n, insn: word, ioData: undefined, hostWrites: this.#injection(word),
    });
    this.#pc = record.pc_wdata;
    this.#cycle++;
    this.#tick(record);
    return record;
  }

  #injection(word: number): readonly HostWrite[] {
    const address = this.#pc;
    if (address < DRAM_BASE || address + 4n > this.#end) return NOTHING;
    const data = new Uint8Array(4);
    new DataView(data.buffer).setUint32(0, word, true);
    return [{ address, data }, { address, data: this.#reference.readMemory(address, 4) }];
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
