/**
 * Directives that place data, choose sections and define symbols.
 */
import { lengthOf } from '../../model/spec/compressed.js';
import { Cursor } from './cursor.js';
import { fitsBytes, readString } from './data.js';
import { expand } from './expand.js';
import { evaluate } from './expression.js';
import { encode } from './operands.js';
import type { Pass } from './pass.js';
import { kindByFlags } from './sections.js';
import { splitMnemonic, type Statement } from './source.js';

/** Carries out a directive; the cursor stands behind its name. */
type Directive = (pass: Pass, cursor: Cursor, statement: Statement) => void;

const SYMBOL = /[A-Za-z_.$][\w.$]*/y;
/** More than this in one directive is a slip. */
const LARGEST = 0x1000_0000n;

function symbolName(cursor: Cursor): string {
  const name = cursor.take(SYMBOL);
  if (name === undefined) throw cursor.mistake('a symbol is missing here', 'Write its name.');
  return name;
}

const number = (pass: Pass, cursor: Cursor): bigint => evaluate(cursor, pass).value;

/** A number of bytes. */
function count(pass: Pass, cursor: Cursor): number {
  const start = cursor.position;
  const value = number(pass, cursor);
  if (value < 0n || value > LARGEST) throw cursor.mistake(`${value} bytes are not possible`, 'Use 0 to 0x10000000.', start, cursor.position);
  return Number(value);
}

function eachOf(cursor: Cursor, read: () => void): void {
  do read(); while (cursor.accept(','));
}

const data = (bytes: number): Directive => (pass, cursor) => {
  if (cursor.done) return;
  eachOf(cursor, () => {
    const start = cursor.position;
    const value = number(pass, cursor);
    if (!fitsBytes(value, bytes)) throw cursor.mistake(`${value} does not fit ${bytes} byte${bytes === 1 ? '' : 's'}`, 'Use a wider directive, or cut it: & 0xff.', start, cursor.position);
    pass.data(value, bytes);
  });
};

const text = (terminated: boolean): Directive => (pass, cursor) => {
  eachOf(cursor, () => {
    for (const byte of readString(cursor)) pass.data(BigInt(byte), 1);
    if (terminated) pass.data(0n, 1);
  });
};

const space: Directive = (pass, cursor) => {
  const size = count(pass, cursor);
  pass.section.fill(size, cursor.accept(',') ? Number(BigInt.asUintN(8, number(pass, cursor))) : 0);
};

/** The instruction that fills gaps in code: the specs' `nop` or `c.nop`, or zeros without one. */
function padding(name: 'nop' | 'c.nop', pass: Pass): bigint {
  const [line = name] = expand(name, [], pass) ?? [];
  const { mnemonic, start } = splitMnemonic(line);
  const instruction = pass.lookup.instructions.get(mnemonic);
  return instruction === undefined ? 0n : BigInt(encode(instruction, new Cursor(line, start), pass));
}

function alignTo(pass: Pass, alignment: bigint, fill: bigint | undefined, most: bigint | undefined): void {
  const { section } = pass;
  const gap = Number((alignment - (section.here % alignment)) % alignment);
  if (most !== undefined && BigInt(gap) > most) return;
  if (alignment > section.alignment) section.alignment = alignment;
  if (section.kind !== 'code' || fill !== undefined) {
    section.fill(gap, Number(BigInt.asUintN(8, fill ?? 0n)));
    return;
  }
  section.fill(gap % 2, 0);
  if (gap % 4 >= 2) section.append(padding('c.nop', pass), 2);
  const word = gap >= 4 ? padding('nop', pass) : 0n;
  for (let i = 0; i < Math.floor(gap / 4); i++) section.append(word, 4);
}

/** `.align 3` means 2^3 bytes on RISC-V; `.balign 8` means 8. */
const align = (power: boolean): Directive => (pass, cursor) => {
  const start = cursor.position;
  const value = cursor.done ? 2n : number(pass, cursor);
  const alignment = power ? 1n << BigInt.asUintN(8, value) : value || 1n;
  if (value < 0n || alignment > 0x100_0000n || (alignment & (alignment - 1n)) !== 0n) {
    throw cursor.mistake(
      `alignment to ${power ? `2 to the power of ${value}` : value} is not possible`,
      power ? 'The number is a power of two: .align 12 is 4096 bytes.' : 'Use a power of two up to 0x1000000.', start, cursor.position,
    );
  }
  const fill = cursor.accept(',') && !cursor.rest.startsWith(',') && !cursor.done ? number(pass, cursor) : undefined;
  alignTo(pass, alignment, fill, cursor.accept(',') ? number(pass, cursor) : undefined);
};

const org: Directive = (pass, cursor) => {
  const start = cursor.position;
  const { value, symbolic } = evaluate(cursor, pass);
  const offset = symbolic ? value - pass.section.base : value;
  const fill = cursor.accept(',') ? number(pass, cursor) : 0n;
  const gap = offset - BigInt(pass.section.size);
  if (gap < 0n || gap > LARGEST) {
    throw cursor.mistake(`.org cannot go from offset ${pass.section.size} to ${offset}`, 'A section only grows: move what comes before.', start, cursor.position);
  }
  pass.section.fill(Number(gap), Number(BigInt.asUintN(8, fill)));
};

/** `.fill repeat, size, value`. */
const fill: Directive = (pass, cursor) => {
  const repeat = count(pass, cursor);
  const size = cursor.accept(',') ? Math.min(8, count(pass, cursor)) : 1;
  const value = cursor.accept(',') ? number(pass, cursor) : 0n;
  for (let i = 0; i < repeat; i++) pass.data(BigInt.asUintN(8 * size, value), size);
};

const assign: Directive = (pass, cursor, { line }) => {
  const name = symbolName(cursor);
  cursor.expect(',');
  pass.assign(name, number(pass, cursor), line);
};

const section: Directive = (pass, cursor) => {
  const name = cursor.take(/"[^"]*"|[^\s,]+/y)?.replaceAll('"', '');
  if (name === undefined) throw cursor.mistake('the name of the section is missing here', 'Write one: .section .rodata');
  let flags: string | undefined;
  let type: string | undefined;
  if (cursor.accept(',')) {
    flags = cursor.take(/"[^"]*"/y)?.slice(1, -1) ?? '';
    if (cursor.accept(',')) type = cursor.take(/[@%]\w+/y)?.slice(1);
    cursor.position = cursor.text.length;
  }
  if (flags === undefined) pass.enter(name);
  else pass.enter(name, kindByFlags(flags, type));
};

const named = (name: string): Directive => (pass) => void pass.enter(name);

const ignored: Directive = (_, cursor) => {
  cursor.position = cursor.text.length;
};

/** `.insn 0x00000013`, `.insn 4, 0x00000013`, `.insn 0x0001`: a word as an instruction, as long as its lowest bits say. */
const raw: Directive = (pass, cursor, { line }) => {
  const start = cursor.position;
  const first = number(pass, cursor);
  const value = cursor.accept(',') ? number(pass, cursor) : first;
  const bytes = lengthOf(Number(value & 3n));
  if (!fitsBytes(value, bytes) || bytes < pass.lookup.alignment) {
    throw cursor.mistake('.insn takes an instruction: of 32 bits, which ends in binary 11, or of 16, which does not', 'Use .word or .half for others.', start, cursor.position);
  }
  pass.instruction(Number(BigInt.asUintN(32, value)), bytes, line);
};

const globals: Directive = (pass, cursor) => eachOf(cursor, () => pass.globals.add(symbolName(cursor)));

/** A mistake that the author wants. */
const fail: Directive = (_, cursor) => {
  throw cursor.mistake(cursor.rest.trim().replace(/^"|"$/g, '') || '.error', 'The program says so itself (.error).', 0, cursor.text.length);
};

/** Every directive but those of macros, repetition and conditions. */
export const DIRECTIVES: Readonly<Record<string, Directive>> = {
  '.byte': data(1),
  '.half': data(2), '.2byte': data(2), '.short': data(2), '.hword': data(2),
  '.word': data(4), '.4byte': data(4), '.long': data(4), '.int': data(4),
  '.dword': data(8), '.8byte': data(8), '.quad': data(8),
  '.ascii': text(false), '.asciz': text(true), '.string': text(true),
  '.zero': space, '.skip': space, '.space': space, '.fill': fill,
  '.align': align(true), '.p2align': align(true), '.balign': align(false), '.org': org,
  '.equ': assign, '.set': assign,
  '.text': named('.text'), '.data': named('.data'), '.rodata': named('.rodata'), '.bss': named('.bss'),
  '.section': section, '.pushsection': section, '.popsection': (pass) => pass.leave(), '.previous': (pass) => pass.leave(),
  '.globl': globals, '.global': globals, '.weak': globals,
  '.insn': raw, '.error': fail,
  '.local': ignored, '.option': ignored, '.type': ignored, '.size': ignored, '.attribute': ignored, '.file': ignored, '.ident': ignored, '.loc': ignored,
  '.cfi_startproc': ignored, '.cfi_endproc': ignored, '.cfi_sections': ignored,
};
