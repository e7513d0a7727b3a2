/**
 * A core from its specs: stages as the uarch file names them, units where it
 * puts them, one module out.
 */
import { ONE, ZERO, and, not } from '../ir/build.js';
import type { Expr, Module } from '../ir/ir.js';
import type { Diagnostic } from '../spec/diagnostic.js';
import type { Isa, Uarch, Unit } from '../spec/isa.js';
import { ModuleBuilder, type Told } from './builder.js';
import { Commit } from './commit.js';
import { stageOf, type Core } from './core.js';
import { Decoder } from './decode.js';
import { describeExecute, executeCycle, stallExecute } from './execute.js';
import { describeFetch, emptyFetch, fetchCycle } from './fetch.js';
import { describeDecode, describeOperands, stallOperands } from './front.js';
import { Guard } from './guard.js';
import { declareHart, type Hart } from './hart.js';
import { LineCache } from './line-cache.js';
import { describePrediction, Predictor, repair } from './predict.js';
import { Regimes } from './regimes.js';
import { ReturnStack } from './return-stack.js';
import { Stage, Travelling } from './stage.js';
import { StoreBuffer } from './store-buffer.js';
import { Walker } from './walk.js';
import { WalkCaches } from './walk-caches.js';
import { Windows } from './windows.js';

/** The hardware of a core, or what is wrong with the operations of its specs. */
export type Elaborated =
  | { readonly ok: true; readonly module: Module; readonly homes: readonly string[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Elaborates one core.
 *
 * @param told - What it tells observers besides records.
 */
export function elaborate(isa: Isa, uarch: Uarch, told: Told = 'nothing'): Elaborated {
  const builder = new ModuleBuilder(told);
  const hart = declareHart(builder, isa);
  const stages = uarch.stages.map((s, i) => new Stage(builder, s.name, i));
  const core: Core = {
    builder, hart, uarch, stages, ...translationOf(hart, uarch), ...linesOf(builder, uarch), ...predictionOf(builder, uarch),
    ...(uarch.storeBuffer && { stores: new StoreBuffer(builder, uarch.storeBuffer) }),
    decoder: new Decoder(isa), values: new Travelling(stages), place: placesOf(uarch),
  };
  describeFetch(core, isa.hart.resetPc);
  describeDecode(core);
  describePrediction(core);
  describeOperands(core);
  describeExecute(core);
  stallOperands(core);
  const operandsReady = core.place.operands === core.place.execute ? and(...stageOf(core, 'operands').pendingReasons.map(not), ONE) : ONE;
  stallExecute(core, operandsReady);
  for (const stage of [...stages].reverse()) if (stage.index > 0) stage.settle(stages[stage.index + 1]);

  const commit = new Commit(core, () => emptyPipeline(core));
  builder.when(commit.slow, () => commit.slowly(), () => usualCycle(core, commit, operandsReady), 'then');
  const module = builder.build(uarch.name);
  const { diagnostics } = hart.lowering;
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  return { ok: true, module, homes: [...hart.csrs.homes.keys()] };
}

/** A cycle in which the commit stage needs no attention: every stage does its part, last first. */
function usualCycle(core: Core, commit: Commit, operandsReady: Expr): void {
  const { builder, stages, values, place } = core;
  const execute = stageOf(core, 'execute');
  const { wrong, target } = repair(core);
  const redirect = builder.wire('redirect', and(execute.advance, wrong));
  for (const stage of stages.slice(place.fetch + 1, place.execute)) stage.killOn(redirect, 'redirect');
  commit.usual();
  for (const stage of [...stages].reverse()) {
    const before = stages[stage.index - 1];
    if (stage.index === place.execute) executeCycle(core, operandsReady);
    if (stage.index > 0) stage.countStalls();
    if (before === undefined || before.index === place.fetch) continue;
    stage.take(and(before.advance, not(before.killed)), () => values.latch(stage.index));
  }
  builder.when(redirect, () => builder.count('redirects', 'redirects'));
  fetchCycle(core, redirect, target);
}

/** Everything in flight is thrown away. */
function emptyPipeline(core: Core): void {
  const { builder, stages, uarch } = core;
  builder.count('restarts', 'restarts');
  emptyFetch(core);
  for (const stage of stages.slice(1)) stage.empty();
  if (uarch.latency.multiply > 1 || uarch.latency.divide > 1) {
    builder.assign(builder.register('muldiv.busy', 1), ZERO);
  }
  if (uarch.latency.split > 0) {
    const split = builder.register(`${stageOf(core, 'execute').name}.split`, Math.ceil(Math.log2(uarch.latency.split + 1)));
    builder.assign(split, { kind: 'const', width: split.width, value: 0n });
  }
}

function translationOf(hart: Hart, uarch: Uarch): Pick<Core, 'translation'> {
  const { translation, protection } = hart.isa;
  if (translation === undefined) return {};
  const guard = protection === undefined ? undefined : new Guard(hart, protection);
  const regimes = new Regimes(hart, translation);
  const windows = new Windows(hart, regimes, guard, uarch.translation);
  const caches = uarch.translation && new WalkCaches(hart, translation, uarch.translation);
  return { translation: { regimes, windows, walker: new Walker(hart, translation, windows, caches), ...(caches && { caches }) } };
}

function linesOf(builder: ModuleBuilder, { caches }: Uarch): Pick<Core, 'lines'> {
  if (caches === undefined) return {};
  const { instruction, data } = caches;
  return {
    lines: {
      ...(instruction && { instruction: new LineCache(builder, 'cache.instruction', instruction, false) }),
      ...(data && { data: new LineCache(builder, 'cache.data', data, data.write === 'back') }),
    },
  };
}

function predictionOf(builder: ModuleBuilder, { prediction }: Uarch): Pick<Core, 'predictor' | 'returns'> {
  if (prediction === undefined) return {};
  const { returns } = prediction;
  return { predictor: new Predictor(builder, prediction), ...(returns && { returns: new ReturnStack(builder, returns) }) };
}

function placesOf(uarch: Uarch): Record<Unit, number> {
  const indexOf = (unit: Unit): number => uarch.stages.findIndex((s) => s.units.includes(unit));
  return {
    fetch: indexOf('fetch'), decode: indexOf('decode'), operands: indexOf('operands'),
    execute: indexOf('execute'), memory: indexOf('memory'), commit: indexOf('commit'),
  };
}
