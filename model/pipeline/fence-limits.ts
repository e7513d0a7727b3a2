/**
 * The limits of a fence as the entries of a core's caches of translations are
 * compared with them, where the core's file says so (`by`): everything else
 * stays. All entries are compared at once, so that such a fence takes one cycle
 * as one does that throws out whole stages.
 *
 * A fence with an address is for leaves only, and for a leaf of any size: an
 * address within its page finds it, whichever address it was kept for. An entry
 * of a range of pages (N) needs no more than that: it is kept for the one page
 * whose own entry it is. A fence with an ASID is not for global entries.
 */
import { ONE, ZERO, and, binary, eq, mux, nonZero, not, or, slice } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import type { FenceLimit, StageName, Translation } from '../spec/isa.js';
import { fieldOf, INDEX_BITS, PAGE_BITS, byLevel } from './entry.js';
import type { KeptEntry } from './entry-cache.js';
import type { Hart } from './hart.js';
import type { Kept } from './walk-caches.js';

/** What a fence is limited to in one way. */
export interface Limit {
  /** One bit: it is. */
  readonly limits: Expr;
  /** 64 bits; of an ASID or VMID, as many of them count as there are. */
  readonly to: Expr;
}

/** A fence whose operands entries are compared with. */
export interface LimitedFence {
  /** One bit: it takes effect in this cycle. */
  readonly here: Expr;
  /** By stage, one bit: it is for entries of that. */
  readonly stages: Readonly<Record<StageName, Expr>>;
  readonly limits: Readonly<Record<FenceLimit, Limit>>;
}

export class FenceMatch {
  constructor(readonly hart: Hart, readonly translation: Translation, readonly fence: LimitedFence) {}

  /** One bit: the fence throws this entry out. */
  covers(kept: Kept, entry: KeptEntry): Expr {
    return kept === 'second' ? this.#coversSecond(entry) : this.#coversFirst(entry, kept === 'leaf');
  }

  #coversFirst({ V, page, level, tables: [own, below], entry }: KeptEntry, leaf: boolean): Expr {
    const { stages, limits: { address, asid, vmid } } = this.fence;
    const global = fieldOf(this.translation, entry, 'G');
    const sameSpace = mux(V, this.#same('VS', own, asid.to), this.#same('S', own, asid.to));
    return and(
      mux(V, stages.VS, stages.S),
      unless(address, leaf ? samePage(page, level, address.to) : ZERO),
      unless(asid, and(not(global), sameSpace)),
      unless(vmid, or(not(V), this.#same('G', below, vmid.to))),
    );
  }

  #coversSecond({ page, level, tables: [own] }: KeptEntry): Expr {
    const { stages, limits: { guest_address: address, vmid } } = this.fence;
    return and(stages.G, unless(address, samePage(page, level, address.to)), unless(vmid, this.#same('G', own, vmid.to)));
  }

  /** One bit: the space of a stage in the register of a tag is the low bits of a number. */
  #same(name: StageName, tag: Expr | undefined, number: Expr): Expr {
    const stage = this.translation.stages.find((s) => s.name === name);
    const bits = this.hart.isa.csrs.find((csr) => csr.name === stage?.register)?.fields.find((field) => field.name === stage?.space)?.bits;
    // What tells no spaces apart has one.
    if (bits === undefined || tag === undefined) return ONE;
    return eq(slice(tag, bits.high, bits.low), slice(number, bits.high - bits.low, 0));
  }
}

/** Not limited, or limited so that it matches. */
const unless = ({ limits }: Limit, matches: Expr): Expr => or(not(limits), matches);

/** One bit: an address lies in the page, of the size that the level says, of an entry kept for one of its pages of 4 KiB. */
function samePage(page: Expr, level: Expr, address: Expr): Expr {
  const differs = binary('xor', page, slice(address, 63, PAGE_BITS));
  return not(nonZero(binary('shru', differs, byLevel(level, 6, (i) => INDEX_BITS * i))));
}
