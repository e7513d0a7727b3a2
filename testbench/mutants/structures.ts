/**
 * Mutants of what a core keeps: translations, lines, guesses. Found in the
 * hardware by the names of their arrays and registers: what is compared with
 * an entry, what says that it counts, when one is made, and how a wrong guess
 * is noticed.
 */
import { ONE, ZERO, binary, constant } from '../../model/ir/build.js';
import type { Expr, Module, Register, RegisterArray, Statement } from '../../model/ir/ir.js';
import { mapModule, mapStatement } from '../../model/ir/map.js';
import { forEachStatement, nestedBodies, postorder, statementOperands } from '../../model/ir/walk.js';
import type { Uarch } from '../../model/spec/isa.js';
import type { Mutant } from './mutant.js';
import { placed, without, withWire, type Path } from './rewrite.js';

const STRUCTURE = /^(tlb|cache|predict)\./;
/** The line used last. */
const LAST = /^cache\..*\.last$/;
/** A bit for every set: its entry counts, or gives a right. */
const COUNTS = /^tlb\..*\.(valid|fetch|load|store)$/;

const mutant = (id: string, apply: (module: Module) => Module): Mutant => ({ id: `structure ${id}`, kind: 'structure', change: { of: 'hardware', apply }, rules: [] });

/** The array that an expression is an entry of, or some of the bits of one; or the register that holds one entry. */
function entryOf(e: Expr): RegisterArray | Register | undefined {
  if (e.kind === 'element') return STRUCTURE.test(e.array.name) ? e.array : undefined;
  if (e.kind === 'read') return LAST.test(e.register.name) ? e.register : undefined;
  return e.kind === 'slice' ? entryOf(e.a) : undefined;
}

/** What a comparison is with: entries. */
function comparedWith(e: Expr): RegisterArray | Register | undefined {
  return e.kind === 'binary' && e.op === 'eq' ? entryOf(e.a) ?? entryOf(e.b) : undefined;
}

/** All expressions of a module. */
function expressions({ body, wires }: Module): readonly Expr[] {
  const roots: Expr[] = wires.map(({ value }) => value);
  forEachStatement(body, (s) => roots.push(...statementOperands(s)));
  return postorder(roots);
}

/** Each comparison with the entries of an array forgotten: tags, and generations. */
function tagMutants(module: Module): readonly Mutant[] {
  const arrays = new Set(expressions(module).flatMap((e) => comparedWith(e)?.name ?? []));
  return [...arrays].map((name) => mutant(`${name}: not compared`, (m) =>
    mapModule(m, { node: (e) => (comparedWith(e)?.name === name ? ONE : e) })));
}

/** Each bit that says that an entry counts taken for set wherever it is asked. */
function validityMutants(module: Module): readonly Mutant[] {
  return module.registers.filter(({ name }) => COUNTS.test(name)).map(({ name, width }) => mutant(`${name}: not asked`, (m) => {
    const all = constant(width, (1n << BigInt(width)) - 1n);
    const asked = mapModule(m, { node: (e) => (e.kind === 'read' && e.register.name === name ? all : e) });
    // What it is itself goes on as it was.
    return { ...asked, body: own(asked.body, m.body, name) };
  }));
}

/** Statements as they are, but those that write a register as they were. */
function own(now: readonly Statement[], before: readonly Statement[], name: string): readonly Statement[] {
  return now.map((s, i) => {
    const old = before[i];
    if (old === undefined || s.kind !== old.kind) return s;
    if (s.kind === 'assign') return s.register.name === name ? old : s;
    const lists = nestedBodies(old);
    let list = 0;
    return mapStatement(s, { expr: (e) => e, body: (body) => own(body, lists[list++] ?? [], name) });
  });
}

/** Each write of an entry left out. */
function fillMutants(module: Module): readonly Mutant[] {
  return [...placed(module.body)].flatMap(({ statement: s, path }) =>
    (s.kind === 'write' && STRUCTURE.test(s.array.name) ? [mutant(`${s.array.name}: not written at ${path.join('.')}`, (m) => without(m, [path]))] : []));
}

/** Each condition right above the writes of entries taken for true. */
function conditionMutants(module: Module): readonly Mutant[] {
  const found: Mutant[] = [];
  const visit = (body: readonly Statement[], before: Path): void => body.forEach((s, i) => {
    const path = [...before, i];
    if (s.kind === 'if') {
      const [first] = s.then.flatMap((inner) => writtenBy(inner));
      if (first !== undefined) found.push(mutant(`${first}: written whatever, at ${path.join('.')}`, (m) => ({ ...m, body: always(m.body, path) })));
    }
    nestedBodies(s).forEach((list, arm) => visit(list, [...path, arm]));
  });
  visit(module.body, []);
  return found;
}

/** The array of a structure that a statement writes in every case of a choice of ways. */
function writtenBy(s: Statement): readonly string[] {
  if (s.kind === 'write') return STRUCTURE.test(s.array.name) ? [s.array.name] : [];
  return s.kind === 'switch' ? s.cases.flatMap((c) => c.body.flatMap(writtenBy)) : [];
}

/** The statements with the branch at a path always taken. */
function always(body: readonly Statement[], [at, ...rest]: Path): readonly Statement[] {
  return body.map((s, i) => {
    if (i !== at) return s;
    const [arm, ...inner] = rest;
    if (arm === undefined) return s.kind === 'if' ? { ...s, condition: ONE } : s;
    let list = 0;
    return mapStatement(s, { expr: (e) => e, body: (statements) => (list++ === arm ? always(statements, inner) : statements) });
  });
}

/** One bit: a fence with operands is limited in some way. */
const LIMITED = /^fence\.by\./;

/** The size of the page of an entry, as a distance by which addresses are shifted. */
const isSizeOfEntry = (e: Expr): boolean => e.kind === 'select' && e.key.kind === 'slice' && e.key.a.kind === 'element' && /^tlb\..*\.age$/.test(e.key.a.array.name);

/** Of fences whose operands entries are compared with: compared although the fence does not say so, by pages of 4 KiB alone, an address not brought into place, and a cache left as it is. */
export function fenceMutants(module: Module): readonly Mutant[] {
  const limits = module.wires.filter(({ name }) => LIMITED.test(name));
  if (limits.length === 0) return [];
  const leaving = (cache: string): Mutant => {
    const writes = [...placed(module.body)].flatMap(({ statement: s, path }) =>
      (s.kind === 'assign' && s.register.name.startsWith(`tlb.${cache}.`) && COUNTS.test(s.register.name) && s.value.kind === 'binary' && s.value.b.kind === 'not' ? [path] : []));
    return mutant(`tlb.${cache}: left by fences with operands`, (m) => without(m, writes));
  };
  return [
    ...limits.map(({ name }) => mutant(`${name}: taken for granted`, (m) => withWire(m, name, () => ONE))),
    mutant('fence.guest_address: not shifted', (m) => withWire(m, 'fence.guest_address', (e) => binary('shru', e, constant(2, 2)))),
    mutant('fence.address: pages of 4 KiB', (m) => mapModule(m, { node: (e) => (isSizeOfEntry(e) ? constant(e.width, 0) : e) })),
    ...['shared', 'pointers', 'second'].map(leaving),
  ];
}

/** Of a wrong guess: that it was wrong about whether, or about where, unnoticed. */
function repairMutants(module: Module): readonly Mutant[] {
  return ['predict.missed', 'predict.misled'].filter((name) => module.wires.some((w) => w.name === name)).map((name) =>
    mutant(`${name}: unnoticed`, (m) => mapModule(m, { node: (e) => (e.kind === 'wire' && e.wire.name === name ? ZERO : e) })));
}

/** Mutants of the structures of a core; none of a core that keeps nothing. */
export function structureMutants(module: Module): readonly Mutant[] {
  return [...tagMutants(module), ...validityMutants(module), ...fillMutants(module), ...conditionMutants(module), ...fenceMutants(module), ...repairMutants(module)];
}

/** Mutants of what a core's file says of its structures: what each fence flushes, and how long things take. */
export function structureFileMutants({ translation, caches, storeBuffer }: Uarch): readonly Mutant[] {
  const inFile = (id: string, apply: (uarch: Uarch) => Uarch): Mutant => ({ id: `structure ${id}`, kind: 'structure', change: { of: 'uarch', apply }, rules: [] });
  const flushes = [...translation?.flushes ?? []].flatMap(([fence, flush]) => (['host', 'guest'] as const).flatMap((side) => flush[side].map((stage) =>
    inFile(`${fence} of ${side === 'host' ? 'V=0' : 'V=1'}: leaves ${stage}`, ({ translation: all, ...u }) => ({
      ...u, ...(all && { translation: { ...all, flushes: new Map([...all.flushes, [fence, { ...flush, [side]: flush[side].filter((s) => s !== stage) }]]) } }),
    })))));
  const walks = (['shared', 'entry'] as const).flatMap((what) => (translation === undefined ? [] : [inFile(`walker: a cycle more for ${what}`, ({ translation: all, ...u }) => ({
    ...u, ...(all && { translation: { ...all, latency: { ...all.latency, [what]: all.latency[what] + 1 } } }),
  }))]));
  const lines = (['instruction', 'data'] as const).flatMap((of) => (caches?.[of] === undefined ? [] : [inFile(`cache of ${of}: a cycle more for a line`, (u) => {
    const { instruction, data } = u.caches ?? {};
    const later = <T extends { readonly miss: number }>(cache: T): T => ({ ...cache, miss: cache.miss + 1 });
    return { ...u, caches: { ...u.caches, ...(of === 'data' ? data && { data: later(data) } : instruction && { instruction: later(instruction) }) } };
  })]));
  const stores = storeBuffer === undefined ? [] : [
    inFile('buffer of stores: a place more', (u) => ({ ...u, storeBuffer: { ...storeBuffer, entries: storeBuffer.entries + 1 } })),
    inFile('buffer of stores: a cycle more for a store', (u) => ({ ...u, storeBuffer: { ...storeBuffer, cycles: storeBuffer.cycles + 1 } })),
  ];
  return [...flushes, ...walks, ...lines, ...stores];
}
