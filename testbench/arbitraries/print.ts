/**
 * Programs as assembly that can be read and edited, and that `ghosthart asm`
 * turns back into the same bytes.
 */
import { encodeInputLog } from '../../model/machine/input-log.js';
import type { Disassembler } from '../assembly/disassemble.js';
import type { BuiltProgram } from './build.js';
import { AT, BASE } from './map.js';
import type { Plan } from './program.js';

const hex = (value: bigint | number, digits = 0): string => `0x${value.toString(16).padStart(digits, '0')}`;

/** Behind it stands what comes from outside, as an input log in comments. */
export const LINES_HEADING = '# Lines, by cycle:';

/** Places that have a name. */
const LABELS: readonly (readonly [offset: number, name: string])[] = [
  [AT.prologue, '_start'], [AT.finish, 'finish'], [AT.M, 'machine_vectors'], [AT.HS, 'supervisor_vectors'], [AT.VS, 'guest_vectors'],
  [AT.tohost, 'tohost'], [AT.fromhost, 'fromhost'], [AT.table, 'table'], [AT.data, 'data'], [AT.body, 'body'],
];

/** The text of a program: instructions where a word is one, jumps to labels. */
export function printProgram(plan: Plan, program: BuiltProgram, disassemble: Disassembler): string {
  const lines = [`# Body in ${plan.mode}, ${plan.body.length} ${plan.body.length === 1 ? 'item' : 'items'}.`, '        .text', '        .globl  _start, tohost, fromhost'];
  for (const { address, data } of program.segments) {
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    lines.push(...segmentLines(view, labelsOf(plan, program, address, view, disassemble), guestsFrom(program), disassemble));
  }
  const events = encodeInputLog(program.inputs).trim();
  if (events !== '') lines.push(LINES_HEADING, ...events.split('\n').map((l) => `#   ${l}`));
  return `${lines.join('\n')}\n`;
}

/** Data lies in 64-bit words, code in 32-bit ones; behind the code there may be the CSRs of guests. */
const isData = (offset: number, guests: number): boolean => (offset >= AT.tohost && offset < AT.body) || offset >= guests;

/** Offset of the first guest's CSRs, if there are any. */
const guestsFrom = ({ labels }: BuiltProgram): number => labels.find(([, name]) => name === 'guest0')?.[0] ?? Infinity;

/** A jump or branch as it is written without an address: the text before the distance, and the distance. */
const JUMP = /^(.*[ ,])\.([+-]\d+)$/;

/** Names of places by offset: the program's parts, the items, and wherever else a jump leads. */
function labelsOf(plan: Plan, program: BuiltProgram, address: bigint, view: DataView, disassemble: Disassembler): ReadonlyMap<number, string> {
  const omitted = (plan.omits ?? []).flatMap((part) => (part === 'M' || part === 'HS' || part === 'VS' ? [AT[part] as number] : []));
  const labels = new Map<number, string>([...LABELS.filter(([offset]) => !omitted.includes(offset)), ...program.labels].map(([offset, name]) => [Number(BASE - address) + offset, name]));
  program.items.forEach((item, i) => labels.set(Number(item - address), i < plan.body.length ? (i === 0 ? 'body' : `item${i}`) : plan.worlds.length > 0 ? 'enter' : 'body_end'));
  const guests = guestsFrom(program);
  for (let at = 0; at < view.byteLength; at += 4) {
    const distance = isData(at, guests) ? undefined : JUMP.exec(disassemble(view.getUint32(at, true)))?.[2];
    const to = at + Number(distance ?? 0);
    if (distance !== undefined && to % 4 === 0 && to >= 0 && to < view.byteLength && !isData(to, guests) && !labels.has(to)) labels.set(to, `at_${to.toString(16)}`);
  }
  return labels;
}

function segmentLines(view: DataView, labels: ReadonlyMap<number, string>, guests: number, disassemble: Disassembler): string[] {
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
    const size = isData(at, guests) ? 8 : 4;
    const word = view.getUint32(at, true);
    const value = size === 8 ? view.getBigUint64(at, true) : BigInt(word);
    if (value === 0n) zeros += size;
    else {
      flush();
      lines.push(size === 8 ? `        .dword  ${hex(value, 16)}` : `        ${instructionText(word, at, labels, disassemble)}`);
    }
    at += size;
  }
  flush();
  return lines;
}

/** An instruction as it is written; what is none, or has bits set that mean nothing, as data with a comment. */
function instructionText(word: number, at: number, labels: ReadonlyMap<number, string>, disassemble: Disassembler): string {
  const text = disassemble(word);
  if (text.startsWith('.word')) return text.replace('.word ', '.word   ');
  const [, before, distance] = JUMP.exec(text) ?? [];
  const label = distance === undefined ? undefined : labels.get(at + Number(distance));
  const [mnemonic = '', ...operands] = (label === undefined ? text : `${before}${label}`).split(' ');
  return operands.length === 0 ? mnemonic : `${mnemonic.padEnd(7)} ${operands.join(' ')}`;
}

/** The body alone, for a first look. */
export function printBody(plan: Plan, program: BuiltProgram, disassemble: Disassembler): string {
  const [segment] = program.segments;
  const start = program.items[0];
  const end = program.items[program.items.length - 1];
  if (segment === undefined || start === undefined || end === undefined) return '';
  const view = new DataView(segment.data.buffer, segment.data.byteOffset, segment.data.length);
  const listed = (name: string, from: bigint, to: bigint): readonly string[] => {
    const lines = [`${name}:`];
    for (let pc = from; pc < to; pc += 4n) {
      const word = view.getUint32(Number(pc - segment.address), true);
      lines.push(`  ${hex(pc)}  ${hex(word, 8)}  ${disassemble(word, pc)}`);
    }
    return lines;
  };
  const guests = program.labels.flatMap(([offset, name]) => {
    if (!/^(kernel|user)/.test(name)) return [];
    const next = Math.min(...program.labels.map(([at]) => at).filter((at) => at > offset));
    return listed(name, BASE + BigInt(offset), BASE + BigInt(next));
  });
  const lines = [...listed(`body in ${plan.mode}`, start, end), ...guests];
  return lines.join('\n');
}
