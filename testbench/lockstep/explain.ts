/**
 * A divergence in the manual's words: where, what the two say, which rule.
 */
import type { CoreDescription } from '../../model/compile.js';
import type { Csr, Instruction, Isa } from '../../model/spec/isa.js';
import type { Disassembler } from '../assembly/disassemble.js';
import type { Retirement } from '../retirement.js';
import type { Difference } from './compare.js';
import { decidingState, mayHold, type StateBefore } from './deciding-state.js';
import type { Divergence } from './lockstep.js';

/** What the text needs to know. */
export interface ExplainContext {
  readonly isa: Isa;
  readonly description: CoreDescription;
  readonly disassemble: Disassembler;
}

/** Differences shown; the first is the telling one. */
const MOST_DIFFERENCES = 8;
const MOST_RULES = 4;
const LEAST_WIDTH = 12;

/**
 * The block of a divergence, without the lines that say where its files are:
 *
 * ```
 * Instruction 800 (cycle 2073)  HS  0x800001d8  sret
 *               model       reference
 *   mode        HS          VS
 * State:  mstatus.TSR was 0, mstatus.SPP was 1, hstatus.SPV was 1
 * Rule:   sret_v0, hstatus_spv_sret
 * ```
 */
export function explain(divergence: Divergence, context: ExplainContext): string {
  const rules = rulesOf(divergence, context);
  const state = [...owedLine(divergence, context), ...stateLine(divergence, context)];
  const differences = divergence.differences.map((d) => inWords(d, context.description));
  return [headLine(divergence, context), ...differenceTable(differences, context.isa), ...state, ...(rules.length === 0 ? [] : [`Rule:   ${rules.join(', ')}`])].join('\n');
}

/** Causes by name: `exception 22 into HS` is `virtual_instruction (22) into HS`. */
function inWords(difference: Difference, { exceptions, interrupts }: CoreDescription): Difference {
  const named = (text: string): string => text.replace(/^(exception|interrupt) (\d+)/, (whole, kind: string, code: string) => {
    const name = (kind === 'exception' ? exceptions : interrupts)[Number(code)];
    return name === undefined ? whole : `${name}${kind === 'interrupt' ? ' interrupt' : ''} (${code})`;
  });
  return { ...difference, model: named(difference.model), reference: named(difference.reference) };
}

/** What a divergence is about: a record, and whether there was an instruction. */
interface DivergenceSubject {
  readonly retirement: Retirement;
  readonly fetched: boolean;
}

/** The record that differs; of a silence, the one that the core owes. */
export function subjectOf({ kind, observation, reference }: Divergence): DivergenceSubject | undefined {
  if (kind === 'silence') return reference === undefined ? undefined : { retirement: reference, fetched: reference.insn !== 0 };
  return observation === undefined ? undefined : { retirement: observation.retirement, fetched: observation.inputs.insn !== undefined };
}

/** What a silent core has before it. */
function owedLine(divergence: Divergence, context: ExplainContext): readonly string[] {
  const subject = divergence.kind === 'silence' ? subjectOf(divergence) : undefined;
  return subject === undefined ? [] : [`Owed:   ${placeOf(subject, context)}`];
}

/** What decided, with its values before the instruction. */
function stateLine(divergence: Divergence, { isa, disassemble }: ExplainContext): readonly string[] {
  const { reference, before } = divergence;
  const subject = subjectOf(divergence);
  if (subject === undefined || before === undefined) return [];
  const { retirement } = subject;
  const instruction = instructionOf(subject, isa, disassemble);
  const accessed = instruction?.class === 'csr' ? isa.csrs.find((c) => c.address === retirement.insn >>> 20) : undefined;
  const deciding = decidingState(isa, instruction, accessed, [retirement, ...(reference === undefined ? [] : [reference])], before);
  return deciding.length === 0 ? [] : [`State:  ${deciding.map(({ name, value }) => `${name} was ${value}`).join(', ')}`];
}

function instructionOf({ retirement, fetched }: DivergenceSubject, isa: Isa, disassemble: Disassembler): Instruction | undefined {
  const mnemonic = fetched ? disassemble(retirement.insn).replace(/^.*# /, '').split(' ')[0] ?? '' : '';
  return isa.instructions.find((i) => i.name === mnemonic);
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
function placeOf({ retirement, fetched }: DivergenceSubject, { description, disassemble }: ExplainContext): string {
  const { trap, mode, pc_rdata: pc, insn } = retirement;
  const what = trap?.interrupt === true
    ? `${description.interrupts[trap.cause] ?? trap.cause} interrupt`
    : fetched ? disassemble(insn, pc) : 'nothing could be fetched';
  return `${mode}  0x${pc.toString(16)}  ${what}`;
}

function differenceTable(differences: readonly Difference[], isa: Isa): readonly string[] {
  const shown = differences.slice(0, MOST_DIFFERENCES);
  const width = (texts: readonly string[]): number => Math.max(LEAST_WIDTH, ...texts.map((t) => t.length + 2));
  const first = width(shown.map((d) => d.what));
  const second = width(shown.map((d) => d.model));
  const third = width(shown.map((d) => d.reference));
  const line = (what: string, model: string, reference: string, remark: string): string =>
    `  ${what.padEnd(first)}${model.padEnd(second)}${reference.padEnd(third)}${remark}`.trimEnd();
  const rest = differences.length - shown.length;
  return [
    line('', 'model', 'reference', ''),
    ...shown.map((d) => line(d.what, d.model, d.reference, remarkOf(d, isa))),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

/** The fields in which two values of a CSR differ. */
function remarkOf(difference: Difference, isa: Isa): string {
  const names = fieldsIn(difference, csrOf(difference, isa)).map((f) => f.name);
  return names.length === 0 ? '' : `differs in ${names.join(', ')}`;
}

const csrOf = ({ what }: Difference, isa: Isa): Csr | undefined => {
  const name = what.replace(/^change of /, '').replace(/ before$/, '');
  return isa.csrs.find((csr) => csr.name === name);
};

function fieldsIn({ model, reference }: Difference, csr: Csr | undefined): readonly Csr['fields'][number][] {
  if (csr === undefined || !/^0x[0-9a-f]+$/.test(model) || !/^0x[0-9a-f]+$/.test(reference)) return [];
  const changed = BigInt(model) ^ BigInt(reference);
  return csr.fields.filter(({ bits: { high, low } }) => ((changed >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n)) !== 0n);
}

/** Rules that speak about a divergence, the likeliest first: of the CSR that differs, of the permit row, of the exception, of the instruction. */
export function rulesOf(divergence: Divergence, { isa, disassemble }: ExplainContext): readonly string[] {
  const { differences: [first], reference, before } = divergence;
  if (first === undefined) return [];
  const csr = csrOf(first, isa);
  const ofCsr = csr === undefined ? [] : [...fieldsIn(first, csr).flatMap((f) => f.rules), ...csr.rules];
  const subject = subjectOf(divergence);
  const retirement = subject?.retirement;
  const instruction = subject === undefined ? undefined : instructionOf(subject, isa, disassemble);
  const ofDecision = retirement === undefined ? [] : decisionRules(isa, instruction, retirement, reference, before);
  const ofInstruction = instruction === undefined ? [] : [...caseRules(isa, instruction, retirement, before), ...instruction.rules];
  const decides = /^(outcome|cause|trap taken in|interrupt)$/.test(first.what);
  const all = decides ? [...ofDecision, ...ofInstruction] : [...ofCsr, ...ofInstruction, ...ofDecision];
  return [...new Set(all)].slice(0, MOST_RULES);
}

function decisionRules(isa: Isa, instruction: Instruction | undefined, model: Retirement, reference: Retirement | undefined, before: StateBefore | undefined): readonly string[] {
  const rows = isa.permits.find((table) => table.name === instruction?.permit)?.rows ?? [];
  // The first row that may hold decides; what the state leaves open, a later one may.
  const decided = rows.filter((row) => mayHold(isa, row.when, model.mode, before)).slice(0, before === undefined ? rows.length : 1);
  const permits = decided.flatMap((row) => row.rules);
  const codes = [reference?.trap, model.trap].flatMap((trap) => (trap === undefined || trap.interrupt ? [] : [trap.cause]));
  const exceptions = isa.traps.exceptions.filter((e) => codes.includes(e.code)).flatMap((e) => e.rules);
  const levels = model.trap?.interrupt === true || reference?.trap?.interrupt === true ? isa.traps.levels.flatMap((l) => l.rules) : [];
  return [...permits, ...exceptions, ...levels];
}

const caseRules = (isa: Isa, instruction: Instruction, retirement: Retirement | undefined, before: StateBefore | undefined): readonly string[] =>
  instruction.cases.filter((c) => retirement === undefined || mayHold(isa, c.when, retirement.mode, before)).flatMap((c) => c.rules);
