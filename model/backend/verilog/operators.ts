/**
 * Functions for the operators that SystemVerilog does not have as the IR
 * defines them: division is total, and the high half of a product is wider
 * than its operands.
 */
import type { BinaryOp, Width } from '../../ir/ir.js';

/** Operators that are printed as a call. */
export type CalledOp = Extract<BinaryOp, 'mulh' | 'mulhu' | 'mulhsu' | 'div' | 'divu' | 'rem' | 'remu'>;

const CALLED: ReadonlySet<BinaryOp> = new Set<CalledOp>(['mulh', 'mulhu', 'mulhsu', 'div', 'divu', 'rem', 'remu']);

export const isCalled = (op: BinaryOp): op is CalledOp => CALLED.has(op);

/** An operand and its width doubled, with copies of its sign or zeros in front. */
const doubled = (name: 'a' | 'b', width: Width, signed: boolean): string =>
  signed ? `{{${width}{${name}[${width - 1}]}}, ${name}}` : `{${width}'h0, ${name}}`;

function high(name: string, width: Width, signedA: boolean, signedB: boolean): readonly string[] {
  return [
    `  logic [${2 * width - 1}:0] product;`,
    '  begin',
    `    product = ${doubled('a', width, signedA)} * ${doubled('b', width, signedB)};`,
    `    ${name} = product[${2 * width - 1}:${width}];`,
    '  end',
  ];
}

/** Division of magnitudes: what a divider does, and no quotient of theirs overflows. */
function signedDivision(name: string, sign: '/' | '%', msb: number, byZero: string, negative: string): readonly string[] {
  return [
    `  logic [${msb}:0] magnitude;`,
    '  begin',
    `    magnitude = (a[${msb}] ? -a : a) ${sign} (b[${msb}] ? -b : b);`,
    `    ${name} = b == 0 ? ${byZero} : ${negative} ? -magnitude : magnitude;`,
    '  end',
  ];
}

function bodyOf(op: CalledOp, name: string, width: Width): readonly string[] {
  const msb = width - 1;
  const ones = `{${width}{1'b1}}`;
  switch (op) {
    case 'mulh': return high(name, width, true, true);
    case 'mulhu': return high(name, width, false, false);
    case 'mulhsu': return high(name, width, true, false);
    case 'divu': return [`  ${name} = b == 0 ? ${ones} : a / b;`];
    case 'remu': return [`  ${name} = b == 0 ? a : a % b;`];
    case 'div': return signedDivision(name, '/', msb, ones, `a[${msb}] != b[${msb}]`);
    case 'rem': return signedDivision(name, '%', msb, 'a', `a[${msb}]`);
  }
}

/** The function for an operator at a width. */
export function functionLines(op: CalledOp, name: string, width: Width): readonly string[] {
  const range = `[${width - 1}:0]`;
  return [
    `function automatic logic ${range} ${name}(input logic ${range} a, input logic ${range} b);`,
    ...bodyOf(op, name, width),
    'endfunction',
  ];
}
