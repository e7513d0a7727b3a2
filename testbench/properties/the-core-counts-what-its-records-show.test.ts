/**
 * The cover points that a core counts itself, and what its records say to
 * somebody who follows them from outside, with tables of his own: program by
 * program the two have seen the same instructions, permit rows, exceptions,
 * returns and interrupts.
 */
import { describe, expect, it } from 'vitest';
import { Builder } from '../arbitraries/build.js';
import { PlanMaker } from '../arbitraries/maker.js';
import { Coverage } from '../coverage/coverage.js';
import { InstructionIndex } from '../coverage/decoder.js';
import { Collector } from '../fuzz/collector.js';
import { PROGRAM_LIMITS, programNumber } from '../lockstep/campaign.js';
import { Lockstep } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { CORES, compiledCore, shippedSpecs, type CoreName } from './cores.js';
import { multiplier, testSeed } from './effort.js';

const { isa } = shippedSpecs();
const PROGRAMS = 400;

/** Sections of coverage by records, and the name that a point begins with for each; what comes behind ` in ` is a mode. */
const SECTIONS = { 'Instructions retired': 'instruction ', 'Permit rows': 'permit ', Exceptions: 'transition ', 'Trap returns': 'transition ', Interrupts: 'transition ' } as const;

/** Names from a section of coverage. */
type Seen = ReadonlySet<string>;

/** A core, and what each of its programs shows to either side. */
class Witnesses {
  readonly #core: ObservedCore;
  readonly #lockstep: Lockstep;
  readonly #collector: Collector;
  readonly #coverage = new Coverage(isa);
  readonly #index = new InstructionIndex(isa);
  readonly #maker = new PlanMaker(isa, 'all');
  readonly #builder = new Builder(this.#maker.shapes);

  constructor(name: CoreName) {
    this.#core = new ObservedCore(compiledCore(name));
    this.#lockstep = new Lockstep(this.#core);
    this.#collector = new Collector(isa, this.#core);
  }

  /** Runs a program: names by records, and by the core's points. */
  run(number: number): { readonly records: Seen; readonly points: Seen } {
    const program = this.#builder.build(this.#maker.make(programNumber(testSeed(), number)));
    const before = this.#counts();
    const records = new Set<string>();
    this.#coverage.start(program.entry);
    const result = this.#lockstep.run(program, {
      ...PROGRAM_LIMITS, inputs: program.inputs,
      onRecord: (o) => {
        this.#coverage.see(o);
        const { trap, insn, mode } = o.retirement;
        const instruction = isa.instructions[this.#index.find(insn)];
        if (trap !== undefined || instruction === undefined) return;
        records.add(`instruction ${instruction.name} in ${mode}`);
        if (this.#index.findCompressed(insn) >= 0) records.add(`instruction ${instruction.name} of 16 bits`);
      },
    });
    if (result.kind === 'diverged') throw new Error(`core and reference part at program ${number}`);
    for (const [name, count] of this.#counts()) if (count > (before.get(name) ?? 0)) records.add(name);
    const points = new Set(this.#collector.reached().flatMap((point) => namesOf(this.#collector.table.name(point))));
    return { records, points };
  }

  #counts(): ReadonlyMap<string, number> {
    return new Map(this.#coverage.sections().flatMap(({ title, counts }) => {
      const [, prefix] = Object.entries(SECTIONS).find(([known]) => known === title) ?? [];
      return prefix === undefined ? [] : [...counts].map(([cell, count]): [string, number] => [`${prefix}${cell}`, count]);
    }));
  }
}

/** What a point says in the words of coverage by records; with mode and length where that knows them. */
function namesOf(point: string): readonly string[] {
  if (point.startsWith('transition ')) return [point];
  if (point.startsWith('instruction ')) return [point, point.replace(/ (?:in \w+|of 16 bits)$/, '')];
  return point.startsWith('permit ') ? [point.replace(/ in \w+$/, '')] : [];
}

describe.each(CORES)('%s', (name) => {
  it('has reached in every program the points that its records show, and no others', () => {
    const witnesses = new Witnesses(name);
    const seen = new Set<string>();
    for (let number = 0; number < PROGRAMS * multiplier(); number++) {
      const { records, points } = witnesses.run(number);
      expect({ number, names: [...points].sort() }).toEqual({ number, names: [...records].sort() });
      for (const one of points) seen.add(one);
    }
    // Equal because both are empty would be no agreement.
    for (const prefix of new Set(Object.values(SECTIONS))) expect([...seen].filter((one) => one.startsWith(prefix)).length, prefix).toBeGreaterThan(60);
  });
});
