/**
 * Programs as ELF64 files, with sections, segments and symbols, as GNU tools
 * and the loader read them.
 */
import type { AssembledProgram, ProgramSection, ProgramSymbol } from './assemble.js';

const HEADER = 64;
const PROGRAM_HEADER = 56;
const SECTION_HEADER = 64;
const SYMBOL = 24;
const PAGE = 4096;

/** A growing file. */
class Output {
  private bytes = new Uint8Array(PAGE);
  private view = new DataView(this.bytes.buffer);
  length = 0;

  number(size: 1 | 2 | 4 | 8, ...values: readonly (number | bigint)[]): void {
    for (const value of values) {
      this.reserve(size);
      if (size === 8) this.view.setBigUint64(this.length, BigInt.asUintN(64, BigInt(value)), true);
      else if (size === 4) this.view.setUint32(this.length, Number(value), true);
      else if (size === 2) this.view.setUint16(this.length, Number(value), true);
      else this.view.setUint8(this.length, Number(value));
      this.length += size;
    }
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Zeros until `length` is a multiple of `alignment`. */
  align(alignment: number): number {
    const gap = (alignment - (this.length % alignment)) % alignment;
    this.reserve(gap);
    this.length += gap;
    return this.length;
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.length + count));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** Texts that end in zero, each with its offset. */
class Strings {
  private readonly text: number[] = [0];

  add(name: string): number {
    if (name === '') return 0;
    const offset = this.text.length;
    this.text.push(...new TextEncoder().encode(name), 0);
    return offset;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.text);
  }
}

interface SectionHeader {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: bigint;
  readonly offset: number;
  readonly size: number;
  readonly link?: number;
  readonly info?: number;
  readonly alignment: bigint;
  readonly entrySize?: number;
}

const TYPES = { progbits: 1, symbols: 2, strings: 3, nobits: 8, attributes: 0x7000_0003 };
const FLAGS: Readonly<Record<ProgramSection['kind'], number>> = { code: 0x6, constants: 0x2, data: 0x3, zeros: 0x3 };
const PERMISSIONS: Readonly<Record<ProgramSection['kind'], number>> = { code: 5, constants: 4, data: 6, zeros: 6 };
const ABSOLUTE = 0xfff1;
/** The mailboxes of HTIF: hosts take a symbol of these names for one only if it is an object of 64 bits. */
const MAILBOXES: ReadonlySet<string> = new Set(['tohost', 'fromhost']);
const [NO_TYPE, OBJECT] = [0, 1];
const [LOCAL, GLOBAL] = [0, 0x10];
const MAILBOX_BYTES = 8;

/** Tells disassemblers which instructions there are. */
function attributes(arch: string): Uint8Array {
  const text = new TextEncoder();
  const body = new Output();
  body.number(1, 5);
  body.append(text.encode(`${arch}\0`));
  const subsection = new Output();
  subsection.append(text.encode('riscv\0'));
  subsection.number(1, 1);
  subsection.number(4, body.length + 5);
  subsection.append(body.finish());
  const all = new Output();
  all.append(text.encode('A'));
  all.number(4, subsection.length + 4);
  all.append(subsection.finish());
  return all.finish();
}

/** Local symbols first, as ELF wants it; labels that begin with `.L` stay inside the assembler. */
function symbolTable(symbols: readonly ProgramSymbol[], indexOf: (section: string) => number | undefined, strings: Strings): { bytes: Uint8Array; locals: number } {
  const kept = symbols.filter(({ name }) => !name.startsWith('.L'));
  const ordered = [...kept.filter((s) => !s.global), ...kept.filter((s) => s.global)];
  const table = new Output();
  table.append(new Uint8Array(SYMBOL));
  for (const { name, value, section, global } of ordered) {
    table.number(4, strings.add(name));
    const mailbox = MAILBOXES.has(name);
    table.number(1, (global ? GLOBAL : LOCAL) | (mailbox ? OBJECT : NO_TYPE), 0);
    table.number(2, section === undefined ? ABSOLUTE : indexOf(section) ?? ABSOLUTE);
    table.number(8, value, mailbox ? MAILBOX_BYTES : 0);
  }
  return { bytes: table.finish(), locals: 1 + kept.filter((s) => !s.global).length };
}

/** Sections that follow each other and have the same permissions become one segment. */
function segments(sections: readonly ProgramSection[]): ProgramSection[][] {
  const groups: ProgramSection[][] = [];
  for (const section of sections) {
    const group = groups.at(-1);
    if (group?.[0]?.kind === section.kind) group.push(section);
    else groups.push([section]);
  }
  return groups;
}

/** The ELF file of a program. */
export function writeElf(program: AssembledProgram): Uint8Array {
  const { sections, symbols, entry, arch } = program;
  const groups = segments(sections);
  const body = new Output();
  body.append(new Uint8Array(HEADER + PROGRAM_HEADER * groups.length));
  const names = new Strings();
  const headers: SectionHeader[] = [{ name: '', type: 0, flags: 0, address: 0n, offset: 0, size: 0, alignment: 0n }];
  const programHeaders = new Output();
  for (const group of groups) {
    const [first] = group;
    const last = group.at(-1);
    if (first === undefined || last === undefined) continue;
    // Offsets and addresses agree within a page, so that a segment can be mapped.
    const offset = body.align(PAGE) + Number(first.address % BigInt(PAGE));
    body.append(new Uint8Array(offset - body.length));
    for (const section of group) {
      const at = offset + Number(section.address - first.address);
      if (section.bytes.length > 0) {
        body.append(new Uint8Array(at - body.length));
        body.append(section.bytes);
      }
      headers.push({
        name: section.name, type: section.kind === 'zeros' ? TYPES.nobits : TYPES.progbits, flags: FLAGS[section.kind],
        address: section.address, offset: at, size: section.size, alignment: section.alignment,
      });
    }
    const size = Number(last.address - first.address) + last.size;
    programHeaders.number(4, 1, PERMISSIONS[first.kind]);
    programHeaders.number(8, offset, first.address, first.address, first.kind === 'zeros' ? 0 : size, size, PAGE);
  }

  const strings = new Strings();
  const indices = new Map(headers.map((h, i) => [h.name, i]));
  const table = symbolTable(symbols, (name) => indices.get(name), strings);
  const place = (bytes: Uint8Array, header: Omit<SectionHeader, 'offset' | 'size' | 'address' | 'flags'>): void => {
    const offset = body.align(Number(header.alignment));
    headers.push({ ...header, flags: 0, address: 0n, offset, size: bytes.length });
    body.append(bytes);
  };
  place(attributes(arch), { name: '.riscv.attributes', type: TYPES.attributes, alignment: 1n });
  place(table.bytes, { name: '.symtab', type: TYPES.symbols, alignment: 8n, link: headers.length + 1, info: table.locals, entrySize: SYMBOL });
  place(strings.bytes, { name: '.strtab', type: TYPES.strings, alignment: 1n });
  const nameOffsets = [...headers.map((h) => names.add(h.name)), names.add('.shstrtab')];
  place(names.bytes, { name: '.shstrtab', type: TYPES.strings, alignment: 1n });
  const tableOffset = body.align(8);
  headers.forEach((h, i) => {
    body.number(4, nameOffsets[i] ?? 0, h.type);
    body.number(8, h.flags, h.address, h.offset, h.size);
    body.number(4, h.link ?? 0, h.info ?? 0);
    body.number(8, h.alignment, h.entrySize ?? 0);
  });

  const file = body.finish();
  const header = new Output();
  header.append(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  header.number(2, 2, 243);
  header.number(4, 1);
  header.number(8, entry, groups.length === 0 ? 0 : HEADER, tableOffset);
  header.number(4, 0);
  header.number(2, HEADER, PROGRAM_HEADER, groups.length, SECTION_HEADER, headers.length, headers.length - 1);
  file.set(header.finish(), 0);
  file.set(programHeaders.finish(), HEADER);
  return file;
}
