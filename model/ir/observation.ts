/** What of a module is observation alone: cover points, and the registers that only they need. */
import type { CoverFamily, Module, Statement } from './ir.js';
import { mapStatement } from './map.js';
import { forEachStatement, nestedBodies } from './walk.js';

/** Bits of a point's number. */
export const coverWidth = ({ axes }: CoverFamily): number => axes.reduce((sum, axis) => sum + axis.width, 0);

/** The families whose points some statement reaches, each once, in order of appearance. */
export function coverFamilies(module: Module): readonly CoverFamily[] {
  const families = new Set<CoverFamily>();
  forEachStatement(module.body, (s) => {
    if (s.kind === 'cover') families.add(s.family);
  });
  return [...families];
}

/** The statements that are left, without branches that have nothing left in them. */
export function filterStatements(body: readonly Statement[], keep: (s: Statement) => boolean): readonly Statement[] {
  const list = (inner: readonly Statement[]): readonly Statement[] => filterStatements(inner, keep);
  return body.filter(keep).flatMap((s): readonly Statement[] => {
    const inner = nestedBodies(s).map(list);
    if (inner.length === 0) return [s];
    if (inner.every((b) => b.length === 0)) return [];
    let at = 0;
    return [mapStatement(s, { expr: (e) => e, body: (b) => inner[at++] ?? b })];
  });
}

/** The module without its cover points and what only they need. */
export function withoutCovers(module: Module): Module {
  return {
    ...module,
    registers: module.registers.filter((r) => r.observed !== true),
    body: filterStatements(module.body, (s) => s.kind !== 'cover' && !(s.kind === 'assign' && s.register.observed === true)),
  };
}

/** The module without its records, so that nothing that only they use is computed. */
export const withoutRecords = (module: Module): Module => ({ ...module, body: filterStatements(module.body, (s) => s.kind !== 'record') });

/** Statements that only show something. */
const IS_OBSERVATION: ReadonlySet<Statement['kind']> = new Set(['record', 'count', 'exit', 'cover']);

/** The module as a circuit: nothing in it is for an onlooker alone but its arrays and registers of statistics. */
export function hardwareOf(module: Module): Module {
  const seen = withoutCovers(module);
  return { ...seen, body: filterStatements(seen.body, (s) => !IS_OBSERVATION.has(s.kind)) };
}
