/**
 * Fields whose bits live in another field: where an alias leads.
 */
import type { Context } from './context.js';
import type { Span } from './diagnostic.js';
import type { BitRange } from './isa.js';
import { Text } from './node.js';

/** A field as an end of an alias. */
export interface AliasTarget {
  /** `sstatus.SIE` */
  readonly name: string;
  readonly key: Text;
  /** Its own bits; absent, those of the field it stands for. */
  readonly bits?: BitRange;
  /** `mstatus.SIE`, or a whole CSR. */
  readonly of?: { readonly name: string; readonly span: Span };
}

type Targets = ReadonlyMap<string, AliasTarget>;

const WHOLE: BitRange = { high: 63, low: 0 };

/** Every alias leads to a field as wide as itself, and never back to itself. */
export function checkAliases(targets: Targets, context: Context): void {
  const looping = new Set<string>();
  for (const target of targets.values()) {
    if (target.of === undefined) continue;
    if (!context.refersToCsr(new Text(target.of.name, target.of.span, 'plain'), target.name)) continue;
    const loop = loopFrom(target, targets);
    if (loop === undefined) checkWidth(target, targets, context);
    else if (!loop.some((name) => looping.has(name))) {
      context.report.add(target.of.span, `${target.name}: an alias of itself: ${loop.join(' -> ')}`, 'Let one of them be stored: give it `bits` and no `alias`.');
      loop.forEach((name) => looping.add(name));
    }
  }
}

/** The bits of a field, its own or those it takes over. */
export function resolveAliasBits(name: string, targets: Targets, seen: readonly string[] = []): BitRange | undefined {
  if (seen.includes(name)) return undefined;
  const target = targets.get(name);
  if (target?.bits !== undefined || target?.of === undefined) return target?.bits;
  return target.of.name.includes('.') ? resolveAliasBits(target.of.name, targets, [...seen, name]) : WHOLE;
}

function loopFrom(start: AliasTarget, targets: Targets): readonly string[] | undefined {
  const follow = (target: AliasTarget, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(target.name)) return target.name === start.name ? [...path, target.name] : undefined;
    for (const next of successors(target, targets)) {
      const loop = follow(next, [...path, target.name]);
      if (loop !== undefined) return loop;
    }
    return undefined;
  };
  return follow(start, []);
}

function successors({ of }: AliasTarget, targets: Targets): readonly AliasTarget[] {
  if (of === undefined) return [];
  return [...targets.values()].filter(({ name }) => name === of.name || (!of.name.includes('.') && name.startsWith(`${of.name}.`)));
}

function checkWidth({ name, of, bits }: AliasTarget, targets: Targets, context: Context): void {
  if (of === undefined || bits === undefined) return;
  const there = of.name.includes('.') ? resolveAliasBits(of.name, targets) : WHOLE;
  if (there === undefined) return;
  const [mine, theirs] = [bits, there].map(({ high, low }) => high - low + 1);
  if (mine !== theirs) context.report.add(of.span, `${name}: has ${mine} bits, ${of.name} has ${theirs}`, `Give both the same width, or leave out \`bits\`.`);
}
