/**
 * Mutants of the elaboration, found in the hardware by its names: stalls and
 * kills are wires with their reasons, flushes and the pipeline's state are
 * assignments, bypasses are the arms of the operands' multiplexers.
 */
import { ONE, ZERO, constant } from '../../model/ir/build.js';
import type { Expr, Module, Register, Statement } from '../../model/ir/ir.js';
import { withOperands } from '../../model/ir/map.js';
import { operands } from '../../model/ir/walk.js';
import { Decoder } from '../../model/pipeline/decode.js';
import type { Isa, Uarch } from '../../model/spec/isa.js';
import type { Kind, Mutant } from './mutant.js';
import { placed, withWire, without, type Placed } from './rewrite.js';

const hardware = (kind: Kind, id: string, apply: (module: Module) => Module): Mutant => ({ id: `${kind} ${id}`, kind, change: { of: 'hardware', apply }, rules: [] });

/** Each stall and kill forgotten. */
function reasonMutants(module: Module): readonly Mutant[] {
  return module.wires.flatMap(({ name }) => {
    const kind = /\.(stall|kill)\./.exec(name)?.[1];
    return kind === 'stall' || kind === 'kill' ? [hardware(kind, `${name}: forgotten`, (m) => withWire(m, name, () => ZERO))] : [];
  });
}

type Mux = Extract<Expr, { readonly kind: 'mux' }>;

/** The multiplexers of a chain, youngest stage first. */
function chainOf(e: Expr): readonly Mux[] {
  return e.kind === 'mux' ? [e, ...chainOf(e.else)] : [];
}

function replaced(e: Expr, old: Expr, by: Expr): Expr {
  return e === old ? by : withOperands(e, operands(e).map((o) => (e.kind === 'wire' ? o : replaced(o, old, by))));
}

/** In `if x != 0 then (chain) else 0`, the chain. */
const inner = (e: Expr): Expr => (e.kind === 'mux' && e.else.kind === 'const' ? e.then : e);

/** Each operand's bypass ignored, or taken from the wrong stage; the stall that waits for it likewise. */
function bypassMutants(module: Module, uarch: Uarch): readonly Mutant[] {
  const names = uarch.stages.slice(uarch.stages.findIndex((s) => s.units.includes('operands')) + 1).map((s) => s.name);
  const operandWires = module.wires.filter((w) => /\.operand\.[ab]$/.test(w.name) && !w.name.includes('.stall.'));
  const stallWires = module.wires.filter((w) => /\.stall\.operand\./.test(w.name));
  const change = (name: string, how: (chain: readonly Mux[], whole: Expr) => Expr) => (m: Module): Module =>
    withWire(m, name, (value) => how(chainOf(inner(value)), value));
  const arms = operandWires.flatMap(({ name, value }) => chainOf(inner(value)).flatMap((_, i, all) => {
    const stage = names[i] ?? `${i}`;
    const ignored = hardware('bypass', `${name} from ${stage}: ignored`, change(name, (chain, whole) => {
      const arm = chain[i];
      return arm === undefined ? whole : replaced(whole, arm, arm.else);
    }));
    const j = (i + 1) % all.length;
    if (j === i) return [ignored];
    return [ignored, hardware('bypass', `${name} from ${stage}: takes the value of ${names[j] ?? `${j}`}`, change(name, (chain, whole) => {
      const [arm, other] = [chain[i], chain[j]];
      return arm === undefined || other === undefined ? whole : replaced(whole, arm, { ...arm, then: other.then });
    }))];
  }));
  const youngest = operandWires.filter(({ value }) => chainOf(inner(value)).length > 1).map(({ name }) =>
    hardware('bypass', `${name}: the oldest stage first`, change(name, (chain, whole) => {
      const [first] = chain;
      const file = chain.at(-1)?.else;
      return first === undefined || file === undefined ? whole : replaced(whole, first, chain.reduce<Expr>((rest, arm) => ({ ...arm, else: rest }), file));
    })));
  const zero = operandWires.map(({ name }) => hardware('bypass', `${name}: register 0 is bypassed, too`, change(name, (_chain, whole) => inner(whole))));
  const waits = stallWires.flatMap(({ name, value }) => {
    const stall = value.kind === 'binary' ? value.b : value;
    return chainOf(inner(stall)).flatMap((_, i) => {
      const stage = names[i] ?? `${i}`;
      const at = (how: (arm: Mux) => Expr) => (m: Module): Module => withWire(m, name, (whole) => {
        const arm = chainOf(inner(whole.kind === 'binary' ? whole.b : whole))[i];
        return arm === undefined ? whole : replaced(whole, arm, how(arm));
      });
      return [
        hardware('bypass', `${name}: ${stage} has its result at once`, at((arm) => ({ ...arm, then: ZERO }))),
        hardware('bypass', `${name}: waits until ${stage} is past`, at((arm) => ({ ...arm, then: ONE }))),
      ];
    });
  });
  return [...arms, ...youngest, ...zero, ...waits];
}

/** What an assignment dropped is a mistake in; undefined for what only statistics or records see, and for CSRs (the specs' mutants). */
function kindOf(s: Statement): Kind | undefined {
  if (s.kind === 'store' || s.kind === 'load' || (s.kind === 'write' && s.array.name === 'x')) return 'state';
  if (s.kind !== 'assign' || s.register.observed === true || /^(csr|statistics)\./.test(s.register.name)) return undefined;
  const clears = s.value.kind === 'const' && s.value.value === 0n;
  return clears && /\.(valid|split|busy)$/.test(s.register.name) && !s.register.name.startsWith('io.') ? 'flush' : 'state';
}

const targetOf = (s: Statement): string => {
  switch (s.kind) {
    case 'assign': return s.register.name;
    case 'write': return s.array.name;
    case 'load': return `load into ${s.into.name}`;
    default: return s.kind;
  }
};

/** Each assignment of the pipeline's state dropped; those to one register on the slow way also all together. */
function stateMutants(module: Module): readonly Mutant[] {
  const all = [...placed(module.body)].flatMap((p) => {
    const kind = kindOf(p.statement);
    return kind === undefined ? [] : [{ ...p, kind, target: targetOf(p.statement) }];
  });
  const single = all.map(({ path, kind, target }) => hardware(kind, `${target}: not written at ${path.join('.')}`, (m) => without(m, [path])));
  const slow = module.body.findIndex((s) => s.kind === 'if' && s.rare === 'then');
  const flushes = new Map<string, Placed[]>();
  for (const p of all) if (p.kind === 'flush' && p.path[0] === slow && p.path[1] === 0) flushes.set(p.target, [...(flushes.get(p.target) ?? []), p]);
  return [...single, ...[...flushes].map(([target, list]) => hardware('flush', `${target}: never cleared by commit`, (m) => without(m, list.map((p) => p.path))))];
}

/** Each reason for the slow way at commit forgotten, and each instruction that goes it taken for a usual one. */
function serializationMutants(module: Module, isa: Isa): readonly Mutant[] {
  const decoder = new Decoder(isa);
  const name = module.wires.find((w) => w.name.endsWith('.decoded'))?.name;
  if (name === undefined) return [];
  const bit = (field: 'rare' | 'op'): { readonly low: number; readonly width: number } | undefined => {
    const control: Register = { kind: 'register', name: 'control', width: decoder.width, reset: 0n, input: false };
    const e = decoder.field({ kind: 'read', width: decoder.width, register: control }, field);
    return e.kind === 'slice' ? { low: e.low, width: e.width } : undefined;
  };
  const [rare, index] = [bit('rare'), bit('op')];
  if (rare === undefined || index === undefined) return [];
  const unserialized = (op: number) => (e: Expr): Expr => {
    if (e.kind === 'const' && e.width === decoder.width) {
      const named = (e.value >> BigInt(index.low)) & ((1n << BigInt(index.width)) - 1n);
      return named === BigInt(op) && e.value >> BigInt(rare.low) & 1n ? constant(e.width, e.value ^ (1n << BigInt(rare.low))) : e;
    }
    return withOperands(e, operands(e).map((o, i) => (e.kind === 'select' && i === 0 ? o : e.kind === 'mux' && i === 0 ? o : unserialized(op)(o))));
  };
  const fences = decoder.ops.filter((op) => op.instruction.class === 'fence' || op.instruction.permit !== undefined)
    .map((op) => hardware('serialization', `${op.instruction.name}: does not serialize`, (m) => withWire(m, name, unserialized(op.index))));
  const slow = module.wires.find((w) => w.name === 'commit.slow');
  const reasons = slow?.value.kind === 'mux' && slow.value.then.kind === 'mux' ? [
    hardware('serialization', 'commit: interrupts are not sampled', (m) => withWire(m, 'interrupt.taken', () => ZERO)),
    hardware('serialization', 'commit: an access outside DRAM is usual', (m) => withWire(m, slow.name, (e) => dropTrouble(e))),
  ] : [];
  return [...fences, ...reasons];
}

/** In `valid ? (rare | trouble ? 1 : taken) : 0`, without trouble. */
function dropTrouble(e: Expr): Expr {
  if (e.kind !== 'mux' || e.then.kind !== 'mux' || e.then.condition.kind !== 'binary') return e;
  return { ...e, then: { ...e.then, condition: e.then.condition.a } };
}

/** Wires that decide about movement, stuck. */
function controlMutants(module: Module): readonly Mutant[] {
  const conditions: readonly (readonly [Kind, RegExp, 0 | 1])[] = [
    ['kill', /^redirect$/, 0], ['kill', /^redirect$/, 1], ['state', /\.trouble$/, 0], ['state', /^fetch\.request$/, 1], ['state', /\.(advance|ready)$/, 1],
  ];
  return conditions.flatMap(([kind, pattern, value]) => module.wires.filter((w) => pattern.test(w.name)).map(({ name }) =>
    hardware(kind, `${name}: always ${value}`, (m) => withWire(m, name, () => (value === 1 ? ONE : ZERO)))));
}

/** All mutants of a core's hardware. */
export function hardwareMutants(module: Module, isa: Isa, uarch: Uarch): readonly Mutant[] {
  return [...reasonMutants(module), ...bypassMutants(module, uarch), ...stateMutants(module), ...serializationMutants(module, isa), ...controlMutants(module)];
}

/** Mutants of the core's file: what only the scoreboard can see. */
export function uarchMutants({ bypass, latency }: Uarch): readonly Mutant[] {
  const mutant = (kind: Kind, id: string, apply: (u: Uarch) => Uarch): Mutant => ({ id: `${kind} ${id}`, kind, change: { of: 'uarch', apply }, rules: [] });
  const bypasses = bypass.map((stage) => mutant('bypass', `${stage}: does not forward`, (u) => ({ ...u, bypass: u.bypass.filter((s) => s !== stage) })));
  const latencies = (['multiply', 'divide', 'split', 'io'] as const).flatMap((what) => [latency[what] - 1, latency[what] + 1]
    .filter((n) => n >= (what === 'split' ? 0 : 1))
    .map((n) => mutant('latency', `${what}: ${n} instead of ${latency[what]}`, (u) => ({ ...u, latency: { ...u.latency, [what]: n } }))));
  return [...bypasses, ...latencies];
}
