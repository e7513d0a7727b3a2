import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HOST } from '../../model/backend/layout.js';
import { WasmCore } from '../../model/machine/core.js';
import type { Program } from '../../model/machine/elf.js';
import type { InputEvent } from '../../model/machine/input-log.js';
import { instantiate } from '../../model/machine/instance.js';
import { Machine } from '../../model/machine/machine.js';
import { PhysicalMemory } from '../../model/machine/memory.js';
import { compiledCore, CORES, type CoreName } from './cores.js';
import { tries } from './effort.js';
import { programFrom } from './programs.js';

/** Waits five times: for the timer, `gap` ticks from now, or for the external line. */
const waiter = (gap: number, enables: number): string => `
        .text
        .globl  _start
_start: la      t0, handler
        csrw    mtvec, t0
        li      s2, 5
        li      s8, 0x0200bff8
        li      s9, 0x02004000
        ld      t1, 0(s8)
        addi    t1, t1, ${gap}
        sd      t1, 0(s9)
        li      t0, ${enables}
        csrw    mie, t0
        csrsi   mstatus, 8
wait:   wfi
        bnez    s2, wait
        la      t0, tohost
        li      t1, 1
        sd      t1, 0(t0)
1:      j       1b
        .align  2
handler:
        addi    s2, s2, -1
        rdtime  s4
        csrr    s5, mcycle
        csrr    s6, mip
        ld      t1, 0(s8)
        addi    t1, t1, ${gap}
        sd      t1, 0(s9)
        li      t0, 0x800           # the line is a level: look away from it once it has been seen
        csrc    mie, t0
        mret
        .data
        .align  3
        .globl  tohost
tohost: .dword  0
`;

const LIMIT = 60_000;

/** A machine that tells all that can be seen of a run. */
function observer(name: CoreName, skipIdle: boolean) {
  const { wasm, description: { layout, machine: description } } = compiledCore(name);
  const linear = new WebAssembly.Memory({ initial: layout.memory.pages });
  const core = new WasmCore(instantiate(wasm, linear), linear, layout);
  let records: Buffer[] = [];
  const drainRing = (): void => {
    const length = core.view.getUint32(core.base + HOST.ringHead, true);
    records.push(Buffer.from(linear.buffer.slice(layout.memory.ringBase, layout.memory.ringBase + length)));
    core.view.setUint32(core.base + HOST.ringHead, 0, true);
  };
  const machine = new Machine({ core, memory: new PhysicalMemory(linear, layout.memory), description, skipIdle, drainRing });
  return (program: Program, replay: readonly InputEvent[]) => {
    machine.reset(replay);
    machine.load(program);
    records = [];
    const outcome = machine.run({ maxCycles: LIMIT });
    drainRing();
    return {
      skipped: machine.skippedCycles,
      seen: {
        outcome,
        cycle: machine.cycle,
        log: machine.inputLog,
        records: createHash('sha256').update(Buffer.concat(records)).digest('hex'),
        registers: layout.signals.flatMap((s) => (s.kind === 'register' ? [`${s.name}=${core.cell(s.name)?.get()}`] : [])),
      },
    };
  };
}

describe.each(CORES)('%s', (name) => {
  const skipping = observer(name, true);
  const executing = observer(name, false);

  it('retires the same records at the same cycles with idle cycles skipped and executed', () => {
    const lines = fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 30_000n }), fc.bigInt({ min: 0n, max: 1n })), { maxLength: 4 }).map((list): InputEvent[] =>
      list.sort((a, b) => Number(a[0] - b[0])).map(([cycle, value]) => ({ cycle, kind: 'pin', pin: 'meip', value })));
    fc.assert(fc.property(fc.integer({ min: 1, max: 1000 }), fc.constantFrom(0x80, 0x800, 0x880), lines, (gap, enables, replay) => {
      const program = programFrom(waiter(gap, enables));
      expect(skipping(program, replay).seen).toEqual(executing(program, replay).seen);
    }), tries(25));
  });

  it('does skip', () => {
    const { seen, skipped } = skipping(programFrom(waiter(500, 0x80)), []);
    expect(seen.outcome).toEqual({ kind: 'exited', code: 0 });
    expect(Number(skipped)).toBeGreaterThan(0.9 * Number(seen.cycle));
  });

  it('knows that nothing can end a wait with the timer masked', () => {
    expect(skipping(programFrom(waiter(1000, 0x800)), []).seen.outcome).toEqual({ kind: 'wfi-forever' });
  });
});
