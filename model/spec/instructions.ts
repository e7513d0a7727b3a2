/**
 * Instructions: shape by class, operands against the match, cases.
 */
import type { z } from 'zod';
import { buildUpdates, type Conditions, NEXT } from './conditions.js';
import type { Context } from './context.js';
import type { Declared } from './declarations.js';
import type { Span } from './diagnostic.js';
import { checkOperands } from './encodings.js';
import { checkSyntax, instructionBits } from './formats.js';
import { type Case, CLASSES, type CsrOperation, type Format, type Instruction, type InstructionClass, type MemoryAccess } from './isa.js';
import type { Mapping, Text } from './node.js';
import { anyList, anyMapping, bits, bool, closed, listOf, match, oneOf, operation, small, text, word } from './shape.js';
import { buildRows, ROW_KEYS, type RawRow } from './tables.js';

const MEMORY = closed({
  bytes: small,
  addr: operation,
  data: operation.exactOptional(),
  new: operation.exactOptional(),
  as: oneOf(['self', 'guest', 'guest-execute']).exactOptional(),
});

const LIMIT = closed({ if: operation.exactOptional(), is: operation }).exactOptional();
const LIMITS = closed({ address: LIMIT, guest_address: LIMIT, asid: LIMIT, vmid: LIMIT });

const INSTRUCTION = closed({
  match: match(32),
  format: word,
  class: oneOf(CLASSES),
  permit: word.exactOptional(),
  result: operation.exactOptional(),
  taken: operation.exactOptional(),
  target: operation.exactOptional(),
  mem: MEMORY.exactOptional(),
  block: closed({ addr: operation, zero: bool }).exactOptional(),
  csr: closed({ value: operation, reads: operation, writes: operation, modifies: bool }).exactOptional(),
  cases: anyList.exactOptional(),
  syntax: text.exactOptional(),
  ignores: listOf(bits).exactOptional(),
  limits: LIMITS.exactOptional(),
  rules: listOf(word).exactOptional(),
});

const CASE = closed({ ...ROW_KEYS, next: NEXT.exactOptional(), update: anyMapping.exactOptional(), raise: word.exactOptional() });

type RawInstruction = z.output<typeof INSTRUCTION>;
type RawCase = RawRow & { readonly next?: z.output<typeof NEXT>; readonly update?: Mapping; readonly raise?: Text };

/** What an instruction says of what it does. */
type Part = 'result' | 'taken' | 'target' | 'mem' | 'block' | 'csr' | 'cases' | 'limits';
const PARTS: readonly Part[] = ['result', 'taken', 'target', 'mem', 'block', 'csr', 'cases', 'limits'];

/** The parts that each class needs; but for {@link OPTIONAL} it has no others. */
const PARTS_OF: Readonly<Record<InstructionClass, readonly Part[]>> = {
  alu: ['result'], multiply: ['result'], muldiv: ['result'],
  branch: ['taken', 'target'], jump: ['result', 'target'],
  load: ['mem', 'result'], store: ['mem'], amo: ['mem', 'result'], lr: ['mem', 'result'], sc: ['mem', 'result'],
  csr: ['csr'], xret: ['cases'], trap: ['cases'], fence: [], wait: [], cbo: ['block'],
};
const OPTIONAL: Readonly<Partial<Record<InstructionClass, readonly Part[]>>> = { fence: ['limits'] };

/** All instructions by name. */
export function buildInstructions(formats: ReadonlyMap<string, Format>, conditions: Conditions): ReadonlyMap<string, Instruction> {
  return conditions.context.build('instructions', (declared) => buildInstruction(declared, formats, conditions));
}

function buildInstruction(declared: Declared, formats: ReadonlyMap<string, Format>, conditions: Conditions): Instruction | undefined {
  const { context } = conditions;
  const { label, key } = declared;
  context.wellNamed(key, /^[a-z][a-z0-9._]*$/, label, 'load.word');
  const raw = context.read(INSTRUCTION, declared.node, label);
  if (raw === undefined) return undefined;
  checkParts(raw, key, label, context);
  if (raw.permit !== undefined) context.refers('permits', raw.permit, 'permit table', label);
  const entry = context.entry(declared, raw.rules);
  const cases = buildCases(raw, declared, conditions);
  const memory = buildMemory(raw, label, context);
  const csr: CsrOperation | undefined = raw.csr;
  const format = context.refers('formats', raw.format, 'format', label) ? formats.get(raw.format.text) : undefined;
  if (format === undefined) return undefined;
  const ignored = (raw.ignores ?? []).map((range) => instructionBits(range, label, context));
  checkOperands({ label, match: raw.match, format, ignored }, context);
  for (const [name, range] of Object.entries(format.registers)) {
    if (range.high - range.low < 4) context.complain(raw.format, `${label}: ${name} of the format ${format.name} has 3 bits`, 'Only compressed instructions have such registers: choose another format.');
  }
  if (raw.syntax !== undefined) checkSyntax(raw.syntax, format, label, context);
  const { result, taken, target } = raw;
  return {
    ...entry, format, cases,
    match: raw.match.text,
    matchSpan: raw.match.span,
    class: raw.class.value,
    syntax: raw.syntax?.text ?? format.syntax,
    ...(raw.permit && { permit: raw.permit.text }),
    ...(result && { result }), ...(taken && { taken }), ...(target && { target }),
    ...(memory && { memory }), ...(raw.block && { block: { address: raw.block.addr, zero: raw.block.zero } }), ...(csr && { csr }),
    ...(raw.limits && { limits: raw.limits }),
  };
}

/** A class needs its parts, and others would do nothing. */
function checkParts(raw: RawInstruction, key: Text, label: string, context: Context): void {
  const { value: kind } = raw.class;
  const needed = PARTS_OF[kind];
  for (const part of PARTS) {
    const present = raw[part] !== undefined;
    if (needed.includes(part) && !present) context.complain(key, `${label}: ${part} is missing`, `Add \`${part}: ...\`: instructions of class ${kind} have ${needed.join(' and ')}.`);
    if (!needed.includes(part) && OPTIONAL[kind]?.includes(part) !== true && present) context.report.add(placeOf(raw, part) ?? key.span, `${label}: ${part} does nothing in class ${kind}`, `Remove it, or choose another class: ${kind} has ${needed.join(' and ') || 'none of these parts'}.`);
  }
}

function placeOf(raw: RawInstruction, part: Part): Span | undefined {
  if (part === 'result' || part === 'taken' || part === 'target') return raw[part]?.span;
  if (part === 'mem' || part === 'block') return raw[part]?.addr.span;
  if (part === 'limits') return Object.values(raw.limits ?? {})[0]?.is.span;
  return part === 'csr' ? raw.csr?.value.span : undefined;
}

/** What each class does with memory. */
const ACCESS: Readonly<Partial<Record<InstructionClass, MemoryAccess['op']>>> = { load: 'load', lr: 'load', store: 'store', sc: 'store', amo: 'amo' };

function buildMemory(raw: RawInstruction, label: string, context: Context): MemoryAccess | undefined {
  const op = ACCESS[raw.class.value];
  if (raw.mem === undefined || op === undefined) return undefined;
  const { bytes, addr, data, as } = raw.mem;
  checkStored(raw, op, label, context);
  const size = ([1, 2, 4, 8] as const).find((one) => one === bytes.value);
  if (size === undefined) context.report.add(bytes.span, `${label}: an access of ${bytes.value} bytes`, 'Accesses have 1, 2, 4 or 8 bytes.');
  return { op, bytes: size ?? 8, address: addr, ...(data && { data }), ...(raw.mem.new && { new: raw.mem.new }), as: as?.value ?? 'self' };
}

/** A store says what it stores in `data`, an amo in `new`; others store nothing. */
function checkStored(raw: RawInstruction, op: MemoryAccess['op'], label: string, context: Context): void {
  if (raw.mem === undefined) return;
  const { addr, data, new: changed } = raw.mem;
  const kind = raw.class.value;
  if (op !== 'store' && data !== undefined) context.report.add(data.span, `${label}: data does nothing in class ${kind}`, op === 'amo' ? 'Write `new` instead: an amo stores what it makes of `mem`.' : 'Remove it: only stores have data.');
  if (op !== 'amo' && changed !== undefined) context.report.add(changed.span, `${label}: new does nothing in class ${kind}`, 'Remove it: only the class amo makes a new value of the one in memory.');
  if (op === 'store' && data === undefined) context.report.add(addr.span, `${label}: mem.data is missing`, 'Add `data: "X[rs2]"`, sliced to the bytes stored.');
  if (op === 'amo' && changed === undefined) context.report.add(addr.span, `${label}: mem.new is missing`, 'Add `new: "mem + X[rs2]"`: what is stored, from `mem`, which holds what was there.');
}

function buildCases(raw: RawInstruction, { label, key, extension }: Declared, conditions: Conditions): readonly Case[] {
  if (raw.cases === undefined) return [];
  const more = ({ next, update, raise }: RawCase, rowLabel: string): Pick<Case, 'next' | 'update' | 'raise'> => {
    const { context } = conditions;
    if (raise !== undefined) context.refers('exceptions', raise, 'exception', rowLabel);
    return { next: next ?? {}, update: buildUpdates(update, rowLabel, context), ...(raise && { raise: raise.text }) };
  };
  const rows = buildRows({ label, node: raw.cases, span: key.span, extension }, CASE, more, conditions) ?? [];
  for (const row of rows) checkRaise(row, raw.class.value, label, conditions.context);
  return rows;
}

/** Instructions of class trap raise in every case, others never. */
function checkRaise(row: Case, kind: InstructionClass, label: string, context: Context): void {
  const changes = row.update.length > 0 || Object.keys(row.next).length > 0;
  if (kind === 'trap' && row.raise === undefined) context.report.add(row.span, `${label}: ${row.name} raises nothing`, 'Add `raise: exception`: an instruction of class trap raises one in every case.');
  if (kind === 'trap' && changes) context.report.add(row.span, `${label}: ${row.name} has next or update beside its exception`, 'Remove them: what a trap changes is in `traps.entry`.');
  if (kind === 'xret' && row.raise !== undefined) context.report.add(row.span, `${label}: ${row.name} raises an exception`, 'Remove `raise`: what an xRET may not do is in its permit table.');
}
