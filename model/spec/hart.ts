/**
 * `hart.yaml`: the choices the architecture leaves open, and the address map.
 */
import type { Context } from './context.js';
import type { Declared } from './declarations.js';
import { CONTEXT_LINES, DEVICES, type Hart, type Region } from './isa.js';
import { List, startOf, Text } from './node.js';
import type { z } from 'zod';
import { closed, integer, listOf, type Located, oneOf, small, word } from './shape.js';

const REGION = closed({
  base: integer,
  size: integer,
  kind: oneOf(['memory', 'io']),
  widths: listOf(small).exactOptional(),
  device: oneOf(DEVICES),
  registers: closed({ msip: small, mtimecmp: small, mtime: small }).exactOptional(),
  interrupt: small.exactOptional(),
  contexts: listOf(oneOf(CONTEXT_LINES)).exactOptional(),
  rules: listOf(word).exactOptional(),
});

const CHOICE = closed({ value: word, rules: listOf(word) });

/** A region and where its numbers stand. */
interface PlacedRegion {
  readonly region: Region;
  readonly base: Located<bigint>;
}

/** The hart with these events; nothing if an essential part is missing. */
export function buildHart(context: Context, events: Hart['events']): Hart | undefined {
  const placed = [...context.build('regions', (declared) => buildRegion(declared, context)).values()];
  checkOverlaps(placed, context);
  for (const { label, node } of context.declarations.of('choices').values()) {
    const choice = context.read(CHOICE, node, label);
    if (choice !== undefined) context.rules.cite(choice.rules, label);
  }
  const extensions = setting('extensions', context, (declared) => buildExtensions(declared, context));
  const resetPc = setting('reset_pc', context, ({ node, label }) => context.read(integer, node, label));
  const cycles = setting('cycles_per_tick', context, ({ node, label }) => context.read(small, node, label));
  if (cycles !== undefined && !isPowerOfTwo(BigInt(cycles.value))) context.report.add(cycles.span, `cycles_per_tick: ${cycles.value} is not a power of two`, 'Write 1, 2, 4, 8, ...: mtime is counted by a divider of bits.');
  const timebase = setting('timebase_frequency', context, ({ node, label }) => context.read(small, node, label));
  if (timebase?.value === 0) context.report.add(timebase.span, 'timebase_frequency: time that stands still', 'Write how often mtime ticks a second: 1000000.');
  const [cacheBlockBytes, reservationBytes] = [blockBytes('cache_block_bytes', 16, context), blockBytes('reservation_bytes', 8, context)];
  if (resetPc !== undefined) checkResetPc(resetPc, placed, context);
  if (extensions === undefined || resetPc === undefined || cycles === undefined || timebase === undefined || cacheBlockBytes === undefined || reservationBytes === undefined) return undefined;
  return { resetPc: resetPc.value, cyclesPerTick: cycles.value, timebaseFrequency: timebase.value, cacheBlockBytes, reservationBytes, extensions, events, regions: placed.map(({ region }) => region) };
}

/** Bytes of an aligned block, a page at most: translation keeps it in one piece. */
function blockBytes(name: string, least: number, context: Context): number | undefined {
  const bytes = setting(name, context, ({ node, label }) => context.read(small, node, label));
  if (bytes === undefined) return undefined;
  if (isPowerOfTwo(BigInt(bytes.value)) && bytes.value >= least && bytes.value <= 4096) return bytes.value;
  context.report.add(bytes.span, `${name}: ${bytes.value} is not a power of two from ${least} to 4096`, 'Write 16, 32, 64, ...: a block is aligned and lies in one page.');
  return undefined;
}

function setting<T>(name: string, context: Context, build: (declared: Declared) => T | undefined): T | undefined {
  const { declarations, report, complete } = context;
  const declared = declarations.of('settings').get(name);
  if (declared !== undefined) return build(declared);
  const [region] = declarations.of('regions').values();
  if (complete) report.add(startOf(region?.key.span.file ?? { path: 'hart.yaml', text: '' }), `hart: ${name} is missing`, `Add \`${name}: ...\` to hart.yaml.`);
  return undefined;
}

/** The names under `extensions`, mistakes in them aside. */
export function extensionNames({ declarations }: Context): ReadonlySet<string> {
  const node = declarations.of('settings').get('extensions')?.node;
  return new Set(node instanceof List ? node.items.flatMap((item) => (item instanceof Text ? [item.text] : [])) : []);
}

function buildExtensions({ node, label }: Declared, context: Context): readonly string[] | undefined {
  const names = context.read(listOf(word), node, label);
  names?.forEach((name: Text, index) => {
    context.wellNamed(name, /^[a-z][a-z0-9]*$/, label, 'm');
    if (names.findIndex(({ text }) => text === name.text) < index) context.complain(name, `${label}: ${name.text} is listed twice`, 'Remove one of them.');
  });
  return names?.map(({ text }) => text);
}

function buildRegion(declared: Declared, context: Context): PlacedRegion | undefined {
  const { label } = declared;
  context.wellNamed(declared.key, /^[a-z][a-z0-9_]*$/, label, 'dram');
  const raw = context.read(REGION, declared.node, label);
  if (raw === undefined) return undefined;
  const { base, size, kind, device, widths } = raw;
  const mask = size.value - 1n;
  if (kind.value === 'io') checkBlocks(label, base, size, context);
  else if (!isPowerOfTwo(size.value)) context.report.add(size.span, `${label}: the size 0x${size.value.toString(16)} is not a power of two`, 'Write a power of two, such as 0x1000.');
  else if ((base.value & mask) !== 0n) context.report.add(base.span, `${label}: the base is not aligned to the size 0x${size.value.toString(16)}`, `The nearest aligned base below is 0x${(base.value & ~mask).toString(16)}.`);
  if (base.value + mask >= 1n << 56n) context.report.add(base.span, `${label}: ends beyond the 56 bits of a physical address`, 'Move it below 1 << 56.');
  if (kind.value === 'io' && widths === undefined) context.complain(declared.key, `${label}: widths is missing`, 'Add `widths: [4, 8]`: the bytes that an access to it may have.');
  for (const width of widths ?? []) if (![1, 2, 4, 8].includes(width.value)) context.report.add(width.span, `${label}: an access of ${width.value} bytes`, 'Accesses have 1, 2, 4 or 8 bytes.');
  const extras = extrasOf(raw, declared, context);
  const entry = context.entry(declared, raw.rules, true);
  return { base, region: { ...extras, ...entry, base: base.value, size: size.value, kind: kind.value, device: device.value, widths: (widths ?? []).map(({ value }) => value) } };
}

/** An I/O region consists of whole doublewords, so that no aligned access leaves it in the middle. */
function checkBlocks(label: string, base: Located<bigint>, size: Located<bigint>, { report }: Context): void {
  for (const [what, { value, span }] of [['base', base], ['size', size]] as const) {
    if (value % 8n !== 0n || (what === 'size' && value === 0n)) report.add(span, `${label}: the ${what} 0x${value.toString(16)} is not a multiple of 8`, 'Write a multiple of 8, such as 0x1000.');
  }
}

/** Keys that only some devices have, and these must have. */
const EXTRAS = { registers: ['clint'], contexts: ['plic'], interrupt: ['uart'] } as const;
/** The most sources that the interrupt controller here has. */
const LAST_SOURCE = 31;

function extrasOf({ device, registers, interrupt, contexts }: z.output<typeof REGION>, { key, label }: Declared, context: Context): Pick<Region, keyof typeof EXTRAS> {
  const given = { registers, contexts, interrupt };
  for (const name of ['registers', 'contexts', 'interrupt'] as const) {
    const here = EXTRAS[name].some((one) => one === device.value);
    if (!here && given[name] !== undefined) context.complain(key, `${label}: ${name} means nothing to the device ${device.value}`, `Remove it: it is for ${EXTRAS[name].join(', ')}.`);
    if (here && name !== 'interrupt' && given[name] === undefined) context.complain(key, `${label}: ${name} is missing`, `Add \`${name}: ...\`: the device ${device.value} needs it.`);
  }
  if (interrupt !== undefined && (interrupt.value < 1 || interrupt.value > LAST_SOURCE)) context.report.add(interrupt.span, `${label}: there is no interrupt ${interrupt.value}`, `The PLIC has sources 1 to ${LAST_SOURCE}.`);
  return {
    ...(registers && { registers: { msip: registers.msip.value, mtimecmp: registers.mtimecmp.value, mtime: registers.mtime.value } }),
    ...(interrupt && { interrupt: interrupt.value }),
    ...(contexts && { contexts: contexts.map(({ value }) => value) }),
  };
}

function checkOverlaps(placed: readonly PlacedRegion[], context: Context): void {
  placed.forEach(({ region, base }, index) => {
    const other = placed.slice(0, index).find((one) => one.region.base < region.base + region.size && region.base < one.region.base + one.region.size);
    if (other !== undefined) context.report.add(base.span, `${region.name}: overlaps ${other.region.name}`, `Move or shrink one of them: ${other.region.name} is 0x${other.region.base.toString(16)} to 0x${(other.region.base + other.region.size - 1n).toString(16)}.`);
  });
}

function checkResetPc({ value, span }: Located<bigint>, placed: readonly PlacedRegion[], context: Context): void {
  if (value % 4n !== 0n) context.report.add(span, 'reset_pc: not a multiple of 4', 'Instructions start at multiples of 4.');
  const inside = placed.some(({ region: { base, size, kind } }) => kind === 'memory' && base <= value && value < base + size);
  if (!inside && placed.length > 0) context.report.add(span, 'reset_pc: not in a region of kind memory', 'Only memory can be fetched from: choose an address in such a region.');
}

function isPowerOfTwo(value: bigint): boolean {
  return value > 0n && (value & (value - 1n)) === 0n;
}
