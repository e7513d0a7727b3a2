/**
 * A core as a library offers it: opened by name, then programs on it.
 */
import { parseElf, type Program } from '../model/machine/elf.js';
import { DRAM_BASE } from '../model/machine/memory.js';
import { load, type CompiledCore } from '../model/compile.js';
import { renderDiagnostics } from '../model/spec/render.js';
import type { Variant } from '../model/backend/unit.js';
import { assemble, formatError } from './assembly/assemble.js';
import { createDisassembler, type Disassembler } from './assembly/disassemble.js';
import { writeElf } from './assembly/elf.js';
import { DEFAULT_MEMORY, readyCore, type ReadyCore } from './commands/cores.js';
import { failureText } from './commands/failure.js';
import { specLayers } from './commands/package.js';
import { explain } from './lockstep/explain.js';
import { Lockstep, type Divergence, type LockstepOptions, type LockstepResult } from './lockstep/lockstep.js';
import { ObservedCore } from './lockstep/observed.js';
import { Reference } from './reference/reference.js';

export interface CoreOptions {
  /** A file of `uarch/`; five-stage unless said otherwise. */
  readonly core?: string;
  /** Directories over the shipped specs. */
  readonly specs?: readonly string[];
  /** Bytes of memory; 128 MiB unless said otherwise. */
  readonly memory?: number;
}

/** Enough for small programs; random ones mostly end long before. */
const DEFAULT_CYCLES = 10_000;

/** A compiled core (from the cache, if it is there), with assembler and disassembler. */
export class Core {
  readonly disassemble: Disassembler;
  readonly #ready: ReadyCore;
  readonly #memory: number;
  readonly #overlays: readonly string[];

  private constructor(ready: ReadyCore, memory: number, overlays: readonly string[]) {
    this.#ready = ready;
    this.#memory = memory;
    this.#overlays = overlays;
    this.disassemble = createDisassembler(ready.tables);
  }

  /** Compiles, or finds what has been compiled. Throws with all mistakes in the specs as its message. */
  static async open({ core = 'five-stage', specs = [], memory = DEFAULT_MEMORY }: CoreOptions = {}): Promise<Core> {
    const ready = await readyCore({ core, variants: ['plain', 'observed', 'traced'], overlays: specs, memory });
    if (!ready.ok) throw new Error(failureText(ready));
    return new Core(ready, memory, specs);
  }

  /** SHA-256 of the specs, hex. */
  get specHash(): string {
    return this.#ready.specHash;
  }

  /** The wasm of a variant and its layout. */
  variant(variant: Variant): CompiledCore {
    return this.#ready.variant(variant);
  }

  /** A program from assembly text. Throws with its mistakes as the message. */
  assemble(source: string, file = 'program.S'): Program {
    const assembled = assemble(source, this.#ready.tables, { file });
    if (!assembled.ok) throw new Error(assembled.errors.map(formatError).join('\n'));
    return this.program(writeElf(assembled.program));
  }

  /** A program from an ELF file. Throws with what is wrong about it as the message. */
  program(elf: Uint8Array): Program {
    const program = parseElf(elf, { base: DRAM_BASE, size: BigInt(this.#memory) });
    if (!program.ok) throw new Error(`${program.message} ${program.mend}`);
    return program;
  }

  /** The core beside a reference; both are used again from program to program. */
  lockstep(reference?: Reference): Lockstep {
    return new Lockstep(new ObservedCore(this.#ready.variant('observed')), reference);
  }

  /** A divergence in the manual's words: where, what the two say, on which state it rests, by which rule. */
  explain(divergence: Divergence): string {
    const specs = load(specLayers(this.#overlays));
    if (!specs.ok) throw new Error(renderDiagnostics(specs.diagnostics));
    return explain(divergence, { isa: specs.value.isa, description: this.variant('observed').description, disassemble: this.disassemble });
  }
}

/** What {@link lockstep} runs: from `assemble`, an ELF file or the arbitraries, with its host effects. */
export type LockstepProgram = Pick<Program, 'entry' | 'segments' | 'symbols'> & Pick<LockstepOptions, 'inputs'>;

/** A core beside a reference as one function: how a program that agrees has ended. Throws at the first difference, with it as the message. */
export function lockstep(core: Core, reference?: Reference): (program: LockstepProgram, options?: Partial<LockstepOptions>) => Extract<LockstepResult, { kind: 'agreed' }> {
  const both = core.lockstep(reference);
  return (program, options) => {
    const { inputs = [] } = program;
    const result = both.run(program, { maxCycles: DEFAULT_CYCLES, inputs, ...options });
    if (result.kind === 'diverged') throw new Error(core.explain(result.divergence));
    return result;
  };
}
