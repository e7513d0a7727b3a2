/**
 * `ghosthart disasm`: the code of an executable, or single instruction words,
 * as text.
 */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Program } from '../../model/machine/elf.js';
import { readElf } from '../../model/machine/elf-file.js';
import { lengthOf } from '../../model/spec/compressed.js';
import { createDisassembler, type Disassembler } from '../assembly/disassemble.js';
import { DEFAULT_MEMORY, readyCore } from './cores.js';
import { about, EXIT_CODE, failure } from './failure.js';
import { specsOption } from './options.js';
import { terminal } from './terminal.js';

/** Adds the command. */
export function define(program: Command): void {
  program
    .command('disasm <what...>')
    .description('disassemble an executable, or instruction words')
    .addOption(specsOption())
    .addHelpText('after', '\nA word is 0x and up to eight hexadecimal digits; anything else is a file.\n\nExample:\n  ghosthart disasm 0x10200073 0x6c05c573')
    .action(async (what: readonly string[], { specs }: { readonly specs: readonly string[] }) => {
      process.exitCode = await disasm(what, specs);
    });
}

const WORD = /^0x[0-9a-f]{1,8}$/i;
/** What was meant to be one: no file is likely to have such a name, and `./0x…` reads it. */
const NEARLY_A_WORD = /^0x/i;

async function disasm(what: readonly string[], overlays: readonly string[]): Promise<number> {
  const ready = await readyCore({ core: 'five-stage', variants: ['plain'], overlays, memory: DEFAULT_MEMORY });
  if (!ready.ok) return terminal.fail(ready);
  const disassemble = createDisassembler(ready.tables);
  for (const one of what) {
    if (WORD.test(one)) {
      terminal.out(disassemble(Number(one)));
      continue;
    }
    if (NEARLY_A_WORD.test(one)) return terminal.fail(failure(`${one} is no instruction word.`, `Write 0x and one to eight hexadecimal digits. A file of this name is ./${one}.`));
    const program = readElf(one);
    if (!program.ok) return terminal.fail(about(one, program));
    terminal.out(listing(program, executableRanges(readFileSync(one)), disassemble));
  }
  return EXIT_CODE.success;
}

interface Range {
  readonly start: bigint;
  readonly end: bigint;
}

const EXECUTABLE = 1;
const LOADABLE = 1;
const PROGRAM_HEADER_BYTES = 56;

/** Where an ELF file that has been accepted has code. */
function executableRanges(bytes: Uint8Array): readonly Range[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = Number(view.getBigUint64(32, true));
  return Array.from({ length: view.getUint16(56, true) }, (_, i) => table + i * PROGRAM_HEADER_BYTES)
    .filter((at) => view.getUint32(at, true) === LOADABLE && (view.getUint32(at + 4, true) & EXECUTABLE) !== 0)
    .map((at) => {
      const start = view.getBigUint64(at + 24, true);
      return { start, end: start + view.getBigUint64(at + 32, true) };
    });
}

const hex = (value: bigint | number, digits: number): string => value.toString(16).padStart(digits, '0');

function listing({ segments, symbols }: Program, code: readonly Range[], disassemble: Disassembler): string {
  const labels = new Map<bigint, string[]>();
  for (const [name, address] of symbols) labels.set(address, [...(labels.get(address) ?? []), name]);
  const lines: string[] = [];
  for (const { address, data } of segments) {
    if (!code.some(({ start, end }) => start <= address && address < end)) continue;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let offset = 0; offset + 2 <= data.length; ) {
      const pc = address + BigInt(offset);
      for (const label of labels.get(pc) ?? []) lines.push(`${lines.length === 0 ? '' : '\n'}${hex(pc, 16)} <${label}>:`);
      const parcel = view.getUint16(offset, true);
      const bytes = offset + 4 <= data.length ? lengthOf(parcel) : 2;
      const insn = bytes === 2 ? parcel : view.getUint32(offset, true);
      lines.push(`  ${hex(pc, 8)}:  ${hex(insn, 2 * bytes).padEnd(8)}  ${disassemble(insn, pc)}`);
      offset += bytes;
    }
  }
  return lines.join('\n');
}
