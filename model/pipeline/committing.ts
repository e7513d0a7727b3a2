/**
 * The instruction in the commit stage: its word, operands and address, and the
 * names that permits, cases and CSR operations know it by.
 */
import { ONE, ZERO, add, and, constant, element, eq, eqConst, mux, not, nonZero, or, read, slice } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { Scope } from '../lang/scope.js';
import type { InstructionClass } from '../spec/isa.js';
import { TranslatedAccess } from './access.js';
import { anyOf } from './builder.js';
import { accessBytes, isOp, operandField, stageOf, type Core } from './core.js';
import type { Op } from './decode.js';
import { nextPc, ownBits } from './encoding.js';
import { extracted, placed } from './execute.js';
import { EXIT } from './exit.js';
import { FETCH_FAULT } from './fetch.js';
import type { Locals } from './lowering.js';
import { Permits } from './permit.js';

export class Committing {
  readonly pc: Expr;
  /** Its bits, 16 or 32, zero-extended. */
  readonly insn: Expr;
  /** The instruction of 32 bits that it stands for. */
  readonly word: Expr;
  readonly control: Expr;
  /** Of a load or store; the target of a branch or jump. */
  readonly address: Expr;
  /** Where an access is that needs no walk: a physical address. */
  readonly place: Expr;
  /** Access width, four bits. */
  readonly bytes: Expr;
  /** Destination register, 0 for none. */
  readonly rd: Expr;
  /** Result, loaded value or store data. */
  readonly value: Expr;
  readonly taken: Expr;
  /** Execute found that the access is not wholly in DRAM. */
  readonly trouble: Expr;
  /** FETCH_FAULT, two bits. */
  readonly fetchFault: Expr;
  /** The parcel behind which nothing could be fetched, 16 bits. */
  readonly parcel: Expr;
  /** The address of the instruction behind it. */
  readonly sequentialPc: Expr;
  /** The boundary of this instruction has been passed: it waits for a device or an interrupt. */
  readonly waiting: Register;
  /** Absent: every address is physical. */
  readonly translated: TranslatedAccess | undefined;
  #scope: Scope | undefined;
  #permits: Permits | undefined;

  constructor(readonly core: Core) {
    const { values, place } = core;
    const at = (name: string): Expr => values.at(name, place.commit);
    this.pc = at('pc');
    const fetched = at('insn');
    this.insn = ownBits(fetched);
    this.word = core.decoder.expand(fetched);
    this.parcel = slice(fetched, 31, 16);
    this.sequentialPc = nextPc(this.pc, fetched);
    this.control = at('control');
    this.address = at('address');
    this.place = placed(core, place.commit);
    this.rd = at('rd');
    this.value = at('value');
    this.taken = at('taken');
    this.trouble = at('trouble');
    this.fetchFault = at('fetch_fault');
    this.bytes = accessBytes(core, this.control);
    this.waiting = core.hart.boundary.waiting;
    this.translated = core.translation === undefined ? undefined : new TranslatedAccess(this, core.translation);
  }

  /** One bit: the stage holds an instruction. */
  get valid(): Expr {
    return stageOf(this.core, 'commit').valid;
  }

  /** One bit: some of it could not be fetched. */
  get unfetched(): Expr {
    return nonZero(this.fetchFault);
  }

  /** One bit: of two parcels it was the second that could not be fetched. */
  get halfFetched(): Expr {
    return eqConst(this.fetchFault, FETCH_FAULT.second);
  }

  /** Address of the second parcel. */
  get secondParcel(): Expr {
    return add(this.pc, constant(64, 2));
  }

  /** Address of the parcel that could not be fetched. */
  get failedParcel(): Expr {
    return mux(this.halfFetched, this.secondParcel, this.pc);
  }

  /** One bit: its fetch or its access goes through the walker. */
  get walks(): Expr {
    return this.translated?.walks ?? ZERO;
  }

  /** One bit: of an atomic or block instruction, what it needs is at hand. */
  get ready(): Expr {
    return this.translated === undefined ? ONE : mux(this.walks, this.translated.ready, ONE);
  }

  /** Of a load, store or block instruction: the physical address, once it is known. */
  get physical(): Expr {
    return this.translated === undefined ? this.address : mux(this.walks, this.translated.physical, this.place);
  }

  /** `value` with what a load has read at commit, once it has. */
  get data(): Expr {
    const { core, control, translated, value } = this;
    return translated === undefined ? value : mux(and(this.walks, this.isLoad), extracted(core, control, translated.loaded), value);
  }

  get isLoad(): Expr {
    return this.core.decoder.unit(this.control, 'load');
  }

  get isStore(): Expr {
    return this.core.decoder.unit(this.control, 'store');
  }

  get isMemory(): Expr {
    return or(this.isLoad, this.isStore);
  }

  /** One bit: a load-reserved, store-conditional or atomic memory operation. */
  get isAtomic(): Expr {
    return or(this.is('amo'), this.is('lr'), this.is('sc'));
  }

  opsOf(c: InstructionClass): readonly Op[] {
    return this.core.decoder.ops.filter((op) => op.instruction.class === c);
  }

  /** Instructions that access memory. */
  get memoryOps(): readonly Op[] {
    return this.core.decoder.ops.filter((op) => op.instruction.memory !== undefined);
  }

  isOp(op: Op): Expr {
    return isOp(this.core, this.control, op);
  }

  anyOp(ops: readonly Op[]): Expr {
    return anyOf(ops.map((op) => this.isOp(op)));
  }

  is(c: InstructionClass): Expr {
    return this.anyOp(this.opsOf(c));
  }

  /** A value per op, for those that can be here. */
  perOp(ops: readonly Op[], valueOf: (op: Op) => Expr): Expr {
    return this.core.decoder.perOp(this.control, ops, valueOf);
  }

  /** The address that a CSR instruction names, 12 bits. */
  get csrAddress(): Expr {
    return this.#operand('csr') ?? constant(12, 0);
  }

  /** The CSR that it reaches, as an index; V=1 substitutes. */
  get csrIndex(): Expr {
    const { hart } = this.core;
    return hart.csrs.index(this.csrAddress, read(hart.V));
  }

  /** One bit: a CSR instruction that writes. */
  get csrWrites(): Expr {
    return and(this.is('csr'), this.#csrBit('writes'));
  }

  /** Writes the destination register, if there is one. */
  writeRegister(value: Expr): void {
    const { builder, hart } = this.core;
    builder.when(nonZero(this.rd), () => builder.write(hart.x, this.rd, value));
  }

  /** Stores the low bytes of `data`, by default those of the access at its place; a store to `tohost` ends the run. */
  storeToDram(data: Expr, address: Expr = this.place, bytes: Expr = this.bytes): void {
    const { builder, hart } = this.core;
    const tohost = read(builder.register('htif.tohost', 64, { reset: (1n << 64n) - 1n, input: true }));
    builder.store(hart.dram, address, bytes, data);
    builder.when(eq(address, tohost), () => builder.exit(EXIT.tohost));
  }

  /** `X[rs1]` and `X[rs2]`, read at commit, when everything older has written. */
  get registers(): Locals {
    const registers: Record<string, Expr> = {};
    for (const name of ['rs1', 'rs2']) {
      const field = this.#operand(name);
      if (field !== undefined) registers[name] = element(this.core.hart.x, field);
    }
    return registers;
  }

  /** Operand fields, `pc` and `insn` by name. */
  get operands(): Locals {
    const locals: Record<string, Expr> = { pc: this.pc, next_pc: this.sequentialPc, insn: this.insn };
    const names = new Set(this.core.decoder.ops.flatMap((op) => Object.keys(op.instruction.format.fields)));
    for (const name of ['rd', 'rs1', 'rs2', ...names]) {
      const field = this.#operand(name);
      if (field !== undefined) locals[name] = field;
    }
    return locals;
  }

  /** What permits, cases and variables may ask about. */
  get scope(): Scope {
    if (this.#scope !== undefined) return this.#scope;
    const { hart, builder } = this.core;
    const index = builder.wire('commit.csr.index', this.csrIndex);
    const locals = {
      ...this.operands,
      csr: this.csrAddress,
      csr_exists: not(eqConst(index, hart.isa.csrs.length)),
      csr_reads: and(this.is('csr'), this.#csrBit('reads')),
      csr_writes: this.csrWrites,
    };
    return (this.#scope = hart.lowering.with(locals, this.registers));
  }

  /** The permit tables over it. */
  get permits(): Permits {
    return (this.#permits ??= new Permits(this.core.hart, this.scope));
  }

  #operand(name: string): Expr | undefined {
    return operandField(this.core, this.word, this.control, name);
  }

  #csrBit(which: 'reads' | 'writes'): Expr {
    const { hart } = this.core;
    const scope = hart.lowering.with(this.operands, this.registers);
    return this.perOp(this.opsOf('csr'), (op) => {
      const operation = op.instruction.csr?.[which];
      return operation === undefined ? ZERO : hart.lowering.lower(operation, scope, 1, op.instruction.name);
    });
  }
}
