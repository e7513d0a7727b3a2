/**
 * The SystemVerilog backend: a module of the IR in, one synthesizable module
 * out, in the part of the language that Verilator and Yosys have in common.
 * Read this first.
 *
 * A register of the IR is a register here, with its name; so is a wire. What
 * only shows something (records, statistics, cover points, exits) is left
 * out. The memories of the IR are outside, and their ports are the module's.
 * After every cycle each register has the value that it has in the wasm.
 */
import type { Expr, Module, Register, RegisterArray, Width, Wire } from '../../ir/ir.js';
import { hardwareOf } from '../../ir/observation.js';
import { simplify } from '../../ir/simplify.js';
import { shareArithmetic } from './arithmetic.js';
import { definitionLines } from './definitions.js';
import { ExpressionPrinter, range, type Scope } from './expressions.js';
import { isTrivial, signalsFor } from './hoist.js';
import { Names, type Identifier } from './names.js';
import { functionLines, type CalledOp } from './operators.js';
import { partsOf } from './parts.js';
import { portsOf, type Ports } from './ports.js';
import { registerBlocks, subjects, titleOf } from './registers.js';
import { rootsOf, type NamedRoot } from './roots.js';
import { ADDRESS_BITS, arrayDeclarations, BYTES_BITS, DATA_BITS, storageLines } from './storage.js';

export type { Ports } from './ports.js';

/** A printed module, and what its parts are called. */
export interface Verilog {
  readonly text: string;
  /** Of the module. */
  readonly name: string;
  readonly ports: Ports;
  /** By the names of registers, arrays and wires: the signal with the value in this cycle. */
  readonly signals: ReadonlyMap<string, string>;
  /** By the names of registers: the variable that holds the value; of an input its port. */
  readonly variables: ReadonlyMap<string, string>;
}

/** A call of a function that is yet to be printed. */
interface Call {
  readonly op: CalledOp;
  readonly width: Width;
  readonly name: string;
}

/**
 * Prints a module.
 *
 * @param outputs - Names of registers that are visible from outside.
 */
export function printVerilog(source: Module, outputs: readonly string[] = []): Verilog {
  const simple = (m: Module): Module => simplify(m, { inlineWires: false });
  const module = simple(shareArithmetic(simple(hardwareOf(source))));
  const names = new Names();
  const clock = names.take('clk');
  const reset = names.take('reset');
  const title = names.take(module.name);
  const identifiers = new Map<object, Identifier>();
  for (const item of [...module.registers, ...module.arrays, ...module.wires]) identifiers.set(item, names.take(item.name));
  const identifier = (item: Register | RegisterArray | Wire): string => identifiers.get(item)?.text ?? '';
  const ports = portsOf(module, names, clock, reset, identifier);
  const held = new Map(ports.hosted.map((p) => [p.register, p.held]));
  const stored = (r: Register): string => held.get(r) ?? identifier(r);
  const roots = rootsOf(module);
  const signals = nameSignals(module.wires, roots, names, identifier);
  const calls = new Map<string, Call>();
  const scope: Scope = {
    identifier,
    signal: (e) => signals.get(e),
    called: (op, width) => {
      const key = `${op}_${width}`;
      const call = calls.get(key) ?? { op, width, name: names.take(key).text };
      calls.set(key, call);
      return call.name;
    },
  };
  const expressions = new ExpressionPrinter(scope);
  const remark = (item: object & { readonly name: string }): string | undefined => {
    const renamed = identifiers.get(item)?.renamed;
    return renamed === undefined ? undefined : `${item.name}, renamed: ${renamed}`;
  };
  const definitions = definitionLines(module.wires, roots.map((r) => r.value), expressions, remark);
  const visible = module.registers.filter((r) => outputs.includes(r.name));
  const inside = module.registers.filter((r) => !ports.inputs.some((p) => p.register === r) && !visible.includes(r));
  const blocks = [...storageLines(module, ports, expressions), ...registerBlocks(module, ports, expressions, stored)];
  const lines = [
    ...heading(module, title),
    `module ${title.text} (`,
    ...portLines(ports, visible, identifier, remark),
    ');',
    ...[...calls.values()].flatMap(({ op, name, width }) => ['', ...functionLines(op, name, width).map((l) => `  ${l}`)]),
    ...declarations(inside, ports, identifier, remark),
    ...arrayDeclarations(module.arrays, expressions),
    '', '  // signals',
    ...definitions,
    ...blocks,
    'endmodule', '',
  ];
  return {
    text: lines.join('\n'), name: title.text, ports,
    signals: new Map([...module.registers, ...module.arrays, ...module.wires].map((item) => [item.name, identifier(item)])),
    variables: new Map(module.registers.map((r) => [r.name, stored(r)])),
  };
}

/** The names of the expressions that have signals: of the wire that they are the value of, otherwise of what they are part of. */
function nameSignals(wires: readonly Wire[], roots: readonly NamedRoot[], names: Names, identifier: (w: Wire) => string): ReadonlyMap<Expr, string> {
  const signals = new Map<Expr, string>();
  for (const w of wires) if (!isTrivial(w.value) && !signals.has(w.value)) signals.set(w.value, identifier(w));
  const chosen = signalsFor(roots, new Set(signals.keys()));
  const counts = new Map<string, number>();
  const seen = new Set<Expr>();
  const visit = (e: Expr, owner: string): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (chosen.has(e)) {
      const number = (counts.get(owner) ?? 0) + 1;
      counts.set(owner, number);
      signals.set(e, names.take(`${owner}_part${number}`).text);
    }
    for (const part of partsOf(e)) visit(part, owner);
  };
  for (const { value, owner } of roots) visit(value, owner);
  return signals;
}

function heading({ name }: Module, title: Identifier): readonly string[] {
  return [
    ...(title.renamed === undefined ? [] : [`// ${name}, renamed: ${title.renamed}.`]),
    `// ${name}, printed from its description. Values change at the rising edge of the clock. reset is synchronous and`,
    '// leaves arrays alone, which are zero at power-on. While it is high, nothing that is asked of memories counts.',
    '// A memory answers a read in the same cycle and does a write at the end of the cycle: 1, 2, 4 or 8 bytes,',
    '// little-endian, at any address. What is called NAME_partN is a part of the expression of NAME.',
    '',
  ];
}

type Remark = (item: Register) => string | undefined;

/** A line of the list of ports. */
interface PortLine {
  readonly direction: 'input' | 'output';
  readonly width: Width;
  readonly name: string;
  readonly comment?: string | undefined;
}

function portLines(ports: Ports, visible: readonly Register[], identifier: (r: Register) => string, remark: Remark): readonly string[] {
  const input = (name: string, width: Width, comment?: string): PortLine => ({ direction: 'input', width, name, comment });
  const output = (name: string, width: Width, comment?: string): PortLine => ({ direction: 'output', width, name, comment });
  const list: readonly PortLine[] = [
    input(ports.clock, 1), input(ports.reset, 1),
    ...ports.inputs.map(({ register, port }) => input(port, register.width, remark(register))),
    ...ports.hosted.flatMap(({ register, set, value }) => [input(set, 1, `sets ${register.name} for this cycle`), input(value, register.width)]),
    ...visible.map((r) => output(identifier(r), r.width, remark(r))),
    ...ports.reads.flatMap((p) => [output(p.read, 1), output(p.address, ADDRESS_BITS), input(p.data, p.into.width)]),
    ...ports.stores.flatMap((p) => [output(p.write, 1), output(p.address, ADDRESS_BITS), output(p.bytes, BYTES_BITS), output(p.data, DATA_BITS)]),
  ];
  return list.map(({ direction, width, name, comment }, i) =>
    `  ${direction} logic ${range(width)}${name}${i === list.length - 1 ? '' : ','}${comment === undefined ? '' : `  // ${comment}`}`);
}

/** The registers that are no ports, by subject. */
function declarations(registers: readonly Register[], ports: Ports, identifier: (r: Register) => string, remark: Remark): readonly string[] {
  const hosted = new Map(ports.hosted.map((p) => [p.register, p]));
  return subjects(registers).flatMap((subject) => [
    '', `  // ${titleOf(subject)}`,
    ...subject.registers.flatMap((r) => {
      const comment = remark(r);
      const port = hosted.get(r);
      const width = range(r.width);
      return [
        ...(comment === undefined ? [] : [`  // ${comment}`]),
        ...(port === undefined
          ? [`  logic ${width}${identifier(r)};`]
          : [`  logic ${width}${port.held};`, `  wire ${width}${identifier(r)} = ${port.set} ? ${port.value} : ${port.held};`]),
      ];
    }),
  ]);
}
