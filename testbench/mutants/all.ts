/** Every mutant of a core. */
import type { Module } from '../../model/ir/ir.js';
import type { Isa, Uarch } from '../../model/spec/isa.js';
import { csrMutants } from './csrs.js';
import { decodingMutants } from './decoding.js';
import { hardwareMutants, uarchMutants } from './hardware.js';
import { instructionMutants } from './instructions.js';
import { memoryMutants } from './memory.js';
import type { Mutant } from './mutant.js';
import { permitMutants } from './permits.js';
import { regionMutants } from './regions.js';
import { structureFileMutants, structureMutants } from './structures.js';
import { trapMutants } from './traps.js';

/** Mutants of the specs, of the decoder, of the core's file and of its hardware. */
export function allMutants(isa: Isa, uarch: Uarch, module: Module): readonly Mutant[] {
  return [
    ...permitMutants(isa), ...trapMutants(isa), ...csrMutants(isa), ...instructionMutants(isa), ...memoryMutants(isa), ...regionMutants(isa),
    ...decodingMutants(module, isa), ...uarchMutants(uarch), ...structureFileMutants(uarch), ...hardwareMutants(module, isa, uarch), ...structureMutants(module),
  ];
}
