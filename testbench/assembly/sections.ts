/**
 * The parts of a program and where they lie.
 */

/** What a section holds; in this order they lie in memory, each kind on pages of its own. `absent`: not part of the program. */
export const SECTION_KINDS = ['code', 'constants', 'data', 'zeros', 'absent'] as const;
export type SectionKind = (typeof SECTION_KINDS)[number];

export const PAGE = 4096n;

/** A section while it grows. */
export class Section {
  /** Bytes so far; of `zeros` too. */
  size = 0;
  /** Address alignment, a power of two. */
  alignment: bigint;
  private content = new Uint8Array(0);

  constructor(readonly name: string, readonly kind: SectionKind, readonly base: bigint) {
    this.alignment = kind === 'code' ? 4n : 8n;
  }

  /** The address of the next byte. */
  get here(): bigint {
    return this.base + BigInt(this.size);
  }

  /** What it holds; nothing for `zeros`. */
  get bytes(): Uint8Array {
    return this.kind === 'zeros' ? new Uint8Array(0) : this.content.slice(0, this.size);
  }

  /** Appends the low `length` bytes of a value, least significant first. */
  append(value: bigint, length: number): void {
    this.reserve(length);
    for (let i = 0; i < length; i++) this.content[this.size + i] = Number((value >> BigInt(8 * i)) & 0xffn);
    this.size += length;
  }

  /** Appends the same byte many times. */
  fill(count: number, byte: number): void {
    this.reserve(count);
    this.content.fill(byte, this.size, this.size + count);
    this.size += count;
  }

  private reserve(count: number): void {
    if (this.kind === 'zeros' || this.size + count <= this.content.length) return;
    const larger = new Uint8Array(Math.max(256, 2 * this.content.length, this.size + count));
    larger.set(this.content);
    this.content = larger;
  }
}

/** The kind that a section has by its name alone. */
export function kindByName(name: string): SectionKind {
  const family = (...names: string[]): boolean => names.some((n) => name === n || name.startsWith(`${n}.`));
  if (family('.text', '.init', '.fini')) return 'code';
  if (family('.rodata', '.srodata')) return 'constants';
  if (family('.bss', '.sbss')) return 'zeros';
  return family('.note', '.comment', '.debug', '.eh_frame') ? 'absent' : 'data';
}

/** The kind that flags (`ax`, `aw`) and type (`nobits`) of `.section` give. */
export function kindByFlags(flags: string, type: string | undefined): SectionKind {
  if (!flags.includes('a')) return 'absent';
  if (flags.includes('x')) return 'code';
  if (type === 'nobits') return 'zeros';
  return flags.includes('w') ? 'data' : 'constants';
}

const alignUp = (address: bigint, alignment: bigint): bigint => ((address + alignment - 1n) / alignment) * alignment;

const rank = (section: Section): number => SECTION_KINDS.indexOf(section.kind) * 2 + (section.name === '.text.init' ? 0 : 1);

/** Sections in the order of memory. */
export const inMemoryOrder = (sections: Iterable<Section>): Section[] => [...sections].sort((a, b) => rank(a) - rank(b));

/** Where every section begins when the first begins at `base`. */
export function placeSections(sections: Iterable<Section>, base: bigint): Map<string, bigint> {
  const bases = new Map<string, bigint>();
  let address = base;
  let kind: SectionKind = 'code';
  for (const section of inMemoryOrder(sections)) {
    if (section.kind === 'absent') {
      bases.set(section.name, 0n);
      continue;
    }
    if (section.size === 0) {
      bases.set(section.name, alignUp(address, section.alignment));
      continue;
    }
    if (section.kind !== kind && address !== base) address = alignUp(address, PAGE);
    kind = section.kind;
    address = alignUp(address, section.alignment);
    bases.set(section.name, address);
    address += BigInt(section.size);
  }
  return bases;
}
