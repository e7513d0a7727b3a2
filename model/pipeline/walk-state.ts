/** What the walker's registers say, by name. */
import { constant, eqConst, read } from '../ir/build.js';
import type { Expr, Register } from '../ir/ir.js';

/**
 * `walk.state`. `first`, `second`: an entry of that stage is in `walk.pte`.
 * `compare`: so is VS's once more, to be written if it is still the same.
 * `ask`, `enter`: the caches are asked, for the first stage and for the second; without caches there are no such states.
 */
export const WALK = { idle: 0, begin: 1, first: 2, second: 3, compare: 4, done: 5, refused: 6, ask: 7, enter: 8 } as const;
export type WalkState = keyof typeof WALK;

/** A state as the register has it. */
export const stateNumber = (register: Register, state: WalkState): Expr => constant(register.width, WALK[state]);

/** One bit. */
export const isIn = (register: Register, state: WalkState): Expr => eqConst(read(register), WALK[state]);

/** `walk.purpose`: to read an entry of the first stage, to write one, or the access itself. */
export const PURPOSE = { table: 0, update: 1, access: 2 } as const;

/** `walk.refusal`: the first stage refuses, the second does, or a table lies where none can be. */
export const REFUSAL = { first: 0, second: 1, table: 2 } as const;
