/**
 * Writes to arrays and memory happen at the end of the cycle, after all reads.
 * Where nothing reads the target any more they happen at once; otherwise they
 * wait in locals, or, in a rare function, in globals that the cycle flushes.
 */
import binaryen from 'binaryen';
import type { Memory, RegisterArray, Statement } from '../ir/ir.js';
import { forEachStatement, postorder, statementOperands } from '../ir/walk.js';
import type { Code, Locals } from './code.js';
import type { Expressions } from './expressions.js';
import { memoryOffset, storeMemory } from './storage.js';
import { typeOf } from './unit.js';
import type { Unit, ValueType } from './unit.js';

type Ref = binaryen.ExpressionRef;
type Write = Extract<Statement, { kind: 'write' }>;
type Store = Extract<Statement, { kind: 'store' }>;

/** A place for one waiting value: a local or a global. */
interface Cell {
  get(): Ref;
  set(value: Ref): Ref;
}

/** One write that may wait per cycle. */
type Port =
  | { readonly kind: 'array'; readonly array: RegisterArray; readonly index: Cell; readonly value: Cell }
  | { readonly kind: 'memory'; readonly at: Cell; readonly bytes: Cell; readonly data: Cell };

/** For each statement of a module, whether something after it reads the array or memory that it writes. */
export class ReadOrder {
  readonly #position = new Map<Statement, number>();
  readonly #lastRead = new Map<object, number>();

  constructor(body: readonly Statement[]) {
    const lastUse = new Map<object, number>();
    let position = 0;
    forEachStatement(body, (s) => {
      position++;
      // The same statement object may stand in several places: its first position counts.
      if (!this.#position.has(s)) this.#position.set(s, position);
      for (const e of statementOperands(s)) lastUse.set(e, position);
      if (s.kind === 'load') this.#lastRead.set(s.memory, position);
    });
    const roots = [...lastUse].map(([e]) => e).filter(isExpr);
    const users = postorder(roots).reverse();
    for (const e of users) {
      const at = lastUse.get(e) ?? 0;
      for (const operand of operandsOf(e)) lastUse.set(operand, Math.max(at, lastUse.get(operand) ?? 0));
      if (e.kind === 'element') this.#lastRead.set(e.array, Math.max(at, this.#lastRead.get(e.array) ?? 0));
    }
  }

  mustWait(s: Statement, target: object): boolean {
    return (this.#position.get(s) ?? 0) < (this.#lastRead.get(target) ?? -1);
  }
}
