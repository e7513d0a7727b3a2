/** The speed of a core in SystemVerilog, compiled by Verilator: what the WebAssembly is to be compared with. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompiledCore } from '../../model/compile.js';
import type { Module } from '../../model/ir/ir.js';
import type { Program } from '../../model/machine/elf.js';
import { Recorder } from '../verilator/recorder.js';
import { Simulator } from '../verilator/simulator.js';
import { median } from './measure.js';

export interface VerilatorSpeed {
  /** By CPU time. */
  readonly mcyclesPerSecond: number;
  /** Cycles of one run. */
  readonly cycles: number;
  /** From the printed text to a program that runs. */
  readonly compileSeconds: number;
}

/**
 * Measures the first cycles of a program that asks nothing of any device in them.
 *
 * @param module - The hardware of `plain`.
 */
export function verilatorSpeed(module: Module, plain: CompiledCore, program: Program, runs: number, cycles: number): VerilatorSpeed {
  const directory = mkdtempSync(join(tmpdir(), 'ghosthart-verilator-'));
  try {
    const began = performance.now();
    const simulator = Simulator.build(module, plain.description.layout, { directory });
    const compileSeconds = (performance.now() - began) / 1000;
    const { job } = new Recorder(plain).record(program, 1);
    const seconds = median(Array.from({ length: runs }, () => simulator.secondsOf({ ...job, cycles })));
    return { mcyclesPerSecond: cycles / seconds / 1e6, cycles, compileSeconds };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
