import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputEvent } from './input-log.js';
import { Machine, type MachineOptions } from './machine.js';
import { describeOutcome } from './outcome.js';
import { TEST_MACHINE, TestCore, testMemory, type Step } from './testing.js';

const UART = 0x1000_0000n;
const FINISHER = 0x10_0000n;
const TOHOST = 0x8000_1000n;

type Extra = Partial<Omit<MachineOptions, 'core' | 'memory'>>;

function setup(steps: readonly Step[], extra: Extra = {}): { core: TestCore; machine: Machine; output: () => string } {
  const memory = testMemory();
  const core = new TestCore(steps, 10n, memory);
  let text = '';
  const machine = new Machine({ core, memory, description: TEST_MACHINE, print: (bytes) => (text += Buffer.from(bytes).toString('latin1')), ...extra });
  machine.load({ entry: 0x8000_0000n, segments: [], symbols: new Map([['tohost', TOHOST]]) });
  return { core, machine, output: () => text };
}

const print = (text: string): Step[] => [...Buffer.from(text)].map((byte): Step => ({ do: 'io', address: UART, bytes: 1, store: BigInt(byte) }));
const exit = (code: bigint): Step => ({ do: 'io', address: FINISHER, bytes: 4, store: (code << 16n) | 0x3333n });

describe('Machine', () => {
  it('serves device accesses and ends with the code of the finisher', () => {
    const { machine, output } = setup([...print('hi\n'), exit(9n)]);
    expect(machine.run()).toEqual({ kind: 'exited', code: 9 });
    expect(output()).toBe('hi\n');
  });

  it('ends through tohost and prints through it', () => {
    const { machine, output } = setup([{ do: 'tohost', value: 0x0101_0000_0000_0058n }, { do: 'tohost', value: 11n }]);
    expect(machine.run()).toEqual({ kind: 'exited', code: 5 });
    expect(output()).toBe('X');
  });

  it('tells the observer every write of the host', () => {
    const writes: bigint[] = [];
    const { machine } = setup([{ do: 'tohost', value: 0x0101_0000_0000_0058n }, { do: 'tohost', value: 1n }], { onHostWrite: (address) => writes.push(address) });
    machine.run();
    expect(writes).toEqual([TOHOST]);
  });

  it('names what HTIF does not have', () => {
    const { machine } = setup([{ do: 'tohost', value: 0x0300_0000_0000_0000n }]);
    expect(describeOutcome(machine.run())).toMatch(/^HTIF device 3 command 0 is not supported/);
  });

  it('stops exactly at the cycle limit and goes on from there', () => {
    const { machine, core } = setup([{ do: 'nothing', cycles: 200_000 }, exit(0n)]);
    expect(machine.run({ maxCycles: 150_001 })).toEqual({ kind: 'cycle-limit' });
    expect([machine.cycle, core.executed]).toEqual([150_001n, 150_001]);
    expect(machine.run({ maxCycles: 100_000n })).toEqual({ kind: 'exited', code: 0 });
  });

  it('has no lines but those that there are', () => {
    const { machine } = setup([exit(0n)]);
    expect(() => machine.setPin('hgeip', 0x200n)).toThrow('pin hgeip has values from 0 to 511, not 512');
    expect(() => machine.setPin('meip', 2n)).toThrow(RangeError);
  });

  it('says that a wait without any possible event never ends', () => {
    const { machine } = setup([{ do: 'wfi' }, exit(0n)]);
    expect(machine.run()).toEqual({ kind: 'wfi-forever' });
    machine.setPin('meip', 1n);
    expect(machine.run()).toEqual({ kind: 'exited', code: 0 });
  });

  it('skips a long wait without executing it', () => {
    const { machine, core } = setup([{ do: 'timer', mtimecmp: 1_000_000n }, { do: 'wfi' }, exit(0n)]);
    expect(machine.run()).toEqual({ kind: 'exited', code: 0 });
    expect(core.wakes).toEqual([10_000_000n]);
    expect(core.executed).toBeLessThan(200);
    expect(machine.skippedCycles + BigInt(core.executed)).toBe(machine.cycle);
  });

  it('reaches the same state with skipping on and off', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('nothing' as const), cycles: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ do: fc.constant('timer' as const), mtimecmp: fc.bigInt({ min: 0n, max: 300n }) }),
      fc.constant({ do: 'wfi' as const }),
      fc.constant({ do: 'io' as const, address: UART, bytes: 1 }),
    );
    const events = fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 2000n }), fc.bigInt({ min: 0n, max: 1n })), { maxLength: 4 }).map((list): InputEvent[] =>
      list.sort((a, b) => Number(a[0] - b[0])).map(([cycle, value]) => ({ cycle, kind: 'pin', pin: 'meip', value })));
    fc.assert(fc.property(fc.array(step, { size: 'max', maxLength: 12 }), events, (steps, replay) => {
      const [fast, slow] = [true, false].map((skipIdle) => {
        const { machine, core } = setup(steps, { skipIdle, replay });
        const outcome = machine.run({ maxCycles: 5000 });
        return { outcome, registers: [...core.registers], loads: core.loads, wakes: core.wakes, log: machine.inputLog };
      });
      expect(fast).toEqual(slow);
    }));
  });

  it('gives typed bytes to the guest and repeats the run from the log', () => {
    const steps: Step[] = [{ do: 'nothing', cycles: 500 }, { do: 'io', address: UART, bytes: 1 }, { do: 'nothing', cycles: 500 }, { do: 'io', address: UART, bytes: 1 }, exit(0n)];
    const first = setup(steps);
    first.machine.run({ maxCycles: 300 });
    first.machine.type(Buffer.from('a'));
    first.machine.run({ maxCycles: 400 });
    first.machine.type(Buffer.from('b'));
    first.machine.run();
    expect(first.core.loads.slice(0, 2).map((l) => l.value)).toEqual([97n, 98n]);
    const second = setup(steps, { replay: first.machine.inputLog });
    second.machine.run();
    expect([second.core.loads, second.machine.inputLog, second.machine.cycle]).toEqual([first.core.loads, first.machine.inputLog, first.machine.cycle]);
  });

  it('is as new after a reset', () => {
    const { machine, core } = setup([...print('x'), exit(1n)]);
    machine.run();
    const end = machine.cycle;
    machine.reset();
    expect([machine.cycle, [...machine.memory.dirtyPages()], machine.inputLog]).toEqual([0n, [], []]);
    expect([machine.run(), machine.cycle, core.executed]).toEqual([{ kind: 'exited', code: 1 }, end, Number(end) * 2]);
  });

  it('asks for the reset that the program asked for', () => {
    const { machine } = setup([{ do: 'io', address: FINISHER, bytes: 4, store: 0x7777n }]);
    expect(machine.run()).toEqual({ kind: 'reset' });
  });

  it('lets the event loop turn, so that a signal ends an endless run', async () => {
    const { machine } = setup([{ do: 'nothing', cycles: 1 << 30 }]);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    expect(await machine.runAsync({ signal: controller.signal })).toEqual({ kind: 'stopped' });
    setTimeout(() => machine.stop(), 20);
    expect(await machine.runAsync()).toEqual({ kind: 'stopped' });
  });
});
