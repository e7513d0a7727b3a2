/** The tables are well formed. Running them on a subject is somebody else's test. */
import { describe, expect, it } from 'vitest';
import { HOME_CSRS, type ArchitecturalState, type Mode, type Retirement, type Subject } from '../retirement.js';
import { tables } from './index.js';
import { CSR, FIELDS, STATUS_BASE, csrrci, csrrs, csrrw, status, type TableRow } from './row.js';
import { runRow } from './run.js';

const rows = tables();
const MODES: readonly Mode[] = ['M', 'HS', 'U', 'VS', 'VU'];
const LIMIT = 1n << 64n;

/** A subject that retires a NOP whatever it is given, and says so consistently. */
class Sleepwalker implements Subject {
  private current: ArchitecturalState | undefined;
  private words: ReadonlyMap<bigint, bigint> = new Map();

  arrange(state: Parameters<Subject['arrange']>[0]): void {
    const csrs: Record<string, bigint> = Object.fromEntries(HOME_CSRS.map((name) => [name, state.csrs?.[name] ?? 0n]));
    this.words = new Map((state.memory ?? []).map((entry) => [entry.address, entry.value]));
    this.current = { x: Array.from({ length: 32 }, (_, index) => state.x?.[index] ?? 0n), pc: state.pc ?? 0x8000_0000n, mode: state.mode, csrs };
  }

  step(): Retirement {
    const before = this.state();
    this.current = { ...before, pc: before.pc + 4n };
    return {
      order: 0, pc_rdata: before.pc, pc_wdata: before.pc + 4n, insn: Number(this.words.get(before.pc) ?? 0n), mode: before.mode, next_mode: before.mode,
      rd_addr: 0, rd_wdata: 0n, mem_addr: 0n, mem_rmask: 0, mem_wmask: 0, mem_rdata: 0n, mem_wdata: 0n, csrs: [], trap: undefined,
    };
  }

  state(): ArchitecturalState {
    if (this.current === undefined) throw new Error('not arranged');
    return this.current;
  }
}

describe('the tables', () => {
  it('have several hundred rows with unique ids of the form table/what', () => {
    expect(rows.length).toBeGreaterThan(500);
    const seen = new Set<string>();
    const repeated = rows.map((row) => row.id).filter((id) => seen.size === seen.add(id).size);
    expect(repeated).toEqual([]);
    expect(rows.filter((row) => !/^[a-z]+\/\S+$/.test(row.id)).map((row) => row.id)).toEqual([]);
  });

  it('cite at least one rule by name, or a section or choice', () => {
    const badly = rows.filter((row) => row.rules.length === 0 || !row.rules.every((rule) => /^((section|choices):[a-z-]+|[A-Za-z][A-Za-z0-9_.-]+)$/.test(rule)));
    expect(badly.map((row) => row.id)).toEqual([]);
  });

  it('arrange states that exist', () => {
    expect(rows.filter((row) => problems(row).length > 0).map((row) => `${row.id}: ${problems(row).join(', ')}`)).toEqual([]);
  });

  it('expect a trap into no mode less privileged than its origin', () => {
    const rank = { M: 3, HS: 2, VS: 1 } as const;
    const origin = { M: 3, HS: 2, U: 2, VS: 1, VU: 1 } as const;
    const down = rows.filter((row) => row.steps === undefined && row.expect.trap !== undefined && rank[row.expect.trap.to] < origin[row.arrange.mode]);
    expect(down.map((row) => row.id)).toEqual([]);
  });
});

describe('the encoders', () => {
  it('give the words an assembler gives', () => {
    expect(csrrw(CSR.mscratch, 1, 2)).toBe(0x3401_10f3);
    expect(csrrs(CSR.mhartid, 10, 0)).toBe(0xf140_2573);
    expect(csrrci(CSR.sstatus, 0, 2)).toBe(0x1001_7073);
  });

  it('place status fields', () => {
    expect(status('mstatus', { MPP: 3, MPV: 1, GVA: 1 })).toBe(0xca_0000_1800n);
    expect(status('hstatus', { VGEIN: 5, SPVP: 1 })).toBe(0x2_0000_5100n);
    for (const name of ['mstatus', 'hstatus', 'vsstatus'] as const) {
      for (const [low, width] of Object.values(FIELDS[name])) expect(STATUS_BASE[name] >> BigInt(low) & ((1n << BigInt(width)) - 1n)).toBe(0n);
    }
  });
});

describe('runRow', () => {
  it('finds a difference in every row that expects more than a NOP, and only there', () => {
    const subject = new Sleepwalker();
    for (const row of rows) {
      const { trap, rd, rdRange, nextMode, nextPc, pc, csrs, fields, mem } = row.expect;
      const plain = trap === undefined && (rd === undefined || rd === 'any') && rdRange === undefined && nextMode === undefined
        && nextPc === undefined && pc === undefined && fields === undefined && mem === undefined && (csrs === undefined || Object.keys(csrs).length === 0);
      const differences = runRow(subject, row);
      if (plain) expect(differences, row.id).toEqual([]);
      else if (trap !== undefined || (rd !== undefined && rd !== 'any')) expect(differences, row.id).not.toEqual([]);
    }
  });

  it('tells the fields of a status register from its other bits', () => {
    const row: TableRow = {
      id: 'test/fields', rules: ['none'],
      arrange: { mode: 'M', pc: 0x8000_0100n, csrs: { mstatus: status('mstatus', { SPP: 1 }) } },
      expect: { fields: { mstatus: { SPP: 0 } } },
    };
    expect(runRow(new Sleepwalker(), row)).toEqual(['mstatus.SPP is 1, expected 0']);
    expect(runRow(new Sleepwalker(), { ...row, expect: { fields: { mstatus: { SPP: 1 } } } })).toEqual([]);
  });
});

/** What of a row could not be: values beyond 64 bits, unknown CSRs, read-only bits otherwise than the manual has them. */
function problems(row: TableRow): string[] {
  const found: string[] = [];
  const { arrange, expect: wanted } = row;
  const csrs = arrange.csrs ?? {};
  const known: ReadonlySet<string> = new Set(HOME_CSRS);
  if (!MODES.includes(arrange.mode)) found.push('no such mode');
  for (const [name, value] of [...Object.entries(csrs), ...Object.entries(wanted.csrs ?? {})]) {
    if (!known.has(name)) found.push(`no home CSR ${name}`);
    if (value < 0n || value >= LIMIT) found.push(`${name} is not 64 bits`);
  }
  const readOnly: readonly (readonly [name: keyof typeof csrs, legal: (value: bigint) => boolean])[] = [
    ['mstatus', (value) => (value & 0xf_0000_0000n) === 0xa_0000_0000n && (value & ~0xca_007e_19aan) === 0n && (value >> 11n & 3n) !== 2n],
    ['hstatus', (value) => (value & ~0x2_0073_f3c0n) === 0n && value >> 32n === 2n && (value >> 12n & 63n) <= 8n],
    ['vsstatus', (value) => (value & ~0x2_000c_0122n) === 0n && value >> 32n === 2n],
    ['medeleg', (value) => (value & ~0xf0_b7ffn) === 0n], ['hedeleg', (value) => (value & ~0xb1ffn) === 0n],
    ['mideleg', (value) => (value & ~0x222n) === 0x1444n], ['hideleg', (value) => (value & ~0x444n) === 0n],
    ['mie', (value) => (value & ~0x1eeen) === 0n], ['mip', (value) => (value & ~0x222n) === 0n], ['hvip', (value) => (value & ~0x444n) === 0n],
    ['hgeie', (value) => (value & ~0x1fen) === 0n], ['mcounteren', (value) => value <= 7n], ['hcounteren', (value) => value <= 7n],
    ['scounteren', (value) => value <= 7n], ['mcountinhibit', (value) => (value & ~5n) === 0n], ['senvcfg', (value) => value <= 1n],
    ['satp', (value) => value >> 60n === 0n], ['vsatp', (value) => value >> 60n === 0n], ['hgatp', (value) => (value & ~0x03ff_ffff_ffff_fffcn) === 0n],
    ['mepc', (value) => (value & 3n) === 0n], ['sepc', (value) => (value & 3n) === 0n], ['vsepc', (value) => (value & 3n) === 0n],
  ];
  for (const [name, legal] of readOnly) {
    const value = csrs[name];
    if (value !== undefined && !legal(value)) found.push(`${name} cannot hold 0x${value.toString(16)}`);
  }
  const addresses = (arrange.memory ?? []).map((entry) => entry.address);
  if (new Set(addresses).size !== addresses.length) found.push('memory arranged twice');
  if (((arrange.pc ?? 0n) & 3n) !== 0n) found.push('misaligned pc');
  if (((arrange.lines?.hgeip ?? 0n) & ~0x1fen) !== 0n) found.push('no such guest line');
  if (wanted.csrs?.mstatus !== undefined && wanted.fields?.mstatus !== undefined) found.push('mstatus expected twice');
  return found;
}
