import { describe, expect, it } from 'vitest';
import type { HomeCsr } from '../retirement.js';
import { DATA, DRAM_END, Machine } from './machine.fixture.js';

/** custom-0 x3, x1, x2 */
const CUSTOM = 0x0020_818b;

describe('an added instruction', () => {
  it('executes, and may be illegal', () => {
    const machine = new Machine();
    machine.reference.extend({
      match: '-----------------000-----0001011',
      execute: (h) => (h.mode === 'M' ? { kind: 'retired', rd: h.x(h.rs1) + 1n } : { kind: 'virtual' }),
    });
    expect(machine.run(CUSTOM, { x: { 1: 41n } })).toMatchObject({ rd_addr: 3, rd_wdata: 42n });
    expect(machine.run(CUSTOM, { mode: 'VS' }).trap?.cause).toBe(22);
  });

  it('reads and writes memory by the rules of the hart', () => {
    const machine = new Machine('sv39', 'pmp');
    // Exchanges a word in memory with x2.
    machine.reference.extend({
      match: '-----------------000-----0001011',
      execute(h) {
        const old = h.read(h.x(h.rs1), 4);
        if (old.kind === 'fault') return old;
        const stored = h.write(h.x(h.rs1), 4, h.x(h.rs2));
        return stored.kind === 'fault' ? stored : { kind: 'retired', rd: old.value };
      },
    });
    const run = (address: bigint, csrs: Partial<Record<HomeCsr, bigint>> = {}): ReturnType<Machine['run']> =>
      machine.run(CUSTOM, { x: { 1: address, 2: 0x1_0000_0005n }, csrs, memory: [[DATA, 0xffff_ffff_8000_0007n], [0x8001_0000n, 0x2000_00c3n]] });

    expect(run(DATA)).toMatchObject({
      rd_wdata: 0x8000_0007n, mem_addr: DATA, mem_rmask: 15, mem_wmask: 15, mem_rdata: 0x8000_0007n, mem_wdata: 5n,
    });
    expect(machine.word(DATA)).toBe(0xffff_ffff_0000_0005n);
    expect(run(DRAM_END - 2n).trap).toMatchObject({ cause: 5, tval: DRAM_END, tinst: 0n });
    expect(run(0x200_4000n).rd_wdata).toBe(0xffff_ffffn);
    // As the supervisor, in a page that can only be read.
    const supervisor = { satp: (8n << 60n) | 0x8_0010n, mstatus: (1n << 17n) | (1n << 11n), pmpcfg0: 0x1fn, pmpaddr0: (1n << 54n) - 1n };
    expect(run(0x1000n, supervisor).trap).toMatchObject({ cause: 15, tval: 0x1000n, tinst: 0n });
    expect(machine.word(DATA)).toBe(0xffff_ffff_8000_0007n);
    expect(run(0x1000n, { ...supervisor, pmpcfg0: 0n }).trap).toMatchObject({ cause: 5, tval: 0x1000n });
  });
});
