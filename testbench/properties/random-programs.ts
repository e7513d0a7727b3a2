/** Random programs for properties: one maker, builder and lockstep per process and core. */
import type fc from 'fast-check';
import { programs, PlanMaker } from '../arbitraries/arbitrary.js';
import { Builder, type BuiltProgram } from '../arbitraries/build.js';
import type { Plan } from '../arbitraries/program.js';
import { Lockstep } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { compiledCore, shippedSpecs, type CoreName } from './cores.js';

let maker: PlanMaker | undefined;
const planMaker = (): PlanMaker => (maker ??= new PlanMaker(shippedSpecs().isa));

/** Random programs of all instructions of the shipped specs. */
export const randomPrograms = (adapt?: (plan: Plan) => Plan): fc.Arbitrary<Plan> => programs(planMaker(), adapt);

/** A plan as memory. */
export const built = (plan: Plan): BuiltProgram => new Builder(planMaker().shapes).build(plan);

/** A core with its reference. */
export const lockstepOf = (name: CoreName): Lockstep => new Lockstep(new ObservedCore(compiledCore(name)));

/** Enough for nearly every program to end by itself. */
export const MOST_CYCLES = 3000;
