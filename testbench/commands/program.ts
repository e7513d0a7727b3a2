/**
 * Programs from files: executables, and assembly through our own assembler.
 */
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { parseElf, type AddressRange, type Program } from '../../model/machine/elf.js';
import { readElf } from '../../model/machine/elf-file.js';
import { assemble, formatError, type AssembledProgram } from '../assembly/assemble.js';
import { writeElf } from '../assembly/elf.js';
import type { AssemblyTables } from '../assembly/tables.js';
import { errorCode } from '../../waves/failure.js';
import { about, failure, type Failure } from './failure.js';

/** Whether a file is assembly text, by its name. */
export const isAssembly = (path: string): boolean => extname(path).toLowerCase() === '.s';

/** The program in a file, placed inside the memory. */
export function readProgram(path: string, tables: AssemblyTables, memory: AddressRange): Program | Failure {
  const program = isAssembly(path) ? assembleToProgram(path, tables, memory) : readElf(path, memory);
  return program.ok ? program : program.message.includes('\n') ? program : about(path, program);
}

function assembleToProgram(path: string, tables: AssemblyTables, memory: AddressRange): Program | Failure {
  const assembled = assembleFile(path, tables);
  return assembled.ok ? parseElf(writeElf(assembled.program), memory) : assembled;
}

/** Assembles a file; mistakes come as a listing. */
export function assembleFile(path: string, tables: AssemblyTables): { readonly ok: true; readonly program: AssembledProgram } | Failure {
  const text = readText(path);
  if (typeof text !== 'string') return text;
  const assembled = assemble(text, tables, { file: path });
  if (assembled.ok) return assembled;
  const count = assembled.errors.length === 1 ? '1 mistake' : `${assembled.errors.length} mistakes`;
  return failure(`${assembled.errors.map(formatError).join('\n\n')}\n\n${count}`, '');
}

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['There is no such file.', 'Check the path.'],
  EISDIR: ['It is a directory.', 'Give a file.'],
  EACCES: ['It may not be read.', 'Check its permissions.'],
  ENOTDIR: ['A part of the path is not a directory.', 'Check the path.'],
};

/** The text of a file. */
export function readText(path: string): string | Failure {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    const [message, mend] = REASONS[code] ?? [`It cannot be read (${code}).`, 'Check the file and the disk.'];
    return failure(message, mend);
  }
}
