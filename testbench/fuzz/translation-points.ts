/**
 * Points of translation: which row decides about an entry, what the leaves are
 * like, and how walks end; by stage and access.
 */
import { WALK_ENDS, WALK_PURPOSES } from '../../model/pipeline/walk-covers.js';
import { ACCESSES, STAGES, type Access, type Isa, type StageName, type Translation, type TranslationStage } from '../../model/spec/isa.js';
import { candidates, type Known } from './permit-points.js';
import type { Namings, PointTable } from './points.js';

const entryName = (row: string, stage: string, access: string): string => `entry of stage ${stage}, ${access}: ${row}`;
const leafName = (stage: string, level: string, napot: string, access: string): string => `leaf of stage ${stage} at level ${level}, ${napot}, ${access}`;
const walkName = (of: string, purpose: string, access: string, end: string): string => `walk of a ${of} for ${purpose}, ${access}: ${end}`;

const ACCESS_NAMES: readonly Access[] = ['fetch', 'load', 'store', 'execute'];

/** HLVX is the only such access, and it is a guest's. */
const noHost = (stage: StageName, access: Access): string | undefined => (stage === 'S' && access === 'execute' ? 'only accesses as a guest need it' : undefined);

/** Names what the walker does; nothing, if it has no tables. */
export function translationPoints({ translation }: Isa, table: PointTable): Namings {
  if (translation === undefined) return {};
  for (const stage of translation.stages) {
    for (const access of ACCESS_NAMES) {
      nameEntries(translation, stage, access, table);
      nameLeaves(translation, stage.name, access, table);
    }
  }
  nameWalks(translation, table);
  return {
    entry: (cell) => [entryName(cell('row'), cell('stage'), cell('access'))],
    leaf: (cell) => [leafName(cell('stage'), cell('level'), cell('napot'), cell('access'))],
    walk: (cell) => [walkName(cell('of'), cell('purpose'), cell('access'), cell('end'))],
  };
}

/** What the stage says of its accesses, if that is the same of all. */
function always({ user, sum, mxr, adue, pbmte }: TranslationStage, variable: string): bigint | undefined {
  const said = Object.entries({ user, sum, mxr, adue, pbmte }).find(([name]) => name === variable)?.[1].text;
  return said === '0' || said === '1' ? BigInt(said) : undefined;
}

function nameEntries({ rows }: Translation, stage: TranslationStage, access: Access, table: PointTable): void {
  const known: Known = (variable) => (variable === 'stage' ? STAGES[stage.name] : variable === 'access' ? ACCESSES[access] : always(stage, variable));
  const possible = candidates(rows, known);
  for (const row of rows) {
    table.add(entryName(row.name, stage.name, access), noHost(stage.name, access) ?? (possible.includes(row) ? undefined : 'the row is not about this stage or access, or an earlier one always decides'));
  }
}

function nameLeaves({ schemes }: Translation, stage: StageName, access: Access, table: PointTable): void {
  const levels = Math.max(0, ...schemes.map((s) => s.levels));
  for (let level = 0; level < levels; level++) {
    table.add(leafName(stage, String(level), 'alone', access), noHost(stage, access));
    table.add(leafName(stage, String(level), 'one of 16', access), noHost(stage, access) ?? (level === 0 ? undefined : 'only leaves of the last level are one of 16 pages'));
  }
}

/** A walk arrives, and the first stage refuses, only for the access itself; the second stage and its tables are of guests. */
function nameWalks({ stages }: Translation, table: PointTable): void {
  const second = stages.some((s) => s.name === 'G');
  for (const end of WALK_ENDS) {
    for (const purpose of WALK_PURPOSES) {
      const whole = end === 'refused by the first stage' || end === 'arrives';
      if (whole && purpose !== 'the access') continue;
      for (const access of ACCESS_NAMES) {
        const host = whole || (purpose === 'a table' && end !== 'refused by the second stage') ? noHost('S', access) : 'only a guest has a second stage';
        table.add(walkName('host', purpose, access, end), host);
        if (second) table.add(walkName('guest', purpose, access, end));
      }
    }
  }
}
