/**
 * A mutant: one small mistake that somebody could have made in the specs, in a
 * core's file or in the elaboration, as a pure function.
 */
import type { Module } from '../../model/ir/ir.js';
import type { Span } from '../../model/spec/diagnostic.js';
import type { Isa, Uarch } from '../../model/spec/isa.js';

/** What a mutant is a mistake in. The first five make up the second score. */
export const KINDS = [
  'permit', 'delegation', 'trap-entry', 'xret', 'substitution',
  'exception', 'interrupt', 'translation', 'protection', 'alias', 'warl', 'counter', 'reset', 'region', 'instruction', 'encoding',
  'bypass', 'kill', 'stall', 'flush', 'serialization', 'state', 'latency', 'structure',
] as const;
export type Kind = (typeof KINDS)[number];

/** Kinds that the literal tables must kill without any reference. */
export const TABLE_KINDS: ReadonlySet<Kind> = new Set(['permit', 'delegation', 'trap-entry', 'xret', 'substitution']);

/** What changes. */
export type Change =
  | { readonly of: 'isa'; readonly apply: (isa: Isa) => Isa }
  | { readonly of: 'uarch'; readonly apply: (uarch: Uarch) => Uarch }
  | { readonly of: 'hardware'; readonly apply: (module: Module) => Module };

export interface Mutant {
  /** Unique: `permit sret.mstatus_tsr_op: virtual instead of illegal`. */
  readonly id: string;
  readonly kind: Kind;
  readonly change: Change;
  /** The spec lines it changes; none for the elaboration. */
  readonly span?: Span;
  /** Rules of the entry. */
  readonly rules: readonly string[];
}

/** A mutant of the ISA. */
export function isaMutant(kind: Kind, id: string, entry: { readonly span: Span; readonly rules: readonly string[] }, apply: (isa: Isa) => Isa): Mutant {
  return { id: `${kind} ${id}`, kind, change: { of: 'isa', apply }, span: entry.span, rules: entry.rules };
}

/** `specs/isa/permits.yaml:54`, and undefined for the elaboration. */
export function placeOf({ span }: Mutant): string | undefined {
  if (span === undefined) return undefined;
  return `${span.file.path}:${span.file.text.slice(0, span.start).split('\n').length}`;
}

/** Whether a text is part of the mutant's id or place. */
export const isAbout = (mutant: Mutant, text: string): boolean => mutant.id.includes(text) || placeOf(mutant)?.includes(text) === true;

/** The whole lines that a span touches. */
export function linesOf({ file: { text }, start, end }: Span): string {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const to = text.indexOf('\n', Math.max(start, end - 1));
  return text.slice(from, to < 0 ? text.length : to);
}
