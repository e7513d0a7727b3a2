/**
 * The manual's normative rule names, and who cites them.
 */
import type { Span } from './diagnostic.js';
import type { SpecFile } from './files.js';
import { nearest } from './nearest.js';
import type { Text } from './node.js';
import type { Report } from './report.js';

/** A rule named by an entry that claims to implement it. */
export interface Citation {
  readonly rule: string;
  /** The entry as an author knows it: `sret.sret_v0`, `mstatus.SIE`. */
  readonly entry: string;
  /** The rule's name where it stands; for an entry that takes its file's default, in that default. */
  readonly span: Span;
}

export class RuleBook {
  readonly #chapters = new Map<string, string[]>();
  readonly #names: ReadonlySet<string>;
  readonly #citations = new Map<string, Citation>();

  constructor(files: readonly SpecFile[], private readonly report: Report) {
    for (const { kind, name, source } of files) {
      if (kind === 'rules') this.#chapters.set(name, [...new Set([...(this.#chapters.get(name) ?? []), ...namesIn(source.text)])]);
    }
    this.#names = new Set([...this.#chapters.values()].flat());
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  nearest(name: string): string | undefined {
    return nearest(name, this.#names);
  }

  /** Rule names by chapter, the name of their file: `hypervisor`. */
  get chapters(): ReadonlyMap<string, readonly string[]> {
    return this.#chapters;
  }

  /** What entries have cited so far, each name and place once. */
  get citations(): readonly Citation[] {
    return [...this.#citations.values()];
  }

  /** Complains about names that no rule has. Without any rule file everything passes: that it is missing has been said. */
  verify(names: readonly Text[], label: string): void {
    for (const { text, span } of names) {
      if (this.#names.size === 0 || this.has(text)) continue;
      const close = this.nearest(text);
      this.report.add(span, `${label}: there is no rule ${text}`, close === undefined ? 'Rule names are in the first column of specs/rules/*.tsv.' : `Did you mean ${close}?`);
    }
  }

  /** An entry cites rules; unknown ones are reported. */
  cite(names: readonly Text[], entry: string): readonly string[] {
    this.verify(names, entry);
    return this.claim(names, entry);
  }

  /** An entry cites rules whose names have been verified. */
  claim(names: readonly Text[], entry: string): readonly string[] {
    for (const { text, span } of names) this.#citations.set([text, entry, span.file.path, span.start].join('\n'), { rule: text, entry, span });
    return names.map(({ text }) => text);
  }
}

/** First column of each line that is neither a comment nor empty. */
function namesIn(tsv: string): readonly string[] {
  return tsv.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t')[0] ?? '');
}
