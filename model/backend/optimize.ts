/** Which of binaryen's passes earn their time on this code. */
import binaryen from 'binaryen';

/**
 * Expressions are shared, folded and placed already, and V8 does the rest;
 * what is left is to tidy up. No inlining: rare functions stay outside.
 */
const PASSES = ['optimize-instructions', 'vacuum', 'simplify-locals-notee-nostructure', 'vacuum', 'remove-unused-brs', 'coalesce-locals', 'reorder-locals', 'vacuum'];

export function optimize(wasm: binaryen.Module): void {
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  wasm.runPasses(PASSES);
}
