/**
 * Coverage as a table for people, and as plain data.
 */
import type { Coverage, Section } from './coverage.js';

/** Reachable cells of a section that nothing has reached. */
export const unreached = ({ cells, counts }: Section): readonly string[] => cells.reachable.filter((cell) => (counts.get(cell) ?? 0) === 0);

/** Cells that were counted though the specs say that they cannot be. */
export const unexpected = ({ cells, counts }: Section): readonly string[] => {
  const known = new Set([...cells.reachable]);
  return [...counts].filter(([cell, count]) => count > 0 && !known.has(cell)).map(([cell]) => cell);
};

const reachedText = (section: Section): string => `${section.cells.reachable.length - unreached(section).length} of ${section.cells.reachable.length}`;

function sectionText(section: Section): string {
  const { title, cells, counts } = section;
  const width = Math.max(...cells.reachable.map((c) => c.length), 8);
  const rows = cells.reachable.map((cell) => `  ${cell.padEnd(width)}  ${String(counts.get(cell) ?? 0).padStart(10)}`);
  const reasons = new Map<string, string[]>();
  for (const { cell, reason } of cells.unreachable) reasons.set(reason, [...(reasons.get(reason) ?? []), cell]);
  const left = [...reasons].map(([reason, list]) => `  not counted, ${reason}: ${list.join(', ')}`);
  const wrong = unexpected(section).map((cell) => `  REACHED, THOUGH UNREACHABLE: ${cell}  ${counts.get(cell)}`);
  return [`${title} (${reachedText(section)})`, ...rows, ...wrong, ...left].join('\n');
}

/** Every cell with its count. */
export function printCoverage(coverage: Coverage): string {
  const sections = coverage.sections();
  const zeros = sections.flatMap((s) => unreached(s).map((cell) => `  ${s.title}: ${cell}`));
  const summary = zeros.length === 0 ? 'Nothing reachable is zero.' : `Reachable, and never reached:\n${zeros.join('\n')}`;
  return [...sections.map(sectionText), `Median body instructions before the first trap: ${coverage.medianUntilTrap}`, summary].join('\n\n');
}

/** The same as data: for `--json`. */
export function coverageData(coverage: Coverage): Readonly<Record<string, { readonly reached: number; readonly reachable: number; readonly zero: readonly string[]; readonly counts: Readonly<Record<string, number>> }>> {
  return Object.fromEntries(coverage.sections().map((s) => [s.title, {
    reached: s.cells.reachable.length - unreached(s).length,
    reachable: s.cells.reachable.length,
    zero: unreached(s),
    counts: Object.fromEntries(s.cells.reachable.map((cell) => [cell, s.counts.get(cell) ?? 0])),
  }]));
}
