/**
 * What of the specs a divergence is about: the row that decided, the trap
 * entry or case that wrote the field, the exception that was or was not
 * raised. The same cause has the same subject, whatever instruction and mode
 * it showed in.
 */
import type { Case, Csr, CsrField, Entry, Exception, Interrupt, Isa, Operation, TrapEntry, Update } from '../../model/spec/isa.js';
import type { Inputs, Retirement, Trap } from '../retirement.js';
import { known } from '../transitions/bits.js';
import type { Difference } from './compare.js';
import type { Divergence } from './lockstep.js';
import { Occasion, type StateBit } from './occasion.js';

/** Why two records differ, as far as the specs tell. */
export interface Cause {
  /** `counter.hcounteren_op: model retires, reference virtual_instruction`; `mstatus.MPRV after sret_v0`. */
  readonly subject: string;
  /** The entry of the specs that decided. */
  readonly entry?: Entry;
  /** Rules of the manual, those that speak about the difference first. */
  readonly rules: readonly string[];
  /** The state that the decision rests on, with its values before. */
  readonly state: readonly StateBit[];
}

/** What a divergence is about: a record, and whether there was an instruction. */
export interface DivergenceSubject {
  readonly retirement: Retirement;
  readonly fetched: boolean;
  readonly inputs: Inputs | undefined;
}

/** The record that differs; of a silence, the one that the core owes. */
export function subjectOf({ kind, observation, reference }: Divergence): DivergenceSubject | undefined {
  if (kind === 'silence') return reference === undefined ? undefined : { retirement: reference, fetched: reference.insn !== 0, inputs: undefined };
  return observation === undefined ? undefined : { retirement: observation.retirement, fetched: observation.inputs.insn !== undefined, inputs: observation.inputs };
}

/** The cause of a divergence. `isa`: what the core was made from. */
export function causeOf(divergence: Divergence, isa: Isa): Cause {
  const { kind, reference, before, differences: [first], error } = divergence;
  const subject = subjectOf(divergence);
  const what = error?.message.split('\n')[0]?.replace(/\d+/g, 'N') ?? general(first?.what ?? 'nothing');
  // Elsewhere the last record is not the culprit.
  if ((kind !== 'record' && kind !== 'silence') || subject === undefined || reference === undefined || first === undefined) {
    return { subject: `${kind}: ${what}`, rules: fieldRules(isa, first), state: [] };
  }
  const { retirement, fetched, inputs } = subject;
  const occasion = new Occasion(isa, retirement, fetched, before ?? {}, inputs);
  return new Inquiry(isa, occasion, retirement, reference).answer(kind, first);
}

/** Registers and addresses are chance. */
const general = (what: string): string => what.replace(/^x\d+$/, 'result').replace(/^memory at .*/, 'memory');

const csrNamed = (isa: Isa, what: string): Csr | undefined => isa.csrs.find((c) => c.name === what.replace(/^change of | before$/g, ''));

/** A field of a CSR in which two values differ. */
export interface DifferingField {
  /** `mstatus.MPRV`; the CSR alone if it is one number, `mstatus[9]` where no field is. */
  readonly name: string;
  readonly field: CsrField | undefined;
  readonly low: number;
  readonly width: number;
}

/** The fields in which two values of a CSR differ. */
export function differingFields(csr: Csr, changed: bigint): readonly DifferingField[] {
  let rest = changed;
  const fields = csr.fields.flatMap((field): DifferingField[] => {
    const { high, low } = field.bits;
    const mask = ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);
    if ((changed & mask) === 0n) return [];
    rest &= ~mask;
    return [{ name: field.name === 'all' ? csr.name : `${csr.name}.${field.name}`, field, low, width: high - low + 1 }];
  });
  const bare = [...rest.toString(2)].reverse().flatMap((bit, low): DifferingField[] => (bit === '1' ? [{ name: `${csr.name}[${low}]`, field: undefined, low, width: 1 }] : []));
  return [...fields, ...bare];
}

/** The CSR that a difference shows in hex on both sides, and the bits that differ. */
export function csrDifference(isa: Isa, { what, model, reference }: Difference): { readonly csr: Csr; readonly changed: bigint } | undefined {
  const csr = csrNamed(isa, what);
  const number = /^0x[0-9a-f]+$/;
  return csr === undefined || !number.test(model) || !number.test(reference) ? undefined : { csr, changed: BigInt(model) ^ BigInt(reference) };
}

function fieldRules(isa: Isa, difference: Difference | undefined): readonly string[] {
  const found = difference === undefined ? undefined : csrDifference(isa, difference);
  return found === undefined ? [] : [...differingFields(found.csr, found.changed).flatMap(({ field }) => field?.rules ?? []), ...found.csr.rules];
}

/** Rules in which a word of the difference occurs come first. */
function telling(rules: readonly string[], words: readonly string[]): readonly string[] {
  const speaks = (rule: string): boolean => words.some((word) => word !== '' && rule.toLowerCase().includes(word.toLowerCase()));
  return [...rules.filter(speaks), ...rules.filter((rule) => !speaks(rule))];
}

/** Whether two records retire, or trap alike into the same mode. */
const sameTrap = (a: Trap | undefined, b: Trap | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.interrupt === b.interrupt && a.cause === b.cause && a.to === b.to);

/** Looks for the cause of a difference between two records. */
class Inquiry {
  constructor(readonly isa: Isa, readonly occasion: Occasion, readonly model: Retirement, readonly reference: Retirement) {}

  answer(kind: Divergence['kind'], first: Difference): Cause {
    if (kind === 'silence') return { ...this.#effect(first), subject: `silence: ${this.#owed()}` };
    const [m, r] = [this.model.trap, this.reference.trap];
    if (m?.interrupt === true || r?.interrupt === true) {
      if (!sameTrap(m, r)) return this.#interrupt(m, r);
    } else if (m?.cause !== r?.cause) return this.#outcome(m, r);
    else if (m !== undefined && r !== undefined && m.to !== r.to) return this.#delegation(m, r);
    return this.#effect(first);
  }

  /** What the core owes. */
  #owed(): string {
    const { trap } = this.reference;
    if (trap !== undefined) return trap.interrupt ? 'an interrupt' : this.#exception(trap)?.name ?? 'an exception';
    return `an instruction of class ${this.occasion.instruction?.class ?? 'none'}`;
  }

  #exception(trap: Trap | undefined): Exception | undefined {
    return trap === undefined || trap.interrupt ? undefined : this.isa.traps.exceptions.find((e) => e.code === trap.cause);
  }

  // Interrupts: which level, and within a level in which order.

  #interrupt(m: Trap | undefined, r: Trap | undefined): Cause {
    const taken = [m, r].filter((trap) => trap?.interrupt === true).flatMap((trap) => trap ?? []);
    const levels = this.isa.traps.levels.filter(({ mode }) => taken.some(({ to }) => to === mode));
    const interrupts = taken.flatMap((trap) => this.#interruptOf(trap) ?? []);
    return {
      subject: this.#interruptSubject(m, r),
      ...(levels[0] === undefined ? {} : { entry: levels[0] }),
      rules: [...telling(levels.flatMap((l) => l.rules), m?.to === r?.to ? ['pri'] : []), ...interrupts.flatMap((i) => i.rules)],
      state: unique(levels.flatMap((level) => [...this.occasion.readBy(level.enabled), ...interrupts.flatMap(({ code }) => this.occasion.readBy(level.pending, { bit: code }))])),
    };
  }

  #interruptSubject(m: Trap | undefined, r: Trap | undefined): string {
    if (m === undefined || r === undefined || m.interrupt !== r.interrupt) {
      const into = (trap: Trap | undefined): string => (trap?.interrupt === true ? `an interrupt into ${trap.to}` : 'none');
      return `interrupts: model takes ${into(m)}, reference ${into(r)}`;
    }
    if (m.to !== r.to) return `interrupts: model into ${m.to}, reference into ${r.to}`;
    return `order of interrupts into ${m.to}`;
  }

  #interruptOf({ cause, to }: Trap): Interrupt | undefined {
    const { interrupts, levels } = this.isa.traps;
    const order = levels.find((l) => l.mode === to)?.order ?? [];
    const codeOf = (i: Interrupt): number => (to === 'VS' ? i.guestCode ?? i.code : i.code);
    return interrupts.find((i) => order.includes(i.name) && codeOf(i) === cause);
  }

  // Exceptions: who raises which, and who takes it.

  #outcome(m: Trap | undefined, r: Trap | undefined): Cause {
    const [mine, theirs] = [this.#exception(m), this.#exception(r)];
    const sides = `model ${mine?.name ?? 'retires'}, reference ${theirs?.name ?? 'retires'}`;
    const permission = [mine, theirs].some((e) => e?.source === 'illegal' || e?.source === 'virtual');
    const reasons = [...(theirs?.rules ?? []), ...(mine?.rules ?? [])];
    return (permission ? this.#permission(m, r, sides, reasons) : undefined) ?? this.#raised(sides, reasons);
  }

  /** By the row that decides; by the absence of a table, if the two disagree on what is an instruction. */
  #permission(m: Trap | undefined, r: Trap | undefined, sides: string, reasons: readonly string[]): Cause {
    const { occasion } = this;
    const { instruction, tables } = occasion;
    let decided: { readonly table: string; readonly row: (typeof tables)[number]['rows'][number] } | undefined;
    for (const { name, rows } of tables) {
      const row = occasion.decides(rows);
      if (row === undefined) break;
      decided = { table: name, row };
      if (row.then !== 'allow') break;
    }
    if (decided === undefined) {
      return { subject: `decoding of ${instruction?.name ?? 'no instruction'}: ${sides}`, ...(instruction === undefined ? {} : { entry: instruction }), rules: [...(instruction?.rules ?? []), ...reasons], state: [] };
    }
    const { table, row } = decided;
    const state = unique([...tables.flatMap(({ rows }) => occasion.askedBy(rows)), ...this.#delegationState(m, r)]);
    const own = (trap: Trap | undefined): boolean => row.then === this.#permissionOf(trap);
    // The specs say what the reference does: it is the core that does not do as they say.
    const subject = own(r) && !own(m) ? `permits against the specs: ${sides}` : `${table}.${row.name}: ${sides}`;
    return { subject, entry: row, rules: [...row.rules, ...reasons], state };
  }

  #permissionOf(trap: Trap | undefined): 'allow' | 'illegal' | 'virtual' {
    const source = this.#exception(trap)?.source;
    return source === 'illegal' || source === 'virtual' ? source : 'allow';
  }

  #raised(sides: string, reasons: readonly string[]): Cause {
    const { instruction } = this.occasion;
    const found = this.#case();
    const entry = found ?? instruction;
    return { subject: `exception: ${sides}`, ...(entry === undefined ? {} : { entry }), rules: [...(found?.rules ?? []), ...reasons, ...(instruction?.rules ?? [])], state: this.#caseState() };
  }

  #delegation(m: Trap, r: Trap): Cause {
    const { delegation } = this.isa.traps;
    const row = this.occasion.decides(delegation, causeLocals(m));
    return {
      subject: `delegation.${row?.name ?? 'none'}: model into ${m.to}, reference into ${r.to}`,
      ...(row === undefined ? {} : { entry: row }),
      rules: row?.rules ?? [],
      state: this.#delegationState(m, r),
    };
  }

  #delegationState(...traps: readonly (Trap | undefined)[]): readonly StateBit[] {
    return unique(traps.flatMap((trap) => (trap === undefined || trap.interrupt ? [] : this.occasion.askedBy(this.isa.traps.delegation, causeLocals(trap)))));
  }

  // Effects: what was written, and by what.

  #effect(first: Difference): Cause {
    const { trap } = this.model;
    if (trap !== undefined && /^(tval2?|tinst|GVA)$/.test(first.what)) {
      const exception = this.#exception(trap);
      const writer = this.#writer();
      return { ...writer.cause, subject: `${first.what} of ${exception?.name ?? 'interrupts'}`, rules: telling([...(exception?.rules ?? []), ...writer.cause.rules], [first.what]) };
    }
    const found = csrDifference(this.isa, first);
    return found === undefined ? this.#otherEffect(first) : this.#csrEffect(found.csr, found.changed);
  }

  #csrEffect(csr: Csr, changed: bigint): Cause {
    const writer = this.#writer();
    const fields = differingFields(csr, changed);
    const [field] = fields;
    const wanted = (target: string): boolean => target === csr.name || fields.some(({ name }) => name === target);
    const operations = writer.update.filter(({ target }) => wanted(target)).map((u) => u.value);
    const words = fields.map(({ name }) => name.replace('.', '_'));
    return {
      subject: `${field?.name ?? csr.name} after ${writer.name}`,
      ...(writer.cause.entry === undefined ? { entry: csr } : { entry: writer.cause.entry }),
      rules: [...telling(writer.cause.rules, words).filter((rule) => words.some((w) => rule.toLowerCase().includes(w.toLowerCase()))), ...fields.flatMap((f) => f.field?.rules ?? []), ...writer.cause.rules, ...csr.rules],
      state: unique([...writer.cause.state, ...this.#operations(operations)]),
    };
  }

  #otherEffect({ what, model, reference }: Difference): Cause {
    const { instruction, csr } = this.occasion;
    const writer = this.#writer();
    if (!/^x\d+$/.test(what) || csr === undefined) {
      const target = what === 'next pc' ? this.#operations([this.#entry()?.next.pc, this.#case()?.next.pc]) : [];
      return { ...writer.cause, subject: `${general(what)} after ${writer.name}`, state: unique([...writer.cause.state, ...target]) };
    }
    const read = (this.model.mode.startsWith('V') ? this.isa.csrs.find((c) => c.substitutes === csr.name) : undefined) ?? csr;
    const changed = BigInt(model) ^ BigInt(reference);
    const fields = differingFields(read, changed);
    return {
      subject: `${fields[0]?.name ?? read.name} as it is read`,
      entry: read,
      rules: [...fields.flatMap((f) => f.field?.rules ?? []), ...read.rules, ...(instruction?.rules ?? [])],
      state: this.occasion.behind(read, changed),
    };
  }

  /** What changes the state at this record. */
  #writer(): { readonly name: string; readonly update: readonly Update[]; readonly cause: Omit<Cause, 'subject'> } {
    const { instruction, csr } = this.occasion;
    const found = this.#case();
    const entry = this.#entry();
    if (entry !== undefined) return { name: `a trap into ${entry.mode}`, update: entry.update, cause: { entry, rules: entry.rules, state: [] } };
    if (found !== undefined) {
      return { name: found.name, update: found.update, cause: { entry: found, rules: [...found.rules, ...(instruction?.rules ?? [])], state: this.#caseState() } };
    }
    if (instruction === undefined) return { name: 'no instruction', update: [], cause: { rules: [], state: [] } };
    const name = csr === undefined ? `an instruction of class ${instruction.class}` : 'a CSR write';
    return { name, update: [], cause: { entry: instruction, rules: instruction.rules, state: unique(this.occasion.tables.flatMap(({ rows }) => this.occasion.askedBy(rows))) } };
  }

  /** The way into the mode that takes the trap. */
  #entry(): TrapEntry | undefined {
    const { trap } = this.model;
    return trap === undefined ? undefined : this.isa.traps.entry.find((e) => e.mode === trap.to);
  }

  /** The case of the instruction that applies. */
  #case(): Case | undefined {
    return this.occasion.decides(this.occasion.instruction?.cases ?? []);
  }

  #caseState(): readonly StateBit[] {
    const found = this.#case();
    const asked = this.occasion.askedBy(this.occasion.instruction?.cases ?? []);
    return unique([...asked, ...this.#operations([found?.next.priv, found?.next.V])]);
  }

  #operations(operations: readonly (Operation | undefined)[]): readonly StateBit[] {
    const { trap } = this.model;
    const locals = trap === undefined ? {} : entryLocals(trap);
    return operations.flatMap((o) => (o === undefined ? [] : this.occasion.readBy(o, { locals })));
  }
}

/** What delegation asks about an exception. */
const causeLocals = ({ cause }: Trap) => ({ cause: known(BigInt(cause), 6), interrupt: known(0n, 1) });

/** What a trap entry writes beside the state. */
const entryLocals = ({ cause, interrupt, tval, tval2, tinst, gva }: Trap) => ({
  cause: known(BigInt(cause), 6), interrupt: known(BigInt(interrupt), 1), tval: known(tval, 64), tval2: known(tval2, 64), tinst: known(tinst, 64), gva: known(BigInt(gva), 1),
});

const unique = (bits: readonly StateBit[]): readonly StateBit[] => [...new Map(bits.map((bit) => [bit.name, bit])).values()];
