/**
 * What the IR can say, in SystemVerilog: random modules, with every operator at every kind of width, run under Verilator
 * as they run in WebAssembly, while the host sets inputs at random.
 */
import * as fc from 'fast-check';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSignal, type Signal } from '../../model/backend/layout.js';
import { compileModule } from '../../model/backend/wasm.js';
import { randomModule } from '../../model/ir/random.testing.js';
import { verify } from '../../model/ir/verify.js';
import { WasmCore } from '../../model/machine/core.js';
import { instantiate } from '../../model/machine/instance.js';
import { testSeed } from '../properties/effort.js';
import { blockOf } from '../verilator/block.js';
import { SteppedCore } from '../verilator/recorder.js';
import { Simulator } from '../verilator/simulator.js';
import { workFolder } from './ghosthart.js';
import { sideBySide } from './side-by-side.js';

const MODULES = 60;
const CYCLES = 400;
const DRAM_BYTES = 65_536;

it(`${MODULES} random modules have the same registers in each of ${CYCLES} cycles`, () => {
  const module = sideBySide(fc.sample(randomModule(), { numRuns: MODULES, seed: testSeed() }));
  expect(verify(module)).toEqual([]);
  const { wasm, layout } = compileModule(module, { variant: 'plain', dramBytes: DRAM_BYTES });
  const linear = new WebAssembly.Memory({ initial: layout.memory.pages });
  const core = new SteppedCore(new WasmCore(instantiate(wasm, linear), linear, layout), linear);
  const { registers, start } = blockOf(layout);
  const inputs = module.registers.filter((r) => r.input);
  const values = fc.sample(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), { numRuns: CYCLES, seed: testSeed() });
  const states: DataView[] = [];
  core.reset();
  for (const [cycle, value] of values.entries()) {
    const input = inputs[Number(value % BigInt(inputs.length))];
    if (cycle % 2 === 1 && input !== undefined) core.cell(input.name)?.set(BigInt.asUintN(input.width, value));
    core.run(1);
    states.push(new DataView(core.left.buffer));
  }
  const simulator = Simulator.build(module, layout, { directory: join(workFolder, 'verilator-modules') });
  const job = { cycles: CYCLES, segments: [], effects: core.effects };
  const [simulated] = simulator.run([job]);
  const { hashes } = core;
  const at = hashes.findIndex((word, i) => word !== simulated?.hashes[i]);
  if (at !== -1) {
    const cycle = Math.floor(at / 2);
    const theirs = new DataView(simulator.registersAfter(job, cycle + 1).buffer);
    const value = (r: Signal, view: DataView | undefined): string => (view === undefined ? 'nothing' : `0x${readSignal(r, view, -start).toString(16)}`);
    const differing = registers.filter((r) => value(r, theirs) !== value(r, states[cycle]));
    expect(differing.map((r) => `${r.name}: wasm ${value(r, states[cycle])}, Verilator ${value(r, theirs)}`), `after ${cycle + 1} cycles`).toEqual([]);
  }
  expect(at, 'registers agree, and a register file does not').toBe(-1);
  expect([...core.largeArrays()]).toEqual([...(simulated?.arrays ?? [])]);
}, 600_000);
