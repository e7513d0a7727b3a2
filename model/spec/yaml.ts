/**
 * YAML text into the tree of `node.ts`, in the plain dialect that specs use:
 * mappings, sequences and scalars, every scalar text.
 */
import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, parseDocument, type ParsedNode, Scalar } from 'yaml';
import type { SourceFile, Span } from './diagnostic.js';
import { List, Mapping, type MappingEntry, type Node, type Quotes, startOf, Text } from './node.js';
import type { Report } from './report.js';

/**
 * The top-level mapping of a file; nothing if the file is not YAML at all.
 *
 * After a syntax error the rest of a file means nothing, so that only the
 * first one of each file is reported.
 */
export function parseYaml(file: SourceFile, report: Report): Mapping | undefined {
  const document = parseDocument(file.text, {
    schema: 'failsafe', keepSourceTokens: true, uniqueKeys: false, prettyErrors: false, merge: false,
  });
  const [error] = document.errors;
  if (error !== undefined) {
    report.add(clip(file, error.pos), `not YAML: ${lowerFirst(error.message)}`, syntaxMend(error.code));
    return undefined;
  }
  return topLevel(document, new Reader(file, report));
}

function topLevel(document: Document.Parsed, reader: Reader): Mapping | undefined {
  if (document.contents === null) return new Mapping([], startOf(reader.file));
  const node = reader.node(document.contents);
  if (node instanceof Mapping) return node;
  reader.report.add(node.span, 'a spec file is a mapping from keys to entries', 'Start with a key such as `instructions:`.');
  return undefined;
}

class Reader {
  readonly #anchored = new Map<string, Node>();

  constructor(readonly file: SourceFile, readonly report: Report) {}

  node(node: ParsedNode): Node {
    this.refuseDecorations(node);
    // An alias is read as what it stands for, so that it is the only mistake in its place.
    if (isAlias(node)) return this.#anchored.get(node.source) ?? new Text('', this.span(node.range), 'plain');
    const value = this.undecorated(node);
    if (node.anchor !== undefined) this.#anchored.set(node.anchor, value);
    return value;
  }

  private undecorated(node: Exclude<ParsedNode, Alias.Parsed>): Node {
    if (isMap(node)) return this.mapping(node.items, this.span(node.range));
    if (isSeq(node)) return new List(node.items.map((item) => this.value(item, node.range[1])), this.span(node.range));
    return this.scalar(node);
  }

  private mapping(pairs: readonly { readonly key: ParsedNode | null; readonly value: ParsedNode | null }[], span: Span): Mapping {
    const entries = new Map<string, MappingEntry>();
    for (const pair of pairs) {
      const key = this.key(pair.key, span);
      if (key === undefined) continue;
      const first = entries.get(key.text);
      if (first !== undefined) this.report.add(key.span, `${key.text} is here twice`, `It is already on line ${lineOf(first.key.span)}; remove or rename one of them.`);
      else entries.set(key.text, { key, value: this.value(pair.value, key.span.end) });
    }
    return new Mapping([...entries.values()], span);
  }

  private key(node: ParsedNode | null, container: Span): Text | undefined {
    if (node !== null) this.refuseDecorations(node);
    if (!isScalar(node)) {
      this.report.add(node === null ? container : this.span(node.range), 'a key is a name, not a collection', 'Write `name: value`.');
      return undefined;
    }
    const key = this.scalar(node);
    if (key.text !== '<<') return key;
    this.report.add(key.span, 'merge keys are not part of specs', 'Write the keys out: every entry says everything about itself.');
    return undefined;
  }

  /** `key:` without a value is an empty text right after the key. */
  private value(node: ParsedNode | null, end: number): Node {
    return node === null ? new Text('', this.span([end, end]), 'plain') : this.node(node);
  }

  private scalar(node: Scalar.Parsed): Text {
    const quotes = quotesOf(node.type);
    const [start, end] = node.range;
    const inside: [number, number] = quotes === 'double' || quotes === 'single' ? [start + 1, end - 1] : [start, end];
    return new Text(typeof node.value === 'string' ? node.value : '', this.span(inside), quotes);
  }

  private refuseDecorations(node: ParsedNode): void {
    const mend = 'Write the value out: every entry says everything about itself.';
    if (isAlias(node)) this.report.add(this.span(node.range), `aliases are not part of specs`, mend);
    else if (node.anchor !== undefined) this.report.add(this.decoration(node, `&${node.anchor}`), `anchors are not part of specs`, mend);
    if (node.tag !== undefined) this.report.add(this.decoration(node, node.tag), `tags are not part of specs`, 'Remove it: the schema gives every value its type.');
  }

  /** Where `&name` or `!tag` stands: before the node that it decorates. */
  private decoration(node: ParsedNode, text: string): Span {
    const start = this.file.text.lastIndexOf(text, node.range[0]);
    return start < 0 ? this.span(node.range) : this.span([start, start + text.length]);
  }

  private span([start, end]: readonly [number, number, ...unknown[]]): Span {
    return { file: this.file, start, end };
  }
}

function quotesOf(type: string | undefined): Quotes {
  if (type === Scalar.QUOTE_DOUBLE) return 'double';
  if (type === Scalar.QUOTE_SINGLE) return 'single';
  return type === Scalar.PLAIN ? 'plain' : 'block';
}

function syntaxMend(code: string): string {
  switch (code) {
    case 'UNEXPECTED_TOKEN': return 'Close the brackets, separate entries by commas, and put matches and operations into double quotes.';
    case 'MISSING_CHAR': return 'Close the quotes or brackets, or put the missing `:` after the key.';
    case 'BAD_INDENT': return 'Indent it more than the key it belongs to, and close every bracket.';
    case 'TAB_AS_INDENT': return 'Indent with spaces.';
    case 'MULTIPLE_DOCS': return 'Remove the `---`: a spec file is one document.';
    case 'BLOCK_AS_IMPLICIT_KEY': return 'Put the value on a line of its own, or into { } or double quotes.';
    default: return 'Put matches and operations into double quotes, and check brackets and indentation above this place.';
  }
}

/** A span of at least one character inside the file, if it has any. */
function clip(file: SourceFile, [start, end]: readonly [number, number]): Span {
  const from = Math.min(start, Math.max(file.text.length - 1, 0));
  return { file, start: from, end: Math.min(Math.max(end, from + 1), file.text.length) };
}

/** Line number, from 1, of the start of a span. */
export function lineOf({ file, start }: Span): number {
  return file.text.slice(0, start).split('\n').length;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
