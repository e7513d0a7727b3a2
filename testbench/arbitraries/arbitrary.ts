/**
 * Random programs for fast-check.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { PlanMaker } from './maker.js';
import type { Plan } from './program.js';
import { simpler } from './shrink.js';

/**
 * Programs as one arbitrary: drawn by {@link PlanMaker} (a thousand draws of
 * fast-check's own would be most of a program's time), shrunk by
 * {@link simpler}, which deletes instructions before anything else.
 */
class ProgramArbitrary extends fc.Arbitrary<Plan> {
  constructor(
    readonly maker: PlanMaker,
    readonly adapt: (plan: Plan) => Plan,
  ) {
    super();
  }

  override generate(random: fc.Random): fc.Value<Plan> {
    return new fc.Value(this.adapt(this.maker.make(random.nextInt())), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Plan {
    return typeof value === 'object' && value !== null && 'body' in value && 'handlers' in value;
  }

  override shrink(plan: Plan): fc.Stream<fc.Value<Plan>> {
    // What restricts a candidate back to the plan itself would shrink for ever.
    return fc.stream(simpler(plan, this.maker.shapes)).map((p) => this.adapt(p)).filter((p) => !isDeepStrictEqual(p, plan)).map((p) => new fc.Value(p, undefined));
  }
}

/**
 * Random programs.
 *
 * @param adapt - Restricts programs (no interrupts, one mode); must keep what it has restricted.
 */
export function programs(maker: PlanMaker, adapt: (plan: Plan) => Plan = (plan) => plan): fc.Arbitrary<Plan> {
  return new ProgramArbitrary(maker, adapt);
}
