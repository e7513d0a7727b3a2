/**
 * Flattened device trees, version 17 (Devicetree Specification, chapter 5):
 * trees as values, and their bytes.
 */

/** What a property holds: texts one after the other, cells of 32 bits, raw bytes, or nothing. */
export type PropertyValue =
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  /** Numbers of 32 bits. */
  | { readonly kind: 'cells'; readonly cells: readonly number[] }
  | { readonly kind: 'empty' };

/** A node with its properties in order. */
export interface TreeNode {
  /** `cpu@0`; empty for the root. */
  readonly name: string;
  readonly properties: readonly (readonly [name: string, value: PropertyValue])[];
  readonly children: readonly TreeNode[];
}

export const texts = (...list: readonly string[]): PropertyValue => ({ kind: 'texts', texts: list });
export const cells = (...list: readonly number[]): PropertyValue => ({ kind: 'cells', cells: list });
export const EMPTY: PropertyValue = { kind: 'empty' };

/** A number of 64 bits as two cells. */
export const wide = (value: bigint): readonly [number, number] => [Number(value >> 32n), Number(value & 0xffff_ffffn)];

const MAGIC = 0xd00d_feed;
const HEADER_BYTES = 40;
/** One entry of two doublewords, all zero: no memory is reserved. */
const RESERVATION_BYTES = 16;
const VERSION = 17;
const LAST_COMPATIBLE = 16;
const TOKEN = { begin: 1, end: 2, property: 3, finish: 9 } as const;

/** A growing block of big-endian words. */
class Block {
  readonly #chunks: Uint8Array[] = [];
  length = 0;

  word(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value);
    this.bytes(bytes);
  }

  /** Bytes, filled up to a whole word. */
  bytes(bytes: Uint8Array): void {
    const padded = new Uint8Array((bytes.length + 3) & ~3);
    padded.set(bytes);
    this.#chunks.push(padded);
    this.length += padded.length;
  }

  get content(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}

/** The names of properties, each once. */
class Names {
  readonly #offsets = new Map<string, number>();
  #text = '';

  offset(name: string): number {
    const found = this.#offsets.get(name);
    if (found !== undefined) return found;
    const offset = this.#text.length;
    this.#offsets.set(name, offset);
    this.#text += `${name}\0`;
    return offset;
  }

  get content(): Uint8Array {
    return Buffer.from(this.#text, 'latin1');
  }
}

function valueBytes(value: PropertyValue): Uint8Array {
  switch (value.kind) {
    case 'texts':
      return Buffer.from(value.texts.map((t) => `${t}\0`).join(''), 'utf8');
    case 'cells': {
      const bytes = new Uint8Array(4 * value.cells.length);
      const view = new DataView(bytes.buffer);
      value.cells.forEach((cell, i) => view.setUint32(4 * i, cell));
      return bytes;
    }
    case 'empty':
      return new Uint8Array();
  }
}

function writeNode(node: TreeNode, block: Block, names: Names): void {
  block.word(TOKEN.begin);
  block.bytes(Buffer.from(`${node.name}\0`, 'latin1'));
  for (const [name, value] of node.properties) {
    const bytes = valueBytes(value);
    block.word(TOKEN.property);
    block.word(bytes.length);
    block.word(names.offset(name));
    block.bytes(bytes);
  }
  for (const child of node.children) writeNode(child, block, names);
  block.word(TOKEN.end);
}

/** The blob of a tree; its length is a multiple of 8. */
export function flatten(root: TreeNode): Uint8Array {
  const block = new Block();
  const names = new Names();
  writeNode(root, block, names);
  block.word(TOKEN.finish);
  const [structure, strings] = [block.content, names.content];
  const structureAt = HEADER_BYTES + RESERVATION_BYTES;
  const stringsAt = structureAt + structure.length;
  const total = (stringsAt + strings.length + 7) & ~7;
  const blob = new Uint8Array(total);
  const view = new DataView(blob.buffer);
  const header = [MAGIC, total, structureAt, stringsAt, HEADER_BYTES, VERSION, LAST_COMPATIBLE, 0, strings.length, structure.length];
  header.forEach((value, i) => view.setUint32(4 * i, value));
  blob.set(structure, structureAt);
  blob.set(strings, stringsAt);
  return blob;
}

/**
 * Why bytes cannot be given to firmware as a device tree, in a sentence;
 * undefined if they can. Only the frame is looked at: what stands in it is for
 * the firmware to judge.
 */
export function flawOfTree(blob: Uint8Array): string | undefined {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  if (blob.length < HEADER_BYTES || view.getUint32(0) !== MAGIC) return 'It is no flattened device tree.';
  const [total, structureAt, stringsAt, version, lastCompatible] = [4, 8, 12, 20, 24].map((at) => view.getUint32(at));
  if ((total ?? 0) > blob.length) return `It is truncated: it says that it has ${total} bytes, and has ${blob.length}.`;
  if ((lastCompatible ?? 0) > VERSION || (version ?? 0) < LAST_COMPATIBLE) return `It is of version ${version}, which is not compatible with ${VERSION}.`;
  const fits = [structureAt, stringsAt].every((at) => at !== undefined && at >= HEADER_BYTES && at <= (total ?? 0));
  return fits ? undefined : 'Its blocks lie outside of it.';
}
