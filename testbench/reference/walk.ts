/**
 * One walk through page tables: the manual's address translation process (`Sv39_LEVELS` and
 * `hgatp_mode_x4` give its parameters). Page numbers and the physical addresses of PTEs are plain
 * numbers: an address of 56 bits that is a multiple of 8 is exact as one.
 */
import type { Hart } from './hart.js';
import { DRAM_BASE } from './memory.js';
import type { Need } from './needs.js';
import type { Stage, Tables } from './stages.js';

/** What is asked of a page; `walk` reads a PTE in it, which is no explicit load, so that MXR is without effect. */
export type PageNeed = Need | 'walk';

/** Why an address does not translate. */
export type Fault =
  /** A page fault, of the G-stage a guest-page fault, of the access that is translated. */
  | { readonly kind: 'page' }
  /** A PTE cannot be accessed: an access fault. */
  | { readonly kind: 'pte' }
  /** A PTE of the guest is not accessible to the G-stage: a guest-page fault at the PTE's guest physical address. */
  | { readonly kind: 'guest-pte'; readonly address: number; readonly write: boolean };

const PAGE_FAULT: Fault = { kind: 'page' };

/** Where a PTE is in DRAM, or why it is nowhere; `write` is for an update of A and D. */
export type LocatePte = (hart: Hart, address: number, write: boolean) => number | Fault;

// Bits of a PTE's lower word.
const V = 1;
const R = 2;
const W = 4;
const X = 8;
const U = 16;
const G = 32;
const A = 64;
const D = 128;
// Bits of its upper word.
const N = 0x8000_0000;
const PBMT = 0x6000_0000;
const RESERVED = 0x1fc0_0000;
const PPN_HIGH = 0x003f_ffff;

/** Entries that a Svnapot range of 64 KiB has; its PPN ends in half of that (`Svnapot_valid_encoding`). */
const NAPOT = 16;

/**
 * The page that a page translates to. Every address has upper bits here, too: they must be copies
 * of the highest one that the scheme translates, in a widened scheme zeros.
 */
export function walk(
  hart: Hart, stage: Stage, { levels, span: rootSpan, root }: Tables, page: number, need: PageNeed, user: boolean, locate: LocatePte,
): number | Fault {
  if (!inRange(page, rootSpan * 512, stage.widened)) return PAGE_FAULT;
  // The tables that are left to walk translate the page `rest` of theirs, `span` pages with each entry.
  let table = root;
  let global = false;
  let span = rootSpan;
  let rest = page % (stage.widened ? rootSpan * 2048 : rootSpan * 512);
  for (let level = levels - 1; level >= 0; ) {
    // Step 2
    const index = Math.floor(rest / span);
    const address = table * 4096 + index * 8;
    const where = locate(hart, address, false);
    if (typeof where !== 'number') return where;
    let low = hart.dram.word(where);
    let high = hart.dram.word(where + 4);
    const cached = hart.ptes?.take(DRAM_BASE + where);
    if (cached !== undefined && hart.dram.history?.had(hart, where, cached, { stage: stage.atp, page, span, global }) === true) {
      low = Number(cached & 0xffff_ffffn);
      high = Number(cached >> 32n);
    }
    // Step 3
    if ((low & V) === 0 || (low & (R | W)) === W || (high & RESERVED) !== 0) return PAGE_FAULT;
    const ppn = (high & PPN_HIGH) * 0x40_0000 + (low >>> 10);
    if ((low & (R | X)) === 0) {
      // Step 4. PBMT, N, A, D and U are reserved where there is a further table.
      if ((high & (PBMT | N)) !== 0 || (low & (A | D | U)) !== 0) return PAGE_FAULT;
      table = ppn;
      global ||= (low & G) !== 0;
      rest -= index * span;
      span /= 512;
      level -= 1;
      continue;
    }
    if (!isLegalLeaf(hart, stage, high, ppn, level)) return PAGE_FAULT;
    // Step 5
    if (ppn % span !== 0) return PAGE_FAULT;
    // Steps 6 and 8
    if (!reaches(hart, stage, low, need, user) || !permits(hart, stage, low, need)) return PAGE_FAULT;
    // Step 9
    const missing = (writes(need) ? A | D : A) & ~low;
    if (missing !== 0) {
      if (!stage.updates(hart)) return PAGE_FAULT;
      const target = locate(hart, address, true);
      if (typeof target !== 'number') return target;
      const current = hart.dram.read(target, 8);
      // Another value: a cached one, or tables that have just been updated to reach themselves. Then look again.
      if (current !== valueOf(low, high)) continue;
      hart.dram.write(target, 8, current | BigInt(missing));
    }
    // Step 10, and Svnapot_implicit_read_ppn_subst
    return (high & N) === 0 ? ppn + (rest % span) : ppn - (ppn % NAPOT) + (page % NAPOT);
  }
  return PAGE_FAULT;
}

/** The page gets dirty. Managing a block never sets D. */
const writes = (need: PageNeed): boolean => need === 'write' || need === 'update';

const valueOf = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);

/** The pages of a 64-bit address space. */
const ALL_PAGES = 2 ** 52;

/** Whether a scheme that translates some pages has this one (`Sv39_va_signext` and the like, `hgatp_mode_sv39x4` and the like). */
function inRange(page: number, pages: number, widened: boolean): boolean {
  if (widened) return page < 4 * pages;
  return page < pages / 2 || page >= ALL_PAGES - pages / 2;
}

/** The fields that Svpbmt and Svnapot define (`Svpbmt_leaf_pte_pbmt_reserved_3_fault`, `Svnapot_reserved_encoding_fault`). */
function isLegalLeaf(hart: Hart, stage: Stage, high: number, ppn: number, level: number): boolean {
  if ((high & PBMT) !== 0 && ((high & PBMT) === PBMT || !stage.types(hart))) return false;
  return (high & N) === 0 || (hart.isa.svnapot && level === 0 && ppn % NAPOT === NAPOT / 2);
}

/** The U bit: users reach their pages only; supervisors with SUM those too, but never to execute them. */
function reaches(hart: Hart, stage: Stage, low: number, need: PageNeed, user: boolean): boolean {
  if ((low & U) === 0) return !user;
  return user || (need !== 'fetch' && stage.sum(hart));
}

/** `fetch_page_fault_no_x`, `load_page_fault_no_r`, `store_page_fault_no_w` */
function permits(hart: Hart, stage: Stage, low: number, need: PageNeed): boolean {
  switch (need) {
    case 'fetch':
    case 'execute':
      return (low & X) !== 0;
    case 'read':
    case 'manage':
      // Who may store may load, so that a load's permission is the wider for managing (cbm_access).
      return (low & R) !== 0 || ((low & X) !== 0 && stage.mxr(hart));
    case 'walk':
      return (low & R) !== 0;
    case 'write':
    case 'update':
      return (low & W) !== 0;
  }
}
