/**
 * What makes two failures the same: what differs, at which instruction,
 * between which modes, by which rule.
 */
import { InstructionIndex } from '../coverage/decoder.js';
import { rulesOf, subjectOf, type ExplainContext } from '../lockstep/explain.js';
import type { Divergence } from '../lockstep/lockstep.js';
import type { Retirement } from '../retirement.js';

/** Names divergences of one ISA. */
export class Signatures {
  readonly #index: InstructionIndex;

  constructor(readonly context: ExplainContext) {
    this.#index = new InstructionIndex(context.isa);
  }

  /** `record: outcome, sret in VS (H_virtinst_vs_sret_vtsr1)`. */
  of(divergence: Divergence): string {
    const { kind, reference, differences, error } = divergence;
    const what = general(error?.message.split('\n')[0]?.replace(/\d+/g, 'N') ?? differences[0]?.what ?? 'nothing');
    const subject = subjectOf(divergence);
    // Elsewhere the last record is not the culprit.
    if ((kind !== 'record' && kind !== 'silence') || subject === undefined) return `${kind}: ${what}`;
    const { retirement, fetched } = subject;
    const [rule] = rulesOf(divergence, this.context);
    const to = new Set([retirement.next_mode, reference?.next_mode ?? retirement.next_mode]);
    return `${kind}: ${what}, ${this.#subject(retirement, fetched)} in ${retirement.mode}, to ${[...to].join(' or ')}${rule === undefined ? '' : ` (${rule})`}`;
  }

  #subject(retirement: Retirement, fetched: boolean): string {
    if (retirement.trap?.interrupt === true) return `${this.context.description.interrupts[retirement.trap.cause] ?? retirement.trap.cause} interrupt`;
    if (!fetched) return 'a fetch';
    return this.context.isa.instructions[this.#index.find(retirement.insn)]?.name ?? 'no instruction';
  }
}

/** Registers and addresses are chance. */
const general = (what: string): string => what.replace(/^change of /, '').replace(/^x\d+$/, 'result').replace(/^memory at .*/, 'memory');
