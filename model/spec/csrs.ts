/**
 * CSRs and their fields.
 */
import { type AliasTarget, checkAliases, resolveAliasBits } from './aliases.js';
import type { Context } from './context.js';
import type { Declared } from './declarations.js';
import { extensionNames } from './hart.js';
import type { BitRange, Csr, CsrField } from './isa.js';
import type { Text } from './node.js';
import { anyMapping, bits, bool, closed, integer, listOf, type Located, oneOf, operation, small, word } from './shape.js';
import type { z } from 'zod';

const CSR = closed({
  address: small,
  fields: anyMapping,
  substitutes: word.exactOptional(),
  permit: word.exactOptional(),
  writeIf: operation.exactOptional(),
  counts: closed({ what: oneOf(['cycles', 'retired', 'events']), event: word.exactOptional(), inhibit: operation }).exactOptional(),
  rules: listOf(word).exactOptional(),
});

const FIELD = closed({
  bits: bits.exactOptional(),
  legal: listOf(integer).exactOptional(),
  writable: integer.exactOptional(),
  reset: integer.exactOptional(),
  read: operation.exactOptional(),
  value: integer.exactOptional(),
  alias: word.exactOptional(),
  visible: operation.exactOptional(),
  readonly: bool.exactOptional(),
  computed: operation.exactOptional(),
  writeIf: operation.exactOptional(),
  with: listOf(word).exactOptional(),
  rules: listOf(word).exactOptional(),
});

type RawCsr = z.output<typeof CSR>;
type RawField = z.output<typeof FIELD>;

/** A field as written, before its bits are known. */
interface DraftField {
  readonly key: Text;
  readonly raw: RawField;
}

interface Draft {
  readonly declared: Declared;
  readonly raw: RawCsr;
  readonly fields: readonly DraftField[];
}

/** All CSRs by name; ranges are expanded. */
export function buildCsrs(context: Context): ReadonlyMap<string, Csr> {
  const drafts = context.build('csrs', (declared) => draft(declared, context));
  const targets = aliasTargets(drafts);
  checkAliases(targets, context);
  const csrs = new Map([...drafts].map(([name, it]) => [name, buildCsr(it, targets, context)]));
  checkAddresses(drafts, context);
  return csrs;
}

function draft(declared: Declared, context: Context): Draft | undefined {
  const { label } = declared;
  if (declared.range === undefined) context.wellNamed(declared.key, /^[a-z][a-z0-9]*$/, label, 'status');
  const raw = context.read(CSR, declared.node, label);
  if (raw === undefined) return undefined;
  const fields = raw.fields.entries.flatMap(({ key, value }): DraftField[] => {
    context.wellNamed(key, /^[A-Za-z][A-Za-z0-9_]*$/, label, 'MODE, or all for the whole CSR');
    const field = context.read(FIELD, value, `${label}.${key.text}`);
    return field === undefined ? [] : [{ key, raw: field }];
  });
  return { declared, raw, fields };
}

/** The fields that aliases lead from and to, by `csr.FIELD`. */
function aliasTargets(drafts: ReadonlyMap<string, Draft>): ReadonlyMap<string, AliasTarget> {
  return new Map([...drafts].flatMap(([csr, { declared, fields }]) => fields.map(({ key, raw }) => {
    const of = raw.alias && { name: withNumber(raw.alias.text, declared), span: raw.alias.span };
    return [`${csr}.${key.text}`, { name: `${csr}.${key.text}`, key, ...(raw.bits && { bits: raw.bits.value }), ...(of && { of }) }] as const;
  })));
}

/** In a range of CSRs, `[n]` in an alias is the number: `mhpmcounter[n].all`. */
function withNumber(text: string, { range }: Declared): string {
  return range === undefined ? text : text.replace('[n]', String(range.number));
}

function buildCsr({ declared, raw, fields }: Draft, targets: ReadonlyMap<string, AliasTarget>, context: Context): Csr {
  const { label } = declared;
  if (raw.substitutes !== undefined) context.refers('csrs', raw.substitutes, 'CSR', label);
  if (raw.permit !== undefined) context.refers('permits', raw.permit, 'permit table', label);
  const built = fields.flatMap(({ key, raw: field }): CsrField[] => {
    const range = bitsOf(key, field, declared, targets, context);
    return range === undefined ? [] : [buildField(key, field, range, declared, context)];
  });
  checkOverlaps(built, label, context);
  return {
    ...context.entry(declared, raw.rules),
    address: raw.address.value + (declared.range?.offset ?? 0),
    fields: built,
    ...(raw.substitutes && { substitutes: raw.substitutes.text }),
    ...(raw.permit && { permit: raw.permit.text }),
    ...(raw.writeIf && { writeIf: raw.writeIf }),
    ...countingOf(raw, declared, context),
  };
}

function countingOf({ counts }: RawCsr, { key, label }: Declared, context: Context): Pick<Csr, 'counts'> {
  if (counts === undefined) return {};
  const { what: { value: what }, event, inhibit } = counts;
  if (what !== 'events') {
    if (event !== undefined) context.complain(event, `${label}: counts ${what}, and an event`, 'Remove `event`, or write `what: events`.');
    return { counts: { what, inhibit } };
  }
  if (event !== undefined) return { counts: { what, event: event.text, inhibit } };
  context.complain(key, `${label}: counts events, but nothing says which`, 'Add the field that selects one: `event: mhpmevent3.EVENT`.');
  return {};
}

/** A field's own bits, or those of the field it is an alias of. */
function bitsOf(key: Text, raw: RawField, declared: Declared, targets: ReadonlyMap<string, AliasTarget>, context: Context): BitRange | undefined {
  const label = `${declared.label}.${key.text}`;
  if (raw.bits !== undefined) {
    const { value, span } = raw.bits;
    if (value.high > 63) context.report.add(span, `${label}: bit ${value.high} is beyond bit 63`, 'CSRs have bits 63 to 0.');
    return value;
  }
  if (raw.alias !== undefined) return resolveAliasBits(`${declared.name}.${key.text}`, targets);
  context.complain(key, `${label}: bits is missing`, 'Add `bits: 12-11`; only an alias can go without, it has those of the field it stands for.');
  return undefined;
}

function buildField(key: Text, raw: RawField, range: BitRange, declared: Declared, context: Context): CsrField {
  const label = `${declared.label}.${key.text}`;
  checkKind(key, raw, label, context);
  const rules = context.rules.cite(raw.rules ?? [], label);
  return { name: key.text, span: key.span, rules, bits: range, source: sourceOf(raw, range, declared, label, context) };
}

function sourceOf(raw: RawField, range: BitRange, declared: Declared, label: string, context: Context): CsrField['source'] {
  if (raw.with?.some(({ text }) => !extensionNames(context).has(text)) === true) return { kind: 'constant', value: 0n };
  const fit = (number: Located<bigint>): bigint => fitting(number, range, label, context);
  if (raw.value !== undefined) return { kind: 'constant', value: fit(raw.value) };
  if (raw.computed !== undefined) return { kind: 'computed', read: raw.computed };
  if (raw.alias !== undefined) return { kind: 'alias', of: withNumber(raw.alias.text, declared), readonly: raw.readonly ?? false, ...(raw.visible && { visible: raw.visible }) };
  const reset = raw.reset === undefined ? 0n : fit(raw.reset);
  const legal = raw.legal?.map(fit);
  if (legal !== undefined && raw.legal !== undefined && !legal.includes(reset)) {
    const at = raw.reset ?? raw.legal[0];
    if (at !== undefined) context.report.add(at.span, `${label}: resets to ${reset}, which is not legal`, `Add ${reset} to \`legal\`, or \`reset: ${legal.join('` or `reset: ')}\`.`);
  }
  return { kind: 'stored', reset, writable: raw.writable === undefined ? ones(range) : fit(raw.writable), ...(legal && { legal }), ...(raw.read && { read: raw.read }), ...(raw.writeIf && { writeIf: raw.writeIf }) };
}

/** Exactly one of stored, constant, alias, computed: keys of one kind do not go with another. */
function checkKind(key: Text, raw: RawField, label: string, context: Context): void {
  const kinds = (['value', 'alias', 'computed'] as const).filter((kind) => raw[kind] !== undefined);
  const [kind, other] = kinds;
  if (kind !== undefined && other !== undefined) context.complain(key, `${label}: has both ${kind} and ${other}`, 'A field is a constant (`value`), an alias (`alias`), computed (`computed`), or else stored: keep one.');
  const ofStored = (['legal', 'writable', 'reset', 'read', 'writeIf'] as const).find((name) => raw[name] !== undefined);
  if (kind !== undefined && ofStored !== undefined) context.complain(key, `${label}: ${ofStored} does nothing beside ${kind}`, `\`${ofStored}\` is for stored fields: remove it, or \`${kind}\`.`);
  const ofAlias = (['visible', 'readonly'] as const).find((name) => raw[name] !== undefined);
  if (raw.alias === undefined && ofAlias !== undefined) context.complain(key, `${label}: ${ofAlias} does nothing without alias`, `\`${ofAlias}\` is for aliases: remove it, or add \`alias: csr.FIELD\`.`);
}

function ones({ high, low }: BitRange): bigint {
  return (1n << BigInt(high - low + 1)) - 1n;
}

function fitting({ value, span }: Located<bigint>, range: BitRange, label: string, context: Context): bigint {
  const width = range.high - range.low + 1;
  if (value > ones(range)) context.report.add(span, `${label}: ${value} does not fit into ${width} bit${width === 1 ? '' : 's'}`, `The largest value is ${ones(range)}; check the value and \`bits\`.`);
  return value;
}

function checkOverlaps(fields: readonly CsrField[], label: string, context: Context): void {
  fields.forEach((field, index) => {
    const other = fields.slice(0, index).find(({ bits }) => bits.low <= field.bits.high && field.bits.low <= bits.high);
    if (other === undefined) return;
    const shared = { high: Math.min(field.bits.high, other.bits.high), low: Math.max(field.bits.low, other.bits.low) };
    const which = shared.high === shared.low ? `bit ${shared.high}` : `bits ${shared.high}-${shared.low}`;
    context.report.add(field.span, `${label}: the fields ${other.name} and ${field.name} overlap in ${which}`, `Every bit belongs to one field at most: correct the bits of ${other.name} or ${field.name}.`);
  });
}

function checkAddresses(drafts: ReadonlyMap<string, Draft>, context: Context): void {
  const holders = new Map<number, string>();
  for (const [name, { declared, raw }] of drafts) {
    const address = raw.address.value + (declared.range?.offset ?? 0);
    const hex = `0x${address.toString(16)}`;
    const holder = holders.get(address);
    if (address > 0xfff) context.report.add(raw.address.span, `${declared.label}: the address ${hex} has more than 12 bits`, 'CSR addresses are 0 to 0xfff.');
    else if (holder !== undefined) context.report.add(raw.address.span, `${declared.label}: ${holder} has the address ${hex} already`, `Give ${name} or ${holder} another address.`);
    else holders.set(address, name);
  }
}
