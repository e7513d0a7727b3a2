/**
 * Programs as assembly: what a failing property shows, and what `ghosthart
 * asm` turns back into the same bytes.
 */
import { encodeInputLog } from '../../model/machine/input-log.js';
import type { Disassembler } from '../assembly/disassemble.js';
import type { BuiltProgram } from './build.js';
import { AT, BASE } from './map.js';
import type { Plan } from './program.js';

const hex = (value: bigint | number, digits = 0): string => `0x${value.toString(16).padStart(digits, '0')}`;

/** Places that have a name. */
const LABELS: readonly (readonly [offset: number, name: string])[] = [
  [AT.prologue, '_start'], [AT.finish, 'finish'], [AT.M, 'machine_vectors'], [AT.HS, 'supervisor_vectors'], [AT.VS, 'guest_vectors'],
  [AT.tohost, 'tohost'], [AT.fromhost, 'fromhost'], [AT.table, 'table'], [AT.data, 'data'], [AT.body, 'body'],
];

/** The text of a program: every word as data, with the instruction that it is as a comment. */
export function printProgram(plan: Plan, program: BuiltProgram, disassemble: Disassembler): string {
  const lines = [`# Body in ${plan.mode}, ${plan.body.length} items. Data words are values; instructions stand as comments.`, '        .text', '        .globl  _start, tohost, fromhost'];
  for (const { address, data } of program.segments) {
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    const labels = new Map<number, string>([...LABELS, ...program.labels].map(([offset, name]) => [Number(BASE - address) + offset, name]));
    program.items.forEach((item, i) => labels.set(Number(item - address), i < plan.body.length ? (i === 0 ? 'body' : `item${i}`) : plan.worlds.length > 0 ? 'enter' : 'body_end'));
    lines.push(...segmentLines(view, labels, address, disassemble));
  }
  const events = encodeInputLog(program.inputs).trim();
  if (events !== '') lines.push('# Lines, by cycle:', ...events.split('\n').map((l) => `#   ${l}`));
  return `${lines.join('\n')}\n`;
}

/** Data lies in 64-bit words, code in 32-bit ones. */
const isData = (offset: number): boolean => offset >= AT.tohost && offset < AT.body;

function segmentLines(view: DataView, labels: ReadonlyMap<number, string>, address: bigint, disassemble: Disassembler): string[] {
  const lines: string[] = [];
  let zeros = 0;
  const flush = (): void => {
    if (zeros > 0) lines.push(`        .zero   ${zeros}`);
    zeros = 0;
  };
  for (let at = 0; at < view.byteLength; ) {
    const label = labels.get(at);
    if (label !== undefined) {
      flush();
      lines.push(`${label}:`);
    }
    const size = isData(at) ? 8 : 4;
    const word = view.getUint32(at, true);
    const value = size === 8 ? view.getBigUint64(at, true) : BigInt(word);
    if (value === 0n) zeros += size;
    else {
      flush();
      lines.push(size === 8 ? `        .dword  ${hex(value, 16)}` : `        .word   ${hex(value, 8)}    # ${disassemble(word, address + BigInt(at))}`);
    }
    at += size;
  }
  flush();
  return lines;
}

/** The body alone, for a first look. */
export function printBody(plan: Plan, program: BuiltProgram, disassemble: Disassembler): string {
  const [segment] = program.segments;
  const start = program.items[0];
  const end = program.items[program.items.length - 1];
  if (segment === undefined || start === undefined || end === undefined) return '';
  const view = new DataView(segment.data.buffer, segment.data.byteOffset, segment.data.length);
  const lines = [`body in ${plan.mode}:`];
  for (let pc = start; pc < end; pc += 4n) {
    const word = view.getUint32(Number(pc - segment.address), true);
    lines.push(`  ${hex(pc)}  ${hex(word, 8)}  ${disassemble(word, pc)}`);
  }
  return lines.join('\n');
}
