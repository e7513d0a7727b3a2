/**
 * Encoding formats, and the assembly-only instructions.
 */
import type { Context } from './context.js';
import type { Declared } from './declarations.js';
import type { BitRange, Format, Pseudo } from './isa.js';
import { suggestion } from './nearest.js';
import { Mapping, Text } from './node.js';
import { anyMapping, bits, bool, closed, listOf, operation, small, text, word, type Located } from './shape.js';

const FORMAT = closed({
  registers: closed({ rd: bits.exactOptional(), rs1: bits.exactOptional(), rs2: bits.exactOptional() }).exactOptional(),
  immediate: closed({ bits: listOf(bits), scale: small.exactOptional(), signed: bool.exactOptional() }).exactOptional(),
  fields: anyMapping.exactOptional(),
  syntax: text,
  suffixes: closed({ field: word, names: listOf(text) }).exactOptional(),
  tinst: operation.exactOptional(),
  rules: listOf(word).exactOptional(),
});

const PSEUDO = closed({ operands: text, expand: listOf(word), rules: listOf(word).exactOptional() });

/** Registers that an instruction may have built in, by the names that assembly writes. */
export const FIXED_REGISTERS: ReadonlyMap<string, number> = new Map([['zero', 0], ['ra', 1], ['sp', 2]]);

/** All formats by name. */
export function buildFormats(context: Context): ReadonlyMap<string, Format> {
  return context.build('formats', (declared) => buildFormat(declared, context));
}

function buildFormat(declared: Declared, context: Context): Format | undefined {
  const { label } = declared;
  context.wellNamed(declared.key, /^[A-Za-z][A-Za-z0-9_]*$/, label, 'load');
  const raw = context.read(FORMAT, declared.node, label);
  if (raw === undefined) return undefined;
  const inside = (range: Located<BitRange>): BitRange => instructionBits(range, label, context);
  const { rd, rs1, rs2 } = raw.registers ?? {};
  for (const register of [rd, rs1, rs2]) registerBits(register, label, context);
  const { immediate } = raw;
  const fields = buildFields(raw.fields, inside, label, context);
  if (fields === undefined) return undefined;
  const format: Format = {
    ...context.entry(declared, raw.rules, true),
    registers: { ...(rd && { rd: inside(rd) }), ...(rs1 && { rs1: inside(rs1) }), ...(rs2 && { rs2: inside(rs2) }) },
    ...(immediate && { immediate: { bits: immediate.bits.map(inside), scale: immediate.scale?.value ?? 0, signed: immediate.signed ?? false } }),
    fields,
    syntax: raw.syntax.text,
    ...(raw.suffixes && { suffixes: buildSuffixes(raw.suffixes, fields, label, context) }),
    ...(raw.tinst && { tinst: raw.tinst }),
  };
  checkSyntax(raw.syntax, format, label, context);
  return format;
}

/** One end of the mnemonic for each value of the field. */
function buildSuffixes(raw: { readonly field: Text; readonly names: readonly Text[] }, fields: Format['fields'], label: string, context: Context): NonNullable<Format['suffixes']> {
  const range = Object.hasOwn(fields, raw.field.text) ? fields[raw.field.text] : undefined;
  if (range === undefined) context.complain(raw.field, `${label}: it has no field ${raw.field.text}`, suggestion(raw.field.text, Object.keys(fields), 'Define it under `fields`.') || 'Define it under `fields`.');
  const count = range === undefined ? raw.names.length : 2 ** (range.high - range.low + 1);
  if (raw.names.length !== count) context.complain(raw.field, `${label}: ${raw.names.length} suffixes for the ${count} values of ${raw.field.text}`, 'Name one for each value, from 0 on; "" for none.');
  return { field: raw.field.text, names: raw.names.map(({ text }) => text) };
}

/** Named fields; nothing if one has a mistake, for then the format covers other bits than its author meant. */
function buildFields(raw: Mapping | undefined, inside: (range: Located<BitRange>) => BitRange, label: string, context: Context): Record<string, BitRange> | undefined {
  const entries = raw?.entries ?? [];
  const fields = entries.flatMap(({ key, value }) => {
    context.wellNamed(key, /^[a-z][a-z0-9_]*$/, label, 'amount');
    const range = context.read(bits, value, `${label}: ${key.text}`);
    return range === undefined ? [] : [[key.text, inside(range)] as const];
  });
  return fields.length === entries.length ? Object.fromEntries(fields) : undefined;
}

/** A range of bits of an instruction word. */
export function instructionBits({ value, span }: Located<BitRange>, label: string, context: Context): BitRange {
  if (value.high > 31) context.report.add(span, `${label}: an instruction has no bit ${value.high}`, 'Bits of an instruction are 31 to 0.');
  return value;
}

/** Five bits, or in a 16-bit instruction three for x8 to x15. */
function registerBits(range: Located<BitRange> | undefined, label: string, context: Context): void {
  if (range === undefined) return;
  const width = range.value.high - range.value.low + 1;
  if (width !== 5 && (width !== 3 || range.value.high > 15)) context.report.add(range.span, `${label}: a register number has 5 bits, this has ${width}`, `Write ${range.value.low + 4}-${range.value.low}.`);
}

/** Every word of an assembly syntax is an operand of the format. */
export function checkSyntax(syntax: Text, format: Format, label: string, context: Context): void {
  const immediate = format.immediate === undefined ? [] : ['imm', 'target', 'upper'];
  const operands = [...Object.keys(format.registers), ...immediate, ...Object.keys(format.fields)];
  for (const found of syntax.raw.matchAll(/[A-Za-z_][A-Za-z0-9_]*/g)) {
    if (operands.includes(found[0]) || FIXED_REGISTERS.has(found[0])) continue;
    const start = syntax.span.start + found.index;
    context.report.add({ ...syntax.span, start, end: start + found[0].length }, `${label}: the format ${format.name} has no operand ${found[0]}`,
      suggestion(found[0], operands, 'It has no operands: leave the syntax empty.') || 'Leave it out.');
  }
}

/** All pseudo-instructions by name. */
export function buildPseudos(context: Context): ReadonlyMap<string, Pseudo> {
  return context.build('pseudos', (declared) => buildPseudo(declared, context));
}

function buildPseudo(declared: Declared, context: Context): Pseudo | undefined {
  const { label } = declared;
  context.wellNamed(declared.key, /^[a-z][a-z0-9._]*(\/[0-9])?$/, label, 'clear, or jump/1 for the form with one operand');
  const raw = context.read(PSEUDO, declared.node, label);
  if (raw === undefined) return undefined;
  const operands = raw.operands.text.split(/[^A-Za-z0-9_]+/).filter((name) => name !== '');
  const promised = /\/([0-9])$/.exec(label)?.[1];
  if (promised !== undefined && Number(promised) !== operands.length) {
    context.complain(raw.operands, `${label}: the name promises ${promised} operands, here are ${operands.length}`, `List ${promised} operands, or change the number after the slash.`);
  }
  for (const line of raw.expand) checkExpansion(line, operands, label, context);
  return { ...context.entry(declared, raw.rules, true), operands: raw.operands.text, expand: raw.expand.map(({ text }) => text) };
}

function checkExpansion(line: Text, operands: readonly string[], label: string, context: Context): void {
  const { start } = line.span;
  const [mnemonic = ''] = /^\S+/.exec(line.raw) ?? [];
  const mnemonics = new Set(['instructions', 'pseudos'].flatMap((section) => [...context.declarations.of(section === 'pseudos' ? 'pseudos' : 'instructions').keys()]).map((name) => name.replace(/\/\d$/, '')));
  if (!mnemonics.has(mnemonic)) context.unknown(new Text(mnemonic, { ...line.span, end: start + mnemonic.length }, 'plain'), 'instruction', label, mnemonics);
  for (const found of line.raw.matchAll(/\{(\w*)\}/g)) {
    const name = found[1] ?? '';
    if (operands.includes(name)) continue;
    const span = { ...line.span, start: start + found.index, end: start + found.index + found[0].length };
    context.report.add(span, `${label}: {${name}} is none of its operands`, suggestion(name, operands, 'It has no operands.') || 'It has no operands: name it in `operands`.');
  }
}
