/**
 * Compiles all specs to wasm in a process of its own, every core and variant,
 * and prints how many seconds that took from loading the compiler on.
 */
import { fileURLToPath } from 'node:url';

const began = performance.now();
const { compile, load } = await import('../../model/compile.js');
// From dist/testbench/bench.
const specs = load([fileURLToPath(new URL('../../../specs', import.meta.url))]);
if (!specs.ok) throw new Error('the shipped specs have mistakes');
for (const core of specs.value.cores) {
  for (const variant of ['plain', 'observed', 'traced'] as const) compile(specs.value, core, variant, 128 << 20);
}
console.log(((performance.now() - began) / 1000).toFixed(3));
