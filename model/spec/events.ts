/**
 * `events` of hart.yaml: the numbers by which programmable counters are told
 * what to count (mhpmevent_op).
 */
import type { Context } from './context.js';
import { EVENTS, type Csr, type EventName } from './isa.js';
import { anyMapping, oneOf, small } from './shape.js';

/** The most that a selector of 8 bits can name. */
const LAST = 255;

/** The events by number; none where hart.yaml has none. */
export function buildEvents(context: Context): ReadonlyMap<number, EventName> {
  const found = new Map<number, EventName>();
  const declared = context.declarations.of('settings').get('events');
  const mapping = declared && context.read(anyMapping, declared.node, declared.label);
  for (const { key, value } of mapping?.entries ?? []) {
    const label = `events.${key.text}`;
    const number = context.read(small, key, label);
    const event = context.read(oneOf(EVENTS), value, label);
    if (number === undefined || event === undefined) continue;
    const other = [...found].find(([, name]) => name === event.value);
    if (number.value < 1 || number.value > LAST) context.complain(key, `${label}: events have the numbers 1 to ${LAST}`, 'Write another number: 0 selects no event (mhpmevent_enc).');
    else if (other !== undefined) context.report.add(event.span, `${label}: ${event.value} has the number ${other[0]} already`, 'Remove one of them.');
    else found.set(number.value, event.value);
  }
  return found;
}

/** Complains where a counter's selector is none, or cannot hold the number of an event. */
export function checkSelectors(csrs: ReadonlyMap<string, Csr>, events: ReadonlyMap<number, EventName>, { report }: Context): void {
  for (const { name, span, counts } of csrs.values()) {
    if (counts?.what !== 'events') continue;
    const [csr = '', field = ''] = counts.event.split('.');
    const source = csrs.get(csr)?.fields.find((f) => f.name === field)?.source;
    if (source?.kind !== 'stored') {
      report.add(span, `${name}: ${counts.event} selects what it counts, but stores nothing`, 'Name a field that stores a number: `event: mhpmevent3.EVENT`.');
      continue;
    }
    const { legal = [] } = source;
    const missing = [...events.keys()].filter((number) => !legal.includes(BigInt(number)));
    if (missing.length > 0) report.add(span, `${name}: ${counts.event} cannot hold the events ${missing.join(', ')}`, `Add the numbers to \`legal\` of ${counts.event}, with 0 for none, or remove the events from hart.yaml.`);
  }
}
