/**
 * When entries leave the caches of translations: at a fence, those that the
 * core's file says, all of a stage or what limits the fence of them; at a write
 * to a CSR that had a say in the walks behind them, all. Pages of the first
 * level are gone at either, as after anything that may change what the mode may
 * do.
 */
import { ONE, ZERO, and, constant, eqConst, mux, not, or, read } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import { postorder } from '../ir/walk.js';
import { FENCE_LIMITS, type FenceLimit, type Flush, type Instruction, type StageName } from '../spec/isa.js';
import { anyOf } from './builder.js';
import type { Committing } from './committing.js';
import type { HomeWrites } from './csr.js';
import type { Limit } from './fence-limits.js';
import type { Hart } from './hart.js';

/** One bit: the instruction in commit is a fence of translations, of which some are kept. */
export function fencesTranslations(here: Committing): Expr {
  return anyOf(fencesOf(here).map(({ is }) => is));
}

/** A cycle of the instruction in commit that does not trap (`runs`, one bit): it flushes, if it is such a fence or writes a CSR on which kept entries rest. */
export function flushTranslations(here: Committing, runs: Expr): void {
  const { caches } = here.core.translation ?? {};
  if (caches === undefined) return;
  const outdates = and(here.csrWrites, outdatesTranslations(here));
  const fences = fencesOf(here);
  const [whole, limited] = [fences.filter(({ flush }) => flush.by === undefined), fences.filter(({ flush }) => flush.by !== undefined)];
  caches.flush(perStage((stage) => and(runs, or(outdates, flushes(here, whole, stage)))), limited.length === 0 ? undefined : {
    here: and(runs, anyOf(limited.map(({ is }) => is))),
    stages: perStage((stage) => flushes(here, limited, stage)),
    limits: limitsOf(here, limited),
  });
}

const perStage = (of: (stage: StageName) => Expr): Readonly<Record<StageName, Expr>> => ({ S: of('S'), VS: of('VS'), G: of('G') });

/** One bit: the instruction is one of some fences, and for entries of that stage as executed here. */
function flushes({ core: { hart } }: Committing, fences: readonly Fence[], stage: StageName): Expr {
  return anyOf(fences.map(({ is, flush }) => {
    const [host, guest] = [flush.host.includes(stage), flush.guest.includes(stage)];
    return and(is, or(host ? not(read(hart.V)) : ZERO, guest ? read(hart.V) : ZERO));
  }));
}

/** By what the fence in commit, one of these, is limited. */
function limitsOf(here: Committing, fences: readonly Fence[]): Readonly<Record<FenceLimit, Limit>> {
  const { builder } = here.core;
  const limit = (name: FenceLimit): Limit => {
    const given = fences.flatMap(({ is, flush, limits }) => {
      const own = flush.by?.includes(name) === true ? limits.get(name) : undefined;
      return own === undefined ? [] : [{ is, ...own }];
    });
    return {
      limits: builder.wire(`fence.by.${name}`, anyOf(given.map(({ is, limits }) => and(is, limits)))),
      to: builder.wire(`fence.${name}`, given.reduce((others, { is, to }) => mux(is, to, others), constant(64, 0))),
    };
  };
  return { address: limit('address'), guest_address: limit('guest_address'), asid: limit('asid'), vmid: limit('vmid') };
}

interface Fence {
  readonly is: Expr;
  readonly flush: Flush;
  readonly limits: ReadonlyMap<FenceLimit, Limit>;
}

function fencesOf(here: Committing): readonly Fence[] {
  const flushes = here.core.uarch.translation?.flushes;
  return here.opsOf('fence').flatMap((op) => {
    // Also where no core compares anything with them: mistakes in them are told.
    const limits = limitsIn(here, op.instruction);
    const flush = flushes?.get(op.instruction.name);
    return flush === undefined ? [] : [{ is: here.isOp(op), flush, limits }];
  });
}

/** What an instruction says that it is limited to. */
function limitsIn(here: Committing, { name, limits = {} }: Instruction): ReadonlyMap<FenceLimit, Limit> {
  const { lowering } = here.core.hart;
  const scope = lowering.with(here.operands, here.registers);
  return new Map(FENCE_LIMITS.flatMap((limit) => {
    const own = limits[limit];
    return own === undefined ? [] : [[limit, { limits: own.if === undefined ? ONE : lowering.lower(own.if, scope, 1, name), to: lowering.lower(own.is, scope, 64, name) }]];
  }));
}

/** One bit: a write to the CSR that the instruction names leaves entries such as no walk would find any more. */
function outdatesTranslations(here: Committing): Expr {
  const { hart } = here.core;
  const decisive = decisiveHomes(hart);
  return anyOf(hart.isa.csrs.flatMap((csr, i) => {
    const homes: HomeWrites = new Map();
    hart.csrs.write(csr.name, hart.csrs.value(csr.name), homes);
    return [...homes.keys()].some((home) => decisive.has(home)) ? [eqConst(here.csrIndex, i)] : [];
  }));
}

/**
 * The CSRs that decide about entries on the way to one that is kept, which are not examined at its use: whether they may
 * be read, and what their bits mean. What points to the tables is part of an entry's tag.
 */
function decisiveHomes({ lowering, csrs, isa: { translation, protection } }: Hart): ReadonlySet<string> {
  const entries = (protection?.entries ?? []).flatMap(({ config, address }) => [config, address]).flatMap((name) => lowering.base().name(name) ?? []);
  const meanings = (translation?.stages ?? []).flatMap((stage) => [stage.adue, stage.pbmte]).map((operation) => lowering.lower(operation, lowering.base(), 1, 'translation'));
  const registers = new Set<Register>();
  for (const e of postorder([...entries, ...meanings])) if (e.kind === 'read') registers.add(e.register);
  return new Set([...csrs.homes].filter(([, register]) => registers.has(register)).map(([name]) => name));
}
