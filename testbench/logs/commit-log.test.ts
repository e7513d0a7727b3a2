import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseElf, type Program } from '../../model/machine/elf.js';
import { assemble } from '../assembly/assemble.js';
import { writeElf } from '../assembly/elf.js';
import { assemblyTables } from '../assembly/tables.js';
import { Lockstep } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { openMemory } from '../programs/open-memory.js';
import { compiledCore, shippedSpecs } from '../properties/cores.js';
import { tries } from '../properties/effort.js';
import { built, MOST_CYCLES, randomPrograms } from '../properties/random-programs.js';
import { Reference } from '../reference/reference.js';
import { CommitLog } from './commit-log.js';

const compiled = compiledCore('five-stage');
const { description } = compiled;
const tables = assemblyTables(shippedSpecs().isa);

function program(source: string): Program {
  const assembled = assemble(source, tables, { file: 'test.S' });
  if (!assembled.ok) throw new Error(assembled.errors.map((e) => e.message).join('\n'));
  const parsed = parseElf(writeElf(assembled.program));
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed;
}

const START = new Map(description.homes.map(({ name, constant }) => [name, BigInt(constant)]));

/** A log as after reset, into an array of lines. */
function logTo(lines: string[]): CommitLog {
  return new CommitLog(description, START, (block) => {
    lines.push(...Buffer.from(block).toString('latin1').split('\n').slice(0, -1));
    return true;
  });
}

function linesOf(source: string): readonly string[] {
  const lines: string[] = [];
  const log = logTo(lines);
  const core = new ObservedCore(compiled);
  core.load(program(source));
  core.run(500, { records: (observations) => observations.forEach((o) => log.record(o)), trapped: () => undefined });
  log.flush();
  return lines;
}

describe('the commit log', () => {
  it('shows registers, CSRs as they took the value, loads by address, stores with data', () => {
    const lines = linesOf(`
      _start: lui t0, 0x80001
              slli t0, t0, 32
              srli t0, t0, 32
              addi a1, x0, -1
              sd a1, 0(t0)
              ld a0, 0(t0)
              sh a1, 9(t0)
              csrw hstatus, a1
              csrrw s10, mscratch, t0
              csrrw s10, mscratch, t0
              csrs sstatus, x0
              csrsi sstatus, 2
              csrwi minstret, 9
              csrrci s11, minstret, 8
              wfi`);
    expect(lines).toEqual([
      'core   0: 3 0x0000000080000000 (0x800012b7) x5  0xffffffff80001000',
      'core   0: 3 0x0000000080000004 (0x02029293) x5  0x8000100000000000',
      'core   0: 3 0x0000000080000008 (0x0202d293) x5  0x0000000080001000',
      'core   0: 3 0x000000008000000c (0xfff00593) x11 0xffffffffffffffff',
      'core   0: 3 0x0000000080000010 (0x00b2b023) mem 0x0000000080001000 0xffffffffffffffff',
      'core   0: 3 0x0000000080000014 (0x0002b503) x10 0xffffffffffffffff mem 0x0000000080001000',
      'core   0: 3 0x0000000080000018 (0x00b294a3) mem 0x0000000080001009 0xffff',
      'core   0: 3 0x000000008000001c (0x60059073) c1536_hstatus 0x00000002007003c0',
      'core   0: 3 0x0000000080000020 (0x34029d73) x26 0x0000000000000000 c832_mscratch 0x0000000080001000',
      'core   0: 3 0x0000000080000024 (0x34029d73) x26 0x0000000080001000 c832_mscratch 0x0000000080001000',
      'core   0: 3 0x0000000080000028 (0x10002073)',
      'core   0: 3 0x000000008000002c (0x10016073) c768_mstatus 0x0000000a00000002',
      'core   0: 3 0x0000000080000030 (0xb024d073) c2818_minstret 0x0000000000000009',
      'core   0: 3 0x0000000080000034 (0xb0247df3) x27 0x0000000000000009 c2818_minstret 0x0000000000000001',
    ]);
  });

  it('tells the privilege without V, and has no line for what traps', () => {
    const lines = linesOf(`
      _start: la t0, handler
              csrw mtvec, t0
              ${openMemory('t0')}
              la t0, guest
              csrw mepc, t0
              li t0, 0x8000000800
              csrw mstatus, t0
              mret
      guest:  csrwi sscratch, 3
              ecall
      handler: csrr a0, mcause
              wfi`);
    expect(lines.slice(-3)).toEqual([
      expect.stringMatching(/^core {3}0: 3 0x[0-9a-f]{16} \(0x30200073\) c768_mstatus 0x0000000a00000080$/),
      expect.stringMatching(/^core {3}0: 1 0x[0-9a-f]{16} \(0x1401d073\) c576_vsscratch 0x0000000000000003$/),
      expect.stringMatching(/^core {3}0: 3 0x[0-9a-f]{16} \(0x34202573\) x10 0x000000000000000a$/),
    ]);
  });

  it('shows the status registers that SRET writes, and hvip as mip', () => {
    const lines = linesOf(`
      _start: csrwi hvip, 4
              ${openMemory('t0')}
              la t0, guest
              csrw sepc, t0
              li t0, 0x180
              csrw hstatus, t0
              csrwi sstatus, 0
              csrsi mstatus, 2
              sret
      guest:  csrw sepc, t0
              sret`);
    expect(lines[0]).toMatch(/ c836_mip 0x0000000000000004$/);
    expect(lines.filter((line) => line.includes('(0x10200073)'))).toEqual([
      expect.stringMatching(/ c768_mstatus 0x0000000a00000020 c1536_hstatus 0x0000000200000100$/),
    ]);
  });

  it('shows every byte of the block that CBO.ZERO clears', () => {
    const [line] = linesOf(`
      _start: li t0, 0x80001047
              cbo.zero (t0)
              wfi`).filter((l) => l.includes('0042a00f'));
    expect(line).toMatch(/^core {3}0: 3 0x[0-9a-f]{16} \(0x0042a00f\) mem 0x0000000080001040 0x00 mem 0x0000000080001041 0x00 /);
    expect(line?.match(/ mem 0x[0-9a-f]{16} 0x00/g)).toHaveLength(64);
    expect(line).toMatch(/ mem 0x000000008000107f 0x00$/);
  });

  it('names for every CSR write what the reference holds after it', () => {
    const reference = new Reference();
    const lockstep = new Lockstep(new ObservedCore(compiled), reference);
    let writes = 0;
    fc.assert(
      fc.property(randomPrograms(), (plan) => {
        const lines: string[] = [];
        const log = logTo(lines);
        const random = built(plan);
        lockstep.run(random, { maxCycles: MOST_CYCLES, inputs: random.inputs, onRecord: (observation) => {
          lines.length = 0;
          log.record(observation);
          log.flush();
          const { trap, csrs, insn } = observation.retirement;
          expect(lines.length).toBe(trap === undefined ? 1 : 0);
          const [, name, value] = / c\d+_(\w+) (0x[0-9a-f]{16})/.exec(lines[0] ?? '') ?? [];
          if ((insn & 0x7f) === 0x73 && (insn & 0x3000) !== 0 && trap === undefined) expect(csrs.length === 0 || name !== undefined).toBe(true);
          if (name === undefined || value === undefined) return;
          writes++;
          const { csrs: state } = reference.state();
          expect(`${name} ${BigInt(value)}`).toBe(`${name} ${(state[name] ?? 0n) | (name === 'mip' ? state['hvip'] ?? 0n : 0n)}`);
        } });
      }),
      tries(100),
    );
    expect(writes).toBeGreaterThan(100);
  });
});
