/**
 * Puts many bodies and the driver into one program, and reads the text that the program prints.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../programs/build.js';
import { ALIAS_BIT } from './arena.js';
import { SETUP_CSRS, type Body, type SetupCsr } from './bodies/body.js';
import { ECALL, isCompressed } from './bodies/encode.js';

const STIMECMP = 0x14d;
const VSTIMECMP = 0x24d;

/** How a program's registers are put to where its descriptor wants them: first what the writes to others depend on. */
const SETUP: readonly (readonly [line: string, csr?: SetupCsr])[] = [
  ['csrw menvcfg, t0', 'menvcfg'], ['csrw henvcfg, t0', 'henvcfg'], ['csrw senvcfg, zero'],
  ['csrw medeleg, t0', 'medeleg'], ['csrw mideleg, t0', 'mideleg'], ['csrw hedeleg, t0', 'hedeleg'], ['csrw hideleg, t0', 'hideleg'],
  ['csrw htimedelta, t0', 'htimedelta'], [`csrw ${STIMECMP}, t0`, 'stimecmp'], [`csrw ${VSTIMECMP}, t0`, 'vstimecmp'],
  ['csrw mie, zero\n li t0, 0x222\n csrc mip, t0\n csrw hvip, zero'],
  ['csrw mie, t0', 'mie'], ['csrs mip, t0', 'mip'], ['csrw hvip, t0', 'hvip'],
  ['csrw mcounteren, t0', 'mcounteren'], ['csrw scounteren, t0', 'scounteren'], ['csrw hcounteren, t0', 'hcounteren'],
  ['csrw hstatus, t0', 'hstatus'],
  ['li t0, 0xc0122 # SIE SPIE SPP SUM MXR\n csrc vsstatus, t0'], ['csrs vsstatus, t0', 'vsstatus'],
  ...['mscratch', 'sscratch', 'vsscratch', 'mcause', 'mtval', 'mtval2', 'mtinst', 'scause', 'sepc', 'stval', 'htval', 'htinst', 'vscause', 'vsepc', 'vstval']
    .map((name) => [`csrw ${name}, zero`] as const),
  ['csrw satp, t0', 'satp'], ['csrw vsatp, t0', 'vsatp'], ['csrw hgatp, t0', 'hgatp'],
  ['li t0, 0xc0007e19aa # SIE MIE SPIE MPIE SPP MPP MPRV SUM MXR TVM TW TSR GVA MPV\n csrc mstatus, t0'], ['csrs mstatus, t0', 'mstatus'],
];

/** The CSRs of a `c` line; mcause and the others that a trap writes are in the log. */
export const FINAL_CSRS = [
  'mstatus', 'medeleg', 'mideleg', 'mie', 'mip', 'mcounteren', 'menvcfg',
  'sstatus', 'sie', 'sip', 'scounteren', 'senvcfg', 'sscratch', 'sepc', 'satp', 'stimecmp',
  'hstatus', 'hedeleg', 'hideleg', 'hie', 'hip', 'hvip', 'hcounteren', 'henvcfg', 'htimedelta', 'hgatp',
  'vsstatus', 'vsie', 'vsscratch', 'vsepc', 'vsatp', 'vstimecmp',
] as const;
/** Names that the assembler's version does not have. */
const NUMBERED: Readonly<Record<string, number>> = { stimecmp: STIMECMP, vstimecmp: VSTIMECMP };

/** The fields of a `t` line. */
export const TRAP_FIELDS = ['taker', 'cause', 'epc', 'tval', 'tval2', 'tinst', 'status', 'hstatus'] as const;

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** The routines that the driver calls to write the CSRs of a descriptor (values from s3 on) and to read those of a `c` line (to s0 on). */
function csrRoutines(): readonly string[] {
  return [
    '        .text', 'set_csrs:',
    ...SETUP.flatMap(([line, csr]) => [
      ...(csr === undefined ? [] : [` ld t0, ${8 * SETUP_CSRS.indexOf(csr)}(s3)`]),
      ` ${line}`,
    ]),
    ' ret', 'get_csrs:',
    ...FINAL_CSRS.flatMap((name, index) => [` csrr t0, ${NUMBERED[name] ?? name}`, ` sd t0, ${8 * index}(s0)`]),
    ' ret',
  ];
}

/**
 * The assembly text of an image: the driver, a descriptor for each body, its page tables, the bodies.
 *
 * @param bodies - In the order in which they run.
 */
export function imageSource(bodies: readonly Body[]): string {
  const driver = readFileSync(join(packageRoot, 'testbench', 'outside', 'driver.S'), 'utf8');
  const descriptors = bodies.map((body, index) => [
    `        .dword  body_${index} + ${hex(body.aliased ? 1n << BigInt(ALIAS_BIT) : 0n)}, end_${index}, entries_${index}, ${body.entries.size}`,
    `        .dword  ${body.x.slice(1).map(hex).join(', ')}`,
    `        .dword  ${SETUP_CSRS.map((name) => hex(body.csrs[name])).join(', ')}`,
  ].join('\n'));
  const entries = bodies.map((body, index) => [
    `entries_${index}:`,
    ...[...body.entries].map(([address, value]) => `        .dword  ${hex(address)}, ${hex(value)}`),
  ].join('\n'));
  const texts = bodies.map((body, index) => [
    '        .align  2',
    `body_${index}:`,
    ...body.code.map((word) => (isCompressed(word) ? `        .half   ${hex(word)}` : `        .4byte  ${hex(word)}`)),
    `end_${index}:`,
    `        .4byte  ${hex(ECALL)}`,
  ].join('\n'));
  return [
    driver, ...csrRoutines(),
    '        .data', '        .align  6', 'count:', `        .dword  ${bodies.length}`, 'csr_count:', `        .dword  ${FINAL_CSRS.length}`,
    'descriptor_size:', `        .dword  ${8 * (4 + 31 + SETUP_CSRS.length)}`,
    'descriptors:', ...descriptors, ...entries,
    '        .text', ...texts, '',
  ].join('\n');
}

/** One trap as the handlers logged it. */
export type LoggedTrap = Readonly<Record<(typeof TRAP_FIELDS)[number], bigint>>;

/** What one program left behind. */
export interface Outcome {
  readonly index: number;
  /** Address of the body's first byte. */
  readonly start: bigint;
  readonly traps: readonly LoggedTrap[];
  /** x1..x31 at index 1..31. */
  readonly x: readonly bigint[];
  readonly csrs: Readonly<Record<string, bigint>>;
  /** Hash of the windows. */
  readonly memory: bigint;
  /** Hash of the page tables' entries without A. */
  readonly tables: bigint;
  /** Hash of their A bits. */
  readonly accessed: bigint;
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
  let start = 0n;
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
        start = values[1]!;
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
        outcomes.push({ index, start, traps, x, csrs, memory: values[0]!, tables: values[1]!, accessed: values[2]! });
        index = -1;
        break;
      default:
        throw new Error(`Not a line of the driver: ${line}`);
    }
  }
  if (index !== -1) throw new Error(`The output stops within program ${index}.`);
  return outcomes;
}
