import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cells, EMPTY, flatten, flawOfTree, texts, wide, type TreeNode } from './fdt.js';

/** What the bytes of a property are for its values: written here again, from the specification. */
const bytesOf = (value: TreeNode['properties'][number][1]): Buffer => {
  if (value.kind === 'texts') return Buffer.concat(value.texts.flatMap((t) => [Buffer.from(t), Buffer.of(0)]));
  return value.kind === 'empty' ? Buffer.alloc(0) : Buffer.concat(value.cells.map((c) => Buffer.of(c >>> 24, c >>> 16, c >>> 8, c)));
};

/** A tree as lines: `name { property=hex }`. */
const linesOf = ({ name, properties, children }: TreeNode): readonly string[] =>
  [`${name} {`, ...properties.map(([n, value]) => `${n}=${bytesOf(value).toString('hex')}`), ...children.flatMap(linesOf), '}'];

/** The same lines read from a blob, token by token. */
function linesIn(blob: Uint8Array): readonly string[] {
  const bytes = Buffer.from(blob);
  const word = (at: number): number => bytes.readUInt32BE(at);
  const text = (at: number): string => bytes.toString('latin1', at, bytes.indexOf(0, at));
  const lines: string[] = [];
  let at = word(8);
  for (;;) {
    const token = word(at);
    at += 4;
    if (token === 1) {
      const name = text(at);
      lines.push(`${name} {`);
      at += (name.length + 4) & ~3;
    } else if (token === 2) lines.push('}');
    else if (token === 3) {
      const [length, name] = [word(at), text(word(12) + word(at + 4))];
      lines.push(`${name}=${bytes.toString('hex', at + 8, at + 8 + length)}`);
      at += 8 + ((length + 3) & ~3);
    } else {
      expect([token, at]).toEqual([9, word(8) + word(36)]);
      return lines;
    }
  }
}

const name = fc.string({ unit: fc.constantFrom(...'abc,-@#019'), minLength: 1, maxLength: 9 });
const value = fc.oneof(
  fc.array(fc.string({ maxLength: 6 }).filter((t) => !t.includes('\0')), { minLength: 1, maxLength: 3 }).map((list) => texts(...list)),
  fc.array(fc.nat(0xffff_ffff), { maxLength: 4 }).map((list) => cells(...list)), fc.constant(EMPTY),
);
const { tree } = fc.letrec<{ tree: TreeNode }>((tie) => ({
  tree: fc.record({ name, properties: fc.array(fc.tuple(name, value), { maxLength: 4 }), children: fc.array(tie('tree'), { maxLength: 2 }) }),
}));

describe('a flattened device tree', () => {
  it('holds every node and property, whatever they are', () => {
    fc.assert(fc.property(tree, (root) => {
      const blob = flatten(root);
      expect(linesIn(blob)).toEqual(linesOf(root));
      expect(flawOfTree(blob)).toBeUndefined();
    }), { numRuns: 40 });
  });

  it('begins with a header of version 17 and an empty list of reservations', () => {
    const view = new DataView(flatten({ name: '', properties: [], children: [] }).buffer);
    const header = Array.from({ length: 10 }, (_, i) => view.getUint32(4 * i));
    expect(header).toEqual([0xd00d_feed, 72, 56, 72, 40, 17, 16, 0, 0, 16]);
    expect([view.getBigUint64(40), view.getBigUint64(48)]).toEqual([0n, 0n]);
  });

  it('splits numbers of 64 bits into cells', () => {
    expect(wide(0x1_2345_6789_abcdn)).toEqual([0x1_2345, 0x6789_abcd]);
  });
});

describe('bytes that are no tree', () => {
  const good = flatten({ name: '', properties: [['a', texts('b')]], children: [] });
  const changed = (at: number, to: number): Uint8Array => {
    const bytes = good.slice();
    new DataView(bytes.buffer).setUint32(at, to);
    return bytes;
  };

  it('are refused with the reason', () => {
    expect(flawOfTree(new Uint8Array())).toMatch(/no flattened device tree/);
    expect(flawOfTree(changed(0, 1))).toMatch(/no flattened device tree/);
    expect(flawOfTree(good.slice(0, 50))).toMatch(/truncated: it says that it has \d+ bytes, and has 50/);
    expect(flawOfTree(changed(24, 18))).toMatch(/not compatible/);
    expect(flawOfTree(changed(8, 0xffff_fff0))).toMatch(/outside/);
  });

  it('never stop us', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, magic) => {
      if (magic && bytes.length >= 4) new DataView(bytes.buffer).setUint32(0, 0xd00d_feed);
      expect(['string', 'undefined']).toContain(typeof flawOfTree(bytes));
    }));
  });
});
