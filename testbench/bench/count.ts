/**
 * Counts executed wasm instructions exactly: rewrites a module so that every
 * straight run of instructions first adds its numbers to three globals.
 *
 * The rewritten module does what the original does, slower. What the engine
 * makes of it is another matter: local accesses and constants mostly become
 * nothing, so they are counted apart.
 */

/** Executed instructions by kind. */
export interface WasmCounts {
  /** All but block structure, local accesses and constants: arithmetic, loads, stores, branches, calls, selects. */
  readonly operations: number;
  readonly stores: number;
  /** All but block structure. */
  readonly instructions: number;
}

const COUNTERS = ['operations', 'stores', 'instructions'] as const;

const SECTION = { global: 6, export: 7, code: 10 } as const;
const I64 = 0x7e;
const GLOBAL = 3;
const HEADER_BYTES = 8;
const PREFIX = 'count.';
const OP = { unreachable: 0, block: 2, loop: 3, if: 4, else: 5, end: 11, br: 12, brIf: 13, brTable: 14, return: 15, call: 16, globalGet: 0x23, globalSet: 0x24, i32Const: 0x41, i64Const: 0x42, i64Add: 0x7c, truncSat: 0xfc } as const;

const unsigned = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]);
/** Signed LEB128 of a number below 2^31 that is not negative. */
const signed = (value: number): number[] => (value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)]);

class Reader {
  constructor(readonly bytes: Uint8Array, public at = 0) {}

  byte(): number {
    return this.bytes[this.at++] ?? 0;
  }

  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  skipNumber(): void {
    while (this.byte() >= 0x80);
  }

  take(length: number): Uint8Array {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

/** Steps over the immediates of an instruction; gives whether a straight run ends after it. */
function skipImmediates(reader: Reader, opcode: number): boolean {
  switch (opcode) {
    case OP.block:
    case OP.loop:
    case OP.if:
    case OP.br:
    case OP.brIf:
      reader.skipNumber();
      return true;
    case OP.else:
    case OP.end:
    case OP.return:
    case OP.unreachable:
      return true;
    case OP.brTable:
      for (let left = reader.number(); left >= 0; left--) reader.skipNumber();
      return true;
    case OP.call:
    case OP.i32Const:
    case OP.i64Const:
      reader.skipNumber();
      return false;
    case OP.truncSat:
      throw new Error('bulk and saturating instructions are not known here');
    default:
      if (opcode >= 0x20 && opcode <= 0x24) reader.skipNumber();
      if (opcode >= 0x28 && opcode <= 0x3e) {
        reader.skipNumber();
        reader.skipNumber();
      }
      if (opcode === 0x3f || opcode === 0x40) reader.skipNumber();
      return false;
  }
}

const isStructure = (opcode: number): boolean => [OP.block, OP.loop, OP.else, OP.end].some((o) => o === opcode);
const isFree = (opcode: number): boolean => (opcode >= 0x20 && opcode <= 0x22) || (opcode >= 0x41 && opcode <= 0x44);
const isStore = (opcode: number): boolean => opcode >= 0x36 && opcode <= 0x3e;

/** One function's body with counting in front of every run. */
function countBody(body: Uint8Array, firstGlobal: number): number[] {
  const reader = new Reader(body);
  const out: number[] = [];
  for (let groups = reader.number(); groups > 0; groups--) {
    reader.skipNumber();
    reader.byte();
  }
  out.push(...body.subarray(0, reader.at));
  let start = reader.at;
  let counts = [0, 0, 0];
  const flush = (): void => {
    counts.forEach((n, i) => {
      if (n > 0) out.push(OP.globalGet, ...unsigned(firstGlobal + i), OP.i64Const, ...signed(n), OP.i64Add, OP.globalSet, ...unsigned(firstGlobal + i));
    });
    out.push(...body.subarray(start, reader.at));
    start = reader.at;
    counts = [0, 0, 0];
  };
  while (reader.at < body.length) {
    const opcode = reader.byte();
    if (!isStructure(opcode)) {
      const [operations = 0, stores = 0, instructions = 0] = counts;
      counts = [operations + (isFree(opcode) ? 0 : 1), stores + (isStore(opcode) ? 1 : 0), instructions + 1];
    }
    if (skipImmediates(reader, opcode)) flush();
  }
  flush();
  return out;
}

/** The module, counting into exported globals `count.operations` and so on, which come after its own. */
function instrument(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = sectionsOf(wasm);
  const own = sections.find(({ id }) => id === SECTION.global)?.content ?? Uint8Array.of(0);
  const inner = new Reader(own);
  const first = inner.number();
  const added = COUNTERS.flatMap(() => [I64, 1, OP.i64Const, 0, OP.end]);
  const globals = [...unsigned(first + COUNTERS.length), ...own.subarray(inner.at), ...added];
  const out: number[] = [...wasm.subarray(0, HEADER_BYTES)];
  const append = (id: number, content: Iterable<number>, length: number): void => {
    out.push(id, ...unsigned(length));
    for (const byte of content) out.push(byte);
  };
  for (const { id, content } of sections) {
    if (id === SECTION.global) continue;
    // Globals stand right before the exports.
    if (id === SECTION.export) append(SECTION.global, globals, globals.length);
    const changed = id === SECTION.export ? countExports(content, first) : id === SECTION.code ? countCode(content, first) : content;
    append(id, changed, changed.length);
  }
  return new Uint8Array(out);
}

function sectionsOf(wasm: Uint8Array): readonly { readonly id: number; readonly content: Uint8Array }[] {
  const reader = new Reader(wasm, HEADER_BYTES);
  const sections: { id: number; content: Uint8Array }[] = [];
  while (reader.at < wasm.length) {
    const id = reader.byte();
    sections.push({ id, content: reader.take(reader.number()) });
  }
  return sections;
}

function countExports(content: Uint8Array, firstGlobal: number): number[] {
  const reader = new Reader(content);
  const count = reader.number();
  const names = COUNTERS.flatMap((name, i) => [...unsigned(PREFIX.length + name.length), ...Buffer.from(PREFIX + name), GLOBAL, ...unsigned(firstGlobal + i)]);
  return [...unsigned(count + COUNTERS.length), ...content.subarray(reader.at), ...names];
}

function countCode(content: Uint8Array, firstGlobal: number): number[] {
  const reader = new Reader(content);
  const functions = reader.number();
  const out = unsigned(functions);
  for (let i = 0; i < functions; i++) {
    const body = countBody(reader.take(reader.number()), firstGlobal);
    for (const byte of unsigned(body.length)) out.push(byte);
    for (const byte of body) out.push(byte);
  }
  return out;
}

/** A module that counts; instantiate it in the original's place. */
export interface CountingWasm {
  readonly wasm: Uint8Array;
  /** What an instance has counted so far. */
  read(exports: Readonly<Record<string, unknown>>): WasmCounts;
}

/** Makes a module count its executed instructions. */
export function countingWasm(wasm: Uint8Array): CountingWasm {
  const value = (exports: Readonly<Record<string, unknown>>, name: string): number => {
    const exported = exports[PREFIX + name];
    return exported instanceof WebAssembly.Global ? Number(exported.value) : 0;
  };
  return {
    wasm: instrument(wasm),
    read: (exports) => ({ operations: value(exports, 'operations'), stores: value(exports, 'stores'), instructions: value(exports, 'instructions') }),
  };
}
