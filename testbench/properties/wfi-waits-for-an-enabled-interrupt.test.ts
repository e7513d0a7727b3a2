/**
 * WFI retires if and only if an interrupt is pending and enabled by itself,
 * for each of them. Lockstep cannot tell: the manual lets WFI end at any time.
 *
 * rules: wfi_op, wfi_unaffected_conditions
 */
import { describe, expect, it } from 'vitest';
import { ObservedCore } from '../lockstep/observed.js';
import { waitFaults } from '../mutants/waiting.js';
import { compiledCore, CORES } from './cores.js';

describe('WFI waits for an interrupt that is pending and enabled', () => {
  it.each(CORES)('on the %s core', (name) => {
    expect(waitFaults(new ObservedCore(compiledCore(name)))).toEqual([]);
  });
});
