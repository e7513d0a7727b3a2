/** Programs for properties of the whole core: random ones in all modes, and ones dense with hazards. */
import * as fc from 'fast-check';
import { hardware } from '../../model/compile.js';
import type { Module } from '../../model/ir/ir.js';
import { shippedSpecs, type CoreName } from './cores.js';
import { anyHazards } from './hazards.js';
import { programFrom } from './programs.js';
import { built, randomPrograms } from './random-programs.js';
import type { Scenario } from './runs.js';

/** What a counterexample prints is the plan or text; calling it builds the program. */
export const anyScenario: fc.Arbitrary<() => Scenario> = fc.oneof(
  randomPrograms().map((plan) => () => built(plan)),
  anyHazards.map((text) => () => programFrom(text)),
);

/** The hardware of a shipped core, as the backend gets it. */
export function moduleOf(name: CoreName): Module {
  const specs = shippedSpecs();
  const uarch = specs.cores.find((c) => c.name === name);
  const outcome = uarch && hardware(specs, uarch);
  if (outcome?.ok !== true) throw new Error(`${name} does not elaborate`);
  return outcome.value.module;
}
