/** Mutants of instructions: results, conditions, addresses, encodings, cases of xRETs and calls. */
import type { Case, Compressed, Format, Instruction, Isa, Operation } from '../../model/spec/isa.js';
import { mistakenConditions } from './conditions.js';
import { mistakenEffects } from './effects.js';
import { isaMutant, type Mutant } from './mutant.js';
import { mistaken } from './operations.js';

const put = (instruction: Instruction, changed: Instruction) => (isa: Isa): Isa => (
  { ...isa, instructions: isa.instructions.map((i) => (i.name === instruction.name ? changed : i)) });

/** Each operation of an instruction, with the instruction that has another in its place. */
function operationsOf(i: Instruction): readonly (readonly [string, Operation, (o: Operation) => Instruction])[] {
  const found: (readonly [string, Operation, (o: Operation) => Instruction])[] = [];
  if (i.result !== undefined) found.push(['result', i.result, (result) => ({ ...i, result })]);
  if (i.taken !== undefined) found.push(['taken', i.taken, (taken) => ({ ...i, taken })]);
  if (i.target !== undefined) found.push(['target', i.target, (target) => ({ ...i, target })]);
  const { memory, block, csr } = i;
  if (memory !== undefined) {
    found.push(['address', memory.address, (address) => ({ ...i, memory: { ...memory, address } })]);
    if (memory.data !== undefined) found.push(['data', memory.data, (data) => ({ ...i, memory: { ...memory, data } })]);
    if (memory.new !== undefined) found.push(['new', memory.new, (value) => ({ ...i, memory: { ...memory, new: value } })]);
  }
  if (block !== undefined) found.push(['block', block.address, (address) => ({ ...i, block: { ...block, address } })]);
  if (csr !== undefined) {
    found.push(['value', csr.value, (value) => ({ ...i, csr: { ...csr, value } })]);
    found.push(['reads', csr.reads, (reads) => ({ ...i, csr: { ...csr, reads } })]);
    found.push(['writes', csr.writes, (writes) => ({ ...i, csr: { ...csr, writes } })]);
  }
  return found;
}

function caseMutants(i: Instruction): readonly Mutant[] {
  const kind = i.class === 'xret' ? 'xret' : 'exception';
  const withCase = (c: Case, changed: Case | undefined): ((isa: Isa) => Isa) =>
    put(i, { ...i, cases: i.cases.flatMap((o) => (o !== c ? [o] : changed === undefined ? [] : [changed])) });
  return i.cases.flatMap((c, at) => {
    const raised = i.cases[at + 1]?.raise;
    const other = raised === undefined ? [] : [isaMutant(kind, `${i.name}.${c.name}: raises ${raised}`, c, withCase(c, { ...c, raise: raised }))];
    return [
      ...mistakenEffects(c).map(({ what, value }) => isaMutant(kind, `${i.name}.${c.name} ${what}`, c, withCase(c, { ...c, ...value }))),
      ...mistakenConditions(c.when).map(({ what, value }) => isaMutant(kind, `${i.name}.${c.name}: ${what}`, c, withCase(c, { ...c, when: value }))),
      isaMutant(kind, `${i.name}.${c.name}: lost`, c, withCase(c, undefined)),
      ...other,
    ];
  });
}

function memoryMutants(i: Instruction): readonly Mutant[] {
  const { memory, block } = i;
  if (block !== undefined) return [isaMutant('instruction', `${i.name}: ${block.zero ? 'stores nothing' : 'stores zeros'}`, i, put(i, { ...i, block: { ...block, zero: !block.zero } }))];
  if (memory === undefined || memory.as === 'self') return [];
  const as = memory.as === 'guest' ? ['self'] as const : ['guest', 'self'] as const;
  return as.map((other) => isaMutant('instruction', `${i.name}: as ${other} instead of ${memory.as}`, i, put(i, { ...i, memory: { ...memory, as: other } })));
}

/** One of its fixed bits. */
function encodingMutants(i: Instruction): readonly Mutant[] {
  const bit = i.match.search(/[01]/);
  return [isaMutant('encoding', `${i.name}: bit ${31 - bit} ignored`, i, put(i, { ...i, match: `${i.match.slice(0, bit)}-${i.match.slice(bit + 1)}` }))];
}

/** A 16-bit encoding forgotten, the words that each of its conditions reserves executed, and its wiring crossed where two neighbours come from the word. */
function compressedMutants(c: Compressed): readonly Mutant[] {
  const { bits } = c;
  const changed = (other: Compressed | undefined) => (isa: Isa): Isa => (
    { ...isa, compressed: isa.compressed.flatMap((one) => (one.name !== c.name ? [one] : other === undefined ? [] : [other])) });
  const crossed = bits.findIndex((bit, at) => {
    const above = bits[at + 1];
    return typeof bit === 'object' && typeof above === 'object' && bit.from !== above.from;
  });
  const [low, high] = [bits[crossed], bits[crossed + 1]];
  return [
    isaMutant('encoding', `${c.name}: forgotten`, c, changed(undefined)),
    // Each of the conditions that its `where` is made of.
    ...c.nonzero.map((operand, i) => isaMutant('encoding', `${c.name}: executed where bits ${operand.map(({ high, low }) => `${high}-${low}`).join(', ')} are zero`, c,
      changed({ ...c, nonzero: c.nonzero.toSpliced(i, 1) }))),
    ...(low === undefined || high === undefined ? [] : [isaMutant('encoding', `${c.name}: bits ${crossed} and ${crossed + 1} crossed`, c, changed({ ...c, bits: bits.with(crossed, high).with(crossed + 1, low) }))]),
  ];
}

function formatMutants(isa: Isa): readonly Mutant[] {
  const formats: readonly Format[] = [...new Map(isa.instructions.map((i) => [i.format.name, i.format])).values()];
  const withFormat = (format: Format, changed: Format) => (all: Isa): Isa => (
    { ...all, instructions: all.instructions.map((i) => (i.format.name === format.name ? { ...i, format: changed } : i)) });
  return formats.flatMap((format) => {
    const { immediate, tinst } = format;
    const signs = immediate === undefined ? [] : [isaMutant('encoding', `format ${format.name}: immediate ${immediate.signed ? 'unsigned' : 'signed'}`, format,
      withFormat(format, { ...format, immediate: { ...immediate, signed: !immediate.signed } }))];
    const shown = tinst === undefined ? [] : mistaken(tinst).map((value) => isaMutant('exception', `format ${format.name}.tinst: ${value.text}`, format, withFormat(format, { ...format, tinst: value })));
    return [...signs, ...shown];
  });
}

/** All mutants of instructions. */
export function instructionMutants(isa: Isa): readonly Mutant[] {
  const operations = isa.instructions.flatMap((i) => operationsOf(i).flatMap(([part, operation, replaced]) =>
    mistaken(operation).map((value) => isaMutant('instruction', `${i.name}.${part}: ${value.text}`, i, put(i, replaced(value))))));
  const modifies = isa.instructions.flatMap((i) => (i.csr === undefined ? [] : [
    isaMutant('instruction', `${i.name}: ${i.csr.modifies ? 'starts from the value read' : 'starts from the stored value'}`, i, put(i, { ...i, csr: { ...i.csr, modifies: !i.csr.modifies } })),
  ]));
  return [...operations, ...modifies, ...isa.instructions.flatMap((i) => [...caseMutants(i), ...memoryMutants(i), ...encodingMutants(i)]), ...isa.compressed.flatMap(compressedMutants), ...formatMutants(isa)];
}
