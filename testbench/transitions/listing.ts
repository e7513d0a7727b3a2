/** A witness as an assembly text that assembles to the same memory. */
import { lengthOf } from '../../model/spec/compressed.js';
import { createDisassembler, type Disassembler } from '../assembly/disassemble.js';
import type { AssemblyTables } from '../assembly/tables.js';
import type { Cell } from './cells.js';
import { guardOf } from './event.js';
import { AT, BASE, VECTORS } from './map.js';
import { outcomeText } from './decide.js';
import { cellName } from './names.js';
import { entryText } from './page-entry.js';
import type { PageTables } from './page-tables.js';
import type { Witness } from './witness.js';

/** Words as text, each once. */
export class WordText {
  readonly #disassemble: Disassembler;
  readonly #known = new Map<number, string>();

  constructor(tables: AssemblyTables) {
    this.#disassemble = createDisassembler(tables);
  }

  /** Of 32 bits, whatever they begin with. */
  of(word: number): string {
    if (lengthOf(word) === 2) return `.word   0x${word.toString(16)}`;
    const known = this.#known.get(word) ?? this.#disassemble(word);
    this.#known.set(word, known);
    return known;
  }
}

/** What follows the code in every witness. */
export const FRAME = [
  '        jal     zero, finish',
  `        .org    0x${AT.vectors.toString(16)}                 # every trap ends the program`,
  `        .rept   ${VECTORS}`,
  '        jal     zero, finish',
  '        .endr',
  'finish: auipc   t5, 0',
  '        addi    t6, zero, 1',
  `        sd      t6, ${AT.tohost - AT.finish}(t5)`,
  '        jal     zero, .',
  `        .org    0x${AT.tohost.toString(16)}`,
  '        .globl  tohost, fromhost',
  'tohost: .dword  0',
  'fromhost: .dword 0',
  `        .org    0x${AT.table.toString(16)}`,
] as const;

/** What precedes it. */
export const HEAD = ['        .text', '        .globl  _start', '_start:'] as const;

/** Page tables, and what they lead to, as text by address. */
function tableLines({ words, fields, target }: PageTables): readonly string[] {
  const org = (address: bigint): string => `        .org    0x${(address - BASE).toString(16)}`;
  const lines = words.map(({ address, value, what }) => ({ address, text: [org(address), `        .dword  0x${value.toString(16)}    # ${what}: ${entryText(fields, value)}`] }));
  return [...lines, { address: target, text: [org(target), '        addi    zero, zero, 0    # what the address is translated to'] }]
    .sort((a, b) => Number(a.address - b.address)).flatMap(({ text }) => text);
}

/** What an entry of memory protection is about. */
const GUARDED = [`        .org    0x${AT.guarded.toString(16)}`, '        addi    zero, zero, 0    # what the entry is about'] as const;

/** What lies outside the program's page, as text: page tables, or what is protected. */
export const outlyingLines = ({ event }: Pick<Cell, 'event'>, { tables }: Pick<Witness, 'tables'>): readonly string[] =>
  [...(tables === undefined ? [] : tableLines(tables)), ...(guardOf(event) === undefined ? [] : GUARDED)];

/** The program of a cell. */
export function listing(cell: Cell, witness: Witness, words: WordText): string {
  const { code, table, inputs } = witness;
  const pins = inputs.flatMap((e) => (e.kind === 'pin' ? [`${e.pin}=${e.value} from cycle ${e.cycle}`] : []));
  return [
    `# ${cellName(cell)}: ${outcomeText(cell.expected)}.`,
    ...(pins.length === 0 ? [] : [`# Lines: ${pins.join(', ')}.`]),
    ...HEAD,
    ...code.map(({ word, comment }) => `        ${words.of(word)}${comment === '' ? '' : `    # ${comment}`}`),
    ...FRAME,
    ...table.map((value) => `        .dword  0x${value.toString(16)}`),
    ...outlyingLines(cell, witness),
    '',
  ].join('\n');
}

