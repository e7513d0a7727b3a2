/**
 * Programs that edit their page tables and use them: entries of S, VS and G,
 * leaves and pointers, global or not, in several address spaces and virtual
 * machines, by M, HS and VS. Before every use stand the fences that the manual
 * asks for: for each entry that the access goes through and that was edited
 * since the last fence that covers it, one that suffices, in any of its forms.
 */
import fc from 'fast-check';
import type { Program, Segment } from '../../model/machine/elf.js';
import { programFrom } from './programs.js';

/** Who edits, fences and uses. A guest has its own tables only. */
export type Editor = 'M' | 'HS' | 'VS';
export type Stage = 'S' | 'VS' | 'G';
/** Through which tables an access goes. */
type Space = 'S' | 'guest';

/** One step, in numbers that shrink towards the simplest. */
export interface Step {
  readonly kind: 'edit' | 'use' | 'switch';
  /** Which entry, address, or CSR, by number. */
  readonly which: number;
  /** What is written there. */
  readonly value: number;
  /** Forms of the fences that it needs. */
  readonly forms: number;
}

/** A program. */
export interface Story {
  readonly editor: Editor;
  readonly steps: readonly Step[];
}

const number = fc.nat(0xffff);
export const stories: fc.Arbitrary<Story> = fc.record({
  editor: fc.constantFrom('M' as const, 'HS' as const, 'VS' as const),
  steps: fc.array(fc.record({ kind: fc.constantFrom('edit' as const, 'use' as const, 'use' as const, 'switch' as const), which: number, value: number, forms: number }), { minLength: 2, maxLength: 24, size: 'max' }),
});

export const [V, R, W, X, U, G] = [1n, 2n, 4n, 8n, 0x10n, 0x20n];
export const RWX = V | R | W | X | 0xc0n;
export const pte = (target: bigint, flags: bigint): bigint => ((target >> 12n) << 10n) | flags;

/** Tables of a stage: root, one table of megapages, two of pages, of which the first is used at the beginning. */
interface Tables {
  readonly root: bigint;
  readonly mega: bigint;
  readonly pages: readonly [bigint, bigint];
}
const tablesAt = (root: bigint): Tables => ({ root, mega: root + 0x4000n, pages: [root + 0x5000n, root + 0x6000n] });
export const TABLES: Readonly<Record<Stage, Tables>> = { S: tablesAt(0x8001_0000n), VS: tablesAt(0x8002_0000n), G: tablesAt(0x8003_0000n) };

/** Pages that leaves lead to, each with a number and a function that gives it. */
export const DATA = Array.from({ length: 4 }, (_, i) => 0x8004_0000n + BigInt(i) * 0x1000n);
export const LARGE = [0x8020_0000n, 0x8040_0000n] as const;
/** Clock cycles that a program gets. */
export const CYCLES = 8000;
/** Where the guest sees DATA. */
export const WINDOW = 0x4000_0000n;
const PAGES = [1, 2, 3] as const;
/** Virtual page numbers of the leaves, and of the one large page. */
export const LARGE_PAGE = 512;
/** The page of a large page that is used as well as its first. */
const INSIDE = 3n;

/** An entry that programs edit. */
interface Edited {
  readonly stage: Stage;
  readonly address: bigint;
  /** Fences by address cover it: every value that it ever has is a leaf's. Its first page, and how many it spans. */
  readonly leaf: { readonly page: number; readonly span: number } | undefined;
  /** Values to write, the first of which is there at the beginning. */
  readonly values: readonly bigint[];
}

const flagsOf = (stage: Stage): bigint => (stage === 'G' ? RWX | U : RWX);
/** Leaves to each place: with all rights, global, for reading only, invalid. */
const leaves = (stage: Stage, targets: readonly bigint[]): readonly bigint[] => {
  const all = flagsOf(stage);
  return [all, all | (stage === 'G' ? 0n : G), all & ~W, all & ~V].flatMap((flags) => targets.map((target) => pte(target, flags)));
};

function entriesOf(stage: Stage): readonly Edited[] {
  const { mega, pages: [first, second] } = TABLES[stage];
  const places = stage === 'VS' ? DATA.map((_, i) => WINDOW + BigInt(i) * 0x1000n) : DATA;
  const numbers = stage === 'G' ? DATA.map((_, i) => i) : PAGES;
  const base = stage === 'G' ? Number(WINDOW >> 12n) : 0;
  const rotated = (by: number): readonly bigint[] => [...places.slice(by % places.length), ...places.slice(0, by % places.length)];
  return [
    { stage, address: mega, leaf: undefined, values: [pte(first, V), pte(second, V)] },
    ...[first, second].flatMap((table, t) => numbers.map((page): Edited => ({
      stage, address: table + BigInt(8 * page), leaf: { page: base + page, span: 1 }, values: leaves(stage, rotated(page + t)),
    }))),
    ...(stage === 'G' ? [] : [{ stage, address: mega + 8n, leaf: { page: LARGE_PAGE, span: 512 }, values: leaves(stage, LARGE) }]),
  ];
}

const ENTRIES: readonly Edited[] = (['S', 'VS', 'G'] as const).flatMap(entriesOf);
const entryAt = new Map(ENTRIES.map((entry) => [entry.address, entry]));

/** The address spaces and virtual machines; the tables are the same in all of them. */
interface Context {
  readonly satp: number;
  readonly vsatp: number;
  readonly hgatp: number;
}
const IDS = [1, 2] as const;
const keyOf = (stage: Stage, { satp, vsatp, hgatp }: Context): string => ({ S: `${satp}`, VS: `${hgatp}:${vsatp}`, G: `${hgatp}` })[stage];
const keysOf = (stage: Stage): readonly string[] => (stage === 'VS' ? IDS.flatMap((vm) => IDS.map((id) => `${vm}:${id}`)) : IDS.map(String));

export const atp = (stage: Stage, id: number): bigint => (8n << 60n) | (BigInt(id) << 44n) | (TABLES[stage].root >> 12n);
const CSR = { S: 'satp', VS: 'vsatp', G: 'hgatp' } as const;

/** How a fence is told what it is for. */
interface Form {
  readonly byAddress: boolean;
  readonly bySpace: boolean;
  /** By Svinval's three instructions. */
  readonly split: boolean;
  /** What does not count: which page of a large one it names, and bits above an ASID or VMID. */
  readonly extra: number;
}

/** Tells a story as assembly, keeping what memory has and what is not fenced yet. */
class Teller {
  readonly #lines: string[] = [];
  readonly #values = new Map<bigint, bigint>(ENTRIES.map(({ address, values }) => [address, values[0] ?? 0n]));
  /** By entry: the contexts in which an older value may be used still, and whether one was global. */
  readonly #unfenced = new Map<Edited, { readonly keys: Set<string>; global: boolean }>();
  #context: Context = { satp: 1, vsatp: 1, hgatp: 1 };

  constructor(readonly editor: Editor, readonly fenced: boolean) {}

  get lines(): readonly string[] {
    return this.#lines;
  }

  tell({ kind, which, value, forms }: Step): void {
    switch (kind) {
      case 'edit': return this.#edit(which, value);
      case 'switch': return this.#switch(which, value);
      case 'use': return this.#use(which, value, forms);
    }
  }

  #edit(which: number, value: number): void {
    const mine = ENTRIES.filter(({ stage }) => this.editor !== 'VS' || stage === 'VS');
    const entry = mine[which % mine.length];
    const written = entry?.values[value % entry.values.length];
    if (entry === undefined || written === undefined) return;
    const old = this.#values.get(entry.address) ?? 0n;
    if (old === written) return;
    const before = this.#unfenced.get(entry);
    this.#unfenced.set(entry, { keys: new Set(keysOf(entry.stage)), global: before?.global === true || (old & G) !== 0n });
    this.#values.set(entry.address, written);
    this.#lines.push(`li t0, ${entry.address}`, `li t1, ${written}`, 'sd t1, (t0)');
  }

  /** Another address space or virtual machine. */
  #switch(which: number, value: number): void {
    const stage = this.editor === 'VS' ? 'VS' : (['S', 'VS', 'G'] as const)[which % 3] ?? 'S';
    const id = IDS[value % IDS.length] ?? 1;
    this.#context = { ...this.#context, [CSR[stage]]: id };
    this.#lines.push(`li t0, ${atp(stage, id)}`, `csrw ${this.editor === 'VS' ? 'satp' : CSR[stage]}, t0`);
  }

  #use(which: number, value: number, forms: number): void {
    const space: Space = this.editor === 'VS' || value % 2 === 1 ? 'guest' : 'S';
    const page = [...PAGES, LARGE_PAGE, LARGE_PAGE + Number(INSIDE)][which % 5] ?? 1;
    for (const [i, entry] of this.#path(space, page).entries()) this.#fence(entry, page, forms >> (3 * (i % 4)));
    this.#lines.push(`li a1, ${page << 12}`, ...this.#access(space, value >> 1));
  }

  /** The entries that an access goes through as memory has them. */
  #path(space: Space, page: number): readonly Edited[] {
    const own = this.#walk(space === 'S' ? 'S' : 'VS', page);
    const last = this.#values.get(own.at(-1)?.address ?? 0n) ?? 0n;
    const target = Number((last >> 10n) & 0xfff_ffff_ffffn);
    const below = space === 'guest' && target >> 18 === Number(WINDOW >> 30n) ? this.#walk('G', target) : [];
    return [...own, ...below];
  }

  #walk(stage: Stage, page: number): readonly Edited[] {
    const { mega, pages } = TABLES[stage];
    const first = entryAt.get(mega + (page >= LARGE_PAGE && stage !== 'G' ? 8n : 0n));
    if (first === undefined || first.leaf !== undefined) return first === undefined ? [] : [first];
    const table = this.#values.get(first.address) === first.values[1] ? pages[1] : pages[0];
    const last = entryAt.get(table + BigInt(8 * (page % 512)));
    return last === undefined ? [first] : [first, last];
  }

  /** A fence for an entry, unless none is due. */
  #fence(entry: Edited, page: number, bits: number): void {
    const due = this.#unfenced.get(entry);
    if (due?.keys.has(keyOf(entry.stage, this.#context)) !== true) return;
    const form: Form = { byAddress: entry.leaf !== undefined && (bits & 1) !== 0, bySpace: !due.global && (bits & 2) !== 0, split: (bits & 4) !== 0, extra: bits >> 3 };
    if (this.fenced) this.#lines.push(...this.#fenceText(entry, page, form));
    for (const [other, { keys, global }] of this.#unfenced) {
      if (other.stage !== entry.stage) continue;
      if (form.byAddress && other !== entry && !(other.leaf !== undefined && entry.leaf !== undefined && other.leaf.page === entry.leaf.page)) continue;
      if (form.bySpace && global) continue;
      for (const key of [...keys]) if (this.#covered(entry.stage, key, form)) keys.delete(key);
      if (keys.size === 0) this.#unfenced.delete(other);
    }
  }

  /** Whether a fence executed now is for uses in a context: those of a guest are for the current virtual machine only, but for HFENCE.GVMA without a VMID. */
  #covered(stage: Stage, key: string, { bySpace }: Form): boolean {
    if (bySpace) return key === keyOf(stage, this.#context);
    return stage !== 'VS' || key.startsWith(`${this.#context.hgatp}:`);
  }

  #fenceText({ stage, leaf }: Edited, page: number, { byAddress, bySpace, split, extra }: Form): readonly string[] {
    // Any byte of any of its pages; HFENCE.GVMA takes the guest physical address shifted right by 2.
    const inside = leaf === undefined ? page : leaf.page + ((page + extra) % leaf.span);
    const address = (BigInt(inside) << 12n) | 0x128n;
    // Bits above an ASID or VMID do not count.
    const id = BigInt(this.#context[CSR[stage]]) | (BigInt(extra) << 16n);
    const operands = `${byAddress ? 't0' : 'zero'}, ${bySpace ? 't1' : 'zero'}`;
    const what = stage === 'G' ? 'gvma' : stage === 'VS' && this.editor !== 'VS' ? 'vvma' : 'vma';
    const [fence, invalidate] = what === 'vma' ? ['sfence.vma', 'sinval.vma'] : [`hfence.${what}`, `hinval.${what}`];
    return [
      `li t0, ${stage === 'G' ? address >> 2n : address}`, `li t1, ${id}`,
      ...(split ? ['sfence.w.inval', `${invalidate} ${operands}`, 'sfence.inval.ir'] : [`${fence} ${operands}`]),
    ];
  }

  /** A load, a store, or a call, with the privilege of S or of the guest. */
  #access(space: Space, kind: number): readonly string[] {
    if (space === 'guest' && this.editor !== 'VS' && (this.editor === 'HS' || kind % 2 === 0)) return [['hlv.d a0, (a1)', 'hlvx.wu a0, (a1)', 'hsv.d a1, (a1)'][kind % 3] ?? ''];
    if (this.editor === 'M') {
      const [set, clear] = [`li t2, ${0x2_0800n | (space === 'guest' ? 1n << 39n : 0n)}`, 'csrc mstatus, t2'];
      return [set, 'csrs mstatus, t2', kind % 3 === 0 ? 'sd a1, 8(a1)' : 'ld a0, (a1)', clear];
    }
    return [['ld a0, (a1)', 'sd a1, 8(a1)', 'jalr ra, 16(a1)'][kind % 3] ?? ''];
  }
}

/** Entry into the body, by mode: bits of mstatus. */
const ENTRY: Readonly<Record<Editor, bigint>> = { M: 0x1800n, HS: 0x800n, VS: (1n << 39n) | 0x800n };

/**
 * A program whose body is executed in a mode, with registers leading to tables.
 * Traps skip the instruction, or return to the caller if it was none; ECALL is the end.
 */
export const inMode = (editor: Editor, tables: Readonly<Record<Stage, bigint>>, lines: readonly string[]): string => `
_start: la    t0, handler
        csrw  mtvec, t0
        li    t0, -1
        csrw  pmpaddr0, t0
        li    t0, 0x1f
        csrw  pmpcfg0, t0
        ${(['S', 'VS', 'G'] as const).map((stage) => `li t0, ${tables[stage]}\n        csrw ${CSR[stage]}, t0`).join('\n        ')}
        li    t0, 0x100
        csrs  hstatus, t0               # SPVP: HLV and HSV are the guest's supervisor's
        sfence.vma
        hfence.vvma
        hfence.gvma
        li    t0, ${ENTRY[editor]}
        csrw  mstatus, t0
        la    t0, body
        csrw  mepc, t0
        mret
        .align 2
body:   ${lines.join('\n        ')}
        ecall
        .align 6
handler: csrr t5, mcause
        addi  t6, t5, -12
        beqz  t6, 2f
        addi  t6, t5, -20
        beqz  t6, 2f
        addi  t6, t5, -8
        li    t5, 4
        bltu  t6, t5, 3f
        csrr  t5, mepc
        addi  t5, t5, 4
        csrw  mepc, t5
        mret
2:      csrw  mepc, ra
        mret
3:      li    t6, 0x100000
        li    t5, 0x5555
        sw    t5, (t6)
4:      j     4b
`;

function doublewords(address: bigint, values: readonly bigint[]): Segment {
  const data = new Uint8Array(8 * values.length);
  const view = new DataView(data.buffer);
  values.forEach((value, i) => view.setBigUint64(8 * i, value, true));
  return { address, data, memSize: BigInt(data.length) };
}

/** What lies at the beginning of a page: its number, and at 16 a function that gives it. */
const pageOf = (place: bigint, id: number): Segment => doublewords(place, [BigInt(0x100 + id), 0n, (0x0000_8067n << 32n) | (BigInt(id) << 20n) | 0x513n]);

const FIXED: readonly Segment[] = [
  ...(['S', 'VS', 'G'] as const).flatMap((stage) => {
    const { root, mega } = TABLES[stage];
    const pointer = pte(mega, V);
    // Memory as it is, for the code; the rest is edited.
    return [doublewords(root, stage === 'G' ? [0n, pointer, pte(0x8000_0000n, flagsOf(stage))] : [pointer, 0n, pte(0x8000_0000n, flagsOf(stage))])];
  }),
  ...ENTRIES.map(({ address, values }) => doublewords(address, [values[0] ?? 0n])),
  ...[...DATA, ...LARGE].map(pageOf), ...LARGE.map((place, i) => pageOf(place + INSIDE * 0x1000n, 8 + i)),
];

/** The program of a story. `fenced`: with its fences, or with none. */
export function told({ editor, steps }: Story, fenced: boolean): Pick<Program, 'entry' | 'segments' | 'symbols'> {
  const teller = new Teller(editor, fenced);
  for (const step of steps) teller.tell(step);
  return withTables(editor, teller.lines);
}

/** A program of lines that are executed in a mode, with all tables as they are at the beginning, in address space 1 and virtual machine 1. */
export function withTables(editor: Editor, lines: readonly string[]): Pick<Program, 'entry' | 'segments' | 'symbols'> {
  const program = programFrom(inMode(editor, { S: atp('S', 1), VS: atp('VS', 1), G: atp('G', 1) }, lines));
  return { ...program, segments: [...program.segments, ...FIXED] };
}

/** Where the edited entries are. */
export const EDITED: readonly bigint[] = ENTRIES.map(({ address }) => address);
