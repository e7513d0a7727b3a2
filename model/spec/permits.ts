/**
 * Decisions as ordered rows: every case is decided, and every row decides one.
 *
 * The valuations of a table's variables form a box with one axis per variable.
 * Rows cut their own boxes out of what earlier rows left; nothing may remain,
 * and every row must cut something. So the work grows with the rows, not with
 * the number of valuations.
 */
import type { Diagnostic, Span } from './diagnostic.js';
import { type Condition, type Entry, MODES } from './isa.js';
import { type Domain, isModeView } from './variables.js';

/** A row for the purpose of deciding. */
export type Row = Pick<Entry, 'name' | 'span'> & { readonly when: Condition };

/** An independent part of a valuation: a variable, or the mode in its views. */
interface Axis {
  readonly name: string;
  /** How each value reads: `hstatus.VTSR 0`, `mode VS`. */
  readonly labels: readonly string[];
  /** The values, as bits, that a term allows. */
  allowed(term: Condition['terms'][number]): bigint;
}

/** For each axis, the set of values as bits. */
type Box = readonly bigint[];

/**
 * The valuations that no row decides, and the rows that never do.
 *
 * @param label - The table in complaints: `sret`.
 * @param span - Its place.
 * @param domain - The values of each variable that the rows mention.
 */
export function undecided(label: string, span: Span, rows: readonly Row[], domain: (variable: string) => Domain): readonly Diagnostic[] {
  const axes = axesOf(rows, domain);
  const full = axes.map(({ labels }) => (1n << BigInt(labels.length)) - 1n);
  const boxes = rows.map((row) => boxOf(row, axes, full));
  let open: readonly Box[] = [full];
  const diagnostics: Diagnostic[] = [];
  rows.forEach((row, index) => {
    const box = boxes[index] ?? full;
    if (!open.some((part) => meets(part, box))) {
      const earlier = rows.slice(0, index).filter((_, other) => meets(boxes[other] ?? full, box));
      const hiding = rows.slice(0, index).find((_, other) => contains(boxes[other] ?? full, box));
      diagnostics.push(neverFirst(label, row, box, hiding === undefined ? earlier : [hiding]));
    }
    open = open.flatMap((part) => without(part, box));
  });
  const gaps = open.map((box) => describe(box, axes, full));
  return gaps.length === 0 ? diagnostics : [...diagnostics, noRow(label, span, gaps)];
}

function noRow(label: string, span: Span, [gap = '', ...more]: readonly string[]): Diagnostic {
  const others = more.slice(0, 3).map((other) => `; ${other}`).join('');
  const rest = more.length > 3 ? `; and ${more.length - 3} more` : '';
  return { span, message: `${label}: ${gap}: no row decides`, mend: `Add a row for it, or one without \`when\` at the end.${others === '' ? '' : ` Also open${others.replace(/^;/, ':')}${rest}.`}` };
}

function neverFirst(label: string, row: Row, box: Box, earlier: readonly Row[]): Diagnostic {
  if (box.includes(0n)) return { span: row.span, message: `${label}: ${row.name} never matches: its terms exclude each other`, mend: 'V is 1 exactly in VS and VU: correct the terms.' };
  const names = earlier.map(({ name }) => name).join(', ');
  return { span: row.span, message: `${label}: ${row.name} never decides: ${names} ${earlier.length === 1 ? 'hides' : 'hide'} it`, mend: `Move it before ${earlier[0]?.name ?? 'them'}, narrow that, or remove the row.` };
}

function axesOf(rows: readonly Row[], domain: (variable: string) => Domain): readonly Axis[] {
  const mentioned = new Map<string, Set<bigint>>();
  for (const { variable, values } of rows.flatMap(({ when }) => when.terms)) {
    mentioned.set(variable, new Set([...(mentioned.get(variable) ?? []), ...values]));
  }
  const views = [...mentioned.keys()].filter(isModeView);
  const others = [...mentioned].filter(([name]) => !isModeView(name)).map(([name, values]) => axisOf(name, domain(name), [...values]));
  return views.length === 0 ? others : [modeAxis(views), ...others];
}

/** One axis for `mode`, `priv` and `V`: they cannot contradict each other. */
function modeAxis(views: readonly string[]): Axis {
  const modes = Object.entries(MODES).map(([name, value]) => ({ name, mode: value, priv: value & 3n, V: value >> 2n }));
  const label = (one: (typeof modes)[number]): string =>
    views.includes('mode') ? `mode ${one.name}` : views.map((view) => (view === 'V' ? `V ${one.V}` : `priv ${one.priv}`)).join(', ');
  return {
    name: 'mode',
    labels: modes.map(label),
    allowed: ({ variable, values }) => bitSet(modes.map((one) => values.includes(variable === 'V' ? one.V : variable === 'priv' ? one.priv : one.mode))),
  };
}

/** An axis of the values worth telling apart; `another` stands for all others. */
function axisOf(name: string, domain: Domain, mentioned: readonly bigint[]): Axis {
  const known = valuesOf(domain, mentioned);
  const another = domain.legal === undefined && BigInt(known.length) < 1n << BigInt(domain.width);
  const shown = (value: bigint): string => Object.entries(domain.names ?? {}).find(([, one]) => one === value)?.[0] ?? `${value}`;
  return {
    name,
    labels: [...known.map((value) => `${name} ${shown(value)}`), ...(another ? [`${name} another value`] : [])],
    allowed: ({ values }) => bitSet(known.map((value) => values.includes(value))),
  };
}

/** All values of a narrow variable; those that rows mention of a wide one; the legal ones, and what rows mention beside them, of a field that has such. */
function valuesOf({ width, legal }: Domain, mentioned: readonly bigint[]): readonly bigint[] {
  if (legal !== undefined) return [...new Set([...legal, ...mentioned])];
  return width > 2 ? mentioned : Array.from({ length: 1 << width }, (_, value) => BigInt(value));
}

function bitSet(members: readonly boolean[]): bigint {
  return members.reduce((set, member, index) => (member ? set | (1n << BigInt(index)) : set), 0n);
}

function boxOf({ when }: Row, axes: readonly Axis[], full: Box): Box {
  return axes.map((axis, index) => when.terms
    .filter(({ variable }) => variable === axis.name || (axis.name === 'mode' && isModeView(variable)))
    .reduce((set, term) => set & axis.allowed(term), full[index] ?? 0n));
}

function meets(a: Box, b: Box): boolean {
  return a.every((set, index) => (set & (b[index] ?? 0n)) !== 0n);
}

function contains(outer: Box, inner: Box): boolean {
  return inner.every((set, index) => (set & ~(outer[index] ?? 0n)) === 0n);
}

/** What remains of `box` outside `cut`, as boxes that do not meet. */
function without(box: Box, cut: Box): readonly Box[] {
  if (!meets(box, cut)) return [box];
  const pieces: Box[] = [];
  const inside = [...box];
  box.forEach((set, index) => {
    const within = set & (cut[index] ?? 0n);
    if (within !== set) pieces.push(inside.with(index, set & ~within));
    inside[index] = within;
  });
  return pieces;
}

/** One valuation of a box, naming what matters: `mode VS, hstatus.VTSR 0`. */
function describe(box: Box, axes: readonly Axis[], full: Box): string {
  const parts = axes.flatMap(({ labels }, index) => {
    const set = box[index] ?? 0n;
    return set === full[index] ? [] : [labels.find((_, value) => ((set >> BigInt(value)) & 1n) === 1n) ?? ''];
  });
  return parts.length === 0 ? 'any case' : parts.join(', ');
}
