/**
 * What the reference's decision rests on, found by asking it: of the bits it
 * reads, those whose change alone makes it decide otherwise. The specs of a
 * core that decides wrongly may no longer name them.
 */
import type { Isa } from '../../model/spec/isa.js';
import { Reference } from '../reference/reference.js';
import { HOME_CSRS, type HomeCsr, type Inputs, type Retirement } from '../retirement.js';
import { atomsOf, type Atom } from '../transitions/atoms.js';
import { outcomeText } from './compare.js';
import type { Divergence } from './lockstep.js';
import type { StateBefore, StateBit } from './occasion.js';

/** What of a record is a decision, not data. */
const decisionText = (record: Retirement): string => `${outcomeText(record)}, ${record.next_mode} next`;

/** The bits on which a decision rests that the two do not share; none where they decide alike, or where it cannot be repeated alone. */
export function decidingBits({ kind, observation, reference, before }: Divergence, isa: Isa): readonly StateBit[] {
  if (kind !== 'record' || observation === undefined || reference === undefined || before === undefined) return [];
  if (decisionText(observation.retirement) === decisionText(reference)) return [];
  const repetition = new Repetition(reference, observation.inputs);
  const asked = [observation.retirement, reference].some(({ trap }) => trap?.interrupt === true);
  const read = new Set<string>();
  if (repetition.decision(before, (csr) => read.add(csr)) !== decisionText(reference)) return [];
  return [...atomsOf(isa).values()].filter(({ home }) => read.has(home)).flatMap((atom) => {
    const value = BigInt.asUintN(atom.width, (before[atom.home] ?? 0n) >> BigInt(atom.low));
    const others = atom.legal.filter((v) => v !== value);
    // An interrupt that comes in between is another question.
    const otherwise = (text: string): boolean => text !== decisionText(reference) && (asked || !text.startsWith('interrupt'));
    return others.some((v) => otherwise(repetition.decision(changed(before, atom, v)))) ? [{ name: atom.name, value }] : [];
  });
}

function changed(before: StateBefore, { home, low, width }: Atom, value: bigint): StateBefore {
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(low);
  return { ...before, [home]: ((before[home] ?? 0n) & ~mask) | (value << BigInt(low)) };
}

/** One record of the reference, again and again from states of our choice. */
class Repetition {
  readonly #reference = new Reference();

  constructor(readonly record: Retirement, readonly inputs: Inputs) {}

  decision(csrs: StateBefore, onRead?: (csr: HomeCsr) => void): string {
    const { mode, pc_rdata: pc } = this.record;
    const { insn, meip, seip, hgeip } = this.inputs;
    this.#reference.arrange({
      mode, pc, lines: { meip, seip, hgeip },
      csrs: Object.fromEntries(HOME_CSRS.flatMap((name) => (csrs[name] === undefined ? [] : [[name, csrs[name]]]))),
    });
    this.#reference.watchReads(onRead);
    // The instruction is handed over: there are no tables here through which it could be fetched.
    const text = decisionText(this.#reference.stepWith({ ...this.inputs, hostWrites: [] }, insn));
    this.#reference.watchReads();
    return text;
  }
}
