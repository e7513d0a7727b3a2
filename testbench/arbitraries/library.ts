/**
 * Random programs as a library offers them: for the shipped specs, or for
 * these with a user's own over them, whose instructions and CSRs then occur.
 */
import fc from 'fast-check';
import { load } from '../../model/compile.js';
import type { Isa } from '../../model/spec/isa.js';
import { renderDiagnostics } from '../../model/spec/render.js';
import { createDisassembler } from '../assembly/disassemble.js';
import { assemblyTables } from '../assembly/tables.js';
import { specLayers } from '../commands/package.js';
import { nearest } from '../../model/spec/nearest.js';
import { programs } from './arbitrary.js';
import { Builder, type BuiltProgram } from './build.js';
import { PlanMaker } from './maker.js';
import { printBody } from './print.js';
import type { Profile } from './profile.js';
import type { Plan } from './program.js';

/** A random program: ready to run, and readable in a counterexample. */
export type RandomProgram = BuiltProgram & { readonly plan: Plan };

/** What random programs are to be like. */
export interface ProgramChoice {
  /** Names of instructions, as of an extension of one's own: a third of what runs are these. */
  readonly instructions?: readonly string[];
  /** What else they are mostly made of. */
  readonly profile?: Profile;
  /** Restricts them (one mode, no interrupts); must keep what it has restricted. */
  readonly adapt?: (plan: Plan) => Plan;
}

export interface Arbitraries {
  readonly isa: Isa;
  /**
   * Whole programs: a prologue that sets CSRs, delegation and enables, trap handlers, lines over time, and a body in any mode,
   * or a hypervisor with its guests.
   *
   * @param choice - Or only its `adapt`. Throws if the specs do not have an instruction of it.
   */
  programs(choice?: ProgramChoice | ((plan: Plan) => Plan)): fc.Arbitrary<RandomProgram>;
  /** Words of one instruction, operands random. Throws if the specs do not have it. */
  instruction(name: string): fc.Arbitrary<number>;
}

/** Arbitraries for the shipped specs with others over them. Throws with all mistakes in these as the message. */
export function arbitraries({ specs = [] }: { readonly specs?: readonly string[] } = {}): Arbitraries {
  const loaded = load(specLayers(specs));
  if (!loaded.ok) throw new Error(renderDiagnostics(loaded.diagnostics));
  const { isa } = loaded.value;
  const maker = new PlanMaker(isa);
  const builder = new Builder(maker.shapes);
  const disassemble = createDisassembler(assemblyTables(isa));
  const built = (plan: Plan): RandomProgram => {
    const program = { ...builder.build(plan), plan };
    // What fast-check prints: nobody reads bytes.
    Object.defineProperty(program, fc.toStringMethod, { value: () => printBody(plan, program, disassemble) });
    return program;
  };
  return {
    isa,
    programs: (choice = {}) => {
      const { instructions = [], profile = 'all', adapt } = typeof choice === 'function' ? { adapt: choice } : choice;
      for (const name of instructions) requireInstruction(isa, name);
      return programs(instructions.length === 0 && profile === 'all' ? maker : new PlanMaker(isa, profile, instructions), adapt).map(built);
    },
    instruction: (name) => {
      requireInstruction(isa, name);
      const { match, free } = maker.shapes.named(name);
      return fc.nat(0xffff_ffff).map((bits) => (match | (bits & free)) >>> 0);
    },
  };
}

/** Throws if the specs do not have the instruction. */
function requireInstruction(isa: Isa, name: string): void {
  const names = isa.instructions.map((i) => i.name);
  if (names.includes(name)) return;
  const meant = nearest(name, names);
  throw new RangeError(`The specs have no instruction ${name}. ${meant === undefined ? 'Give specs: [directory] with one that has.' : `Did you mean ${meant}?`}`);
}
