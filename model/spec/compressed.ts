/**
 * Compressed instructions: 16-bit encodings as other spellings of 32-bit ones.
 *
 * `expand: "lw rd, imm(sp)"` is read beside the syntax of `lw`, operand by
 * operand, and becomes a wiring: for each bit of the 32-bit word either a
 * constant or the bit of the 16-bit word that stands there. Decoder,
 * assembler, disassembler and random programs all go by the wiring.
 */
import type { Context } from './context.js';
import type { Declared } from './declarations.js';
import type { Span } from './diagnostic.js';
import { checkOperands, operandsOf } from './encodings.js';
import { checkSyntax, FIXED_REGISTERS } from './formats.js';
import type { BitRange, Compressed, ExpandedBit, Format, Immediate, Instruction } from './isa.js';
import { suggestion } from './nearest.js';
import type { Text } from './node.js';
import { closed, listOf, match, operation, text, word } from './shape.js';

const COMPRESSED = closed({
  match: match(16),
  format: word,
  expand: operation,
  nonzero: listOf(word).exactOptional(),
  syntax: text.exactOptional(),
  rules: listOf(word).exactOptional(),
});

/** All compressed instructions by name. */
export function buildCompressed(formats: ReadonlyMap<string, Format>, instructions: ReadonlyMap<string, Instruction>, context: Context): ReadonlyMap<string, Compressed> {
  return context.build('compressed', (declared) => buildOne(declared, formats, instructions, context));
}

function buildOne(declared: Declared, formats: ReadonlyMap<string, Format>, instructions: ReadonlyMap<string, Instruction>, context: Context): Compressed | undefined {
  const { label, key } = declared;
  context.wellNamed(key, /^[a-z][a-z0-9._]*$/, label, 'c.add');
  const raw = context.read(COMPRESSED, declared.node, label);
  if (raw === undefined) return undefined;
  if (raw.match.text.endsWith('11')) context.complain(raw.match, `${label}: the match ends in 11`, 'The two lowest bits of a 16-bit instruction are 00, 01 or 10: 11 begins a longer one.');
  if (!context.refers('formats', raw.format, 'format', label)) return undefined;
  const format = formats.get(raw.format.text);
  if (format === undefined) return undefined;
  if (raw.syntax !== undefined) checkSyntax(raw.syntax, format, label, context);
  checkOperands({ label, match: raw.match, format, ignored: [] }, context);
  const nonzero = (raw.nonzero ?? []).flatMap((name) => rangesOf(name, format, label, context));
  const expansion = expansionOf({ text: raw.expand.text, span: raw.expand.span, label, format }, instructions, context);
  if (expansion === undefined) return undefined;
  return {
    ...context.entry(declared, raw.rules), match: raw.match.text, matchSpan: raw.match.span, format, syntax: raw.syntax?.text ?? format.syntax,
    nonzero, ...expansion,
  };
}

/** The bits of an operand that must not all be zero. */
function rangesOf(name: Text, format: Format, label: string, context: Context): readonly (readonly BitRange[])[] {
  const operands = new Map(operandsOf(format));
  const ranges = operands.get(name.text);
  if (ranges === undefined) context.complain(name, `${label}: the format ${format.name} has no operand ${name.text}`, suggestion(name.text, operands.keys(), 'Leave it out.'));
  return ranges === undefined ? [] : [ranges];
}

/** An expansion as written. */
interface Written {
  readonly text: string;
  readonly span: Span;
  readonly label: string;
  /** Of the 16-bit instruction. */
  readonly format: Format;
}

/** A piece of a line: an operand, a number or punctuation. */
interface Token {
  readonly text: string;
  readonly at: number;
}

const tokensOf = (line: string, from = 0): readonly Token[] => [...line.slice(from).matchAll(/[A-Za-z_][\w.]*|\d+|[^\s\w]/g)].map((found) => ({ text: found[0], at: from + found.index }));
const isOperand = ({ text: [first = ''] }: Token): boolean => /\w/.test(first);

function expansionOf(written: Written, instructions: ReadonlyMap<string, Instruction>, context: Context): Pick<Compressed, 'expands' | 'bits'> | undefined {
  const { text: line, label } = written;
  const [mnemonic = ''] = /^\S+/.exec(line) ?? [];
  const spanAt = ({ at, text: { length } }: Token): Span => ({ ...written.span, start: written.span.start + at, end: written.span.start + at + length });
  const base = instructions.get(mnemonic);
  if (base === undefined) {
    if (context.complete) context.report.add(spanAt({ text: mnemonic, at: 0 }), `${label}: there is no instruction ${mnemonic}`, suggestion(mnemonic, instructions.keys(), 'It stands for an instruction of 32 bits.'));
    return undefined;
  }
  const [meant, given] = [tokensOf(base.syntax), tokensOf(line, mnemonic.length)];
  const differs = meant.findIndex((token, i) => isOperand(token) !== (given[i] !== undefined && isOperand(given[i])) || (!isOperand(token) && given[i]?.text !== token.text));
  if (differs >= 0 || given.length !== meant.length) {
    const token = given[differs >= 0 ? differs : meant.length] ?? { text: mnemonic, at: 0 };
    context.report.add(spanAt(token), `${label}: this is not how ${mnemonic} is written`, `Its syntax is: ${`${mnemonic} ${base.syntax}`.trim()}.`);
    return undefined;
  }
  const bits: ExpandedBit[] = [...base.match].reverse().map((c) => (c === '1' ? 1 : 0));
  for (const [i, token] of given.entries()) {
    const operand = meant[i]?.text;
    if (operand === undefined || !isOperand(token)) continue;
    const value = valueOf(token.text, written.format);
    const wrong = value === undefined ? unknown(token.text, written.format) : wire(bits, value, operand, base.format);
    if (wrong === undefined) continue;
    context.report.add(spanAt(token), `${label}: ${wrong.what}`, wrong.mend);
    return undefined;
  }
  return { expands: base, bits };
}

function unknown(name: string, { name: format, registers, immediate, fields }: Format): { readonly what: string; readonly mend: string } {
  const known = [...Object.keys(registers), ...(immediate === undefined ? [] : ['imm', 'target']), ...Object.keys(fields), ...FIXED_REGISTERS.keys()];
  return { what: `the format ${format} has no operand ${name}`, mend: suggestion(name, known, 'Name one of its operands, or a number.') };
}

/** A value, as bits from the lowest; above them come copies of `above`. */
interface Value {
  readonly bits: readonly ExpandedBit[];
  readonly above: ExpandedBit;
}

const rangeBits = ({ high, low }: BitRange): readonly ExpandedBit[] => Array.from({ length: high - low + 1 }, (_, i) => ({ from: low + i }));

/** What an operand of the 16-bit instruction, a register's name or a number stands for. */
function valueOf(name: string, { registers, immediate, fields }: Format): Value | undefined {
  const fixed = FIXED_REGISTERS.get(name) ?? (/^\d+$/.test(name) ? Number(name) : undefined);
  if (fixed !== undefined) return { bits: [...fixed.toString(2)].reverse().map((c) => (c === '1' ? 1 : 0)), above: 0 };
  if ((name === 'imm' || name === 'target') && immediate !== undefined) return immediateValue(immediate);
  const range = name === 'rd' || name === 'rs1' || name === 'rs2' ? registers[name] : Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (range === undefined) return undefined;
  // Three bits number the registers x8 to x15.
  const short = Object.hasOwn(registers, name) && range.high - range.low === 2;
  return { bits: short ? [...rangeBits(range), 1] : rangeBits(range), above: 0 };
}

function immediateValue({ bits, scale, signed }: Immediate): Value {
  const own = [...bits].reverse().flatMap(rangeBits);
  return { bits: [...Array.from({ length: scale }, (): ExpandedBit => 0), ...own], above: signed ? (own.at(-1) ?? 0) : 0 };
}

/** Connects an operand of the 32-bit instruction to a value. Returns what is wrong, if anything. */
function wire(bits: ExpandedBit[], value: Value, operand: string, { name, registers, immediate, fields }: Format): { readonly what: string; readonly mend: string } | undefined {
  const isImmediate = operand === 'imm' || operand === 'target';
  const range = operand === 'rd' || operand === 'rs1' || operand === 'rs2' ? registers[operand] : fields[operand];
  const places = isImmediate ? [...(immediate?.bits ?? [])].reverse() : range === undefined ? [] : [range];
  const scale = isImmediate ? (immediate?.scale ?? 0) : 0;
  const lost = value.bits.slice(0, scale).some((bit) => bit !== 0);
  const width = scale + places.reduce((sum, { high, low }) => sum + high - low + 1, 0);
  if (lost || value.bits.length > width) return { what: `${operand} of the format ${name} cannot hold this`, mend: `It has bits ${width - 1} to ${scale} of its value.` };
  let at = scale;
  for (const { high, low } of places) for (let to = low; to <= high; to++) bits[to] = value.bits[at++] ?? value.above;
  return undefined;
}

/** Finds the 32-bit word that a 16-bit word stands for; undefined where it stands for none. Words of 32 bits stand for themselves. */
export type Expander = (word: number) => number | undefined;

/** Whether a word is a 16-bit instruction: the lowest two bits of longer ones are 11. */
export const isCompressed = (word: number): boolean => (word & 3) !== 3;

/** Bytes of the instruction that a word begins. */
export const lengthOf = (word: number): 2 | 4 => (isCompressed(word) ? 2 : 4);

const asWord = (chars: string, ones: string): number => [...chars].reduce((value, c) => value * 2 + (ones.includes(c) ? 1 : 0), 0);
const maskOf = (ranges: readonly BitRange[]): number => ranges.reduce((bits, { high, low }) => bits | ((2 ** (high - low + 1) - 1) << low), 0);

/** What of a compressed instruction is plain data and enough to expand it. */
export type Wiring = Pick<Compressed, 'match' | 'nonzero' | 'bits'>;

/** Expands by the wiring of the specs; the narrower encoding wins. */
export function expanderOf(compressed: readonly Wiring[]): Expander {
  const entries = compressed
    .map((one) => ({ one, care: asWord(one.match, '01'), ones: asWord(one.match, '1'), nonzero: one.nonzero.map(maskOf) }))
    .sort((a, b) => fixedBits(b.one) - fixedBits(a.one));
  const known = new Map<number, number | undefined>();
  const expand = (word: number): number | undefined => {
    const found = entries.find(({ care, ones }) => (word & care) === ones);
    if (found === undefined || found.nonzero.some((mask) => (word & mask) === 0)) return undefined;
    return found.one.bits.reduce<number>((value, bit, to) => value + (typeof bit === 'number' ? bit : (word >>> bit.from) & 1) * 2 ** to, 0);
  };
  return (word) => {
    if (!isCompressed(word)) return word;
    if (!known.has(word)) known.set(word, expand(word & 0xffff));
    return known.get(word);
  };
}

const fixedBits = ({ match: chars }: Wiring): number => chars.replaceAll('-', '').length;
