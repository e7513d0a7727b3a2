/** Parts of cover points' numbers that several families have. */
import { read } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import { MODES } from '../spec/isa.js';
import { byNumber, type CoverPart } from './builder.js';
import type { Committing } from './committing.js';
import { modeBits } from './hart.js';

/** Bits that so many numbers need. */
export const bitsFor = (count: number): number => Math.max(1, Math.ceil(Math.log2(count)));

/** Modes by {V, priv}. */
export const MODE_NAMES = byNumber(MODES);

/** The mode that the hart is in, three bits. */
export const modeNow = ({ core: { hart } }: Committing): Expr => modeBits(read(hart.V), read(hart.priv));

/** A mode, three bits; by default the one that the hart is in. */
export const modePart = (here: Committing, axis = 'mode', value: Expr = modeNow(here)): CoverPart => ({ axis, value, values: MODE_NAMES });

/** The instruction in commit. */
export const instructionPart = ({ core: { decoder }, control }: Committing): CoverPart =>
  ({ axis: 'instruction', value: decoder.field(control, 'op'), values: decoder.ops.map((op) => op.instruction.name) });
