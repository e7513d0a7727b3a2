/**
 * Forms of page-table entries and of addresses: what is reserved, leaves of
 * every level, NAPOT and memory types, canonical addresses, the widened roots
 * of the G-stage. For satp, the VS-stage and the G-stage.
 */
import type { HomeCsr } from '../retirement.js';
import type { Extension } from './extensions.js';
import {
  ACCESS, GPA_PAGE, LEVELS, PA, PA_PAGE, PTE, RWX, RWXU, SCHEME, TABLE, VA, VALUE, atp, attempt, entry, fault, guestIdentity, guestPath, guestSlot, guestTables, hgatp, merged, path, pointer, situation,
  slot, tableMapping, word64, type Attempt, type Scheme,
} from './pages.js';
import type { TableRow, TrapExpectation } from './row.js';

/** The three places an entry can be in: satp's tables, vsatp's with hgatp Bare, hgatp's with vsatp Bare. */
type Place = 'single' | 'vs' | 'g';
const PLACES: readonly Place[] = ['single', 'vs', 'g'];

/** M-mode makes the accesses, as HS or VS, so that nothing but the access is translated. */
const FROM = { single: situation('M-as-HS'), vs: situation('M-as-VS'), g: situation('M-as-VS') } as const;
const KIND = { single: 'page', vs: 'page', g: 'guest' } as const;
/** A full leaf of each place. */
const FULL = { single: RWX, vs: RWX, g: RWXU } as const;

type Memory = Attempt['memory'];
type Csrs = Readonly<Partial<Record<HomeCsr, bigint>>>;

const csrsOf = (place: Place, scheme: Scheme = 8): Csrs => (place === 'single' ? { satp: atp(scheme) } : place === 'vs' ? { vsatp: atp(scheme) } : { hgatp: hgatp(scheme) });
const slotOf = (place: Place, va: bigint, level: number, scheme: Scheme = 8): bigint => (place === 'g' ? guestSlot(va, level, scheme) : slot(va, level));
const pathOf = (place: Place, va: bigint, leaf: bigint, level = 0, scheme: Scheme = 8): Memory => (place === 'g' ? guestPath(va, leaf, { level, scheme }) : path(va, leaf, { level, scheme }));

interface Line {
  readonly id: string;
  readonly rules: readonly string[];
  readonly place: Place;
  readonly at?: bigint;
  readonly memory: Memory;
  readonly scheme?: Scheme;
  readonly csrs?: Csrs;
  readonly extensions?: readonly Extension[];
  readonly without?: readonly Extension[];
  /** Where the load finds its value; none: it faults. */
  readonly physical?: bigint;
  readonly trap?: Partial<TrapExpectation> & { readonly kind?: 'page' | 'guest' | 'access' };
}

/** A load in one of the three places, and the same store, so that the cause follows the access. */
function lines({ id, rules, place, at = VA, memory, scheme = 8, csrs = {}, extensions = [], without, physical, trap = {} }: Line): TableRow[] {
  const from = FROM[place];
  const { kind = KIND[place], ...more } = trap;
  return ([ACCESS.load, ACCESS.store] as const).map((access): TableRow => ({
    extensions: [SCHEME[scheme], ...extensions], ...(without === undefined ? {} : { without }),
    id: `forms/${place}-${id}-${access.name}`, rules,
    arrange: attempt(from, access, { at, memory, csrs: { ...csrsOf(place, scheme), ...csrs }, physical: physical ?? 'none' }),
    expect: physical === undefined ? fault(from, access, kind, { at, ...(kind === 'guest' ? { tval2: at >> 2n } : {}), ...more }) : access.success(at),
  }));
}

/* ------------------------------------------------------------------ bits of an entry */

/** Bits that are reserved in a leaf, and some that are not. */
function leafBits(): TableRow[] {
  const rows: TableRow[] = [];
  for (const place of PLACES) {
    const leaf = (flags: bigint): Memory => pathOf(place, VA, entry(PA_PAGE, FULL[place]) ^ flags);
    for (const bit of [54n, 55n, 56n, 57n, 58n, 59n, 60n]) rows.push(...lines({ id: `leaf-bit-${bit}`, rules: ['Sv39_pte_future_rsv'], place, memory: leaf(1n << bit) }));
    rows.push(
      ...lines({ id: 'leaf-n-absent', rules: ['Sv39_pte_svnapot_rsv'], place, memory: leaf(PTE.N | entry(0x3000n, 0n)), without: ['svnapot'] }),
      ...([1n, 2n, 3n].flatMap((pbmt) => lines({ id: `leaf-pbmt-${pbmt}-absent`, rules: ['Sv39_pte_svpbmt_rsv'], place, memory: leaf(pbmt << 61n), without: ['svpbmt'] }))),
      ...lines({ id: 'leaf-g', rules: ['H_vm_gpa_g', 'section:pte-g'], place, memory: leaf(PTE.G), physical: PA }),
      ...lines({ id: 'leaf-rsw', rules: ['section:pte-rsw'], place, memory: leaf(PTE.RSW), physical: PA }),
      // Without V nothing else matters, and W without R is reserved.
      ...lines({ id: 'leaf-v0', rules: ['section:pte-v'], place, memory: leaf(PTE.V) }),
      ...lines({ id: 'leaf-w-without-r', rules: ['section:pte-rwx'], place, memory: leaf(PTE.R) }),
      ...lines({ id: 'leaf-w-alone', rules: ['section:pte-rwx'], place, memory: leaf(PTE.R | PTE.X) }),
      // No leaf bit at the last level: a pointer to nowhere.
      ...lines({ id: 'leaf-pointer', rules: ['section:translation-process'], place, memory: pathOf(place, VA, pointer(PA_PAGE)) }),
      ...lines({ id: 'leaf-zero', rules: ['section:pte-v'], place, memory: pathOf(place, VA, 0n) }),
      // The highest PPN bits are address bits: nothing is there.
      ...lines({ id: 'leaf-ppn-top', rules: ['Sv39_va_sz'], place, memory: leaf(1n << 53n), trap: { kind: 'access', tval2: 0n } }),
    );
  }
  return rows;
}

/** A pointer may have G and RSW; A, D, U, PBMT, N and what is reserved in a leaf make it a fault. */
const POINTER_BITS: readonly (readonly [name: string, flags: bigint, fine: boolean, rule: string])[] = [
  ['g', PTE.G, true, 'section:pte-g'], ['rsw', PTE.RSW, true, 'section:pte-rsw'],
  ['a', PTE.A, false, 'section:pte-non-leaf'], ['d', PTE.D, false, 'section:pte-non-leaf'], ['u', PTE.U, false, 'section:pte-non-leaf'], ['n', PTE.N, false, 'Svnapot_reserved_encoding_fault'],
  ['pbmt-1', 1n << 61n, false, 'Svpbmt_nonleaf_pte_pbmt_must_be_zero'], ['pbmt-2', 2n << 61n, false, 'Svpbmt_nonleaf_pte_pbmt_must_be_zero'], ['pbmt-3', 3n << 61n, false, 'Svpbmt_nonleaf_pte_pbmt_must_be_zero'],
  ['bit-54', 1n << 54n, false, 'Sv39_pte_future_rsv'], ['bit-60', 1n << 60n, false, 'Sv39_pte_future_rsv'], ['w', PTE.W, false, 'section:pte-rwx'],
];

function pointerBits(): TableRow[] {
  // PBMTE is on where there is Svpbmt: the bits of a pointer are reserved all the same.
  return PLACES.flatMap((place) => [1, 2].flatMap((level) => POINTER_BITS.flatMap(([name, flags, fine, rule]) => {
    const at = slotOf(place, VA, level);
    const memory = pathOf(place, VA, entry(PA_PAGE, FULL[place])).map((word) => (word.address === at ? { ...word, value: word.value ^ flags } : word));
    const line: Line = { id: `pointer-${level}-${name}`, rules: [rule], place, memory, ...(fine ? { physical: PA } : {}) };
    return name.startsWith('pbmt')
      ? lines({ ...line, extensions: ['svpbmt'], csrs: { menvcfg: PTE.PBMT & (2n << 61n), henvcfg: PTE.PBMT & (2n << 61n) } })
      : name === 'n' ? [...lines(line), ...lines({ ...line, id: `${line.id}-svnapot`, extensions: ['svnapot'] })] : lines(line);
  })));
}

/* ------------------------------------------------------------------ sizes */

/** Leaves of every level of every scheme, and one misaligned by each bit that its level leaves out. */
function superpages(): TableRow[] {
  const rows: TableRow[] = [];
  for (const place of PLACES) {
    for (const scheme of [8, 9, 10] as const) {
      for (let level = 0; level < LEVELS[scheme]; level += 1) {
        const size = 1n << BigInt(12 + 9 * level);
        // From level 3 on only address 0 is aligned and below the end of DRAM: the page maps it as itself.
        const target = 0x8020_5000n & ~(size - 1n);
        const va = level < 3 ? VA : 0x8020_5148n;
        rows.push(...lines({
          id: `scheme-${scheme}-level-${level}`, rules: [`Sv${{ 8: 39, 9: 48, 10: 57 }[scheme]}_leaf_any_level`, `Sv${{ 8: 39, 9: 48, 10: 57 }[scheme]}_page_sizes`, `hgatp_mode_sv${{ 8: 39, 9: 48, 10: 57 }[scheme]}x4`],
          place, scheme, at: va, memory: pathOf(place, va, entry(target, FULL[place]), level, scheme), physical: target | (va & (size - 1n)),
        }));
        for (let bit = 12n; bit < BigInt(12 + 9 * level); bit += 1n) {
          rows.push(...lines({
            id: `scheme-${scheme}-level-${level}-misaligned-${bit}`, rules: [`Sv${{ 8: 39, 9: 48, 10: 57 }[scheme]}_superpage_align_fault`],
            place, scheme, at: va, memory: pathOf(place, va, entry(target ^ (1n << bit), FULL[place]), level, scheme),
          }).slice(0, 1));
        }
      }
    }
  }
  return rows;
}

/* ------------------------------------------------------------------ NAPOT, memory types */

/** NAPOT: 64 KiB at level 0, its PPN's low four bits 1000, replaced by the address's; everything else is reserved. */
function napot(): TableRow[] {
  const rows: TableRow[] = [];
  const base = 0x8020_0000n;
  for (const place of PLACES) {
    const leaf = (ppnLow: bigint): bigint => PTE.N | entry(base | (ppnLow << 12n), FULL[place]);
    for (let page = 0n; page < 16n; page += 1n) {
      const at = 0x4020_0148n | (page << 12n);
      rows.push(...lines({ id: `napot-page-${page}`, rules: ['Svnapot_pte_N', 'Svnapot_valid_encoding', 'Svnapot_range_napot', 'Svnapot_hyp_gstage'], place, at, extensions: ['svnapot'], memory: pathOf(place, at, leaf(8n)), physical: base | (page << 12n) | 0x148n }));
      // Every other pattern of the low four bits.
      if (page !== 8n) rows.push(...lines({ id: `napot-ppn-${page}`, rules: ['Svnapot_reserved_encoding_fault'], place, extensions: ['svnapot'], memory: pathOf(place, VA, leaf(page)) }));
    }
    // PPN bits above stay.
    rows.push(
      ...lines({ id: 'napot-ppn-bit-4', rules: ['Svnapot_valid_encoding'], place, extensions: ['svnapot'], memory: pathOf(place, VA, leaf(0x18n)), physical: 0x8021_3148n }),
      ...lines({ id: 'napot-level-1', rules: ['Svnapot_reserved_encoding_fault'], place, extensions: ['svnapot'], memory: pathOf(place, VA, PTE.N | entry(base, FULL[place]), 1) }),
      ...lines({ id: 'napot-level-1-pattern', rules: ['Svnapot_reserved_encoding_fault'], place, extensions: ['svnapot'], memory: pathOf(place, VA, PTE.N | entry(base | 0x8000n, FULL[place]), 1) }),
      ...lines({ id: 'napot-level-2', rules: ['Svnapot_reserved_encoding_fault'], place, extensions: ['svnapot'], memory: pathOf(place, VA, PTE.N | entry(0x8000_0000n, FULL[place]), 2) }),
      ...lines({ id: 'napot-v0', rules: ['section:pte-v'], place, extensions: ['svnapot'], memory: pathOf(place, VA, leaf(8n) & ~PTE.V) }),
    );
  }
  return rows;
}

/**
 * Memory types: allowed by menvcfg.PBMTE for satp and hgatp, by henvcfg.PBMTE
 * (while menvcfg's is 1) for vsatp; 3 is reserved. `[menvcfg, henvcfg, fine for satp and hgatp, fine for vsatp]`.
 */
const PBMTE: readonly (readonly [m: 0 | 1, h: 0 | 1, single: boolean, vs: boolean])[] = [[0, 0, false, false], [0, 1, false, false], [1, 0, true, false], [1, 1, true, true]];

function memoryTypes(): TableRow[] {
  const rules = ['Svpbmt_leaf_pte_pbmt_reserved_3_fault', 'menvcfg_pbmte_op', 'henvcfg_pbmte_op', 'menvcfg_pbmte_henvcfg_pbmte_rdonly0', 'Svpbmt_hgatp_stage_override_rule', 'Svpbmt_vsatp_stage_override_rule'];
  const bit = 0x4000_0000_0000_0000n;
  return PLACES.flatMap((place) => PBMTE.flatMap(([m, h, single, vs]) => [0n, 1n, 2n, 3n].flatMap((pbmt) => lines({
    id: `pbmt-${pbmt}-pbmte-${m}${h}`, rules, place, extensions: ['svpbmt'], csrs: { menvcfg: m ? bit : 0n, henvcfg: h ? bit : 0n },
    memory: pathOf(place, VA, (pbmt << 61n) | entry(PA_PAGE, FULL[place])),
    ...(pbmt === 0n || (pbmt < 3n && (place === 'vs' ? vs : single)) ? { physical: PA } : {}),
  }))));
}

/* ------------------------------------------------------------------ addresses */

/** `[scheme, address, whether its upper bits are copies of its top bit]`. */
const CANONICAL: readonly (readonly [scheme: Scheme, at: bigint, canonical: boolean])[] = [
  [8, 0x3f_ffff_f148n, true], [8, 0x40_0000_0148n, false], [8, 0x80_0000_0148n, false], [8, 0x7f_ffff_f148n, false], [8, 0xffff_ffc0_0000_0148n, true], [8, 0xffff_ff80_0000_0148n, false], [8, 0xffff_ffff_ffff_f148n, true], [8, 0x7fff_ffff_ffff_f148n, false], [8, 0xffff_fe40_0000_0148n, false], [8, 0x8000_0000_0000_0148n, false],
  [9, 0x7fff_ffff_f148n, true], [9, 0x8000_0000_0148n, false], [9, 0x1_0000_0000_0148n, false], [9, 0xffff_8000_0000_0148n, true], [9, 0xffff_0000_0000_0148n, false], [9, 0xffff_ffff_ffff_f148n, true], [9, 0x7fff_ffff_ffff_f148n, false], [9, 0x40_0000_0148n, true],
  [10, 0xff_ffff_ffff_f148n, true], [10, 0x100_0000_0000_0148n, false], [10, 0x200_0000_0000_0148n, false], [10, 0xff00_0000_0000_0148n, true], [10, 0xfe00_0000_0000_0148n, false], [10, 0xffff_ffff_ffff_f148n, true], [10, 0x7fff_ffff_ffff_f148n, false], [10, 0x8000_0000_0148n, true],
];

function canonical(): TableRow[] {
  const rule = { 8: 'Sv39_va_signext', 9: 'Sv48_va_signext', 10: 'Sv57_va_signext' } as const;
  return (['single', 'vs'] as const).flatMap((place) => CANONICAL.flatMap(([scheme, at, fine]) => lines({
    id: `scheme-${scheme}-address-${at.toString(16)}`, rules: [rule[scheme]], place, scheme, at,
    // The tables would map it either way.
    memory: pathOf(place, at, entry(PA_PAGE, FULL[place]), 0, scheme), ...(fine ? { physical: PA } : {}),
  })));
}

/** Fetches from addresses that are not canonical: the pc is not translated at all. */
function canonicalFetches(): TableRow[] {
  return [situation('HS'), situation('U'), situation('VS'), situation('VU')].flatMap((from) => ([[8, 0x40_0000_0148n], [8, 0xffff_ff80_0000_0148n], [9, 0x8000_0000_0148n], [10, 0x100_0000_0000_0148n], [10, 0x7fff_ffff_ffff_f148n]] as const).map(([scheme, at]): TableRow => ({
    extensions: [SCHEME[scheme]], id: `forms/${from.name}-fetch-scheme-${scheme}-${at.toString(16)}`, rules: ['Sv39_va_signext', 'Sv48_va_signext', 'Sv57_va_signext'],
    arrange: attempt(from, ACCESS.fetch, { at, memory: path(at, entry(PA_PAGE, from.user ? RWXU : RWX), { scheme }), csrs: from.guest ? { vsatp: atp(scheme) } : { satp: atp(scheme) } }),
    expect: fault(from, ACCESS.fetch, 'page', { at }),
  })));
}

/** Guest physical addresses: two bits more than the scheme's own, zeros above. `[scheme, address, whether it is one]`. */
const WIDENED: readonly (readonly [scheme: Scheme, at: bigint, fine: boolean])[] = [
  [8, 0x40_0000_0148n, true], [8, 0x80_0000_0148n, true], [8, 0x100_0000_0148n, true], [8, 0x1c0_4020_3148n, true], [8, 0x1ff_ffff_f148n, true], [8, 0x200_0000_0148n, false], [8, 0x8000_0000_0000_0148n, false], [8, 0xffff_ffff_ffff_f148n, false], [8, 0xffff_ffc0_0000_0148n, false], [8, 0x400_4020_3148n, false],
  [9, 0x8000_0000_0148n, true], [9, 0x1_0000_0000_0148n, true], [9, 0x3_ffff_ffff_f148n, true], [9, 0x4_0000_0000_0148n, false], [9, 0xffff_8000_0000_0148n, false], [9, 0x200_0000_0148n, true],
  [10, 0x100_0000_0000_0148n, true], [10, 0x200_0000_0000_0148n, true], [10, 0x7ff_ffff_ffff_f148n, true], [10, 0x800_0000_0000_0148n, false], [10, 0xff00_0000_0000_0148n, false], [10, 0x4_0000_0000_0148n, true],
];

function widened(): TableRow[] {
  const rule = { 8: 'hgatp_mode_sv39x4', 9: 'hgatp_mode_sv48x4', 10: 'hgatp_mode_sv57x4' } as const;
  return WIDENED.flatMap(([scheme, at, fine]) => lines({
    id: `scheme-${scheme}-guest-${at.toString(16)}`, rules: [rule[scheme], 'hgatp_mode_x4'], place: 'g', scheme, at, memory: guestPath(at, entry(PA_PAGE, RWXU), { scheme }), ...(fine ? { physical: PA } : {}),
  }));
}

/** What the VS-stage produces can be wider than the G-stage takes: from a leaf the page's own fault, from a pointer or the root the table's. */
function tooWide(): TableRow[] {
  const from = situation('HS-for-VS');
  const beyond = 0x200_0000_0000n;
  const row = (id: string, memory: Memory, vsatp: bigint, gpa: bigint, tinst: bigint): TableRow => ({
    extensions: ['sv39'], id: `forms/too-wide-${id}`, rules: ['hgatp_mode_sv39x4', 'H_trap_xtinst_guestpage', 'mtval2_trapval_vstrans'],
    arrange: attempt(from, ACCESS.hlv, { memory: merged(memory, [0, 1, 2].flatMap((level) => tableMapping(level))), csrs: { vsatp, hgatp: hgatp(8) }, physical: 'none' }),
    expect: fault(from, ACCESS.hlv, 'guest', { tval2: gpa >> 2n, tinst }),
  });
  const root = (8n << 60n) | 0x5_0002n;
  const leaf = guestTables(entry(beyond | GPA_PAGE, RWX));
  return [
    row('leaf', leaf, root, beyond | 0x4040_7148n, ACCESS.hlv.tinst),
    row('leaf-top', guestTables(entry(0x80_0000_0000_0000n, RWX)), root, 0x80_0000_0000_0148n, ACCESS.hlv.tinst),
    row('pointer-1', guestTables(entry(GPA_PAGE, RWX)).map((word) => (word.address === slot(VA, 1) ? { ...word, value: pointer(beyond) } : word)), root, beyond | 0x18n, 0x3000n),
    row('pointer-2', guestTables(entry(GPA_PAGE, RWX)).map((word) => (word.address === slot(VA, 2) ? { ...word, value: pointer(beyond) } : word)), root, beyond | 0x8n, 0x3000n),
    row('root', leaf, (8n << 60n) | (beyond >> 12n), beyond | 0x8n, 0x3000n),
  ];
}

/* ------------------------------------------------------------------ tables outside memory */

/** An entry or a page where there is no memory is an access fault of the original access; tinst is its transformation only for the page. */
function outside(): TableRow[] {
  const rows: TableRow[] = [];
  for (const [where, place] of [['nowhere', 0x1000n], ['uart', 0x1000_0000n], ['clint', 0x200_0000n], ['past-dram', 0x8800_0000n], ['high', 0x80_0000_0000_0000n]] as const) {
    for (const from of ['HS', 'U', 'VS', 'VU', 'M-as-HS', 'M-as-VU', 'HS-for-VS', 'U-for-VU'].map(situation)) {
      for (const name of from.accesses) {
        const access = ACCESS[name];
        if (access.extensions.length > 0) continue;
        const fetch = name === 'fetch';
        const user = from.user ? PTE.U : 0n;
        const csrs = from.guest ? { vsatp: atp(8) } : { satp: atp(8) };
        const code: Memory = from.code && !fetch ? [word64((TABLE[2] ?? 0n) + 16n, entry(0x8000_0000n, RWX | user))] : [];
        const pieces: readonly (readonly [string, Memory])[] = [
          ['level-1', [word64(slot(VA, 2), pointer(place & ~0xfffn))]],
          ['level-0', [word64(slot(VA, 2), pointer(TABLE[1] ?? 0n)), word64(slot(VA, 1), pointer(place & ~0xfffn))]],
        ];
        for (const [what, memory] of pieces) {
          rows.push({
            extensions: ['sv39'], id: `forms/${from.name}-${access.name}-table-${what}-${where}`, rules: ['section:translation-process', 'H_trap_xtinst_val', 'choices:pte-outside'],
            arrange: attempt(from, access, { memory: [...memory, ...code], csrs, physical: 'none' }), expect: fault(from, access, 'access', { tinst: 0n }),
          });
        }
        // The page itself: I/O takes what it takes without translation, so only the places that refuse everything.
        if (where === 'uart' || where === 'clint') continue;
        rows.push({
          extensions: ['sv39'], id: `forms/${from.name}-${access.name}-page-${where}`, rules: ['H_trap_xtinst_val', 'mtval_vaddr_not_paddr'],
          arrange: attempt(from, access, { memory: [...path(VA, entry(place & ~0xfffn, RWX | user)), ...code], csrs, physical: 'none' }), expect: fault(from, access, 'access'),
        });
      }
    }
  }
  // The roots themselves, and the G-stage's tables beneath the VS-stage's.
  for (const from of [situation('M-as-HS'), situation('M-as-VS'), situation('HS-for-VU')]) {
    const access = from.accesses.includes('hlv') ? ACCESS.hlv : ACCESS.load;
    const row = (id: string, csrs: Csrs, memory: Memory, expect: TableRow['expect']): void => {
      rows.push({ extensions: ['sv39'], id: `forms/${from.name}-${id}`, rules: ['section:translation-process', 'choices:pte-outside'], arrange: attempt(from, access, { memory, csrs, physical: 'none' }), expect });
    };
    row('root-nowhere', from.guest ? { vsatp: atp(8, 0x1000n) } : { satp: atp(8, 0x1000n) }, [], fault(from, access, 'access', { tinst: 0n }));
    if (!from.guest) continue;
    row('guest-root-nowhere', { hgatp: hgatp(8, 0x4000n) }, [], fault(from, access, 'access', { tinst: 0n }));
    row('guest-root-nowhere-both', { vsatp: atp(8), hgatp: hgatp(8, 0x4000n) }, path(VA, entry(PA_PAGE, RWXU)), fault(from, access, 'access', { tinst: 0n }));
    row('guest-table-nowhere', { hgatp: hgatp(8) }, [word64(guestSlot(VA, 2), pointer(0x1000n))], fault(from, access, 'access', { tinst: 0n }));
    // The VS-stage's table is mapped, to where nothing is.
    row('mapped-nowhere', { vsatp: (8n << 60n) | 0x5_0002n, hgatp: hgatp(8) }, guestPath(0x5000_2000n, entry(0x1000n, RWXU)), fault(from, access, 'access', { tinst: 0n }));
    row('mapped-to-uart', { vsatp: (8n << 60n) | 0x5_0002n, hgatp: hgatp(8) }, guestPath(0x5000_2000n, entry(0x1000_0000n, RWXU)), fault(from, access, 'access', { tinst: 0n }));
  }
  // With a stage Bare, and with both, an address keeps its upper bits: an access fault.
  for (const at of [0x100_0000_8020_5148n, 0x8000_0000_8020_5148n]) {
    const from = situation('M-as-VS');
    rows.push({ extensions: ['sv39'], id: `forms/bare-${at.toString(16)}`, rules: ['choices:bare'], arrange: attempt(from, ACCESS.load, { at, memory: [], csrs: {}, physical: 'none' }), expect: fault(from, ACCESS.load, 'access', { at }) });
  }
  return rows;
}

/** I/O behind a page table is I/O still: the load goes through, the value is the device's. */
function devices(): TableRow[] {
  return PLACES.map((place): TableRow => ({
    extensions: ['sv39'], id: `forms/${place}-mtimecmp`, rules: ['mtimecmp_sz', 'section:translation-process'],
    arrange: attempt(FROM[place], ACCESS.load, { at: 0x4020_3000n, memory: pathOf(place, VA, entry(0x200_4000n, FULL[place])), csrs: csrsOf(place), physical: 'none' }),
    expect: { rd: [2, 0xffff_ffff_ffff_ffffn], mem: { addr: 0x4020_3000n, rmask: 0xff, rdata: 0xffff_ffff_ffff_ffffn } },
  }));
}

/** Tables of the two stages of different schemes. */
function mixed(): TableRow[] {
  const from = situation('HS-for-VS');
  return ([8, 9, 10] as const).flatMap((vs) => ([8, 9, 10] as const).map((g): TableRow => ({
    extensions: [SCHEME[vs], SCHEME[g]].filter((name, index, all) => all.indexOf(name) === index), id: `forms/schemes-${vs}-${g}`, rules: ['H_vm_twostage', 'hgatp_mode_x4'],
    // Tables and page lie in the first GiB of DRAM, which the G-stage maps as itself.
    arrange: attempt(from, ACCESS.hlv, {
      memory: merged(path(VA, entry(PA_PAGE, RWX), { scheme: vs }), g === 8 ? [guestIdentity()] : guestPath(0x8000_0000n, entry(0x8000_0000n, RWXU), { scheme: g, level: 2 })),
      csrs: { vsatp: atp(vs), hgatp: hgatp(g) },
    }),
    expect: { rd: [2, VALUE], mem: { addr: VA, rmask: 0xff, rdata: VALUE } },
  })));
}

/** All rows of the forms' tables. */
export const formRows = (): readonly TableRow[] => [
  ...leafBits(), ...pointerBits(), ...superpages(), ...napot(), ...memoryTypes(), ...canonical(), ...canonicalFetches(), ...widened(), ...tooWide(), ...outside(), ...devices(), ...mixed(),
];
