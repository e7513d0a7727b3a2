import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../spec/isa.js';
import { loadSpecs } from '../spec/load.js';
import { parseOperation } from './parse.js';
import { printTree } from './print.js';
import { operation, underlined } from './testing.js';
import { PRECEDENCE, type BinaryOp, type Tree } from './tree.js';

function tree(text: string): Tree {
  const outcome = parseOperation(operation(text));
  if (!outcome.ok) throw new Error(`${text}: ${outcome.diagnostics.map((d) => d.message).join('; ')}`);
  return outcome.value;
}

/** The tree with every operator in parentheses. */
function grouped(t: Tree): string {
  switch (t.kind) {
    case 'unary': return `(${t.op}${grouped(t.a)})`;
    case 'binary': return `(${grouped(t.a)} ${t.op} ${grouped(t.b)})`;
    case 'slice': return `(${grouped(t.a)}[${t.high}:${t.low}])`;
    case 'conditional': return `(if ${grouped(t.condition)} then ${grouped(t.then)} else ${grouped(t.else)})`;
    default: return printTree(t);
  }
}

describe('the grammar', () => {
  it.each([
    ['12', { kind: 'number', value: 12n }],
    ['0xfF', { kind: 'number', value: 255n }],
    ['0b101', { kind: 'number', value: 5n }],
    ['0xffffffffffffffff', { kind: 'number', value: (1n << 64n) - 1n }],
    ['5:3', { kind: 'number', value: 5n, width: 3 }],
    ['pc', { kind: 'name', name: 'pc' }],
    ['mip.SEIP.stored', { kind: 'name', name: 'mip.SEIP.stored' }],
    ['X[rs1]', { kind: 'register', operand: 'rs1' }],
    ['iffy', { kind: 'name', name: 'iffy' }],
    ['sextant', { kind: 'name', name: 'sextant' }],
    ['a[7:4]', { kind: 'slice', high: 7, low: 4 }],
    ['a[3]', { kind: 'slice', high: 3, low: 3 }],
    ['{a, b, 0:1}', { kind: 'concat', parts: [{ kind: 'name' }, { kind: 'name' }, { kind: 'number', width: 1 }] }],
    ['!a', { kind: 'unary', op: '!' }],
    ['if a then b else c', { kind: 'conditional', condition: { name: 'a' }, then: { name: 'b' }, else: { name: 'c' } }],
    ['sext(a)', { kind: 'extend', signed: true }],
    ['zext<12>(0)', { kind: 'extend', signed: false, width: 12 }],
    ['mulhsu(a, b)', { kind: 'call', name: 'mulhsu', arguments: [{ name: 'a' }, { name: 'b' }] }],
    ['f()', { kind: 'call', name: 'f', arguments: [] }],
    ['((a))', { kind: 'name', name: 'a', start: 0, end: 5 }],
  ])('reads %s', (text, expected) => {
    expect(tree(text)).toMatchObject(expected);
  });

  it.each(PRECEDENCE.flat())('reads a %s b', (op) => {
    expect(tree(`a ${op} b`)).toMatchObject({ kind: 'binary', op, a: { name: 'a' }, b: { name: 'b' } });
    expect(tree(`(a)${op}(b)`)).toMatchObject({ kind: 'binary', op });
  });

  it('binds every operator of a level tighter than those of the level before, and groups each level to the left', () => {
    const [first] = PRECEDENCE;
    PRECEDENCE.forEach((ops, i) => {
      for (const op of ops) {
        for (const same of ops) expect(grouped(tree(`a ${op} b ${same} c`))).toBe(`((a ${op} b) ${same} c)`);
        for (const looser of i === 0 ? [] : PRECEDENCE[i - 1] ?? first ?? []) {
          expect(grouped(tree(`a ${looser} b ${op} c`))).toBe(`(a ${looser} (b ${op} c))`);
          expect(grouped(tree(`a ${op} b ${looser} c`))).toBe(`((a ${op} b) ${looser} c)`);
        }
      }
    });
  });

  it.each([
    ['-a[3] * b', '((-(a[3:3])) * b)'],
    ['~a + !b', '((~a) + (!b))'],
    ['a & b == c', '(a & (b == c))'],
    ['if a || b then c else d + 1', '(if (a || b) then c else (d + 1))'],
    ['if a then b else if c then d else e', '(if a then b else (if c then d else e))'],
    ['a - -b', '(a - (-b))'],
    ['a << 3 <u b', '((a << 3) <u b)'],
    ['(a + b)[7:0][3]', '(((a + b)[7:0])[3:3])'],
  ])('groups %s as the precedence table says', (text, expected) => {
    expect(grouped(tree(text))).toBe(expected);
  });

  it('gives every node its place in the text', () => {
    const text = 'if (a) then X[rs1][3:0] else f(b , 7) + {c}';
    const places: string[] = [];
    const visit = (t: Tree): void => {
      places.push(text.slice(t.start, t.end));
      for (const value of Object.values(t)) for (const v of [value].flat()) if (v !== null && typeof v === 'object' && 'kind' in v) visit(v);
    };
    visit(tree(text));
    expect(places).toEqual([text, '(a)', 'X[rs1][3:0]', 'X[rs1]', 'f(b , 7) + {c}', 'f(b , 7)', 'b', '7', '{c}', 'c']);
  });
});

const word = fc.constantFrom('a', 'pc', 'mstatus.SIE', 'mip.SEIP.stored', 'if_', 'x0', 'X');
const place = { start: 0, end: 0 };
const { tree: anyTree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.bigInt(0n, (1n << 64n) - 1n).map((value): Tree => ({ ...place, kind: 'number', value })),
    fc.tuple(fc.bigInt(0n, 255n), fc.integer({ min: 1, max: 64 })).map(([value, width]): Tree => ({ ...place, kind: 'number', value, width })),
    word.map((name): Tree => ({ ...place, kind: 'name', name })),
    fc.constantFrom('rs1', 'rs2').map((operand): Tree => ({ ...place, kind: 'register', operand })),
    fc.tuple(tie('tree'), fc.nat(63), fc.nat(63)).map(([a, high, low]): Tree => ({ ...place, kind: 'slice', a, high, low })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((parts): Tree => ({ ...place, kind: 'concat', parts })),
    fc.tuple(fc.constantFrom<('~' | '-' | '!')[]>('~', '-', '!'), tie('tree')).map(([op, a]): Tree => ({ ...place, kind: 'unary', op, a })),
    fc.tuple(fc.constantFrom<BinaryOp[]>(...PRECEDENCE.flat()), tie('tree'), tie('tree')).map(([op, a, b]): Tree => ({ ...place, kind: 'binary', op, a, b })),
    fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([condition, then, other]): Tree => ({ ...place, kind: 'conditional', condition, then, else: other })),
    fc.tuple(fc.boolean(), tie('tree')).map(([signed, a]): Tree => ({ ...place, kind: 'extend', signed, a })),
    fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 64 }), tie('tree')).map(([signed, width, a]): Tree => ({ ...place, kind: 'extend', signed, width, a })),
    fc.tuple(fc.constantFrom('f', 'mulh'), fc.array(tie('tree'), { maxLength: 3 })).map(([name, list]): Tree => ({ ...place, kind: 'call', name, arguments: list })),
  ),
}));

const isOperation = (value: object): value is Operation => 'text' in value && 'span' in value && typeof value.text === 'string';

/** Everything in the operation language below a value of the specs. */
function operationsIn(value: unknown, seen = new Set<unknown>()): Operation[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  if (isOperation(value)) return [value];
  return Object.entries(value).flatMap(([key, v]) => (key === 'file' ? [] : operationsIn(v, seen)));
}

describe('the shipped specs', () => {
  it('hold operations that parse and print as they mean', () => {
    const specs = loadSpecs([fileURLToPath(new URL('../../specs', import.meta.url))]);
    const operations = operationsIn(specs.ok ? specs.value.isa : undefined);
    expect(operations.length).toBeGreaterThan(100);
    for (const op of operations) {
      const outcome = parseOperation(op);
      expect(outcome.ok, op.text).toBe(true);
      if (outcome.ok) expect(grouped(tree(printTree(outcome.value)))).toBe(grouped(outcome.value));
    }
  });
});

describe('printing', () => {
  it('prints what reads as the same tree', () => {
    fc.assert(fc.property(anyTree, (t) => {
      const text = printTree(t);
      const read = tree(text);
      expect(grouped(read)).toBe(grouped(t));
      expect(printTree(read)).toBe(text);
    }), { numRuns: 500 });
  });
});

describe('syntax errors', () => {
  it.each([
    ['a +', '"', 'an operand is missing before the end', 'Write a number, a name, X[rs1], a call, (…) or {…} here.'],
    ['a + )', ')', "an operand is missing before ')'", 'Write a number'],
    ['(a + b', '"', "')' is missing before the end", "Write ')' here."],
    ['{a, b', '"', "'}' or ',' is missing before the end", "Write '}' or ',' here."],
    ['f(a b)', 'b', "')' or ',' is missing before 'b'", 'Write'],
    ['if a then b', '"', "'else' is missing before the end", "Write 'else' here."],
    ['if a b', 'b', "'then' is missing before 'b'", "Write 'then' here."],
    ['a b', 'b', "'b' cannot stand here", 'Join the two with an operator'],
    ['a <= b', '<=', "'<=' cannot stand here", 'Say how to compare: <u or <s'],
    ['a >> b', '>>', "'>>' cannot stand here", 'Say which right shift'],
    ['a / b', '/', "'/' cannot stand here", 'Say which division'],
    ['a = b', '=', "'=' cannot stand here", 'Equality is written ==.'],
    ['a ? b : c', '?', "'?' cannot stand here", 'if c then a else b'],
    ['a[n]', 'n', "'n' cannot stand here", '(a >>u n)[0]'],
    ['a[3:n]', 'n', "'n' cannot stand here", 'Bounds are constant'],
    ['a \\\\ b', '\\', 'an operation has no escapes', 'without a backslash'],
    ['', '"', 'the operation is empty', 'Write an expression.'],
  ])('in "%s" points at %s', (text, caret, message, mend) => {
    const outcome = parseOperation(operation(text), 'add');
    expect(outcome.ok).toBe(false);
    const [d] = outcome.ok ? [] : outcome.diagnostics;
    expect(d && { message: d.message, caret: underlined(d) }).toEqual({ message: `add: ${message}`, caret });
    expect(d?.mend).toContain(mend);
  });

  it('stay exact where YAML folds lines', () => {
    const outcome = parseOperation(operation('a +\n      b c'));
    const [d] = outcome.ok ? [] : outcome.diagnostics;
    expect(d && underlined(d)).toBe('c');
  });
});
