/**
 * A host with one guest, which is a whole random program that takes itself for
 * alone on the machine: its own page tables, trap handlers and memory from
 * 0x80000000 on. The host runs it in VS and VU under a random G-stage that maps
 * to the guest's own pages only, and skips what traps. All other memory is
 * filled with a secret, most of all where the guest would be if its addresses
 * were physical.
 */
import fc from 'fast-check';
import type { Program, Segment } from '../../model/machine/elf.js';
import { BASE, AT, POINTER } from '../arbitraries/map.js';
import type { Plan } from '../arbitraries/program.js';
import { Shapes } from '../arbitraries/shapes.js';
import { INDEX } from '../arbitraries/tables.js';
import { assemble } from '../assembly/assemble.js';
import { assemblyTables } from '../assembly/tables.js';
import { shippedSpecs } from './cores.js';
import { built } from './random-programs.js';

const PAGE = 0x1000n;
const PAGE_BYTES = Number(PAGE);
/** The host's code. */
const HOST = 0x8010_0000n;
/** Tables of the G-stage: the root's four pages, then one page a level, the last one the leaves'. */
const ROOT = 0x8011_0000n;
const [TOP, MIDDLE, MEGA, LEAF] = [0x8011_4000n, 0x8011_5000n, 0x8011_6000n, 0x8011_7000n];
const TABLES_END = LEAF + PAGE;
/** A page of the host that would be a fine table, if anything used it as one. */
const FORGED = 0x8010_8000n;
/** The guest's own pages: one of 2 MiB. */
export const OWN = { from: 0x8020_0000n, to: 0x8040_0000n } as const;
/** Guest-physical pages from BASE on that the guest was made for. */
const GUEST_PAGES = 16;
/** Pages of the host that hold the secret. */
const SECRET = [
  ...Array.from({ length: GUEST_PAGES }, (_, i) => BASE + BigInt(i) * PAGE),
  HOST + 4n * PAGE, OWN.from - PAGE, OWN.to, 0x87ff_f000n,
];

const V = 0x01n;
const [R, W, X, U, A, D] = [2n, 4n, 8n, 0x10n, 0x40n, 0x80n];
const ALL = V | R | W | X | U | A | D;
const N = 1n << 63n;
const pte = (target: bigint, flags: bigint): bigint => ((target >> 12n) << 10n) | flags;

/** Which table of the G-stage an entry is in. */
type Table = 'root' | 'giga' | 'mega' | 'leaf';

/** An entry that is unlike what a friendly host would have there. */
interface Oddity {
  readonly table: Table;
  readonly index: number;
  readonly value: bigint;
}

/** A G-stage. */
export interface Confinement {
  /** hgatp.MODE. */
  readonly mode: 8 | 9 | 10;
  /** menvcfg.ADUE: accesses may set A and D in these tables. */
  readonly adue: boolean;
  readonly vmid: number;
  readonly oddities: readonly Oddity[];
}

const chance = fc.nat(0xffff_ffff);
/** Where the guest's addresses lead: indices of the program, its window, its tables and data. */
const INDICES: Readonly<Record<Table, readonly number[]>> = {
  root: [0, 1, 2, 3, 511, 512, 2047],
  giga: [0, 1, 2, 3],
  mega: [0, 0, INDEX.mega, 1],
  leaf: [0, 1, 1, 4, 5, INDEX.window, INDEX.window + 1, INDEX.tables, INDEX.data, INDEX.data, INDEX.data + 1, INDEX.data + 1, 8, 15, 16],
};

/** Leaves that lead to the guest's own pages, with any rights. */
const OWN_LEAF = fc.tuple(chance, fc.nat(511)).map(([bits, page]) => ({
  leaf: (bits & 7) === 0 ? pte(OWN.from | 0x8000n, ALL) | N : pte(OWN.from + BigInt(page) * PAGE, ALL & ~BigInt((bits >> 3) & (bits >> 11) & 0xde)),
  mega: pte(OWN.from, ALL & ~BigInt((bits >> 3) & (bits >> 11) & 0xde)),
}));

/** What leads to the host, but for a bit because of which it leads nowhere. */
const REFUSALS: readonly { readonly tables: readonly Table[]; readonly value: (host: bigint, bits: number) => bigint }[] = [
  { tables: ['root', 'giga', 'mega', 'leaf'], value: (host) => pte(host, ALL & ~V) },
  { tables: ['mega', 'leaf'], value: (host) => pte(host, ALL & ~U) },
  { tables: ['mega', 'leaf'], value: (host) => pte(host, ALL & ~R) },
  { tables: ['mega', 'leaf'], value: (host, bits) => pte(host, ALL) | (1n << BigInt(54 + (bits % 7))) },
  { tables: ['mega', 'leaf'], value: (host) => pte(host, ALL) | (3n << 61n) },
  // A NAPOT range of another size; a NAPOT range of large pages.
  { tables: ['leaf'], value: () => pte(BASE, ALL) | N },
  { tables: ['mega'], value: () => pte(BASE | 0x8000n, ALL) | N },
  // A large page that does not begin at its multiple.
  { tables: ['giga', 'mega'], value: (_host, bits) => pte(HOST + BigInt(1 + (bits % 8)) * PAGE, ALL) },
  // Pointers with what only leaves may have, to a table that has everything; and one where there is no further level.
  { tables: ['root', 'giga', 'mega'], value: (_host, bits) => pte(FORGED, V | ([U, A, D][bits % 3] ?? U)) },
  { tables: ['giga', 'mega'], value: () => pte(FORGED, V) | N },
  { tables: ['leaf'], value: () => pte(FORGED, V) },
];

const oddity: fc.Arbitrary<Oddity> = fc.tuple(chance, chance, fc.nat(3), OWN_LEAF).map(([bits, where, kind, own]) => {
  if (kind === 0) {
    const table = where % 4 === 0 ? 'mega' : 'leaf';
    return { table, index: at(table, bits >>> 8), value: own[table] };
  }
  const refusal = REFUSALS[where % REFUSALS.length];
  const table = refusal?.tables[(where >>> 8) % refusal.tables.length] ?? 'leaf';
  // At every level but the last only this begins a large page.
  const host = table === 'leaf' ? SECRET[(bits >>> 3) % SECRET.length] ?? BASE : BASE;
  return { table, index: at(table, bits >>> 8), value: refusal?.value(host, bits >>> 20) ?? 0n };
});

const at = (table: Table, bits: number): number => INDICES[table][bits % INDICES[table].length] ?? 0;

/** Any G-stage that leads to the guest's own pages, if anywhere. */
export const confinements: fc.Arbitrary<Confinement> = fc.record({
  mode: fc.constantFrom(8 as const, 9 as const, 10 as const),
  adue: fc.boolean(),
  vmid: fc.nat(3),
  oddities: fc.array(oddity, { maxLength: 5, size: 'max' }),
});

/** A doubleword of the secret: pseudo-random, different for every secret and place. */
const secretWord = (secret: bigint, address: bigint): bigint => {
  const mixed = BigInt.asUintN(64, (address ^ (secret << 32n)) * 0x9e37_79b9_7f4a_7c15n);
  return BigInt.asUintN(64, (mixed ^ (mixed >> 29n)) * 0xbf58_476d_1ce4_e5b9n);
};

/** Doublewords as a segment. */
function words(address: bigint, values: readonly bigint[]): Segment {
  const data = new Uint8Array(8 * values.length);
  const view = new DataView(data.buffer);
  values.forEach((value, i) => view.setBigUint64(8 * i, value, true));
  return { address, data, memSize: BigInt(data.length) };
}

/** The tables of the G-stage; the pages from BASE on are the guest's, and so are the window and the low addresses, which are aliases. */
function tables({ mode, oddities }: Confinement): readonly Segment[] {
  const places: Readonly<Record<Table, bigint>> = { root: ROOT, giga: mode === 8 ? ROOT : MIDDLE, mega: MEGA, leaf: LEAF };
  const pages = Array.from({ length: GUEST_PAGES }, (_, i) => words(LEAF + BigInt(8 * i), [pte(OWN.from + BigInt(i) * PAGE, ALL)]));
  const alias = ([index, page]: readonly [number, number]): Segment => words(LEAF + BigInt(8 * index), [pte(OWN.from + BigInt(page) * PAGE, ALL)]);
  const upper = mode === 8 ? [] : mode === 9 ? [words(ROOT, [pte(MIDDLE, V)])] : [words(ROOT, [pte(TOP, V)]), words(TOP, [pte(MIDDLE, V)])];
  return [
    ...upper,
    words(places.giga, [pte(MEGA, V), pte(MEGA, V), pte(MEGA, V)]),
    words(MEGA, [pte(LEAF, V)]), words(MEGA + BigInt(8 * INDEX.mega), [pte(LEAF, V)]),
    ...pages,
    ...([[INDEX.window, 0], [INDEX.window + 1, 1], [INDEX.tables, 5], [INDEX.data, 0], [INDEX.data + 1, 1]] as const).map(alias),
    ...oddities
      .filter(({ table }) => table !== 'root' || mode !== 8)
      .map(({ table, index, value }) => words(places[table] + BigInt(8 * index), [value])),
    words(FORGED, Array.from({ length: 512 }, () => pte(BASE, ALL))),
  ];
}

/** A handler of the host: skips what trapped, goes on elsewhere after a fetch that faulted, ends the run when it has served enough. */
const handler = (mode: 'm' | 's', resume: bigint): string => `
        .align 6
${mode}handler:
        csrrw t6, ${mode}scratch, t6
        addi  t6, t6, -1
        bgtz  t6, 1f
        li    t6, 0x100000
        li    t5, 0x5555
        sw    t5, (t6)
9:      j     9b
1:      csrrw t6, ${mode}scratch, t6
        csrw  ${mode}tval, t6             # the guest's, for the moment
        csrr  t6, ${mode}cause
        bltz  t6, 3f
        addi  t6, t6, -1
        beqz  t6, 2f
        addi  t6, t6, -11
        beqz  t6, 2f
        addi  t6, t6, -8
        beqz  t6, 2f
        csrr  t6, ${mode}epc
        addi  t6, t6, 4
        csrw  ${mode}epc, t6
        j     4f
2:      li    t6, ${resume}
        csrw  ${mode}epc, t6
        j     4f
3:      csrw  hvip, zero
4:      csrr  t6, ${mode}tval
        ${mode}ret`;

/** What the host sets, whoever the guest is: traps to M, HS or the guest itself, interrupts for the guest, environments. */
export interface HostChoice {
  readonly medeleg: bigint;
  readonly hedeleg: bigint;
  readonly hideleg: bigint;
  readonly hvip: bigint;
  readonly hstatus: bigint;
  readonly henvcfg: bigint;
  readonly vsatp: bigint;
}

const bits = (most: bigint): fc.Arbitrary<bigint> => fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: most }));
const ENVIRONMENT = 0xe000_0000_0000_00f1n;
export const hostChoices: fc.Arbitrary<HostChoice> = fc.record({
  medeleg: bits(0xf0_b7ffn), hedeleg: bits(0xb1ffn), hideleg: bits(0x444n).map((v) => v & 0x444n), hvip: bits(0x444n).map((v) => v & 0x444n),
  // VTVM, VTW, VTSR, HU.
  hstatus: bits(0xfn).map((v) => ((v & 7n) << 20n) | ((v >> 3n) << 9n)),
  henvcfg: bits((1n << 64n) - 1n).map((v) => v & ENVIRONMENT),
  vsatp: fc.oneof(fc.constant(0n), fc.constantFrom(8n, 9n, 10n, 5n).map((mode) => (mode << 60n) | (0x8000_5000n >> 12n))),
});

/** Traps that M serves, and HS. */
const BUDGET = 120;

const hostText = ({ mode, adue, vmid }: Confinement, choice: HostChoice, resume: bigint): string => `
_start: la    t0, mhandler
        csrw  mtvec, t0
        la    t0, shandler
        csrw  stvec, t0
        li    t0, -1
        csrw  pmpaddr0, t0
        li    t0, 0x1f
        csrw  pmpcfg0, t0               # all of memory: what protects the host is the G-stage
        li    t0, ${BUDGET}
        csrw  mscratch, t0
        csrw  sscratch, t0
        li    t0, -1
        csrw  mcounteren, t0
        csrw  hcounteren, t0
        li    t0, ${choice.medeleg}
        csrw  medeleg, t0
        li    t0, ${choice.hedeleg}
        csrw  hedeleg, t0
        li    t0, ${choice.hideleg}
        csrw  hideleg, t0
        li    t0, ${choice.hvip}
        csrw  hvip, t0
        li    t0, ${(adue ? 1n << 61n : 0n) | (1n << 62n)}
        csrw  menvcfg, t0
        li    t0, ${choice.henvcfg}
        csrw  henvcfg, t0
        li    t0, ${choice.hstatus}
        csrw  hstatus, t0
        li    t0, ${(BigInt(mode) << 60n) | (BigInt(vmid) << 44n) | (ROOT >> 12n)}
        csrw  hgatp, t0
        li    t0, ${choice.vsatp}
        csrw  vsatp, t0
        hfence.gvma
        hfence.vvma
        li    t0, 0x8000000880
        csrw  mstatus, t0
        li    t0, ${BASE}
        csrw  mepc, t0
        mret
${handler('m', resume)}
${handler('s', resume)}
`;

const { isa } = shippedSpecs();
const shapes = new Shapes(isa);
const assembly = assemblyTables(isa);
const SPP = 0x100n;
const SSTATUS = 0x100;
const [VSATP, SATP, VSSTATUS] = [0x280, 0x180, 0x200];
/** The level that a CSR number asks for. */
const levelOf = (csr: number): number => (csr >> 8) & 3;

/** The guest of a random program: what M and HS would do before the body is left out, its page tables are those of VS. */
function deprivileged(plan: Plan): Plan {
  const user = plan.mode === 'U' || plan.mode === 'VU';
  const sstatus = (plan.settings.find(({ csr }) => csr === VSSTATUS)?.value ?? 0n) & ~SPP;
  const own = plan.settings.filter(({ csr }) => levelOf(csr) !== 3 && csr !== VSSTATUS && csr !== SSTATUS);
  const virtual = plan.tables.settings.filter(({ csr }) => csr === VSATP);
  const settings = virtual.length > 0 ? virtual.map(({ value }) => ({ csr: SATP, value })) : plan.tables.settings.filter(({ csr }) => csr === SATP);
  return {
    ...plan, worlds: [], mtimecmp: undefined, msip: false, events: [],
    settings: [{ csr: SSTATUS, value: user ? sstatus : sstatus | SPP }, ...own],
    tables: { ...plan.tables, settings },
  };
}

/** A guest program, with its entry into the body by SRET in the place of MRET. */
function guestProgram(plan: Plan): Pick<Program, 'segments'> & { readonly resume: bigint } {
  const program = built(deprivileged(plan));
  const [code, ...others] = program.segments;
  if (code === undefined) throw new Error('the program has no code');
  const data = code.data.slice();
  const view = new DataView(data.buffer);
  view.setUint32(AT.prologue + 4 * (program.prologue - 2), shapes.word('csrrw', { csr: 0x141, rs1: POINTER.body }), true);
  view.setUint32(AT.prologue + 4 * (program.prologue - 1), shapes.word('sret'), true);
  const window = plan.tables.window - BASE;
  return { segments: [{ ...code, data }, ...others], resume: (program.items[Math.min(plan.resume, plan.body.length)] ?? BASE) + window };
}

/** A host with its guest in memory. */
export type Image = Pick<Program, 'entry' | 'segments' | 'symbols'>;

/** The whole of memory: the guest's image in its own pages, the host, its tables, and the secret. */
export function confined(plan: Plan, confinement: Confinement, choice: HostChoice, secret: bigint): Image {
  const guest = guestProgram(plan);
  const assembled = assemble(hostText(confinement, choice, guest.resume), assembly, { base: HOST });
  if (!assembled.ok) throw new Error(assembled.errors.map((e) => e.message).join('\n'));
  return {
    entry: HOST,
    symbols: new Map(),
    segments: [
      ...SECRET.map((page) => words(page, Array.from({ length: PAGE_BYTES / 8 }, (_, i) => secretWord(secret, page + BigInt(8 * i))))),
      ...assembled.program.sections.map(({ address, bytes }) => ({ address, data: bytes, memSize: BigInt(bytes.length) })),
      ...tables(confinement),
      ...guest.segments.map((segment) => ({ ...segment, address: segment.address - BASE + OWN.from })),
    ],
  };
}

/** What may change at an address: nothing, all that is the guest's, or A and D of the tables. */
export function changeable(address: bigint, { adue }: Confinement): bigint {
  if (address >= OWN.from && address < OWN.to) return (1n << 64n) - 1n;
  return adue && address >= ROOT && address < TABLES_END ? A | D : 0n;
}
