/** What a cell's records say, in words. */
import type { Retirement } from '../retirement.js';
import { outcomeText } from './decide.js';
import { decisionOf, type Disagreement } from './execute.js';

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** The record of the event, line by line. */
export function recordLines(record: Retirement): readonly string[] {
  const { mode, pc_rdata, pc_wdata, trap, csrs, rd_addr, rd_wdata } = record;
  const lines = [`${mode} at ${hex(pc_rdata)}: ${outcomeText(decisionOf(record))}; goes on at ${hex(pc_wdata)}`];
  if (trap !== undefined) lines.push(`tval ${hex(trap.tval)}, tval2 ${hex(trap.tval2)}, tinst ${hex(trap.tinst)}, GVA ${trap.gva ? 1 : 0}`);
  if (rd_addr !== 0) lines.push(`x${rd_addr} becomes ${hex(rd_wdata)}`);
  for (const { csr, before, after } of csrs) lines.push(`${csr}: ${hex(before)} becomes ${hex(after)}`);
  return lines;
}

/** What two say of the same, side by side: a line of headings, then one for each difference. */
export function differenceTable({ where, sides, differences }: Disagreement): readonly string[] {
  const rows = [[where, ...sides.map((s) => s.name)], ...differences.map(({ what, says }) => [what, ...says])];
  const widths = [0, 1, 2].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => row.map((text, i) => text.padEnd(widths[i] ?? 0)).join('  ').trimEnd());
}

/** The differences, then each side's own record; lines that the other's lacks are marked. */
export function disagreementLines(disagreement: Disagreement): readonly string[] {
  const logs = disagreement.sides.map(({ record }) => (record === undefined ? [] : recordLines(record)));
  const marked = (lines: readonly string[], others: readonly string[]): readonly string[] => lines.map((line) => `${others.length === 0 || others.includes(line) ? ' ' : '*'} ${line}`);
  return [
    ...differenceTable(disagreement),
    ...disagreement.sides.flatMap(({ name }, i) => (logs[i]?.length === 0 ? [] : ['', `${name}:`, ...marked(logs[i] ?? [], logs[1 - i] ?? [])])),
  ];
}
