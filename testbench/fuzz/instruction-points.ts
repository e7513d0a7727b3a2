/** Points of instructions that retire: each in every mode, and each as 16 bits. */
import type { Isa } from '../../model/spec/isa.js';
import { MODES } from '../retirement.js';
import { allowed } from './kind-modes.js';
import type { Namings, PointTable } from './points.js';

const inMode = (name: string, mode: string): string => `instruction ${name} in ${mode}`;
const short = (name: string): string => `instruction ${name} of 16 bits`;

/** Names instructions. */
export function instructionPoints(isa: Isa, table: PointTable): Namings {
  for (const instruction of isa.instructions) {
    const { name, class: of } = instruction;
    const traps = of === 'trap' ? 'it never retires: its exceptions count' : undefined;
    for (const mode of MODES) table.add(inMode(name, mode), traps ?? (allowed(isa, instruction, mode) ? undefined : `its permits never allow it in ${mode}`));
    table.add(short(name), traps ?? (isa.compressed.some((c) => c.expands.name === name) ? undefined : 'no instruction of 16 bits stands for it'));
  }
  return {
    instruction: (cell) => [inMode(cell('instruction'), cell('mode')), ...(cell('bits') === '16' ? [short(cell('instruction'))] : [])],
  };
}
