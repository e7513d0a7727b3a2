/**
 * What agreed records have shown: counts by mode, instruction, permit row,
 * trap, return and interrupt.
 */
import type { Isa, Permission } from '../../model/spec/isa.js';
import type { Observation } from '../lockstep/records.js';
import { MODES, type Mode, type Retirement } from '../retirement.js';
import { compressedCells, edgeCell, exceptionCells, instructionCells, interruptCells, returnCells, trapCell, type Cells } from './cells.js';
import { InstructionIndex } from './decoder.js';
import { Homes } from './homes.js';
import { PermitCounts } from './permits.js';

/** Counts of one kind, with everything that could be counted. */
export interface Section {
  readonly title: string;
  readonly cells: Cells;
  readonly counts: ReadonlyMap<string, number>;
}

/** Exception codes that a permit table answers with. */
const ILLEGAL = 2;
const VIRTUAL = 22;

const add = (counts: Map<string, number>, cell: string): void => {
  counts.set(cell, (counts.get(cell) ?? 0) + 1);
};

/** Collects coverage over many programs. */
export class Coverage {
  readonly #isa: Isa;
  readonly #index: InstructionIndex;
  readonly #homes: Homes;
  readonly #permits: PermitCounts;
  readonly #exceptions: ReadonlyMap<number, string>;
  readonly #interrupts: ReadonlyMap<string, string>;
  readonly #retired: number[];
  readonly #compressed: number[];
  readonly #modes = new Map<Mode, number>(MODES.map((m) => [m, 0]));
  readonly #traps = new Map<string, number>();
  readonly #taken = new Map<string, number>();
  readonly #edges = new Map<string, number>();
  /** Body instructions before the first trap, one entry a program. */
  readonly #untilTrap: number[] = [];
  /** Records whose permit decision is not the one that the tables give, by description. */
  readonly misjudged: string[] = [];
  #body: { readonly start: bigint; before: number; trapped: boolean } | undefined;

  constructor(isa: Isa) {
    this.#isa = isa;
    this.#index = new InstructionIndex(isa);
    this.#homes = new Homes(isa);
    this.#permits = new PermitCounts(isa);
    this.#exceptions = new Map(isa.traps.exceptions.map((e) => [e.code, e.name]));
    this.#interrupts = new Map(isa.traps.interrupts.flatMap((i) => {
      const own = [['M', i.code], ['HS', i.code], ['VS', i.guestCode ?? i.code]] as const;
      return own.filter(([mode]) => mode !== 'VS' || i.guestCode !== undefined).map(([mode, code]) => [`${mode} ${code}`, i.name] as const);
    }));
    this.#retired = isa.instructions.map(() => 0);
    this.#compressed = isa.compressed.map(() => 0);
  }

  /** Begins a program whose body starts at this address. */
  start(body: bigint): void {
    this.#finish();
    this.#homes.reset();
    this.#body = { start: body, before: -1, trapped: false };
  }

  /** Counts an agreed record. */
  see({ retirement }: Observation): void {
    const { trap, insn } = retirement;
    this.#followBody(retirement);
    if (trap?.interrupt === true) add(this.#taken, trapCell(this.#interrupts.get(`${trap.to} ${trap.cause}`) ?? `interrupt ${trap.cause}`, retirement.mode, trap.to));
    else {
      if (trap === undefined) this.#modes.set(retirement.mode, (this.#modes.get(retirement.mode) ?? 0) + 1);
      else add(this.#traps, trapCell(this.#exceptions.get(trap.cause) ?? `exception ${trap.cause}`, retirement.mode, trap.to));
      this.#seeInstruction(retirement, insn);
    }
    this.#homes.advance(retirement);
  }

  #seeInstruction(retirement: Retirement, insn: number): void {
    const index = this.#index.find(insn);
    const instruction = this.#isa.instructions[index];
    if (instruction === undefined) return;
    const { trap, mode } = retirement;
    if (trap === undefined) {
      const short = this.#index.findCompressed(insn);
      if (short >= 0) this.#compressed[short] = (this.#compressed[short] ?? 0) + 1;
      this.#retired[index] = (this.#retired[index] ?? 0) + 1;
      if (instruction.class === 'xret') add(this.#edges, edgeCell(instruction.name, mode, retirement.next_mode));
    }
    if (instruction.permit === undefined) return;
    const csr = instruction.csr === undefined ? 0 : insn >>> (instruction.format.fields['csr']?.low ?? 20);
    const decision = this.#permits.decide({ insn, instruction, mode, csr, homes: this.#homes });
    if (decision !== decided(retirement)) this.misjudged.push(`${instruction.name} (0x${insn.toString(16)}) in ${mode}: the tables say ${decision}, the record ${decided(retirement)}`);
  }

  #followBody(retirement: Retirement): void {
    const body = this.#body;
    if (body === undefined || body.trapped) return;
    if (body.before < 0 && retirement.pc_rdata === body.start) body.before = 0;
    if (body.before < 0) return;
    if (retirement.trap === undefined) body.before++;
    else body.trapped = true;
  }

  #finish(): void {
    if (this.#body?.trapped === true) this.#untilTrap.push(this.#body.before);
    this.#body = undefined;
  }

  /** Median number of body instructions before the first trap, of the programs that trapped. */
  get medianUntilTrap(): number {
    this.#finish();
    const sorted = [...this.#untilTrap].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  /** Instructions retired in each mode. */
  get modes(): ReadonlyMap<Mode, number> {
    return this.#modes;
  }

  /** Everything counted, with what could have been. */
  sections(): readonly Section[] {
    const isa = this.#isa;
    const rows = this.#permits.rows;
    return [
      { title: 'Instructions retired by mode', cells: { reachable: MODES, unreachable: [] }, counts: this.#modes },
      { title: 'Instructions retired', cells: instructionCells(isa), counts: new Map(isa.instructions.map((i, n) => [i.name, this.#retired[n] ?? 0])) },
      { title: 'Of them compressed', cells: compressedCells(isa), counts: new Map(isa.compressed.map((c, n) => [c.name, this.#compressed[n] ?? 0])) },
      { title: 'Permit rows', cells: { reachable: rows.map((r) => r.name), unreachable: [] }, counts: new Map(rows.map((r) => [r.name, r.hits])) },
      { title: 'Exceptions', cells: exceptionCells(isa), counts: this.#traps },
      { title: 'Trap returns', cells: returnCells(isa), counts: this.#edges },
      { title: 'Interrupts', cells: interruptCells(isa), counts: this.#taken },
    ];
  }
}

/** What a record says was decided. */
function decided({ trap }: Retirement): Permission {
  if (trap?.cause === ILLEGAL) return 'illegal';
  return trap?.cause === VIRTUAL ? 'virtual' : 'allow';
}
