/**
 * What a core's address-translation caches may still show: PTEs that memory has replaced since, as
 * long as no fence covered them (`sfence_vma_ordering_semantics`). The walk itself begins at the
 * current root and reads the current fields of CSRs: those take effect at once.
 */
import type { UsedPte } from '../retirement.js';
import type { Hart } from './hart.js';

/** The tables that a fence is for, by the CSR that points to them. */
export type FencedStage = 'satp' | 'vsatp' | 'hgatp';

/** A memory-management fence. What is absent covers all. */
export interface Fence {
  readonly stage: FencedStage;
  /** It is for leaf PTEs of this virtual (or guest physical) page only. */
  readonly page: number | undefined;
  /** It is for this address space only, and not for global mappings. */
  readonly asid: bigint | undefined;
  /** It is for this virtual machine only. */
  readonly vmid: bigint | undefined;
}

/** For which translation a PTE is used. */
export interface Use {
  readonly stage: FencedStage;
  readonly page: number;
  /** Pages that an entry of its table spans. */
  readonly span: number;
  /** A PTE above it is global, and so is what is below. */
  readonly global: boolean;
}

const V = 1n;
const G = 0x20n;
const R_OR_X = 0xan;
const ASID = 0xffffn;
const VMID = 0x3fffn;

const asidOf = (atp: bigint): bigint => (atp >> 44n) & ASID;
const vmidOf = ({ csrs }: Hart): bigint => (csrs.values.hgatp >> 44n) & VMID;

/** A fence by the operands of SFENCE.VMA or HFENCE.VVMA: rs1 an address, rs2 an ASID, each if not x0 (`sfence_vma_all_asid_va` and the following). */
export function addressSpaceFence(hart: Hart, stage: 'satp' | 'vsatp', rs1: number, rs2: number): Fence {
  return {
    stage,
    page: rs1 === 0 ? undefined : Number(hart.x(rs1) >> 12n),
    asid: rs2 === 0 ? undefined : hart.x(rs2) & ASID,
    // Of the current virtual machine (sfence_vma_v1, hfence-vvma_limits).
    vmid: stage === 'vsatp' ? vmidOf(hart) : undefined,
  };
}

/** A fence by the operands of HFENCE.GVMA: rs1 a guest physical address shifted right by 2, rs2 a VMID (`hfence-gvma_op`). */
export const virtualMachineFence = (hart: Hart, rs1: number, rs2: number): Fence => ({
  stage: 'hgatp',
  page: rs1 === 0 ? undefined : Number(hart.x(rs1) >> 10n),
  asid: undefined,
  vmid: rs2 === 0 ? undefined : hart.x(rs2) & VMID,
});

/** Whether a fence orders the reads of a PTE with some value, for some use. */
function covers(hart: Hart, fence: Fence, use: Use, value: bigint): boolean {
  if (fence.stage !== use.stage) return false;
  if (fence.page !== undefined) {
    const leaf = (value & R_OR_X) !== 0n;
    if (!leaf || Math.floor(fence.page / use.span) !== Math.floor(use.page / use.span)) return false;
  }
  if (fence.asid !== undefined) {
    if (use.global || (value & G) !== 0n || fence.asid !== asidOf(hart.csrs.values[use.stage])) return false;
  }
  return fence.vmid === undefined || fence.vmid === vmidOf(hart);
}

/** Overwritten words that are remembered; beyond it memory of them starts anew. */
const MAX_REMEMBERED = 1 << 20;

/** Which values the 64-bit words of DRAM had, and which fences were executed, in one order of events. */
export class PteHistory {
  #events = 0;
  #remembered = 0;
  /** By offset: former values, each with the event that replaced it. */
  readonly #former = new Map<number, { readonly value: bigint; readonly until: number }[]>();
  #fences: { readonly fence: Fence; readonly at: number }[] = [];

  /** The word at an offset is about to lose a value. */
  replace(offset: number, value: bigint): void {
    if (this.#remembered >= MAX_REMEMBERED) {
      this.#former.clear();
      this.#remembered = 0;
    }
    const former = this.#former.get(offset);
    const entry = { value, until: (this.#events += 1) };
    if (former === undefined) this.#former.set(offset, [entry]);
    else former.push(entry);
    this.#remembered += 1;
  }

  /** A fence was executed. What it makes needless of the earlier ones is forgotten. */
  order(fence: Fence): void {
    const { stage, vmid } = fence;
    if (fence.page === undefined && fence.asid === undefined) {
      this.#fences = this.#fences.filter((old) => old.fence.stage !== stage || (vmid !== undefined && old.fence.vmid !== vmid));
    }
    this.#fences.push({ fence, at: (this.#events += 1) });
  }

  /** Whether the word had a valid PTE, now replaced, at some time since the last fence that covers this use. Invalid ones are cached by nobody here. */
  had(hart: Hart, offset: number, value: bigint, use: Use): boolean {
    if ((value & V) === 0n) return false;
    const until = this.#former.get(offset)?.findLast((former) => former.value === value)?.until;
    if (until === undefined) return false;
    return !this.#fences.some(({ fence, at }) => at > until && covers(hart, fence, use, value));
  }
}

/** The PTEs that the translations of one record used, in the order of use. */
export class UsedPtes {
  readonly #ptes: readonly UsedPte[];
  #next = 0;

  constructor(ptes: readonly UsedPte[]) {
    this.#ptes = ptes;
  }

  /** The next one at an address; undefined if no further one is. */
  take(address: number): bigint | undefined {
    for (let i = this.#next; i < this.#ptes.length; i += 1) {
      const pte = this.#ptes[i];
      if (pte === undefined || Number(pte.address) !== address) continue;
      this.#next = i + 1;
      return pte.value;
    }
    return undefined;
  }
}
