/**
 * A divergence as a person reads it: where, and what each side says.
 */
import type { Disassembler } from '../assembly/disassemble.js';
import type { Divergence } from './lockstep.js';

const WIDTHS = [24, 22] as const;

/** The first difference, a line for the place and one for each thing that differs. */
export function explain({ kind, observation, differences }: Divergence, disassemble: Disassembler): string {
  const what = (): string => {
    if (observation === undefined) return 'Before the first instruction';
    const { retirement, inputs } = observation;
    const text = retirement.insn === 0 ? (retirement.trap?.interrupt === true ? 'interrupt' : 'no instruction') : disassemble(retirement.insn, retirement.pc_rdata);
    const place = `Instruction ${retirement.order} (cycle ${inputs.cycle})  ${retirement.mode}  0x${retirement.pc_rdata.toString(16)}  ${text}`;
    return kind === 'record' ? place : `${kind === 'state' ? 'State' : 'Memory'} after: ${place}`;
  };
  const row = (a: string, b: string, c: string): string => `  ${a.padEnd(WIDTHS[0])}${b.padEnd(WIDTHS[1])}${c}`;
  return [what(), row('', 'model', 'reference'), ...differences.map((d) => row(d.what, d.model, d.reference))].join('\n');
}
