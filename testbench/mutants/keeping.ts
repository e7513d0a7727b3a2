/**
 * What has been walked for is kept (docs/timing.md, "Translation"): a core that
 * never finds anything again is as right as any, and as slow as one without
 * caches. The reference has no say in this, and the scoreboard takes from the
 * trace what was found.
 */
import type { ObservedCore } from '../lockstep/observed.js';
import type { Observation } from '../lockstep/records.js';
import type { Walk } from '../lockstep/trails.js';
import type { Program } from '../../model/machine/elf.js';
import { keepingProgram, type Editor } from './histories.js';

/** Enough for a program. */
const CYCLES = 3000;

/** How an address is used. */
const HOW = ['load', 'store', 'call'] as const;

/** A program: its first use of a page, the same again, again when mode or CSRs may have changed, and a page next to it. */
export interface Keeping {
  readonly text: string;
  readonly segments: Program['segments'];
  readonly editor: Editor;
  readonly how: (typeof HOW)[number];
}

/** All of them: by the tables of S and of a guest. */
export const keepings = (): readonly Keeping[] => (['HS', 'VS'] as const).flatMap((editor) => HOW.map((how) => ({ ...keepingProgram(editor, how), editor, how })));

/** The walks that records of one kind of use have needed, in order; none where a page was open. */
function walksOf(records: readonly Observation[], how: Keeping['how']): readonly (readonly Walk[])[] {
  const pages = (o: Observation): boolean => o.retirement.pc_rdata < CODE;
  if (how === 'call') return records.filter((o) => pages(o) && o.retirement.rd_addr !== 0).map(({ translated }) => (translated?.fetch === undefined ? [] : [translated.fetch.walk]));
  return records.filter(({ retirement: r }) => r.mem_addr !== 0n && r.mem_addr < CODE).map(({ translated }) => translated?.walks ?? []);
}

const CODE = 0x8000_0000n;

/** What a core does not find again that it should; none is as it should be. */
export function keepingFaults(core: ObservedCore, { editor, how }: Keeping, image: Pick<Program, 'entry' | 'segments' | 'symbols'>): readonly string[] {
  const records: Observation[] = [];
  core.reset();
  core.load(image);
  core.run(CYCLES, { records: (r) => records.push(...r), trapped: () => undefined });
  const [first, again, later, beside] = walksOf(records, how);
  const faults: string[] = [];
  const claim = (holds: boolean, what: string): void => {
    if (!holds) faults.push(`a ${how} in ${editor}: ${what}`);
  };
  const read = (walks: readonly Walk[] | undefined): number => walks?.reduce((sum, walk) => sum + walk.read, 0) ?? -1;
  const roots = (walks: readonly Walk[] | undefined): number => walks?.reduce((sum, walk) => sum + walk.roots, 0) ?? -1;
  claim(read(first) > 0, 'the first use reads no tables');
  if (how !== 'call') claim(again?.length === 0, 'the page is not open right behind its first use');
  claim(later?.length === 1 && read(later) === 0, 'what was read is read again');
  claim(beside?.length === 1 && roots(beside) === 0, 'the page beside is looked for from the root');
  return faults;
}
