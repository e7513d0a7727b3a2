/** CSR instructions, xRET, waiting and device accesses at commit. */
import { ONE, ZERO, and, binary, constant, eqConst, mux, nonZero, not, read, select } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import { dropReservation } from './atomic.js';
import { clintRead } from './clint.js';
import type { Committing } from './committing.js';
import type { Covers } from './covers.js';
import type { HomeWrites } from './csr.js';
import { extracted } from './execute.js';
import { EXIT } from './exit.js';
import { modeBits } from './hart.js';
import type { Retirement, RetiredDetails } from './retire.js';
import { waitUntil } from './timers.js';

/** Ends the instruction in this cycle: record, refetch at `next`. */
export type Finish = (details: RetiredDetails) => void;

/** The value of the CSR that the instruction reaches. */
export function oldCsrValue(here: Committing): Expr {
  const { csrs, isa } = here.core.hart;
  return select(here.csrIndex, isa.csrs.map((csr, i) => ({ keys: [BigInt(i)], value: csrs.value(csr.name) })), constant(64, 0));
}

/** The value that the CSR instruction writes, before WARL rules. */
export function newCsrValue(here: Committing): Expr {
  const { csrs, isa, lowering } = here.core.hart;
  const current = oldCsrValue(here);
  const special = isa.csrs.flatMap((csr, i) => {
    const value = csrs.modifyValue(csr.name);
    return value === csrs.value(csr.name) ? [] : [{ keys: [BigInt(i)], value }];
  });
  const modified = select(here.csrIndex, special, current);
  return here.perOp(here.opsOf('csr'), ({ instruction: { csr, name } }) => {
    if (csr === undefined) return constant(64, 0);
    const locals = { ...here.operands, old: csr.modifies ? modified : current };
    return lowering.lower(csr.value, lowering.with(locals, here.registers), 64, name);
  });
}

/** A CSR instruction: read, write, substitution and aliases as the CSR file has them. */
export function csrInstruction(here: Committing, retirement: Retirement, covers: Covers, finish: Finish): void {
  const { builder, hart } = here.core;
  const old = builder.wire('commit.csr.old', oldCsrValue(here));
  const value = builder.wire('commit.csr.new', newCsrValue(here));
  builder.when(here.csrWrites, () => {
    builder.switch(here.csrIndex, hart.isa.csrs.flatMap((csr, i) => {
      const homes: HomeWrites = new Map();
      // Counters that count by themselves are assigned once, where they count.
      if (csr.counts === undefined) hart.csrs.write(csr.name, value, homes);
      return homes.size === 0 ? [] : [{ keys: [i], then: () => writeCsr(here, retirement, covers, csr.name, homes, value) }];
    }), () => covers.wrote([]));
  });
  here.writeRegister(old);
  finish({ next: here.sequentialPc, value: old });
}

/** A write of `value` to a CSR reaches these homes. */
function writeCsr({ core: { hart } }: Committing, retirement: Retirement, covers: Covers, name: string, homes: HomeWrites, value: Expr): void {
  retirement.writeHomes(homes);
  covers.wrote([...homes].flatMap(([home, next]) => {
    const register = hart.csrs.homes.get(home);
    return register === undefined ? [] : [{ name: home, changes: binary('ne', next, read(register)) }];
  }));
  covers.offered(hart.csrs.offers(name, value));
}

/** MRET and SRET: the case that holds, its updates and where it goes. */
export function xret(here: Committing, retirement: Retirement, covers: Covers, finish: Finish): void {
  const { builder, hart } = here.core;
  const { lowering, csrs } = hart;
  const cases = here.opsOf('xret').flatMap((op) => op.instruction.cases.map((c, index) => ({ op, c, index })));
  builder.firstOf(cases.map(({ op, c, index }) => {
    const subject = `${op.instruction.name}.${c.name}`;
    return {
      when: and(here.isOp(op), lowering.condition(c.when, here.scope, hart.modeIs, subject)),
      then: () => {
        const writes: HomeWrites = new Map();
        for (const { target, value } of c.update) csrs.update(target, lowering.lower(value, here.scope, csrs.widthOf(target), subject), writes);
        const next = (which: 'pc' | 'priv' | 'V', width: number, unchanged: Expr): Expr => {
          const operation = c.next[which];
          return operation === undefined ? unchanged : lowering.lower(operation, here.scope, width, subject);
        };
        const priv = next('priv', 2, read(hart.priv));
        const V = next('V', 1, read(hart.V));
        retirement.writeHomes(writes);
        dropReservation(hart);
        retirement.enter(priv, V);
        covers.returned(op, index, modeBits(V, priv));
        finish({ next: next('pc', 64, here.sequentialPc), value: constant(64, 0), nextMode: modeBits(V, priv) });
      },
    };
  }));
}

/** One bit: an interrupt that is enabled by itself is pending, whatever the global enables. */
export function wakes({ core: { hart } }: Committing): Expr {
  return hart.lowering.lower(hart.isa.traps.wake, hart.lowering.base(), 1, 'wake');
}

/** What the host needs to know to skip idle cycles: when a timer ends the wait, and which counters count meanwhile. */
function sayWhatCounts({ core: { builder, hart } }: Committing): void {
  builder.assign(builder.register('wait.until', 64), waitUntil(hart));
  for (const { name, counts } of hart.isa.csrs) {
    if (counts?.what !== 'cycles') continue;
    builder.assign(builder.register(`wait.counting.${name}`, 1), not(hart.lowering.lower(counts.inhibit, hart.lowering.base(), 1, name)));
  }
}

/** WFI: waits until an interrupt wakes it, then retires; the interrupt is taken at the next boundary. */
export function waitInstruction(here: Committing, finish: Finish): void {
  const { builder } = here.core;
  builder.when(wakes(here), () => finish({ next: here.sequentialPc, value: constant(64, 0) }), () => {
    builder.count('stall.commit.wait');
    builder.exit(EXIT.wait);
    sayWhatCounts(here);
    const { translation, values, place } = here.core;
    const trail = translation?.caches?.trail;
    if (trail?.told === true) builder.when(not(read(here.waiting)), () => trail.waits(values.at('fetch_trail', place.commit)));
  });
}

const ioCount = ({ core: { builder, uarch } }: Committing): Register =>
  builder.register('io.count', Math.max(1, Math.ceil(Math.log2(uarch.latency.io + 1))));

const ioAnswered = ({ core: { builder } }: Committing): Register => builder.register('io.answered', 1, { input: true });

/** One bit: a device has been asked. */
export const ioAsked = ({ core: { builder } }: Committing): Expr => read(builder.register('io.valid', 1));

/** One bit: the access under way has its answer and its latency is over. */
export function ioDone(here: Committing): Expr {
  return and(ioAsked(here), read(ioAnswered(here)), eqConst(read(ioCount(here)), 0));
}

/** One bit: the access goes to the CLINT, which answers by itself. */
export function isClint({ core, physical: address }: Committing): Expr {
  const region = core.hart.isa.hart.regions.find((r) => r.device === 'clint');
  return region === undefined ? ZERO : binary('ltu', binary('sub', address, constant(64, region.base)), constant(64, region.size));
}

/**
 * A load or store outside DRAM: request in one cycle, answer at the earliest in
 * the next, used after the declared latency. From its start it is neither
 * killed nor interrupted nor repeated.
 */
export function inputOutput(here: Committing, finish: Finish): void {
  const { builder, hart, uarch } = here.core;
  const valid = builder.register('io.valid', 1);
  const rdata = builder.register('io.rdata', 64, { input: true });
  const count = ioCount(here);
  const start = (): void => {
    builder.assign(valid, ONE);
    builder.assign(builder.register('io.write', 1), here.isStore);
    builder.assign(builder.register('io.address', 64), here.physical);
    builder.assign(builder.register('io.bytes', 4), here.bytes);
    builder.assign(builder.register('io.wdata', 64), here.value);
    builder.assign(count, constant(count.width, uarch.latency.io - 1));
    builder.count('stall.commit.io', 'stall.io');
    builder.when(
      isClint(here),
      () => {
        builder.assign(rdata, clintRead(hart, here.physical, here.bytes));
        builder.assign(ioAnswered(here), ONE);
      },
      () => builder.exit(EXIT.io),
    );
  };
  const end = (): void => {
    builder.assign(valid, ZERO);
    builder.assign(ioAnswered(here), ZERO);
    const value = extracted(here.core, here.control, read(rdata));
    builder.when(here.isLoad, () => here.writeRegister(value));
    finish({ next: here.sequentialPc, value: mux(here.isStore, here.value, value), ioData: read(rdata) });
  };
  const wait = (): void => {
    builder.count('stall.commit.io', 'stall.io');
    builder.when(nonZero(read(count)), () => builder.assign(count, binary('sub', read(count), constant(count.width, 1))));
  };
  builder.when(ioAsked(here), () => builder.when(ioDone(here), end, wait), start);
}
