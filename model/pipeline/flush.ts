/**
 * When entries leave the caches of translations: at a fence, those that the
 * core's file says, all of a stage or what limits the fence of them; at a write
 * to a CSR that had a say in the walks behind them, all. Pages of the first
 * level are gone at either, as after anything that may change what the mode may
 * do.
 */
import { ONE, ZERO, and, concat, constant, eqConst, mux, nonZero, not, or, read, slice, zext } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import { postorder } from '../ir/walk.js';
import type { FenceLimit, Flush, Instruction, LimitSource, StageName } from '../spec/isa.js';
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
    const sources = fences.flatMap(({ is, instruction, flush }) => {
      const from = flush.by?.includes(name) === true ? instruction.limits?.[name] : undefined;
      return from === undefined ? [] : [{ is, ...limitFrom(here, from) }];
    });
    return {
      limits: builder.wire(`fence.by.${name}`, anyOf(sources.map(({ is, given }) => and(is, given)))),
      to: builder.wire(`fence.${name}`, sources.reduce((to, { is, value }) => mux(is, shifted(name, value), to), constant(64, 0))),
    };
  };
  return { address: limit('address'), guest_address: limit('guest_address'), asid: limit('asid'), vmid: limit('vmid') };
}

/** Whether there is a limit (one bit), and what it is, 64 bits. */
function limitFrom(here: Committing, from: LimitSource): { readonly given: Expr; readonly value: Expr } {
  const { hart } = here.core;
  if (from === 'present') {
    const below = hart.isa.translation?.stages.find(({ name }) => name === 'G')?.register;
    return { given: ONE, value: zext(hart.lowering.base().name(`${below ?? ''}.VMID`) ?? ZERO, 64) };
  }
  const [number, value] = [here.operands[from], here.registers[from]];
  if (number === undefined || value === undefined) throw new Error(`no instruction has ${from}`);
  return { given: nonZero(number), value };
}

/** A guest's physical address comes without its lowest two bits. */
const shifted = (name: FenceLimit, value: Expr): Expr => (name === 'guest_address' ? concat(slice(value, 61, 0), constant(2, 0)) : value);

interface Fence {
  readonly is: Expr;
  readonly instruction: Instruction;
  readonly flush: Flush;
}

function fencesOf(here: Committing): readonly Fence[] {
  const flushes = here.core.uarch.translation?.flushes;
  return here.opsOf('fence').flatMap((op) => {
    const flush = flushes?.get(op.instruction.name);
    return flush === undefined ? [] : [{ is: here.isOp(op), instruction: op.instruction, flush }];
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
