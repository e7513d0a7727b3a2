/** The 32-bit instructions that extensions add, by the extension that adds them. */
import { ATOMIC } from './atomics.js';
import { ZBA, ZBB, ZBS, ZICOND } from './bitmanip.js';
import { ZICBOM, ZICBOZ } from './cache-blocks.js';
import type { Extension, Isa } from './extensions.js';
import type { Execute } from './hart.js';
import { type Encoding, matches, type Pattern, patternOf } from './pattern.js';
import { hfenceGvma, hfenceVvma, invalidationFence, sfenceVma, wrs } from './system.js';

const ZAWRS: readonly Encoding[] = [
  ['000000001101 00000 000 00000 1110011', wrs],
  ['000000011101 00000 000 00000 1110011', wrs],
];

/** Nothing is cached that an ordinary fence would not order as well: SINVAL and HINVAL are the fences. */
const SVINVAL: readonly Encoding[] = [
  ['0001011 ----- ----- 000 00000 1110011', sfenceVma],
  ['0001100 00000 00000 000 00000 1110011', invalidationFence],
  ['0001100 00001 00000 000 00000 1110011', invalidationFence],
  ['0010011 ----- ----- 000 00000 1110011', hfenceVvma],
  ['0110011 ----- ----- 000 00000 1110011', hfenceGvma],
];

// Zihintpause adds none: PAUSE is a FENCE that orders nothing (pause_enc_fence).
const ADDED: readonly (readonly [Extension, readonly Encoding[]])[] = [
  ['a', ATOMIC], ['zba', ZBA], ['zbb', ZBB], ['zbs', ZBS], ['zicond', ZICOND], ['zawrs', ZAWRS],
  ['zicbom', ZICBOM], ['zicboz', ZICBOZ], ['svinval', SVINVAL],
];

const COMPILED = ADDED.flatMap(([extension, encodings]) =>
  encodings.map(([match, execute]): Pattern & { extension: Extension; execute: Execute } => ({
    ...patternOf(match), extension, execute,
  })));

/** The function of an instruction that one of the hart's extensions defines; undefined if none does. */
export const addedInstruction = (insn: number, isa: Isa): Execute | undefined =>
  COMPILED.find((encoding) => matches(encoding, insn) && isa[encoding.extension])?.execute;
