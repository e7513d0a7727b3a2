/**
 * `not-applicable.yaml`: rules that bind nothing in this hart, each with the
 * reason, so that none is left out silently.
 */
import type { Context } from './context.js';
import type { Declared } from './declarations.js';
import type { SourceFile, Span } from './diagnostic.js';
import { suggestion } from './nearest.js';
import type { Text } from './node.js';
import { closed, listOf, word } from './shape.js';
import { lineOf } from './yaml.js';

/** Rules set aside for one reason. */
export interface NotApplicable {
  /** `rv32_only` */
  readonly name: string;
  readonly span: Span;
  /** A sentence. */
  readonly reason: string;
  readonly rules: readonly SetAside[];
}

/** A rule set aside, and where: its name, or that of its whole chapter. */
export interface SetAside {
  readonly rule: string;
  readonly span: Span;
}

const GROUP = closed({ reason: word, chapters: listOf(word).exactOptional(), rules: listOf(word).exactOptional() });

/**
 * The groups.
 *
 * A rule is either cited or set aside, and set aside once. Only an overlay may
 * cite what a layer below it sets aside: it adds what the rule is about, and the
 * rule is not set aside any more.
 *
 * @param layerOf - The layer of a file: 0 is the base.
 */
export function buildNotApplicable(context: Context, layerOf: (file: SourceFile) => number): readonly NotApplicable[] {
  const { citations } = context.rules;
  const cited = new Set(citations.map(({ rule }) => rule));
  const groups = new Map<string, string>();
  /** Whether a rule stays set aside; what speaks against it is reported. */
  const stands = ({ rule, span }: SetAside, { label, layer }: Declared): boolean => {
    const other = groups.get(rule);
    groups.set(rule, label);
    if (other !== undefined) context.report.add(span, `${label}: ${rule} is set aside ${other === label ? 'twice' : `by ${other}, too`}`, 'Remove it from one of them.');
    const against = cited.has(rule) ? citations.find((one) => one.rule === rule && layerOf(one.span.file) <= layer) : undefined;
    if (against !== undefined) {
      context.report.add(span, `${label}: ${rule} is cited by ${against.entry} (${against.span.file.path}:${lineOf(against.span)})`, 'A rule is either implemented or not applicable: remove it here, or there if the entry does not decide it.');
    }
    return other === undefined && !cited.has(rule);
  };
  return [...context.build('not_applicable', (declared): NotApplicable | undefined => {
    const { name, label, node, key } = declared;
    context.wellNamed(key, /^[a-z][a-z0-9_]*$/, label, 'rv32_only');
    const raw = context.read(GROUP, node, label);
    if (raw === undefined) return undefined;
    const { reason, chapters = [], rules = [] } = raw;
    if (chapters.length + rules.length === 0) context.complain(key, `${label}: it sets nothing aside`, 'Add `rules: [...]` or `chapters: [...]`, or remove the group.');
    context.rules.verify(rules, label);
    const all = [...chapters.flatMap((chapter) => rulesOf(chapter, label, context)), ...rules.map(({ text, span }): SetAside => ({ rule: text, span }))];
    return { name, span: key.span, reason: reason.text, rules: all.filter((one) => stands(one, declared)) };
  }).values()];
}

function rulesOf(chapter: Text, label: string, context: Context): readonly SetAside[] {
  const { chapters } = context.rules;
  const rules = chapters.get(chapter.text);
  if (rules === undefined) context.complain(chapter, `${label}: there is no chapter ${chapter.text}`, suggestion(chapter.text, chapters.keys(), 'Chapters are the files of specs/rules/, without .tsv.'));
  return (rules ?? []).map((rule) => ({ rule, span: chapter.span }));
}
