import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '../assembly/assemble.js';
import { createDisassembler } from '../assembly/disassemble.js';
import { assemblyTables } from '../assembly/tables.js';
import { InstructionIndex } from '../coverage/decoder.js';
import { shippedSpecs } from '../properties/cores.js';
import { tries } from '../properties/effort.js';
import { programs } from './arbitrary.js';
import { Builder } from './build.js';
import { arbitraries } from './library.js';
import { PlanMaker } from './maker.js';
import { PROLOGUE_LIMIT } from './map.js';
import { imageOf, printProgram } from './print.js';
import { PARTS } from './program.js';
import { everySimpler, simpler } from './shrink.js';

const { isa } = shippedSpecs();
const maker = new PlanMaker(isa);
const builder = new Builder(maker.shapes);
const tables = assemblyTables(isa);

describe('random programs', () => {
  it('print as assembly that assembles to the same bytes', () => {
    const disassemble = createDisassembler(tables);
    const isInstruction = (line: string): boolean => !/^\s*(\.word\s+0x\w+$|\.word\s+0x\w+ #)/.test(line);
    fc.assert(fc.property(programs(maker), (plan) => {
      const program = builder.build(plan);
      const text = printProgram(plan, program, disassemble);
      const assembled = assemble(text, tables);
      if (!assembled.ok) throw new Error(assembled.errors.map((e) => e.message).join('\n'));
      const [section, ...others] = assembled.program.sections;
      expect(others).toEqual([]);
      const [prologue = ''] = text.split('\nfinish:');
      expect(prologue.split('\n').filter((line) => !isInstruction(line))).toEqual([]);
      expect(text).toMatch(/^machine_vectors:\n {8}jal {5}zero,at_\w+$/m);
      expect(Buffer.from(section?.bytes ?? []).equals(Buffer.from(imageOf(program).data))).toBe(true);
      expect(assembled.program.entry).toBe(program.entry);
      expect(assembled.program.symbols.find((s) => s.name === 'tohost')?.value).toBe(program.symbols.get('tohost'));
    }), tries(60));
  });

  it('have prologues of at most 64 instructions, and room for their handlers', () => {
    fc.assert(fc.property(programs(maker), (plan) => {
      expect(builder.build(plan).prologue).toBeLessThanOrEqual(PROLOGUE_LIMIT);
    }), tries(500));
  });

  it('contain every instruction of the specs', () => {
    const index = new InstructionIndex(isa);
    const missing = new Set(isa.instructions.map((i) => i.name));
    for (let number = 0; number < 4000 && missing.size > 0; number++) {
      for (const { words } of maker.make(number).body) for (const word of words) missing.delete(isa.instructions[index.find(word)]?.name ?? '');
    }
    expect([...missing]).toEqual([]);
  });

  it('have instructions of one’s choice often, everywhere, and none that there is not', () => {
    const favour = new PlanMaker(isa, 'all', ['mulhsu', 'hlv.wu']);
    const index = new InstructionIndex(isa);
    const count = (from: PlanMaker): number => Array.from({ length: 100 }, (_, number) => from.make(number))
      .flatMap(({ body, worlds }) => [body, ...worlds.flatMap((w) => [w.kernel, w.user])].flat())
      .filter(({ words }) => words.some((word) => ['mulhsu', 'hlv.wu'].includes(isa.instructions[index.find(word)]?.name ?? ''))).length;
    expect(count(favour)).toBeGreaterThan(5 * count(maker));
    expect(() => arbitraries().programs({ instructions: ['satad'] })).toThrow('The specs have no instruction satad. Give specs: [directory] with one that has.');
    expect(() => arbitraries().instruction('hlv.wuu')).toThrow('The specs have no instruction hlv.wuu. Did you mean hlv.wu?');
  });

  it('are the same for the same number', () => {
    expect(maker.make(42)).toEqual(maker.make(42));
    expect(maker.make(42)).not.toEqual(maker.make(43));
  });

  it('shrink by deleting items before anything else, and always end', () => {
    let plan = maker.make(7);
    const first = simpler(plan).next().value;
    expect(first?.body).toEqual([]);
    let steps = 0;
    for (; ; steps++) {
      const next = simpler(plan).next().value;
      if (next === undefined) break;
      plan = next;
    }
    expect(plan.body).toEqual([]);
    expect(plan.settings).toEqual([]);
    expect(steps).toBeLessThan(200);
  });

  it('shrink operands, start, returns and budget, and in the end what they do not use', () => {
    const plan = { ...maker.make(7), mode: 'VU' as const, returns: [0x800n, 0x1800n], budget: 12, resume: 5, body: [{ words: [maker.shapes.word('sub', { rd: 5, rs1: 6, rs2: 7 })] }] };
    const all = [...everySimpler(plan, maker.shapes)];
    const words = all.map((p) => p.body[0]?.words[0]);
    for (const operands of [{ rs1: 6, rs2: 7 }, { rd: 5, rs2: 7 }, { rd: 5, rs1: 6 }]) expect(words).toContain(maker.shapes.word('sub', operands));
    expect(new Set(all.map((p) => p.mode))).toEqual(new Set(['M', 'HS', 'U', 'VS', 'VU']));
    expect(all.map((p) => p.returns)).toEqual(expect.arrayContaining([[], [0x800n], [0x1800n], [0n, 0x1800n]]));
    expect(all.map((p) => p.budget)).toEqual(expect.arrayContaining([0, 6]));
    expect(all.map((p) => p.resume)).toEqual(expect.arrayContaining([0, 2]));
    expect(all.some((p) => p.omits?.length === PARTS.length)).toBe(true);
    // No candidate is the plan itself: it would shrink for ever.
    expect(all.filter((p) => isDeepStrictEqual(p, plan))).toEqual([]);
  });

  it('do without handlers and pointers where they are told to', () => {
    const whole = { ...maker.make(7), settings: [] };
    const lean = { ...whole, omits: PARTS };
    expect(builder.build(lean).prologue).toBeLessThan(builder.build(whole).prologue - 8);
    expect(printProgram(lean, builder.build(lean), createDisassembler(tables))).not.toContain('_vectors:');
  });
});
