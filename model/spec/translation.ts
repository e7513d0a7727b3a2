/**
 * Address translation: schemes, stages, whose tables an access uses, and what
 * a page-table entry means for it.
 */
import type { Context } from './context.js';
import type { Declared } from './declarations.js';
import type { Span } from './diagnostic.js';
import {
  type Csr, ENTRY_OUTCOMES, type EntryField, type EntryOutcome, type EntryRow, type Origin, ORIGINS, type Scheme, STAGE_FAULTS, STAGES,
  type StageName, type Translation, type TranslationStage, type Variable,
} from './isa.js';
import { suggestion } from './nearest.js';
import { bits, closed, integer, listOf, type Located, oneOf, operation, small, word } from './shape.js';
import { buildDecision, ROW_KEYS, type RawRow } from './tables.js';
import { buildVariables, type Domain, VariableSpace } from './variables.js';

const SCHEME = closed({ mode: integer, levels: small, rules: listOf(word).exactOptional() });
const STAGE = closed({
  register: word, space: word.exactOptional(), widened: small, above: oneOf(['sign', 'zero']), fault: oneOf(STAGE_FAULTS),
  user: operation, sum: operation, mxr: operation, adue: operation, pbmte: operation, rules: listOf(word).exactOptional(),
});
const ORIGIN = closed({ V: operation, privilege: operation, rules: listOf(word).exactOptional() });
const ROW = closed({ ...ROW_KEYS, then: oneOf(ENTRY_OUTCOMES) });

const STAGE_NAMES: readonly StageName[] = ['S', 'VS', 'G'];
/** A table has 512 entries of 8 bytes in a page of 4096. */
const INDEX_BITS = 9;
const OFFSET_BITS = 12;
/** The widest address that a scheme may have, widened or not. */
const ADDRESS_BITS = 63;
/** Fields that the walker itself uses. */
const WALKED: Readonly<Record<string, number>> = { PPN: 44, A: 1, D: 1, N: 1 };

/** Translation as the files describe it; nothing if they do not, or an essential part is missing. */
export function buildTranslation(context: Context, csrs: ReadonlyMap<string, Csr>): Translation | undefined {
  const { declarations } = context;
  const rows = declarations.of('settings').get('pte');
  if (rows === undefined && declarations.of('stages').size === 0) return undefined;
  const schemes = context.build('schemes', (declared) => buildScheme(declared, context));
  const stages = context.build('stages', (declared) => buildStage(declared, [...schemes.values()], csrs, context));
  const origins = context.build('origins', (declared) => buildOrigin(declared, context));
  const fields = context.build('pte_fields', (declared) => buildField(declared, 64, WALKED, context));
  const variables = buildVariables(context, 'pte_variables');
  const table = rows && buildTable(rows, fields, variables, csrs, context);
  const guests = (['VS', 'G'] as const).some((name) => declarations.of('stages').has(name));
  const expected = [
    ...['fetch', 'self', ...(guests ? ['guest'] : [])].map((name) => ['origins', name] as const),
    ...['S', ...(guests ? ['VS', 'G'] : [])].map((name) => ['stages', name] as const),
    ...Object.keys(WALKED).map((name) => ['pte_fields', name] as const),
  ];
  const missing = expected.filter(([section, name]) => !declarations.of(section).has(name)).map((path) => path.join('.'));
  const place = placeOf(rows, context);
  for (const name of [...missing, ...(rows === undefined ? ['pte'] : [])]) {
    if (place !== undefined && context.complete) context.report.add(place, `translation: ${name} is missing`, 'Add it under `translation:` in isa/translation.yaml.');
  }
  if (table === undefined) return undefined;
  return {
    schemes: [...schemes.values()], stages: [...stages.values()], origins: [...origins.values()],
    fields: [...fields.values()], variables: [...variables.values()], rows: table,
  };
}

/** For complaints about what is not there. */
function placeOf(rows: Declared | undefined, { declarations }: Context): Span | undefined {
  return rows?.key.span ?? [...declarations.of('stages').values()][0]?.key.span;
}

function buildScheme(declared: Declared, context: Context): Scheme | undefined {
  const { label, key } = declared;
  context.wellNamed(key, /^[A-Z][A-Za-z0-9]*$/, label, 'Sv39');
  const raw = context.read(SCHEME, declared.node, label);
  if (raw === undefined) return undefined;
  const { mode, levels } = raw;
  if (mode.value < 1n || mode.value > 15n) context.report.add(mode.span, `${label}: the MODE ${mode.value} is not 1 to 15`, 'MODE has four bits, and 0 is Bare.');
  if (levels.value < 1 || levels.value > 5) context.report.add(levels.span, `${label}: ${levels.value} levels`, 'A scheme has 1 to 5 levels of tables.');
  return { ...context.entry(declared, raw.rules), mode: mode.value, levels: levels.value };
}

function buildStage(declared: Declared, schemes: readonly Scheme[], csrs: ReadonlyMap<string, Csr>, context: Context): TranslationStage | undefined {
  const { label, key } = declared;
  const name = STAGE_NAMES.find((one) => one === key.text);
  if (name === undefined) context.complain(key, `stages: there is no stage ${key.text}`, `Stages are ${Object.keys(STAGES).join(', ')}.`);
  const raw = context.read(STAGE, declared.node, `stage ${label}`);
  if (raw === undefined || name === undefined) return undefined;
  const { register, space, widened, above, fault, rules, ...state } = raw;
  if (context.refers('csrs', register, 'CSR', `stage ${label}`)) checkRegister(csrs.get(register.text), register.span, schemes, label, context);
  const fields = csrs.get(register.text)?.fields.map((field) => field.name);
  if (space !== undefined && fields?.includes(space.text) === false) context.complain(space, `stage ${label}: ${register.text} has no field ${space.text}`, suggestion(space.text, fields, `Its fields are: ${fields.join(', ')}.`));
  for (const scheme of schemes) {
    const width = OFFSET_BITS + INDEX_BITS * scheme.levels + widened.value;
    if (width > ADDRESS_BITS) context.report.add(widened.span, `stage ${label}: an address of ${scheme.name} would have ${width} bits`, `Addresses have at most ${ADDRESS_BITS}.`);
  }
  return { ...context.entry(declared, rules), name, register: register.text, ...(space && { space: space.text }), widened: widened.value, above: above.value, fault: fault.value, ...state };
}

/** The register has MODE and PPN where the walker looks for them, and can hold no MODE without a scheme. */
function checkRegister(csr: Csr | undefined, span: Span, schemes: readonly Scheme[], label: string, context: Context): void {
  if (csr === undefined) return;
  const width = (name: string): number => {
    const found = csr.fields.find((field) => field.name === name);
    return found === undefined ? 0 : found.bits.high - found.bits.low + 1;
  };
  if (width('MODE') !== 4 || width('PPN') !== WALKED['PPN']) context.report.add(span, `stage ${label}: ${csr.name} lacks a field MODE of 4 bits or PPN of ${WALKED['PPN']}`, 'Name satp, vsatp or hgatp, or give the CSR these fields.');
  const mode = csr.fields.find((field) => field.name === 'MODE')?.source;
  const legal = mode?.kind === 'stored' ? mode.legal : undefined;
  const orphans = (legal ?? []).filter((value) => value !== 0n && !schemes.some((scheme) => scheme.mode === value));
  if (orphans.length > 0) context.report.add(span, `stage ${label}: ${csr.name}.MODE can be ${orphans.join(', ')}, which no scheme has`, 'Add the scheme under `schemes:`, or take the value out of `legal:`.');
}

function buildOrigin(declared: Declared, context: Context): Origin | undefined {
  const { label, key } = declared;
  const name = ORIGINS.find((one) => one === key.text);
  if (name === undefined) context.complain(key, `origins: there is no origin ${key.text}`, `Origins of accesses are ${ORIGINS.join(', ')}.`);
  const raw = context.read(ORIGIN, declared.node, `origin ${label}`);
  return raw && name && { ...context.entry(declared, raw.rules), name, V: raw.V, privilege: raw.privilege };
}

/** A field of an entry or configuration; the hardware relies on the widths of some. */
export function buildField({ key, node, label }: Declared, size: number, widths: Readonly<Record<string, number>>, context: Context): EntryField | undefined {
  context.wellNamed(key, /^[A-Z][A-Za-z]*$/, label, 'PPN');
  const range = context.read(bits, node, `field ${label}`);
  if (range === undefined) return undefined;
  const { value, span } = range;
  const expected = widths[key.text];
  if (value.high >= size) context.report.add(span, `field ${label}: there are only ${size} bits`, `Name bits ${size - 1} to 0.`);
  if (expected !== undefined && value.high - value.low + 1 !== expected) context.report.add(span, `field ${label}: has ${expected} bit${expected === 1 ? '' : 's'}`, 'The hardware relies on it.');
  return { name: key.text, bits: value };
}

function buildTable(
  declared: Declared, fields: ReadonlyMap<string, EntryField>, variables: ReadonlyMap<string, Variable>, csrs: ReadonlyMap<string, Csr>, context: Context,
): readonly EntryRow[] | undefined {
  const own = new Map<string, Domain>([
    ...[...fields.values()].map(({ name, bits: { high, low } }) => [`pte.${name}`, { width: high - low + 1 }] as const),
    ...[...variables.values()].map(({ name, width }) => [name, { width }] as const),
  ]);
  const space = new VariableSpace(context, csrs, variables, own);
  return buildDecision(declared, ROW, ({ then }: RawRow & { readonly then: Located<EntryOutcome> }) => ({ then: then.value }), { context, space, use: 'pte' });
}
