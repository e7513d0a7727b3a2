import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOCK_PERIOD, HOST, hasText, vcdId } from '../../model/backend/layout.js';
import type { Variant } from '../../model/backend/unit.js';
import { WasmCore } from '../../model/machine/core.js';
import { instantiate } from '../../model/machine/instance.js';
import { Machine } from '../../model/machine/machine.js';
import { PhysicalMemory } from '../../model/machine/memory.js';
import { readVcd, type VcdChange } from '../../waves/read.js';
import { WaveRecorder } from '../../waves/recorder.js';
import { createTextLane, textLanes, textOf } from '../../waves/text.js';
import { createDisassembler } from '../assembly/disassemble.js';
import { assemblyTables } from '../assembly/tables.js';
import { compiledCore, CORES, shippedSpecs, type CoreName } from './cores.js';
import { shippedProgram } from './programs.js';

const BEFORE = 137;
const WINDOW = 300;

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'waves-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function machineOf(name: CoreName, variant: Variant, recorder: () => WaveRecorder | undefined = () => undefined) {
  const { wasm, description: { layout, machine: description } } = compiledCore(name, variant);
  const linear = new WebAssembly.Memory({ initial: layout.memory.pages });
  const lanes = textLanes(layout.signals, hasText, vcdId);
  const disassemble = createDisassembler(assemblyTables(shippedSpecs().isa));
  const instance = instantiate(wasm, linear, createTextLane(disassemble, lanes, linear));
  const core = new WasmCore(instance, linear, layout);
  const machine = new Machine({
    core,
    memory: new PhysicalMemory(linear, layout.memory),
    description,
    skipIdle: false,
    drainRing: () => core.view.setUint32(core.base + HOST.ringHead, 0, true),
    drainWave: () => recorder()?.drain() ?? false,
  });
  machine.reset();
  machine.load(shippedProgram('hello.S'));
  return { core, machine, layout, lanes, disassemble, traced: { layout, base: core.base, memory: linear, sample: () => instance.sample?.(core.base) } };
}

/** Dumps a window of cycles that begins in the middle of a run. */
async function dumpWindow(name: CoreName): Promise<{ readonly changes: readonly VcdChange[]; readonly variables: readonly string[] }> {
  let recorder: WaveRecorder | undefined;
  const { machine, lanes, disassemble, traced } = machineOf(name, 'traced', () => recorder);
  machine.run({ maxCycles: BEFORE });
  const path = join(directory, `${name}.vcd`);
  const begun = WaveRecorder.begin(path, traced, { origin: { version: '0', specs: '0' }, host: HOST, clockPeriod: CLOCK_PERIOD, lanes, disassemble, limit: undefined });
  if (!(begun instanceof WaveRecorder)) throw new Error(begun.message);
  recorder = begun;
  machine.run({ maxCycles: WINDOW });
  expect(recorder.finish().kind).toBe('closed');
  const changes: VcdChange[] = [];
  const dump = await readVcd(path, (change) => changes.push(change));
  if (dump.kind === 'unreadable') throw new Error(dump.message);
  return { changes, variables: dump.variables.map((v) => v.path) };
}

describe.each(CORES)('%s', (name) => {
  it('shows every register in every cycle with the value that the untraced core has', async () => {
    const { changes } = await dumpWindow(name);
    const { core, machine, layout, lanes, disassemble } = machineOf(name, 'plain');
    machine.run({ maxCycles: BEFORE });
    const registers = layout.signals.filter((s) => s.kind === 'register').map((s) => ({ ...s, cell: core.cell(s.name) }));
    const shown = new Map<string, bigint>();
    const texts = lanes.map(({ signalIndex, signal }) => ({ id: signal.id, name: signal.name, insn: core.cell(layout.signals[signalIndex]?.name ?? '') }));
    const wrong: string[] = [];
    let next = 0;
    for (let cycle = BEFORE; cycle < BEFORE + WINDOW; cycle++) {
      for (let change = changes[next]; change !== undefined && change.time <= BigInt(cycle * CLOCK_PERIOD); change = changes[++next]) shown.set(change.id, change.value);
      for (const { id, name: register, cell } of registers) {
        if (shown.get(id) !== cell?.get()) wrong.push(`cycle ${cycle}: ${register}`);
      }
      for (const { id, name: lane, insn } of texts) {
        if (textOf(shown.get(id) ?? 0n) !== disassemble(Number(insn?.get())).slice(0, 32).trimEnd()) wrong.push(`cycle ${cycle}: ${lane}`);
      }
      machine.run({ maxCycles: 1 });
    }
    expect(wrong).toEqual([]);
  });

  it('declares every signal of the layout under its own name', async () => {
    const { variables } = await dumpWindow(name);
    const { layout, lanes } = machineOf(name, 'plain');
    expect(new Set(variables)).toEqual(new Set([...layout.signals, ...lanes.map((l) => l.signal)].map((s) => `top.core.${s.name}`)));
  });
});
