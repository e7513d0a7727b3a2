/**
 * What the translation tables share: page-table entries by hand, where the
 * tables and pages of a row lie, the accesses, and the situations they are
 * made from.
 */
import type { HomeCsr, Mode } from '../retirement.js';
import type { Extension } from './extensions.js';
import { PC, hart, type Expectation, type Setup, type TableRow, type TrapExpectation } from './row.js';

/** Bits of a page-table entry. */
export const PTE = { V: 0x01n, R: 0x02n, W: 0x04n, X: 0x08n, U: 0x10n, G: 0x20n, A: 0x40n, D: 0x80n, RSW: 0x300n, PBMT: 0x6000_0000_0000_0000n, N: 0x8000_0000_0000_0000n } as const;

/** V, A and D: what every leaf has unless it is about them. */
export const VAD = PTE.V | PTE.A | PTE.D;
/** A leaf that permits all of a supervisor, and all of a user. */
export const RWX = VAD | PTE.R | PTE.W | PTE.X;
export const RWXU = RWX | PTE.U;

/** An entry for a page or table at a physical address: bits 53:10 are its bits 55:12. */
export const entry = (address: bigint, flags: bigint): bigint => (address >> 2n) | flags;
/** A pointer to the next table. */
export const pointer = (table: bigint): bigint => entry(table, PTE.V);

/** Where the tables of each level lie, level 0 first, for satp or vsatp. */
export const TABLE: readonly bigint[] = [0x8010_0000n, 0x8010_1000n, 0x8010_2000n, 0x8010_3000n, 0x8010_4000n];
/** The same for hgatp, and its root, which is 16 KiB. */
export const GUEST_TABLE: readonly bigint[] = [0x8011_0000n, 0x8011_1000n, 0x8011_2000n, 0x8011_3000n];
export const GUEST_ROOT = 0x8011_4000n;

/** The page most rows map, where its access goes, and where both are: VPN[2] = 1, VPN[1] = 1, VPN[0] = 3. */
export const VA_PAGE = 0x4020_3000n;
export const VA = 0x4020_3148n;
export const PA_PAGE = 0x8020_5000n;
export const PA = 0x8020_5148n;

/** What is at `PA`. */
export const VALUE = 0x8182_8384_8586_8788n;
/** What x3 holds. */
export const X3 = 0x9192_9394_9596_9798n;

/** Levels of the schemes by MODE. */
export const LEVELS = { 8: 3, 9: 4, 10: 5 } as const;
export type Scheme = keyof typeof LEVELS;
/** The extension each MODE comes with. */
export const SCHEME: Readonly<Record<Scheme, Extension>> = { 8: 'sv39', 9: 'sv48', 10: 'sv57' };

type Memory = NonNullable<Setup['memory']>;

/** One 64-bit word. */
export const word64 = (address: bigint, value: bigint): Memory[number] => ({ address, bytes: 8, value });

/** satp or vsatp of a scheme, its root in place. */
export const atp = (scheme: Scheme, root = TABLE[LEVELS[scheme] - 1] ?? 0n): bigint => (BigInt(scheme) << 60n) | (root >> 12n);
/** hgatp of a scheme. */
export const hgatp = (scheme: Scheme, root = GUEST_ROOT): bigint => (BigInt(scheme) << 60n) | (root >> 12n);

/** Address of the entry for a virtual address in the table of a level. */
export const slot = (va: bigint, level: number): bigint => (TABLE[level] ?? 0n) + 8n * ((va >> BigInt(12 + 9 * level)) & 0x1ffn);
/** The same for a guest physical address; the root has four times as many entries. */
export const guestSlot = (gpa: bigint, level: number, scheme: Scheme = 8): bigint => {
  const index = gpa >> BigInt(12 + 9 * level);
  return level === LEVELS[scheme] - 1 ? GUEST_ROOT + 8n * (index & 0x7ffn) : (GUEST_TABLE[level] ?? 0n) + 8n * (index & 0x1ffn);
};

/** The pointers down to a leaf of some level, and the leaf. */
export function path(va: bigint, leaf: bigint, { scheme = 8, level = 0 }: { readonly scheme?: Scheme; readonly level?: number } = {}): Memory {
  const entries: Memory[number][] = [];
  for (let above = LEVELS[scheme] - 1; above > level; above -= 1) entries.push(word64(slot(va, above), pointer(TABLE[above - 1] ?? 0n)));
  return [...entries, word64(slot(va, level), leaf)];
}

/** The same for the G-stage. */
export function guestPath(gpa: bigint, leaf: bigint, { scheme = 8, level = 0 }: { readonly scheme?: Scheme; readonly level?: number } = {}): Memory {
  const entries: Memory[number][] = [];
  for (let above = LEVELS[scheme] - 1; above > level; above -= 1) entries.push(word64(guestSlot(gpa, above, scheme), pointer(GUEST_TABLE[above - 1] ?? 0n)));
  return [...entries, word64(guestSlot(gpa, level, scheme), leaf)];
}

/** The first GiB of DRAM as itself, where code and tables are: a leaf of level 2, which has index 2 whatever the scheme. */
export const identity = (flags: bigint): Memory[number] => word64((TABLE[2] ?? 0n) + 16n, entry(0x8000_0000n, flags));
/** The same in the G-stage under Sv39x4. */
export const guestIdentity = (flags = RWXU): Memory[number] => word64(GUEST_ROOT + 16n, entry(0x8000_0000n, flags));

/* ------------------------------------------------------------------ accesses */

/** A way to access `(x1)`. */
export interface Access {
  readonly name: string;
  /** The instruction; absent for a fetch from x1's address itself. */
  readonly word?: number;
  /** The instruction transformed, with Address Offset 0. */
  readonly tinst: bigint;
  /** Page fault, guest-page fault, access fault. */
  readonly page: 12 | 13 | 15;
  readonly guest: 20 | 21 | 23;
  readonly access: 1 | 5 | 7;
  readonly extensions: readonly Extension[];
  /** What it shows when it succeeds at an address where `VALUE` is; nothing is in x2 before but junk. */
  readonly success: (address: bigint) => Expectation;
}

const FETCH = { page: 12, guest: 20, access: 1 } as const;
const LOAD = { page: 13, guest: 21, access: 5 } as const;
const STORE = { page: 15, guest: 23, access: 7 } as const;

/** The word a fetch finds: ADDI x2, x0, 7. */
export const FETCHED = 0x0070_0113;

export const ACCESS = {
  fetch: { name: 'fetch', tinst: 0n, ...FETCH, extensions: [], success: (pc) => ({ pc, insn: FETCHED, nextPc: pc + 4n, rd: [2, 7n] }) },
  load: { name: 'ld', word: 0x0000_b103, tinst: 0x3103n, ...LOAD, extensions: [], success: (addr) => ({ rd: [2, VALUE], mem: { addr, rmask: 0xff, rdata: VALUE } }) },
  store: { name: 'sd', word: 0x0030_b023, tinst: 0x30_3023n, ...STORE, extensions: [], success: (addr) => ({ mem: { addr, wmask: 0xff, wdata: X3 } }) },
  lr: { name: 'lr.d', word: 0x1000_b12f, tinst: 0x1000_312fn, ...LOAD, extensions: ['a'], success: (addr) => ({ rd: [2, VALUE], mem: { addr, rmask: 0xff, rdata: VALUE } }) },
  sc: { name: 'sc.d', word: 0x1830_b12f, tinst: 0x1830_312fn, ...STORE, extensions: ['a'], success: () => ({ rd: [2, 1n], mem: { addr: 0n } }) },
  amo: { name: 'amoswap.d', word: 0x0830_b12f, tinst: 0x0830_312fn, ...STORE, extensions: ['a'], success: (addr) => ({ rd: [2, VALUE], mem: { addr, rmask: 0xff, rdata: VALUE, wmask: 0xff, wdata: X3 } }) },
  zero: { name: 'cbo.zero', word: 0x0040_a00f, tinst: 0x40_200fn, ...STORE, extensions: ['zicboz'], success: (addr) => ({ mem: { addr: addr & ~63n, wmask: 0xff, wdata: 0n } }) },
  inval: { name: 'cbo.inval', word: 0x0000_a00f, tinst: 0x200fn, ...STORE, extensions: ['zicbom'], success: () => ({ mem: { addr: 0n } }) },
  clean: { name: 'cbo.clean', word: 0x0010_a00f, tinst: 0x10_200fn, ...STORE, extensions: ['zicbom'], success: () => ({ mem: { addr: 0n } }) },
  flush: { name: 'cbo.flush', word: 0x0020_a00f, tinst: 0x20_200fn, ...STORE, extensions: ['zicbom'], success: () => ({ mem: { addr: 0n } }) },
  hlv: { name: 'hlv.d', word: 0x6c00_c173, tinst: 0x6c00_4173n, ...LOAD, extensions: [], success: (addr) => ({ rd: [2, VALUE], mem: { addr, rmask: 0xff, rdata: VALUE } }) },
  hlvx: { name: 'hlvx.wu', word: 0x6830_c173, tinst: 0x6830_4173n, ...LOAD, extensions: [], success: (addr) => ({ rd: [2, 0x8586_8788n], mem: { addr, rmask: 0x0f, rdata: 0x8586_8788n } }) },
  hsv: { name: 'hsv.d', word: 0x6e30_c073, tinst: 0x6e30_4073n, ...STORE, extensions: [], success: (addr) => ({ mem: { addr, wmask: 0xff, wdata: X3 } }) },
} as const satisfies Record<string, Access>;
export type AccessName = keyof typeof ACCESS;

/** An access by its name, without what is peculiar to it. */
export const accessOf = (name: AccessName): Access => ACCESS[name];

export const PLAIN: readonly AccessName[] = ['load', 'store', 'lr', 'sc', 'amo', 'zero', 'inval', 'clean', 'flush'];
export const HYPERVISOR: readonly AccessName[] = ['hlv', 'hlvx', 'hsv'];

/** The permits an access needs to execute at all, in each of menvcfg, henvcfg and senvcfg: only the address is to decide. */
function permits(access: Access): bigint {
  return access.extensions.includes('zicboz') ? 0x80n : access.extensions.includes('zicbom') ? 0x70n : 0n;
}

/* ------------------------------------------------------------------ situations */

/** From where an access is made, and by what it is translated. */
export interface Situation {
  readonly name: string;
  readonly mode: Mode;
  /** Which register's tables: satp alone, or vsatp and hgatp. */
  readonly guest: boolean;
  /** The effective privilege of the access is U. */
  readonly user: boolean;
  readonly mstatus?: NonNullable<Setup['mstatus']>;
  readonly hstatus?: NonNullable<Setup['hstatus']>;
  readonly accesses: readonly AccessName[];
  /** Whether code is translated, too. */
  readonly code: boolean;
}

export const SITUATIONS: readonly Situation[] = [
  { name: 'HS', mode: 'HS', guest: false, user: false, accesses: ['fetch', ...PLAIN], code: true },
  { name: 'U', mode: 'U', guest: false, user: true, accesses: ['fetch', ...PLAIN], code: true },
  { name: 'VS', mode: 'VS', guest: true, user: false, accesses: ['fetch', ...PLAIN], code: true },
  { name: 'VU', mode: 'VU', guest: true, user: true, accesses: ['fetch', ...PLAIN], code: true },
  { name: 'M-as-HS', mode: 'M', guest: false, user: false, mstatus: { MPRV: 1, MPP: 1, MPV: 0 }, accesses: PLAIN, code: false },
  { name: 'M-as-U', mode: 'M', guest: false, user: true, mstatus: { MPRV: 1, MPP: 0, MPV: 0 }, accesses: PLAIN, code: false },
  { name: 'M-as-VS', mode: 'M', guest: true, user: false, mstatus: { MPRV: 1, MPP: 1, MPV: 1 }, accesses: PLAIN, code: false },
  { name: 'M-as-VU', mode: 'M', guest: true, user: true, mstatus: { MPRV: 1, MPP: 0, MPV: 1 }, accesses: PLAIN, code: false },
  // HLV, HLVX and HSV look at SPVP alone: not at the mode they are executed in, nor at MPRV, nor at SPP.
  { name: 'HS-for-VS', mode: 'HS', guest: true, user: false, hstatus: { SPVP: 1 }, mstatus: { SPP: 0 }, accesses: HYPERVISOR, code: false },
  { name: 'HS-for-VU', mode: 'HS', guest: true, user: true, hstatus: { SPVP: 0 }, mstatus: { SPP: 1 }, accesses: HYPERVISOR, code: false },
  { name: 'U-for-VS', mode: 'U', guest: true, user: false, hstatus: { SPVP: 1, HU: 1 }, accesses: HYPERVISOR, code: false },
  { name: 'U-for-VU', mode: 'U', guest: true, user: true, hstatus: { SPVP: 0, HU: 1 }, accesses: HYPERVISOR, code: false },
  { name: 'M-for-VS', mode: 'M', guest: true, user: false, hstatus: { SPVP: 1 }, mstatus: { MPRV: 1, MPP: 0, MPV: 0 }, accesses: HYPERVISOR, code: false },
  { name: 'M-for-VU', mode: 'M', guest: true, user: true, hstatus: { SPVP: 0 }, mstatus: { MPRV: 1, MPP: 1, MPV: 1 }, accesses: HYPERVISOR, code: false },
];

/** A situation by name. */
export function situation(name: string): Situation {
  const found = SITUATIONS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no situation ${name}; there are ${SITUATIONS.map((candidate) => candidate.name).join(', ')}`);
  return found;
}

/** What a row of an access says beside the tables. */
export interface Attempt {
  readonly at?: bigint;
  readonly memory: Memory;
  readonly csrs: Readonly<Partial<Record<HomeCsr, bigint>>>;
  readonly mstatus?: NonNullable<Setup['mstatus']>;
  readonly vsstatus?: NonNullable<Setup['vsstatus']>;
  /** What is where the access goes, unless it is `PA`; none: nothing is put there. */
  readonly physical?: bigint | 'none';
  /** Further instructions behind the access. */
  readonly then?: readonly number[];
  readonly x?: Readonly<Record<number, bigint>>;
}

/** The state in which a situation makes an access. */
export function attempt(from: Situation, access: Access, { at = VA, memory, csrs, mstatus = {}, vsstatus = {}, physical = PA, then = [], x = {} }: Attempt): TableRow['arrange'] {
  const fetch = access.word === undefined;
  const permit = permits(access);
  const envcfg = permit === 0n ? {} : { menvcfg: (csrs.menvcfg ?? 0n) | permit, henvcfg: (csrs.henvcfg ?? 0n) | permit, senvcfg: (csrs.senvcfg ?? 0n) | permit };
  const data = physical === 'none' ? [] : fetch ? [{ address: physical, bytes: 4 as const, value: BigInt(FETCHED) }] : [word64(physical, VALUE)];
  return hart({
    mode: from.mode, pc: fetch ? at : PC, ...(access.word === undefined ? {} : { words: [access.word, ...then] }), x: { 1: at, 3: X3, ...x },
    mstatus: { ...from.mstatus, ...mstatus }, hstatus: from.hstatus ?? {}, vsstatus,
    csrs: { ...csrs, ...envcfg },
    memory: [...memory, ...data],
  });
}

/** The trap an access takes to M-mode with some cause. */
export function fault(from: Situation, access: Access, kind: 'page' | 'guest' | 'access', more: Partial<TrapExpectation> & { readonly at?: bigint } = {}): Expectation {
  const { at = VA, ...trap } = more;
  return {
    ...(access.word === undefined ? { pc: at, insn: 0 } : {}),
    trap: { to: 'M', cause: access[kind], tval: at, tinst: access.tinst, gva: from.guest, ...trap },
  };
}

/* ------------------------------------------------------------------ two stages */

/** Where the VS-stage sends `VA` in two-stage rows: guest physical page and address, VPN[2] = 1, VPN[1] = 2, VPN[0] = 7 of the G-stage. */
export const GPA_PAGE = 0x4040_7000n;
export const GPA = 0x4040_7148n;

/** Guest physical addresses of the VS-stage's tables of each level in rows that map them page by page: VPN[1] = 0x80, VPN[0] the level. */
export const GPA_TABLE: readonly bigint[] = [0x5000_0000n, 0x5000_1000n, 0x5000_2000n];

/** Memory pieced together: the same word arranged twice is one word. */
export function merged(...pieces: readonly Memory[]): Memory {
  const words = new Map<bigint, Memory[number]>();
  for (const piece of pieces.flat()) {
    const there = words.get(piece.address);
    if (there !== undefined && (there.value !== piece.value || there.bytes !== piece.bytes)) throw new Error(`two values at 0x${piece.address.toString(16)}`);
    words.set(piece.address, piece);
  }
  return [...words.values()];
}

/** The VS-stage's pointers where its tables are at `GPA_TABLE`, and a leaf of level 0 for `VA`. */
export function guestTables(leaf: bigint, pointers: bigint = PTE.V): Memory {
  return [
    word64(slot(VA, 2), entry(GPA_TABLE[1] ?? 0n, pointers)), word64(slot(VA, 1), entry(GPA_TABLE[0] ?? 0n, pointers)), word64(slot(VA, 0), leaf),
  ];
}

/** The G-stage's mapping of the VS-stage's table of a level to where it is. */
export const tableMapping = (level: number, flags = RWXU): Memory => guestPath(GPA_TABLE[level] ?? 0n, entry(TABLE[level] ?? 0n, flags));

/** vsatp with its root at `GPA_TABLE`. */
export const guestAtp = (8n << 60n) | ((GPA_TABLE[2] ?? 0n) >> 12n);

/** The VS-stage's PTE for `VA` of a level, as a guest physical address. */
export const guestSlotOf = (level: number): bigint => (GPA_TABLE[level] ?? 0n) + 8n * ((VA >> BigInt(12 + 9 * level)) & 0x1ffn);
