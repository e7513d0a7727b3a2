/** Cover points of what is asked before an instruction has its way: permit tables, by CSR too, and devices. */
import { ZERO, binary, constant, eqConst, mux, not, or } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import type { TrapSource } from '../spec/isa.js';
import { byNumber, type CoverPart } from './builder.js';
import type { Committing } from './committing.js';
import { bitsFor, instructionPart, modePart } from './cover-parts.js';
import { PERMISSIONS } from './permit.js';
import type { TrapValues } from './trap.js';

/** Numbered counters count as one CSR. */
export const countersAsOne = (name: string): string => name.replace(/(hpm(?:counter|event))\d+$/, '$1N');

/** An instruction that permits may be about has been judged: it retires or, `faulted`, there is this exception. */
export function coverJudgement(here: Committing, faulted: Expr, fault: Pick<TrapValues, 'cause'>): void {
  const { permits, core: { builder, decoder } } = here;
  const guarded = decoder.ops.filter((op) => op.instruction.permit !== undefined);
  const row = (value: Expr): CoverPart => ({ axis: 'row', value, values: permits.rows });
  const general = here.perOp(guarded, ({ instruction: { permit } }) => permits.row(permit ?? ''));
  builder.when(here.anyOp(guarded), () => builder.cover('permit', row(general), modePart(here)));
  const [csr] = here.opsOf('csr').flatMap((op) => op.instruction.permit ?? []);
  if (csr === undefined) return;
  builder.when(here.is('csr'), () => {
    // Where the general table says no, the CSR's own is not asked.
    builder.when(not(eqConst(permits.table(csr), PERMISSIONS.illegal)), () => builder.cover('permit', row(permits.ownRow(here.csrAddress)), modePart(here)));
    const outcome: CoverPart = { axis: 'outcome', value: outcomeOf(here, faulted, fault), values: byNumber(PERMISSIONS) };
    builder.cover('csr', csrPart(here), modePart(here), { axis: 'access', value: here.csrWrites, values: ['reads', 'writes'] }, outcome);
  });
}

/** What came of the access: as the exception says, not the tables. */
function outcomeOf({ core: { hart: { isa } } }: Committing, faulted: Expr, { cause }: Pick<TrapValues, 'cause'>): Expr {
  const raised = (source: TrapSource): Expr => or(ZERO, ...isa.traps.exceptions.filter((e) => e.source === source).map((e) => eqConst(cause, e.code)));
  const [allow, illegal, virtual] = [PERMISSIONS.allow, PERMISSIONS.illegal, PERMISSIONS.virtual].map((p) => constant(2, p));
  if (allow === undefined || illegal === undefined || virtual === undefined) throw new Error('there are three outcomes');
  return mux(faulted, mux(raised('virtual'), virtual, mux(raised('illegal'), illegal, allow)), allow);
}

/** The CSR that the instruction names. */
function csrPart({ csrAddress, core: { hart: { isa: { csrs } } } }: Committing): CoverPart {
  const names = [...new Set(csrs.map((c) => countersAsOne(c.name)))];
  const number = (n: number): Expr => constant(bitsFor(names.length + 1), n);
  const groups = names.map((name, i) => ({ keys: csrs.filter((c) => countersAsOne(c.name) === name).map((c) => BigInt(c.address)), value: number(i) }));
  return { axis: 'csr', value: { kind: 'select', width: bitsFor(names.length + 1), key: csrAddress, cases: groups, default: number(names.length) }, values: names };
}

/** An access has come to where a device may be, which takes it or, `refused`, does not. */
export function coverDevice(here: Committing, refused: Expr): void {
  const { physical, core: { builder, hart: { isa } } } = here;
  const regions = isa.hart.regions.filter((r) => r.kind === 'io');
  const number = (n: number): Expr => constant(bitsFor(regions.length + 1), n);
  const region = regions.reduceRight<Expr>((rest, { base, size }, i) =>
    mux(binary('ltu', binary('sub', physical, constant(64, base)), constant(64, size)), number(i), rest), number(regions.length));
  builder.cover('device', { axis: 'region', value: region, values: regions.map((r) => r.name) }, instructionPart(here), { axis: 'outcome', value: refused, values: ['taken', 'refused'] });
}
