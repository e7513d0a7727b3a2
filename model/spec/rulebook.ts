/**
 * The manual's normative rule names, and who may cite them.
 */
import type { SpecFile } from './files.js';
import { nearest } from './nearest.js';
import type { Text } from './node.js';
import type { Report } from './report.js';

export class RuleBook {
  readonly #names: ReadonlySet<string>;

  constructor(files: readonly SpecFile[], private readonly report: Report) {
    this.#names = new Set(files.filter(({ kind }) => kind === 'rules').flatMap(({ source }) => namesIn(source.text)));
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  nearest(name: string): string | undefined {
    return nearest(name, this.#names);
  }

  /** The names cited; unknown ones are reported. Without any rule file everything passes: that it is missing has been said. */
  cite(names: readonly Text[], label: string): readonly string[] {
    for (const { text, span } of names) {
      if (this.#names.size === 0 || this.has(text)) continue;
      const close = this.nearest(text);
      this.report.add(span, `${label}: there is no rule ${text}`, close === undefined ? 'Rule names are in the first column of specs/rules/*.tsv.' : `Did you mean ${close}?`);
    }
    return names.map(({ text }) => text);
  }
}

/** First column of each line that is not a comment. */
function namesIn(tsv: string): readonly string[] {
  return tsv.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t')[0] ?? '');
}
