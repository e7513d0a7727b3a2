/**
 * The executed matrix as one self-contained page: filters, and for each cell
 * its witness program, its log and the command that makes its wave. The data
 * are compressed columns of numbers into tables of texts; the page renders
 * what is looked at.
 */
import { gzipSync } from 'node:zlib';
import type { AssemblyTables } from '../assembly/tables.js';
import { MODES } from '../retirement.js';
import type { CellResult } from './execute.js';
import { GROUPS } from './event.js';
import { FRAME, HEAD, outlyingLines, WordText } from './listing.js';
import { PAGE_SCRIPT, PAGE_STYLE } from './page.js';
import type { TransitionResults } from './run.js';
import { summary } from './report.js';
import { outcomeText } from './decide.js';
import { disagreementLines, recordLines } from './words.js';
import { writesText } from './writes.js';

/** Texts, each once, by number. */
class Texts {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.list.length);
    return this.list.push(text) - 1;
  }
}

const KINDS: readonly CellResult['kind'][] = ['agreeing', 'disagreeing', 'unexecuted'];

/** What a cell's log shows. */
function logLines(result: CellResult): readonly string[] {
  switch (result.kind) {
    case 'agreeing':
      return recordLines(result.record);
    case 'disagreeing':
      return disagreementLines(result.disagreement);
    case 'unexecuted':
      return [result.reason];
  }
}

/** What the page is made from; the columns of `cells` are in the order that the page script reads. */
function pageData(results: TransitionResults, tables: AssemblyTables, specs: readonly string[]): object {
  const texts = new Texts();
  const words = new WordText(tables);
  const { writer } = results.session;
  const cells = results.cells.map((cell, i) => {
    const witness = writer.write(cell);
    const found = results.cores.flatMap(({ results: r }) => r[i] ?? []);
    const worst = Math.max(...found.map((r) => KINDS.indexOf(r.kind)));
    const shown = found.find((r) => KINDS.indexOf(r.kind) === worst);
    const log = shown === undefined ? [] : logLines(shown);
    const core = shown === undefined ? 0 : found.indexOf(shown);
    const pins = witness?.inputs.flatMap((e) => (e.kind === 'pin' ? [`${e.pin}=${e.value} from cycle ${e.cycle}`] : [])) ?? [];
    return [
      MODES.indexOf(cell.mode),
      texts.number(cell.event.id),
      GROUPS.indexOf(cell.event.group),
      [...cell.shown].map(([name, value]) => texts.number(`${name}=${value}`)),
      texts.number(outcomeText(cell.expected)),
      texts.number(writesText(cell.expected.writes)),
      cell.expected.rules.map((rule) => texts.number(rule)),
      worst,
      core,
      witness?.code.map(({ word, comment }) => texts.number(`${words.of(word)}${comment === '' ? '' : `    # ${comment}`}`)) ?? [],
      witness?.table.map((value) => texts.number(value.toString(16))) ?? [],
      pins.map((pin) => texts.number(pin)),
      log.map((line) => texts.number(line)),
      witness === undefined ? [] : outlyingLines(cell, witness).map((line) => texts.number(line)),
    ];
  });
  return { modes: MODES, groups: GROUPS, kinds: KINDS, head: HEAD, frame: FRAME, cores: results.cores.map(({ core }) => ({ core, command: commandFor(core, specs) })), texts: texts.list, cells };
}

/** A word for a shell. */
const quoted = (word: string): string => (/^[\w./@%+,:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** What makes the wave of a cell, but for its name. */
const commandFor = (core: string, specs: readonly string[]): string => ['npx ghosthart transitions', `--core ${core}`, ...specs.map((s) => `--specs ${quoted(s)}`)].join(' ');

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The page. `specs`: the overlays that the instruction set came from, for the commands it shows. */
export function transitionsHtml(results: TransitionResults, tables: AssemblyTables, specs: readonly string[] = []): string {
  const data = gzipSync(JSON.stringify(pageData(results, tables, specs)), { level: 9 }).toString('base64');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ghosthart transitions</title>
<style>${PAGE_STYLE}</style>
<h1>Transitions</h1>
<p class="summary">${escape(summary(results)).replaceAll('\n', '<br>')}</p>
<form id="filters"></form>
<p id="count"></p>
<table><thead><tr><th>From<th>Event<th>State<th>Outcome<th>Written<th>Rules<th>Agreement</thead><tbody id="rows"></tbody></table>
<button id="more" hidden>Show more</button>
<script id="data" type="application/octet-stream;base64">${data}</script>
<script>${PAGE_SCRIPT}</script>
</html>
`;
}
