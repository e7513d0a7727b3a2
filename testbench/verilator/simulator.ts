/**
 * Verilator on a printed core: built once, then fed with jobs.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from '../../model/backend/layout.js';
import { printVerilog, type Verilog } from '../../model/backend/verilog/verilog.js';
import type { Module } from '../../model/ir/ir.js';
import { REQUEST } from '../../model/machine/protocol.js';
import { packageRoot } from '../programs/build.js';
import { bindingsOf } from './bindings.js';
import { encodeJob, type Job } from './jobs.js';

/** What came out of a job. */
export interface Simulated {
  /** Two words a cycle. */
  readonly hashes: Uint32Array;
  /** Of the large arrays at the end; two words. */
  readonly arrays: Uint32Array;
}

const HARNESS = join(packageRoot, 'testbench', 'verilator', 'harness.cpp');
/** The program that Verilator makes of a core. */
const BINARY = 'harness';

export interface BuildOptions {
  /** Where everything is made; its files are overwritten. */
  readonly directory: string;
  /** Can dump all signals; slower. */
  readonly waves?: boolean;
}

/** Runs Verilator; its output. */
const tool = (...options: readonly string[]): string => execFileSync('verilator', [...options], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

export class Simulator {
  readonly #directory: string;

  private constructor(directory: string, readonly verilog: Verilog) {
    this.#directory = directory;
  }

  /**
   * Prints a core and compiles it with the harness, unless the same is there already.
   *
   * @param layout - Of the same module in WebAssembly.
   * @throws Error with Verilator's output if that fails.
   */
  static build(module: Module, layout: Layout, { directory, waves = false }: BuildOptions): Simulator {
    mkdirSync(directory, { recursive: true });
    const verilog = printVerilog(module, REQUEST);
    const source = join(directory, `${verilog.name}.sv`);
    const { header, config } = bindingsOf(verilog, layout);
    const simulator = new Simulator(directory, verilog);
    const options = [
      '--cc', '--exe', '--build', '-j', '2', '-O3', '--x-assign', 'fast', '--x-initial', 'fast', '--noassert', '-Wno-CMPCONST', '-Wno-UNSIGNED', '--output-split', '20000',
      '--top-module', verilog.name, '--Mdir', join(directory, 'build'), '-o', BINARY, '-CFLAGS', `-I${directory} -std=c++17`,
      '-MAKEFLAGS', 'OPT_FAST=-O2 OPT_SLOW=-O0 OPT_GLOBAL=-O2', ...(waves ? ['--trace'] : []),
      join(directory, 'public.vlt'), source, join(directory, 'harness.cpp'),
    ];
    const files = new Map([[source, verilog.text], [join(directory, 'core.h'), header], [join(directory, 'public.vlt'), config], [join(directory, 'harness.cpp'), readFileSync(HARNESS, 'utf8')]]);
    const stamp = createHash('sha256').update(JSON.stringify([tool('--version'), options, [...files]])).digest('hex');
    const stamped = join(directory, 'stamp');
    if (existsSync(stamped) && readFileSync(stamped, 'utf8') === stamp) return simulator;
    rmSync(stamped, { force: true });
    for (const [path, text] of files) writeFileSync(path, text);
    tool(...options);
    writeFileSync(stamped, stamp);
    return simulator;
  }

  /** Runs jobs, each from power-on. */
  run(jobs: readonly Job[]): readonly Simulated[] {
    const words = this.#words(jobs, []);
    let at = 0;
    return jobs.map(({ cycles }) => {
      const hashes = words.slice(at, at + 2 * cycles);
      const arrays = words.slice(at + 2 * cycles, at + 2 * cycles + 2);
      at += 2 * cycles + 2;
      return { hashes, arrays };
    });
  }

  /** The registers after so many cycles of a job, as a block has them. */
  registersAfter(job: Job, cycles: number): Uint8Array {
    const words = this.#words([job], ['--state', String(cycles)]);
    return new Uint8Array(words.slice(2 * cycles).buffer);
  }

  /** Dumps all signals of a job to a VCD; needs `waves`. */
  dump(job: Job, path: string): void {
    this.#words([job], ['--wave', path]);
  }

  /** Runs a job for its speed alone: the seconds of CPU time that its cycles took. */
  secondsOf(job: Job): number {
    const [input, output] = this.#write([job]);
    return Number(execFileSync(this.#program, [input, output, '--quiet'], { encoding: 'utf8' }));
  }

  get #program(): string {
    return join(this.#directory, 'build', BINARY);
  }

  /** The paths of the jobs and of what becomes of them. */
  #write(jobs: readonly Job[]): readonly [input: string, output: string] {
    const input = join(this.#directory, 'jobs.bin');
    writeFileSync(input, Buffer.concat(jobs.map(encodeJob)));
    return [input, join(this.#directory, 'hashes.bin')];
  }

  #words(jobs: readonly Job[], options: readonly string[]): Uint32Array {
    const [input, output] = this.#write(jobs);
    execFileSync(this.#program, [input, output, ...options], { stdio: ['ignore', 'inherit', 'inherit'] });
    const bytes = readFileSync(output);
    return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  }
}

/** Whether the tool is there. */
export function hasVerilator(): boolean {
  try {
    return tool('--version') !== '';
  } catch {
    return false;
  }
}
