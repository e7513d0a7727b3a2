/**
 * A core whose file says `by` throws out what a fence is for and keeps the
 * rest: one row for each thing that a fence can say. The first use of a page
 * is followed by an edit and a fence, and the next use shows whether the old
 * entry was kept. The reference, told which entries the core used, accepts it.
 *
 * rules: sfence_vma_all_asid_va, sfence_vma_asid_only, sfence_vma_va_all_asid, sfence_vma_va_asid, sfence_vma_rs2_bits
 * rules: hfence-vvma_limits, hfence-vvma_asid, hfence-gvma_vmid
 */
import { describe, expect, it } from 'vitest';
import { Lockstep } from '../lockstep/lockstep.js';
import { explained } from './random-programs.js';
import { atp, CYCLES, DATA, G, LARGE, LARGE_PAGE, pte, RWX, TABLES, U, V, WINDOW, withTables, type Editor } from './table-edits.js';
import { exactCore } from './timing.js';

const PAGE = 0x1000n;

const store = (address: bigint, value: bigint): readonly string[] => [`li t0, ${address}`, `li t1, ${value}`, 'sd t1, (t0)'];
const load = (page: number): readonly string[] => [`li a1, ${page << 12}`, 'ld a0, (a1)'];
const guestLoad = (page: number): readonly string[] => [`li a1, ${page << 12}`, 'hlv.d a0, (a1)'];
/** A fence with operands; 0: x0. */
const fence = (name: string, address: bigint = 0n, space: bigint = 0n): readonly string[] =>
  [`li t0, ${address}`, `li t1, ${space}`, `${name} ${address === 0n ? 'zero' : 't0'}, ${space === 0n ? 'zero' : 't1'}`];
const data = (i: number): bigint => DATA[i] ?? 0n;

/** A program: what comes before the fence, and the use behind it. */
interface Situation {
  readonly editor: Editor;
  readonly before: readonly string[];
  readonly use: readonly string[];
  /** What the use shows by the old entry, and by that in memory. */
  readonly old: bigint;
  readonly present: bigint;
}

const leafOf = (table: bigint, page: number): bigint => table + 8n * BigInt(page);
const edited: Situation = {
  editor: 'HS', before: [...load(1), ...store(leafOf(TABLES.S.pages[0], 1), pte(data(2), RWX))], use: load(1), old: 0x101n, present: 0x102n,
};
const globalEdited: Situation = {
  ...edited, before: [...store(leafOf(TABLES.S.pages[0], 1), pte(data(3), RWX | G)), 'sfence.vma', ...edited.before], old: 0x103n,
};
/** The pointer to the table of page 2 is known by page 1. */
const pointerEdited: Situation = { editor: 'HS', before: [...load(1), ...store(TABLES.S.mega, pte(TABLES.S.pages[1], V))], use: load(2), old: 0x102n, present: 0x103n };
const largeEdited: Situation = {
  editor: 'HS', before: [...load(LARGE_PAGE), ...store(TABLES.S.mega + 8n, pte(LARGE[1], RWX))], use: load(LARGE_PAGE), old: 0x104n, present: 0x105n,
};
const guestEdited: Situation = {
  editor: 'HS', before: [...guestLoad(1), ...store(leafOf(TABLES.VS.pages[0], 1), pte(WINDOW + 3n * PAGE, RWX))], use: guestLoad(1), old: 0x101n, present: 0x103n,
};
const belowEdited: Situation = {
  editor: 'HS', before: [...guestLoad(1), ...store(leafOf(TABLES.G.pages[0], 1), pte(data(2), RWX | U))], use: guestLoad(1), old: 0x101n, present: 0x102n,
};
const inGuest: Situation = { editor: 'VS', before: [...load(1), ...store(leafOf(TABLES.VS.pages[0], 1), pte(WINDOW + 3n * PAGE, RWX))], use: load(1), old: 0x101n, present: 0x103n };

const pageOf = (page: number): bigint => BigInt(page) * PAGE + 0x128n;
const guestPage = (page: number): bigint => (WINDOW + pageOf(page)) >> 2n;
const elsewhere = (lines: readonly string[]): readonly string[] => [`li t0, ${atp('G', 2)}`, 'csrw hgatp, t0', ...lines, `li t0, ${atp('G', 1)}`, 'csrw hgatp, t0'];

type Row = readonly [what: string, situation: Situation, fence: readonly string[], kept: boolean];

/** What fences with an address and an ASID do, by their name. */
const spaceRows = (name: string, where: string, s: Situation): readonly Row[] => [
  [`${name} of all${where}`, s, fence(name), false],
  [`${name} of the page${where}`, s, fence(name, pageOf(1)), false],
  [`${name} of another page${where}`, s, fence(name, pageOf(2)), true],
  [`${name} of the address space${where}`, s, fence(name, 0n, 1n), false],
  [`${name} of the address space, with bits above it${where}`, s, fence(name, 0n, 0x10001n), false],
  [`${name} of another address space${where}`, s, fence(name, 0n, 2n), true],
  [`${name} of the page in the address space${where}`, s, fence(name, pageOf(1), 1n), false],
  [`${name} of the page in another address space${where}`, s, fence(name, pageOf(1), 2n), true],
  [`${name} of another page in the address space${where}`, s, fence(name, pageOf(2), 1n), true],
];

const ROWS: readonly Row[] = [
  ['no fence', edited, [], true],
  ...['sfence.vma', 'sinval.vma'].flatMap((name) => [...spaceRows(name, '', edited), ...spaceRows(name, ', in a guest', inGuest)]),
  ...['hfence.vvma', 'hinval.vvma'].flatMap((name): readonly Row[] => [
    ...spaceRows(name, '', guestEdited),
    [`${name} of all, in another virtual machine`, guestEdited, elsewhere(fence(name)), true],
  ]),
  ['sfence.vma of the host, for a guest', guestEdited, fence('sfence.vma'), true],
  ['hfence.vvma, for the host', edited, fence('hfence.vvma'), true],
  ['sfence.vma of the address space, for a global page', globalEdited, fence('sfence.vma', 0n, 1n), true],
  ['sfence.vma of the page, for a global page', globalEdited, fence('sfence.vma', pageOf(1)), false],
  ['sfence.vma of all, for a pointer', pointerEdited, fence('sfence.vma'), false],
  ['sfence.vma of the address space, for a pointer', pointerEdited, fence('sfence.vma', 0n, 1n), false],
  ['sfence.vma of another address space, for a pointer', pointerEdited, fence('sfence.vma', 0n, 2n), true],
  ['sfence.vma of a page, for a pointer', pointerEdited, fence('sfence.vma', pageOf(2)), true],
  ['sfence.vma of an address within a large page', largeEdited, fence('sfence.vma', pageOf(LARGE_PAGE + 77)), false],
  ['sfence.vma of an address behind a large page', largeEdited, fence('sfence.vma', pageOf(2 * LARGE_PAGE)), true],
  ['sfence.vma of an address that the scheme does not have', edited, fence('sfence.vma', pageOf(1) | (1n << 45n)), true],
  ...['hfence.gvma', 'hinval.gvma'].flatMap((name): readonly Row[] => [
    [`${name} of all`, belowEdited, fence(name), false],
    [`${name} of the page`, belowEdited, fence(name, guestPage(1)), false],
    [`${name} of another page`, belowEdited, fence(name, guestPage(2)), true],
    [`${name} of the virtual machine`, belowEdited, fence(name, 0n, 1n), false],
    [`${name} of the virtual machine, with bits above it`, belowEdited, fence(name, 0n, 0x4001n), false],
    [`${name} of another virtual machine`, belowEdited, fence(name, 0n, 2n), true],
    [`${name} of all, in another virtual machine`, belowEdited, elsewhere(fence(name)), false],
    [`${name} of the page in another virtual machine`, belowEdited, fence(name, guestPage(1), 2n), true],
  ]),
  ['hfence.vvma, for the second stage', belowEdited, fence('hfence.vvma'), true],
];

describe('a core with exact fences', () => {
  const lockstep = new Lockstep(exactCore().core);

  it.each(ROWS)('after %s', (_, { editor, before, use, old, present }, lines, kept) => {
    let seen: bigint | undefined;
    const result = lockstep.run(withTables(editor, [...before, ...lines, ...use]), { maxCycles: CYCLES, onRecord: ({ retirement: { rd_addr: rd, rd_wdata: value } }) => {
      if (rd === 10) seen = value;
    } });
    if (result.kind === 'diverged') throw new Error(explained(result.divergence));
    expect(seen).toBe(kept ? old : present);
  });
});
