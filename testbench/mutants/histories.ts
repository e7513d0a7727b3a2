/**
 * Histories of page tables: programs in which what a core keeps of them is
 * old, or another's. An address is used; then tables are edited and fenced, so
 * often that a generation of few bits comes back, or a register leads to other
 * tables, where no fence is due; then it is used again. Random programs seldom
 * come back to an address after either.
 */
import type { Segment } from '../../model/machine/elf.js';
import { inMode, type Editor, type Stage } from '../properties/table-edits.js';

export type { Editor };

/** A program, and what lies in memory besides. */
export interface History {
  readonly text: string;
  readonly segments: readonly Segment[];
}

const PAGE = 0x1000n;
const [V, U] = [1n, 0x10n];
/** Valid, with all rights, accessed and dirty. */
const ALL = 0xcfn;
const pte = (target: bigint, flags: bigint): bigint => ((target >> 12n) << 10n) | flags;

/** Each stage has two sets of tables, its worlds: root, one table of megapages, two of pages, the second of which is used after an edit. */
type World = 0 | 1;
const WORLDS: readonly World[] = [0, 1];
const BASE: Readonly<Record<Stage, bigint>> = { S: 0x8001_0000n, VS: 0x8003_0000n, G: 0x8005_0000n };
const tablesOf = (stage: Stage, world: World): { readonly root: bigint; readonly mega: bigint; readonly pages: readonly [bigint, bigint] } => {
  const root = BASE[stage] + BigInt(world) * 0x1_0000n;
  // All of them on even pages: what is written there takes the place of nothing that is kept of page 1.
  return { root, mega: root + 4n * PAGE, pages: [root + 6n * PAGE, root + 8n * PAGE] };
};

/** Pages with a number each, and a function at 16 that gives it. */
const DATA = 0x8008_0000n;
const dataOf = (number: number): bigint => DATA + BigInt(number) * PAGE;
const NUMBERS = 16;
/** Where the guest sees them; behind them the last table of VS, which G's worlds have in different places. */
const WINDOW = 0x4000_0000n;
const TABLE_PAGE = NUMBERS;
const PAGES = [1, 2] as const;

function doublewords(address: bigint, values: readonly bigint[]): Segment {
  const data = new Uint8Array(8 * values.length);
  const view = new DataView(data.buffer);
  values.forEach((value, i) => view.setBigUint64(8 * i, value, true));
  return { address, data, memSize: BigInt(data.length) };
}

/** What a leaf leads to at first: another page in each world, and by each table; but page 1 by both tables, so that what G says of that is found again where VS's tables are others. */
const first = (world: World, table: 0 | 1, page: number): number => world * 4 + (page === 1 ? 0 : table * 8) + page;

function segmentsOf(stage: Stage, world: World): readonly Segment[] {
  const { root, mega, pages } = tablesOf(stage, world);
  const user = stage === 'G' ? U : 0n;
  const code = pte(0x8000_0000n, ALL | user);
  const leaf = (number: number): bigint => pte(stage === 'VS' ? WINDOW + BigInt(number) * PAGE : dataOf(number), ALL | user);
  // VS reaches its last table by the window.
  const pointer = pte(stage === 'VS' ? WINDOW + BigInt(TABLE_PAGE + world) * PAGE : pages[0], V);
  const vsTables = stage === 'G' ? WORLDS.map((w) => pte(tablesOf('VS', w).pages[world], ALL | U)) : [];
  return [
    doublewords(root, stage === 'G' ? [0n, pte(mega, V), code] : [pte(mega, V), 0n, code]),
    doublewords(mega, [pointer]),
    ...([0, 1] as const).map((table) => doublewords(pages[table], [
      ...Array.from({ length: NUMBERS }, (_, page) => leaf(stage === 'G' && table === 0 ? (page + 2 * world) % NUMBERS : stage === 'G' ? (page + 1) % NUMBERS : first(world, table, page) % NUMBERS)),
      ...vsTables,
    ])),
  ];
}

const SEGMENTS: readonly Segment[] = [
  ...(['S', 'VS', 'G'] as const).flatMap((stage) => WORLDS.flatMap((world) => segmentsOf(stage, world))),
  ...Array.from({ length: NUMBERS }, (_, i) => doublewords(dataOf(i), [BigInt(0x100 + i), 0n, (0x0000_8067n << 32n) | (BigInt(i) << 20n) | 0x513n])),
];

const CSR = { S: 'satp', VS: 'vsatp', G: 'hgatp' } as const;
const leadingTo = (stage: Stage, world: World): bigint => (8n << 60n) | (1n << 44n) | (tablesOf(stage, world).root >> 12n);

/** How an address is used. */
const USES = ['load', 'call'] as const;
type Use = (typeof USES)[number];

/** Uses a page by a stage's tables, as an editor may. */
function used(editor: Editor, stage: Stage, use: Use, page: number): readonly string[] {
  const guest = stage !== 'S';
  const at = `li a1, ${BigInt(page) * PAGE}`;
  if (editor === 'HS' && guest) return [at, use === 'load' ? 'hlv.d a0, (a1)' : 'hlvx.wu a0, (a1)'];
  if (editor !== 'M') return [at, use === 'load' ? 'ld a0, (a1)' : 'jalr ra, 16(a1)'];
  return [at, `li t2, ${0x2_0800n | (guest ? 1n << 39n : 0n)}`, 'csrs mstatus, t2', use === 'load' ? 'ld a0, (a1)' : 'sd a1, 8(a1)', 'csrc mstatus, t2'];
}

const switched = (editor: Editor, stage: Stage, world: World): readonly string[] =>
  [`li t0, ${leadingTo(stage, world)}`, `csrw ${editor === 'VS' ? 'satp' : CSR[stage]}, t0`];

/** A fence for all of a stage, by one instruction or by Svinval's three. */
function fenced(editor: Editor, stage: Stage, split: boolean): readonly string[] {
  const suffix = stage === 'G' ? 'gvma' : 'vvma';
  const one = stage === 'S' || editor === 'VS' ? ['sfence.vma', 'sinval.vma'] : [`hfence.${suffix}`, `hinval.${suffix}`];
  return split ? ['sfence.w.inval', `${one[1] ?? ''} zero, zero`, 'sfence.inval.ir'] : [one[0] ?? ''];
}

/** Entries of the first world that are edited, and what they become. */
function edits(stage: Stage): readonly (readonly string[])[] {
  const { mega, pages } = tablesOf(stage, 0);
  const user = stage === 'G' ? U : 0n;
  const store = (address: bigint, value: bigint): readonly string[] => [`li t0, ${address}`, `li t1, ${value}`, 'sd t1, (t0)'];
  const leaf = store(pages[0] + 8n, pte(stage === 'VS' ? WINDOW + 9n * PAGE : dataOf(9), ALL | user));
  const pointer = store(mega, pte(stage === 'VS' ? WINDOW + BigInt(TABLE_PAGE + 1) * PAGE : pages[1], V));
  // The table of VS is elsewhere: what has been found through it is old, too.
  const below = stage === 'G' ? [store(pages[0] + 8n * BigInt(TABLE_PAGE), pte(tablesOf('VS', 1).pages[0], ALL | U))] : [];
  return [leaf, pointer, ...below];
}

/** Fences before the first use, and after the edit: of the fourth a generation of two bits comes back, wherever it was; the first may be that one, or not. */
const FENCES = [{ before: 0, after: 1 }, { before: 1, after: 1 }, { before: 0, after: 4 }] as const;

function linesOf(editor: Editor, stage: Stage, use: Use): readonly (readonly string[])[] {
  const uses = (...pages: readonly number[]): readonly string[] => pages.flatMap((page) => used(editor, stage, use, page));
  const [one, two] = PAGES;
  const fences = (count: number, split: boolean): readonly string[] => Array.from({ length: count }, () => fenced(editor, stage, split)).flat();
  const to = (world: World): readonly string[] => switched(editor, stage, world);
  return [
    [...uses(one, two), ...to(1), ...uses(one, two), ...to(0), ...uses(two, one)],
    // The table is known, the page is not.
    [...uses(one), ...to(1), ...uses(two), ...to(0), ...uses(two, one)],
    ...edits(stage).flatMap((edit) => [false, true].flatMap((split) => FENCES.flatMap(({ before, after }) => [[one], [two], [two, one]].map((then) =>
      [...fences(before, split), ...uses(one), ...edit, ...fences(after, split), ...uses(...then)])))),
  ];
}

/** A program that uses a page twice, once more behind a CSR write, and the one but next to it. */
export function keepingProgram(editor: Editor, how: 'load' | 'store' | 'call'): History {
  const use = (page: number): readonly string[] => [`li a1, ${BigInt(page) * PAGE}`, { load: 'ld a0, (a1)', store: 'sd a1, 8(a1)', call: 'jalr ra, 16(a1)' }[how]];
  return { text: inMode(editor, WORLD, [...use(1), ...use(1), 'csrw sscratch, zero', ...use(1), ...use(3)]), segments: SEGMENTS };
}

/** The registers at the beginning. */
const WORLD = { S: leadingTo('S', 0), VS: leadingTo('VS', 0), G: leadingTo('G', 0) };

/** All of them. */
export function histories(): readonly History[] {
  const stages: Readonly<Record<Editor, readonly Stage[]>> = { M: ['S', 'VS', 'G'], HS: ['S', 'VS', 'G'], VS: ['VS'] };
  return (['M', 'HS', 'VS'] as const).flatMap((editor) => stages[editor].flatMap((stage) => USES.flatMap((use) =>
    linesOf(editor, stage, use).map((lines) => ({ text: inMode(editor, WORLD, lines), segments: SEGMENTS })))));
}
