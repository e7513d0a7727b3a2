/** The counter-example, a kernel without the hypervisor level, dies as the reference says. */
import { describe, expect, it } from 'vitest';
import { Lockstep } from '../lockstep/lockstep.js';
import { CORES } from '../properties/cores.js';
import { observedCore } from '../properties/altered.js';
import { kernelProgram, MISDEEDS } from './isolation.js';
import { systems } from './systems.testing.js';

describe.each(CORES)('in lockstep with the reference on the %s core', (name) => {
  const lockstep = new Lockstep(observedCore(name));

  it.each<readonly [what: string, misdeed: number | undefined]>([['does nothing wrong', undefined], ...MISDEEDS.map((what, misdeed) => [what, misdeed] as const)])('the kernel whose B %s, for as long as it takes to die of it', (_, misdeed) => {
    expect(lockstep.run(kernelProgram(systems, misdeed), { maxCycles: 400_000 })).toMatchObject({ kind: 'agreed' });
  });
});
