/**
 * Tells a run as a person would: one line for every change of privilege mode or of hands.
 *
 * Knows nothing of RISC-V but the shape of a record. The names of causes, the disassembly and the symbols come in as
 * functions, so that the same code tells any program.
 */
import type { Mode, Retirement } from '../retirement.js';

/** A record and when it happened. */
export interface Moment {
  readonly record: Retirement;
  /** Clock cycle of the retirement or the trap. */
  readonly cycle: bigint;
}

/** A label of the program. */
export interface SymbolAt {
  readonly name: string;
  readonly address: bigint;
}

/** What the storyteller has to be told. */
export interface Narration {
  /** The manual's name of an exception or interrupt, without "exception" or "interrupt" at its end. */
  readonly causeName: (cause: number, interrupt: boolean) => string;
  /** An instruction as assembly text; blanks between mnemonic and operands may be any. */
  readonly disassemble: (insn: number, pc: bigint) => string;
  /** The program's labels, in any order. */
  readonly symbols: readonly SymbolAt[];
  /** Who runs in which mode; `ROLES` suits the demonstration. */
  readonly roles?: Readonly<Record<Mode, string>>;
}

/** One transition. */
export interface Transition {
  /** From 1. */
  readonly number: number;
  readonly cycle: bigint;
  readonly from: Mode;
  readonly to: Mode;
  /** What happened, as a sentence without a full stop. */
  readonly what: string;
  /** Label and offset of the instruction. */
  readonly where: string;
}

/** Who runs in which mode in a system with one guest. */
export const ROLES: Readonly<Record<Mode, string>> = {
  M: 'the machine level', HS: 'the hypervisor', U: 'the program', VS: 'the guest kernel', VU: 'the application',
};

/**
 * The nearest label at or below an address, as `label` or `label+0x1c`.
 *
 * @param symbols - Sorted by address.
 */
export function place(address: bigint, symbols: readonly SymbolAt[]): string {
  let best: SymbolAt | undefined;
  for (const symbol of symbols) {
    if (symbol.address > address) break;
    best = symbol;
  }
  if (best === undefined) return `0x${address.toString(16)}`;
  const offset = address - best.address;
  return offset === 0n ? best.name : `${best.name}+0x${offset.toString(16)}`;
}

const lowerFirst = (text: string): string => (/^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);

/** The sentence for a record that trapped. */
function trapSentence(record: Retirement, { causeName, disassemble, roles = ROLES }: Narration): string {
  const trap = record.trap!;
  const [who, taker] = [roles[record.mode], roles[trap.to]];
  const name = lowerFirst(causeName(trap.cause, trap.interrupt));
  if (trap.interrupt) return record.mode === trap.to ? `${name} interrupt in ${who}` : `${name} interrupt: ${taker} takes over from ${who}`;
  const text = record.insn === 0 ? 'a fetch' : disassemble(record.insn, record.pc_rdata).replace(/\s+/g, ' ').trim();
  if (text === 'ecall') return `${who} calls ${taker}: ecall (${name})`;
  return record.mode === trap.to ? `${name}: ${text} in ${who}` : `${name}: ${who} tried ${text}; ${taker} takes it`;
}

/** The sentence for a record that changed mode without a trap: a trap return. */
function returnSentence(record: Retirement, { disassemble, roles = ROLES }: Narration): string {
  const text = disassemble(record.insn, record.pc_rdata).replace(/\s+/g, ' ').trim();
  return `${text}: ${roles[record.mode]} hands over to ${roles[record.next_mode]}`;
}

/**
 * Picks out the transitions: every trap and interrupt, and every instruction that changed the mode.
 *
 * A trap within one mode is one too: somebody else's code goes on.
 *
 * @param moments - Records in order.
 */
export function tell(moments: Iterable<Moment>, narration: Narration): Transition[] {
  const symbols = [...narration.symbols].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  const transitions: Transition[] = [];
  for (const { record, cycle } of moments) {
    if (record.trap === undefined && record.mode === record.next_mode) continue;
    transitions.push({
      number: transitions.length + 1,
      cycle,
      from: record.mode,
      to: record.trap?.to ?? record.next_mode,
      what: record.trap === undefined ? returnSentence(record, narration) : trapSentence(record, narration),
      where: place(record.pc_rdata, symbols),
    });
  }
  return transitions;
}

/**
 * The transitions as a text table.
 *
 * @returns Lines joined by line feeds, without one at the end.
 */
export function table(transitions: readonly Transition[]): string {
  const rows = transitions.map(({ number, cycle, from, to, what, where }) =>
    [String(number), String(cycle), `${from.padEnd(2)} -> ${to}`, what, where] as const);
  return columns(['#', 'cycle', 'mode', 'what happened', 'where'], rows, 2);
}

/**
 * Rows under heads, as text columns.
 *
 * @param numbers - So many columns from the left are aligned to the right.
 * @returns Lines joined by line feeds, without one at the end.
 */
export function columns(heads: readonly string[], rows: readonly (readonly string[])[], numbers: number): string {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column < numbers ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd();
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
