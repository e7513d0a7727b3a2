/** Which arrays and memories are still read after a statement. */
import type { Expr, Statement } from '../ir/ir.js';
import { forEachStatement, operands, postorder, statementOperands } from '../ir/walk.js';

/** The order of writes and reads in a list of statements, as they stand. */
export class ReadOrder {
  readonly #position = new Map<Statement, number>();
  readonly #lastRead = new Map<object, number>();

  constructor(body: readonly Statement[]) {
    const lastUse = new Map<Expr, number>();
    let position = 0;
    forEachStatement(body, (s) => {
      position++;
      // One object may stand in several places; what holds for the first is safe for all.
      if (!this.#position.has(s)) this.#position.set(s, position);
      for (const e of statementOperands(s)) lastUse.set(e, position);
      if (s.kind === 'load') this.#lastRead.set(s.memory, position);
    });
    for (const e of postorder([...lastUse.keys()]).reverse()) {
      const at = lastUse.get(e) ?? 0;
      for (const operand of operands(e)) lastUse.set(operand, Math.max(at, lastUse.get(operand) ?? 0));
      if (e.kind === 'element') this.#lastRead.set(e.array, Math.max(at, this.#lastRead.get(e.array) ?? 0));
    }
  }

  /** Whether an array or memory is read after `s`. */
  mustWait(s: Statement, target: object): boolean {
    return (this.#position.get(s) ?? 0) < (this.#lastRead.get(target) ?? -1);
  }
}
