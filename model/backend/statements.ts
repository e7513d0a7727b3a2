/**
 * One function of the cycle: its statements in the given order, reading the
 * start of the cycle throughout. Rare branches become functions of their own.
 */
import binaryen from 'binaryen';
import type { Expr, Register, Statement } from '../ir/ir.js';
import { forEachStatement, postorder, statementOperands } from '../ir/walk.js';
import { Code, Locals } from './code.js';
import { dispatch } from './dispatch.js';
import { Expressions } from './expressions.js';
import { HOST } from './layout.js';
import { planFunction } from './plan.js';
import type { PlannedBody, PlannedStatement } from './plan.js';
import { emitStore, emitWrite } from './queue.js';
import type { WriteQueue } from './queue.js';
import { loadMemory } from './storage.js';
import { emitChange } from './wave.js';
import { typeOf, wasmType } from './unit.js';
import type { Unit } from './unit.js';

type Ref = binaryen.ExpressionRef;
type Case<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** What a rare function returns, and what the cycle collects in its status local. */
export const STATUS_EXIT = 1;
export const STATUS_QUEUED = 2;

/** Whether any of these statements can end the run or queue a write. */
export function hasStatus(body: readonly Statement[]): boolean {
  let found = false;
  forEachStatement(body, (s) => {
    if (s.kind === 'exit' || s.kind === 'write' || s.kind === 'store') found = true;
  });
  return found;
}

/** Emits the statements of one function. */
export class FunctionEmitter {
  readonly expressions: Expressions;
  readonly code: Code;
  readonly #body: PlannedBody;

  /**
   * @param status - Local that collects status bits.
   * @param queue - Where writes that must wait go.
   * @param name - Prefix of the names of rare functions.
   */
  constructor(
    readonly unit: Unit, statements: readonly Statement[], readonly locals: Locals,
    readonly status: number, readonly queue: WriteQueue, readonly name: string,
  ) {
    const plan = planFunction(unit.costs, statements);
    this.expressions = new Expressions(unit, plan, locals);
    this.#body = plan.body;
    this.code = Code.root(plan.body.region);
  }

  /** Emits everything; the instructions are then in `code`. */
  emit(): void {
    this.#body.statements.forEach((s, i) => {
      const before = this.expressions.operations;
      this.#statement(s, this.code);
      this.unit.operations.set(`${this.name}/${i} ${describe(s.statement)}`, this.expressions.operations - before);
    });
  }

  #list(body: PlannedBody, code: Code): void {
    for (const s of body.statements) this.#statement(s, code);
  }

  #statement(planned: PlannedStatement, code: Code): void {
    code.beginStatement();
    const s = planned.statement;
    const value = (e: Expr): Ref => this.expressions.value(e, code);
    switch (s.kind) {
      case 'assign':
        return this.#assign(s.register, value(s.value), code);
      case 'load':
        return this.#assign(s.into, loadMemory(this.unit, this.expressions, s, code), code);
      case 'write':
        return this.#noteQueued(emitWrite(this.queue, s, this.expressions, code), code);
      case 'store':
        return this.#noteQueued(emitStore(this.queue, this.locals, s, this.expressions, code), code);
      case 'if':
        return this.#if(s, planned.bodies, code);
      case 'switch':
        return this.#switch(s, planned.bodies, code);
      case 'count':
        return this.#count(s.counter, code);
      case 'record':
        return this.#record(s, code);
      case 'cover':
        return this.#cover(s, code);
      case 'exit':
        return this.#exit(s.reason, code);
    }
  }

  #assign(register: Register, value: Ref, code: Code): void {
    const signal = this.unit.signal(register.name);
    const type = typeOf(register.width);
    this.expressions.operations += 1;
    if (!this.unit.traces) {
      code.push(this.unit.storeSlot(type, signal.offset, value));
    } else {
      const local = this.locals.fresh(type);
      code.push(this.locals.set(local, value));
      code.push(emitChange(this.unit, signal, () => this.locals.get(local, type)));
    }
    code.noteStore(register);
  }

  #if(s: Case<'if'>, bodies: readonly PlannedBody[], code: Code): void {
    const { wasm } = this.unit;
    const condition = this.expressions.truth(s.condition, code);
    const [then, otherwise] = bodies.map((body) => this.#arm(body, code));
    if (then === undefined || otherwise === undefined) throw new Error('an if has two bodies');
    code.join([then.code, otherwise.code]);
    if (then.instructions.length === 0) {
      code.push(wasm.if(wasm.i32.eqz(condition), block(this.unit, otherwise.instructions)));
    } else if (otherwise.instructions.length === 0) {
      code.push(wasm.if(condition, block(this.unit, then.instructions)));
    } else {
      code.push(wasm.if(condition, block(this.unit, then.instructions), block(this.unit, otherwise.instructions)));
    }
  }

  #switch(s: Case<'switch'>, bodies: readonly PlannedBody[], code: Code): void {
    const key = { key: this.expressions.value(s.key, code), type: typeOf(s.key.width) };
    const arms = bodies.map((body) => this.#arm(body, code));
    code.join(arms.map((arm) => arm.code));
    const blocks = arms.map((arm) => block(this.unit, arm.instructions));
    const cases = s.cases.map((c, i) => ({ keys: c.keys, code: blocks[i] ?? this.unit.wasm.nop() }));
    code.push(dispatch(this.unit, this.locals, key, cases, blocks[s.cases.length] ?? this.unit.wasm.nop()));
  }

  #arm(body: PlannedBody, outer: Code): { readonly code: Code; readonly instructions: Ref[] } {
    const code = outer.statementArm(body.region);
    if (body.rare) this.#callRare(body.source, code);
    else this.#list(body, code);
    return { code, instructions: code.instructions };
  }

  /** Defines the function of a rare body and calls it, passing what it can no longer read from the registers. */
  #callRare(source: readonly Statement[], code: Code): void {
    const { wasm } = this.unit;
    code.beginStatement();
    const passed = [...registersRead(source)].filter((r) => code.stored.has(r) || this.locals.parameters.has(r));
    const name = this.unit.fresh(`${this.name}.rare`);
    const returnsStatus = hasStatus(source);
    defineRare(this.unit, name, source, passed, this.queue.inGlobals(name));
    const call = wasm.call(
      name,
      [this.unit.base(), ...passed.map((r) => this.locals.readRegister(r, code))],
      returnsStatus ? binaryen.i32 : binaryen.none,
    );
    code.push(returnsStatus ? this.#addStatus(call) : call);
    forEachStatement(source, (s) => {
      if (s.kind === 'assign') code.noteStore(s.register);
      if (s.kind === 'load') code.noteStore(s.into);
    });
  }

  /** Tells the cycle of a write that waits beyond the end of this function. */
  #noteQueued(waits: boolean, code: Code): void {
    if (waits && this.queue.outlives) code.push(this.#addStatus(this.unit.wasm.i32.const(STATUS_QUEUED)));
  }

  #addStatus(bits: Ref): Ref {
    const { wasm } = this.unit;
    return this.locals.set(this.status, wasm.i32.or(this.locals.get(this.status, 'i32'), bits));
  }

  #count(counter: string, code: Code): void {
    const offset = this.unit.counter(counter);
    const { i64 } = this.unit.wasm;
    this.expressions.operations += 3;
    code.push(this.unit.storeSlot('i64', offset, i64.add(this.unit.loadSlot('i64', offset), i64.const(1n))));
  }

  #record(s: Case<'record'>, code: Code): void {
    const { i32, i64 } = this.unit.wasm;
    const { memory } = this.unit.layout;
    const pointer = this.locals.fresh('i32');
    const get = (): Ref => this.locals.get(pointer, 'i32');
    // Ring addresses are relative to the base, like the state.
    const ring = memory.ringBase - memory.stateBase;
    code.push(this.locals.set(pointer, i32.add(this.unit.base(), this.unit.loadSlot('i32', HOST.ringHead))));
    s.fields.forEach((field, i) => {
      code.push(i64.store(ring + 8 * i, 8, get(), this.expressions.wide(field.value, code)));
    });
    const head = i32.add(this.unit.loadSlot('i32', HOST.ringHead), i32.const(8 * s.fields.length));
    code.push(this.unit.storeSlot('i32', HOST.ringHead, head));
  }

  #cover(s: Case<'cover'>, code: Code): void {
    const { i32 } = this.unit.wasm;
    this.expressions.operations += 3;
    const point = i32.add(this.unit.base(), this.expressions.toI32(s.index, code, false));
    code.push(i32.store8(this.unit.cover(s.family.name), 1, point, i32.const(1)));
  }

  #exit(reason: number, code: Code): void {
    const { wasm } = this.unit;
    const larger = wasm.i32.gt_u(wasm.i32.const(reason), this.unit.loadSlot('i32', HOST.reason));
    code.push(wasm.if(larger, this.unit.storeSlot('i32', HOST.reason, wasm.i32.const(reason))));
    code.push(this.#addStatus(wasm.i32.const(STATUS_EXIT)));
  }
}

/** Registers that the statements read anywhere inside. */
function registersRead(body: readonly Statement[]): ReadonlySet<Register> {
  const roots: Expr[] = [];
  forEachStatement(body, (s) => roots.push(...statementOperands(s)));
  const registers = new Set<Register>();
  for (const e of postorder(roots)) if (e.kind === 'read') registers.add(e.register);
  return registers;
}

/** A rare body as a function of the base and the registers passed; returns status bits if it can have any. */
function defineRare(unit: Unit, name: string, body: readonly Statement[], passed: readonly Register[], queue: WriteQueue): void {
  const parameters = new Map(passed.map((r, i) => [r, i + 1]));
  const locals = new Locals(unit, passed.length + 1, parameters);
  const status = locals.fresh('i32');
  const emitter = new FunctionEmitter(unit, body, locals, status, queue, name);
  emitter.emit();
  const returnsStatus = hasStatus(body);
  const instructions = emitter.code.instructions;
  if (returnsStatus) instructions.push(locals.get(status, 'i32'));
  const types = [binaryen.i32, ...passed.map((r) => wasmType(typeOf(r.width)))];
  const result = returnsStatus ? binaryen.i32 : binaryen.none;
  unit.wasm.addFunction(name, binaryen.createType(types), result, locals.vars, unit.wasm.block(null, instructions, result));
}

function block(unit: Unit, instructions: readonly Ref[]): Ref {
  return unit.wasm.block(null, instructions, binaryen.none);
}

function describe(s: Statement): string {
  switch (s.kind) {
    case 'assign': return `assign ${s.register.name}`;
    case 'write': return `write ${s.array.name}`;
    case 'load': return `load ${s.into.name}`;
    case 'count': return `count ${s.counter}`;
    default: return s.kind;
  }
}
