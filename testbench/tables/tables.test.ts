/** The tables are well formed. Running them on a subject is somebody else's test. */
import { describe, expect, it } from 'vitest';
import { HOME_CSRS, type ArchitecturalState, type HomeCsr, type Mode, type Retirement, type Subject } from '../retirement.js';
import { EXTENSIONS, opened, type Extension } from './extensions.js';
import { allRows, tables } from './index.js';
import { CSR, FIELDS, STATUS_BASE, csrrci, csrrs, csrrw, hart, status, type Arrangement, type TableRow } from './row.js';
import { arrangedInsn, runRow } from './run.js';

const rows = allRows();
const MODES: readonly Mode[] = ['M', 'HS', 'U', 'VS', 'VU'];
const LIMIT = 1n << 64n;

/** A subject that retires a NOP whatever it is given, and says so consistently. */
class Sleepwalker implements Subject {
  private current: ArchitecturalState | undefined;
  private memory: NonNullable<Arrangement['memory']> = [];

  arrange(state: Parameters<Subject['arrange']>[0]): void {
    const csrs: Record<string, bigint> = { ...Object.fromEntries(HOME_CSRS.map((name) => [name, 0n])), ...state.csrs };
    this.memory = state.memory ?? [];
    this.current = { x: Array.from({ length: 32 }, (_, index) => state.x?.[index] ?? 0n), pc: state.pc ?? 0x8000_0000n, mode: state.mode, csrs };
  }

  step(): Retirement {
    const before = this.state();
    const { insn, length } = arrangedInsn(this.memory, before.pc);
    this.current = { ...before, pc: before.pc + length };
    return {
      order: 0, pc_rdata: before.pc, pc_wdata: before.pc + length, insn, mode: before.mode, next_mode: before.mode,
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

describe('the rows of a hart', () => {
  it('are the ones whose demands it meets', () => {
    const ids = (extensions: readonly string[]): ReadonlySet<string> => new Set(tables(extensions).map((row) => row.id));
    const widest = ids(EXTENSIONS);
    expect(tables([]).every((row) => (row.extensions ?? []).length === 0)).toBe(true);
    expect(ids([]).has('legality/no-stimecmp-HS')).toBe(true);
    expect(ids(['sstc']).has('legality/no-stimecmp-HS')).toBe(false);
    expect(tables(EXTENSIONS).length).toBeGreaterThan(tables([]).length);
    // What does not fall away with an extension is there on the widest hart.
    expect(rows.filter((row) => (row.without ?? []).length === 0 && !widest.has(row.id)).map((row) => row.id)).toEqual([]);
  });

  it('find open what an extension locks, unless they arrange it', () => {
    const plain = hart({ mode: 'U' });
    expect(opened(plain, [])).toEqual(plain);
    expect(opened(plain, ['pmp']).csrs).toMatchObject({ pmpcfg0: 0x1fn, pmpaddr0: 0x3f_ffff_ffff_ffffn });
    expect(opened(hart({ mode: 'U', csrs: { pmpaddr3: 1n } }), ['pmp']).csrs).not.toHaveProperty('pmpcfg0');
    expect(opened(hart({ mode: 'U', csrs: { hstateen0: 0n } }), ['smstateen']).csrs).not.toHaveProperty('mstateen0');
  });
});

describe('the encoders', () => {
  it('give the words an assembler gives', () => {
    expect(csrrw(CSR.mscratch, 1, 2)).toBe(0x3401_10f3);
    expect(csrrs(CSR.mhartid, 10, 0)).toBe(0xf140_2573);
    expect(csrrci(CSR.sstatus, 0, 2)).toBe(0x1001_7073);
  });

  it('lay parcels out in aligned words, from the middle of one on too', () => {
    const at = (pc: bigint): unknown => hart({ mode: 'M', pc, parcels: [0x1111, 0x2222, 0x3333] }).memory?.map(({ address, value }) => [address, value]);
    expect(at(0x100n)).toEqual([[0x100n, 0x2222_1111n], [0x104n, 0x3333n]]);
    expect(at(0x102n)).toEqual([[0x100n, 0x1111_0000n], [0x104n, 0x3333_2222n]]);
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

/** Bits that come with an extension, as a mask of what it adds. */
const added = (row: TableRow, name: Extension, mask: bigint): bigint => (row.extensions?.includes(name) === true ? mask : 0n);

/** Whether a MODE of satp, vsatp or hgatp is one the row's extensions have. */
const paged = (row: TableRow, value: bigint): boolean => {
  const needs: Readonly<Record<string, Extension>> = { 8: 'sv39', 9: 'sv48', 10: 'sv57' };
  const need = needs[(value >> 60n).toString()];
  return value >> 60n === 0n || (need !== undefined && row.extensions?.includes(need) === true);
};

/** Which values a register can hold. */
type Legal = readonly [name: HomeCsr, legal: (value: bigint) => boolean];

/** The registers that do not hold any 64 bits. */
function legality(row: TableRow): readonly Legal[] {
  const within = (mask: bigint) => (value: bigint): boolean => (value & ~mask) === 0n;
  const c = row.extensions?.includes('c') === true;
  const cbo = added(row, 'zicbom', 0x70n) | added(row, 'zicboz', 0x80n);
  const wide = added(row, 'svadu', 1n << 61n) | added(row, 'svpbmt', 1n << 62n) | added(row, 'sstc', 1n << 63n);
  const envcfg = (mask: bigint) => (value: bigint): boolean => (value & ~mask) === 0n && (value >> 4n & 3n) !== 2n;
  const pmpcfg = (value: bigint): boolean => Array.from({ length: 8 }, (_, entry) => value >> BigInt(8 * entry) & 0xffn).every((byte) => (byte & 0x60n) === 0n && (byte & 3n) !== 2n);
  const epc = (value: bigint): boolean => (value & (c ? 1n : 3n)) === 0n;
  return [
    ['mstatus', (value) => (value & 0xf_0000_0000n) === 0xa_0000_0000n && (value & ~0xca_007e_19aan) === 0n && (value >> 11n & 3n) !== 2n],
    ['hstatus', (value) => (value & ~0x2_0073_f3c0n) === 0n && value >> 32n === 2n && (value >> 12n & 63n) <= 8n],
    ['vsstatus', (value) => (value & ~0x2_000c_0122n) === 0n && value >> 32n === 2n],
    ['medeleg', within(c ? 0xf0_b7fen : 0xf0_b7ffn)], ['hedeleg', within(c ? 0xb1fen : 0xb1ffn)],
    ['mideleg', (value) => (value & ~0x222n) === 0x1444n], ['hideleg', within(0x444n)],
    ['mie', within(0x1eeen)], ['mip', within(0x222n)], ['hvip', within(0x444n)],
    ['hgeie', within(0x1fen)], ['mcounteren', within(0x7fn)], ['hcounteren', within(0x7fn)],
    ['scounteren', within(0x7fn)], ['mcountinhibit', within(0x7dn)],
    ['mhpmevent3', (value) => value <= 20n], ['mhpmevent4', (value) => value <= 20n],
    ['mhpmevent5', (value) => value <= 20n], ['mhpmevent6', (value) => value <= 20n],
    ['menvcfg', envcfg(1n | cbo | wide)], ['henvcfg', envcfg(1n | cbo | wide)], ['senvcfg', envcfg(1n | cbo)],
    ['satp', (value) => paged(row, value)], ['vsatp', (value) => paged(row, value)],
    ['hgatp', (value) => paged(row, value) && (value & 0x0c00_0000_0000_0003n) === 0n],
    ['mepc', epc], ['sepc', epc], ['vsepc', epc],
    ['pmpcfg0', pmpcfg], ['pmpcfg2', pmpcfg],
    ...HOME_CSRS.filter((name) => name.startsWith('pmpaddr')).map((name): Legal => [name, within(0x003f_ffff_ffff_ffffn)]),
    ['mstateen0', within(0xc000_0000_0000_0000n)], ['hstateen0', within(0xc000_0000_0000_0000n)],
  ];
}

/** Registers that are there with an extension only. */
const WITH: readonly (readonly [pattern: RegExp, extension: Extension])[] = [[/^v?stimecmp$/, 'sstc'], [/^[mh]stateen[0-3]$/, 'smstateen'], [/^(pmpcfg[02]|pmpaddr([0-9]|1[0-5]))$/, 'pmp']];

/** What of a row could not be: values beyond 64 bits, unknown CSRs, read-only bits otherwise than the manual has them. */
function problems(row: TableRow): string[] {
  const found: string[] = [];
  const { arrange, expect: wanted } = row;
  const csrs = arrange.csrs ?? {};
  const known: ReadonlySet<string> = new Set(HOME_CSRS);
  if (!MODES.includes(arrange.mode)) found.push('no such mode');
  for (const [name, value] of [...Object.entries(csrs), ...Object.entries(wanted.csrs ?? {})]) {
    const extension = WITH.find(([pattern]) => pattern.test(name))?.[1];
    if (extension === undefined ? !known.has(name) : row.extensions?.includes(extension) !== true) found.push(`no home CSR ${name}`);
    if (value === undefined || value < 0n || value >= LIMIT) found.push(`${name} is not 64 bits`);
  }
  for (const [name, legal] of legality(row)) {
    const value = csrs[name];
    if (value !== undefined && !legal(value)) found.push(`${name} cannot hold 0x${value.toString(16)}`);
    const left = wanted.csrs?.[name];
    if (left !== undefined && !legal(left)) found.push(`${name} cannot become 0x${left.toString(16)}`);
  }
  // What an event is and how often it happens is nobody's but the core's: no row counts any.
  for (const state of [csrs, { ...csrs, ...wanted.csrs }]) {
    for (const [number, name] of [[3n, 'mhpmevent3'], [4n, 'mhpmevent4'], [5n, 'mhpmevent5'], [6n, 'mhpmevent6']] as const) {
      if ((state[name] ?? 0n) !== 0n && ((state.mcountinhibit ?? 0n) >> number & 1n) === 0n) found.push(`counts what ${name} selects`);
    }
  }
  const bytes = (arrange.memory ?? []).flatMap((entry) => Array.from({ length: entry.bytes }, (_, index) => entry.address + BigInt(index)));
  if (new Set(bytes).size !== bytes.length) found.push('memory arranged twice');
  if (((arrange.pc ?? 0n) & (row.extensions?.includes('c') === true ? 1n : 3n)) !== 0n) found.push('misaligned pc');
  if (((arrange.lines?.hgeip ?? 0n) & ~0x1fen) !== 0n) found.push('no such guest line');
  if (wanted.csrs?.mstatus !== undefined && wanted.fields?.mstatus !== undefined) found.push('mstatus expected twice');
  if ((row.extensions ?? []).some((name) => row.without?.includes(name))) found.push('never run');
  return found;
}
