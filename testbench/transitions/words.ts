/** What a cell's record says, in words. */
import type { Retirement } from '../retirement.js';
import type { Cell } from './cells.js';
import { decisionOf } from './execute.js';
import { outcomeText } from './decide.js';

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** Names of the registers that the event wrote. */
export const writtenText = ({ rd_addr, csrs }: Retirement): string => [...(rd_addr === 0 ? [] : [`x${rd_addr}`]), ...csrs.map((c) => c.csr)].join(' ');

/** The rules that decided, in their order. */
export const rulesText = ({ expected: { rules } }: Cell): string => rules.join(', ');

/** The record of the event, line by line. */
export function recordLines(record: Retirement): readonly string[] {
  const { mode, pc_rdata, pc_wdata, trap, csrs, rd_addr, rd_wdata } = record;
  const lines = [`${mode} at ${hex(pc_rdata)}: ${outcomeText(decisionOf(record))}; goes on at ${hex(pc_wdata)}`];
  if (trap !== undefined) lines.push(`tval ${hex(trap.tval)}, tval2 ${hex(trap.tval2)}, tinst ${hex(trap.tinst)}, GVA ${trap.gva ? 1 : 0}`);
  if (rd_addr !== 0) lines.push(`x${rd_addr} becomes ${hex(rd_wdata)}`);
  for (const { csr, before, after } of csrs) lines.push(`${csr}: ${hex(before)} becomes ${hex(after)}`);
  return lines;
}
