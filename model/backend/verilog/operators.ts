/**
 * Functions for the operators that SystemVerilog does not have as the IR
 * defines them: division is total, and the high half of a product is wider
 * than its operands.
 */
import type { BinaryOp, Width } from '../../ir/ir.js';

/** Operators that are printed as a call; the signed ones are made of them before. */
export type CalledOp = Extract<BinaryOp, 'mulhu' | 'divu' | 'remu'>;

const CALLED: ReadonlySet<BinaryOp> = new Set<CalledOp>(['mulhu', 'divu', 'remu']);

export const isCalled = (op: BinaryOp): op is CalledOp => CALLED.has(op);

function highHalf(name: string, width: Width): readonly string[] {
  return [
    `  logic [${2 * width - 1}:0] product;`,
    '  begin',
    `    product = {${width}'h0, a} * {${width}'h0, b};`,
    `    ${name} = product[${2 * width - 1}:${width}];`,
    '  end',
  ];
}

/** Restoring division, a bit of the quotient after the other. Where nothing is divided, b is 0, and a simulator has little to do. */
function division(name: string, width: Width, result: 'quotient' | 'rest'): readonly string[] {
  const msb = width - 1;
  const shifted = width === 1 ? 'a[i]' : `{rest[${msb - 1}:0], a[i]}`;
  return [
    `  logic [${msb}:0] quotient;`,
    `  logic [${msb}:0] rest;`,
    '  logic carry;',
    '  begin',
    `    quotient = {${width}{1'b1}};`,
    '    rest = a;',
    '    if (b != 0) begin',
    `      rest = ${width}'h0;`,
    `      for (int i = ${msb}; i >= 0; i = i - 1) begin`,
    `        carry = rest[${msb}];`,
    `        rest = ${shifted};`,
    '        quotient[i] = carry || rest >= b;',
    '        if (quotient[i]) rest = rest - b;',
    '      end',
    '    end',
    `    ${name} = ${result};`,
    '  end',
  ];
}

function bodyOf(op: CalledOp, name: string, width: Width): readonly string[] {
  switch (op) {
    case 'mulhu': return highHalf(name, width);
    case 'divu': return division(name, width, 'quotient');
    case 'remu': return division(name, width, 'rest');
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
