/**
 * What `run` writes besides waves: the commit log while it runs, the signature
 * at its end.
 */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CoreDescription } from '../../model/compile.js';
import type { WasmCore } from '../../model/machine/core.js';
import type { Program } from '../../model/machine/elf.js';
import type { PhysicalMemory } from '../../model/machine/memory.js';
import { about, failure, type Failure } from '../commands/failure.js';
import { writeFileWhole } from '../commands/files.js';
import { natural } from '../commands/options.js';
import { BlockFile } from './block-file.js';
import { CommitLog } from './commit-log.js';
import { DEFAULT_GRANULARITY, MOST_GRANULARITY, signatureRange, signatureText, type SignatureRange } from './signature.js';

/** Values of the options. */
export interface LogOptions {
  readonly logCommits?: string;
  readonly signature?: string;
  readonly signatureGranularity?: number;
}

function fileName(text: string): string {
  if (text === '') throw new InvalidArgumentError('Give the name of a file.');
  return text;
}

function granularity(text: string): number {
  const bytes = natural(text);
  if (bytes < 1n || bytes > BigInt(MOST_GRANULARITY)) throw new InvalidArgumentError(`Give a number of bytes, 1 to ${MOST_GRANULARITY}.`);
  return Number(bytes);
}

/** Adds the options to a command. */
export function addLogOptions(command: Command): Command {
  return command
    .addOption(new Option('--log-commits <file>', "write every retired instruction in Spike's format").argParser(fileName))
    .addOption(new Option('--signature <file>', 'write memory from begin_signature to end_signature; also +signature=FILE').argParser(fileName))
    .addOption(new Option('--signature-granularity <bytes>', `bytes on a line of the signature (default: ${DEFAULT_GRANULARITY})`).argParser(granularity));
}

/** The logs of one run, opened before it and finished after it. */
export class RunLogs {
  readonly #options: LogOptions;
  readonly #range: SignatureRange | undefined;
  readonly #file: BlockFile | undefined;
  #log: CommitLog | undefined;

  private constructor(options: LogOptions, range: SignatureRange | undefined, file: BlockFile | undefined) {
    this.#options = options;
    this.#range = range;
    this.#file = file;
  }

  /** The variant that makes the records: the plain one is enough without a log. */
  static variant({ logCommits }: LogOptions): 'plain' | 'observed' {
    return logCommits === undefined ? 'plain' : 'observed';
  }

  /** Opens what is asked for; the failure if that cannot work. */
  static open(path: string, program: Program, memory: { readonly base: bigint; readonly size: bigint }, options: LogOptions): RunLogs | Failure {
    const { logCommits, signature, signatureGranularity } = options;
    if (signature === undefined && signatureGranularity !== undefined) {
      return failure('--signature-granularity says how to write a signature, but there is no --signature.', 'Name the file: --signature test.sig.');
    }
    const range = signature === undefined ? undefined : signatureRange(program.symbols, memory);
    if (range !== undefined && !range.ok) return about(path, range);
    const file = logCommits === undefined ? undefined : BlockFile.create(logCommits);
    return file === undefined || file instanceof BlockFile ? new RunLogs(options, range, file) : file;
  }

  /**
   * Begins the log.
   *
   * @param core - In the state in which the run begins.
   * @param stop - Called when the log can be written no more.
   */
  begin(core: WasmCore, description: Pick<CoreDescription, 'csrs' | 'homes' | 'machine'>, stop: () => void): void {
    const file = this.#file;
    if (file === undefined) return;
    const homes = new Map(description.homes.map(({ name, constant }) => [name, (core.cell(`csr.${name}`)?.get() ?? 0n) | BigInt(constant)]));
    this.#log = new CommitLog(description, homes, (block) => {
      const written = file.write(block);
      if (!written) stop();
      return written;
    });
  }

  /** Takes the content of the ring of records. */
  ring(words: BigUint64Array): void {
    this.#log?.ring(words);
  }

  /** Completes the log. */
  close(): Failure | undefined {
    this.#log?.flush();
    return this.#file?.close();
  }

  /** Completes the log and writes the signature. */
  finish(memory: PhysicalMemory): Failure | undefined {
    const failed = this.close();
    const { signature, signatureGranularity = DEFAULT_GRANULARITY } = this.#options;
    if (failed !== undefined || signature === undefined || this.#range === undefined) return failed;
    const data = memory.read(this.#range.address, this.#range.bytes);
    if (data === undefined) throw new Error('the signature has left the memory');
    return writeFileWhole(signature, signatureText(data, signatureGranularity));
  }
}
