/** Cover points of the walker: which row decides about which entry, what leaves are like, and what becomes of walks. */
import { constant } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import { ACCESSES, STAGES, type Translation } from '../spec/isa.js';
import { byNumber, type CoverPart, type ModuleBuilder } from './builder.js';
import { decides, fieldOf, type EntryDecision, type Examined } from './entry.js';

/** What becomes of a walk; only after A or D is written it goes on. */
export const WALK_ENDS = ['refused by the first stage', 'refused by the second stage', 'cannot access a table', 'writes A or D', 'arrives'] as const;
export type WalkEnd = (typeof WALK_ENDS)[number];

/** What the walk is under way for, by PURPOSE: the address of a table, or of one to write, or that of the access. */
export const WALK_PURPOSES = ['a table', 'an update', 'the access'] as const;

const LEVELS = ['0', '1', '2', '3', '4'];

const ofAccess = (value: Expr): CoverPart => ({ axis: 'access', value, values: byNumber(ACCESSES) });

/** An entry is examined. */
export function coverEntry(builder: ModuleBuilder, translation: Translation, { entry, stage, level, access }: Examined, { row, outcome }: EntryDecision): void {
  const ofStage: CoverPart = { axis: 'stage', value: stage, values: byNumber(STAGES) };
  const napot: CoverPart = { axis: 'napot', value: fieldOf(translation, entry, 'N'), values: ['alone', 'one of 16'] };
  builder.cover('entry', { axis: 'row', value: row, values: translation.rows.map((r) => r.name) }, ofStage, ofAccess(access));
  builder.when(decides(outcome, 'leaf'), () => builder.cover('leaf', ofStage, { axis: 'level', value: level, values: LEVELS }, napot, ofAccess(access)));
}

/** Something becomes of a walk. `V`: it is a guest's; `access`: ACCESSES, two bits; `purpose`: PURPOSE, two bits. */
export function coverEnd(builder: ModuleBuilder, end: WalkEnd, { V, access, purpose }: { readonly V: Expr; readonly access: Expr; readonly purpose: Expr }): void {
  // What the first stage refuses has no purpose yet.
  const forWhat = end === 'refused by the first stage' ? constant(2, WALK_PURPOSES.indexOf('the access')) : purpose;
  builder.cover('walk',
    { axis: 'end', value: constant(3, WALK_ENDS.indexOf(end)), values: WALK_ENDS }, { axis: 'of', value: V, values: ['host', 'guest'] },
    { axis: 'purpose', value: forWhat, values: WALK_PURPOSES }, ofAccess(access));
}
