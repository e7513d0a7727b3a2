/** Registers, a block for each subject: what stands before the first dot of their names. */
import type { Expr, Module, Register } from '../../ir/ir.js';
import { AssignmentPrinter, STEP } from './assignment.js';
import { literal, type ExpressionPrinter } from './expressions.js';
import type { Ports } from './ports.js';
import { statementLines, type Leaf } from './statements.js';

/** Registers of one subject. */
export interface Subject {
  /** Empty: those without a dot in their names. */
  readonly name: string;
  readonly registers: readonly Register[];
}

const subjectOf = (r: Register): string => (r.name.includes('.') ? r.name.slice(0, r.name.indexOf('.')) : '');

/** Registers by subject, in order of appearance. */
export function subjects(registers: readonly Register[]): readonly Subject[] {
  return [...new Set(registers.map(subjectOf))].map((name) => ({ name, registers: registers.filter((r) => subjectOf(r) === name) }));
}

/** What a comment calls a subject. */
export const titleOf = ({ name, registers }: Subject): string => (name === '' ? registers.map((r) => r.name).join(', ') : name);

/**
 * The clocked blocks.
 *
 * @param stored - What a register is called where it is assigned.
 */
export function registerBlocks(module: Module, ports: Ports, expressions: ExpressionPrinter, stored: (r: Register) => string): readonly string[] {
  const inputs = new Set(ports.inputs.map((p) => p.register));
  return subjects(module.registers.filter((r) => !inputs.has(r))).flatMap((subject) => blockOf(subject, module, ports, expressions, stored));
}

function blockOf(subject: Subject, module: Module, ports: Ports, expressions: ExpressionPrinter, stored: (r: Register) => string): readonly string[] {
  const assignments = new AssignmentPrinter(expressions, '<=');
  const mine = new Set(subject.registers);
  const writes = (s: Leaf): boolean => (s.kind === 'assign' && mine.has(s.register)) || (s.kind === 'load' && mine.has(s.into));
  const print = (s: Leaf, indent: number): readonly string[] => {
    const set = (r: Register, value: Expr): readonly string[] => assignments.use(stored(r), value, indent);
    if (s.kind === 'assign') return set(s.register, s.value);
    if (s.kind !== 'load') return [];
    const port = ports.reads.find((p) => p.memory === s.memory && p.into === s.into);
    return [`${' '.repeat(indent)}${stored(s.into)} <= ${port?.data ?? ''};`];
  };
  const deep = 3 * STEP;
  // What the host has set stays until something else is assigned.
  const kept = ports.hosted.filter((p) => mine.has(p.register)).map((p) => `      ${p.held} <= ${expressions.scope.identifier(p.register)};`);
  return [
    '',
    `  // ${titleOf(subject)}`,
    `  always_ff @(posedge ${ports.clock}) begin`,
    `    if (${ports.reset}) begin`,
    ...subject.registers.map((r) => `      ${stored(r)} <= ${literal(r.width, r.reset)};`),
    '    end else begin',
    ...kept,
    ...statementLines(module.body, writes, print, expressions, deep),
    '    end',
    '  end',
  ];
}
