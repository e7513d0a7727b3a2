/** Arrays inside the module, and the ports of the memories outside. */
import type { Expr, Module, RegisterArray, Width } from '../../ir/ir.js';
import { AssignmentPrinter } from './assignment.js';
import { literal, range, type ExpressionPrinter } from './expressions.js';
import { indexInto, indexWidth } from './parts.js';
import type { Ports, ReadPort, StorePort, WritePort } from './ports.js';
import { statementLines, type Leaf } from './statements.js';

/** Bits of the address of a memory, of the number of bytes of a store, and of its data. */
export const ADDRESS_BITS = 64;
export const BYTES_BITS = 4;
export const DATA_BITS = 64;

/** A signal of a port besides the one that says that something is asked. */
interface Lead {
  readonly name: string;
  readonly width: Width;
}

/** What a statement puts on the leads of a port, in their order; undefined if it is not one that uses the port. */
type Asked = (s: Leaf) => readonly Expr[] | undefined;

/** One combinational block: nothing asked for, unless a statement does. */
function request({ body }: Module, valid: string, leads: readonly Lead[], asked: Asked, expressions: ExpressionPrinter): readonly string[] {
  const assignments = new AssignmentPrinter(expressions, '=');
  const set = (s: Leaf, indent: number): readonly string[] =>
    (asked(s) ?? []).flatMap((value, i) => assignments.use(leads[i]?.name ?? '', value, indent));
  return [
    '  always_comb begin',
    `    ${valid} = 1'b0;`,
    ...leads.map(({ name, width }) => `    ${name} = ${literal(width, 0n)};`),
    ...statementLines(body, (s) => asked(s) !== undefined, (s, indent) => [`${' '.repeat(indent)}${valid} = 1'b1;`, ...set(s, indent)], expressions, 4),
    '  end',
  ];
}

function readRequest(module: Module, port: ReadPort, expressions: ExpressionPrinter): readonly string[] {
  const asked: Asked = (s) => (s.kind === 'load' && s.memory === port.memory && s.into === port.into ? [s.address] : undefined);
  return ['', `  // ${port.memory.name} is read for ${port.into.name}`, ...request(module, port.read, [{ name: port.address, width: ADDRESS_BITS }], asked, expressions)];
}

function storeRequest(module: Module, ports: Ports, port: StorePort, expressions: ExpressionPrinter): readonly string[] {
  const leads = [{ name: port.address, width: ADDRESS_BITS }, { name: port.bytes, width: BYTES_BITS }, { name: port.data, width: DATA_BITS }];
  const asked: Asked = (s) =>
    (s.kind === 'store' && s.memory === port.memory && ports.numbers.get(s) === port.number ? [s.address, s.bytes, s.data] : undefined);
  return ['', `  // ${port.memory.name} is written`, ...request(module, port.write, leads, asked, expressions)];
}

function writeRequest(module: Module, ports: Ports, port: WritePort, expressions: ExpressionPrinter): readonly string[] {
  const { array } = port;
  const leads = [{ name: port.index, width: Math.max(1, indexWidth(array)) }, { name: port.data, width: array.width }];
  const asked: Asked = (s) =>
    (s.kind === 'write' && s.array === array && ports.numbers.get(s) === port.number ? [indexInto(array, s.index), s.value] : undefined);
  return [
    '', `  // ${array.name} is written`, `  logic ${port.write};`,
    ...leads.map(({ name, width }) => `  logic ${range(width)}${name};`),
    ...request(module, port.write, leads, asked, expressions),
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
