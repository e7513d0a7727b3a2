/**
 * Cover points of the records: what commit does, beside what, in which mode.
 * The observed variant counts them as it writes its records; the host only
 * reads which have been reached.
 *
 * Points are numbered, not tested for: where something happens, what the hart
 * knows of it is put side by side and is the number of a byte. A byte whose
 * number is called nothing is no point.
 */
import { ONE, ZERO, and, binary, concat, constant, eq, mux, nonZero, not, or, read, select, slice, zext } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import { storeFails } from './atomic.js';
import { byNumber, type CoverPart } from './builder.js';
import type { Committing } from './committing.js';
import { crossesBlock } from './core.js';
import { bitsFor, instructionPart, MODE_NAMES, modeNow, modePart } from './cover-parts.js';
import type { Offer } from './csr.js';
import type { Op } from './decode.js';
import { isShort } from './encoding.js';
import { INTERRUPT, Kinds, NO_KIND, deviceKind, flaggedKind } from './kinds.js';
import { TRAP_TARGETS, type DueInterrupt, type TrapValues } from './trap.js';

const TARGET_NAMES = byNumber(TRAP_TARGETS);

/** The sooner and the later of two distances. */
const DISTANCES = ['1 before', '2 before'] as const;

/** Those of records and of what instructions do in particular. */
export class Covers {
  readonly #here: Committing;
  readonly #kinds: Kinds;
  /** {rd, kind} of the record before, and of the one before that. */
  readonly #last: Register;
  readonly #older: Register;
  /** What the record before has done, if its kind is one of consequence: the home it has changed, or the return that it was. */
  readonly #consequence: Register;
  readonly #consequences: readonly string[];
  readonly #homes: readonly string[];
  readonly #fields: readonly string[];

  constructor(here: Committing) {
    this.#here = here;
    const { builder, hart } = here.core;
    this.#kinds = new Kinds(hart.isa);
    const register = (name: string, width: number): Register => builder.register(`cover.${name}`, width, { observed: true });
    this.#last = register('last', 5 + this.#kinds.width);
    this.#older = register('older', 5 + this.#kinds.width);
    this.#homes = [...hart.csrs.homes.keys()];
    const returns = this.#returnNames();
    const bits = bitsFor(Math.max(returns.length, this.#homes.length + 1));
    this.#consequences = ['', ...this.#homes.map((name) => `a write of ${name}`), ...Array.from({ length: 2 ** bits - 1 - this.#homes.length }, () => ''), ...returns];
    this.#consequence = register('consequence', bits + 1);
    this.#fields = hart.csrs.choosy;
  }

  // Parts of numbers.

  #kindOf(axis: string, value: Expr): CoverPart {
    return { axis, value, values: this.#kinds.names };
  }

  #lastKind(register: Register): Expr {
    return slice(read(register), this.#kinds.width - 1, 0);
  }

  // Records.

  /**
   * An instruction retires.
   *
   * @param slow - Of it, what only the slow way has: whether it accesses a device; undefined in the usual cycle.
   */
  retired(slow?: { readonly device: Expr }): void {
    const { builder } = this.#here.core;
    const { rd, insn } = this.#here;
    builder.cover('instruction', { axis: 'bits', value: isShort(insn), values: ['32', '16'] }, instructionPart(this.#here), modePart(this.#here));
    const kind = slow === undefined ? this.#usualKind() : this.#slowKind(slow.device);
    this.#follow(kind, rd, true);
  }

  /** Of an instruction that commits as usual: looked up by its number and, of an access, where in a block it begins. */
  #usualKind(): Expr {
    const { core: { decoder }, control, isMemory, address, taken } = this.#here;
    const at = mux(isMemory, slice(address, 2, 0), zext(taken, 3));
    const flagged = ({ instruction: { memory } }: Op, value: number): boolean => (memory === undefined ? value !== 0 : value + memory.bytes > 8);
    const numbers = new Map<number, bigint[]>();
    for (const op of decoder.ops) {
      for (let value = 0; value < 8; value++) {
        const number = this.#kinds.of(flaggedKind(op.instruction, flagged(op, value)));
        numbers.set(number, [...(numbers.get(number) ?? []), BigInt((value << decoder.field(control, 'op').width) | op.index)]);
      }
    }
    return select(concat(at, decoder.field(control, 'op')), [...numbers].map(([number, keys]) => ({ keys, value: this.#kind(number) })), this.#kind(NO_KIND));
  }

  #slowKind(device: Expr): Expr {
    const here = this.#here;
    const { core: { decoder }, isLoad, isMemory, taken, address, bytes } = here;
    const flag = here.perOp(decoder.ops, ({ instruction: { class: of } }) => (of === 'csr' ? here.csrWrites : of === 'sc' ? storeFails(here) : of === 'branch' ? taken : crossesBlock(address, bytes)));
    const [plain, flagged] = [false, true].map((f) => here.perOp(decoder.ops, ({ instruction }) => this.#kind(this.#kinds.of(flaggedKind(instruction, f)))));
    if (plain === undefined || flagged === undefined) throw new Error('a flag has two values');
    const own = mux(flag, flagged, plain);
    return mux(and(isMemory, device), mux(isLoad, this.#kind(this.#kinds.of(deviceKind('load'))), this.#kind(this.#kinds.of(deviceKind('store')))), own);
  }

  #kind(number: number): Expr {
    return constant(this.#kinds.width, number);
  }

  /** An exception is taken. */
  excepted({ cause, to }: TrapValues): void {
    const { builder, hart: { isa } } = this.#here.core;
    const known = isa.traps.exceptions.filter((e) => e.source !== 'none');
    const values = byNumber(Object.fromEntries(known.map((e) => [e.name, e.code])));
    builder.cover('exception', { axis: 'exception', value: cause, values }, modePart(this.#here, 'from'), { axis: 'to', value: to, values: TARGET_NAMES });
    this.#follow(select(cause, known.map((e) => ({ keys: [BigInt(e.code)], value: this.#kind(this.#kinds.of(e.name)) })), this.#kind(NO_KIND)), constant(5, 0), false);
  }

  /** An interrupt is taken. */
  interrupted({ cause, to }: Pick<DueInterrupt, 'cause' | 'to'>): void {
    const { builder, hart: { isa: { traps: { interrupts, levels } } } } = this.#here.core;
    const bits = bitsFor(interrupts.length + 1);
    // The same interrupt has another number in a guest.
    const cases = levels.flatMap(({ mode }) => interrupts.map((interrupt, i) => {
      const code = mode === 'VS' ? interrupt.guestCode ?? interrupt.code : interrupt.code;
      return { keys: [BigInt((TRAP_TARGETS[mode] << cause.width) | code)], value: constant(bits, i), shadowed: mode === 'VS' && interrupt.guestCode === undefined };
    })).filter(({ shadowed }) => !shadowed).map(({ keys, value }) => ({ keys, value }));
    const number = select(concat(to, cause), cases, constant(bits, interrupts.length));
    const which: CoverPart = { axis: 'interrupt', value: number, values: interrupts.map((i) => i.name) };
    builder.cover('interrupt', which, modePart(this.#here, 'from'), { axis: 'to', value: to, values: TARGET_NAMES });
    builder.cover('interrupt behind', which, this.#kindOf('older', this.#lastKind(this.#last)));
    this.#follow(this.#kind(this.#kinds.of(INTERRUPT)), constant(5, 0), false);
  }

  /** A record of a kind follows those before it. `asks`: it is an instruction that reads its operands. */
  #follow(kind: Expr, rd: Expr, asks: boolean): void {
    const { builder, values, place } = this.#here.core;
    const younger = this.#kindOf('younger', kind);
    const rdOf = (register: Register): Expr => slice(read(register), register.width - 1, this.#kinds.width);
    const sources = values.at('sources', place.commit);
    const needs = (register: Expr): Expr => (asks ? and(nonZero(register), or(eq(slice(sources, 9, 5), register), eq(slice(sources, 4, 0), register))) : ZERO);
    const [last, older] = [rdOf(this.#last), rdOf(this.#older)];
    const result = (value: Expr): CoverPart => ({ axis: 'result', value, values: ['not needed', 'needed'] });
    const families = [
      { of: this.#last, needed: needs(last) },
      { of: this.#older, needed: and(not(eq(older, last)), needs(older)) },
    ];
    families.forEach(({ of, needed }, i) => builder.cover(`context ${DISTANCES[i] ?? i}`, result(needed), this.#kindOf('older', this.#lastKind(of)), younger));
    const consequential = binary('ltu', this.#lastKind(this.#last), this.#kind(this.#kinds.inconsequential));
    builder.when(consequential, () => builder.cover('behind', { axis: 'what', value: read(this.#consequence), values: this.#consequences }, younger));
    builder.assign(this.#older, read(this.#last));
    builder.assign(this.#last, concat(rd, kind));
  }

  // What instructions do in particular.

  /** A CSR instruction that writes has come to homes: these, and whether each changes. */
  wrote(homes: readonly { readonly name: string; readonly changes: Expr }[]): void {
    const number = (n: number): Expr => constant(this.#consequence.width, n);
    const changed = homes.reduceRight<Expr>((rest, { name, changes }) => mux(changes, number(1 + this.#homes.indexOf(name)), rest), number(0));
    this.#here.core.builder.assign(this.#consequence, changed);
  }

  /** A trap return takes a case of its instruction and goes to a mode. */
  returned(op: Op, index: number, to: Expr): void {
    const { builder } = this.#here.core;
    const ops = this.#here.opsOf('xret');
    const cases = ops.flatMap(({ instruction: { name, cases: list } }) => list.map((c) => `${name}.${c.name}`));
    const number = ops.slice(0, ops.indexOf(op)).reduce((sum, { instruction }) => sum + instruction.cases.length, index);
    builder.cover('case', { axis: 'case', value: constant(bitsFor(cases.length), number), values: cases }, modePart(this.#here));
    const which = constant(bitsFor(ops.length), ops.indexOf(op));
    builder.cover('return', { axis: 'instruction', value: which, values: ops.map((o) => o.instruction.name) }, modePart(this.#here, 'from'), modePart(this.#here, 'to', to));
    builder.assign(this.#consequence, concat(ONE, zext(concat(which, modeNow(this.#here), to), this.#consequence.width - 1)));
  }

  /** Of all returns, as {@link returned} numbers them. */
  #returnNames(): readonly string[] {
    const ops = this.#here.opsOf('xret').map((op) => op.instruction.name);
    const modes = Array.from({ length: 8 }, (_, i) => MODE_NAMES[i] ?? '');
    return ops.flatMap((name) => modes.flatMap((from) => modes.map((to) => (from === '' || to === '' ? '' : `${name} ${from} -> ${to}`))));
  }

  /** A CSR instruction writes fields that do not take every value: whether each takes this one. */
  offered(fields: readonly Offer[]): void {
    for (const { name, taken } of fields) {
      const field = constant(bitsFor(this.#fields.length), this.#fields.indexOf(name));
      this.#here.core.builder.cover('field', { axis: 'field', value: field, values: this.#fields }, { axis: 'value', value: taken, values: ['refused', 'taken'] });
    }
  }
}
