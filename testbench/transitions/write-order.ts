/**
 * The order in which a prologue writes CSRs: some fields can be written only
 * while others have the right value (mip.STIP while menvcfg.STCE is 0,
 * henvcfg.STCE while it is 1).
 */
import type { Csr, CsrField, Operation } from '../../model/spec/isa.js';
import { namesOf } from './bits.js';
import type { Matrix } from './cells.js';
import { evaluateBit } from './evaluate.js';
import { csrsOf, StateNames } from './state-names.js';

/** A CSR to write. */
export interface OrderedWrite {
  readonly csr: Csr;
  /** What must be set first where a field that is closed at reset is to be other than 0: bits of other CSRs. */
  readonly opened: readonly { readonly field: string; readonly guard: Csr; readonly bits: bigint }[];
}

/** What can be written at reset, then what must be opened first, then the rest; `last` at the end. */
export function writeOrder(matrix: Matrix, csrs: readonly Csr[], last: ReadonlySet<string>): readonly OrderedWrite[] {
  const writes = csrs.map((csr): OrderedWrite & { readonly rank: number } => {
    const guarded = csr.fields.flatMap((field) => (field.source.kind === 'stored' && field.source.writeIf !== undefined ? [{ field, writeIf: field.source.writeIf }] : []));
    const opened = guarded.flatMap(({ field, writeIf }) => openings(matrix, csr, field, writeIf));
    const rank = last.has(csr.name) ? 3 : guarded.length === 0 ? 2 : opened.length === 0 ? 0 : 1;
    return { csr, opened, rank };
  });
  return [0, 1, 2, 3].flatMap((rank) => writes.filter((w) => w.rank === rank));
}

/** The bits to set so that a field can be written; none if it can be at reset. */
function openings({ isa, atoms }: Matrix, csr: Csr, field: CsrField, writeIf: Operation): OrderedWrite['opened'] {
  const holdsWith = (given: ReadonlyMap<string, bigint>, complete: boolean) => evaluateBit(writeIf, new StateNames({ isa, mode: 'M', given, complete }));
  if (holdsWith(new Map(), true) === 1) return [];
  return [...namesOf(holdsWith(new Map(), false))].flatMap((name) => {
    const atom = atoms.get(name);
    const guard = atom === undefined ? undefined : csrsOf(isa).get(atom.home);
    return atom === undefined || guard === undefined ? [] : [{ field: `${csr.name}.${field.name}.stored`, guard, bits: 1n << BigInt(atom.low) }];
  });
}
