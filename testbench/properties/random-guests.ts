/**
 * Random programs of the arbitraries as guests of the demonstration's
 * hypervisor: what the builder makes of a plan (body, trap handler of VS, page
 * tables of VS, data), with a prologue for VS in place of the machine level's.
 */
import fc from 'fast-check';
import { AT, BASE, BUDGET, LOADED, POINTER, RESUME, SCRATCH, VECTORS } from '../arbitraries/map.js';
import { imageOf } from '../arbitraries/print.js';
import type { Item, Plan } from '../arbitraries/program.js';
import { Shapes } from '../arbitraries/shapes.js';
import { TO_DATA } from '../arbitraries/tables.js';
import { assemble } from '../assembly/assemble.js';
import { assemblyTables } from '../assembly/tables.js';
import { PLACES } from '../demo/system.js';
import { shippedSpecs } from './cores.js';
import { built, randomPrograms } from './random-programs.js';

const { isa } = shippedSpecs();
const tables = assemblyTables(isa);
const shapes = new Shapes(isa);
const csr = (name: string): number => isa.csrs.find((c) => c.name === name)?.address ?? -1;
const PAGE = 0x1000n;
/** Where B's prologue is, behind the pages of the builder's VS tables, and where its image ends. */
const PROLOGUE = 0x6000;
const IMAGE_BYTES = 0x8000;
const HEADER_END = 32;
/** What a VS-level CSR of a plan is called from within. */
const inside = (address: number): number => ((address & 0xf00) === 0x200 ? address - 0x100 : address);

/** A guest without outside events whose body begins again at its end, until its trap handler or its hypervisor has enough. */
function guest(plan: Plan): Plan {
  const jal = shapes.named('jal');
  const back: Item = { words: [jal.match], ...(jal.imm === undefined ? {} : { jump: { items: -plan.body.length, imm: jal.imm, skew: 0 } }) };
  return {
    ...plan,
    mode: plan.mode === 'U' || plan.mode === 'VU' ? 'VU' : 'VS',
    body: plan.body.at(-1)?.jump?.items === back.jump?.items ? plan.body : [...plan.body, back],
    mtimecmp: undefined, msip: false, events: [], returns: [], budget: 200,
  };
}

/** The vsatp of a plan. */
export const ownTables = ({ tables: { settings } }: Plan): bigint | undefined => settings.find((s) => s.csr === csr('vsatp'))?.value;

/** The prologue of a plan in VS-mode: what the builder's does, as far as a guest can. */
function prologue(plan: Plan, items: readonly bigint[]): string {
  const { mode, mstatus, settings, tables: { window }, registers, wild, handlers: { VS }, budget, resume } = plan;
  const satp = ownTables(plan);
  const shift = satp === undefined ? 0n : window - BASE;
  const set = (address: number, value: bigint): string => `li x30, ${value}\n csrw ${address}, x30`;
  const load = (register: number, value: bigint): string => `li x${register}, ${BigInt.asUintN(64, value)}`;
  const level = (address: number): number => (address >> 8) & 3;
  const [first = BASE] = items;
  return [
    // What the handler needs comes first: some settings are not for a guest.
    set(csr('stvec'), BASE + BigInt(VS.vectored ? AT.VS + 1 : AT.VS + 4 * VECTORS)),
    load(BUDGET, BigInt(budget)),
    ...settings.filter((s) => level(inside(s.csr)) === 1 && ![csr('stvec'), csr('satp')].includes(inside(s.csr))).map((s) => set(inside(s.csr), s.value)),
    set(csr('sstatus'), (mstatus & ~0x100n) | (mode === 'VS' ? 0x100n : 0n)),
    set(csr('sepc'), first + shift),
    load(POINTER.data, BASE + BigInt(AT.data) + (shift === 0n ? 0n : shift + TO_DATA)),
    load(POINTER.end, shift === 0n ? BASE + BigInt(PLACES.ramBytes) : window + TO_DATA + PAGE),
    load(POINTER.mtimecmp, 0x200_4000n), load(POINTER.msip, 0x200_0000n), load(POINTER.mtime, 0x200_c000n), load(POINTER.uart, 0x1000_0000n),
    load(POINTER.body, first + shift),
    load(POINTER.wild, wild),
    load(RESUME, (items[Math.min(resume, items.length - 1)] ?? first) + shift),
    ...registers.slice(0, LOADED).map((value, i) => load(i + 1, value)),
    satp === undefined ? '' : set(csr('satp'), satp),
    ...SCRATCH.M.map((register) => load(register, 0n)),
    'sret',
  ].join('\n ');
}

/** A plan as an image for the hypervisor's disk. */
export function imageFor(plan: Plan): Uint8Array {
  const program = built(plan);
  const image = new Uint8Array(IMAGE_BYTES);
  image.set(imageOf(program).data.subarray(0, PROLOGUE));
  const assembled = assemble(prologue(plan, program.items), tables, { base: BASE + BigInt(PROLOGUE) });
  if (!assembled.ok) throw new Error(assembled.errors.map((e) => e.message).join('\n'));
  image.set(assembled.program.sections[0]?.bytes ?? [], PROLOGUE);
  const view = new DataView(image.buffer);
  view.setUint32(0, shapes.word('jal', { imm: PROLOGUE }), true);
  view.setBigUint64(HEADER_END, BigInt(IMAGE_BYTES), true);
  return image;
}

/** Whether the tables of VS, if there are any, expect none below them but the hypervisor's: what they lead to is the guest's own memory. */
const standsAlone = ({ tables: { settings } }: Plan): boolean => !settings.some((s) => s.csr === csr('hgatp'));

/** Random guests, as plans; many of them with page tables. */
export const guests = fc.oneof(randomPrograms(guest, 'translation').filter(standsAlone), randomPrograms(guest));
