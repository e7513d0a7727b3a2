/** What is wrong with the instruction in commit: permits, faults of its access or fetch, and what it raises itself. */
import { ONE, ZERO, add, and, binary, concat, constant, eqConst, mux, not, or, read, slice, zext } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import { blockRefused } from './block.js';
import { anyOf } from './builder.js';
import type { Committing } from './committing.js';
import { isShort } from './encoding.js';
import { PERMISSIONS } from './permit.js';
import { exception, type TrapValues } from './trap.js';

/** The exception of the instruction in commit, if any. */
export function faultOf(here: Committing): TrapValues & { readonly taken: Expr } {
  const permission = permissionOf(here);
  const allowed = eqConst(permission, PERMISSIONS.allow);
  const device = here.core.builder.wire('commit.device', and(ioAllowed(here), or(here.walks, here.translated?.allowedUntranslated ?? ONE)));
  const { page, guestPage, access } = here.translated?.refusal(device) ?? { page: ZERO, guestPage: ZERO, access: ZERO };
  const unaligned = and(here.isAtomic, not(isAligned(here)));
  const outside = or(unaligned, mux(here.walks, access, or(and(here.isMemory, here.trouble, not(device)), blockRefused(here))));
  const loads = here.anyOp(here.memoryOps.filter((op) => op.instruction.memory?.op === 'load'));
  const ofLoads = (what: Expr): Expr => and(here.isMemory, allowed, loads, what);
  const ofStores = (what: Expr): Expr => and(or(and(here.isMemory, not(loads)), here.is('cbo')), allowed, what);
  const address = faultAddress(here);
  const { walker } = here.core.translation ?? {};
  return exception(
    here.core.hart,
    {
      sources: {
        'fetch-page-fault': and(here.unfetched, page),
        'fetch-guest-page-fault': and(here.unfetched, guestPage),
        'fetch-fault': and(here.unfetched, mux(here.walks, access, ONE)),
        // What could not be fetched has no bits to judge.
        illegal: and(not(here.unfetched), eqConst(permission, PERMISSIONS.illegal)),
        virtual: eqConst(permission, PERMISSIONS.virtual),
        instruction: ZERO,
        'load-page-fault': ofLoads(page),
        'load-guest-page-fault': ofLoads(guestPage),
        'load-fault': ofLoads(outside),
        'store-page-fault': ofStores(page),
        'store-guest-page-fault': ofStores(guestPage),
        'store-fault': ofStores(outside),
      },
      byName: raised(here),
    },
    {
      pc: here.pc,
      insn: here.insn,
      fetch_address: here.failedParcel,
      address,
      guest_address: walker === undefined ? constant(64, 0) : read(walker.target),
      implicit: and(here.translated?.walking ?? ZERO, walker?.implicit ?? ZERO),
      implicit_write: walker?.implicitWrite ?? ZERO,
      transformed: transformed(here, slice(binary('sub', address, here.address), 4, 0)),
      access_virtual: accessVirtual(here),
    },
  );
}

/** One bit: the exception is that a load or store is refused where it goes, whatever the tables of translation say. */
export const accessRefused = ({ core: { hart: { isa } } }: Committing, { cause }: Pick<TrapValues, 'cause'>): Expr =>
  anyOf(isa.traps.exceptions.filter((e) => e.source === 'load-fault' || e.source === 'store-fault').map((e) => eqConst(cause, e.code)));

/** Two bits: what the permit tables say. */
function permissionOf(here: Committing): Expr {
  const { permits, core: { decoder, builder } } = here;
  const guarded = decoder.ops.filter((op) => op.instruction.permit !== undefined);
  const allow = constant(2, PERMISSIONS.allow);
  const decision = here.perOp(guarded, ({ instruction: { permit, class: c } }) => {
    if (permit === undefined) return allow;
    return c === 'csr' ? permits.csr(permit, here.csrAddress) : permits.table(permit);
  });
  const illegal = decoder.field(here.control, 'illegal');
  return builder.wire('commit.permission', mux(illegal, constant(2, PERMISSIONS.illegal), mux(here.anyOp(guarded), decision, allow)));
}

/** Exceptions that instructions raise themselves, by name: the first case that holds. */
function raised(here: Committing): ReadonlyMap<string, Expr> {
  const { hart } = here.core;
  const byName = new Map<string, Expr>();
  for (const op of here.opsOf('trap')) {
    let earlier: Expr = ZERO;
    for (const c of op.instruction.cases) {
      const when = hart.lowering.condition(c.when, here.scope, hart.modeIs, `${op.instruction.name}.${c.name}`);
      if (c.raise !== undefined) byName.set(c.raise, or(byName.get(c.raise) ?? ZERO, and(here.isOp(op), when, not(earlier))));
      earlier = or(earlier, when);
    }
  }
  return byName;
}

/** The access was made as though V=1: by HLV or HSV, or by what the specs call effective_virtualization. */
function accessVirtual(here: Committing): Expr {
  const { hart } = here.core;
  const guests = here.memoryOps.filter((op) => op.instruction.memory?.as !== 'self');
  return or(here.anyOp(guests), hart.lowering.base().name('effective_virtualization') ?? read(hart.V));
}

/** The faulting instruction as xtinst shows it, 32 bits; of a 16-bit one the expansion, with bit 1 cleared to tell its length (H_trap_xtinst_val). */
function transformed(here: Committing, offset: Expr): Expr {
  const { lowering } = here.core.hart;
  const scope = lowering.only({ insn: here.word, offset }, {});
  const whole = here.perOp([...here.memoryOps, ...here.opsOf('cbo')], ({ instruction: { format } }) =>
    format.tinst === undefined ? constant(32, 0) : lowering.lower(format.tinst, scope, 32, format.name));
  return mux(isShort(here.insn), binary('and', whole, constant(32, 0xffff_fffd)), whole);
}

/**
 * Address of the part of the access that is refused. Without translation that is the second 8-byte block where the first is in DRAM;
 * atomic and block accesses have no parts.
 */
function faultAddress(here: Committing): Expr {
  const { core, address, translated } = here;
  const block = concat(slice(address, 63, 3), constant(3, 0));
  const physical = mux(and(core.hart.inDram(address, 1), here.isMemory, not(here.isAtomic)), add(block, constant(64, 8)), address);
  return translated === undefined ? physical : mux(translated.walking, translated.address, physical);
}

/** One bit: the address is a multiple of the access's width. */
function isAligned({ address, bytes }: Committing): Expr {
  return eqConst(binary('and', zext(slice(address, 2, 0), 4), binary('sub', bytes, constant(4, 1))), 0);
}

/** One bit: the access outside DRAM lies in an I/O region, aligned, of a width the region takes, and is neither an instruction-like read nor atomic. */
function ioAllowed(here: Committing): Expr {
  const { physical: address, bytes } = here;
  const regions = here.core.hart.isa.hart.regions.filter((r) => r.kind === 'io').map((region) => {
    const inside = binary('ltu', binary('sub', address, constant(64, region.base)), constant(64, region.size));
    return and(inside, anyOf(region.widths.map((w) => eqConst(bytes, w))));
  });
  const executes = here.memoryOps.filter((op) => op.instruction.memory?.as === 'guest-execute');
  return and(isAligned(here), anyOf(regions), not(here.anyOp(executes)), not(here.isAtomic));
}
