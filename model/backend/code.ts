/**
 * The code of one function while it grows: regions with their statements, its
 * locals, and which registers have been stored already.
 *
 * Every statement of a region owns a slot, a list of instructions. What the
 * statement needs beforehand goes into the slot before it; the old value of a
 * register goes into the slot of the first statement that stores it.
 */
import binaryen from 'binaryen';
import type { Register } from '../ir/ir.js';
import type { Region } from './plan.js';
import { commonRegion, contains } from './plan.js';
import { typeOf, wasmType } from './unit.js';
import type { Unit, ValueType } from './unit.js';

type Ref = binaryen.ExpressionRef;

/** A store to a register, with the slot that it lies in for each region around it. */
interface StoreSite {
  readonly region: Region;
  readonly slots: ReadonlyMap<Region, number>;
}

/** The instructions of one region. */
export class Code {
  readonly slots: Ref[][] = [[]];

  private constructor(
    readonly region: Region,
    readonly parent: Code | undefined,
    /** Registers that a statement before this point may have stored. */
    readonly stored: Map<Register, readonly StoreSite[]>,
    /** How many writes to an array or memory are queued at most before this point. */
    readonly ports: Map<object, number>,
  ) {}

  static root(region: Region): Code {
    return new Code(region, undefined, new Map(), new Map());
  }

  /** An arm of an expression: it stores nothing. */
  expressionArm(region: Region): Code {
    return new Code(region, this, this.stored, this.ports);
  }

  /** An arm of a statement: it sees the stores so far; `join` brings its own back. */
  statementArm(region: Region): Code {
    return new Code(region, this, new Map(this.stored), new Map(this.ports));
  }

  beginStatement(): void {
    this.slots.push([]);
  }

  push(instruction: Ref): void {
    this.slots[this.slots.length - 1]?.push(instruction);
  }

  get instructions(): Ref[] {
    return this.slots.flat();
  }

  /** What is stored after either of the arms is stored from here on. */
  join(arms: readonly Code[]): void {
    for (const arm of arms) {
      for (const [register, sites] of arm.stored) {
        const own = this.stored.get(register);
        if (sites !== own) this.stored.set(register, own === undefined ? sites : [...new Set([...own, ...sites])]);
      }
      for (const [target, count] of arm.ports) this.ports.set(target, Math.max(count, this.ports.get(target) ?? 0));
    }
  }

  noteStore(register: Register): void {
    const slots = new Map<Region, number>();
    for (let code: Code | undefined = this; code !== undefined; code = code.parent) slots.set(code.region, code.slots.length - 1);
    this.stored.set(register, [...(this.stored.get(register) ?? []), { region: this.region, slots }]);
  }

  /** The number of a new queued write to `target` on this path. */
  takePort(target: object): number {
    const port = this.ports.get(target) ?? 0;
    this.ports.set(target, port + 1);
    return port;
  }

  /** This region or the one around it that is `region`. */
  enclosing(region: Region): Code {
    let code: Code = this;
    while (code.region !== region) {
      if (code.parent === undefined) throw new Error('not inside that region');
      code = code.parent;
    }
    return code;
  }
}

/** The locals of one function. */
export class Locals {
  readonly vars: binaryen.Type[] = [];
  readonly #old = new Map<Register, { readonly region: Region; readonly local: number }[]>();

  /**
   * @param firstIndex - Number of parameters.
   * @param parameters - Registers whose start-of-cycle value the caller passes, with their index.
   */
  constructor(readonly unit: Unit, readonly firstIndex: number, readonly parameters: ReadonlyMap<Register, number> = new Map()) {}

  fresh(type: ValueType): number {
    this.vars.push(wasmType(type));
    return this.firstIndex + this.vars.length - 1;
  }

  get(local: number, type: ValueType): Ref {
    return this.unit.wasm.local.get(local, wasmType(type));
  }

  set(local: number, value: Ref): Ref {
    return this.unit.wasm.local.set(local, value);
  }

  /** The value of a register at the start of the cycle, wherever stores to it may have happened. */
  readRegister(register: Register, code: Code): Ref {
    const type = typeOf(register.width);
    const parameter = this.parameters.get(register);
    if (parameter !== undefined) return this.get(parameter, type);
    const sites = code.stored.get(register);
    if (sites === undefined) return this.unit.loadRegister(register);
    return this.get(this.#oldValue(register, sites, code), type);
  }

  /** A local that holds what the register had before the first of the stores. */
  #oldValue(register: Register, sites: readonly StoreSite[], code: Code): number {
    const olds = this.#old.get(register) ?? [];
    const known = olds.find((old) => contains(old.region, code.region));
    if (known !== undefined) return known.local;
    const region = sites.reduce((common, site) => commonRegion(common, site.region), code.region);
    const slot = Math.min(...sites.map((site) => site.slots.get(region) ?? 0));
    const local = this.fresh(typeOf(register.width));
    code.enclosing(region).slots[slot]?.unshift(this.set(local, this.unit.loadRegister(register)));
    this.#old.set(register, [...olds, { region, local }]);
    return local;
  }
}
