/**
 * The witness of a cell: a program that goes from reset into the cell's state
 * and mode and executes the one instruction. The first record after its
 * prologue is the event.
 */
import type { InputEvent } from '../../model/machine/input-log.js';
import { PIN, type Pin } from '../../model/machine/protocol.js';
import type { Segment } from '../../model/machine/elf.js';
import type { ClintRegisters, Csr } from '../../model/spec/isa.js';
import { Dice } from '../arbitraries/dice.js';
import { openingOf } from '../arbitraries/protection.js';
import { Shapes, type Operands } from '../arbitraries/shapes.js';
import { type Assignment, type Atom, compareFor, timerLines } from './atoms.js';
import type { Cell, Matrix } from './cells.js';
import { cellTables } from './cell-tables.js';
import { blurred, dependencies, single, valueOf } from './bits.js';
import { type Entry, enter, guardsOf, type Return, returnsOf } from './entry.js';
import { type Form, guardOf, REGISTERS, walkOf } from './event.js';
import { evaluate } from './evaluate.js';
import { fill, type Filling, registerOf } from './fill.js';
import { type OrderedWrite, writeOrder } from './write-order.js';
import { guarding } from './guard-state.js';
import { AT, BASE, HANDLER, operandValue, PAGE, VECTORS } from './map.js';
import { cellName } from './names.js';
import type { PageTables } from './page-tables.js';
import { seedOf } from './seed.js';
import { StateNames } from './state-names.js';

/** An instruction of the program, with what it is for. */
export interface Line {
  readonly word: number;
  readonly comment: string;
}

/** A program that shows one cell. */
export interface Witness {
  readonly entry: bigint;
  readonly segments: readonly Segment[];
  readonly symbols: ReadonlyMap<string, bigint>;
  readonly inputs: readonly InputEvent[];
  /** From the entry on; the last is the event's instruction. */
  readonly code: readonly Line[];
  /** Doublewords that the code loads, from `AT.table` on. */
  readonly table: readonly bigint[];
  /** Order of the event's record. */
  readonly order: number;
  /** The state at the event. */
  readonly state: Assignment;
  /** Of an event whose address is translated. */
  readonly tables?: PageTables;
}

/** Registers of the prologue. */
const POINTER = 5;
const SCRATCH = 6;
const DEVICE = 7;
const [FINISH_POINTER, FINISH_VALUE] = [30, 31];

/** Cycle at which a waiting program is woken: after its prologue. */
const WAKE_CYCLE = 2_000n;

const SYMBOLS: ReadonlyMap<string, bigint> = new Map([['tohost', BASE + BigInt(AT.tohost)], ['fromhost', BASE + BigInt(AT.fromhost)]]);
const FINISH = BASE + BigInt(AT.finish);

const isPin = (name: string): name is Pin => Object.hasOwn(PIN, name);

/** Writes witnesses for the cells of one matrix. */
export class WitnessWriter {
  readonly #shapes: Shapes;
  readonly #returns: readonly Return[];
  readonly #guards: ReadonlySet<string>;
  /** CSRs that hold where a trap goes. */
  readonly #vectors: ReadonlySet<string>;
  readonly #homes: readonly OrderedWrite[];
  readonly #outside: readonly Atom[];
  readonly #frame: Uint8Array;
  /** Addresses; multiples of 4096, as LUI makes them. */
  readonly #clint: { readonly msip: bigint; readonly mtimecmp: bigint };

  constructor(readonly matrix: Matrix, readonly filling: Filling) {
    const { isa } = matrix;
    this.#shapes = new Shapes(isa);
    this.#returns = returnsOf(matrix);
    const guards = new Set(guardsOf(matrix).flatMap((name) => matrix.atoms.get(name)?.home ?? []));
    this.#guards = guards;
    this.#vectors = vectorsOf(matrix);
    const homes = new Set([...matrix.atoms.values()].map((a) => a.home));
    this.#homes = writeOrder(matrix, isa.csrs.filter((c) => homes.has(c.name)), guards);
    const clint = isa.hart.regions.find((r) => r.device === 'clint');
    const at = (register: keyof ClintRegisters): bigint => (clint === undefined ? 0n : clint.base + BigInt(clint.registers?.[register] ?? 0));
    this.#clint = { msip: at('msip'), mtimecmp: at('mtimecmp') };
    this.#outside = [...matrix.atoms.values()].filter((a) => a.line);
    this.#frame = this.#buildFrame();
  }

  /** The witness of a cell, the same each time; undefined if no program of this kind reaches it. */
  write(cell: Cell): Witness | undefined {
    const dice = new Dice(seedOf(cellName(cell)));
    const filled = fill(this.matrix, this.filling, cell, dice);
    if (filled === undefined) return undefined;
    const entry = enter(this.#returns, cell.mode, filled, dice);
    if (entry === undefined) return undefined;
    const state = new Map([...filled.state, ...entry.after]);
    const walk = walkOf(cell.event);
    const tables = walk && cellTables(this.matrix.isa).make(walk, cell.mode, (name) => state.get(name) ?? 0n, (schemes) => dice.pick(schemes));
    const data = new Map([...filled.data, ...(tables?.registers ?? [])]);
    const { code, table, lead } = this.#code(cell, entry, new Map([...filled.state, ...entry.before]), data, tables, dice);
    const targets = [...(tables === undefined ? [] : [tables.target]), ...(guardOf(cell.event) === undefined ? [] : [BASE + BigInt(AT.guarded)])];
    const image = this.#image(code, table, tables?.words ?? [], targets);
    return {
      entry: BASE,
      segments: [{ address: BASE, data: image, memSize: BigInt(Math.max(image.length, PAGE)) }],
      symbols: SYMBOLS,
      inputs: this.#inputs(state, filled.wake),
      code,
      table,
      order: code.length - 1 + lead,
      state,
      ...(tables && { tables }),
    };
  }

  #code(cell: Cell, entry: Entry, before: Assignment, data: ReadonlyMap<string, bigint>, tables: PageTables | undefined, dice: Dice): { readonly code: Line[]; readonly table: bigint[]; readonly lead: number } {
    const code: Line[] = [];
    const table: bigint[] = [];
    const emit = (name: string, operands: Operands, comment = ''): number => code.push({ word: this.#shapes.word(name, operands), comment });
    const load = (rd: number, value: bigint, comment = ''): void => {
      if (value < 2048n) emit('addi', { rd, imm: Number(value) }, comment);
      else emit('ld', { rd, rs1: POINTER, imm: AT.table - AT.data + 8 * (table.push(value) - 1) }, comment);
    };
    const { event } = cell;
    const form: Form = event.kind === 'interrupt' ? { word: this.#shapes.word('addi', {}), locals: {} } : dice.pick(event.forms);
    emit('auipc', { rd: POINTER });
    emit('addi', { rd: POINTER, rs1: POINTER, imm: AT.data });
    const guard = guardOf(event);
    const protection = guard === undefined ? openingOf(this.matrix.isa) : guarding(this.matrix.isa, guard, (name) => before.get(name) ?? 0n);
    for (const { csr, value } of protection) {
      load(SCRATCH, value);
      emit('csrrw', { csr: csr.address, rs1: SCRATCH }, guard === undefined ? 'opens memory to every mode' : 'protects what the event is about, opens the rest');
    }
    this.#lines(before, emit);
    if (event.kind === 'instruction') {
      load(REGISTERS.rs1, operandValue(event.rs1, tables?.address ?? this.#chosen(event.csr, dice)), 'operands of the event');
      load(REGISTERS.rs2, operandValue(event.rs2, dice.doubleword()));
    }
    // Where to: patched in the table once the length is known.
    const here = entry.pc === undefined ? undefined : table.push(0n) - 1;
    const names = new StateNames({ isa: this.matrix.isa, mode: 'M', given: before, complete: true });
    // What is zero at reset needs no zero written, unless it has been something else.
    const touched = new Set(this.#guards);
    for (const { csr, opened } of this.#homes) {
      if (opened.some(({ field }) => (valueOf(names.name(field) ?? single(0)) ?? 0n) !== 0n)) {
        for (const { guard, bits } of opened) {
          load(SCRATCH, bits);
          emit('csrrs', { csr: guard.address, rs1: SCRATCH }, `lets ${csr.name} be written`);
          touched.add(guard.name);
        }
      }
      if (csr.name === entry.pc && here !== undefined) {
        emit('ld', { rd: SCRATCH, rs1: POINTER, imm: AT.table - AT.data + 8 * here });
        emit('csrrw', { csr: csr.address, rs1: SCRATCH }, 'to the event');
        continue;
      }
      const value = this.#valueFor(csr, names, data);
      if (value === 0n && !touched.has(csr.name)) continue;
      if (value < 32n) emit('csrrwi', { csr: csr.address, zimm: Number(value) });
      else {
        load(SCRATCH, value);
        emit('csrrw', { csr: csr.address, rs1: SCRATCH });
      }
    }
    if (entry.instruction !== undefined) emit(entry.instruction.name, {}, `into ${cell.mode}`);
    if (here !== undefined) table[here] = (tables?.code ?? BASE) + BigInt(4 * code.length);
    code.push({ word: form.word, comment: `the event, in ${cell.mode}` });
    return { code, table, lead: event.kind === 'instruction' ? event.lead : 0 };
  }

  /** What the prologue writes into a CSR: its part of the state, or where traps go. */
  #valueFor(csr: Csr, names: StateNames, data: ReadonlyMap<string, bigint>): bigint {
    if (this.#vectors.has(csr.name)) return HANDLER | ((data.get(csr.name) ?? 0n) & 3n);
    if (this.#returns.some((r) => r.pc === csr.name)) return FINISH;
    const timer = timerLines(this.matrix.isa).find((t) => t.compare === csr.name);
    if (timer !== undefined) return compareFor(valueOf(names.name(timer.name) ?? single(0)) ?? 0n);
    return data.get(csr.name) ?? valueOf(names.csr(csr, true)) ?? 0n;
  }

  /** What a CSR instruction writes. */
  #chosen(address: number | undefined, dice: Dice): bigint {
    const csr = this.matrix.isa.csrs.find((c) => c.address === address);
    const reached = [csr?.name ?? '', ...this.matrix.isa.csrs.filter((c) => c.substitutes === csr?.name).map((c) => c.name)];
    if (reached.some((name) => this.#vectors.has(name))) return HANDLER;
    return dice.oneIn(4) ? dice.doubleword() : dice.doubleword() & dice.doubleword() & 0xf_ffff_ffff_ffffn;
  }

  /** Lines that the program itself raises: those of the CLINT. */
  #lines(state: Assignment, emit: (name: string, operands: Operands, comment?: string) => number): void {
    if (state.get('lines.msip') === 1n) {
      emit('lui', { rd: DEVICE, imm: Number(this.#clint.msip) });
      emit('addi', { rd: SCRATCH, imm: 1 });
      emit('sw', { rs1: DEVICE, rs2: SCRATCH }, 'msip');
    }
    if (state.get('lines.mtip') !== 1n) return;
    emit('lui', { rd: DEVICE, imm: Number(this.#clint.mtimecmp) });
    emit('sd', { rs1: DEVICE }, 'mtimecmp: now');
  }

  /** Lines from outside. */
  #inputs(state: Assignment, wake: string | undefined): readonly InputEvent[] {
    const lines = this.#outside;
    const pins = [...new Set(lines.map((a) => a.home))].flatMap((home): InputEvent[] => {
      const pin = home.replace('lines.', '');
      const value = registerOf(lines, home, state);
      return isPin(pin) && value !== 0n ? [{ cycle: 0n, kind: 'pin', pin, value }] : [];
    });
    const pin = wake?.replace('lines.', '') ?? '';
    return isPin(pin) ? [...pins, { cycle: WAKE_CYCLE, kind: 'pin', pin, value: 1n }] : pins;
  }

  /** What every program has: vectors, and the end. */
  #buildFrame(): Uint8Array {
    const frame = new Uint8Array(PAGE);
    const view = new DataView(frame.buffer);
    const put = (at: number, name: string, operands: Operands): void => view.setUint32(at, this.#shapes.word(name, operands), true);
    for (let i = 0; i < VECTORS; i++) put(AT.vectors + 4 * i, 'jal', { imm: AT.finish - AT.vectors - 4 * i });
    put(AT.finish, 'auipc', { rd: FINISH_POINTER });
    put(AT.finish + 4, 'addi', { rd: FINISH_VALUE, imm: 1 });
    put(AT.finish + 8, 'sd', { rs1: FINISH_POINTER, rs2: FINISH_VALUE, imm: AT.tohost - AT.finish });
    put(AT.finish + 12, 'jal', { imm: 0 });
    return frame;
  }

  /** @param targets - Where what does nothing stands, should it be executed. */
  #image(code: readonly Line[], table: readonly bigint[], words: PageTables['words'], targets: readonly bigint[]): Uint8Array {
    const used = AT.table + 8 * table.length;
    const ends = [...targets.map((target) => target + 4n), ...words.map(({ address }) => address + 8n)];
    const data = new Uint8Array(Math.max(used, ...ends.map((end) => Number(end - BASE))));
    data.set(this.#frame.subarray(0, used));
    const view = new DataView(data.buffer);
    code.forEach(({ word }, i) => view.setUint32(AT.code + 4 * i, word, true));
    const end = AT.code + 4 * code.length;
    view.setUint32(end, this.#shapes.word('jal', { imm: AT.finish - end }), true);
    table.forEach((value, i) => view.setBigUint64(AT.table + 8 * i, value, true));
    for (const target of targets) view.setUint32(Number(target - BASE), this.#shapes.word('addi', {}), true);
    for (const { address, value } of words) view.setBigUint64(Number(address - BASE), value, true);
    return data;
  }
}

/** The CSRs that the next pc of a trap rests on. */
function vectorsOf({ isa, atoms }: Matrix): ReadonlySet<string> {
  const unknown = blurred(new Set(['?']), 64);
  const names = new StateNames({ isa, mode: 'M', given: new Map(), locals: { cause: unknown, interrupt: unknown } });
  const found = isa.traps.entry.flatMap(({ next }) => (next.pc === undefined ? [] : [...dependencies(evaluate(next.pc, names))]));
  return new Set(found.flatMap((name) => atoms.get(name)?.home ?? []));
}
