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
import { programs } from './arbitrary.js';
import { Builder, type BuiltProgram } from './build.js';
import { PlanMaker } from './maker.js';
import { printBody } from './print.js';
import type { Plan } from './program.js';

/** A random program: ready to run, and readable in a counterexample. */
export type RandomProgram = BuiltProgram & { readonly plan: Plan };

export interface Arbitraries {
  readonly isa: Isa;
  /**
   * Whole programs: a prologue that sets CSRs, delegation and enables, trap handlers, lines over time, and a body in any mode.
   *
   * @param adapt - Restricts them (one mode, no interrupts); must keep what it has restricted.
   */
  programs(adapt?: (plan: Plan) => Plan): fc.Arbitrary<RandomProgram>;
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
    programs: (adapt) => programs(maker, adapt).map(built),
    instruction: (name) => {
      const { match, free } = maker.shapes.named(name);
      return fc.nat(0xffff_ffff).map((bits) => (match | (bits & free)) >>> 0);
    },
  };
}
