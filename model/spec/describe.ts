/**
 * An entry of the specs as a person reads it: `spec show NAME`.
 */
import { encodingDiagram, table } from './diagram.js';
import type {
  BitRange, Case, Compressed, Csr, CsrField, Entry, Exception, Format, Instruction, Interrupt, Isa, NextState, PermitTable, Pseudo, Region,
  SpecFunction, Specs, TrapEntry, Traps, Uarch, Update, Variable,
} from './isa.js';
import { decisionSentence, rulesLine, whenPhrase } from './sentences.js';

/**
 * Everything of that name, each under its own heading: an instruction with its
 * permit table, a CSR with its fields, an exception with what it writes, ...
 *
 * @param name - `hlv.wu`, `mstatus`, `mstatus.TSR`, `sret`, `load_access_fault`, `five-stage`.
 * @returns Nothing if no entry has the name.
 */
export function renderEntry(specs: Specs, name: string): string | undefined {
  const { isa, cores } = specs;
  const of = <T extends { readonly name: string }>(entries: readonly T[], render: (entry: T) => readonly string[]): readonly (readonly string[])[] =>
    entries.filter((entry) => entry.name === name).map(render);
  const sections = [
    ...of(isa.instructions, (one) => instruction(one, isa)),
    ...of(isa.compressed, compressedInstruction),
    ...of(isa.pseudos, pseudo),
    ...of(isa.csrs, (one) => csr(one, isa)),
    ...csrField(isa, name),
    ...of(isa.permits.filter((table) => !shownWithItsUser(table, isa)), (one) => permit(one, isa)),
    ...of(isa.traps.exceptions, (one) => exception(one, isa.traps)),
    ...of(isa.traps.interrupts, (one) => interrupt(one, isa.traps)),
    ...of(isa.traps.entry, trapEntry),
    ...of(isa.variables, variable),
    ...of(isa.functions, specFunction),
    ...of(isa.formats, format),
    ...of(isa.hart.regions, region),
    ...of(cores, core),
  ];
  const text = sections.map((lines) => lines.join('\n').trimEnd()).join('\n\n');
  return sections.length === 0 ? undefined : `${text.replace(/\n{3,}/g, '\n\n')}\n`;
}

/** The table `sret` comes with the instruction `sret`. */
function shownWithItsUser({ name }: PermitTable, { instructions, csrs }: Isa): boolean {
  return [...instructions, ...csrs].some((user) => user.name === name && user.permit === name);
}

function heading(what: string, { name, extension, rules }: Entry): readonly string[] {
  return [`${name}: ${what} (${extension})`, ...rulesLine(rules)];
}

const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => (line === '' ? '' : `  ${line}`));
const optional = (label: string, text: string | undefined): readonly string[] => (text === undefined ? [] : [`  ${label.padEnd(10)}${text}`]);

function instruction(one: Instruction, isa: Isa): readonly string[] {
  const { memory, csr: access } = one;
  const permits = isa.permits.filter((table) => table.name === one.permit);
  return [
    ...heading(`instruction, class ${one.class}`, one), '',
    `  ${`${one.name} ${one.syntax}`.trim()}`, '',
    ...indent(encodingDiagram(one)), '',
    ...optional('result', one.result?.text), ...optional('taken if', one.taken?.text), ...optional('target', one.target?.text),
    ...optional('memory', memory && `${memory.op} ${memory.bytes} byte${memory.bytes === 1 ? '' : 's'} at ${memory.address.text}${ACCESS_AS[memory.as]}`),
    ...optional('stores', memory?.data?.text ?? memory?.new?.text),
    ...optional('block', one.block && `${one.block.zero ? 'zeros to' : 'no more than checks of'} the ${isa.hart.cacheBlockBytes} bytes around ${one.block.address.text}`),
    ...optional('writes', access && `${access.value.text}  if ${access.writes.text}`),
    ...optional('reads', access && `the CSR  if ${access.reads.text}`),
    ...one.cases.flatMap(caseLines),
    ...permits.flatMap((table) => ['', ...permit(table, isa)]),
  ];
}

function compressedInstruction(one: Compressed): readonly string[] {
  const { match, expands, bits } = one;
  const wired = [...bits].reverse().map((bit) => (typeof bit === 'number' ? `${bit}` : `[${bit.from}]`)).join(' ');
  return [
    ...heading(`compressed instruction for ${expands.name}`, one), '',
    `  ${`${one.name} ${one.syntax}`.trim()}`, '',
    ...optional('encoding', match), ...optional('expands', wired),
    ...one.nonzero.map((ranges) => `  reserved  where bits ${ranges.map(rangeText).join(', ')} are zero`),
  ];
}

const ACCESS_AS = { self: '', guest: ', as the guest would', 'guest-execute': ', as the guest would, with execute permission' } as const;

function caseLines(one: Case): readonly string[] {
  const effect = one.raise === undefined ? [] : [`    raises ${one.raise}`];
  return ['', `  ${one.name}: ${whenPhrase(one.when)}`, ...effect, ...indent(stateLines(one.next, one.update)), ...indent(rulesLine(one.rules))];
}

/** `pc := mepc`, one a line. */
function stateLines({ pc, priv, V }: NextState, update: readonly Update[]): readonly string[] {
  const next = [['pc', pc], ['priv', priv], ['V', V]] as const;
  const assignments = [...next.flatMap(([name, value]) => (value === undefined ? [] : [[name, value.text]])), ...update.map(({ target, value }) => [target, value.text])];
  return table(assignments.map(([target = '', value = '']) => [target, `:= ${value}`])).map((line) => `  ${line}`);
}

function permit(one: PermitTable, isa: Isa): readonly string[] {
  const users = [...isa.instructions, ...isa.csrs].filter((entry) => entry.permit === one.name).map(({ name }) => name);
  const rows = one.rows.flatMap((row, index) => [
    `  ${index + 1}. ${decisionSentence(row.when, index === one.rows.length - 1, PERMISSION[row.then])}`,
    `     ${row.name}${row.rules.some((rule) => rule !== row.name) ? `: ${row.rules.join(', ')}` : ''}`,
  ]);
  return [`${one.name}: permit table (${one.extension}); the first row that matches decides`, ...(users.length === 0 ? [] : [`  for ${some(users)}`]), '', ...rows];
}

/** The first of many names. */
function some(names: readonly string[]): string {
  return names.length <= 16 ? names.join(', ') : `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`;
}

const PERMISSION = { allow: 'it is allowed', illegal: 'it raises an illegal-instruction exception', virtual: 'it raises a virtual-instruction exception' } as const;

function csr(one: Csr, isa: Isa): readonly string[] {
  const permits = isa.permits.filter((row) => row.name === one.permit);
  const replacement = isa.csrs.find(({ substitutes }) => substitutes === one.name);
  return [
    ...heading('CSR', one), '',
    ...optional('address', `0x${one.address.toString(16).padStart(3, '0')}`),
    ...optional('stands in', one.substitutes && `for ${one.substitutes} when V=1`),
    ...optional('when V=1', replacement && `its address reaches ${replacement.name}`),
    ...optional('written', one.writeIf && `only if ${one.writeIf.text}`),
    ...optional('counts', one.counts && `${one.counts.what === 'events' ? `the event that ${one.counts.event} selects` : one.counts.what}, unless ${one.counts.inhibit.text}`), '',
    ...indent(fieldTable([...one.fields])),
    ...permits.flatMap((row) => ['', ...permit(row, isa)]),
  ];
}

function fieldTable(fields: readonly CsrField[]): readonly string[] {
  const sorted = [...fields].sort((a, b) => b.bits.high - a.bits.high);
  return table([['bits', 'field', 'meaning', 'rules'], ...sorted.map((field) => [rangeText(field.bits), field.name, fieldMeaning(field), field.rules.join(', ')])]);
}

/** `stored; 0, 1, 3 legal`, `constant 2`, `mstatus.SIE`. */
function fieldMeaning({ bits, source }: CsrField): string {
  switch (source.kind) {
    case 'constant': return `reads ${source.value}`;
    case 'computed': return `reads ${source.read.text}`;
    case 'alias': return [source.readonly ? `reads ${source.of}` : `is ${source.of}`, ...(source.visible ? [`where ${source.visible.text}`] : [])].join(' ');
    case 'stored': return [
      'stored', ...(source.legal ? [`legal ${source.legal.join(', ')}`] : []),
      ...(source.writable === (1n << BigInt(bits.high - bits.low + 1)) - 1n ? [] : [`writable 0x${source.writable.toString(16)}`]),
      ...(source.reset === 0n ? [] : [`reset 0x${source.reset.toString(16)}`]), ...(source.read ? [`reads ${source.read.text}`] : []),
      ...(source.writeIf ? [`written if ${source.writeIf.text}`] : []),
    ].join('; ');
  }
}

function csrField(isa: Isa, name: string): readonly (readonly string[])[] {
  const [owner, field] = name.split('.');
  const found = field === undefined ? undefined : isa.csrs.find((one) => one.name === owner)?.fields.find((one) => one.name === field);
  return found === undefined ? [] : [[`${name}: CSR field, ${rangeText(found.bits).includes('-') ? 'bits' : 'bit'} ${rangeText(found.bits)}`, ...rulesLine(found.rules), '', `  ${fieldMeaning(found)}`]];
}

function rangeText({ high, low }: BitRange): string {
  return high === low ? `${high}` : `${high}-${low}`;
}

function exception(one: Exception, traps: Traps): readonly string[] {
  const rank = traps.priority.findIndex((source) => source === one.source);
  const delegation = traps.delegation.map((row, index) => `  ${index + 1}. ${decisionSentence(row.when, index === traps.delegation.length - 1, `${row.then} takes it`)}  [${row.name}]`);
  return [
    ...heading('exception', one), '',
    ...optional('cause', String(one.code)),
    ...optional('source', one.because === undefined ? one.source : `none: ${one.because}`),
    ...optional('priority', rank < 0 ? undefined : `${rank + 1} of ${traps.priority.length}`),
    ...optional('tval', one.tval.text), ...optional('tinst', one.tinst.text), ...optional('gva', one.gva.text), '',
    'Who takes it; the first row that matches decides:', ...delegation,
    ...traps.entry.flatMap((entry) => ['', `When ${entry.mode} takes it:`, ...stateLines(entry.next, entry.update)]),
  ];
}

function interrupt(one: Interrupt, traps: Traps): readonly string[] {
  const levels = traps.levels.flatMap(({ mode, order, pending, enabled }) => {
    const rank = order.indexOf(one.name);
    return rank < 0 ? [] : [`  ${mode} takes it, ${rank + 1} of ${order.length} in priority, if enabled: ${enabled.text}`, `    pending: ${pending.text}`];
  });
  return [...heading('interrupt', one), '', ...optional('cause', String(one.code)), ...optional('in VS', one.guestCode === undefined ? undefined : `cause ${one.guestCode}`), '', ...levels];
}

function trapEntry(one: TrapEntry): readonly string[] {
  return [...heading(`what a trap into ${one.mode} writes`, one), '', ...stateLines(one.next, one.update)];
}

function variable(one: Variable): readonly string[] {
  return [...heading(`variable of ${one.width} bit${one.width === 1 ? '' : 's'}`, one), '', `  ${one.value.text}`];
}

function specFunction(one: SpecFunction): readonly string[] {
  const parameters = one.parameters.map(({ name, width }) => `${name}: ${width}`).join(', ');
  return [...heading('function', one), '', `  ${one.name}(${parameters}) = ${one.value.text}`];
}

function pseudo(one: Pseudo): readonly string[] {
  return [...heading('assembly-only instruction', one), '', `  ${`${one.name} ${one.operands}`.trim()}`, ...one.expand.map((line) => `    ${line}`)];
}

function format(one: Format): readonly string[] {
  const { immediate } = one;
  const operands = [...Object.entries({ ...one.registers, ...one.fields }).map(([name, bits]) => [name, rangeText(bits)])];
  const shape = immediate && ['imm', `${immediate.bits.map(rangeText).join(' ')}${immediate.scale === 0 ? '' : ` and ${immediate.scale} zero bits`}, ${immediate.signed ? 'signed' : 'unsigned'}`];
  return [...heading('encoding format', one), '', ...optional('syntax', one.syntax), ...optional('tinst', one.tinst?.text), ...indent(table(shape ? [...operands, shape] : operands))];
}

function region(one: Region): readonly string[] {
  const last = one.base + one.size - 1n;
  return [...heading(`region of physical addresses, ${one.kind}`, one), '', `  0x${one.base.toString(16)} to 0x${last.toString(16)}, ${one.device}${one.widths.length === 0 ? '' : `, accesses of ${one.widths.join(', ')} bytes`}`];
}

function core(one: Uarch): readonly string[] {
  return [
    `${one.name}: core`, '', ...indent(table([['stage', 'units'], ...one.stages.map(({ name, units }) => [name, units.join(', ')])])), '',
    ...indent(table([['class', 'result in'], ...Object.entries(one.classes)])), '',
    ...optional('bypass', one.bypass.join(', ') || 'none'),
    ...optional('latency', Object.entries(one.latency).map(([what, cycles]) => `${what} ${cycles}`).join(', ')),
  ];
}
