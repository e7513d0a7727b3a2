/**
 * The commit log in Spike's format, a line for every retired instruction:
 *
 *     core   0: 3 0x0000000080000038 (0x00053583) x11 0x1122334455667788 mem 0x0000000080002000
 *
 * Privilege (without V), pc, word; then the register written, the CSRs written
 * with the values they took (of a return from a trap the status registers, changed
 * or not), the address of a load, address and data of a store; CBO.ZERO stores its
 * block byte by byte. Traps and interrupts have no line, nor has what they do to CSRs. A view is shown as what stores it:
 * sstatus as mstatus, hvip and its kin as mip, of which the log has the stored
 * bits only, not the lines.
 */
import type { CoreDescription } from '../../model/compile.js';
import { isCompressed } from '../../model/spec/compressed.js';
import type { Observation } from '../lockstep/records.js';
import { RecordDecoder } from '../lockstep/records.js';
import type { Mode, Retirement } from '../retirement.js';
import { CsrWrites } from './csr-writes.js';
import { LineBuffer } from './line-buffer.js';

/** Receives whole lines; the bytes are used during the call only. Returns false when no more are wanted. */
export type Sink = (block: Uint8Array) => boolean;

const BLOCK_BYTES = 1 << 20;
/** More than any line but that of CBO.ZERO: 22 + 61 characters and four numbers. */
const LONGEST_LINE = 256;
/** ` mem 0x`, an address, ` 0x` and two digits. */
const STORED_BYTE = 28;

/** Of all that the opcode of fences has, this alone stores. */
const isBlock = (insn: number): boolean => (insn & 0x707f) === 0x200f;

const PRIVILEGE: Readonly<Record<Mode, string>> = { M: '3', HS: '1', U: '0', VS: '1', VU: '0' };
const REGISTERS: readonly string[] = Array.from({ length: 32 }, (_, i) => ` ${`x${i}`.padEnd(3)} 0x`);
/** Bytes of an access by its mask. */
const bytesOf = (mask: number): number => (mask === 255 ? 8 : mask === 15 ? 4 : mask === 3 ? 2 : 1);

/** The log of one run. */
export class CommitLog {
  readonly #decoder: RecordDecoder;
  readonly #csrs: CsrWrites;
  readonly #lines = new LineBuffer(BLOCK_BYTES);
  readonly #sink: Sink;
  /** Bytes of what CBO.ZERO stores. */
  readonly #block: number;
  #wanted = true;

  /**
   * @param description - Of the core.
   * @param homes - Stored CSRs with their values at the start.
   * @param sink - Where the lines go.
   */
  constructor(description: Pick<CoreDescription, 'csrs' | 'homes' | 'machine'>, homes: ReadonlyMap<string, bigint>, sink: Sink) {
    this.#decoder = new RecordDecoder(description.homes.map(({ name, constant }) => ({ name, constant: BigInt(constant) })));
    this.#csrs = new CsrWrites(description.csrs, homes);
    this.#sink = sink;
    this.#block = description.machine.cacheBlockBytes;
  }

  /** Logs the records of a ring: whole records of 64-bit words. */
  ring(words: BigUint64Array): void {
    for (const observation of this.#decoder.decode(words)) this.record(observation);
  }

  /** Logs a record. */
  record(observation: Observation): void {
    const writes = this.#csrs.follow(observation);
    const { retirement } = observation;
    if (retirement.trap !== undefined || !this.#wanted) return;
    if (this.#lines.room < LONGEST_LINE + this.#block * STORED_BYTE) this.flush();
    this.#begin(retirement);
    for (const write of writes) {
      this.#lines.text(` c${write.address}_${write.name} 0x`);
      this.#lines.doubleword(write.value);
    }
    this.#memory(retirement);
    this.#lines.end();
  }

  /** Hands on what has gathered. */
  flush(): void {
    if (this.#wanted && this.#lines.content.length > 0) this.#wanted = this.#sink(this.#lines.content);
    this.#lines.clear();
  }

  #begin({ mode, pc_rdata: pc, insn, rd_addr: rd, rd_wdata: value }: Retirement): void {
    const lines = this.#lines;
    lines.text('core   0: ');
    lines.text(PRIVILEGE[mode]);
    lines.text(' 0x');
    lines.doubleword(pc);
    lines.text(' (0x');
    if (isCompressed(insn)) lines.half(insn);
    else lines.word(insn);
    lines.text(')');
    if (rd === 0) return;
    lines.text(REGISTERS[rd] ?? '');
    lines.doubleword(value);
  }

  #memory({ insn, mem_addr: address, mem_rmask: read, mem_wmask: written, mem_wdata: data }: Retirement): void {
    if (read !== 0) {
      this.#lines.text(' mem 0x');
      this.#lines.doubleword(address);
    }
    if (written === 0) return;
    if (isBlock(insn)) for (let i = 0n; i < this.#block; i++) this.#stored(address + i, 0n, 1);
    else this.#stored(address, data, bytesOf(written));
  }

  #stored(address: bigint, data: bigint, bytes: number): void {
    this.#lines.text(' mem 0x');
    this.#lines.doubleword(address);
    this.#lines.text(' 0x');
    this.#lines.low(data, bytes);
  }
}
