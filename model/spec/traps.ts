/**
 * Exceptions, interrupts, who takes them, and what taking them writes.
 */
import { buildUpdates, type Conditions, NEXT } from './conditions.js';
import type { Context } from './context.js';
import type { Declared } from './declarations.js';
import type { Span } from './diagnostic.js';
import {
  type DelegationRow, type Exception, type Interrupt, type InterruptLevel, type Timer, TRANSLATION_SOURCES, TRAP_SOURCES, type TrapEntry, type Traps, type TrapSource,
} from './isa.js';
import { startOf } from './node.js';
import { anyMapping, closed, listOf, type Located, oneOf, operation, small, word } from './shape.js';
import { buildDecision, ROW_KEYS, type RawRow } from './tables.js';

const TRAP_MODES = ['M', 'HS', 'VS'] as const;
type TrapMode = (typeof TRAP_MODES)[number];

const EXCEPTION = closed({
  code: small, source: oneOf([...TRAP_SOURCES, ...TRANSLATION_SOURCES, 'none']), because: word.exactOptional(),
  tval: operation, tval2: operation.exactOptional(), gva: operation, tinst: operation, rules: listOf(word).exactOptional(),
});
const INTERRUPT = closed({ code: small, guestCode: small.exactOptional(), rules: listOf(word).exactOptional() });
const LEVEL = closed({ mode: oneOf(TRAP_MODES), pending: operation, enabled: operation, order: listOf(word), rules: listOf(word).exactOptional() });
const DELEGATION_ROW = closed({ ...ROW_KEYS, then: oneOf(TRAP_MODES) });
const TIMER = closed({ time: operation, compare: operation, wakes: operation, rules: listOf(word).exactOptional() });
const ENTRY = closed({ next: NEXT, update: anyMapping, rules: listOf(word).exactOptional() });

/** The traps of all files together; nothing if an essential part is missing. */
export function buildTraps(conditions: Conditions): Traps | undefined {
  const { context } = conditions;
  const exceptions = context.build('exceptions', (declared) => buildException(declared, context));
  const interrupts = context.build('interrupts', (declared) => buildInterrupt(declared, context));
  const entry = context.build('entry', (declared) => buildEntry(declared, context));
  const timers = context.build('timers', (declared) => buildTimer(declared, context));
  checkExceptions([...exceptions.values()], context);
  checkCodes('interrupt', [...interrupts.values()], context);
  const priority = setting('priority', context, (declared) => buildPriority(declared, context));
  const levels = setting('levels', context, (declared) => buildLevels(declared, context));
  const delegation = setting('delegation', context, (declared) => buildDelegation(declared, conditions));
  const wake = setting('wake', context, ({ node }) => context.read(operation, node, 'wake'));
  checkTaken(levels ?? [], context);
  checkEntries(levels ?? [], delegation ?? [], context);
  if (priority === undefined || levels === undefined || delegation === undefined || wake === undefined) return undefined;
  return { exceptions: [...exceptions.values()], interrupts: [...interrupts.values()], entry: [...entry.values()], timers: [...timers.values()], priority, levels, delegation, wake };
}

/** A part of `traps:` that must be there exactly once. */
function setting<T>(name: string, context: Context, build: (declared: Declared) => T | undefined): T | undefined {
  const declared = context.declarations.of('settings').get(name);
  if (declared !== undefined) return build(declared);
  if (context.complete) context.report.add(placeOfTraps(context), `traps: ${name} is missing`, `Add \`${name}:\` under \`traps:\` in isa/traps.yaml.`);
  return undefined;
}

/** Where the traps are defined, for complaints about what is not there. */
function placeOfTraps(context: Context): Span {
  for (const section of ['exceptions', 'interrupts', 'entry'] as const) {
    for (const { key } of context.declarations.of(section).values()) return startOf(key.span.file);
  }
  return startOf({ path: 'isa/traps.yaml', text: '' });
}

function buildException(declared: Declared, context: Context): Exception | undefined {
  const { label, key } = declared;
  context.wellNamed(key, /^[a-z][a-z0-9_]*$/, label, 'load_fault');
  const raw = context.read(EXCEPTION, declared.node, label);
  if (raw === undefined) return undefined;
  const { because, tval, tval2, gva, tinst } = raw;
  const source = raw.source.value;
  if (source === 'none' && because === undefined) context.complain(key, `${label}: nothing raises it, and it does not say why`, 'Add `because: "misaligned loads are done in hardware"`, or give it a source.');
  if (source !== 'none' && because !== undefined) context.complain(because, `${label}: it has a source, so there is nothing to excuse`, 'Remove `because`, or write `source: none`.');
  return { ...context.entry(declared, raw.rules), code: code(raw.code, label, context), source, tval, ...(tval2 && { tval2 }), gva, tinst, ...(because && { because: because.text }) };
}

function buildInterrupt(declared: Declared, context: Context): Interrupt | undefined {
  const { label, key } = declared;
  context.wellNamed(key, /^[a-z][a-z0-9_]*$/, label, 'timer');
  const raw = context.read(INTERRUPT, declared.node, label);
  if (raw === undefined) return undefined;
  const guestCode = raw.guestCode && code(raw.guestCode, label, context);
  return { ...context.entry(declared, raw.rules, true), code: code(raw.code, label, context), ...(guestCode !== undefined && { guestCode }) };
}

function buildTimer(declared: Declared, context: Context): Timer | undefined {
  const { label, key } = declared;
  context.wellNamed(key, /^[a-z][a-z0-9_]*$/, label, 'mtip');
  const raw = context.read(TIMER, declared.node, label);
  if (raw === undefined) return undefined;
  const { time, compare, wakes } = raw;
  return { ...context.entry(declared, raw.rules, true), time, compare, wakes };
}

function code({ value, span }: Located<number>, label: string, context: Context): number {
  if (value > 63) context.report.add(span, `${label}: code ${value} is beyond 63`, 'Codes are 0 to 63: they index delegation and enable bits.');
  return value;
}

/** The places in the pipeline where an exception can arise: those of translation only if there is any. */
function sourcesOf({ declarations }: Context): readonly TrapSource[] {
  return declarations.of('stages').size === 0 ? TRAP_SOURCES : [...TRAP_SOURCES, ...TRANSLATION_SOURCES];
}

/** Codes are distinct, and each place in the pipeline where an exception can arise has exactly one. */
function checkExceptions(exceptions: readonly Exception[], context: Context): void {
  checkCodes('exception', exceptions, context);
  for (const source of sourcesOf(context)) {
    if (source === 'instruction') continue;
    const [first, second] = exceptions.filter((one) => one.source === source);
    if (second !== undefined) context.report.add(second.span, `${second.name}: ${first?.name ?? ''} has the source ${source} already`, 'One exception arises at each source: give one of them `source: none`.');
    if (first === undefined && context.complete) context.report.add(placeOfTraps(context), `traps: no exception has the source ${source}`, `Give one \`source: ${source}\`: the pipeline can raise it.`);
  }
}

function checkCodes(what: string, entries: readonly (Exception | Interrupt)[], context: Context): void {
  entries.forEach((entry, index) => {
    const other = entries.slice(0, index).find((one) => one.code === entry.code);
    if (other !== undefined) context.report.add(entry.span, `${entry.name}: ${other.name} has the ${what} code ${entry.code} already`, `Give ${entry.name} or ${other.name} another code.`);
  });
}

function buildPriority({ node, key, label }: Declared, context: Context): readonly TrapSource[] | undefined {
  const sources = context.read(listOf(oneOf([...TRAP_SOURCES, ...TRANSLATION_SOURCES])), node, label);
  if (sources === undefined) return undefined;
  sources.forEach(({ value, span }, index) => {
    if (sources.findIndex((one) => one.value === value) < index) context.report.add(span, `${label}: ${value} is listed twice`, 'Remove one of them.');
  });
  const missing = sourcesOf(context).filter((source) => !sources.some(({ value }) => value === source));
  if (missing.length > 0) context.complain(key, `${label}: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not in the list`, 'List every source once, highest priority first.');
  return sources.map(({ value }) => value);
}

function buildLevels({ node, label, extension, rules }: Declared, context: Context): readonly InterruptLevel[] | undefined {
  const raw = context.read(listOf(LEVEL), node, label);
  if (raw === undefined) return undefined;
  const levels = raw.map(({ mode, pending, enabled, order, rules: own }): InterruptLevel => {
    order.forEach((name, index) => {
      context.refers('interrupts', name, 'interrupt', `${label}: ${mode.value}`);
      if (order.findIndex(({ text }) => text === name.text) < index) context.complain(name, `${label}: ${mode.value}: ${name.text} is listed twice`, 'Remove one of them.');
    });
    const cited = own === undefined ? context.rules.claim(rules, `${label}: ${mode.value}`) : context.rules.cite(own, `${label}: ${mode.value}`);
    if (cited.length === 0) context.report.add(mode.span, `${label}: ${mode.value}: no rules`, 'Add `rules: [...]` to it, or a default `rules: [...]` at the top of the file.');
    return { name: mode.value, span: mode.span, rules: cited, extension, mode: mode.value, pending, enabled, order: order.map(({ text }) => text) };
  });
  levels.forEach(({ mode, span }, index) => {
    if (levels.findIndex((one) => one.mode === mode) < index) context.report.add(span, `${label}: ${mode} is listed twice`, 'Each mode has one level.');
  });
  return levels;
}

function buildDelegation(declared: Declared, conditions: Conditions): readonly DelegationRow[] | undefined {
  return buildDecision(declared, DELEGATION_ROW, ({ then }: RawRow & { readonly then: Located<TrapMode> }) => ({ then: then.value }), { ...conditions, use: 'delegation' });
}

function buildEntry(declared: Declared, context: Context): TrapEntry | undefined {
  const mode = TRAP_MODES.find((one) => one === declared.name);
  const label = `entry ${declared.label}`;
  if (mode === undefined) context.complain(declared.key, `entry: no mode ${declared.name} takes traps`, `Traps are taken in ${TRAP_MODES.join(', ')}.`);
  const raw = context.read(ENTRY, declared.node, label);
  if (raw === undefined) return undefined;
  const { next } = raw;
  return mode && { ...context.entry(declared, raw.rules), mode, next, update: buildUpdates(raw.update, label, context) };
}

/** Every interrupt is in the order of some level: the list of priorities is complete. */
function checkTaken(levels: readonly InterruptLevel[], context: Context): void {
  if (levels.length === 0) return;
  for (const { name, key } of context.declarations.of('interrupts').values()) {
    if (!levels.some(({ order }) => order.includes(name))) context.complain(key, `${name}: no level takes it`, 'Add it to the `order` of a level under `traps.levels`, at its priority.');
  }
}

/** A mode that takes traps says what taking one writes. */
function checkEntries(levels: readonly InterruptLevel[], delegation: readonly DelegationRow[], context: Context): void {
  const taking = [...levels.map(({ mode, span }) => ({ mode, span })), ...delegation.map(({ then, span }) => ({ mode: then, span }))];
  for (const mode of TRAP_MODES) {
    const first = taking.find((one) => one.mode === mode);
    if (first !== undefined && context.complete && !context.declarations.of('entry').has(mode)) context.report.add(first.span, `traps: ${mode} takes traps, but entry.${mode} is missing`, `Add \`${mode}: { next: ..., update: ... }\` under \`traps.entry\`.`);
  }
}
