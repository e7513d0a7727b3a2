/**
 * The CSR file: homes as registers, every other CSR as a view on them.
 *
 * A home holds its stored bits from bit 0 to its highest stored one; constant,
 * aliased and computed fields take no storage. Reading, writing, substitution
 * under V=1 and WARL rules follow the specs; nothing here knows a CSR by name.
 */
import { ONE, and, concat, constant, eqConst, mux, not, or, read, select, slice, zext } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';
import type { Csr, CsrField, Isa } from '../spec/isa.js';
import { anyOf, type ModuleBuilder } from './builder.js';
import type { Lowering } from './lowering.js';

/** New values of homes, by CSR name. */
export type HomeWrites = Map<string, Expr>;

/** A write to a CSR that may be left out, as a whole, or whose value a field may not take. */
export interface Offer {
  /** One of {@link CsrFile.choosy}. */
  readonly name: string;
  /** One bit: it is not left out. */
  readonly taken: Expr;
}

const widthOf = (field: CsrField): number => field.bits.high - field.bits.low + 1;
const ones = (width: number): bigint => (1n << BigInt(width)) - 1n;

export class CsrFile {
  readonly #byName: ReadonlyMap<string, Csr>;
  readonly #homes = new Map<string, Register>();
  readonly #views = new Map<string, Expr>();
  /** What is in a home but for what this cycle adds to it. */
  readonly #current = new Map<string, Expr>();

  constructor(
    readonly builder: ModuleBuilder,
    readonly isa: Isa,
    readonly lowering: Lowering,
  ) {
    this.#byName = new Map(isa.csrs.map((c) => [c.name, c]));
    for (const csr of isa.csrs) {
      const stored = csr.fields.filter((f) => f.source.kind === 'stored');
      if (stored.length === 0) continue;
      const width = Math.max(...stored.map((f) => f.bits.high)) + 1;
      const reset = stored.reduce((v, f) => (f.source.kind === 'stored' ? v | (f.source.reset << BigInt(f.bits.low)) : v), 0n);
      this.#homes.set(csr.name, builder.register(`csr.${csr.name}`, width, { reset }));
    }
  }

  /** The CSRs that store bits, with their registers. */
  get homes(): ReadonlyMap<string, Register> {
    return this.#homes;
  }

  /** The value of a home in this cycle, where that is not what is stored. To be told before anything asks for it. */
  shows(name: string, current: Expr): void {
    this.#current.set(name, current);
  }

  #home(name: string): Register {
    const home = this.#homes.get(name);
    if (home === undefined) throw new Error(`CSR ${name} stores nothing`);
    return home;
  }

  #find(path: string): { readonly csr: Csr; readonly field: CsrField } | undefined {
    const [csrName = '', fieldName = 'all'] = path.split('.');
    const csr = this.#byName.get(csrName);
    const field = csr?.fields.find((f) => f.name === fieldName);
    return csr === undefined || field === undefined ? undefined : { csr, field };
  }

  /** Resolves `mstatus.SIE`, `mip.SEIP.stored`, `mepc`; undefined for other names. */
  lookup(name: string): Expr | undefined {
    const parts = name.split('.');
    if (parts.length === 1) return this.#byName.has(name) ? this.value(name) : undefined;
    const found = this.#find(`${parts[0]}.${parts[1]}`);
    if (found === undefined) return undefined;
    if (parts.length === 3 && parts[2] === 'stored') return this.#storedField(found.csr, found.field);
    return parts.length === 2 ? this.#fieldValue(found.csr, found.field) : undefined;
  }

  /** Every name that `lookup` knows. */
  *names(): Iterable<string> {
    for (const csr of this.isa.csrs) {
      yield csr.name;
      for (const field of csr.fields) yield `${csr.name}.${field.name}`;
    }
  }

  /** The value that a read of the CSR gives, 64 bits. */
  value(name: string): Expr {
    const known = this.#views.get(name);
    if (known !== undefined) return known;
    const csr = this.#byName.get(name);
    if (csr === undefined) throw new Error(`no CSR ${name}`);
    const view = this.#assemble(csr, (field) => this.#fieldValue(csr, field));
    this.#views.set(name, view);
    return view;
  }

  /** The value that csrrs and csrrc modify: fields with a read value of their own contribute their stored bits. */
  modifyValue(name: string): Expr {
    const csr = this.#byName.get(name);
    if (csr === undefined) throw new Error(`no CSR ${name}`);
    if (!csr.fields.some((f) => this.#modifiesStored(f))) return this.value(name);
    return this.#assemble(csr, (field) => this.#modifyField(csr, field));
  }

  #modifiesStored(field: CsrField): boolean {
    if (field.source.kind === 'stored') return field.source.read !== undefined;
    if (field.source.kind !== 'alias') return false;
    const target = this.#find(field.source.of);
    return target !== undefined && this.#modifiesStored(target.field);
  }

  #modifyField(csr: Csr, field: CsrField): Expr {
    if (!this.#modifiesStored(field)) return this.#fieldValue(csr, field);
    if (field.source.kind !== 'alias') return this.#storedField(csr, field);
    const target = this.#find(field.source.of);
    if (target === undefined) return this.#fieldValue(csr, field);
    return this.#visible(csr, field, this.#modifyField(target.csr, target.field));
  }

  /**
   * Fields in their places. Bits that stand at the same place in some register (a
   * CSR's own stored bits, most aliases) are taken together by one mask.
   */
  #assemble(csr: Csr, valueOf: (field: CsrField) => Expr): Expr {
    const inPlace = new Map<Register, bigint>();
    let constantBits = 0n;
    const terms: Expr[] = [];
    for (const field of csr.fields) {
      const { high, low } = field.bits;
      if (field.source.kind === 'constant') {
        constantBits |= field.source.value << BigInt(low);
        continue;
      }
      const value = valueOf(field);
      const register = registerAt(value, low);
      if (register === undefined) terms.push(place(value, low));
      else inPlace.set(register, (inPlace.get(register) ?? 0n) | (ones(high - low + 1) << BigInt(low)));
    }
    for (const [register, mask] of inPlace) {
      const whole = read(register);
      terms.push(zext(mask === ones(register.width) ? whole : and(whole, constant(register.width, mask)), 64));
    }
    if (constantBits !== 0n) terms.push(constant(64, constantBits));
    return terms.length === 0 ? constant(64, 0) : or(...terms);
  }

  #storedField(csr: Csr, field: CsrField): Expr {
    if (field.source.kind === 'stored') return slice(this.#current.get(csr.name) ?? read(this.#home(csr.name)), field.bits.high, field.bits.low);
    return this.#fieldValue(csr, field);
  }

  #fieldValue(csr: Csr, field: CsrField): Expr {
    const subject = `${csr.name}.${field.name}`;
    const { source } = field;
    switch (source.kind) {
      case 'constant':
        return constant(widthOf(field), source.value);
      case 'computed':
        return this.lowering.lowerNamed(source.read, this.lowering.base(), widthOf(field), subject);
      case 'stored':
        return source.read === undefined ? this.#storedField(csr, field) : this.lowering.lowerNamed(source.read, this.lowering.base(), widthOf(field), subject);
      case 'alias': {
        const target = this.#find(source.of);
        if (target === undefined) return constant(widthOf(field), 0);
        return this.#visible(csr, field, this.#fieldValue(target.csr, target.field));
      }
    }
  }

  #visible(csr: Csr, field: CsrField, value: Expr): Expr {
    if (field.source.kind !== 'alias' || field.source.visible === undefined) return value;
    return and(value, this.lowering.lower(field.source.visible, this.lowering.base(), value.width, `${csr.name}.${field.name}`));
  }

  /** Adds to `writes` what writing `value` (64 bits) to the CSR does, WARL rules applied. */
  write(name: string, value: Expr, writes: HomeWrites): void {
    const csr = this.#byName.get(name);
    if (csr === undefined) throw new Error(`no CSR ${name}`);
    const before = new Map(writes);
    for (const field of csr.fields) this.#writeField(csr, field, slice(value, field.bits.high, field.bits.low), writes);
    if (csr.writeIf === undefined) return;
    const allowed = this.lowering.lower(csr.writeIf, this.lowering.with({ value }), 1, `${csr.name}.writeIf`);
    for (const [home, next] of writes) writes.set(home, mux(allowed, next, before.get(home) ?? read(this.#home(home))));
  }

  /** What does not take every value: CSRs, `satp`, and fields, `mstatus.MPP`. */
  get choosy(): readonly string[] {
    return this.isa.csrs.flatMap((csr) => [
      ...(csr.writeIf === undefined ? [] : [csr.name]),
      ...csr.fields.flatMap((f) => (f.source.kind === 'stored' && (f.source.legal ?? f.source.writeIf) !== undefined ? [`${csr.name}.${f.name}`] : [])),
    ]);
  }

  /** Of these, what a write of `value` (64 bits) to the CSR reaches, and whether it takes its part of it. */
  offers(name: string, value: Expr): readonly Offer[] {
    const csr = this.#byName.get(name);
    if (csr === undefined) throw new Error(`no CSR ${name}`);
    const whole = csr.writeIf === undefined ? [] : [{ name, taken: this.lowering.lower(csr.writeIf, this.lowering.with({ value }), 1, `${name}.writeIf`) }];
    return [...whole, ...csr.fields.flatMap((field) => this.#offerField(csr, field, slice(value, field.bits.high, field.bits.low)))];
  }

  #offerField(csr: Csr, field: CsrField, value: Expr): readonly Offer[] {
    const { source } = field;
    if (source.kind === 'alias') {
      const target = source.readonly ? undefined : this.#find(source.of);
      return target === undefined ? [] : this.#offerField(target.csr, target.field, value);
    }
    if (source.kind !== 'stored' || (source.legal ?? source.writeIf) === undefined) return [];
    const legal = source.legal === undefined ? ONE : anyOf(source.legal.map((v) => eqConst(value, v)));
    const allowed = source.writeIf === undefined ? ONE : this.lowering.lower(source.writeIf, this.lowering.with({ value }), 1, `${csr.name}.${field.name}.writeIf`);
    return [{ name: `${csr.name}.${field.name}`, taken: and(legal, allowed) }];
  }

  /** Adds to `writes` an assignment to `mstatus.SIE` or to a whole CSR such as `mepc`. */
  update(target: string, value: Expr, writes: HomeWrites): void {
    const found = this.#find(target);
    if (!target.includes('.') && this.#byName.has(target)) this.write(target, value, writes);
    else if (found !== undefined) this.#writeField(found.csr, found.field, value, writes);
  }

  /** Width that an update's right-hand side must have; undefined for an unknown target. */
  widthOf(target: string): number | undefined {
    if (!target.includes('.')) return this.#byName.has(target) ? 64 : undefined;
    const found = this.#find(target);
    return found === undefined ? undefined : widthOf(found.field);
  }

  #writeField(csr: Csr, field: CsrField, value: Expr, writes: HomeWrites): void {
    const { source } = field;
    switch (source.kind) {
      case 'constant':
      case 'computed':
        return;
      case 'alias': {
        const target = this.#find(source.of);
        if (target === undefined || source.readonly) return;
        if (source.visible === undefined) return this.#writeField(target.csr, target.field, value, writes);
        const visible = this.lowering.lower(source.visible, this.lowering.base(), value.width, `${csr.name}.${field.name}`);
        const kept = and(this.#storedNow(target.csr, target.field, writes), not(visible));
        return this.#writeField(target.csr, target.field, or(and(value, visible), kept), writes);
      }
      case 'stored': {
        const home = this.#home(csr.name);
        const width = widthOf(field);
        const old = this.#storedNow(csr, field, writes);
        const masked = source.writable === ones(width)
          ? value
          : or(and(value, constant(width, source.writable)), and(old, constant(width, ones(width) ^ source.writable)));
        const legal = source.legal === undefined ? masked : mux(anyOf(source.legal.map((v) => eqConst(masked, v))), masked, old);
        const subject = `${csr.name}.${field.name}.writeIf`;
        const next = source.writeIf === undefined ? legal : mux(this.lowering.lower(source.writeIf, this.lowering.with({ value }), 1, subject), legal, old);
        writes.set(csr.name, insert(writes.get(csr.name) ?? read(home), field.bits.high, field.bits.low, next));
      }
    }
  }

  #storedNow(csr: Csr, field: CsrField, writes: HomeWrites): Expr {
    if (field.source.kind === 'alias') {
      const target = this.#find(field.source.of);
      if (target !== undefined) return this.#storedNow(target.csr, target.field, writes);
    }
    if (field.source.kind !== 'stored') return this.#fieldValue(csr, field);
    return slice(writes.get(csr.name) ?? read(this.#home(csr.name)), field.bits.high, field.bits.low);
  }

  /** Index in `isa.csrs` of the CSR that an access to `address` reaches (V=1 substitutes), `isa.csrs.length` if none. */
  index(address: Expr, virtual: Expr): Expr {
    const none = this.isa.csrs.length;
    const indexOf = (csr: Csr): Expr => constant(12, this.isa.csrs.indexOf(csr));
    const cases = this.isa.csrs.map((csr) => {
      const substitute = this.isa.csrs.find((c) => c.substitutes === csr.name);
      const reached = substitute === undefined ? indexOf(csr) : mux(virtual, indexOf(substitute), indexOf(csr));
      return { keys: [BigInt(csr.address)], value: reached };
    });
    return select(address, cases, constant(12, none));
  }
}

/** The register of which `value` is a part that stands at bit `low` in it. */
function registerAt(value: Expr, low: number): Register | undefined {
  if (value.kind === 'read' && low === 0) return value.register;
  return value.kind === 'slice' && value.low === low && value.a.kind === 'read' ? value.a.register : undefined;
}

/** `value` shifted left by a constant into 64 bits. */
function place(value: Expr, low: number): Expr {
  const wide = value.width + low >= 64 ? value : zext(value, 64 - low);
  return low === 0 ? wide : concat(wide, constant(low, 0));
}

/** `whole` with bits high..low replaced. */
function insert(whole: Expr, high: number, low: number, value: Expr): Expr {
  const parts: Expr[] = [];
  if (high < whole.width - 1) parts.push(slice(whole, whole.width - 1, high + 1));
  parts.push(value);
  if (low > 0) parts.push(slice(whole, low - 1, 0));
  return concat(...parts);
}

