/**
 * Programs as assembly that can be read and edited, and that `ghosthart asm`
 * turns back into the same bytes.
 */
import { encodeInputLog } from '../../model/machine/input-log.js';
import { lengthOf } from '../../model/spec/compressed.js';
import type { Disassembler } from '../assembly/disassemble.js';
import type { BuiltProgram } from './build.js';
import { AT, BASE } from './map.js';
import type { Plan } from './program.js';
import { TABLE } from './tables.js';

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
  const { data } = imageOf(program);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const places = placesOf(view, dataFrom(program));
  lines.push(...segmentLines(view, places, labelsOf(plan, program, view, places, disassemble), disassemble));
  const events = encodeInputLog(program.inputs).trim();
  if (events !== '') lines.push(LINES_HEADING, ...events.split('\n').map((l) => `#   ${l}`));
  return `${lines.join('\n')}\n`;
}

/** All segments of a program as one, zeros between them. */
export function imageOf({ segments }: Pick<BuiltProgram, 'segments'>): { readonly address: bigint; readonly data: Uint8Array } {
  const end = segments.reduce((last, { address, data }) => (address + BigInt(data.length) > last ? address + BigInt(data.length) : last), BASE);
  const data = new Uint8Array(Number(end - BASE));
  for (const segment of segments) data.set(segment.data, Number(segment.address - BASE));
  return { address: BASE, data };
}

/** Behind the code there may be the CSRs of guests, and page tables: the offset of the first. */
const dataFrom = ({ labels }: BuiltProgram): number => Math.min(labels.find(([, name]) => name === 'guest0')?.[0] ?? Infinity, Number(TABLE.S - BASE));

/** The instruction at an offset, as long as its lowest bits say. */
function wordAt(view: DataView, at: number): number {
  const parcel = view.getUint16(at, true);
  return lengthOf(parcel) === 2 || at + 4 > view.byteLength ? parcel : view.getUint32(at, true);
}

/** What is written at an offset: a 64-bit word of data, or an instruction. */
type Place = { readonly size: 8 } | { readonly size: 2 | 4; readonly word: number };

/** All of a program, by offset. */
function placesOf(view: DataView, dataStart: number): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>();
  for (let at = 0; at < view.byteLength; ) {
    const word = wordAt(view, at);
    const place: Place = (at >= AT.tohost && at < AT.body) || at >= dataStart ? { size: 8 } : { size: lengthOf(word), word };
    places.set(at, place);
    at += place.size;
  }
  return places;
}

/** A jump or branch as it is written without an address: the text before the distance, and the distance. */
const JUMP = /^(.*[ ,])\.([+-]\d+)$/;

/** Names of places by offset: the program's parts, the items, the tables, and wherever else a jump leads. */
function labelsOf(plan: Plan, program: BuiltProgram, view: DataView, places: ReadonlyMap<number, Place>, disassemble: Disassembler): ReadonlyMap<number, string> {
  const omitted = (plan.omits ?? []).flatMap((part) => (part === 'M' || part === 'HS' || part === 'VS' ? [AT[part] as number] : []));
  const labels = new Map<number, string>([...LABELS.filter(([offset]) => !omitted.includes(offset)), ...program.labels]);
  program.items.forEach((item, i) => labels.set(Number(item - BASE), i < plan.body.length ? (i === 0 ? 'body' : `item${i}`) : plan.worlds.length > 0 ? 'enter' : 'body_end'));
  for (const [stage, at] of Object.entries(TABLE)) if (at - BASE < BigInt(view.byteLength)) labels.set(Number(at - BASE), `table_${stage}`);
  for (const [at, place] of places) {
    const distance = place.size === 8 ? undefined : JUMP.exec(disassemble(place.word))?.[2];
    const to = at + Number(distance ?? 0);
    const target = places.get(to);
    if (distance !== undefined && target !== undefined && target.size !== 8 && !labels.has(to)) labels.set(to, `at_${to.toString(16)}`);
  }
  return labels;
}

function segmentLines(view: DataView, places: ReadonlyMap<number, Place>, labels: ReadonlyMap<number, string>, disassemble: Disassembler): string[] {
  const lines: string[] = [];
  let zeros = 0;
  const flush = (): void => {
    if (zeros > 0) lines.push(`        .zero   ${zeros}`);
    zeros = 0;
  };
  for (const [at, place] of places) {
    const label = labels.get(at);
    if (label !== undefined) {
      flush();
      lines.push(`${label}:`);
    }
    const value = place.size === 8 ? view.getBigUint64(at, true) : BigInt(place.word);
    if (value === 0n) zeros += place.size;
    else {
      flush();
      lines.push(place.size === 8 ? `        .dword  ${hex(value, 16)}` : `        ${instructionText(place.word, at, labels, disassemble)}`);
    }
  }
  flush();
  return lines;
}

/** An instruction as it is written; what is none, or has bits set that mean nothing, as data with a comment. */
function instructionText(word: number, at: number, labels: ReadonlyMap<number, string>, disassemble: Disassembler): string {
  const text = disassemble(word);
  if (text.startsWith('.')) return text.replace(/^(\S+) /, (_, directive: string) => directive.padEnd(8));
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
    for (let pc = from; pc < to; ) {
      const word = wordAt(view, Number(pc - segment.address));
      lines.push(`  ${hex(pc)}  ${hex(word, 2 * lengthOf(word)).padEnd(10)}  ${disassemble(word, pc)}`);
      pc += BigInt(lengthOf(word));
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
