/** Arrays inside the module, and the ports of the memories outside. */
import type { Expr, Module, RegisterArray } from '../../ir/ir.js';
import { AssignmentPrinter } from './assignment.js';
import { literal, range, type ExpressionPrinter } from './expressions.js';
import { indexInto, indexWidth } from './parts.js';
import type { Ports, ReadPort, StorePort, WritePort } from './ports.js';
import { statementLines, type Leaf } from './statements.js';

/** Bits of the address of a memory, and of the number of bytes of a store. */
export const ADDRESS_BITS = 64;
export const BYTES_BITS = 4;
export const DATA_BITS = 64;

/** A signal of a port, and the value that it gets. */
interface Lead {
  readonly name: string;
  readonly width: number;
  readonly value: Expr;
}

/** The width of an index as it is declared: at least one bit. */
export const declaredIndex = (array: RegisterArray): number => Math.max(1, indexWidth(array));

/** One combinational block: nothing asked for, unless a statement does. */
function request(
  { body }: Module, valid: string, quiet: readonly { readonly name: string; readonly width: number }[],
  leads: (s: Leaf) => readonly Lead[] | undefined, expressions: ExpressionPrinter,
): readonly string[] {
  const assignments = new AssignmentPrinter(expressions, '=');
  return [
    '  always_comb begin',
    `    ${valid} = 1'b0;`,
    ...quiet.map(({ name, width }) => `    ${name} = ${literal(width, 0n)};`),
    ...statementLines(body, (s) => leads(s) !== undefined, (s, indent) => [
      `${' '.repeat(indent)}${valid} = 1'b1;`,
      ...(leads(s) ?? []).flatMap(({ name, value }) => assignments.use(name, value, indent)),
    ], expressions, 4),
    '  end',
  ];
}

function readRequest(module: Module, port: ReadPort, expressions: ExpressionPrinter): readonly string[] {
  const leads = (s: Leaf): readonly Lead[] | undefined => (s.kind === 'load' && s.memory === port.memory && s.into === port.into
    ? [{ name: port.address, width: ADDRESS_BITS, value: s.address }] : undefined);
  return ['', `  // ${port.memory.name} is read for ${port.into.name}`, ...request(module, port.read, [{ name: port.address, width: ADDRESS_BITS }], leads, expressions)];
}

function storeRequest(module: Module, ports: Ports, port: StorePort, expressions: ExpressionPrinter): readonly string[] {
  const quiet = [{ name: port.address, width: ADDRESS_BITS }, { name: port.bytes, width: BYTES_BITS }, { name: port.data, width: DATA_BITS }];
  const leads = (s: Leaf): readonly Lead[] | undefined => (s.kind === 'store' && s.memory === port.memory && ports.numbers.get(s) === port.number
    ? [s.address, s.bytes, s.data].map((value, i) => ({ name: quiet[i]?.name ?? '', width: value.width, value })) : undefined);
  return ['', `  // ${port.memory.name} is written`, ...request(module, port.write, quiet, leads, expressions)];
}

function writeRequest(module: Module, ports: Ports, port: WritePort, expressions: ExpressionPrinter): readonly string[] {
  const { array } = port;
  const quiet = [{ name: port.index, width: declaredIndex(array) }, { name: port.data, width: array.width }];
  const leads = (s: Leaf): readonly Lead[] | undefined => (s.kind === 'write' && s.array === array && ports.numbers.get(s) === port.number
    ? [indexInto(array, s.index), s.value].map((value, i) => ({ name: quiet[i]?.name ?? '', width: value.width, value })) : undefined);
  return [
    '', `  // ${array.name} is written`, `  logic ${port.write};`,
    ...quiet.map(({ name, width }) => `  logic ${range(width)}${name};`),
    ...request(module, port.write, quiet, leads, expressions),
  ];
}

/** The clocked part of an array: later ports win. */
function arrayBlock(array: RegisterArray, ports: Ports, expressions: ExpressionPrinter): readonly string[] {
  const mine = ports.writes.filter((p) => p.array === array);
  const name = expressions.scope.identifier(array);
  return [
    `  always_ff @(posedge ${ports.clock}) begin`,
    ...mine.map((p) => `    if (${p.write} && !${ports.reset}) ${name}[${p.index}] <= ${p.data};`),
    '  end',
  ];
}

/** Arrays with what they hold at power-on. */
export function arrayDeclarations(arrays: readonly RegisterArray[], expressions: ExpressionPrinter): readonly string[] {
  return arrays.flatMap((a) => {
    const name = expressions.scope.identifier(a);
    return [
      '', `  // ${a.name}: all zero at power-on, and not changed by a reset`,
      `  logic ${range(a.width)}${name} [0:${a.depth - 1}];`,
      `  initial for (int i = 0; i < ${a.depth}; i = i + 1) ${name}[i] = ${literal(a.width, 0n)};`,
    ];
  });
}

/** Everything that is asked of arrays and memories. */
export function storageLines(module: Module, ports: Ports, expressions: ExpressionPrinter): readonly string[] {
  return [
    ...module.arrays.flatMap((array) => [
      ...ports.writes.filter((p) => p.array === array).flatMap((p) => writeRequest(module, ports, p, expressions)),
      ...(ports.writes.some((p) => p.array === array) ? arrayBlock(array, ports, expressions) : []),
    ]),
    ...ports.reads.flatMap((p) => readRequest(module, p, expressions)),
    ...ports.stores.flatMap((p) => storeRequest(module, ports, p, expressions)),
  ];
}
