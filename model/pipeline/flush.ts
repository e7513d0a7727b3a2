/**
 * When entries leave the caches of translations: at a fence, those that the
 * core's file says; at a write to a CSR that had a say in the walks behind
 * them, all. Pages of the first level are gone at either, as after anything
 * that may change what the mode may do.
 */
import { ZERO, and, eqConst, not, or, read } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import { postorder } from '../ir/walk.js';
import type { Flush, StageName } from '../spec/isa.js';
import { anyOf } from './builder.js';
import type { Committing } from './committing.js';
import type { HomeWrites } from './csr.js';
import type { Hart } from './hart.js';

/** One bit: the instruction in commit is a fence of translations, of which some are kept. */
export function fencesTranslations(here: Committing): Expr {
  return anyOf(fencesOf(here).map(({ is }) => is));
}

/** A cycle of the instruction in commit that does not trap (`runs`, one bit): it flushes, if it is such a fence or writes a CSR on which kept entries rest. */
export function flushTranslations(here: Committing, runs: Expr): void {
  const { hart, translation } = here.core;
  if (translation?.caches === undefined) return;
  const outdates = and(here.csrWrites, outdatesTranslations(here));
  const fences = fencesOf(here);
  const of = (stage: StageName): Expr => and(runs, or(outdates, anyOf(fences.map(({ is, flush }) => {
    const [host, guest] = [flush.host.includes(stage), flush.guest.includes(stage)];
    return and(is, or(host ? not(read(hart.V)) : ZERO, guest ? read(hart.V) : ZERO));
  }))));
  translation.caches.flush({ S: of('S'), VS: of('VS'), G: of('G') });
}

interface Fence {
  readonly is: Expr;
  readonly flush: Flush;
}

function fencesOf(here: Committing): readonly Fence[] {
  const flushes = here.core.uarch.translation?.flushes;
  return here.opsOf('fence').flatMap((op) => {
    const flush = flushes?.get(op.instruction.name);
    return flush === undefined ? [] : [{ is: here.isOp(op), flush }];
  });
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
