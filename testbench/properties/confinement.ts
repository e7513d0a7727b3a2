/**
 * What a guest did that it must not: bytes outside its own pages that have
 * changed, and records that depend on another's memory.
 */
import fc from 'fast-check';
import { BASE, POINTER } from '../arbitraries/map.js';
import type { Plan } from '../arbitraries/program.js';
import { Shapes } from '../arbitraries/shapes.js';
import { NO_TABLES } from '../arbitraries/tables.js';
import type { ObservedCore } from '../lockstep/observed.js';
import { Reference } from '../reference/reference.js';
import type { Retirement } from '../retirement.js';
import { changeable, confined, confinements, hostChoices, type Confinement, type HostChoice, type Image } from './confined-guest.js';
import { shippedSpecs } from './cores.js';
import { randomPrograms } from './random-programs.js';

const DRAM = 0x8000_0000n;
const DRAM_BYTES = 128 << 20;
const PAGE_BYTES = 4096;
const FINISHER = 0x10_0000n;
const CYCLES = 4000;
const RECORDS = 1200;

/** A record and the cycle in which it was told. */
export interface Seen {
  readonly cycle: bigint;
  readonly record: Retirement;
}

/** Something that runs an image and can be asked for its memory afterwards. */
export interface Runner {
  run(image: Image): readonly Seen[];
  /** Pages that anybody has written, by number from the start of memory. */
  pages(): Iterable<number>;
  page(number: number): Uint8Array;
}

/** A core by itself. */
export const onCore = (core: ObservedCore): Runner => ({
  run(image) {
    const seen: Seen[] = [];
    core.reset();
    if (!core.load(image)) throw new Error('the image does not fit');
    core.run(CYCLES, { records: (list) => { for (const { retirement, inputs } of list) seen.push({ cycle: inputs.cycle, record: retirement }); }, trapped: () => undefined });
    return seen;
  },
  pages: () => core.memory.dirtyPages(),
  page: (number) => core.memory.read(DRAM + BigInt(number * PAGE_BYTES), PAGE_BYTES) ?? new Uint8Array(),
});

/** The reference by itself. */
export function onReference(): Runner {
  const reference = new Reference({ dramBytes: DRAM_BYTES });
  return {
    run(image) {
      const seen: Seen[] = [];
      reference.reset();
      for (const { address, data } of image.segments) reference.load(address, data);
      reference.setPc(image.entry);
      while (seen.length < RECORDS) {
        const record = reference.step();
        seen.push({ cycle: 0n, record });
        if (record.mem_addr === FINISHER && (record.mode === 'M' || record.mode === 'HS')) break;
      }
      return seen;
    },
    pages: () => reference.dirtyPages(),
    page: (number) => reference.readMemory(DRAM + BigInt(number * PAGE_BYTES), PAGE_BYTES),
  };
}

/** What memory was, page by page; zero where nothing is said. */
function initialPages({ segments }: Image): ReadonlyMap<number, Uint8Array> {
  const pages = new Map<number, Uint8Array>();
  for (const { address, data } of segments) {
    data.forEach((byte, i) => {
      const offset = Number(address - DRAM) + i;
      const number = Math.floor(offset / PAGE_BYTES);
      const page = pages.get(number) ?? new Uint8Array(PAGE_BYTES);
      page[offset % PAGE_BYTES] = byte;
      pages.set(number, page);
    });
  }
  return pages;
}

/** The first doubleword that has changed and must not. */
function breach(runner: Runner, image: Image, confinement: Confinement): string | undefined {
  const before = initialPages(image);
  for (const number of runner.pages()) {
    const start = DRAM + BigInt(number * PAGE_BYTES);
    const was = before.get(number) ?? new Uint8Array(PAGE_BYTES);
    const is = runner.page(number);
    if (Buffer.compare(was, is) === 0) continue;
    for (let at = 0; at < PAGE_BYTES; at += 8) {
      const address = start + BigInt(at);
      const [from, to] = [was, is].map((bytes) => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true));
      const changed = ((from ?? 0n) ^ (to ?? 0n)) & ~changeable(address, confinement);
      if (changed !== 0n) return `the host's 0x${address.toString(16)} was 0x${from?.toString(16)} and is 0x${to?.toString(16)}`;
    }
  }
  return undefined;
}

const text = ({ cycle, record }: Seen): string => `${cycle} ${JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value))}`;

/** The first record that tells two secrets apart. */
function leak(first: readonly Seen[], second: readonly Seen[]): string | undefined {
  const place = Array.from({ length: Math.max(first.length, second.length) }, (_, i) => i).find((i) => {
    const [one, other] = [first[i], second[i]];
    return one === undefined || other === undefined || text(one) !== text(other);
  });
  if (place === undefined) return undefined;
  const shown = [first[place], second[place]].map((seen) => (seen === undefined ? 'none' : text(seen)));
  return `record ${place} depends on the host's memory:\n${shown.join('\n')}`;
}

/** A guest under its host. */
export type Example = [Plan, Confinement, HostChoice];
/** Guests, the G-stage that confines them, and what their host has chosen. */
export const examples: fc.Arbitrary<Example> = fc.tuple(randomPrograms(undefined, 'translation'), confinements, hostChoices);

const shapes = new Shapes(shippedSpecs().isa);
const WILD_PAGE = 8;
const ALL = 0xdfn;
const U = 0x10n;

/** A guest that reads, writes and executes the one page that the G-stage leads to its host, but not for users. */
export function supervisorsPage(): Example {
  const [sampled] = fc.sample(examples, { numRuns: 1, seed: 1 });
  if (sampled === undefined) throw new Error('no example');
  const [plan] = sampled;
  const access = (name: string): { readonly words: readonly number[] } => ({ words: [shapes.word(name, { rd: 5, rs1: POINTER.wild, rs2: POINTER.wild })] });
  return [
    { ...plan, mode: 'VS', tables: NO_TABLES, settings: [], wild: BASE + BigInt(WILD_PAGE * PAGE_BYTES), body: ['ld', 'sd', 'amoadd.d', 'cbo.zero', 'jalr'].map(access) },
    { mode: 8, adue: false, vmid: 1, oddities: [{ table: 'leaf', index: WILD_PAGE, value: ((BASE >> 12n) << 10n) | (ALL & ~U) }] },
    { medeleg: 0n, hedeleg: 0n, hideleg: 0n, hvip: 0n, hstatus: 0n, henvcfg: 0n, vsatp: 0n },
  ];
}

/** What the guest could do that it must not, and its records. */
export function judge(runner: Runner, [plan, confinement, choice]: Readonly<Example>): { readonly wrong: string | undefined; readonly seen: readonly Seen[] } {
  const image = confined(plan, confinement, choice, 1n);
  const seen = runner.run(image);
  const written = breach(runner, image, confinement);
  if (written !== undefined) return { wrong: written, seen };
  const other = runner.run(confined(plan, confinement, choice, 2n));
  return { wrong: leak(seen, other), seen };
}
