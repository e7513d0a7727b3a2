import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, constant, eqConst, read } from '../ir/build.js';
import { evaluate, resetStateOf, step } from '../ir/eval.js';
import type { Module, Register, Wire } from '../ir/ir.js';
import { randomModule } from '../ir/random.testing.js';
import { CLOCK_PERIOD, HOST, REASON_WAVE_FULL, vcdId, writeSignal } from './layout.js';
import { TestMachine } from './machine.testing.js';

/** A reader of value changes that knows only the format. */
class Dump {
  readonly values = new Map<string, bigint>();
  time = -1n;

  constructor(machine: TestMachine) {
    for (const s of machine.layout.signals) this.values.set(s.id, machine.get(s.name));
  }

  read(text: string): void {
    expect(text === '' || text.endsWith('\n')).toBe(true);
    for (const line of text.split('\n').slice(0, -1)) this.#line(line);
  }

  #line(line: string): void {
    if (line.startsWith('#')) {
      const time = BigInt(line.slice(1));
      expect(time).toBeGreaterThan(this.time);
      this.time = time;
      return;
    }
    const match = /^(?:([01])|b([01]+) )(\S+)$/.exec(line);
    expect(match, line).not.toBeNull();
    const id = match?.[3] ?? '';
    const value = BigInt(`0b${match?.[1] ?? match?.[2] ?? ''}`);
    expect(this.values.has(id), line).toBe(true);
    expect(value, `only changes: ${line}`).not.toBe(this.values.get(id));
    this.values.set(id, value);
  }
}

function counterModule(): { module: Module; count: Register } {
  const count: Register = { kind: 'register', name: 'count', width: 8, reset: 254n, input: false };
  const insn: Register = { kind: 'register', name: 'decode.insn', width: 32, reset: 0n, input: true };
  const full: Wire = { kind: 'wire', name: 'full', value: eqConst(read(count), 255) };
  const body = [{ kind: 'assign' as const, register: count, value: add(read(count), constant(8, 1)) }];
  return { module: { name: 'm', registers: [count, insn], arrays: [], memories: [], wires: [full], body }, count };
}

describe('the dump of a traced module', () => {
  it('shows every register and wire with the value it has in each cycle, and nothing but changes', () => {
    fc.assert(fc.property(randomModule(), (module) => {
      const machine = new TestMachine(module, ['traced']);
      const state = resetStateOf(module);
      machine.sample();
      const dump = new Dump(machine);
      for (let cycle = 0; cycle < 6; cycle++) {
        const wires = new Map(module.wires.map((w) => [w.name, evaluate(w.value, state)]));
        step(module, state);
        machine.run('traced', 1);
        machine.takeRecords();
        dump.read(machine.takeWave());
        expect(dump.time).toBeLessThanOrEqual(BigInt((cycle + 1) * CLOCK_PERIOD));
        for (const s of machine.layout.signals) {
          const register = module.registers.find((r) => r.name === s.name);
          const expected = s.kind === 'wire' ? wires.get(s.name) : register === undefined ? undefined : state.registers.get(register);
          expect(dump.values.get(s.id), s.name).toBe(expected);
        }
      }
    }), { numRuns: 80, interruptAfterTimeLimit: 40_000 });
  });

  it('stamps a register with the cycle that first sees the value, a wire with the cycle it belongs to', () => {
    const machine = new TestMachine(counterModule().module, ['traced']);
    machine.sample();
    machine.run('traced', 3);
    expect(machine.takeWave()).toBe('#10\nb11111111 !\n1#\n#20\nb0 !\n0#\n#30\nb1 !\n');
  });

  it('counts the cycles that the other variants executed', () => {
    const machine = new TestMachine(counterModule().module, ['plain', 'traced']);
    machine.run('plain', 122);
    machine.sample();
    machine.run('traced', 1);
    expect(machine.takeWave()).toContain('#1230\n');
  });

  it('shows what the host changed between cycles, and asks it for the text of instructions', () => {
    const machine = new TestMachine(counterModule().module, ['traced']);
    machine.sample();
    writeSignal(machine.signal('decode.insn'), machine.view, 0x13n, machine.base);
    machine.run('traced', 1);
    expect(machine.takeWave()).toBe('b10011 "\n#10\nb11111111 !\n');
    expect(machine.texts).toEqual([{ signal: 1, value: 0x13n }]);
  });

  it('ends a run before the buffer overflows, and goes on when it is empty', () => {
    const machine = new TestMachine(counterModule().module, ['traced']);
    let cycles = 0;
    for (let i = 0; i < 3; i++) {
      const executed = machine.run('traced', 65536);
      cycles += executed;
      expect(executed).toBeGreaterThan(1000);
      expect(machine.reason).toBe(executed < 65536 ? REASON_WAVE_FULL : 0);
      expect(machine.view.getUint32(machine.base + HOST.waveHead, true)).toBeLessThanOrEqual(machine.layout.memory.waveBytes);
      machine.takeWave();
    }
    expect(machine.view.getBigUint64(machine.base + HOST.cycle, true)).toBe(BigInt(cycles));
  });

  it('gives every signal an identifier of its own', () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => vcdId(i));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[!-~]+$/.test(id))).toBe(true);
  });
});
