/**
 * When entries leave the caches of translations: at a fence, those that the
 * core's file says; at a write to a CSR that had a say in the walks behind
 * them, all. Pages of the first level are gone at either, as after anything
 * that may change what the mode may do.
 */
import { ZERO, and, eqConst, not, or, read } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import { postorder } from '../ir/walk.js';
import type { StageName } from '../spec/isa.js';
import { anyOf } from './builder.js';
import type { Committing } from './committing.js';
import type { HomeWrites } from './csr.js';
import type { Hart } from './hart.js';

/** The instruction in commit takes effect: if it is a fence of translations, it flushes. */
export function flushTranslations(here: Committing): void {
  const { builder, hart, translation, uarch } = here.core;
  if (translation?.caches === undefined || uarch.translation === undefined) return;
  const { flushes } = uarch.translation;
  const fences = here.opsOf('fence').flatMap((op) => {
    const flush = flushes.get(op.instruction.name);
    return flush === undefined ? [] : [{ is: here.isOp(op), flush }];
  });
  const of = (stage: StageName): Expr => anyOf(fences.map(({ is, flush }) => {
    const [host, guest] = [flush.host.includes(stage), flush.guest.includes(stage)];
    return and(is, or(host ? not(read(hart.V)) : ZERO, guest ? read(hart.V) : ZERO));
  }));
  const { caches, windows } = translation;
  builder.when(anyOf(fences.map(({ is }) => is)), () => {
    windows.suspect();
    caches.flush({ S: of('S'), VS: of('VS'), G: of('G') });
  });
}

/** A CSR instruction writes: entries may be such as no walk would find any more. */
export function outdateTranslations(here: Committing): void {
  const { hart, translation } = here.core;
  if (translation?.caches === undefined) return;
  const decisive = decisiveHomes(hart);
  const outdates = anyOf(hart.isa.csrs.flatMap((csr, i) => {
    const homes: HomeWrites = new Map();
    hart.csrs.write(csr.name, hart.csrs.value(csr.name), homes);
    return [...homes.keys()].some((home) => decisive.has(home)) ? [eqConst(here.csrIndex, i)] : [];
  }));
  here.core.builder.when(outdates, () => translation.caches?.flush({ S: outdates, VS: outdates, G: outdates }));
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
