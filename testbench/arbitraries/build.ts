/**
 * A plan as bytes in memory.
 */
import type { InputEvent } from '../../model/machine/input-log.js';
import type { Segment } from '../../model/machine/elf.js';
import { lengthOf } from '../../model/spec/compressed.js';
import type { Mode } from '../retirement.js';
import { BASE, AT, BUDGET, DRAM_BYTES, LINK, LOADED, POINTER, PROLOGUE_LIMIT, RESUME, SCRATCH, TABLE_SLOTS, VECTORS } from './map.js';
import type { Handler, Item, Part, Plan } from './program.js';
import { placeImmediate, type Shapes } from './shapes.js';
import { layOut } from './system.js';
import { TO_DATA, type TableEntry } from './tables.js';

/** Addresses of CSRs that every program writes. */
const CSR = {
  mstatus: 0x300, mie: 0x304, mtvec: 0x305, mepc: 0x341, mcause: 0x342, mip: 0x344, hvip: 0x645,
  stvec: 0x105, vstvec: 0x205, sie: 0x104, sepc: 0x141, scause: 0x142, sip: 0x144, hie: 0x604,
  pmpcfg0: 0x3a0, pmpaddr0: 0x3b0,
} as const;

/** mstatus bits that choose the mode MRET goes to. */
export const MPP_MPV = 0x80_0000_1800n;
export const RETURN_BITS: Readonly<Record<Mode, bigint>> = { M: 0x1800n, HS: 0x800n, U: 0n, VS: 0x80_0000_0800n, VU: 0x80_0000_0000n };

const HANDLERS = ['M', 'HS', 'VS'] as const;
/** hedeleg and hideleg, and for HS medeleg and mideleg as well: unless one is set no trap comes to the mode. */
const DELEGATION: Readonly<Record<'HS' | 'VS', readonly number[]>> = { HS: [0x302, 0x303, 0x602, 0x603], VS: [0x602, 0x603] };

const has = ({ omits }: Plan, part: Part): boolean => omits?.includes(part) !== true;

/** What Lockstep runs, with the places that printing and coverage need. */
export interface BuiltProgram {
  readonly entry: bigint;
  readonly segments: readonly Segment[];
  readonly symbols: ReadonlyMap<string, bigint>;
  readonly inputs: readonly InputEvent[];
  /** Address of each item, and of the end of the body. */
  readonly items: readonly bigint[];
  /** Instructions of the prologue. */
  readonly prologue: number;
  /** Names of places behind the body. */
  readonly labels: readonly (readonly [offset: number, name: string])[];
}

const SYMBOLS: ReadonlyMap<string, bigint> = new Map([['tohost', BASE + BigInt(AT.tohost)], ['fromhost', BASE + BigInt(AT.fromhost)]]);
/** Bytes for each handler. */
const ROOM = { M: AT.HS - AT.M, HS: AT.VS - AT.HS, VS: AT.tohost - AT.VS } as const;
/** More would not fit into the prologue. */
const MOST_SETTINGS = 32;
/** Instructions between the last setting and the body, at most. */
const ENTRY_WORDS = 9;
const PAGE = 0x1000n;
const PAGE_BYTES = Number(PAGE);
/** Offset of what leads across the end of the first page. */
const CROSSING = PAGE_BYTES - 16;
/** C.NOP. */
const NOP = 1;
/** Instructions of a handler before it knows what to do. */
const CHECKS = 9;
/** Slots at the start of the table hold the modes that M's handler returns to. */
const RETURN_SLOTS = 8;

/** Builds programs of one ISA. */
export class Builder {
  /** Handlers by what they depend on; there are few, and every program has three. */
  readonly #handlers = new Map<string, readonly number[]>();

  constructor(readonly shapes: Shapes) {}

  build(plan: Plan): BuiltProgram {
    const offsets = itemOffsets(plan.body, AT.body);
    const end = offsets[offsets.length - 1] ?? AT.body;
    const system = plan.worlds.length === 0 ? undefined : layOut(plan.worlds, end, BASE + BigInt(has(plan, 'VS') ? tvec('VS', plan.handlers.VS) : AT.finish), this.shapes, itemOffsets);
    const data = new Uint8Array(system?.end ?? end + 4);
    const view = new DataView(data.buffer);
    const put = (at: number, words: readonly number[]): void => words.forEach((word, i) => view.setUint32(at + 4 * i, word, true));
    const { table, words } = this.#prologue(plan, offsets);
    put(AT.prologue, words);
    put(AT.finish, this.#finish());
    for (const mode of HANDLERS) if (has(plan, mode)) put(AT[mode], this.#knownHandler(mode, plan));
    table.forEach((value, i) => view.setBigUint64(AT.table + 8 * i, value, true));
    plan.data.forEach((value, i) => view.setBigUint64(AT.data + 8 * i, value, true));
    this.#body(plan.body, offsets, view);
    if (system === undefined) view.setUint32(end, this.shapes.word('jal', { imm: AT.finish - end }), true);
    for (const { at, words: code } of system?.code ?? []) put(at, code);
    for (const { items, offsets: places } of system?.bodies ?? []) this.#body(items, places, view);
    for (const { at, values } of system?.state ?? []) values.forEach((value, i) => view.setBigUint64(at + 8 * i, value, true));
    return {
      entry: BASE,
      segments: [{ address: BASE, data, memSize: BigInt(data.length) }, ...this.#crossing(plan, data.length), ...tableSegments(plan)],
      symbols: SYMBOLS,
      inputs: plan.events,
      items: offsets.map((o) => BASE + BigInt(o)),
      prologue: words.length,
      labels: system?.labels ?? [],
    };
  }

  /** Behind a body whose pages are translated: instructions up to the end of its first page, one across it, and the way back by {@link LINK}. */
  #crossing({ tables }: Plan, length: number): readonly Segment[] {
    if (tables.window === BASE || length > CROSSING) return [];
    const data = new Uint8Array(PAGE_BYTES - CROSSING + 8);
    const view = new DataView(data.buffer);
    const first = this.shapes.word('addi', { rd: LINK - 1, rs1: LINK - 1, imm: 1 });
    let at = putInstruction(view, 0, first);
    at = putInstruction(view, at, first);
    at = putInstruction(view, at, first);
    while (at < PAGE_BYTES - 2 - CROSSING) at = putInstruction(view, at, NOP);
    at = putInstruction(view, at, first);
    putInstruction(view, at, this.shapes.word('jalr', { rs1: LINK }));
    return [{ address: BASE + BigInt(CROSSING), data, memSize: BigInt(data.length) }];
  }

  /** Items one behind the other, with their jumps among each other. */
  #body(body: readonly Item[], offsets: readonly number[], view: DataView): void {
    const last = body.length;
    body.forEach(({ words, jump }, index) => {
      let at = offsets[index] ?? AT.body;
      for (const word of words) at = putInstruction(view, at, word);
      if (jump === undefined) return;
      const to = Math.min(last, Math.max(0, index + jump.items));
      const word = words[words.length - 1] ?? 0;
      const from = at - lengthOf(word);
      const distance = (offsets[to] ?? AT.body) - from + jump.skew;
      putInstruction(view, from, ((word & ~jump.imm.mask) | placeImmediate(jump.imm, distance)) >>> 0);
    });
  }

  /** From reset to the first instruction of the body. */
  #prologue(plan: Plan, offsets: readonly number[]): { readonly table: readonly bigint[]; readonly words: readonly number[] } {
    const { shapes } = this;
    const [, scratch] = SCRATCH.M;
    const table: bigint[] = Array.from({ length: RETURN_SLOTS }, (_, i) => plan.returns[i % Math.max(1, plan.returns.length)] ?? 0n);
    const words: number[] = [];
    const emit = (name: string, operands: Parameters<Shapes['word']>[1]): number => words.push(shapes.word(name, operands));
    const local = (rd: number, offset: number): number => emit('addi', { rd, rs1: POINTER.data, imm: offset - AT.data });
    const load = (rd: number, value: bigint): number => {
      if (value >= -2048n && value < 2048n) return emit('addi', { rd, imm: Number(value) });
      emit('ld', { rd, rs1: POINTER.data, imm: AT.table + 8 * table.length - AT.data });
      return table.push(BigInt.asUintN(64, value));
    };
    const set = (csr: number, value: bigint): void => {
      if (value < 32n) emit('csrrwi', { csr, zimm: Number(value) });
      else {
        load(scratch, value);
        emit('csrrw', { csr, rs1: scratch });
      }
    };
    emit('auipc', { rd: POINTER.data });
    emit('addi', { rd: POINTER.data, rs1: POINTER.data, imm: AT.data });
    // All of memory is everybody's; where there is no PMP, the first write traps to just behind.
    local(scratch, AT.prologue + 8 * 4);
    emit('csrrw', { csr: CSR.mtvec, rs1: scratch });
    emit('addi', { rd: scratch, imm: -1 });
    emit('csrrw', { csr: CSR.pmpaddr0, rs1: scratch });
    emit('addi', { rd: scratch, imm: 0x1f });
    emit('csrrw', { csr: CSR.pmpcfg0, rs1: scratch });
    for (const [mode, csr] of [['M', CSR.mtvec], ['HS', CSR.stvec], ['VS', CSR.vstvec]] as const) {
      if (mode !== 'M' && !has(plan, mode) && !plan.settings.some((s) => DELEGATION[mode].includes(s.csr))) continue;
      local(scratch, has(plan, mode) ? tvec(mode, plan.handlers[mode]) : AT.finish);
      emit('csrrw', { csr, rs1: scratch });
    }
    if (has(plan, 'end')) load(POINTER.end, BASE + DRAM_BYTES);
    if (has(plan, 'mtimecmp') || plan.mtimecmp !== undefined) emit('lui', { rd: POINTER.mtimecmp, imm: 0x200_4000 });
    if (has(plan, 'msip') || plan.msip) emit('lui', { rd: POINTER.msip, imm: 0x200_0000 });
    if (has(plan, 'mtime')) emit('lui', { rd: POINTER.mtime, imm: 0x200_c000 });
    if (has(plan, 'body')) local(POINTER.body, AT.body);
    if (has(plan, 'uart')) emit('lui', { rd: POINTER.uart, imm: 0x1000_0000 });
    if (has(plan, 'wild')) load(POINTER.wild, plan.wild);
    if (plan.mtimecmp !== undefined) {
      load(scratch, plan.mtimecmp);
      emit('sd', { rs1: POINTER.mtimecmp, rs2: scratch });
    }
    if (plan.msip) {
      emit('addi', { rd: scratch, imm: 1 });
      emit('sw', { rs1: POINTER.msip, rs2: scratch });
    }
    if (plan.worlds.length > 0 || HANDLERS.some((mode) => has(plan, mode))) {
      emit('addi', { rd: BUDGET, imm: plan.budget });
      local(RESUME, Math.min(offsets[Math.min(plan.resume, plan.body.length)] ?? AT.body, AT.data + 2044));
    }
    if (plan.tables.window !== BASE) load(POINTER.end, plan.tables.window + TO_DATA + PAGE);
    plan.registers.forEach((value, i) => { if (i < LOADED && value !== 0n) load(i + 1, value); });
    const settings = [...plan.tables.settings, ...plan.settings.slice(0, MOST_SETTINGS)];
    // Room for the way into the body.
    for (const { csr, value } of settings) if (words.length + 2 + ENTRY_WORDS <= PROLOGUE_LIMIT && table.length + 4 <= TABLE_SLOTS) set(csr, value);
    load(scratch, (plan.mstatus & ~MPP_MPV) | RETURN_BITS[plan.mode]);
    emit('csrrw', { csr: CSR.mstatus, rs1: scratch });
    const window = plan.tables.window - BASE;
    if (window !== 0n) {
      const [spare] = SCRATCH.M;
      load(scratch, window);
      load(spare, window + TO_DATA);
      for (const rd of [POINTER.body, RESUME]) emit('add', { rd, rs1: rd, rs2: scratch });
      emit('add', { rd: POINTER.data, rs1: POINTER.data, rs2: spare });
    }
    emit('csrrw', { csr: CSR.mepc, rs1: POINTER.body });
    emit('mret', {});
    return { table, words };
  }

  /** Writes 1 to tohost: the program is over. */
  #finish(): readonly number[] {
    const { shapes } = this;
    const [address, value] = SCRATCH.M;
    return [
      shapes.word('auipc', { rd: address }),
      shapes.word('addi', { rd: value, imm: 1 }),
      shapes.word('sd', { rs1: address, rs2: value, imm: AT.tohost - AT.finish }),
      shapes.word('jal', { imm: 0 }),
    ];
  }

  #knownHandler(mode: 'M' | 'HS' | 'VS', plan: Plan): readonly number[] {
    const { clears, before } = plan.handlers[mode];
    const key = `${mode} ${clears} ${plan.returns.length > 0} ${before.map(({ csr, bits, set }) => `${csr} ${bits} ${set}`).join()}`;
    const known = this.#handlers.get(key);
    if (known !== undefined) return known;
    const words = this.#handler(mode, plan);
    if (words.length * 4 > ROOM[mode]) throw new Error(`the trap handler for ${mode} does not fit: ${words.length} words`);
    this.#handlers.set(key, words);
    return words;
  }

  /** Vector table and handler. */
  #handler(mode: 'M' | 'HS' | 'VS', plan: Plan): readonly number[] {
    const { shapes } = this;
    const handler = plan.handlers[mode];
    const [spare, scratch] = SCRATCH[mode];
    const machine = mode === 'M';
    const cause = machine ? CSR.mcause : CSR.scause;
    const epc = machine ? CSR.mepc : CSR.sepc;
    const here = AT[mode] + 4 * VECTORS;
    const past = [
      shapes.word('csrrs', { rd: scratch, csr: epc }),
      shapes.word('addi', { rd: scratch, rs1: scratch, imm: 4 }),
      shapes.word('csrrw', { csr: epc, rs1: scratch }),
    ];
    const exit = CHECKS + past.length;
    const leave = machine ? this.#returnWords(plan, spare, scratch, here + 4 * exit) : [];
    for (const { csr, bits, set } of handler.before) {
      leave.push(shapes.word('addi', { rd: scratch, imm: bits }), shapes.word(set ? 'csrrs' : 'csrrc', { csr, rs1: scratch }));
    }
    leave.push(shapes.word(machine ? 'mret' : 'sret'));
    // Where SRET is not allowed the program goes on in the handler's mode.
    if (!machine) leave.push(shapes.word('csrrs', { rd: scratch, csr: epc }), shapes.word('jalr', { rs1: scratch }));
    const pending = { M: [CSR.mip, CSR.hvip], HS: [CSR.sip, CSR.hvip], VS: [CSR.sip] }[mode];
    const enables = { M: [CSR.mie], HS: [CSR.sie, CSR.hie], VS: [CSR.sie] }[mode];
    const clear = (csr: number): number => shapes.word('csrrc', { csr, rs1: spare });
    const silence = [
      shapes.word('addi', { rd: spare, imm: 1 }),
      shapes.word('sll', { rd: spare, rs1: spare, rs2: scratch }),
      ...(handler.clears ? pending.map(clear) : []),
      ...enables.map(clear),
    ];
    // cause, budget, interrupt?, page fault or access fault of the fetch (12, 20; 1)?, then past the instruction and back
    const fault = exit + leave.length;
    const interrupt = fault + 2;
    const words = [
      shapes.word('csrrs', { rd: scratch, csr: cause }),
      shapes.word('addi', { rd: BUDGET, rs1: BUDGET, imm: -1 }),
      shapes.word('bge', { rs1: 0, rs2: BUDGET, imm: AT.finish - (here + 8) }),
      shapes.word('blt', { rs1: scratch, rs2: 0, imm: 4 * (interrupt - 3) }),
      shapes.word('andi', { rd: spare, rs1: scratch, imm: 7 }),
      shapes.word('addi', { rd: spare, rs1: spare, imm: -4 }),
      shapes.word('beq', { rs1: spare, rs2: 0, imm: 4 * (fault - 6) }),
      shapes.word('addi', { rd: scratch, rs1: scratch, imm: -1 }),
      shapes.word('beq', { rs1: scratch, rs2: 0, imm: 4 * (fault - 8) }),
      ...past,
      ...leave,
      shapes.word('csrrw', { csr: epc, rs1: RESUME }),
      shapes.word('jal', { imm: 4 * (exit - fault - 1) }),
      ...silence,
      shapes.word('jal', { imm: 4 * (exit - interrupt - silence.length) }),
    ];
    const vectors = Array.from({ length: VECTORS }, (_, i) => shapes.word('jal', { imm: 4 * (VECTORS - i) }));
    return [...vectors, ...words];
  }

  /** Chooses the mode that M's handler returns to by the number of traps so far. `at`: offset of the first of these instructions. */
  #returnWords(plan: Plan, spare: number, scratch: number, at: number): number[] {
    if (plan.returns.length === 0) return [];
    const { shapes } = this;
    return [
      // MPV, bit 39; bit 30 is nothing.
      shapes.word('addi', { rd: scratch, imm: 0x201 }),
      shapes.word('slli', { rd: scratch, rs1: scratch, imm: 30 }),
      shapes.word('csrrc', { csr: CSR.mstatus, rs1: scratch }),
      // MPP, bits 12-11.
      shapes.word('lui', { rd: scratch, imm: 0x2000 }),
      shapes.word('addi', { rd: scratch, rs1: scratch, imm: -0x800 }),
      shapes.word('csrrc', { csr: CSR.mstatus, rs1: scratch }),
      shapes.word('andi', { rd: spare, rs1: BUDGET, imm: RETURN_SLOTS - 1 }),
      shapes.word('slli', { rd: spare, rs1: spare, imm: 3 }),
      // The body's pointers may be virtual addresses.
      shapes.word('auipc', { rd: scratch }),
      shapes.word('add', { rd: spare, rs1: spare, rs2: scratch }),
      shapes.word('ld', { rd: spare, rs1: spare, imm: AT.table - (at + 4 * 8) }),
      shapes.word('csrrs', { csr: CSR.mstatus, rs1: spare }),
    ];
  }
}

/** Entries of page tables, 8 bytes each: neighbours together. */
function tableSegments({ tables: { entries } }: Plan): readonly Segment[] {
  const sorted = [...entries].sort((a, b) => Number(a.address - b.address));
  const runs: TableEntry[][] = [];
  for (const entry of sorted) {
    const run = runs[runs.length - 1];
    const last = run?.[run.length - 1];
    if (run !== undefined && last !== undefined && last.address + 8n === entry.address) run.push(entry);
    else runs.push([entry]);
  }
  return runs.map((run) => {
    const data = new Uint8Array(8 * run.length);
    const view = new DataView(data.buffer);
    run.forEach(({ value }, i) => view.setBigUint64(8 * i, value, true));
    return { address: run[0]?.address ?? BASE, data, memSize: BigInt(data.length) };
  });
}

const tvec = (mode: 'M' | 'HS' | 'VS', { vectored }: Handler): number => (vectored ? AT[mode] + 1 : AT[mode] + 4 * VECTORS);

/** Writes an instruction, as long as its lowest two bits say; where the next one goes. */
function putInstruction(view: DataView, at: number, word: number): number {
  const bytes = lengthOf(word);
  if (bytes === 2) view.setUint16(at, word, true);
  else view.setUint32(at, word, true);
  return at + bytes;
}

/** Offset of each item, and of the end. */
function itemOffsets(body: readonly Item[], from: number): readonly number[] {
  const offsets = [from];
  let at = from;
  for (const { words } of body) offsets.push((at += words.reduce((sum, word) => sum + lengthOf(word), 0)));
  return offsets;
}
