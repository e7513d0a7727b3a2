import { describe, expect, it } from 'vitest';
import { add, constant, element, eqConst, ONE, read } from '../ir/build.js';
import type { Expr, Module, Register, Statement } from '../ir/ir.js';
import { TestMachine } from './machine.testing.js';

const x = { kind: 'array' as const, name: 'x', depth: 8, width: 64 };
const seen: Register = { kind: 'register', name: 'seen', width: 64, reset: 0n, input: false };
const n: Register = { kind: 'register', name: 'n', width: 64, reset: 0n, input: false };
const dram = { kind: 'memory' as const, name: 'dram', base: 0x8000_0000n };
const loaded: Register = { kind: 'register', name: 'loaded', width: 64, reset: 0n, input: false };

const c64 = (value: bigint | number): Expr => constant(64, value);
const write = (index: number, value: Expr): Statement => ({ kind: 'write', array: x, index: constant(3, index), value });
const look: Statement = { kind: 'assign', register: seen, value: add(element(x, constant(3, 1)), element(x, constant(3, 2))) };
const count: Statement = { kind: 'assign', register: n, value: add(read(n), c64(1)) };
const when = (condition: Expr, then: readonly Statement[], rare?: 'then'): Statement =>
  ({ kind: 'if', condition, then, else: [], ...(rare === undefined ? {} : { rare }) });

const machineOf = (...body: readonly Statement[]): TestMachine => {
  const module: Module = { name: 'm', registers: [seen, n, loaded], arrays: [x], memories: [dram], wires: [], body };
  return new TestMachine(module, ['plain']);
};

describe('a write to an array', () => {
  it('is seen from the next cycle on, by reads on either side of it', () => {
    const machine = machineOf(count, write(1, c64(5)), look);
    machine.run('plain', 1);
    expect([machine.get('seen'), machine.array('x')[1]]).toEqual([0n, 5n]);
    machine.run('plain', 1);
    expect(machine.get('seen')).toBe(5n);
  });

  it('does not keep another one of the same cycle from happening', () => {
    const machine = machineOf(write(1, c64(5)), when(ONE, [write(2, c64(6))]), write(3, c64(7)), look);
    machine.run('plain', 1);
    expect(machine.array('x').slice(0, 4)).toEqual([0n, 5n, 6n, 7n]);
  });

  it('happens once when it waits in a rare branch, and not in the cycles after', () => {
    const machine = machineOf(count, when(eqConst(read(n), 0), [write(1, c64(5))], 'then'), when(eqConst(read(n), 1), [write(1, c64(9))]), look);
    machine.run('plain', 1);
    expect(machine.array('x')[1]).toBe(5n);
    machine.run('plain', 2);
    expect(machine.array('x')[1]).toBe(9n);
  });
});

describe('a store', () => {
  const at = (offset: number): Expr => c64(dram.base + BigInt(offset));
  const store = (offset: number, bytes: number, data: bigint): Statement => ({ kind: 'store', memory: dram, address: at(offset), bytes: constant(4, bytes), data: c64(data) });
  const load: Statement = { kind: 'load', memory: dram, address: at(0), into: loaded };

  it('is not seen by a load of the same cycle', () => {
    const machine = machineOf(store(0, 8, 0x1122_3344_5566_7788n), load);
    machine.run('plain', 1);
    expect(machine.get('loaded')).toBe(0n);
    machine.run('plain', 1);
    expect(machine.get('loaded')).toBe(0x1122_3344_5566_7788n);
  });

  it('writes no byte more than it is told', () => {
    for (const bytes of [1, 2, 4, 8]) {
      const machine = machineOf(store(16, bytes, -1n & 0xffff_ffff_ffff_ffffn));
      machine.run('plain', 1);
      expect(Array.from({ length: 10 }, (_, i) => machine.byte(15 + i))).toEqual([0, ...Array.from({ length: 9 }, (_, i) => (i < bytes ? 255 : 0))]);
    }
  });

  it('marks both pages that it touches, and no other', () => {
    const machine = machineOf(store(2 * 4096 - 3, 8, 1n), load);
    machine.run('plain', 1);
    expect([0, 1, 2, 3].map((page) => machine.dirty(page))).toEqual([false, true, true, false]);
  });
});
