/**
 * Spec mistakes as values: where, what, and what to do.
 */

/** A YAML file as read; spans point into its text. */
export interface SourceFile {
  /** Path as the user knows it: `specs/isa/h.yaml`. */
  readonly path: string;
  readonly text: string;
}

/** Characters `start`..`end` (exclusive) of a file. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** A mistake by the author of a spec. */
export interface Diagnostic {
  readonly span: Span;
  /** Entry and complaint: `hlv.w: operation yields bits<32>, rd holds bits<64>`. */
  readonly message: string;
  /** What to do about it: `Extend it explicitly: sext(mem) or zext(mem).` */
  readonly mend: string;
}

/** A value or the mistakes that prevent it. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };
