/**
 * The protocol of RVFI-DII between one client and a hart: bytes in, bytes out,
 * nothing else. Commands have eight bytes: word u32, time u16, command u8, pad.
 */
import { isCompressed } from '../../model/spec/compressed.js';
import type { InjectedHart } from './hart.js';
import type { SourceFinder } from './operands.js';
import { encodeChosen, encodeHalt, encodeRecord, encodeVersions, type PacketOptions, type Version } from './packets.js';
import { RvfiTrace } from './trace.js';

const COMMAND_BYTES = 8;
const COMMAND = { reset: 0, instruction: 1, version: 0x76 } as const;
/** `VERS` as a number, `V` its most significant byte. */
const ASK_VERSIONS = 0x5645_5253;

/** What the client gets for its bytes. */
export interface Answer {
  readonly bytes: Uint8Array;
  /** A sentence on what the client did wrong: the session is over. */
  readonly fault?: string;
}

export class Session {
  readonly #hart: InjectedHart;
  readonly #trace: RvfiTrace;
  readonly #options: PacketOptions;
  #version: Version = 1;
  #rest: Buffer = Buffer.alloc(0);
  /** Instructions executed. */
  instructions = 0;

  /** Resets the hart: every client finds it as new. */
  constructor(hart: InjectedHart, sources: SourceFinder, options: PacketOptions) {
    this.#hart = hart;
    this.#trace = new RvfiTrace(sources);
    this.#options = options;
    this.#reset();
  }

  /** Bytes of a command that has not come completely. */
  get pending(): number {
    return this.#rest.length;
  }

  /** The version that packets have now. */
  get version(): Version {
    return this.#version;
  }

  /** Takes bytes as they come and carries out the commands that are complete. */
  receive(chunk: Uint8Array): Answer {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const packets: Uint8Array[] = [];
    let at = 0;
    for (; at + COMMAND_BYTES <= bytes.length; at += COMMAND_BYTES) {
      const answer = this.#command(bytes.readUInt32LE(at), bytes.readUInt8(at + 6));
      if (typeof answer === 'string') return { bytes: Buffer.concat(packets), fault: answer };
      packets.push(answer);
    }
    this.#rest = bytes.subarray(at);
    return { bytes: Buffer.concat(packets) };
  }

  /** The answer, or what is wrong with the command. */
  #command(word: number, command: number): Uint8Array | string {
    switch (command) {
      case COMMAND.instruction:
        return this.#execute(word);
      case COMMAND.reset:
        this.#reset();
        return word === ASK_VERSIONS ? encodeVersions() : encodeHalt(this.#version);
      case COMMAND.version:
        if (word !== 1 && word !== 2) return `asked for version ${word} of the packets; there are 1 and 2`;
        this.#version = word;
        return encodeChosen(word);
      default:
        return `sent command 0x${command.toString(16).padStart(2, '0')}, which RVFI-DII does not have`;
    }
  }

  #reset(): void {
    this.#hart.reset();
    this.#trace.reset();
  }

  /** What lies above a 16-bit instruction is not part of it. */
  #execute(word: number): Uint8Array {
    this.instructions++;
    for (const retirement of this.#hart.execute(isCompressed(word) ? word & 0xffff : word)) {
      const record = this.#trace.follow(retirement);
      if (record !== undefined) return encodeRecord(record, this.#version, this.#options);
    }
    throw new Error('an injected word left no record');
  }
}
