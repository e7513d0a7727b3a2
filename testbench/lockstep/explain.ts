/**
 * A divergence in the manual's words: where, what the two say, which rule.
 */
import type { CoreDescription } from '../../model/compile.js';
import type { Csr, Isa } from '../../model/spec/isa.js';
import type { Span } from '../../model/spec/diagnostic.js';
import { positionOf } from '../../model/spec/render.js';
import type { Disassembler } from '../assembly/disassemble.js';
import type { Retirement } from '../retirement.js';
import { causeOf, csrDifference, differingFields, subjectOf, type Cause } from './cause.js';
import type { Difference } from './compare.js';
import { decidingBits } from './deciding-bits.js';
import type { Divergence } from './lockstep.js';
import type { StateBit } from './occasion.js';

/** What the text needs to know. */
export interface ExplainContext {
  readonly isa: Isa;
  readonly description: CoreDescription;
  readonly disassemble: Disassembler;
}

/** Differences shown; the first is the telling one. */
const MOST_DIFFERENCES = 16;
const MOST_RULES = 4;
const MOST_STATE = 24;
/** Bits of one register that are shown singly. */
const MOST_BITS = 2;
const LEAST_WIDTH = 12;

/**
 * The block of a divergence, without the lines that say where its files are:
 *
 * ```
 * Instruction 800 (cycle 2073)  HS  0x800001d8  sret
 *               model       reference
 *   mode        HS          VS
 * State:  mstatus.TSR was 0, mstatus.SPP was 1, hstatus.SPV was 1
 * Row:    sret_v0 (isa/privileged.yaml:52)
 * Rule:   sret_v0, hstatus_spv_sret
 * ```
 */
export function explain(divergence: Divergence, context: ExplainContext): string {
  const { isa, description } = context;
  const cause = causeOf(divergence, isa);
  const differences = divergence.differences.flatMap((d) => byField(isa, d)).map((d) => inWords(d, description));
  return [headLine(divergence, context), ...differenceTable(differences), ...owedLine(divergence, context), ...causeLines(cause, stateOf(cause, divergence, isa))].join('\n');
}

/** What decided by the reference, then by the specs: bits and fields, and as a whole the CSRs of which many bits do. */
function stateOf(cause: Cause, divergence: Divergence, isa: Isa): readonly string[] {
  const bits = [...new Map([...decidingBits(divergence, isa), ...cause.state].map((bit) => [bit.name, bit])).values()];
  const wholeOf = ({ name }: StateBit): string => name.replace(/\[\d+\]$/, '');
  const counts = new Map<string, number>();
  for (const bit of bits) counts.set(wholeOf(bit), (counts.get(wholeOf(bit)) ?? 0) + 1);
  const texts = bits.map((bit) => {
    const whole = wholeOf(bit);
    const value = (counts.get(whole) ?? 0) <= MOST_BITS ? undefined : divergence.before?.[whole] ?? linesValue(whole, divergence);
    return value === undefined ? `${bit.name} was ${bit.value}` : `${whole} was 0x${value.toString(16)}`;
  });
  return [...new Set(texts)];
}

const linesValue = (name: string, { observation }: Divergence): bigint | undefined => (name === 'lines.hgeip' ? observation?.inputs.hgeip : undefined);

/** What decided, with its values before the instruction; where in the specs it stands; what the manual calls it. */
function causeLines({ entry, rules }: Cause, state: readonly string[]): readonly string[] {
  const more = state.length > MOST_STATE ? [`and ${state.length - MOST_STATE} more`] : [];
  const where = entry === undefined ? [] : [`Row:    ${entry.name} (${placeIn(entry.span)})`];
  const named = [...new Set(rules)].slice(0, MOST_RULES);
  return [...(state.length === 0 ? [] : [`State:  ${[...state.slice(0, MOST_STATE), ...more].join(', ')}`]), ...where, ...(named.length === 0 ? [] : [`Rule:   ${named.join(', ')}`])];
}

/** `isa/traps.yaml:98`: from whichever specs it is, for a replay reads copies. */
const placeIn = (span: Span): string => `${span.file.path.split(/[\\/]/).slice(-2).join('/')}:${positionOf(span).line}`;

/** A CSR's difference as those of its fields, each with its value before. */
function byField(isa: Isa, difference: Difference): readonly Difference[] {
  const found = csrDifference(isa, difference);
  if (found === undefined || isOneNumber(found.csr)) return [difference];
  const { what, model, reference, was } = difference;
  const suffix = what.slice(found.csr.name.length);
  return differingFields(found.csr, found.changed).map(({ name, low, width }) => {
    const part = (text: string): string => `0x${BigInt.asUintN(width, BigInt(text) >> BigInt(low)).toString(16)}`;
    return { what: `${name}${suffix}`, model: part(model), reference: part(reference), ...(was === undefined ? {} : { was: part(was) }) };
  });
}

/** Causes by name: `exception 22 into HS` is `virtual_instruction (22) into HS`. */
function inWords(difference: Difference, { exceptions, interrupts }: CoreDescription): Difference {
  const named = (text: string): string => text.replace(/^(exception|interrupt) (\d+)/, (whole, kind: string, code: string) => {
    const name = (kind === 'exception' ? exceptions : interrupts)[Number(code)];
    return name === undefined ? whole : `${name}${kind === 'interrupt' ? ' interrupt' : ''} (${code})`;
  });
  return { ...difference, model: named(difference.model), reference: named(difference.reference) };
}

/** Addresses and the like: a CSR whose only field is most of it. */
const isOneNumber = ({ fields }: Csr): boolean => fields.filter(({ source }) => source.kind !== 'constant').length === 1;

/** What a silent core has before it. */
function owedLine(divergence: Divergence, context: ExplainContext): readonly string[] {
  const subject = divergence.kind === 'silence' ? subjectOf(divergence) : undefined;
  return subject === undefined ? [] : [`Owed:   ${placeOf(subject, context)}`];
}

const PREFIXES: Readonly<Record<Divergence['kind'], string>> = {
  record: 'Instruction', state: 'State after instruction', memory: 'Memory at the end, after instruction', silence: 'Silence after instruction',
  error: 'Error at or after instruction',
};

function headLine({ kind, observation }: Divergence, context: ExplainContext): string {
  if (observation === undefined) return 'Before the first instruction';
  const { retirement, inputs } = observation;
  return `${PREFIXES[kind]} ${retirement.order} (cycle ${inputs.cycle})  ${placeOf({ retirement, fetched: inputs.insn !== undefined }, context)}`;
}

/** Mode, address and what is there. */
function placeOf({ retirement, fetched }: { readonly retirement: Retirement; readonly fetched: boolean }, { description, disassemble }: ExplainContext): string {
  const { trap, mode, pc_rdata: pc, insn } = retirement;
  const what = trap?.interrupt === true
    ? `${description.interrupts[trap.cause] ?? trap.cause} interrupt`
    : fetched ? disassemble(insn, pc) : 'nothing could be fetched';
  return `${mode}  0x${pc.toString(16)}  ${what}`;
}

function differenceTable(differences: readonly Difference[]): readonly string[] {
  const shown = differences.slice(0, MOST_DIFFERENCES);
  const width = (texts: readonly string[]): number => Math.max(LEAST_WIDTH, ...texts.map((t) => t.length + 2));
  const first = width(shown.map((d) => d.what));
  const second = width(shown.map((d) => d.model));
  const third = width(shown.map((d) => d.reference));
  const line = (what: string, model: string, reference: string, was?: string): string =>
    `  ${what.padEnd(first)}${model.padEnd(second)}${reference.padEnd(third)}${was === undefined ? '' : `was ${was}`}`.trimEnd();
  const rest = differences.length - shown.length;
  return [
    line('', 'model', 'reference'),
    ...shown.map((d) => line(d.what, d.model, d.reference, d.was)),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}
