/**
 * Functions for the operators that SystemVerilog does not have as the IR
 * defines them: division is total, and the high half of a product is wider
 * than its operands.
 */
import type { BinaryOp, Width } from '../../ir/ir.js';

/** Operators that are printed as a call. */
export type CalledOp = Extract<BinaryOp, 'mulhu' | 'div' | 'divu' | 'rem' | 'remu'>;

const CALLED: ReadonlySet<BinaryOp> = new Set<CalledOp>(['mulhu', 'div', 'divu', 'rem', 'remu']);

export const isCalled = (op: BinaryOp): op is CalledOp => CALLED.has(op);

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
    case 'mulhu': return [
      `  logic [${2 * width - 1}:0] product;`,
      '  begin',
      `    product = {${width}'h0, a} * {${width}'h0, b};`,
      `    ${name} = product[${2 * width - 1}:${width}];`,
      '  end',
    ];
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
