/**
 * A YAML file as a tree in which everything knows its place.
 *
 * Scalars are text: the schema, not YAML, decides what is a number.
 */
import type { SourceFile, Span } from './diagnostic.js';

/** How a scalar was written; operations must be `double`. */
export type Quotes = 'plain' | 'single' | 'double' | 'block';

/** A scalar: its text and, without the quotes, its place. */
export class Text {
  constructor(readonly text: string, readonly span: Span, readonly quotes: Quotes) {}

  /** The characters as they stand in the file, escapes and line breaks included. */
  get raw(): string {
    return this.span.file.text.slice(this.span.start, this.span.end);
  }
}

/** A sequence. */
export class List {
  constructor(readonly items: readonly Node[], readonly span: Span) {}
}

/** A mapping, in file order; keys are unique. */
export class Mapping {
  readonly #values: ReadonlyMap<string, MappingEntry>;

  constructor(readonly entries: readonly MappingEntry[], readonly span: Span) {
    this.#values = new Map(entries.map((entry) => [entry.key.text, entry]));
  }

  get(key: string): MappingEntry | undefined {
    return this.#values.get(key);
  }
}

/** `key: value` of a mapping. */
export interface MappingEntry {
  readonly key: Text;
  readonly value: Node;
}

export type Node = Text | List | Mapping;

/** The place of a whole file, for complaints about what is not in it. */
export function startOf(file: SourceFile): Span {
  return { file, start: 0, end: 0 };
}

/** What lies at a path of keys and indices, or the container in which the way ends and the key that is missing there. */
export function locate(node: Node, path: readonly PropertyKey[]): { readonly node: Node; readonly missing?: string } {
  let here = node;
  for (const step of path) {
    const next = here instanceof Mapping ? here.get(String(step))?.value : here instanceof List ? here.items[Number(step)] : undefined;
    if (next === undefined) return { node: here, missing: String(step) };
    here = next;
  }
  return { node: here };
}
