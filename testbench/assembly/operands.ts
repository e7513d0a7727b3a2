/**
 * Operands of an instruction as written, put into its word.
 */
import type { Cursor } from './cursor.js';
import { evaluate, type Values } from './expression.js';
import { fits, insert, rangeOf } from './fields.js';
import { nearest } from '../../model/spec/nearest.js';
import { registerNames, registerNumber } from './registers.js';
import type { InstructionTable, Operand } from './tables.js';

/** What operands need of their surroundings. */
export interface OperandContext extends Values {
  /** The address of a CSR. */
  csr(name: string): number | undefined;
  csrNames(): Iterable<string>;
  isSymbol(name: string): boolean;
}

const WORD = /[A-Za-z_.$][\w.$]*/y;

/** Reads a register name. */
export function readRegister(cursor: Cursor, what: string): number {
  const start = cursor.position;
  const name = cursor.take(/[A-Za-z_]\w*/y);
  const number = name === undefined ? undefined : registerNumber(name);
  if (number !== undefined) return number;
  const found = cursor.rest.trim() === '' && name === undefined ? 'nothing is here' : `'${name ?? cursor.rest[0] ?? ''}' is none`;
  const meant = name === undefined ? undefined : nearest(name, registerNames());
  throw cursor.mistake(
    `${what} is a register, ${found}`,
    meant === undefined ? 'Registers are x0 to x31, zero, ra, sp, gp, tp, t0 to t6, s0 to s11, a0 to a7.' : `Did you mean ${meant}?`,
    start, start + (name ?? ' ').length,
  );
}

const ACCESSES = 'iorw';

/** `rw`, `iorw`; numbers too. */
function readSet(cursor: Cursor, context: OperandContext): bigint {
  const start = cursor.position;
  const name = cursor.take(WORD);
  if (name === undefined) return evaluate(cursor, context).value;
  if (/^i?o?r?w?$/.test(name)) return BigInt([...ACCESSES].reduce((bits, a) => bits * 2 + (name.includes(a) ? 1 : 0), 0));
  throw cursor.mistake(`'${name}' is no set of accesses`, 'Write some of i, o, r, w in this order: rw, iorw.', start, start + name.length);
}

function readCsr(cursor: Cursor, context: OperandContext): bigint {
  const start = cursor.position;
  const name = cursor.take(WORD);
  const address = name === undefined ? undefined : context.csr(name);
  if (address !== undefined) return BigInt(address);
  cursor.position = start;
  if (name === undefined || context.isSymbol(name)) return evaluate(cursor, context).value;
  const meant = nearest(name, context.csrNames());
  throw cursor.mistake(`there is no CSR '${name}'`, meant === undefined ? 'Write its number, as in 0x123.' : `Did you mean ${meant}?`, start, start + name.length);
}

/** `(rs1)` stands where `imm(rs1)` is expected. */
function isRegisterInParentheses(rest: string): boolean {
  const name = /^\(\s*([A-Za-z_]\w*)\s*\)/.exec(rest)?.[1];
  return name !== undefined && registerNumber(name) !== undefined;
}

function readNumber(operand: Operand, cursor: Cursor, context: OperandContext): bigint {
  if (operand.kind === 'immediate' && isRegisterInParentheses(cursor.rest)) return 0n;
  const { value } = evaluate(cursor, context);
  if (operand.kind === 'upper' && value >= 0x8_0000n && value < 0x10_0000n) return value - 0x10_0000n;
  return operand.kind === 'target' ? BigInt.asIntN(64, value - context.here) : value;
}

function readOperand(operand: Operand, instruction: InstructionTable, cursor: Cursor, context: OperandContext): number {
  const start = cursor.position;
  if (operand.kind === 'register') {
    const number = BigInt(readRegister(cursor, operand.name));
    if (fits(operand, number)) return insert(operand, number);
    throw cursor.mistake(`${operand.name} of ${instruction.name} is one of s0, s1, a0 to a5`, 'Its three bits number no others: use one of them, or the instruction of 32 bits.', start, cursor.position);
  }
  const value = operand.kind === 'csr' ? readCsr(cursor, context)
    : operand.kind === 'set' ? readSet(cursor, context)
    : readNumber(operand, cursor, context);
  if (fits(operand, value)) return insert(operand, value);
  const text = cursor.text.slice(start, cursor.position).trim();
  const { least, most, step } = rangeOf(operand);
  const end = cursor.position;
  if (value >= least && value <= most) {
    throw cursor.mistake(`${operand.name} of ${instruction.name} is a multiple of ${step}, this is ${value}`, 'Align what it refers to.', start, end);
  }
  if (operand.kind === 'target') {
    throw cursor.mistake(
      `${text} is out of range: it is ${value} bytes from here, ${instruction.name} reaches ${least} to ${most}`,
      'Move it closer, or branch around a jump that reaches it (j, call, tail).', start, end,
    );
  }
  throw cursor.mistake(`${value} does not fit: ${operand.name} of ${instruction.name} is ${least} to ${most}`, 'Use a number in this range, or li and a register.', start, end);
}

/** Reads the operands of an instruction up to the end of the statement. */
export function encode(instruction: InstructionTable, cursor: Cursor, context: OperandContext): number {
  let word = instruction.match;
  for (const [i, part] of instruction.syntax.entries()) {
    if (typeof part !== 'string') {
      word = (word | readOperand(part, instruction, cursor, context)) >>> 0;
      continue;
    }
    if (registerNumber(part) !== undefined) {
      readFixed(part, instruction, cursor);
      continue;
    }
    // Binutils also writes `0(a1)` where there is no immediate.
    if (part === '(' && typeof instruction.syntax[i - 1] === 'string' && /^0\s*\(/.test(cursor.rest)) cursor.accept('0');
    cursor.expect(part);
  }
  cursor.end();
  const taken = instruction.excludes?.find(({ mask, match }) => (word & mask) === match);
  if (taken !== undefined) {
    throw cursor.mistake(`with these operands ${instruction.name} is ${taken.name === undefined ? 'reserved' : `the encoding of ${taken.name}`}`,
      taken.name === undefined ? 'One of them may not be zero: use the instruction of 32 bits.' : `Write ${taken.name}, or the instruction of 32 bits.`, 0, cursor.text.length);
  }
  return word;
}

/** A register that the instruction has built in, by whatever name. */
function readFixed(name: string, instruction: InstructionTable, cursor: Cursor): void {
  const start = cursor.position;
  if (readRegister(cursor, name) === registerNumber(name)) return;
  throw cursor.mistake(`${instruction.name} has ${name} here, always`, `Write ${name}, or use the instruction of 32 bits.`, start, cursor.position);
}
