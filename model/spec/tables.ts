/**
 * Permit tables, and tables of rows in general.
 */
import type { z } from 'zod';
import { buildCondition, type Conditions } from './conditions.js';
import type { Declared } from './declarations.js';
import type { Condition, Entry, Permission, PermitTable } from './isa.js';
import { List, type Mapping, type Node, type Text } from './node.js';
import { undecided } from './permits.js';
import { anyMapping, closed, listOf, type Located, oneOf, word } from './shape.js';
import type { Span } from './diagnostic.js';

/** Keys that every row has. */
export const ROW_KEYS = { id: word, when: anyMapping.exactOptional(), rules: listOf(word).exactOptional() } as const;

/** The same as read. */
export interface RawRow {
  readonly id: Text;
  readonly when?: Mapping;
  readonly rules?: readonly Text[];
}

const PERMISSIONS = ['allow', 'illegal', 'virtual'] as const satisfies readonly Permission[];
const PERMIT_ROW = closed({ ...ROW_KEYS, then: oneOf(PERMISSIONS) });

/** All permit tables by name. */
export function buildPermits(conditions: Conditions): ReadonlyMap<string, PermitTable> {
  const { context } = conditions;
  return context.build('permits', (declared): PermitTable | undefined => {
    context.wellNamed(declared.key, /^[a-z][a-z0-9_]*$/, declared.label, 'guest_fence');
    const rows = buildDecision(declared, PERMIT_ROW, ({ then }: RawRow & { readonly then: Located<Permission> }) => ({ then: then.value }), conditions);
    return rows && { ...context.entry(declared, undefined, true), rows };
  });
}

/** Rows that decide something: read, checked to be total, and each to decide some case. */
export function buildDecision<Raw extends RawRow, More extends object>(
  declared: Declared, schema: z.ZodType<Raw>, more: (raw: Raw, label: string) => More, conditions: Conditions,
): readonly (Entry & { readonly when: Condition } & More)[] | undefined {
  const { label, node, key, extension } = declared;
  return buildRows({ label, node, span: key.span, extension }, schema, more, conditions);
}

/** Where rows stand. */
export interface RowsPlace {
  readonly label: string;
  readonly node: Node;
  readonly span: Span;
  readonly extension: string;
}

/** As `buildDecision`, for rows inside another entry. */
export function buildRows<Raw extends RawRow, More extends object>(
  { label, node, span, extension }: RowsPlace, schema: z.ZodType<Raw>, more: (raw: Raw, label: string) => More, conditions: Conditions,
): readonly (Entry & { readonly when: Condition } & More)[] | undefined {
  const { context, space, use } = conditions;
  if (!(node instanceof List)) {
    context.report.add(node.span, `${label}: a list of rows stands here`, 'Write lines `- { id: ..., when: { ... }, ... }`.');
    return undefined;
  }
  let sound = true;
  const rows = node.items.flatMap((item) => {
    const raw = context.read(schema, item, label);
    if (raw === undefined) {
      sound = false;
      return [];
    }
    const { sound: understood, terms } = buildCondition(raw.when, `${label}: ${raw.id.text}`, conditions);
    sound &&= understood;
    return [{ ...context.row(raw.id, raw.rules, extension, label), when: { terms }, ...more(raw, `${label}: ${raw.id.text}`) }];
  });
  context.distinct(rows, label);
  if (!sound) return rows;
  for (const { span: at, message, mend } of undecided(label, span, rows, (name) => space.domain(name, use) ?? { width: 1 })) context.report.add(at, message, mend);
  return rows;
}
