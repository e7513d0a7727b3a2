/** Programs for tests, through our own assembler. */
import { readFileSync } from 'node:fs';
import { parseElf, type Program } from '../../model/machine/elf.js';
import { assemble } from '../assembly/assemble.js';
import { writeElf } from '../assembly/elf.js';
import { assemblyTables, type AssemblyTables } from '../assembly/tables.js';
import { programPath } from '../programs/build.js';
import { shippedSpecs } from './cores.js';

let tables: AssemblyTables | undefined;

/** Assembles a program text; throws on any mistake in it. */
export function programFrom(source: string): Program {
  const assembled = assemble(source, (tables ??= assemblyTables(shippedSpecs().isa)));
  if (!assembled.ok) throw new Error(assembled.errors.map((e) => e.message).join('\n'));
  const program = parseElf(writeElf(assembled.program));
  if (!program.ok) throw new Error(program.message);
  return program;
}

/** Assembles a file of `testbench/programs`. */
export const shippedProgram = (name: string): Program => programFrom(readFileSync(programPath(name), 'utf8'));
