/**
 * Commit: the one place, in program order, where instructions take effect,
 * traps and interrupts are taken and records are written.
 *
 * The usual instruction writes its register or memory and is done. Anything
 * else (CSR, system, permit-guarded and trapping instructions, I/O, pending
 * interrupts) goes the slow way: everything younger is thrown away and the
 * fetch starts anew, so that whatever changed is in effect for the next
 * instruction (intr_mip_mie_xret_csrwr).
 */
import { ONE, ZERO, add, and, binary, concat, constant, element, eqConst, mux, nonZero, not, or, read, select, slice, zext } from '../ir/build.js';
import type { Expr, Register, RegisterArray } from '../ir/ir.js';
import type { Scope } from '../lang/scope.js';
import { MODES, type Csr, type Instruction, type InstructionClass } from '../spec/isa.js';
import { anyOf } from './builder.js';
import { clintRead, tick, tickWithAccess } from './clint.js';
import { accessBytes, isOp, operandField, stageOf, type Core } from './core.js';
import type { HomeWrites } from './csr.js';
import type { Op } from './decode.js';
import { extracted } from './execute.js';
import { modeBits } from './hart.js';
import { PERMISSIONS, Permits } from './permit.js';
import { PACKED, recordFields, type PackedName, type RecordValues } from './record.js';
import { dueInterrupt, exception, trapEntries, type TrapValues } from './trap.js';

/** Reasons for which `run` returns to the host. */
export const EXIT = { io: 1, wait: 2, tohost: 3, trap: 6 } as const;

/** A CSR write of this cycle as the counters see it. */
interface CounterWrite {
  /** One bit: it goes to that counter. */
  readonly reaches: (csr: Csr) => Expr;
  readonly value: Expr;
}

/** The commit stage's instruction and all that is decided about it. */
export class Commit {
  readonly #core: Core;
  readonly #at: number;
  readonly #pc: Expr;
  readonly #insn: Expr;
  readonly #control: Expr;
  readonly #address: Expr;
  readonly #bytes: Expr;
  readonly #rd: Expr;
  readonly #waiting: Register;
  readonly #trapCounts: RegisterArray;
  /** One bit: this cycle goes the slow way. */
  readonly slow: Expr;
  readonly #interrupt: ReturnType<typeof dueInterrupt>;
  /** Makes every other stage empty and points the fetch at `pc`. */
  readonly #restart: (pc: Expr) => void;

  constructor(core: Core, restart: (pc: Expr) => void) {
    const { values, place, builder, decoder, hart } = core;
    this.#core = core;
    this.#restart = restart;
    this.#at = place.commit;
    this.#pc = values.at('pc', this.#at);
    this.#insn = values.at('insn', this.#at);
    this.#control = values.at('control', this.#at);
    this.#address = values.at('address', this.#at);
    this.#rd = values.at('rd', this.#at);
    this.#bytes = accessBytes(core, this.#control);
    this.#waiting = builder.register('commit.waiting', 1);
    this.#interrupt = dueInterrupt(hart);
    this.#trapCounts = builder.array('statistics.traps', 2048, 32);
    const stage = stageOf(core, 'commit');
    const attention = or(decoder.field(this.#control, 'rare'), values.at('trouble', this.#at));
    this.slow = builder.wire('commit.slow', mux(stage.valid, mux(attention, ONE, this.#interrupt.taken), ZERO));
  }

  /** The usual cycle: the instruction in commit, if any, takes effect. */
  usual(): void {
    const { builder, hart, decoder, values } = this.#core;
    const stage = stageOf(this.#core, 'commit');
    tick(hart);
    this.#count('cycles', ONE);
    builder.when(stage.valid, () => {
      this.#writeRegister(values.at('value', this.#at));
      builder.when(decoder.unit(this.#control, 'store'), () => this.#storeToDram());
      this.#count('retired', ONE);
      this.#record(mux(values.at('taken', this.#at), this.#address, this.#pcPlus4()), values.at('value', this.#at));
    });
  }

  #pcPlus4(): Expr {
    return add(this.#pc, constant(64, 4));
  }

  #writeRegister(value: Expr): void {
    const { builder, hart } = this.#core;
    builder.when(nonZero(this.#rd), () => builder.write(hart.x, this.#rd, value));
  }

  #storeToDram(): void {
    const { builder, hart, values } = this.#core;
    const tohost = read(builder.register('htif.tohost', 64, { reset: (1n << 64n) - 1n, input: true }));
    builder.store(hart.dram, this.#address, this.#bytes, values.at('value', this.#at));
    builder.when(binary('eq', this.#address, tohost), () => builder.exit(EXIT.tohost));
  }

  /** Counters of `what` count one event; a write in this cycle wins over the increment. */
  #count(what: 'cycles' | 'retired', event: Expr, write?: CounterWrite): void {
    const { builder, hart } = this.#core;
    for (const csr of hart.isa.csrs) {
      const home = hart.csrs.homes.get(csr.name);
      if (csr.counts?.what !== what || home === undefined) continue;
      const counts = and(event, not(hart.lowering.lower(csr.counts.inhibit, hart.lowering.base(), 1, csr.name)));
      const next = add(read(home), constant(home.width, 1));
      if (write === undefined) builder.when(counts, () => builder.assign(home, next));
      else builder.assign(home, mux(write.reaches(csr), write.value, mux(counts, next, read(home))));
    }
  }

  // The slow way.

  /** The cycle of an instruction that needs attention. Nothing younger moves meanwhile. */
  slowly(): void {
    const { builder } = this.#core;
    const scope = this.#scope();
    const permission = this.#permission(scope);
    const waiting = read(this.#waiting);
    const fault = this.#exception(permission, scope);
    const interrupt = mux(waiting, ZERO, this.#interrupt.taken);
    const trapped = mux(waiting, ZERO, fault.taken);
    const io = and(this.#isMemory(), this.#core.values.at('trouble', this.#at));
    const ioStarts = and(io, not(waiting), not(interrupt), not(trapped));
    this.#ticks(scope, ioStarts, and(not(interrupt), not(trapped)), io);
    builder.firstOf(
      [
        { when: interrupt, then: () => this.#trap({ ...this.#interruptValues(), to: this.#interrupt.to }, true) },
        { when: trapped, then: () => this.#trap(fault, false) },
        { when: io, then: () => this.#inputOutput(waiting) },
        { when: this.#is('wait'), then: () => this.#wait(waiting) },
        { when: this.#is('csr'), then: () => this.#csr(scope) },
        { when: this.#is('xret'), then: () => this.#xret(scope) },
      ],
      () => this.#finishPlain(),
    );
  }

  #isMemory(): Expr {
    const { decoder } = this.#core;
    return or(decoder.unit(this.#control, 'load'), decoder.unit(this.#control, 'store'));
  }

  #opsOf(c: InstructionClass): readonly Op[] {
    return this.#core.decoder.ops.filter((op) => op.instruction.class === c);
  }

  #is(c: InstructionClass): Expr {
    return anyOf(this.#opsOf(c).map((op) => isOp(this.#core, this.#control, op)));
  }

  /** Names for permits, cases and CSR operations: the instruction's operands and the hart's state. */
  #scope(): Scope {
    return this.#core.hart.lowering.with(this.#locals(), this.#registers());
  }

  #operand(name: string): Expr | undefined {
    return operandField(this.#core, this.#insn, this.#control, name);
  }

  #registers(): Record<string, Expr> {
    const { x } = this.#core.hart;
    const registers: Record<string, Expr> = {};
    for (const name of ['rs1', 'rs2']) {
      const field = this.#operand(name);
      if (field !== undefined) registers[name] = element(x, field);
    }
    return registers;
  }

  #operandLocals(): Record<string, Expr> {
    const locals: Record<string, Expr> = { pc: this.#pc, insn: this.#insn };
    const names = new Set(this.#core.decoder.ops.flatMap((op) => Object.keys(op.instruction.format.fields)));
    for (const name of ['rd', 'rs1', 'rs2', ...names]) {
      const field = this.#operand(name);
      if (field !== undefined) locals[name] = field;
    }
    return locals;
  }

  #csrIndex(): Expr {
    const { hart } = this.#core;
    const address = this.#operand('csr') ?? constant(12, 0);
    return hart.csrs.index(address, read(hart.V));
  }

  #csrBit(which: 'reads' | 'writes'): Expr {
    const { hart, decoder } = this.#core;
    const ops = this.#opsOf('csr');
    const scope = hart.lowering.with(this.#operandLocals(), this.#registers());
    return decoder.perOp(this.#control, ops, (op) => {
      const operation = op.instruction.csr?.[which];
      return operation === undefined ? ZERO : hart.lowering.lower(operation, scope, 1, op.instruction.name);
    });
  }

  #locals(): Record<string, Expr> {
    const { hart, builder } = this.#core;
    const index = builder.wire('commit.csr.index', this.#csrIndex());
    const isCsr = this.#is('csr');
    return {
      ...this.#operandLocals(),
      csr: this.#operand('csr') ?? constant(12, 0),
      csr_exists: not(eqConst(index, hart.isa.csrs.length)),
      csr_reads: and(isCsr, this.#csrBit('reads')),
      csr_writes: and(isCsr, this.#csrBit('writes')),
    };
  }

  /** Two bits: what the permit tables say of this instruction. */
  #permission(scope: Scope): Expr {
    const { decoder, builder, hart } = this.#core;
    const permits = new Permits(hart, scope);
    const guarded = decoder.ops.filter((op) => op.instruction.permit !== undefined);
    const address = this.#operand('csr') ?? constant(12, 0);
    const decide = ({ permit, class: c }: Instruction): Expr => {
      if (permit === undefined) return constant(2, PERMISSIONS.allow);
      return c === 'csr' ? permits.csr(permit, address) : permits.table(permit);
    };
    const isGuarded = anyOf(guarded.map((op) => isOp(this.#core, this.#control, op)));
    const illegal = decoder.field(this.#control, 'illegal');
    const decision = mux(isGuarded, decoder.perOp(this.#control, guarded, (op) => decide(op.instruction)), constant(2, PERMISSIONS.allow));
    return builder.wire('commit.permission', mux(illegal, constant(2, PERMISSIONS.illegal), decision));
  }

  #exception(permission: Expr, scope: Scope): TrapValues & { readonly taken: Expr } {
    const { hart, decoder, values } = this.#core;
    const trouble = values.at('trouble', this.#at);
    const allowed = eqConst(permission, PERMISSIONS.allow);
    const outside = and(this.#isMemory(), trouble, allowed, not(this.#ioAllowed()));
    const byName = new Map<string, Expr>();
    for (const op of this.#opsOf('trap')) {
      let earlier: Expr = ZERO;
      for (const c of op.instruction.cases) {
        const when = hart.lowering.condition(c.when, scope, hart.modeIs, `${op.instruction.name}.${c.name}`);
        const here = and(isOp(this.#core, this.#control, op), when, not(earlier));
        earlier = or(earlier, when);
        if (c.raise !== undefined) byName.set(c.raise, or(byName.get(c.raise) ?? ZERO, here));
      }
    }
    const fault = this.#faultAddress();
    return exception(
      hart,
      {
        sources: {
          'fetch-fault': values.at('fetch_fault', this.#at),
          illegal: eqConst(permission, PERMISSIONS.illegal),
          virtual: eqConst(permission, PERMISSIONS.virtual),
          instruction: ZERO,
          'misaligned-target': and(trouble, not(this.#isMemory())),
          'load-fault': and(outside, decoder.unit(this.#control, 'load')),
          'store-fault': and(outside, decoder.unit(this.#control, 'store')),
        },
        byName,
      },
      {
        pc: this.#pc,
        insn: this.#insn,
        target: this.#address,
        address: fault,
        transformed: this.#transformed(slice(binary('sub', fault, this.#address), 4, 0)),
        access_virtual: this.#accessVirtual(),
      },
    );
  }

  /** The access was made as though V=1: by HLV or HSV, or by what the specs call effective_virtualization. */
  #accessVirtual(): Expr {
    const { hart, decoder } = this.#core;
    const guests = decoder.ops.filter((op) => op.instruction.memory !== undefined && op.instruction.memory.as !== 'self');
    const asGuest = anyOf(guests.map((op) => isOp(this.#core, this.#control, op)));
    const effective = hart.lowering.base().name('effective_virtualization') ?? read(hart.V);
    return or(asGuest, effective);
  }

  #transformed(offset: Expr): Expr {
    const { decoder, hart } = this.#core;
    const scope = hart.lowering.only({ insn: this.#insn, offset }, {});
    const ops = decoder.ops.filter((op) => op.instruction.memory !== undefined);
    return decoder.perOp(this.#control, ops, ({ instruction }) =>
      instruction.format.tinst === undefined ? constant(32, 0) : hart.lowering.lower(instruction.format.tinst, scope, 32, instruction.format.name));
  }

  /** Address of the part of the access that is outside: the second 8-byte block where the first is in DRAM. */
  #faultAddress(): Expr {
    const block = concat(slice(this.#address, 63, 3), constant(3, 0));
    return mux(this.#core.hart.inDram(this.#address, 1), add(block, constant(64, 8)), this.#address);
  }

  /** One bit: the access outside DRAM lies in an I/O region, aligned, of a width the region takes, and is no instruction-like read. */
  #ioAllowed(): Expr {
    const { hart, decoder } = this.#core;
    const regions = hart.isa.hart.regions.filter((r) => r.kind === 'io').map((region) => {
      const inside = binary('ltu', binary('sub', this.#address, constant(64, region.base)), constant(64, region.size));
      return and(inside, anyOf(region.widths.map((w) => eqConst(this.#bytes, w))));
    });
    const low = zext(slice(this.#address, 2, 0), 4);
    const aligned = eqConst(binary('and', low, binary('sub', this.#bytes, constant(4, 1))), 0);
    const execute = decoder.ops.filter((op) => op.instruction.memory?.as === 'guest-execute');
    return and(aligned, anyOf(regions), not(anyOf(execute.map((op) => isOp(this.#core, this.#control, op)))));
  }

  #isClint(): Expr {
    const region = this.#core.hart.isa.hart.regions.find((r) => r.device === 'clint');
    if (region === undefined) return ZERO;
    return binary('ltu', binary('sub', this.#address, constant(64, region.base)), constant(64, region.size));
  }

  #interruptValues(): Omit<TrapValues, 'to'> {
    const none = constant(64, 0);
    return { cause: this.#interrupt.cause, interrupt: ONE, tval: none, tval2: none, tinst: none, gva: ZERO };
  }

  /** Counters and clocks of a slow cycle, each register once whatever the instruction does. */
  #ticks(scope: Scope, ioStarts: Expr, runs: Expr, io: Expr): void {
    const { hart, values, builder } = this.#core;
    const clintStore = and(ioStarts, this.#isClint(), this.#core.decoder.unit(this.#control, 'store'));
    tickWithAccess(hart, { writes: clintStore, address: this.#address, bytes: this.#bytes, data: values.at('value', this.#at) });
    const writes = and(runs, this.#is('csr'), not(io), scope.name('csr_writes') ?? ZERO);
    const write: CounterWrite = {
      reaches: (csr) => and(writes, eqConst(this.#csrIndex(), hart.isa.csrs.indexOf(csr))),
      value: this.#newCsrValue(),
    };
    this.#count('cycles', ONE, write);
    this.#count('retired', builder.wire('commit.retires', and(runs, this.#done(io))), write);
  }

  /** One bit: the instruction, not trapped, finishes in this slow cycle. */
  #done(io: Expr): Expr {
    const waiting = read(this.#waiting);
    return mux(io, and(waiting, this.#ioDone()), mux(this.#is('wait'), this.#wakes(), ONE));
  }

  // Traps.

  #trap(trap: TrapValues, interrupt: boolean): void {
    const { builder, hart, values } = this.#core;
    const entries = trapEntries(hart, trap, this.#pc);
    const stop = builder.register('observe.stop', 1, { input: true });
    this.#countTrap(trap);
    builder.firstOf(entries.map((entry) => ({
      when: entry.to,
      then: () => {
        this.#assignHomes(entry.writes);
        this.#enter(entry.priv, entry.V);
        this.#restart(entry.pc);
        this.#emit({
          kind: 'trap',
          cycle: read(hart.cycle),
          pc: this.#pc,
          next_pc: entry.pc,
          ...(interrupt ? {} : { insn: this.#insn }),
          value: trap.tval,
          ...(entry.reportsGuest ? { rdata: trap.tval2, wdata: trap.tinst } : {}),
          packed: {
            trap: ONE, gva: entry.reportsGuest ? trap.gva : ZERO, to: trap.to, cause: trap.cause, interrupt: trap.interrupt,
            ...(interrupt ? {} : { fetched: not(values.at('fetch_fault', this.#at)) }),
            nextMode: modeBits(entry.V, entry.priv),
          },
        });
        builder.when(read(stop), () => builder.exit(EXIT.trap));
      },
    })));
  }

  /** Counts traps by origin, target and cause: {V, priv, to, interrupt, cause[4:0]}. */
  #countTrap(trap: TrapValues): void {
    const { builder, hart } = this.#core;
    const place = concat(modeBits(read(hart.V), read(hart.priv)), trap.to, trap.interrupt, slice(trap.cause, 4, 0));
    builder.write(this.#trapCounts, place, add(element(this.#trapCounts, place), constant(32, 1)));
  }

  /** Changes privilege and adds the cycles spent in the mode that is left. */
  #enter(priv: Expr, V: Expr): void {
    const { builder, hart } = this.#core;
    builder.assign(hart.priv, priv);
    builder.assign(hart.V, V);
    const now = add(read(hart.cycle), constant(64, 1));
    const since = builder.register('statistics.since', 64);
    builder.assign(since, now);
    builder.firstOf(Object.entries(MODES).map(([name, mode]) => ({
      when: hart.modeIs(mode),
      then: () => {
        const spent = builder.register(`statistics.cycles.${name}`, 64);
        builder.assign(spent, add(read(spent), binary('sub', now, read(since))));
      },
    })));
  }

  #assignHomes(writes: HomeWrites): void {
    const { builder, hart } = this.#core;
    const homes = [...hart.csrs.homes.keys()];
    for (const [name, value] of writes) {
      const home = hart.csrs.homes.get(name);
      if (home === undefined) continue;
      builder.assign(home, value);
      builder.when(binary('ne', value, read(home)), () =>
        this.#emit({ kind: 'csr', pc: constant(64, homes.indexOf(name)), value: read(home), rdata: value }));
    }
  }

  // I/O and waiting.

  #ioDone(): Expr {
    const { builder } = this.#core;
    const answered = read(builder.register('io.answered', 1, { input: true }));
    return and(answered, eqConst(read(this.#ioCount()), 0));
  }

  #ioCount(): Register {
    return this.#core.builder.register('io.count', Math.max(1, Math.ceil(Math.log2(this.#core.uarch.latency.io + 1))));
  }

  #inputOutput(waiting: Expr): void {
    const { builder, hart, decoder, values, uarch } = this.#core;
    const valid = builder.register('io.valid', 1);
    const answered = builder.register('io.answered', 1, { input: true });
    const rdata = builder.register('io.rdata', 64, { input: true });
    const count = this.#ioCount();
    const store = decoder.unit(this.#control, 'store');
    const start = (): void => {
      this.#sample();
      builder.assign(valid, ONE);
      builder.assign(builder.register('io.write', 1), store);
      builder.assign(builder.register('io.address', 64), this.#address);
      builder.assign(builder.register('io.bytes', 4), this.#bytes);
      builder.assign(builder.register('io.wdata', 64), values.at('value', this.#at));
      builder.assign(count, constant(count.width, uarch.latency.io - 1));
      builder.when(
        this.#isClint(),
        () => {
          builder.assign(rdata, clintRead(hart, this.#address, this.#bytes));
          builder.assign(answered, ONE);
        },
        () => builder.exit(EXIT.io),
      );
    };
    const finish = (): void => {
      builder.assign(valid, ZERO);
      builder.assign(answered, ZERO);
      const value = extracted(this.#core, this.#control, read(rdata));
      builder.when(decoder.unit(this.#control, 'load'), () => this.#writeRegister(value));
      this.#finish(this.#pcPlus4(), mux(store, values.at('value', this.#at), value), { io: ONE }, read(rdata));
    };
    const wait = (): void => {
      builder.count('stall.commit.io');
      builder.when(nonZero(read(count)), () => builder.assign(count, binary('sub', read(count), constant(count.width, 1))));
    };
    builder.when(waiting, () => builder.when(this.#ioDone(), finish, wait), start);
  }

  #wakes(): Expr {
    const { isa, lowering } = this.#core.hart;
    return lowering.lower(isa.traps.wake, lowering.base(), 1, 'wake');
  }

  #wait(waiting: Expr): void {
    const { builder } = this.#core;
    builder.when(this.#wakes(), () => this.#finish(this.#pcPlus4(), constant(64, 0)), () => {
      builder.count('stall.commit.wait');
      builder.exit(EXIT.wait);
      builder.when(not(waiting), () => this.#sample());
    });
  }

  /** The boundary is passed: what interrupts saw is kept for the record. */
  #sample(): void {
    const { builder, hart } = this.#core;
    builder.assign(this.#waiting, ONE);
    builder.assign(builder.register('commit.sampled.mtime', 64), read(hart.clint.mtime));
    builder.assign(builder.register('commit.sampled.lines', 11), this.#linesNow());
  }

  #linesNow(): Expr {
    const { meip, seip, hgeip } = this.#core.hart.lines;
    return concat(hgeip, seip, meip);
  }

  // CSR instructions and xRET.

  #oldCsrValue(): Expr {
    const { hart } = this.#core;
    return select(this.#csrIndex(), hart.isa.csrs.map((csr, i) => ({ keys: [BigInt(i)], value: hart.csrs.value(csr.name) })), constant(64, 0));
  }

  #newCsrValue(): Expr {
    const { hart, decoder } = this.#core;
    const read = this.#oldCsrValue();
    const special = hart.isa.csrs.flatMap((csr, i) => {
      const value = hart.csrs.modifyValue(csr.name);
      return value === hart.csrs.value(csr.name) ? [] : [{ keys: [BigInt(i)], value }];
    });
    const modified = select(this.#csrIndex(), special, read);
    return decoder.perOp(this.#control, this.#opsOf('csr'), (op) => {
      const csr = op.instruction.csr;
      if (csr === undefined) return constant(64, 0);
      const locals = { ...this.#operandLocals(), old: csr.modifies ? modified : read };
      return hart.lowering.lower(csr.value, hart.lowering.with(locals, this.#registers()), 64, op.instruction.name);
    });
  }

  #csr(scope: Scope): void {
    const { builder, hart } = this.#core;
    const old = builder.wire('commit.csr.old', this.#oldCsrValue());
    const value = builder.wire('commit.csr.new', this.#newCsrValue());
    const writes = scope.name('csr_writes') ?? ZERO;
    builder.when(writes, () => builder.switch(this.#csrIndex(), hart.isa.csrs.flatMap((csr, i) => {
      const homes: HomeWrites = new Map();
      if (csr.counts === undefined) hart.csrs.write(csr.name, value, homes);
      return homes.size === 0 ? [] : [{ keys: [i], then: () => this.#assignHomes(homes) }];
    })));
    this.#writeRegister(old);
    this.#finish(this.#pcPlus4(), old);
  }

  #xret(scope: Scope): void {
    const { builder, hart } = this.#core;
    const cases = this.#opsOf('xret').flatMap((op) => op.instruction.cases.map((c) => ({ op, c })));
    builder.firstOf(cases.map(({ op, c }) => ({
      when: and(isOp(this.#core, this.#control, op), hart.lowering.condition(c.when, scope, hart.modeIs, `${op.instruction.name}.${c.name}`)),
      then: () => {
        const subject = `${op.instruction.name}.${c.name}`;
        const writes: HomeWrites = new Map();
        for (const { target, value } of c.update) hart.csrs.update(target, hart.lowering.lower(value, scope, hart.csrs.widthOf(target), subject), writes);
        const next = (which: 'pc' | 'priv' | 'V', width: number, unchanged: Expr): Expr => {
          const operation = c.next[which];
          return operation === undefined ? unchanged : hart.lowering.lower(operation, scope, width, subject);
        };
        const pc = next('pc', 64, this.#pcPlus4());
        const priv = next('priv', 2, read(hart.priv));
        const V = next('V', 1, read(hart.V));
        this.#assignHomes(writes);
        this.#enter(priv, V);
        this.#finish(pc, constant(64, 0), { nextMode: modeBits(V, priv) });
      },
    })));
  }

  /** A permitted instruction without an effect on the hart's own state: fences, HLV and HSV in DRAM. */
  #finishPlain(): void {
    const { builder, decoder, values } = this.#core;
    const value = values.at('value', this.#at);
    builder.when(decoder.unit(this.#control, 'store'), () => this.#storeToDram());
    builder.when(decoder.unit(this.#control, 'load'), () => this.#writeRegister(value));
    this.#finish(this.#pcPlus4(), value);
  }

  #finish(next: Expr, value: Expr, packed: Partial<Record<PackedName, Expr>> = {}, rdata?: Expr): void {
    this.#restart(next);
    this.#core.builder.assign(this.#waiting, ZERO);
    this.#record(next, value, packed, rdata);
  }

  // Records.

  #emit(values: RecordValues): void {
    const { hart, builder } = this.#core;
    const waiting = read(this.#waiting);
    const packed = values.kind === 'csr' ? {} : { mode: modeBits(read(hart.V), read(hart.priv)), ...values.packed };
    const sampled = {
      mtime: mux(waiting, read(builder.register('commit.sampled.mtime', 64)), read(hart.clint.mtime)),
      lines: mux(waiting, read(builder.register('commit.sampled.lines', 11)), this.#linesNow()),
    };
    builder.record(recordFields(values.kind === 'csr' ? values : { ...sampled, ...values, packed }));
  }

  /** The record of a retired instruction. */
  #record(next: Expr, value: Expr, packed: Partial<Record<PackedName, Expr>> = {}, ioData?: Expr): void {
    const { hart, decoder, values } = this.#core;
    const load = decoder.unit(this.#control, 'load');
    const store = decoder.unit(this.#control, 'store');
    const low = (v: Expr): Expr => select(this.#bytes, [1, 2, 4].map((n) => ({ keys: [BigInt(n)], value: zext(slice(v, n * 8 - 1, 0), 64) })), v);
    const mask = select(this.#bytes, [1, 2, 4].map((n) => ({ keys: [BigInt(n)], value: constant(PACKED.rmask, 2 ** n - 1) })), constant(PACKED.rmask, 255));
    const zero = constant(64, 0);
    const none = constant(PACKED.rmask, 0);
    const same = modeBits(read(hart.V), read(hart.priv));
    this.#emit({
      kind: 'retired',
      cycle: read(hart.cycle),
      pc: this.#pc,
      next_pc: next,
      insn: this.#insn,
      value: mux(nonZero(this.#rd), value, zero),
      address: mux(or(load, store), this.#address, zero),
      rdata: mux(load, ioData ?? low(values.at('value', this.#at)), zero),
      wdata: mux(store, low(values.at('value', this.#at)), zero),
      packed: {
        fetched: ONE, rd: this.#rd, rmask: mux(load, mask, none), wmask: mux(store, mask, none), nextMode: same, ...packed,
      },
    });
  }
}
