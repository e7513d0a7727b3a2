/**
 * GTKWave's save file and translate filters beside a dump.
 */
import { basename, dirname, join } from 'node:path';
import type { WriteFailure } from './failure.js';
import { displayName, ROOT_SCOPES } from './signal.js';
import { writeWhole } from './vcd.js';
import type { RowFormat, WaveFilter, WaveGroup, WaveRow, WaveView } from './view.js';

/** A text file by its name, without directory. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** Flags of a row: bits of GTKWave's trace flags, hexadecimal; right-justified (0x20). */
const FORMAT_FLAGS: Readonly<Record<RowFormat, string>> = { hex: '22', binary: '28', ascii: '820' };
const FILTERED_FLAG = '2022';
const GROUP_BEGIN_FLAG = '800200';
const GROUP_END_FLAG = '1000200';

const stem = (dump: string): string => basename(dump).replace(/\.vcd$/, '');
const filterFile = (dump: string, filter: WaveFilter, width: number): string => `${stem(dump)}.${filter.name}.${width}.txt`;

/** Keys are compared as displayed text: hexadecimal, padded to the width. Values that do not fit the width are left out. */
function filterText(filter: WaveFilter, width: number): string {
  return filter.entries
    .filter(({ value }) => value >> BigInt(width) === 0n)
    .map(({ value, text, color }) => `${value.toString(16).padStart(Math.ceil(width / 4), '0')} ${color === undefined ? '' : `?${color}?`}${text}\n`)
    .join('');
}

/** GTKWave shows the last part of a dotted name; a label of several words becomes its alias. */
function nameText({ signal, label }: WaveRow): string {
  const name = displayName(signal);
  return label.includes(' ') ? `+{${label}} ${name}\n` : `${name}\n`;
}

function rowText(row: WaveRow, color: number | undefined, fileNumber: (file: string) => number, dump: string): string {
  const { signal, filter } = row;
  const paint = color === undefined ? '' : `[color] ${color}\n`;
  if (filter === undefined) return `@${FORMAT_FLAGS[row.format]}\n${paint}${nameText(row)}`;
  const file = filterFile(dump, filter, signal.width);
  return `@${FILTERED_FLAG}\n${paint}^${fileNumber(file)} ${file}\n${nameText(row)}`;
}

function groupText(group: WaveGroup, fileNumber: (file: string) => number, dump: string): string {
  const rows = group.rows.map((row) => rowText(row, group.color, fileNumber, dump)).join('');
  return `@${GROUP_BEGIN_FLAG}\n-${group.title}\n${rows}@${GROUP_END_FLAG}\n-${group.title}\n`;
}

/** Nanoseconds before the marker that are seen at first. */
const BEFORE_MARKER = 300;
/** GTKWave's zoom: 0 is 200 pixels a nanosecond, each less half of that. A cycle of 10 ns has 16, so that the marker is in sight. */
const ZOOM = '-7.000000';
const NAMED_MARKERS = 26;

/** Where the view begins, its zoom, the primary marker (-1 for none) and no named ones. */
function viewText(marker: number | undefined): string {
  const start = Math.max(0, (marker ?? 0) - BEFORE_MARKER);
  return `[timestart] ${start}\n*${ZOOM} ${marker ?? -1}${' -1'.repeat(NAMED_MARKERS)}\n`;
}

/**
 * The files that show a dump as the view says, to lie in the dump's directory.
 *
 * @param dump - Name of the dump, `core.vcd`.
 * @param marker - Time at which the marker stands; the view begins a little before it, without one at the dump's beginning.
 * @returns The save file `core.gtkw` first, then one filter file per filter and width: `core.modes.3.txt`.
 */
export function gtkwFiles(dump: string, view: WaveView, marker?: number): readonly [NamedText, ...NamedText[]] {
  const filters = new Map<string, string>();
  for (const { signal, filter } of view.groups.flatMap((g) => g.rows)) {
    if (filter !== undefined) filters.set(filterFile(dump, filter, signal.width), filterText(filter, signal.width));
  }
  const numbers = new Map([...filters.keys()].map((file, i) => [file, i + 1]));
  const groups = view.groups.map((g) => groupText(g, (file) => numbers.get(file) ?? 0, dump)).join('');
  const name = `${stem(dump)}.gtkw`;
  // [savefile] is what filter files are looked up against: without it, against the working directory.
  const head = `[dumpfile] "${basename(dump)}"\n[savefile] "${name}"\n[treeopen] ${ROOT_SCOPES.join('.')}.\n[signals_width] 240\n[sst_expanded] 0\n`;
  return [{ name, text: head + viewText(marker) + groups }, ...[...filters].map(([file, text]) => ({ name: file, text }))];
}

/**
 * Writes save file and filters beside a dump.
 *
 * @param dump - Path of the dump.
 * @param marker - Time at which the marker stands.
 * @returns Why it could not, or undefined.
 */
export function writeGtkw(dump: string, view: WaveView, marker?: number): WriteFailure | undefined {
  for (const { name, text } of gtkwFiles(dump, view, marker)) {
    const failure = writeWhole(join(dirname(dump), name), text);
    if (failure !== undefined) return failure;
  }
  return undefined;
}
