/**
 * What makes a module sound hardware: every name once, every register
 * declared and written at most once per cycle, widths that agree, no
 * combinational loop. Mistakes are values; the builder's own checks are not
 * repeated.
 */
import type { CoverFamily, Expr, Module, Register, Statement, Wire } from './ir.js';
import { coverFamilies, coverWidth, withoutCovers, withoutRecords } from './observation.js';
import { maskOf } from './ops.js';
import { forEachStatement, operands, postorder, statementOperands } from './walk.js';

/** One mistake. */
export interface Diagnostic {
  readonly kind: 'duplicate' | 'undeclared' | 'width' | 'assigned twice' | 'loop' | 'shape';
  readonly message: string;
}

/** Every mistake of a module; none if it is sound. */
export function verify(module: Module): readonly Diagnostic[] {
  const loops = findLoops(module);
  // With a loop, nothing that walks expressions is worth asking.
  if (loops.length > 0) return loops;
  return [
    ...verifyNames(module),
    ...verifyDeclarations(module),
    ...verifyStorage(module),
    ...verifyStatements(module.body),
    ...verifySelects(module),
    ...verifySingleAssignment(module.body),
    ...verifyObservation(module),
  ];
}

function verifyNames(module: Module): Diagnostic[] {
  const seen = new Set<string>();
  const found: Diagnostic[] = [];
  for (const { kind, name } of [...module.registers, ...module.arrays, ...module.memories, ...module.wires]) {
    if (seen.has(name)) found.push({ kind: 'duplicate', message: `${kind} ${name}: the name is taken` });
    seen.add(name);
  }
  return found;
}

function rootsOf(module: Module): Expr[] {
  const roots = module.wires.map((w) => w.value);
  forEachStatement(module.body, (s) => roots.push(...statementOperands(s)));
  return roots;
}

function verifyDeclarations(module: Module): Diagnostic[] {
  const declared = new Set<object>([...module.registers, ...module.arrays, ...module.memories, ...module.wires]);
  const missing = new Set<{ readonly kind: string; readonly name: string }>();
  const need = (item: { readonly kind: string; readonly name: string }): void => {
    if (!declared.has(item)) missing.add(item);
  };
  for (const e of postorder(rootsOf(module))) {
    if (e.kind === 'read') need(e.register);
    if (e.kind === 'element') need(e.array);
    if (e.kind === 'wire') need(e.wire);
  }
  forEachStatement(module.body, (s) => {
    if (s.kind === 'assign') need(s.register);
    if (s.kind === 'write') need(s.array);
    if (s.kind === 'load') need(s.into);
    if (s.kind === 'load' || s.kind === 'store') need(s.memory);
  });
  return [...missing].map(({ kind, name }) => ({ kind: 'undeclared', message: `${kind} ${name} is used but not declared in the module` }));
}

function verifyStorage(module: Module): Diagnostic[] {
  const resets = module.registers
    .filter((r) => r.reset < 0n || r.reset > maskOf(r.width))
    .map((r): Diagnostic => ({ kind: 'width', message: `register ${r.name}: reset value ${r.reset} does not fit ${r.width} bits` }));
  const depths = module.arrays
    .filter((a) => a.depth < 1 || !Number.isInteger(Math.log2(a.depth)))
    .map((a): Diagnostic => ({ kind: 'shape', message: `array ${a.name}: depth ${a.depth} is not a power of two` }));
  return [...resets, ...depths];
}

/** Complains about `what` where an expression has not the width it must have. */
function requireWidth(what: string, e: Expr, width: number): Diagnostic[] {
  return e.width === width ? [] : [{ kind: 'width', message: `${what} must have ${width} bits, has ${e.width}` }];
}

function verifyStatements(body: readonly Statement[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  let recordShape: string | undefined;
  forEachStatement(body, (s) => {
    found.push(...verifyStatement(s));
    if (s.kind !== 'record') return;
    const shape = s.fields.map((f) => f.name).join();
    if (recordShape !== undefined && shape !== recordShape) {
      found.push({ kind: 'shape', message: `records must have the same fields, there are (${recordShape}) and (${shape})` });
    }
    recordShape ??= shape;
  });
  return found;
}

function verifyStatement(s: Statement): Diagnostic[] {
  switch (s.kind) {
    case 'assign':
      return requireWidth(`the value assigned to ${s.register.name}`, s.value, s.register.width);
    case 'write':
      return requireWidth(`the value written to ${s.array.name}`, s.value, s.array.width);
    case 'if':
      return requireWidth('the condition of an if', s.condition, 1);
    case 'switch':
      return verifyKeys('a switch', s.key, s.cases.flatMap((c) => c.keys));
    case 'load':
      return [8, 16, 32, 64].includes(s.into.width) ? []
        : [{ kind: 'width', message: `load into ${s.into.name}: ${s.into.width} bits are not 1, 2, 4 or 8 bytes` }];
    case 'store':
      return [...requireWidth('the number of bytes of a store', s.bytes, 4), ...requireWidth('the data of a store', s.data, 64)];
    case 'exit':
      return s.reason > 0 ? [] : [{ kind: 'shape', message: `exit reason ${s.reason} must be positive` }];
    case 'cover':
      return requireWidth(`the number of a point of ${s.family.name}`, s.index, coverWidth(s.family));
    case 'count':
    case 'record':
      return [];
  }
}

function verifyKeys(what: string, key: Expr, keys: readonly bigint[]): Diagnostic[] {
  const wide = keys.filter((k) => k < 0n || k > maskOf(key.width));
  const doubled = keys.filter((k, i) => keys.indexOf(k) !== i);
  return [
    ...wide.map((k): Diagnostic => ({ kind: 'width', message: `key ${k} of ${what} does not fit ${key.width} bits` })),
    ...doubled.map((k): Diagnostic => ({ kind: 'duplicate', message: `key ${k} of ${what} is listed twice` })),
  ];
}

function verifySelects(module: Module): Diagnostic[] {
  return postorder(rootsOf(module)).flatMap((e) => (e.kind === 'select' ? verifyKeys('a select', e.key, e.cases.flatMap((c) => c.keys)) : []));
}

/** More points than this are a mistake in the axes. */
const MOST_COVER_BITS = 16;

/** Cover points show what happens: nothing that happens may depend on them. */
function verifyObservation(module: Module): Diagnostic[] {
  const observed = new Set(module.registers.filter((r) => r.observed === true));
  const read = new Set<string>();
  for (const e of postorder(rootsOf(withoutRecords(withoutCovers(module))))) if (e.kind === 'read' && observed.has(e.register)) read.add(e.register.name);
  const driven = module.registers.filter((r) => r.observed === true && r.input);
  return [
    ...[...read].map((name): Diagnostic => ({ kind: 'shape', message: `register ${name} is observation, and what is none reads it` })),
    ...driven.map(({ name }): Diagnostic => ({ kind: 'shape', message: `register ${name} is observation, which the host does not drive` })),
    ...verifyFamilies(coverFamilies(module)),
  ];
}

function verifyFamilies(families: readonly CoverFamily[]): Diagnostic[] {
  const doubled = families.filter(({ name }, i) => families.findIndex((f) => f.name === name) !== i);
  const wide = families.filter((f) => coverWidth(f) > MOST_COVER_BITS);
  return [
    ...doubled.map(({ name }): Diagnostic => ({ kind: 'duplicate', message: `cover points ${name}: the name is taken` })),
    ...wide.map((f): Diagnostic => ({ kind: 'shape', message: `cover points ${f.name} have numbers of ${coverWidth(f)} bits, the most are ${MOST_COVER_BITS}` })),
  ];
}

/** Where each register has been assigned on the way to a statement. */
type Assigned = ReadonlyMap<Register, string>;

function verifySingleAssignment(body: readonly Statement[]): Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  const assign = (register: Register, at: string, assigned: Assigned): Assigned => {
    const first = assigned.get(register);
    if (first !== undefined) {
      const message = `register ${register.name} is assigned twice in a cycle: at ${first} and at ${at}`;
      found.set(message, { kind: 'assigned twice', message });
    }
    return new Map([...assigned, [register, at]]);
  };
  const walk = (statements: readonly Statement[], path: string, before: Assigned): Assigned =>
    statements.reduce((assigned, s, i) => step(s, `${path}[${i}]`, assigned), before);
  const merge = (arms: readonly Assigned[]): Assigned => new Map(arms.flatMap((arm) => [...arm]));
  const step = (s: Statement, at: string, assigned: Assigned): Assigned => {
    switch (s.kind) {
      case 'assign':
        return assign(s.register, at, assigned);
      case 'load':
        return assign(s.into, at, assigned);
      case 'if':
        return merge([walk(s.then, `${at}.then`, assigned), walk(s.else, `${at}.else`, assigned)]);
      case 'switch':
        return merge([
          ...s.cases.map((c) => walk(c.body, `${at}.case ${c.keys.join('|')}`, assigned)),
          walk(s.default, `${at}.default`, assigned),
        ]);
      default:
        return assigned;
    }
  };
  walk(body, 'body', new Map());
  return [...found.values()];
}

/** Loops through wires; an expression alone cannot contain itself. */
function findLoops(module: Module): Diagnostic[] {
  const done = new Set<Expr | Wire>();
  const open: Wire[] = [];
  const found: Diagnostic[] = [];
  const visitWire = (wire: Wire): void => {
    if (done.has(wire)) return;
    const start = open.indexOf(wire);
    if (start >= 0) {
      const path = [...open.slice(start), wire].map((w) => w.name).join(' -> ');
      found.push({ kind: 'loop', message: `combinational loop: ${path}` });
      return;
    }
    open.push(wire);
    visit(wire.value);
    open.pop();
    done.add(wire);
  };
  const visit = (e: Expr): void => {
    if (done.has(e)) return;
    if (e.kind === 'wire') visitWire(e.wire);
    else operands(e).forEach(visit);
    done.add(e);
  };
  module.wires.forEach(visitWire);
  forEachStatement(module.body, (s) => statementOperands(s).forEach(visit));
  return found;
}
