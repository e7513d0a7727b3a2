/** Mutants of traps: exceptions, delegation, entry, interrupts. */
import type { Exception, Interrupt, InterruptLevel, Isa, Operation, Traps } from '../../model/spec/isa.js';
import { mistakenRows } from './conditions.js';
import { mistakenEffects } from './effects.js';
import { isaMutant, type Mutant } from './mutant.js';
import { mistaken } from './operations.js';

const TARGETS = ['M', 'HS', 'VS'] as const;

const inTraps = (change: (traps: Traps) => Partial<Traps>) => (isa: Isa): Isa => ({ ...isa, traps: { ...isa.traps, ...change(isa.traps) } });
const swapped = <T>(list: readonly T[], i: number): readonly T[] => {
  const [a, b] = [list[i], list[i + 1]];
  return a === undefined || b === undefined ? list : list.with(i, b).with(i + 1, a);
};

function delegationMutants({ delegation }: Traps): readonly Mutant[] {
  return mistakenRows(delegation, TARGETS).map(({ what, value, entry }) => isaMutant('delegation', what, entry, inTraps(() => ({ delegation: value }))));
}

function entryMutants({ entry }: Traps): readonly Mutant[] {
  return entry.flatMap((e) => mistakenEffects(e).map(({ what, value }) =>
    isaMutant('trap-entry', `${e.mode} ${what}`, e, inTraps((t) => ({ entry: t.entry.map((o) => (o.mode === e.mode ? { ...o, ...value } : o)) })))));
}

function exceptionMutants({ exceptions, priority }: Traps): readonly Mutant[] {
  const occurring = exceptions.filter((e) => e.source !== 'none');
  const put = (e: Exception, changed: Partial<Exception>): ((isa: Isa) => Isa) =>
    inTraps((t) => ({ exceptions: t.exceptions.map((o) => (o.name === e.name ? { ...o, ...changed } : o)) }));
  const codes = occurring.slice(1).map((e, i) => {
    const before = occurring[i];
    const code = before?.code ?? e.code;
    return isaMutant('exception', `${e.name}: exchanges its code with ${before?.name ?? ''}`, e, inTraps((t) => ({
      exceptions: t.exceptions.map((o) => (o.name === e.name ? { ...o, code } : o.name === before?.name ? { ...o, code: e.code } : o)),
    })));
  });
  const values = occurring.flatMap((e) => (['tval', 'gva', 'tinst'] as const).flatMap((part) => {
    const flipped: readonly Operation[] = /^\d+$/.test(e[part].text) ? [] : [{ ...e[part], text: '0' }];
    const other: readonly Operation[] = part === 'gva' && e.gva.text !== 'V' ? [{ ...e.gva, text: 'V' }] : [];
    return [...flipped, ...other, ...mistaken(e[part])].map((value) => isaMutant('exception', `${e.name}.${part}: ${value.text}`, e, put(e, { [part]: value })));
  }));
  const [first] = exceptions;
  const orders = first === undefined ? [] : priority.slice(1).map((source, i) =>
    isaMutant('exception', `priority: ${source} before ${priority[i] ?? ''}`, first, inTraps((t) => ({ priority: swapped(t.priority, i) }))));
  return [...codes, ...values, ...orders];
}

function levelMutants(level: InterruptLevel): readonly Mutant[] {
  const put = (changed: Partial<InterruptLevel>): ((isa: Isa) => Isa) => inTraps((t) => ({ levels: t.levels.map((l) => (l.mode === level.mode ? { ...l, ...changed } : l)) }));
  const operations = (['pending', 'enabled'] as const).flatMap((part) =>
    mistaken(level[part]).map((value) => isaMutant('interrupt', `${level.mode} ${part}: ${value.text}`, level, put({ [part]: value }))));
  const orders = level.order.flatMap((name, i) => {
    const next = level.order[i + 1];
    const lost = isaMutant('interrupt', `${level.mode} ${name}: lost`, level, put({ order: level.order.toSpliced(i, 1) }));
    return next === undefined ? [lost] : [lost, isaMutant('interrupt', `${level.mode} ${name}: after ${next}`, level, put({ order: swapped(level.order, i) }))];
  });
  return [...operations, ...orders];
}

function interruptMutants({ interrupts, levels, wake }: Traps): readonly Mutant[] {
  const put = (interrupt: Interrupt, changed: Interrupt): ((isa: Isa) => Isa) =>
    inTraps((t) => ({ interrupts: t.interrupts.map((o) => (o.name === interrupt.name ? changed : o)) }));
  const guests = interrupts.filter((i) => i.guestCode !== undefined).map((i) => {
    const { guestCode: _lost, ...rest } = i;
    return isaMutant('interrupt', `${i.name}: without a number of the guest`, i, put(i, rest));
  });
  const [level] = levels;
  if (level === undefined) return guests;
  const wakes = mistaken(wake).map((value) => isaMutant('interrupt', `wake: ${value.text}`, level, inTraps(() => ({ wake: value }))));
  const order = levels.slice(1).map((l, i) => isaMutant('interrupt', `${l.mode} before ${levels[i]?.mode ?? ''}`, l, inTraps((t) => ({ levels: swapped(t.levels, i) }))));
  return [...guests, ...wakes, ...order, ...levels.flatMap(levelMutants)];
}

/** Lines that time drives; what they let end is no decision of a trap, and WFI's own test sees to it. */
function timerMutants({ timers }: Traps): readonly Mutant[] {
  return timers.flatMap((timer) => (['time', 'compare'] as const).flatMap((part) => mistaken(timer[part]).map((value) =>
    isaMutant('interrupt', `${timer.name}.${part}: ${value.text}`, timer, inTraps((t) => ({ timers: t.timers.map((o) => (o.name === timer.name ? { ...o, [part]: value } : o)) }))))));
}

/** Functions of the specs, which compute trap vectors. */
function functionMutants({ functions }: Isa): readonly Mutant[] {
  return functions.flatMap((f) => mistaken(f.value).map((value) => isaMutant('trap-entry', `${f.name}: ${value.text}`, f, (isa) => (
    { ...isa, functions: isa.functions.map((o) => (o.name === f.name ? { ...o, value } : o)) }))));
}

/** All mutants of traps. */
export function trapMutants(isa: Isa): readonly Mutant[] {
  const { traps } = isa;
  return [...delegationMutants(traps), ...entryMutants(traps), ...functionMutants(isa), ...exceptionMutants(traps), ...interruptMutants(traps), ...timerMutants(traps)];
}
