/**
 * Operations to hardware: names resolved, functions inlined, widths checked.
 *
 * Widths flow both ways. What a part has on its own (a register, a slice, a
 * sized number) is its *natural* width; numbers and `sext(a)` have none and
 * take that of their context: the other operand, else what the operation must
 * yield. A part that is already reported is *broken*: nothing above it
 * complains again, so that one mistake is one diagnostic.
 */
import * as ir from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import type { Diagnostic, Outcome } from '../spec/diagnostic.js';
import type { Operation } from '../spec/isa.js';
import { nearest } from '../spec/nearest.js';
import * as say from './complaints.js';
import { combine, isComparison, isLogical, isShift } from './operators.js';
import { parseOperation, sourceOf, spanOf } from './parse.js';
import { within, type Callable, type Scope } from './scope.js';
import type { BinaryNode, CallNode, ConcatNode, ConditionalNode, ExtendNode, NumberNode, Place, SliceNode, Tree, UnaryNode } from './tree.js';

export type { Callable, Scope } from './scope.js';

/** A width; `free`: whatever the context gives; `broken`: already reported. */
type Width = number | 'free' | 'broken';

const isWidth = (width: Width): width is number => typeof width === 'number';

/** The width on which two sides settle, as far as they have one. */
function meet(a: Width, b: Width): Width {
  if (a === 'broken' || b === 'broken') return 'broken';
  if (a === 'free') return b;
  return b === 'free' || a === b ? a : 'broken';
}

const bitLength = (value: bigint): number => Math.max(1, value.toString(2).length);

/** High halves of products are operators of the hardware, not functions of the specs. */
const PRODUCTS: ReadonlySet<string> = new Set(['mulh', 'mulhu', 'mulhsu']);
const isProduct = (name: string): name is 'mulh' | 'mulhu' | 'mulhsu' => PRODUCTS.has(name);

/** Lowers one text: an operation, or the body of a function at one call. */
class Lowering {
  private readonly source: string;
  private readonly natural = new Map<Tree, Width>();
  private readonly bodies = new Map<CallNode, { readonly body: Lowering; readonly tree: Tree } | undefined>();

  constructor(
    private readonly op: Operation,
    private readonly scope: Scope,
    private readonly subject: string,
    private readonly diagnostics: Diagnostic[],
    /** What bodies of functions see besides their parameters: the names of the operation itself. */
    private readonly globals: Scope,
    /** Functions being inlined, outermost first. */
    private readonly path: readonly string[],
  ) {
    this.source = sourceOf(op);
  }

  /** The tree as hardware of `needed` bits; `part` begins the sentence when it has another width. */
  require(tree: Tree, needed: Width, part: string): Expr | undefined {
    const value = this.lower(tree, needed);
    if (value === undefined || !isWidth(needed) || value.width === needed) return value;
    return this.report(tree, say.wrongWidth(part, this.text(tree), value.width, needed));
  }

  /** The tree's own width. */
  widthOf(tree: Tree): Width {
    let width = this.natural.get(tree);
    if (width === undefined) this.natural.set(tree, (width = this.measure(tree)));
    return width;
  }

  private text(place: Place): string {
    return this.source.slice(place.start, place.end);
  }

  private report(place: Place, { what, mend }: say.Complaint): undefined {
    this.add({ span: spanOf(this.op, place), message: `${this.subject}: ${what}`, mend });
    return undefined;
  }

  /** Mistakes in a function would otherwise come once for every call. */
  private add(d: Diagnostic): void {
    const known = this.diagnostics.some((e) => e.message === d.message && e.span.start === d.span.start && e.span.file === d.span.file);
    if (!known) this.diagnostics.push(d);
  }

  private measure(tree: Tree): Width {
    switch (tree.kind) {
      case 'number': return tree.width ?? 'free';
      case 'name': return this.scope.name(tree.name)?.width ?? 'broken';
      case 'register': return this.scope.register(tree.operand)?.width ?? 'broken';
      case 'slice': return tree.high < tree.low ? 'broken' : tree.high - tree.low + 1;
      case 'concat': return tree.parts.map((p) => this.widthOf(p)).reduce((a, b) => (isWidth(a) && isWidth(b) ? a + b : 'broken'), 0);
      case 'unary': return tree.op === '!' ? 1 : this.widthOf(tree.a);
      case 'binary':
        if (isComparison(tree.op) || isLogical(tree.op)) return 1;
        return isShift(tree.op) ? this.widthOf(tree.a) : meet(this.widthOf(tree.a), this.widthOf(tree.b));
      case 'conditional': return meet(this.widthOf(tree.then), this.widthOf(tree.else));
      case 'extend': return tree.width ?? 'free';
      case 'call': {
        const [a, b] = tree.arguments;
        if (isProduct(tree.name)) return a && b ? meet(this.widthOf(a), this.widthOf(b)) : 'broken';
        const inlined = this.inline(tree);
        return inlined === undefined ? 'broken' : inlined.body.widthOf(inlined.tree);
      }
    }
  }

  /** The tree as hardware. `context` is what a tree without a width of its own takes; a tree with one keeps it. */
  private lower(tree: Tree, context: Width): Expr | undefined {
    switch (tree.kind) {
      case 'number': return this.number(tree, context);
      case 'name': {
        const names = (): string[] => [...this.scope.names()];
        return this.scope.name(tree.name) ?? this.report(tree, say.unknownName(tree.name, nearest(tree.name, names()), names()));
      }
      case 'register': return this.scope.register(tree.operand) ?? this.report(tree, say.unknownRegister(tree.operand));
      case 'slice': return this.slice(tree);
      case 'concat': return this.concat(tree);
      case 'unary': return this.unary(tree, context);
      case 'binary': return this.binary(tree, context);
      case 'conditional': return this.conditional(tree, context);
      case 'extend': return this.extend(tree, context);
      case 'call': return this.call(tree, context);
    }
  }

  private number(tree: NumberNode, context: Width): Expr | undefined {
    const width = tree.width ?? context;
    if (width === 'broken') return undefined;
    if (width === 'free') return this.report(tree, say.noWidth(this.text(tree)));
    if (width < 1 || width > 64) return this.report(tree, say.impossibleWidth(width));
    const needed = bitLength(tree.value);
    return needed > width ? this.report(tree, say.doesNotFit(this.text(tree), width, needed)) : ir.constant(width, tree.value);
  }

  private slice(tree: SliceNode): Expr | undefined {
    const a = this.lower(tree.a, 'free');
    if (tree.high < tree.low) return this.report(tree, say.upsideDown(tree.high, tree.low));
    if (a === undefined) return undefined;
    const range = tree.high === tree.low ? `${tree.high}` : `${tree.high}:${tree.low}`;
    return tree.high < a.width ? ir.slice(a, tree.high, tree.low) : this.report(tree, say.outOfRange(range, a.width));
  }

  private concat(tree: ConcatNode): Expr | undefined {
    const parts = tree.parts.map((p) => this.lower(p, 'free')).filter((p) => p !== undefined);
    if (parts.length < tree.parts.length) return undefined;
    const width = parts.reduce((sum, p) => sum + p.width, 0);
    return width > 64 ? this.report(tree, say.tooLong(width)) : ir.concat(...parts);
  }

  private unary(tree: UnaryNode, context: Width): Expr | undefined {
    if (tree.op === '!') {
      const a = this.require(tree.a, 1, "what '!' negates has");
      return a && ir.not(a);
    }
    const a = this.lower(tree.a, context);
    if (a === undefined) return undefined;
    if (tree.op === '~') return ir.not(a);
    return a.kind === 'const' ? ir.constant(a.width, BigInt.asUintN(a.width, -a.value)) : ir.binary('sub', ir.constant(a.width, 0), a);
  }

  private binary(tree: BinaryNode, context: Width): Expr | undefined {
    if (isLogical(tree.op)) {
      const a = this.require(tree.a, 1, `the left side of '${tree.op}' has`);
      const b = this.require(tree.b, 1, `the right side of '${tree.op}' has`);
      return a && b && combine(tree.op, a, b);
    }
    if (isShift(tree.op)) {
      const a = this.lower(tree.a, context);
      const amount = tree.b.kind === 'number' && tree.b.width === undefined ? bitLength(tree.b.value) : 'free';
      const b = this.lower(tree.b, amount);
      return a && b && combine(tree.op, a, b);
    }
    const [a, b] = this.same(tree, tree.a, tree.b, isComparison(tree.op) ? 'free' : context, (x, y, narrower) => say.sidesDiffer(tree.op, x, y, narrower));
    return a && b && combine(tree.op, a, b);
  }

  private conditional(tree: ConditionalNode, context: Width): Expr | undefined {
    const condition = this.require(tree.condition, 1, "the condition of 'if' has");
    const [a, b] = this.same(tree, tree.then, tree.else, context, say.armsDiffer);
    return condition && a && b && ir.mux(condition, a, b);
  }

  /** Two parts that must have one width; where one has none of its own, it takes the other's. */
  private same(
    place: Place, left: Tree, right: Tree, context: Width, complain: (a: number, b: number, narrower: string) => say.Complaint,
  ): readonly [Expr, Expr] | readonly [] {
    const [wa, wb] = [this.widthOf(left), this.widthOf(right)];
    // A side that differs is no context: each keeps its own width and the pair is reported below.
    const settled = isWidth(wa) && isWidth(wb) ? wa : meet(wa, wb);
    const shared = settled === 'free' ? context : settled;
    const a = this.lower(left, shared);
    const b = this.lower(right, shared);
    if (a === undefined || b === undefined) return [];
    if (a.width === b.width) return [a, b];
    this.report(place, complain(a.width, b.width, this.text(a.width < b.width ? left : right)));
    return [];
  }

  private extend(tree: ExtendNode, context: Width): Expr | undefined {
    const word = tree.signed ? 'sext' : 'zext';
    const width = tree.width ?? context;
    const a = this.lower(tree.a, width === 'free' ? 'broken' : width);
    if (width === 'free') return this.report(tree, say.noWidthToExtendTo(word, this.text(tree.a)));
    if (a === undefined || width === 'broken') return undefined;
    if (width < 1 || width > 64) return this.report(tree, say.impossibleWidth(width));
    if (width < a.width) return this.report(tree, say.narrows(word, a.width, width, this.text(tree.a)));
    return tree.signed ? ir.sext(a, width) : ir.zext(a, width);
  }

  private call(tree: CallNode, context: Width): Expr | undefined {
    if (!isProduct(tree.name)) {
      const inlined = this.inline(tree);
      return inlined?.body.lower(inlined.tree, context);
    }
    const [a, b] = tree.arguments;
    if (a === undefined || b === undefined || tree.arguments.length !== 2) {
      return this.report(tree, say.wrongCount(tree.name, tree.arguments.length, ['a', 'b']));
    }
    const [x, y] = this.same(tree, a, b, context, (p, q, narrower) => say.sidesDiffer(tree.name, p, q, narrower));
    return x && y && ir.binary(tree.name, x, y);
  }

  /** The body of a called function with its parameters bound; once per call. */
  private inline(tree: CallNode): { readonly body: Lowering; readonly tree: Tree } | undefined {
    if (!this.bodies.has(tree)) this.bodies.set(tree, this.bind(tree));
    return this.bodies.get(tree);
  }

  private bind(tree: CallNode): { readonly body: Lowering; readonly tree: Tree } | undefined {
    const callee = this.scope.call(tree.name);
    if (callee === undefined) {
      tree.arguments.forEach((a) => this.lower(a, 'broken'));
      return this.report(tree, say.unknownFunction(tree.name, nearest(tree.name, PRODUCTS)));
    }
    if (this.path.includes(callee.name)) return this.report(tree, say.callsItself(callee.name, this.path));
    const values = this.bindings(tree, callee);
    const parsed = parseOperation(callee.value, callee.name);
    if (!parsed.ok) parsed.diagnostics.forEach((d) => this.add(d));
    if (!parsed.ok || values === undefined) return undefined;
    const body = new Lowering(callee.value, within(values, this.globals), callee.name, this.diagnostics, this.globals, [...this.path, callee.name]);
    return { body, tree: parsed.value };
  }

  private bindings(tree: CallNode, callee: Callable): ReadonlyMap<string, Expr> | undefined {
    if (tree.arguments.length !== callee.parameters.length) {
      tree.arguments.forEach((a) => this.lower(a, 'broken'));
      return this.report(tree, say.wrongCount(callee.name, tree.arguments.length, callee.parameters.map((p) => p.name)));
    }
    const values = new Map<string, Expr>();
    tree.arguments.forEach((argument, i) => {
      const parameter = callee.parameters[i];
      const value = parameter && this.require(argument, parameter.width, `argument '${parameter.name}' of ${callee.name} has`);
      if (parameter && value) values.set(parameter.name, value);
    });
    return values.size === callee.parameters.length ? values : undefined;
  }
}

/**
 * Lowers an operation to an expression of the hardware.
 *
 * @param scope - What its names mean.
 * @param width - Bits the operation must yield; undefined: any.
 * @param subject - Who it belongs to, for messages: `hlv.w`.
 * @returns The expression, or every mistake in the operation, in the order of the text.
 */
export function lowerOperation(op: Operation, scope: Scope, width: number | undefined, subject: string): Outcome<Expr> {
  const parsed = parseOperation(op, subject);
  if (!parsed.ok) return parsed;
  const diagnostics: Diagnostic[] = [];
  const value = new Lowering(op, scope, subject, diagnostics, scope, []).require(parsed.value, width ?? 'free', 'operation yields');
  if (value !== undefined && diagnostics.length === 0) return { ok: true, value };
  const inOrder = (a: Diagnostic, b: Diagnostic): number =>
    a.span.file === b.span.file ? a.span.start - b.span.start : a.span.file === op.span.file ? -1 : 1;
  return { ok: false, diagnostics: diagnostics.sort(inOrder) };
}
