/**
 * For tests: the tables of the shipped specs, and random words of them.
 */
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { loadSpecs } from '../../model/spec/load.js';
import { assemble, formatError, type AssembledProgram, type AssemblyOptions } from './assemble.js';
import { insert, operandsOf, rangeOf } from './fields.js';
import { assemblyTables, type AssemblyTables, type InstructionTable } from './tables.js';

let tables: AssemblyTables | undefined;

/** The tables of `specs/`. */
export function shippedTables(): AssemblyTables {
  if (tables !== undefined) return tables;
  const outcome = loadSpecs([fileURLToPath(new URL('../../specs', import.meta.url))]);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((d) => `${d.span.file.path}: ${d.message}`).join('\n'));
  return (tables = assemblyTables(outcome.value.isa));
}

/** Words of an instruction with random operands. */
export function anyWord(instruction: InstructionTable): fc.Arbitrary<number> {
  const operands = operandsOf(instruction).map((operand) => {
    const { least, most, step } = rangeOf(operand);
    return fc.bigInt(least / step, most / step).map((n) => insert(operand, n * step));
  });
  return fc.tuple(...operands).map((bits) => bits.reduce((word, b) => (word | b) >>> 0, instruction.match));
}

/** The program, which must have no mistakes. */
export function assembled(source: string, options?: AssemblyOptions): AssembledProgram {
  const outcome = assemble(source, shippedTables(), options);
  if (!outcome.ok) throw new Error(outcome.errors.map(formatError).join('\n'));
  return outcome.program;
}

/** The bytes of a section. */
export function sectionBytes(program: AssembledProgram, name: string): Uint8Array {
  return program.sections.find((s) => s.name === name)?.bytes ?? new Uint8Array(0);
}

/** The 32-bit words of `.text`. */
export function words(program: AssembledProgram): number[] {
  const bytes = sectionBytes(program, '.text');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
}
