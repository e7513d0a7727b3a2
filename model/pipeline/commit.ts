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
import { ONE, ZERO, add, and, concat, constant, eqConst, mux, nonZero, not, or, read, select, zext } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import { amoData, atomic, dropReservation, storeFails } from './atomic.js';
import { blockDone, blockInstruction, blockOf, zeroesBlock } from './block.js';
import { tick, tickWithAccess } from './clint.js';
import { Committing } from './committing.js';
import { stageOf, type Core } from './core.js';
import { Covers } from './covers.js';
import type { CounterWrite } from './event-counters.js';
import { EXIT } from './exit.js';
import { fencesTranslations, flushTranslations } from './flush.js';
import { extracted } from './execute.js';
import { accessRefused, faultOf } from './faults.js';
import { pointFetch } from './fetch.js';
import { modeBits } from './hart.js';
import { coverDevice, coverJudgement } from './judgement-covers.js';
import { learn } from './predict.js';
import { Retirement, type RetiredDetails } from './retire.js';
import { oldCsrValue, csrInstruction, inputOutput, ioAsked, ioDone, isClint, newCsrValue, waitInstruction, wakes, xret } from './system.js';
import { dueInterrupt, targetMode, trapEntries, type DueInterrupt, type TrapValues } from './trap.js';

export class Commit {
  readonly #core: Core;
  readonly #here: Committing;
  readonly #retirement: Retirement;
  readonly #covers: Covers;
  readonly #interrupt: DueInterrupt;
  /** Throws away everything in flight. */
  readonly #empty: () => void;
  #retires: Expr = ZERO;
  /** One bit: this cycle goes the slow way. */
  readonly slow: Expr;

  constructor(core: Core, empty: () => void) {
    this.#core = core;
    this.#empty = empty;
    this.#here = new Committing(core);
    this.#retirement = new Retirement(this.#here);
    this.#covers = new Covers(this.#here);
    this.#interrupt = dueInterrupt(core.hart);
    const { control, trouble, valid } = this.#here;
    const attention = or(core.decoder.field(control, 'rare'), trouble);
    this.slow = core.builder.wire('commit.slow', mux(valid, mux(attention, ONE, this.#interrupt.taken), ZERO));
  }

  /** The usual cycle: the instruction in commit, if any, takes effect. */
  usual(): void {
    const { builder, hart } = this.#core;
    const { valid, value, isStore, taken, address, place, sequentialPc } = this.#here;
    tick(hart);
    hart.eventCounters.usualCycle();
    this.#core.stores?.cycle(and(valid, isStore));
    this.#count('cycles', ONE);
    builder.when(valid, () => {
      this.#here.writeRegister(value);
      builder.when(isStore, () => {
        this.#here.storeToDram(value);
        this.#core.lines?.data?.wrote(place);
      });
      learn(this.#core);
      this.#count('retired', ONE);
      this.#retirement.retired({ next: mux(taken, address, sequentialPc), value });
      this.#covers.retired();
    });
  }

  /** The cycle of an instruction that needs attention. Nothing younger moves meanwhile. */
  slowly(): void {
    const { builder } = this.#core;
    const here = this.#here;
    const started = read(here.waiting);
    const fault = faultOf(here);
    const interrupted = mux(started, ZERO, this.#interrupt.taken);
    const faulted = mux(and(started, not(here.walks)), ZERO, fault.taken);
    const io = mux(here.walks, here.translated?.toDevice ?? ZERO, and(here.isMemory, here.trouble));
    const finish = (details: RetiredDetails): void => this.#finish(details);
    const runs = and(not(interrupted), not(faulted));
    this.#show(interrupted, faulted, fault);
    this.#showRestart(interrupted, faulted, and(runs, this.#done(io)), io);
    this.#ticks(runs, io);
    this.#rvfi(and(not(interrupted), faulted), io);
    this.#cover(interrupted, faulted, fault, io);
    const refetches = and(runs, here.translated?.refetches ?? ZERO);
    const restarts = builder.wire('commit.restart', or(interrupted, faulted, this.#retires, refetches));
    builder.when(restarts, () => {
      this.#empty();
      flushTranslations(here, runs);
    }, () => here.translated?.walk());
    this.#wrote(io);
    this.#core.hart.boundary.pass({ restarts, refetches, waits: and(here.is('wait'), not(here.walks)) });
    const changes = or(interrupted, faulted, and(runs, or(here.csrWrites, here.is('xret'), fencesTranslations(here))));
    builder.when(changes, () => this.#core.translation?.windows.suspect(), () => here.translated?.open(io));
    builder.firstOf(
      [
        { when: interrupted, then: () => this.#trap(this.#interruptValues(), undefined) },
        { when: faulted, then: () => this.#trap(fault, here.fetchFault) },
        { when: io, then: () => inputOutput(here, finish) },
        { when: and(here.isAtomic, here.ready), then: () => atomic(here, finish) },
        { when: and(here.is('cbo'), here.ready), then: () => blockInstruction(here, finish) },
        { when: here.walks, then: () => this.#translatedAccess() },
        { when: here.is('wait'), then: () => waitInstruction(here, finish) },
        { when: here.is('csr'), then: () => csrInstruction(here, this.#retirement, this.#covers, finish) },
        { when: here.is('xret'), then: () => xret(here, this.#retirement, this.#covers, finish) },
      ],
      () => this.#permitted(),
    );
  }

  /** A slow cycle: a store to memory, if one retires, leaves its mark on the line of its first byte. */
  #wrote(io: Expr): void {
    const { builder, lines } = this.#core;
    const here = this.#here;
    const { translated, place } = here;
    if (lines?.data === undefined) return;
    const stores = and(or(here.isStore, here.is('amo')), not(storeFails(here)));
    const at = translated === undefined ? place : mux(here.walks, translated.firstByte, place);
    builder.when(and(this.#retires, not(io), stores), () => lines.data?.wrote(at));
  }

  /** Cover points of the record of this cycle, if there is one. */
  #cover(interrupted: Expr, faulted: Expr, fault: TrapValues, io: Expr): void {
    const { builder, decoder, translation } = this.#core;
    const here = this.#here;
    const retires = this.#retires;
    const refused = and(not(interrupted), faulted);
    builder.firstOf([
      { when: interrupted, then: () => this.#covers.interrupted(this.#interrupt) },
      { when: faulted, then: () => this.#covers.excepted(fault) },
      { when: retires, then: () => this.#covers.retired({ device: io }) },
    ]);
    const understood = not(or(here.unfetched, decoder.field(here.control, 'illegal')));
    builder.when(or(retires, and(refused, understood)), () => coverJudgement(here, faulted, fault));
    const arrived = mux(here.walks, translation?.walker.is('done') ?? ZERO, ONE);
    here.translated?.coverProtection();
    builder.when(or(and(retires, io), and(refused, accessRefused(here, fault), arrived)), () => coverDevice(here, refused));
  }

  /** What a viewer wants of this cycle: the trap taken and the CSR written, all zero in any other. */
  #show(interrupted: Expr, faulted: Expr, fault: TrapValues): void {
    const { builder, hart } = this.#core;
    const trap = and(this.slow, or(interrupted, faulted));
    const shown = (name: string, when: Expr, value: Expr): void => {
      builder.wire(name, mux(when, value, constant(value.width, 0)));
    };
    const of = (pick: (t: Pick<TrapValues, 'cause' | 'to'>) => Expr): Expr => mux(interrupted, pick(this.#interrupt), pick(fault));
    shown('trap.cause', trap, concat(ONE, interrupted, of((t) => t.cause)));
    shown('trap.from', trap, concat(ONE, modeBits(read(hart.V), read(hart.priv))));
    shown('trap.to', trap, concat(ONE, targetMode(of((t) => t.to))));
    const writes = and(this.slow, not(interrupted), not(faulted), this.#here.csrWrites);
    shown('csr.written', writes, concat(ONE, this.#here.csrAddress));
    shown('csr.value', writes, newCsrValue(this.#here));
  }

  /** The instruction that retires or traps in this cycle, as the RISC-V formal interface names its parts; all zero in any other cycle. */
  #rvfi(faulted: Expr, io: Expr): void {
    const { builder, hart } = this.#core;
    const here = this.#here;
    const { valid, pc, insn, rd, address, bytes, value, isLoad, isStore, isMemory } = here;
    const isAmo = here.is('amo');
    const failed = storeFails(here);
    const shown = (name: string, when: Expr, what: Expr): Expr => builder.wire(`rvfi.${name}`, mux(when, what, constant(what.width, 0)));
    const trap = shown('trap', this.slow, faulted);
    const retires = or(and(valid, not(this.slow)), and(this.slow, this.#retires));
    const present = builder.wire('rvfi.valid', or(retires, trap));
    shown('pc_rdata', present, pc);
    shown('insn', present, insn);
    shown('mode', present, modeBits(read(hart.V), read(hart.priv)));
    const loaded = mux(and(this.slow, io), extracted(this.#core, here.control, read(builder.register('io.rdata', 64, { input: true }))), mux(this.slow, here.data, value));
    const written = mux(here.is('csr'), oldCsrValue(here), mux(here.is('sc'), zext(failed, 64), loaded));
    const writes = and(retires, nonZero(rd));
    shown('rd_addr', writes, rd);
    shown('rd_wdata', writes, written);
    const mask = select(bytes, [1, 2, 4].map((n) => ({ keys: [BigInt(n)], value: constant(8, 2 ** n - 1) })), constant(8, 255));
    const zeroes = zeroesBlock(here);
    const stores = and(retires, or(isStore, isAmo, zeroes), not(failed));
    shown('mem_addr', and(retires, or(isMemory, zeroes), not(failed)), mux(zeroes, blockOf(here.core.hart.isa, address), address));
    shown('mem_rmask', and(retires, isLoad), mask);
    shown('mem_wmask', stores, mux(zeroes, constant(8, 255), mask));
    shown('mem_rdata', and(retires, isLoad), loaded);
    shown('mem_wdata', stores, mux(isAmo, amoData(here), mux(zeroes, constant(64, 0), value)));
  }

  /** Why the stages are emptied in this cycle, and why commit keeps its instruction: reasons as signals. */
  #showRestart(interrupted: Expr, faulted: Expr, retires: Expr, io: Expr): void {
    const { builder, stages, place } = this.#core;
    const reasons = [['trap', faulted], ['interrupt', interrupted], ['serialize', retires]] as const;
    for (const stage of stages.slice(1, place.commit)) {
      for (const [reason, condition] of reasons) builder.wire(`${stage.name}.kill.${reason}`, and(stage.valid, this.slow, condition));
    }
    const commit = stageOf(this.#core, 'commit');
    const waits = and(this.slow, not(interrupted), not(faulted), not(retires));
    builder.wire(`${commit.name}.kill.interrupt`, and(this.slow, interrupted));
    builder.wire(`${commit.name}.stall.io`, and(waits, io));
    const { walks } = this.#here;
    const block = and(not(walks), this.#here.is('cbo'));
    builder.wire(`${commit.name}.stall.walk`, and(waits, not(io), walks));
    builder.wire(`${commit.name}.stall.block`, and(waits, block));
    builder.wire(`${commit.name}.stall.wait`, and(waits, not(io), not(block), not(walks)));
  }

  #translatedAccess(): void {
    const { builder } = this.#core;
    const here = this.#here;
    builder.when(not(this.#retires), () => builder.count('stall.commit.walk', 'stall.walk'));
    here.translated?.cycle({
      finish: (details) => this.#finish({ next: here.sequentialPc, ...details }),
      refetch: () => pointFetch(this.#core, here.pc),
    });
  }

  /** A permitted instruction that does what it does in the usual cycle: fences, HLV and HSV in DRAM, a guarded result or jump. */
  #permitted(): void {
    const { builder } = this.#core;
    const { isStore, value, taken, address, sequentialPc } = this.#here;
    builder.when(isStore, () => this.#here.storeToDram(value));
    this.#here.writeRegister(value);
    this.#finish({ next: mux(taken, address, sequentialPc), value });
  }

  #finish(details: RetiredDetails): void {
    pointFetch(this.#core, details.next);
    this.#retirement.retired(details);
  }

  // Traps.

  /** @param fetchFault - FETCH_FAULT; undefined for an interrupt. */
  #trap(trap: TrapValues, fetchFault: Expr | undefined): void {
    const { builder, hart } = this.#core;
    const stop = builder.register('observe.stop', 1, { input: true });
    this.#retirement.countTrap(trap);
    dropReservation(hart);
    builder.firstOf(trapEntries(hart, trap, this.#here.pc).map((entry) => ({
      when: entry.to,
      then: () => {
        this.#retirement.writeHomes(entry.writes);
        this.#retirement.enter(entry.priv, entry.V);
        pointFetch(this.#core, entry.pc);
        this.#retirement.trapped(trap, entry, fetchFault);
        builder.when(read(stop), () => builder.exit(EXIT.trap));
      },
    })));
  }

  #interruptValues(): TrapValues {
    const none = constant(64, 0);
    const { cause, to } = this.#interrupt;
    return { cause, to, interrupt: ONE, tval: none, tval2: none, tinst: none, gva: ZERO };
  }

  // Counters and clocks.

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

  /** Counters and clocks of a slow cycle, each register once whatever the instruction does. `runs`: it does not trap. */
  #ticks(runs: Expr, io: Expr): void {
    const { hart, builder } = this.#core;
    const here = this.#here;
    const { physical: address, bytes, value } = here;
    const clintStore = and(runs, io, not(ioAsked(here)), isClint(here), here.isStore);
    this.#core.stores?.cycle();
    tickWithAccess(hart, { writes: clintStore, address, bytes, data: value });
    const writes = and(runs, here.csrWrites);
    const write: CounterWrite = {
      reaches: (csr) => and(writes, eqConst(here.csrIndex, hart.isa.csrs.indexOf(csr))),
      value: newCsrValue(here),
    };
    hart.eventCounters.slowCycle(write);
    this.#count('cycles', ONE, write);
    this.#retires = builder.wire('commit.retires', and(runs, this.#done(io)));
    this.#count('retired', this.#retires, write);
  }

  /** One bit: the instruction, not trapped, finishes in this slow cycle. */
  #done(io: Expr): Expr {
    const here = this.#here;
    const other = mux(here.is('wait'), wakes(here), mux(here.is('cbo'), blockDone(here), ONE));
    return mux(io, ioDone(here), mux(here.walks, here.translated?.finishes ?? ZERO, other));
  }
}
