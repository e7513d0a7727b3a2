/**
 * A program that looks neither at CSRs nor at the clock cannot tell whether it
 * was interrupted: with handlers that only mask what came, the body retires
 * the same instructions with the same results, however many timers, lines
 * and software interrupts fall between them, and whoever takes them.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AT, BASE, POINTER, POOL } from '../arbitraries/map.js';
import type { Item, Plan } from '../arbitraries/program.js';
import { InstructionIndex } from '../coverage/decoder.js';
import { ObservedCore } from '../lockstep/observed.js';
import type { Retirement } from '../retirement.js';
import { compiledCore, CORES, shippedSpecs } from './cores.js';
import { tries } from './effort.js';
import { built, disassembler, MOST_CYCLES, randomPrograms } from './random-programs.js';

const { isa } = shippedSpecs();
const index = new InstructionIndex(isa);
const address = (name: string): number => isa.csrs.find((c) => c.name === name)?.address ?? -1;

/** Whether a word computes on the body's own registers and data, jumps, or calls. */
function blind(encoded: number): boolean {
  const word = index.word(encoded);
  const instruction = isa.instructions[index.find(word)];
  if (instruction === undefined) return false;
  const { class: kind, format: { registers } } = instruction;
  const operand = (name: 'rd' | 'rs1' | 'rs2'): number => (registers[name] === undefined ? 0 : (word >>> registers[name].low) & 31);
  if (operand('rd') >= POOL || operand('rs2') >= POOL) return false;
  if (kind === 'load' || kind === 'store') return operand('rs1') === POINTER.data && instruction.permit === undefined;
  return operand('rs1') < POOL && (kind === 'alu' || kind === 'multiply' || kind === 'muldiv' || kind === 'branch' || kind === 'jump' || kind === 'trap');
}

const TSR = 0x40_0000n;
const plain = <T extends object>(handler: T): T & { clears: false; before: readonly [] } => ({ ...handler, clears: false, before: [] });

/** Only what cannot see interrupts, with handlers that hide them. */
const blindfolded = (plan: Plan): Plan => ({
  ...plan,
  mstatus: plan.mstatus & ~TSR,
  settings: plan.settings.filter(({ csr }) => csr !== address('hstatus')),
  body: plan.body.filter((item: Item) => item.words.every(blind)),
  // A hypervisor changes guests at interrupts: they are meant to be seen.
  worlds: [],
  handlers: { M: plain(plan.handlers.M), HS: plain(plan.handlers.HS), VS: plain(plan.handlers.VS) },
  returns: [],
  budget: 1000,
});

/** The same program that is never interrupted. */
const undisturbed = (plan: Plan): Plan => ({ ...plan, mtimecmp: undefined, events: [], settings: plan.settings.filter(({ csr }) => csr !== address('mie')) });

/** What the body did, and how often it was interrupted. */
function bodyOf(core: ObservedCore, plan: Plan): { readonly lines: readonly string[]; readonly interrupts: number } {
  const program = built(plan);
  const lines: string[] = [];
  let interrupts = 0;
  core.reset(program.inputs);
  core.load(program);
  const see = ({ trap, pc_rdata, insn, mode, next_mode, pc_wdata, rd_addr, rd_wdata, mem_addr, mem_wmask, mem_wdata, mem_rdata }: Retirement): void => {
    if (pc_rdata < BASE + BigInt(AT.body)) return;
    if (trap?.interrupt === true) interrupts++;
    else {
      const outcome = trap === undefined ? `${next_mode} 0x${pc_wdata.toString(16)}` : `trap ${trap.cause} into ${trap.to}`;
      lines.push(`${mode} 0x${pc_rdata.toString(16)} ${disassembler()(insn, pc_rdata)} -> x${rd_addr}=${rd_wdata} [${mem_addr}]${mem_wmask}:${mem_wdata}/${mem_rdata} ${outcome}`);
    }
  };
  core.run(MOST_CYCLES, { trapped: () => undefined, records: (observations) => observations.forEach((o) => see(o.retirement)) });
  return { lines, interrupts };
}

describe.each(CORES)('%s', (name) => {
  it('runs a body that cannot see interrupts as if there were none', () => {
    const core = new ObservedCore(compiledCore(name));
    let interrupts = 0;
    fc.assert(
      fc.property(randomPrograms(blindfolded), (plan) => {
        const disturbed = bodyOf(core, plan);
        const calm = bodyOf(core, undisturbed(plan));
        interrupts += disturbed.interrupts;
        // Interrupts cost cycles: an endless body gets less far.
        const length = Math.min(disturbed.lines.length, calm.lines.length);
        expect(disturbed.lines.slice(0, length)).toEqual(calm.lines.slice(0, length));
      }),
      tries(750),
    );
    expect(interrupts).toBeGreaterThan(100);
  });
});
