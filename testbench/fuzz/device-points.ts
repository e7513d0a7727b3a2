/**
 * Points of devices: every instruction that accesses memory, in every I/O
 * region, taken and refused.
 */
import type { Instruction, Isa, Region } from '../../model/spec/isa.js';
import { NO_KIND } from './kinds.js';
import type { Family, Hit, PointTable, Sight } from './points.js';

interface DevicePoint {
  readonly taken: number;
  readonly refused: number;
}

/** Counts accesses to devices. */
export class DevicePoints implements Family {
  readonly #regions: readonly { readonly region: Region; readonly points: ReadonlyMap<Instruction, DevicePoint> }[];
  /** Codes of access faults. */
  readonly #faults: ReadonlySet<number>;

  constructor(isa: Isa, table: PointTable) {
    const accesses = isa.instructions.filter((i) => i.memory !== undefined);
    this.#faults = new Set(isa.traps.exceptions.filter((e) => e.source === 'load-fault' || e.source === 'store-fault').map((e) => e.code));
    this.#regions = isa.hart.regions.filter((r) => r.kind === 'io').map((region) => ({
      region,
      points: new Map(accesses.map((instruction) => {
        const { taken, refused } = possible(instruction, region, isa.protection !== undefined);
        const point = (can: boolean, how: string, reason: string): number => table.add(`device ${region.name}: ${instruction.name} ${how}`, can ? undefined : reason);
        return [instruction, {
          taken: point(taken, 'taken', 'the device has no such width, or nothing can execute there'),
          refused: point(refused, 'refused', 'a byte is always aligned, the device takes bytes, and nothing protects it'),
        }] as const;
      })),
    }));
  }

  see({ retirement, instruction }: Sight, hit: Hit): void {
    if (instruction?.memory === undefined) return;
    const { trap, mem_addr } = retirement;
    const refused = trap !== undefined && !trap.interrupt && this.#faults.has(trap.cause);
    if (trap !== undefined && !refused) return;
    const address = trap === undefined ? mem_addr : trap.tval;
    const points = this.#regions.find(({ region: { base, size } }) => address >= base && address < base + size)?.points.get(instruction);
    const point = points?.[refused ? 'refused' : 'taken'] ?? NO_KIND;
    if (point !== NO_KIND) hit(point);
  }
}

/** A device takes aligned accesses of its widths and lets nobody execute; a single byte is always aligned. Memory protection may refuse anything. */
function possible({ memory }: Instruction, { widths }: Region, isProtected: boolean): { readonly taken: boolean; readonly refused: boolean } {
  const taken = memory !== undefined && memory.as !== 'guest-execute' && widths.includes(memory.bytes);
  return { taken, refused: isProtected || !taken || memory.bytes > 1 };
}
