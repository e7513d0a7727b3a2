/** From virtual addresses to physical ones, through one stage or two (`H_vm_twostage`). */
import type { Mode } from '../retirement.js';
import type { Hart } from './hart.js';
import { isVirtual } from './modes.js';
import type { Need } from './needs.js';
import { inDram } from './physical.js';
import { G_STAGE, GUEST, SUPERVISOR, tablesOf } from './stages.js';
import { type Fault, type LocatePte, type PageNeed, walk } from './walk.js';

/** Why an access does not reach physical memory. */
export type Refusal =
  | { readonly kind: 'page' }
  /** A PTE lies where it cannot be accessed. */
  | { readonly kind: 'pte' }
  /** A guest-page fault; `address` is the guest physical address shifted right by 2 (`mtval2_trapval_other`). */
  | { readonly kind: 'guest-page'; readonly address: bigint; readonly implicit: 'no' | 'read' | 'write' };

/** The PTE of a supervisor or G-stage table: its address is physical. PTEs are accessed as by S-mode (`pmp_check_pagetable_access`). */
const physicalPte: LocatePte = (hart, address, write) =>
  inDram(hart, address, 8, write ? 'write' : 'walk', false) ?? { kind: 'pte' };

/** The PTE of a guest's table: its address goes through the G-stage (`H_vm_gstagetrans`). */
const guestPte: LocatePte = (hart, address, write) => {
  const page = Math.floor(address / 4096);
  const physical = guestPage(hart, page, write ? 'write' : 'walk');
  if (typeof physical === 'number') return physicalPte(hart, physical * 4096 + (address % 4096), write);
  return physical.kind === 'page' ? { kind: 'guest-pte', address, write } : physical;
};

/** The G-stage: guest physical to supervisor physical page, as a user whoever asks (`H_vm_gpatrans`, `H_vm_gpapriv`). */
function guestPage(hart: Hart, page: number, need: PageNeed): number | Fault {
  const tables = tablesOf(hart, G_STAGE);
  return tables.levels === 0 ? page : walk(hart, G_STAGE, tables, page, need, true, physicalPte);
}

/**
 * The physical address of a virtual one, for one access that stays within its page, as made by some
 * mode. M-mode translates nothing. Above 2^53 the number is rounded, but then far outside of memory.
 */
export function translate(hart: Hart, address: bigint, need: Need, as: Mode): number | Refusal {
  if (as === 'M' || !hart.paged) return Number(address);
  const page = Number(address >> 12n);
  const offset = Number(address & 0xfffn);
  const physical = isVirtual(as) ? translateGuest(hart, page, offset, need, as) : translatePage(hart, page, need, as);
  return typeof physical === 'number' ? physical * 4096 + offset : physical;
}

/** HS and U: one stage. */
function translatePage(hart: Hart, page: number, need: Need, as: Mode): number | Refusal {
  const tables = tablesOf(hart, SUPERVISOR);
  if (tables.levels === 0) return page;
  return refused(walk(hart, SUPERVISOR, tables, page, need, as === 'U', physicalPte));
}

/** VS and VU: the guest's own stage, then the G-stage for what it yields. */
function translateGuest(hart: Hart, page: number, offset: number, need: Need, as: Mode): number | Refusal {
  const tables = tablesOf(hart, GUEST);
  const guest = tables.levels === 0 ? page : refused(walk(hart, GUEST, tables, page, need, as === 'VU', guestPte));
  if (typeof guest !== 'number') return guest;
  const physical = guestPage(hart, guest, need);
  if (typeof physical === 'number') return physical;
  if (physical.kind !== 'page') return refused(physical);
  const address = ((BigInt(guest) << 12n) | BigInt(offset)) >> 2n;
  return { kind: 'guest-page', address, implicit: 'no' };
}

/** A walk's page, or the fault as the access sees it. */
function refused(result: number | Fault): number | Refusal {
  if (typeof result === 'number' || result.kind !== 'guest-pte') return result;
  return { kind: 'guest-page', address: BigInt(result.address) >> 2n, implicit: result.write ? 'write' : 'read' };
}
