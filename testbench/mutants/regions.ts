/** Mutants of the memory map: which accesses a device takes, how far it reaches, where its registers are. */
import type { Isa, Region } from '../../model/spec/isa.js';
import { isaMutant, type Mutant } from './mutant.js';

/** Widths in bytes that an access can have. */
const WIDTHS = [1, 2, 4, 8] as const;

/** All of them. Memory is what everything else is in: its place is no decision of the hart's. */
export function regionMutants({ hart }: Isa): readonly Mutant[] {
  return hart.regions.filter((r) => r.kind === 'io').flatMap((region) => {
    const mutant = (what: string, changed: Partial<Region>): Mutant => isaMutant('region', `${region.name}: ${what}`, region, (isa) => (
      { ...isa, hart: { ...isa.hart, regions: isa.hart.regions.map((r) => (r.name === region.name ? { ...r, ...changed } : r)) } }));
    const widths = WIDTHS.map((w) => (region.widths.includes(w)
      ? mutant(`refuses ${w} bytes`, { widths: region.widths.filter((other) => other !== w) })
      : mutant(`takes ${w} bytes`, { widths: [...region.widths, w] })));
    const sizes = [mutant('half as large', { size: region.size / 2n }), mutant('twice as large', { size: region.size * 2n })];
    const { registers } = region;
    if (registers === undefined) return [...widths, ...sizes];
    const { msip, mtimecmp, mtime } = registers;
    return [
      ...widths, ...sizes,
      mutant('msip and mtimecmp exchanged', { registers: { ...registers, msip: mtimecmp, mtimecmp: msip } }),
      mutant('mtimecmp and mtime exchanged', { registers: { ...registers, mtimecmp: mtime, mtime: mtimecmp } }),
    ];
  });
}
