/** What bounds random programs in lockstep. */
import type { CompiledCore } from '../../model/compile.js';
import type { Isa } from '../../model/spec/isa.js';
import { Builder, type BuiltProgram } from '../arbitraries/build.js';
import { PlanMaker } from '../arbitraries/maker.js';
import type { Profile } from '../arbitraries/profile.js';
import { Coverage } from '../coverage/coverage.js';
import { NO_TIMES, shares, sum, timesOf, type Times } from '../fuzz/time-shares.js';
import { programNumber } from '../lockstep/campaign.js';
import { Lockstep } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';

/** Programs run before any counts: the first would tell of the engine's compiler. */
const WARM_UP = 50;

/** Where the time of random programs in lockstep goes, those counted that `lockstep --random` counts. */
export function lockstepShares(observed: CompiledCore, isa: Isa, programs: number, profile: Profile): Times {
  const core = new ObservedCore(observed);
  const lockstep = new Lockstep(core);
  const maker = new PlanMaker(isa, profile);
  const builder = new Builder(maker.shapes);
  const coverage = new Coverage(isa);
  let times = NO_TIMES;
  for (let i = -WARM_UP; i < programs; i++) {
    const make = (): BuiltProgram => builder.build(maker.make(programNumber(0, i)));
    const program = make();
    coverage.start(program.entry);
    const more = timesOf({ program, core, lockstep, making: () => void make(), onRecord: (o) => coverage.see(o) });
    if (i >= 0) times = sum(times, more);
  }
  return shares(times);
}
