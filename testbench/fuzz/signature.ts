/**
 * What makes two failures the same: their cause by the specs, whatever
 * instruction and mode it shows in.
 */
import type { Isa } from '../../model/spec/isa.js';
import { causeOf } from '../lockstep/cause.js';
import type { Divergence } from '../lockstep/lockstep.js';

/** `sret.sret_op: model retires, reference virtual_instruction`. */
export const signatureOf = (divergence: Divergence, isa: Isa): string => causeOf(divergence, isa).subject;
