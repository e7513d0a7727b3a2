/** Random programs for properties: one maker, builder and lockstep per process and core. */
import type fc from 'fast-check';
import { programs } from '../arbitraries/arbitrary.js';
import { Builder, type BuiltProgram } from '../arbitraries/build.js';
import { PlanMaker } from '../arbitraries/maker.js';
import { printBody } from '../arbitraries/print.js';
import type { Profile } from '../arbitraries/profile.js';
import type { Plan } from '../arbitraries/program.js';
import { createDisassembler, type Disassembler } from '../assembly/disassemble.js';
import { assemblyTables } from '../assembly/tables.js';
import { explain } from '../lockstep/explain.js';
import { Lockstep, type Divergence } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { compiledCore, CORES, shippedSpecs, type CoreName } from './cores.js';

const makers = new Map<Profile, PlanMaker>();

function planMaker(profile: Profile = 'physical'): PlanMaker {
  const known = makers.get(profile) ?? new PlanMaker(shippedSpecs().isa, profile);
  makers.set(profile, known);
  return known;
}

/** Random programs of all instructions of the shipped specs; if nothing else is said, without page tables. */
export const randomPrograms = (adapt?: (plan: Plan) => Plan, profile?: Profile): fc.Arbitrary<Plan> => programs(planMaker(profile), adapt);

/** A plan as memory. */
export const built = (plan: Plan): BuiltProgram => new Builder(planMaker().shapes).build(plan);

/** A core with its reference. */
export const lockstepOf = (name: CoreName): Lockstep => new Lockstep(new ObservedCore(compiledCore(name)));

/** Enough for nearly every program to end by itself. */
export const MOST_CYCLES = 3000;

let known: Disassembler | undefined;
export const disassembler = (): Disassembler => (known ??= createDisassembler(assemblyTables(shippedSpecs().isa)));

/** A divergence in the manual's words; names of causes are the same on every core. */
export const explained = (divergence: Divergence): string =>
  explain(divergence, { isa: shippedSpecs().isa, description: compiledCore(CORES[0]).description, disassemble: disassembler() });

/** What a property says of a divergence: the difference, and the body that leads to it. */
export const failure = (divergence: Divergence, plan: Plan, program: BuiltProgram): Error =>
  new Error(`${explained(divergence)}\n${printBody(plan, program, disassembler())}`);
