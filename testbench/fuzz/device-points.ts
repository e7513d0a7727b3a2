/**
 * Points of devices: every instruction that accesses memory, in every I/O
 * region, taken and refused.
 */
import type { Instruction, Isa, Region } from '../../model/spec/isa.js';
import type { Namings, PointTable } from './points.js';

const nameOf = (region: string, instruction: string, how: string): string => `device ${region}: ${instruction} ${how}`;

/** Names accesses to devices. */
export function devicePoints(isa: Isa, table: PointTable): Namings {
  for (const region of isa.hart.regions.filter((r) => r.kind === 'io')) {
    for (const instruction of isa.instructions.filter((i) => i.memory !== undefined)) {
      const { taken, refused } = possible(instruction, region, isa.protection !== undefined);
      const add = (can: boolean, how: string, reason: string): number => table.add(nameOf(region.name, instruction.name, how), can ? undefined : reason);
      add(taken, 'taken', 'the device has no such width or takes nothing atomic, or nothing can execute there');
      add(refused, 'refused', 'a byte is always aligned, the device takes bytes, and nothing protects it');
    }
  }
  return { device: (cell) => [nameOf(cell('region'), cell('instruction'), cell('outcome'))] };
}

/** No device takes part in an atomic operation. */
const ATOMIC: ReadonlySet<string> = new Set(['amo', 'lr', 'sc']);

/** A device takes aligned accesses of its widths and lets nobody execute; a single byte is always aligned. Memory protection may refuse anything. */
function possible({ class: of, memory }: Instruction, { widths }: Region, isProtected: boolean): { readonly taken: boolean; readonly refused: boolean } {
  const taken = memory !== undefined && !ATOMIC.has(of) && memory.as !== 'guest-execute' && widths.includes(memory.bytes);
  return { taken, refused: isProtected || !taken || memory.bytes > 1 };
}
