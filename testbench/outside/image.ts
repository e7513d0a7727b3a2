/**
 * Puts many bodies and the driver into one program, and reads the text that the program prints.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../programs/build.js';
import { SETUP_CSRS, type Body } from './bodies/body.js';
import { ECALL } from './bodies/encode.js';

/** The CSRs of a `c` line, in the driver's order. */
export const FINAL_CSRS = [
  'mstatus', 'medeleg', 'mideleg', 'mie', 'mip', 'mcounteren', 'menvcfg', 'mscratch', 'mepc', 'mcause', 'mtval', 'mtval2', 'mtinst',
  'sstatus', 'sie', 'sip', 'scounteren', 'senvcfg', 'sscratch', 'sepc', 'scause', 'stval', 'satp',
  'hstatus', 'hedeleg', 'hideleg', 'hie', 'hip', 'hvip', 'hcounteren', 'henvcfg', 'htimedelta', 'htval', 'htinst', 'hgatp',
  'vsstatus', 'vsie', 'vsscratch', 'vsepc', 'vscause', 'vstval', 'vsatp',
] as const;

/** The fields of a `t` line. */
export const TRAP_FIELDS = ['taker', 'cause', 'epc', 'tval', 'tval2', 'tinst', 'status', 'hstatus'] as const;

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/**
 * The assembly text of an image: the driver, a descriptor for each body, the bodies.
 *
 * @param bodies - In the order in which they run.
 */
export function imageSource(bodies: readonly Body[]): string {
  const driver = readFileSync(join(packageRoot, 'testbench', 'outside', 'driver.S'), 'utf8');
  const descriptors = bodies.map((body, index) => [
    `        .dword  body_${index}, end_${index}`,
    `        .dword  ${body.x.slice(1).map(hex).join(', ')}`,
    `        .dword  ${SETUP_CSRS.map((name) => hex(body.csrs[name])).join(', ')}`,
  ].join('\n'));
  const texts = bodies.map((body, index) => [
    `body_${index}:`,
    ...body.words.map((word) => `        .word   ${hex(word)}`),
    `end_${index}:`,
    `        .word   ${hex(ECALL)}`,
  ].join('\n'));
  return [
    driver,
    '        .align  6', 'count:', `        .dword  ${bodies.length}`, 'descriptors:', ...descriptors,
    '        .text', '        .align  2', ...texts, '',
  ].join('\n');
}

/** One trap as the handlers logged it. */
export type LoggedTrap = Readonly<Record<(typeof TRAP_FIELDS)[number], bigint>>;

/** What one program left behind. */
export interface Outcome {
  readonly index: number;
  readonly traps: readonly LoggedTrap[];
  /** x1..x31 at index 1..31. */
  readonly x: readonly bigint[];
  readonly csrs: Readonly<Record<string, bigint>>;
  /** Hash of the data window. */
  readonly memory: bigint;
}

/**
 * The driver's lines out of a text that may have statistics or messages around them.
 *
 * @param text - Standard output of a run.
 */
export function driverLines(text: string): string {
  return text.split(/\r?\n/).filter((line) => /^[ptxcm]( [0-9a-f]+)+$/.test(line)).join('\n');
}

/**
 * Reads the driver's text.
 *
 * @param text - The console output of one run.
 * @throws Error when it is not the driver's, or stops in the middle of a program.
 */
export function readOutcomes(text: string): Outcome[] {
  const outcomes: Outcome[] = [];
  let traps: LoggedTrap[] = [];
  let x: bigint[] = [];
  let csrs: Record<string, bigint> = {};
  let index = -1;
  for (const line of text.split(/\r?\n/)) {
    if (line === '') continue;
    const [kind, ...cells] = line.split(' ');
    const values = cells.map((cell) => BigInt(`0x${cell}`));
    const named = (names: readonly string[]): Record<string, bigint> => {
      if (values.length !== names.length) throw new Error(`The line has ${values.length} values, ${names.length} were expected: ${line}`);
      return Object.fromEntries(names.map((name, column) => [name, values[column]!]));
    };
    switch (kind) {
      case 'p':
        index = Number(values[0]);
        traps = [];
        break;
      case 't':
        traps.push(named(TRAP_FIELDS) as LoggedTrap);
        break;
      case 'x':
        x = [0n, ...values];
        break;
      case 'c':
        csrs = named(FINAL_CSRS);
        break;
      case 'm':
        outcomes.push({ index, traps, x, csrs, memory: values[0]! });
        index = -1;
        break;
      default:
        throw new Error(`Not a line of the driver: ${line}`);
    }
  }
  if (index !== -1) throw new Error(`The output stops within program ${index}.`);
  return outcomes;
}
