/**
 * `uarch/*.yaml`: cores as data.
 */
import type { z } from 'zod';
import { buildLineCaches, LINE_CACHES } from './caches.js';
import type { Context } from './context.js';
import type { Declared } from './declarations.js';
import { CLASSES, type Instruction, type InstructionClass, type Uarch, type UarchStage, type Unit, UNITS } from './isa.js';
import { suggestion } from './nearest.js';
import { List, type Mapping, Text } from './node.js';
import { buildPrediction, PREDICTION } from './prediction.js';
import { buildStoreBuffer, STORE_BUFFER } from './store-buffer.js';
import { anyList, anyMapping, closed, listOf, type Located, oneOf, small, word } from './shape.js';
import { buildCaches, CACHES } from './translation-caches.js';

const CORE = closed({
  rules: listOf(word).exactOptional(),
  stages: listOf(closed({ name: word, units: listOf(oneOf(UNITS)), rules: listOf(word).exactOptional() })),
  classes: anyMapping,
  bypass: anyList,
  latency: closed({ multiply: small, divide: small, split: small, io: small }),
  translation: CACHES.exactOptional(),
  prediction: PREDICTION.exactOptional(),
  caches: LINE_CACHES.exactOptional(),
  store_buffer: STORE_BUFFER.exactOptional(),
});

type RawCore = z.output<typeof CORE>;
type RawStage = RawCore['stages'][number];

/** Longer latencies are surely a slip. */
const LONGEST = 1_000_000;
/** What each latency is at least. */
const LEAST = { multiply: 1, divide: 1, split: 0, io: 1 } as const;

/** All cores. */
export function buildCores(instructions: Iterable<Instruction>, context: Context): readonly Uarch[] {
  const all = [...instructions];
  return [...context.build('cores', (declared) => buildCore(declared, all, context)).values()];
}

function buildCore(declared: Declared, instructions: readonly Instruction[], context: Context): Uarch | undefined {
  const { label, key, extension } = declared;
  const raw = context.read(CORE, declared.node, label);
  if (raw === undefined) return undefined;
  checkStageNames(raw.stages, label, context);
  checkUnits(raw.stages, key, label, context);
  const order = new Order(raw.stages);
  const used = new Set(instructions.map((instruction) => instruction.class));
  const stages = raw.stages.map(({ name, units, rules }): UarchStage => ({
    name: name.text, span: name.span, extension, rules: context.rules.cite(rules ?? [], label), units: units.map(({ value }) => value),
  }));
  const { multiply, divide, split, io } = raw.latency;
  return {
    name: declared.name, span: key.span, stages,
    classes: buildClasses(raw.classes, used, order, label, context),
    bypass: buildBypass(raw.bypass, order, label, context),
    latency: {
      multiply: latency('multiply', multiply, label, context), divide: latency('divide', divide, label, context),
      split: latency('split', split, label, context), io: latency('io', io, label, context),
    },
    ...(raw.translation && { translation: buildCaches(raw.translation, instructions, `${label}: translation`, context) }),
    ...(raw.prediction && { prediction: buildPrediction(raw.prediction, `${label}: prediction`, context) }),
    ...(raw.store_buffer && { storeBuffer: buildStoreBuffer(raw.store_buffer, `${label}: store_buffer`, context) }),
    ...(raw.caches && { caches: buildLineCaches(raw.caches, `${label}: caches`, context) }),
  };
}

/** Classes that take effect where one unit is, whatever the core; its file need not say so. */
const BOUND: Readonly<Partial<Record<InstructionClass, 'execute' | 'commit'>>> = {
  branch: 'execute', store: 'commit', amo: 'commit', lr: 'commit', sc: 'commit',
  csr: 'commit', fence: 'commit', xret: 'commit', trap: 'commit', wait: 'commit', cbo: 'commit',
};

/** Stages in their order, by name and by unit. */
class Order {
  readonly names: readonly string[];
  readonly execute: number;
  readonly memory: number;
  readonly commit: number;

  constructor(stages: readonly RawStage[]) {
    this.names = stages.map(({ name }) => name.text);
    this.execute = stageOf('execute', stages);
    this.memory = stageOf('memory', stages);
    this.commit = stageOf('commit', stages);
  }
}

function stageOf(unit: Unit, stages: readonly RawStage[]): number {
  return stages.findIndex(({ units }) => units.some(({ value }) => value === unit));
}

function checkStageNames(stages: readonly RawStage[], label: string, context: Context): void {
  stages.forEach(({ name }, index) => {
    context.wellNamed(name, /^[a-z][a-z0-9_]*$/, label, 'execute');
    if (stages.findIndex((one) => one.name.text === name.text) < index) context.complain(name, `${label}: two stages have the name ${name.text}`, 'Give each stage its own name.');
  });
}

/** Every unit once, in order; fetch alone; memory right after execute. */
function checkUnits(stages: readonly RawStage[], key: Text, label: string, context: Context): void {
  const units = stages.flatMap((stage) => stage.units);
  units.forEach(({ value, span }, index) => {
    const before = units.slice(0, index);
    const last = before.at(-1);
    if (before.some((unit) => unit.value === value)) context.report.add(span, `${label}: the unit ${value} is here twice`, 'Each unit is in exactly one stage: remove one of them.');
    else if (last !== undefined && UNITS.indexOf(last.value) > UNITS.indexOf(value)) context.report.add(span, `${label}: the unit ${value} comes after ${last.value}`, `The order is ${UNITS.join(', ')}.`);
  });
  const missing = UNITS.filter((unit) => !units.some(({ value }) => value === unit));
  if (missing.length > 0) context.complain(stages[0]?.name ?? key, `${label}: no stage has the unit${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`, `Each unit is in exactly one stage, in the order ${UNITS.join(', ')}.`);
  const [fetch] = stages.filter((stage) => stage.units.some(({ value }) => value === 'fetch'));
  const guest = fetch?.units.find(({ value }) => value !== 'fetch');
  if (guest !== undefined) context.report.add(guest.span, `${label}: ${guest.value} shares the stage of fetch`, `Move ${guest.value} to a stage of its own after ${fetch?.name.text ?? 'fetch'}: fetch is alone in its stage.`);
  checkMemory(stages, label, context);
}

function checkMemory(stages: readonly RawStage[], label: string, context: Context): void {
  const [execute, memory] = [stageOf('execute', stages), stageOf('memory', stages)];
  if (execute < 0 || memory < 0 || memory === execute + 1) return;
  const unit = stages[memory]?.units.find(({ value }) => value === 'memory');
  if (unit !== undefined) context.report.add(unit.span, `${label}: the unit memory is not in the stage right after that of execute`, `Move it to the stage after ${stages[execute]?.name.text ?? 'execute'}: the address is ready at the end of execute, the access is made in the next cycle.`);
}

function buildClasses(raw: Mapping, used: ReadonlySet<InstructionClass>, order: Order, label: string, context: Context): Uarch['classes'] {
  const classes: Partial<Record<InstructionClass, string>> = {};
  for (const { key, value } of raw.entries) {
    const kind = CLASSES.find((one) => one === key.text);
    if (kind === undefined) context.complain(key, `${label}: there is no class ${key.text}`, suggestion(key.text, CLASSES));
    const stage = context.read(word, value, `${label}: ${key.text}`);
    if (stage === undefined || !knownStage(stage, order, `${label}: ${key.text}`, context)) continue;
    const bound = kind === undefined ? undefined : BOUND[kind];
    const unit = kind === 'load' ? 'memory' : 'execute';
    if (bound !== undefined) {
      const place = order.names[order[bound]];
      if (place !== undefined && place !== stage.text) context.complain(stage, `${label}: ${key.text} takes effect in ${place}, the stage of ${bound}, not in ${stage.text}`, `Write ${place}.`);
    } else if (order.names.indexOf(stage.text) < order[unit]) context.complain(stage, `${label}: ${key.text} has its result in ${stage.text}, before ${unit}`, `Name the stage of ${unit} or a later one.`);
    if (kind !== undefined) classes[kind] = stage.text;
  }
  for (const kind of used) {
    const bound = BOUND[kind];
    const place = bound && order.names[order[bound]];
    if (place !== undefined) classes[kind] ??= place;
  }
  // A core that does not tell multiplications from divisions yields both in the same stage.
  if (classes.muldiv !== undefined) classes.multiply ??= classes.muldiv;
  const missing = [...used].filter((kind) => classes[kind] === undefined && raw.get(kind) === undefined);
  if (missing.length > 0 && context.complete) context.report.add({ ...raw.span, end: raw.span.start + 1 }, `${label}: no stage for the class${missing.length > 1 ? 'es' : ''} ${missing.join(', ')}`, `Add \`${missing[0] ?? ''}: stage\` to classes: instructions of the ISA have ${missing.length > 1 ? 'these classes' : 'this class'}.`);
  return classes;
}

function buildBypass(raw: List, order: Order, label: string, context: Context): readonly string[] {
  const names = raw.items.flatMap((item) => context.read(word, item, `${label}: bypass`) ?? []);
  names.forEach((name, index) => {
    if (!knownStage(name, order, `${label}: bypass`, context)) return;
    if (names.findIndex(({ text }) => text === name.text) < index) context.complain(name, `${label}: bypass: ${name.text} is listed twice`, 'Remove one of them.');
    if (order.names.indexOf(name.text) < order.execute) context.complain(name, `${label}: bypass: ${name.text} has no results yet`, 'Results exist from the stage of execute on: remove it.');
  });
  return names.map(({ text }) => text);
}

function knownStage(name: Text, order: Order, label: string, context: Context): boolean {
  if (order.names.includes(name.text)) return true;
  context.complain(name, `${label}: there is no stage ${name.text}`, suggestion(name.text, order.names));
  return false;
}

function latency(name: keyof typeof LEAST, { value, span }: Located<number>, label: string, context: Context): number {
  if (value < LEAST[name]) context.report.add(span, `${label}: the latency of ${name} is ${value}`, `Write at least ${LEAST[name]}.`);
  if (value > LONGEST) context.report.add(span, `${label}: the latency of ${name} is ${value}`, `Write at most ${LONGEST}: longer ones are surely a slip.`);
  return value;
}
