/**
 * Carries out the statements of a program: labels, directives, macros,
 * repetition, conditions, instructions.
 */
import { nearest } from '../../model/spec/nearest.js';
import { Cursor } from './cursor.js';
import { DIRECTIVES } from './directives.js';
import { evaluate } from './expression.js';
import { expand, mnemonics, splitOperands } from './expand.js';
import { defineMacro, expandMacro, substitute, type Macro } from './macros.js';
import { encode } from './operands.js';
import type { Pass } from './pass.js';
import { Mistake, splitMnemonic, type AssemblyError, type Statement } from './source.js';

const DEEPEST = 100;
const MOST_STATEMENTS = 4_000_000;
const MOST_ERRORS = 100;

/** The statements between a block's first and last line; `last` is the index of the closing one. */
interface Block {
  readonly body: readonly Statement[];
  readonly last: number;
}

const wordOf = (statement: Statement): string => (statement.label ? '' : splitMnemonic(statement.text).mnemonic);

/** Executes one pass. */
export class Execution {
  readonly errors: AssemblyError[] = [];
  private readonly macros = new Map<string, Macro>();
  private serial = 0;
  private statements = 0;

  constructor(private readonly pass: Pass, private readonly file: string) {}

  /** Runs statements in order; mistakes are collected. */
  run(list: readonly Statement[], depth = 0): void {
    for (let i = 0; i < list.length; i++) {
      const statement = list[i];
      if (statement === undefined || this.errors.length >= MOST_ERRORS) return;
      try {
        if (++this.statements > MOST_STATEMENTS) throw new Mistake('the program does not stop expanding', 'Check .rept counts and macros that call each other.');
        i = this.step(list, i, statement, depth);
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        this.report(statement, error);
        if (this.statements > MOST_STATEMENTS) return;
      }
    }
  }

  private report(statement: Statement, mistake: Mistake): void {
    const start = mistake.start ?? 0;
    this.errors.push({
      file: this.file,
      line: statement.line,
      column: statement.column + start,
      length: Math.max(1, (mistake.end ?? statement.text.length) - start),
      source: statement.source,
      message: statement.within === undefined ? mistake.message : `${mistake.message} (in ${statement.within})`,
      mend: mistake.mend,
    });
  }

  /** Executes the statement at `i` and returns the index of the last one it consumed. */
  private step(list: readonly Statement[], i: number, statement: Statement, depth: number): number {
    if (statement.label) {
      this.pass.label(statement);
      return i;
    }
    const { mnemonic, rest, start } = splitMnemonic(statement.text);
    if (depth > DEEPEST) throw new Mistake(`${mnemonic} is nested more than ${DEEPEST} deep`, 'A macro probably calls itself without end.');
    const cursor = new Cursor(statement.text, start);
    switch (mnemonic) {
      case '.macro': return this.define(list, i, rest);
      case '.rept': return this.repeat(list, i, cursor, depth);
      case '.irp': return this.iterate(list, i, rest, statement, depth);
      case '.end': return list.length;
    }
    if (/^\.if/.test(mnemonic)) return this.choose(list, i, depth);
    const macro = this.macros.get(mnemonic);
    if (macro !== undefined) this.run(expandMacro(macro, rest, this.serial++, statement.line), depth + 1);
    else this.simple(statement, mnemonic, cursor);
    return i;
  }

  /** Statements that are complete by themselves. */
  private simple(statement: Statement, mnemonic: string, cursor: Cursor): void {
    const [, name, right] = /^([A-Za-z_.$][\w.$]*)\s*=(?!=)\s*([^]*)$/.exec(statement.text) ?? [];
    if (name !== undefined && right !== undefined) {
      const value = new Cursor(statement.text, statement.text.length - right.length);
      this.pass.assign(name, evaluate(value, this.pass).value, statement.line);
      value.end();
      return;
    }
    const directive = Object.hasOwn(DIRECTIVES, mnemonic) ? DIRECTIVES[mnemonic] : undefined;
    if (directive === undefined) {
      this.instruction(statement, cursor.position);
      return;
    }
    directive(this.pass, cursor, statement);
    cursor.end();
  }

  private instruction(statement: Statement, start: number): void {
    const { mnemonic, rest } = splitMnemonic(statement.text);
    const lines = expand(mnemonic, splitOperands(rest, start), this.pass);
    if (lines === undefined) {
      this.emit(statement.text, statement.line);
      return;
    }
    for (const line of lines) {
      try {
        this.emit(line, statement.line);
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        throw relocated(error, line, statement.text, start);
      }
    }
  }

  private emit(text: string, line: number): void {
    const { mnemonic, start } = splitMnemonic(text);
    const instruction = this.pass.lookup.instructions.get(mnemonic);
    if (instruction === undefined) throw this.unknown(mnemonic);
    let word = 0;
    try {
      word = encode(instruction, new Cursor(text, start), this.pass);
    } finally {
      // A mistake in an operand does not move what follows.
      this.pass.instruction(word, instruction.bytes, line);
    }
  }

  private unknown(mnemonic: string): Mistake {
    const known = mnemonic.startsWith('.') ? [...Object.keys(DIRECTIVES), '.macro', '.rept', '.if'] : [...mnemonics(this.pass), ...this.macros.keys()];
    const meant = nearest(mnemonic, known);
    const otherwise = mnemonic.startsWith('.') ? 'The directives are those of GNU as that need no linker.' : 'Instructions come from specs/isa; other words can be written as .word.';
    return new Mistake(`there is no ${mnemonic.startsWith('.') ? 'directive' : 'instruction'} '${mnemonic}'`, meant === undefined ? otherwise : `Did you mean ${meant}?`, 0, mnemonic.length);
  }

  private define(list: readonly Statement[], i: number, heading: string): number {
    const { body, last } = block(list, i, /^\.macro$/, /^\.endm(acro)?$/, '.endm');
    const macro = defineMacro(heading, body);
    this.macros.set(macro.name, macro);
    return last;
  }

  private repeat(list: readonly Statement[], i: number, cursor: Cursor, depth: number): number {
    const { body, last } = block(list, i, /^\.(rept|irp)$/, /^\.endr$/, '.endr');
    const start = cursor.position;
    const { value } = evaluate(cursor, this.pass);
    if (value < 0n || value > BigInt(MOST_STATEMENTS)) throw cursor.mistake(`${value} repetitions are not possible`, 'Use a smaller number.', start, cursor.position);
    for (let n = 0n; n < value; n++) this.run(body, depth + 1);
    return last;
  }

  private iterate(list: readonly Statement[], i: number, rest: string, statement: Statement, depth: number): number {
    const { body, last } = block(list, i, /^\.(rept|irp)$/, /^\.endr$/, '.endr');
    const [name = '', ...values] = rest.split(',').map((v) => v.trim());
    for (const value of values) this.run(substitute(body, new Map([[name, value]]), this.serial++, `.irp in line ${statement.line}`), depth + 1);
    return last;
  }

  /** Executes the first branch of `.if … .elseif … .else … .endif` whose condition holds. */
  private choose(list: readonly Statement[], i: number, depth: number): number {
    const { last } = block(list, i, /^\.if/, /^\.endif$/, '.endif');
    let nesting = 0;
    let begin = i;
    for (let k = i + 1; k <= last; k++) {
      const word = wordOf(list[k] ?? { text: '', label: true, line: 0, column: 0, source: '' });
      const ends = nesting === 0 && (/^\.else(if)?$/.test(word) || k === last);
      if (/^\.if/.test(word)) nesting++;
      if (word === '.endif') nesting--;
      if (!ends) continue;
      const opener = list[begin];
      if (opener !== undefined && this.holds(opener)) {
        this.run(list.slice(begin + 1, k), depth + 1);
        return last;
      }
      begin = k;
    }
    return last;
  }

  private holds(statement: Statement): boolean {
    const { mnemonic, rest, start } = splitMnemonic(statement.text);
    if (mnemonic === '.else') return true;
    if (mnemonic === '.ifdef') return this.pass.isDefined(rest);
    if (mnemonic === '.ifndef') return !this.pass.isDefined(rest);
    if (mnemonic === '.ifb') return rest === '';
    if (mnemonic === '.ifnb') return rest !== '';
    const tests: Readonly<Record<string, (value: bigint) => boolean>> = {
      '.if': (v) => v !== 0n, '.elseif': (v) => v !== 0n, '.ifne': (v) => v !== 0n, '.ifeq': (v) => v === 0n,
      '.iflt': (v) => v < 0n, '.ifle': (v) => v <= 0n, '.ifgt': (v) => v > 0n, '.ifge': (v) => v >= 0n,
    };
    const test = tests[mnemonic];
    if (test === undefined) throw this.unknown(mnemonic);
    const cursor = new Cursor(statement.text, start);
    const { value } = evaluate(cursor, this.pass);
    cursor.end();
    return test(value);
  }
}

/** The block that begins at `i`. */
function block(list: readonly Statement[], i: number, opens: RegExp, closes: RegExp, close: string): Block {
  let depth = 0;
  for (let k = i; k < list.length; k++) {
    const statement = list[k];
    const word = statement === undefined ? '' : wordOf(statement);
    if (opens.test(word)) depth++;
    if (closes.test(word) && --depth === 0) return { body: list.slice(i + 1, k), last: k };
  }
  throw new Mistake(`${close} is missing`, `End the block with ${close}.`);
}

/** A mistake in an expanded line, moved to the same words in the line that was written. */
function relocated(mistake: Mistake, expanded: string, written: string, start: number): Mistake {
  const words = expanded.slice(mistake.start ?? 0, mistake.end ?? expanded.length).trim();
  const at = words === '' ? -1 : written.indexOf(words, start);
  return at < 0 ? new Mistake(mistake.message, mistake.mend) : new Mistake(mistake.message, mistake.mend, at, at + words.length);
}
