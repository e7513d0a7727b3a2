/**
 * For tests: the tables of the shipped specs, and random words of them.
 */
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { lengthOf } from '../../model/spec/compressed.js';
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

/** Words of an instruction with random operands, as far as they leave it this instruction. */
export function anyWord(instruction: InstructionTable): fc.Arbitrary<number> {
  const isIt = (word: number): boolean => !(instruction.excludes ?? []).some(({ mask, match }) => (word & mask) === match);
  return anyOperands(instruction).filter(isIt);
}

function anyOperands(instruction: InstructionTable): fc.Arbitrary<number> {
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

/** The instructions of `.text`, each as long as its lowest bits say. */
export function words(program: AssembledProgram): number[] {
  const bytes = sectionBytes(program, '.text');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const list: number[] = [];
  for (let at = 0; at < bytes.length; at += lengthOf(view.getUint16(at, true))) {
    const parcel = view.getUint16(at, true);
    list.push(lengthOf(parcel) === 2 ? parcel : view.getUint32(at, true));
  }
  return list;
}
