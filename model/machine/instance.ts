/** From wasm bytes to an instance on a memory. */
import type { CoreExports } from './core.js';

/** The host's hook of the traced variant: appends the text of an instruction word to the wave buffer, returns the new end. */
export type TextHook = (signal: number, value: bigint, pointer: number) => number;

const isRun = (f: unknown): f is (base: number, cycles: number) => number => typeof f === 'function';
const isSample = (f: unknown): f is (base: number) => void => typeof f === 'function';

/** Instantiates a variant on `memory`. */
export function instantiate(
  wasm: Uint8Array,
  memory: WebAssembly.Memory,
  text: TextHook = (_signal, _value, pointer) => pointer,
): CoreExports & { readonly sample?: (base: number) => void } {
  const bytes = new Uint8Array(wasm);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, text } });
  const { run, sample } = exports;
  if (!isRun(run)) throw new Error('the wasm module exports no run');
  return isSample(sample) ? { run, sample } : { run };
}
