/**
 * What every part of the loader needs: where to report, what is declared, and
 * how an entry gets its rules.
 */
import type { z } from 'zod';
import type { Declarations, Declared, Section } from './declarations.js';
import type { Entry } from './isa.js';
import { suggestion } from './nearest.js';
import { Mapping, type Node, type Text } from './node.js';
import type { Report } from './report.js';
import type { RuleBook } from './rulebook.js';
import { read } from './shape.js';

export class Context {
  /**
   * @param complete - False if a file could not be parsed: names may then be
   *   missing for that reason, and complaints about them would mislead.
   */
  constructor(readonly report: Report, readonly rules: RuleBook, readonly declarations: Declarations, readonly complete: boolean) {}

  /** A node under a schema, or its mistakes reported. */
  read<T>(schema: z.ZodType<T>, node: Node, label: string): T | undefined {
    return read(schema, node, label, this.report);
  }

  /** Builds each entry of a section; those with mistakes are left out, but their names stay declared. */
  build<T>(section: Section, one: (declared: Declared) => T | undefined): ReadonlyMap<string, T> {
    const built = new Map<string, T>();
    for (const declared of this.declarations.of(section).values()) {
      const value = one(declared);
      if (value !== undefined) built.set(declared.name, value);
    }
    return built;
  }

  /** Names of a CSR's fields as declared, with mistakes or without; nothing if there is no such CSR. */
  fieldNames(csr: string): readonly string[] | undefined {
    const declared = this.declarations.of('csrs').get(csr);
    if (declared === undefined) return undefined;
    const fields = declared.node instanceof Mapping ? declared.node.get('fields')?.value : undefined;
    return fields instanceof Mapping ? fields.entries.map(({ key }) => key.text) : [];
  }

  /** Whether `csr` or `csr.FIELD` is declared; if not, that is reported. */
  refersToCsr(name: Text, label: string): boolean {
    const [csr = '', ...rest] = name.text.split('.');
    const fields = this.fieldNames(csr);
    if (fields === undefined) this.unknown(name, 'CSR', label, this.declarations.of('csrs').keys());
    else if (rest.length > 0 && !fields.includes(rest.join('.'))) this.unknown(name, 'field', label, fields.map((field) => `${csr}.${field}`));
    else return true;
    return false;
  }

  /** Complains about something at a name. */
  complain(at: Pick<Text, 'span'>, message: string, mend: string): void {
    this.report.add(at.span, message, mend);
  }

  /** Whether a name is declared in a section; if not, that is reported. */
  refers(section: Section, name: Text, what: string, label: string): boolean {
    const known = this.declarations.of(section);
    if (known.has(name.text)) return true;
    this.unknown(name, what, label, known.keys());
    return false;
  }

  /** Reports a name that nothing has, unless a broken file may have it. */
  unknown(name: Text, what: string, label: string, candidates: Iterable<string>, where = 'Names are global: look for its definition in specs/isa/.'): void {
    if (this.complete) this.complain(name, `${label}: there is no ${what} ${name.text}`, suggestion(name.text, candidates, where));
  }

  /** The name must look like one. */
  wellNamed(name: Text, pattern: RegExp, label: string, example: string): void {
    if (!pattern.test(name.text)) this.complain(name, `${label}: ${name.text === '' ? 'an empty name' : `${name.text} is not a name`}`, `Write a name such as ${example}.`);
  }

  /** An entry with its own rules, else its file's. `uncited`: it is notation and claims nothing, so that it may have none. */
  entry(declared: Declared, own: readonly Text[] | undefined, uncited = false): Entry {
    const { name, label, key, extension } = declared;
    const rules = own === undefined ? this.rules.claim(declared.rules, label) : this.rules.cite(own, label);
    if (rules.length === 0 && !uncited) this.complain(key, `${label}: no rules`, 'Add `rules: [...]` to it, or a default `rules: [...]` at the top of the file.');
    return { name, span: key.span, rules, extension };
  }

  /** A row: its id is its rule, or it has rules. */
  row(id: Text, own: readonly Text[] | undefined, extension: string, label: string): Entry {
    const isRule = this.rules.has(id.text);
    this.rules.verify(own ?? [], label);
    const cited = this.rules.claim([...(isRule ? [id] : []), ...(own ?? [])], `${label}.${id.text}`);
    if (!isRule && cited.length === 0) {
      const close = this.rules.nearest(id.text);
      this.complain(id, `${label}: ${id.text} is not a rule name, and the row has no rules`, `${close === undefined ? '' : `Did you mean ${close}? Otherwise `}${close === undefined ? 'Add' : 'add'} \`rules: [...]\` to the row.`);
    }
    return { name: id.text, span: id.span, rules: [...new Set(cited)], extension };
  }

  /** Rows of one table have different ids. */
  distinct(rows: readonly Entry[], label: string): void {
    const seen = new Set<string>();
    for (const { name, span } of rows) {
      if (seen.has(name)) this.report.add(span, `${label}: two rows have the id ${name}`, 'Give each row its own id, with `rules: [...]` where it is not a rule name.');
      seen.add(name);
    }
  }
}
