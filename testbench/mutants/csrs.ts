/** Mutants of CSRs: substitution, aliases, WARL rules, counters, reset values. */
import type { Csr, CsrField, Isa } from '../../model/spec/isa.js';
import { isaMutant, type Kind, type Mutant } from './mutant.js';
import { mistaken } from './operations.js';

type Source = CsrField['source'];
type Stored = Extract<Source, { readonly kind: 'stored' }>;
type Alias = Extract<Source, { readonly kind: 'alias' }>;

const ones = ({ high, low }: CsrField['bits']): bigint => (1n << BigInt(high - low + 1)) - 1n;
const hex = (v: bigint): string => `0x${v.toString(16)}`;
/** Of a family of like registers, the first stands for all. */
const isRepeated = ({ name }: Csr): boolean => /^m?hpm(counter|event)([89]|\d\d)$/.test(name);

const put = (csr: Csr, changed: Csr) => (isa: Isa): Isa => ({ ...isa, csrs: isa.csrs.map((c) => (c.name === csr.name ? changed : c)) });

function fieldMutant(kind: Kind, csr: Csr, field: CsrField, what: string, source: Source | undefined): Mutant {
  const fields = csr.fields.flatMap((f) => (f !== field ? [f] : source === undefined ? [] : [{ ...f, source }]));
  return isaMutant(kind, `${csr.name}.${field.name}: ${what}`, { span: field.span, rules: [...csr.rules, ...field.rules] }, put(csr, { ...csr, fields }));
}

/** Legal values and writable bits, more and fewer. */
function storedMutants(csr: Csr, field: CsrField, source: Stored): readonly Mutant[] {
  const mutant = (what: string, changed: Source): Mutant => fieldMutant('warl', csr, field, what, changed);
  const found: Mutant[] = [mutant('never written', { ...source, writable: 0n })];
  if (source.legal !== undefined) {
    const { legal, ...rest } = source;
    found.push(mutant('any value is legal', rest));
    const outside = Array.from({ length: Math.min(64, Number(ones(field.bits)) + 1) }, (_, i) => BigInt(i)).find((v) => !legal.includes(v));
    if (outside !== undefined) found.push(mutant(`${outside} is legal, too`, { ...source, legal: [...legal, outside] }));
    legal.forEach((value, i) => found.push(mutant(`${value} is not legal`, { ...source, legal: legal.toSpliced(i, 1) })));
  }
  const all = ones(field.bits);
  if (source.writable !== all) found.push(mutant('all bits writable', { ...source, writable: all }));
  if (all > 1n) {
    for (let bit = 1n; bit <= all; bit <<= 1n) {
      const inMask = (source.writable & bit) !== 0n;
      // Of a field without a mask, its ends stand for all.
      if (source.writable === all && bit !== 1n && bit << 1n <= all) continue;
      if (source.writable !== all || inMask) found.push(mutant(`${hex(bit)} ${inMask ? 'not ' : ''}writable`, { ...source, writable: source.writable ^ bit }));
    }
  }
  if (source.read !== undefined) for (const read of mistaken(source.read)) found.push(mutant(`reads ${read.text}`, { ...source, read }));
  if (source.writeIf !== undefined) {
    const { writeIf, ...rest } = source;
    found.push(mutant('written always', rest), ...mistaken(writeIf).map((value) => mutant(`written if ${value.text}`, { ...source, writeIf: value })));
  }
  return found;
}

function aliasMutants(csr: Csr, field: CsrField, source: Alias): readonly Mutant[] {
  const mutant = (what: string, changed: Source | undefined): Mutant => fieldMutant('alias', csr, field, what, changed);
  const { visible, ...rest } = source;
  const shown = visible === undefined ? [] : [mutant('visible always', rest), ...mistaken(visible).map((v) => mutant(`visible by ${v.text}`, { ...source, visible: v }))];
  return [...shown, mutant(source.readonly ? 'writable' : 'readonly', { ...source, readonly: !source.readonly }), mutant('absent', undefined)];
}

function fieldMutants(csr: Csr, field: CsrField): readonly Mutant[] {
  const { source } = field;
  switch (source.kind) {
    case 'stored':
      return storedMutants(csr, field, source);
    case 'constant':
      return [fieldMutant('warl', csr, field, `reads ${hex(source.value ^ 1n)}`, { ...source, value: source.value ^ 1n }),
        ...(ones(field.bits) === 1n || source.value === ones(field.bits) ? [] : [fieldMutant('warl', csr, field, 'reads all ones', { ...source, value: ones(field.bits) })])];
    case 'alias':
      return aliasMutants(csr, field, source);
    case 'computed':
      return mistaken(source.read).map((read) => fieldMutant('alias', csr, field, `reads ${read.text}`, { ...source, read }));
  }
}

/** What a counter could be mistaken to count. */
function otherCounts(counts: NonNullable<Csr['counts']>): readonly NonNullable<Csr['counts']>[] {
  const { inhibit } = counts;
  if (counts.what !== 'events') return [{ what: counts.what === 'cycles' ? 'retired' : 'cycles', inhibit }];
  // The selector of the counter in front, or of the one behind.
  const other = counts.event.replace(/\d+/, (number) => String(Number(number) % 2 === 0 ? Number(number) - 1 : Number(number) + 1));
  return [{ ...counts, event: other }, { what: 'retired', inhibit }];
}

function wholeMutants(csr: Csr): readonly Mutant[] {
  const found: Mutant[] = [];
  const add = (kind: Kind, what: string, changed: Csr): number => found.push(isaMutant(kind, `${csr.name}: ${what}`, csr, put(csr, changed)));
  const { substitutes, writeIf, counts, ...rest } = csr;
  const others = { ...(substitutes === undefined ? {} : { substitutes }), ...(writeIf === undefined ? {} : { writeIf }), ...(counts === undefined ? {} : { counts }) };
  if (substitutes !== undefined) {
    const { substitutes: _lost, ...left } = others;
    add('substitution', `does not stand in for ${substitutes}`, { ...rest, ...left });
  }
  if (writeIf !== undefined) {
    const { writeIf: _lost, ...left } = others;
    add('warl', 'written always', { ...rest, ...left });
    for (const value of mistaken(writeIf)) add('warl', `written if ${value.text}`, { ...csr, writeIf: value });
  }
  if (counts !== undefined) {
    const { counts: _lost, ...left } = others;
    add('counter', 'does not count', { ...rest, ...left });
    for (const other of otherCounts(counts)) add('counter', `counts ${other.what === 'events' ? `what ${other.event} selects` : other.what}`, { ...csr, counts: other });
    add('counter', 'is never inhibited', { ...csr, counts: { ...counts, inhibit: { ...counts.inhibit, text: '0' } } });
  }
  const stored = csr.fields.find((f) => f.source.kind === 'stored');
  if (stored?.source.kind === 'stored') {
    const { source } = stored;
    const fields = csr.fields.map((f) => (f === stored ? { ...f, source: { ...source, reset: source.reset ^ 1n } } : f));
    add('reset', `${stored.name} resets to ${source.reset ^ 1n}`, { ...csr, fields });
  }
  return found;
}

/** A substitution that goes to another register. */
function crossedSubstitutions(isa: Isa): readonly Mutant[] {
  const list = isa.csrs.filter((c) => c.substitutes !== undefined);
  return list.slice(1).map((csr, i) => {
    const before = list[i];
    return isaMutant('substitution', `${csr.name}: exchanges its place with ${before?.name ?? ''}`, csr, (all) => ({
      ...all,
      csrs: all.csrs.map((c) => {
        const other = c.name === csr.name ? before?.substitutes : c.name === before?.name ? csr.substitutes : undefined;
        return other === undefined ? c : { ...c, substitutes: other };
      }),
    }));
  });
}

/** All mutants of CSRs. */
export function csrMutants(isa: Isa): readonly Mutant[] {
  const kept = isa.csrs.filter((c) => !isRepeated(c));
  return [...kept.flatMap((csr) => [...wholeMutants(csr), ...csr.fields.flatMap((f) => fieldMutants(csr, f))]), ...crossedSubstitutions(isa)];
}
