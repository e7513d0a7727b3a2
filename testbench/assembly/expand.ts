/**
 * Instructions that only assembly has: those of the specs, and those whose
 * expansion depends on a value or a distance.
 */
import { constantSequence } from './constants.js';
import { Cursor } from './cursor.js';
import { evaluate, highPart, lowPart, reaches } from './expression.js';
import type { Pass } from './pass.js';
import { Mistake, splitOutsideQuotes } from './source.js';
import type { InstructionTable } from './tables.js';

/** An operand as written. */
export interface Written {
  readonly text: string;
  /** Where it begins in the statement. */
  readonly start: number;
}

/** The operands of a statement, split at commas outside of parentheses. */
export function splitOperands(rest: string, start: number): Written[] {
  if (rest.trim() === '') return [];
  return splitOutsideQuotes(rest, ',', true).map((part) => ({
    text: part.text.trim(),
    start: start + part.start + (part.text.length - part.text.trimStart().length),
  }));
}

const fill = (lines: readonly string[], values: Readonly<Record<string, string>>): string[] =>
  lines.map((line) => line.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole));

function valueOf(pass: Pass, operand: Written): bigint {
  const blank = ' '.repeat(operand.start);
  const cursor = new Cursor(blank + operand.text);
  const { value } = evaluate(cursor, pass);
  cursor.end();
  return value;
}

/** High and low part of the distance to a symbol. */
function distanceTo(pass: Pass, operand: Written): { hi: string; lo: string } {
  const distance = BigInt.asIntN(64, valueOf(pass, operand) - pass.here);
  if (!reaches(distance)) {
    throw new Mistake(`${operand.text} is out of range: it is more than 2 GiB from here`, 'Load its address with li, then jump or access through the register.', operand.start, operand.start + operand.text.length);
  }
  return { hi: `0x${highPart(distance).toString(16)}`, lo: `${lowPart(distance)}` };
}

type Builtin = (pass: Pass, operands: readonly Written[]) => string[] | undefined;

const relative = (lines: readonly string[]) => (pass: Pass, symbol: Written, values: Readonly<Record<string, string>> = {}): string[] =>
  fill(lines, { ...distanceTo(pass, symbol), ...values });

const address = relative(['auipc {rd}, {hi}', 'addi {rd}, {rd}, {lo}']);
const farCall = relative(['auipc {rd}, {hi}', 'jalr {rd}, {lo}({rd})']);
const farJump = relative(['auipc {rd}, {hi}', 'jalr zero, {lo}({rd})']);
const farLoad = relative(['auipc {rd}, {hi}', '{name} {rd}, {lo}({rd})']);
const farStore = relative(['auipc {rt}, {hi}', '{name} {rs}, {lo}({rt})']);

const loadAddress: Builtin = (pass, [rd, symbol, ...more]) => (rd && symbol && more.length === 0 ? address(pass, symbol, { rd: rd.text }) : undefined);

const BUILTINS: Readonly<Record<string, { readonly usage: string; readonly expand: Builtin }>> = {
  li: {
    usage: 'rd, value',
    expand: (pass, [rd, value, ...more]) => (rd && value && more.length === 0 ? fill(constantSequence(valueOf(pass, value)), { rd: rd.text }) : undefined),
  },
  la: { usage: 'rd, symbol', expand: loadAddress },
  lla: { usage: 'rd, symbol', expand: loadAddress },
  call: {
    usage: 'symbol',
    expand: (pass, [a, b, ...more]) => {
      if (a === undefined || more.length > 0) return undefined;
      return b === undefined ? farCall(pass, a, { rd: 'ra' }) : farCall(pass, b, { rd: a.text });
    },
  },
  tail: { usage: 'symbol', expand: (pass, [symbol, ...more]) => (symbol && more.length === 0 ? farJump(pass, symbol, { rd: 't1' }) : undefined) },
};

/** `lw a0, symbol` and `sw a0, symbol, t0`. */
function farAccess(instruction: InstructionTable, pass: Pass, operands: readonly Written[]): string[] | undefined {
  const { name, access } = instruction;
  const [data, symbol, scratch] = operands;
  const hasDistance = instruction.syntax.some((part) => typeof part !== 'string' && part.kind === 'immediate');
  if (data === undefined || symbol === undefined || !hasDistance) return undefined;
  if (symbol.text.endsWith(')')) return undefined;
  if (access === 'load' && operands.length === 2) return farLoad(pass, symbol, { name, rd: data.text });
  if (access === 'store' && operands.length === 3 && scratch) return farStore(pass, symbol, { name, rs: data.text, rt: scratch.text });
  return undefined;
}

const plural = (n: number): string => `${n} operand${n === 1 ? '' : 's'}`;

/**
 * The instructions that a mnemonic with these operands stands for.
 *
 * @returns Undefined when the mnemonic is an instruction as it is, or nothing at all.
 */
export function expand(mnemonic: string, operands: readonly Written[], pass: Pass): string[] | undefined {
  const pseudos = pass.lookup.pseudos.get(mnemonic) ?? [];
  const pseudo = pseudos.find((p) => p.operands.length === operands.length);
  if (pseudo !== undefined) {
    return fill(pseudo.expand, Object.fromEntries(pseudo.operands.map((name, i) => [name, operands[i]?.text ?? ''])));
  }
  const instruction = pass.lookup.instructions.get(mnemonic);
  if (instruction !== undefined) return farAccess(instruction, pass, operands);
  const builtin = Object.hasOwn(BUILTINS, mnemonic) ? BUILTINS[mnemonic] : undefined;
  const lines = builtin?.expand(pass, operands);
  if (lines !== undefined) return lines;
  const usages = builtin ? [builtin.usage] : pseudos.map((p) => p.operands.join(', '));
  if (usages.length === 0) return undefined;
  throw new Mistake(`${mnemonic} does not take ${plural(operands.length)}`, `Write ${usages.map((u) => `${mnemonic} ${u}`.trim()).join(' or ')}.`);
}

/** All mnemonics that are no directives or macros. */
export const mnemonics = (pass: Pass): string[] => [...pass.lookup.instructions.keys(), ...pass.lookup.pseudos.keys(), ...Object.keys(BUILTINS)];
