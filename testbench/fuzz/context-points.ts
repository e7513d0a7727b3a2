/**
 * Points of pipeline context: what runs right behind what, by kinds that a
 * pipeline treats differently, and whether the younger needs the older's
 * result, from one or two instructions before.
 */
import type { InstructionClass, Isa } from '../../model/spec/isa.js';
import type { Family, Hit, PointTable, Sight } from './points.js';

/** Kinds of records. Exceptions and interrupts are kinds too: what they cut off was in flight. */
const ACCESS_KINDS = ['', ' across 8 bytes', ' of a device', ' of a guest'] as const;
const ACCESSES = ['load', 'store'] as const;
const CSR_KINDS = ['csr read', 'csr write'] as const;
const BRANCH_KINDS = ['branch taken', 'branch not taken'] as const;

/** Kinds for a class of instructions that retire. */
function kindsOf(of: InstructionClass): readonly string[] {
  switch (of) {
    case 'branch': return BRANCH_KINDS;
    case 'csr': return CSR_KINDS;
    case 'load': case 'store': return ACCESS_KINDS.map((kind) => `${of}${kind}`);
    case 'trap': return [];
    default: return [of];
  }
}

/** Instructions whose result others can wait for. */
const yields = (of: InstructionClass): boolean => !['branch', 'store', 'fence', 'xret', 'trap', 'wait', 'cbo'].includes(of);

/** Operand fields of an instruction. */
interface Operands {
  readonly rd: number | undefined;
  readonly rs1: number | undefined;
  readonly rs2: number | undefined;
}

const WORD = 8n;
const NONE = -1;

/** Counts what follows what. */
export class ContextPoints implements Family {
  readonly #kinds: readonly string[];
  readonly #number: ReadonlyMap<string, number>;
  readonly #operands: readonly Operands[];
  readonly #exceptions: ReadonlyMap<number, number>;
  readonly #inDram: (address: bigint) => boolean;
  /** First points of the three squares: behind, needing the one before, needing the one before that. */
  readonly #pairs: readonly number[];
  readonly #needs: readonly (readonly (readonly number[])[])[];
  #before = NONE;
  /** Registers written by the last two records, and their kinds. */
  #last = { rd: 0, kind: NONE };
  #older = { rd: 0, kind: NONE };

  constructor(isa: Isa, table: PointTable) {
    const classes = [...new Set(isa.instructions.map((i) => i.class))];
    const exceptions = isa.traps.exceptions.filter((e) => e.source !== 'none');
    this.#kinds = [...classes.flatMap(kindsOf), ...exceptions.map((e) => e.name), 'interrupt'];
    const kinds = this.#kinds;
    this.#number = new Map(kinds.map((kind, i) => [kind, i]));
    this.#exceptions = new Map(exceptions.map((e) => [e.code, this.#number.get(e.name) ?? NONE]));
    this.#operands = isa.instructions.map(({ format: { registers } }) => ({ rd: registers.rd?.low, rs1: registers.rs1?.low, rs2: registers.rs2?.low }));
    const memory = isa.hart.regions.filter((r) => r.kind === 'memory');
    this.#inDram = (address) => memory.some((r) => address >= r.base && address < r.base + r.size);
    const yielding = new Set(classes.filter(yields).flatMap(kindsOf));
    const asking = new Set(classes.filter((c) => isa.instructions.some((i) => i.class === c && i.format.registers.rs1 !== undefined)).flatMap(kindsOf));
    this.#pairs = kinds.flatMap((older) => kinds.map((younger) => table.add(`context ${older}, then ${younger}`)));
    this.#needs = [1, 2].map((distance) => kinds.map((older) => kinds.map((younger) =>
      (yielding.has(older) && asking.has(younger) ? table.add(`context ${younger} needs ${older} ${distance} before`) : NONE))));
  }

  start(): void {
    this.#before = NONE;
    this.#last = this.#older = { rd: 0, kind: NONE };
  }

  see(sight: Sight, hit: Hit): void {
    const kind = this.#kindOf(sight);
    if (kind === NONE) return;
    const { retirement, index } = sight;
    if (this.#before !== NONE) hit(this.#pairs[this.#before * this.#kinds.length + kind] ?? 0);
    const operands = this.#operands[index];
    if (retirement.trap === undefined && operands !== undefined) {
      const asks = (register: number): boolean => register !== 0
        && (register === fieldOf(retirement.insn, operands.rs1) || register === fieldOf(retirement.insn, operands.rs2));
      if (asks(this.#last.rd)) this.#need(0, this.#last.kind, kind, hit);
      if (this.#older.rd !== this.#last.rd && asks(this.#older.rd)) this.#need(1, this.#older.kind, kind, hit);
    }
    this.#before = kind;
    this.#older = this.#last;
    this.#last = { rd: retirement.trap === undefined ? retirement.rd_addr : 0, kind };
  }

  #need(distance: number, older: number, younger: number, hit: Hit): void {
    const point = this.#needs[distance]?.[older]?.[younger] ?? NONE;
    if (point !== NONE) hit(point);
  }

  #kindOf({ retirement, instruction }: Sight): number {
    const { trap } = retirement;
    if (trap !== undefined) return trap.interrupt ? this.#kinds.length - 1 : this.#exceptions.get(trap.cause) ?? NONE;
    if (instruction === undefined) return NONE;
    const of = (kind: string): number => this.#number.get(kind) ?? NONE;
    switch (instruction.class) {
      case 'branch':
        return of(BRANCH_KINDS[retirement.pc_wdata === BigInt.asUintN(64, retirement.pc_rdata + 4n) ? 1 : 0]);
      case 'csr':
        return of(CSR_KINDS[retirement.csrs.length > 0 ? 1 : 0]);
      case 'load': case 'store':
        return of(`${ACCESSES[instruction.class === 'load' ? 0 : 1]}${ACCESS_KINDS[this.#accessKind(retirement.mem_addr, instruction.memory?.bytes ?? 1, instruction.memory?.as === 'self')]}`);
      default:
        return of(instruction.class);
    }
  }

  #accessKind(address: bigint, bytes: number, own: boolean): 0 | 1 | 2 | 3 {
    if (!this.#inDram(address)) return 2;
    if (!own) return 3;
    return Number(address % WORD) + bytes > Number(WORD) ? 1 : 0;
  }
}

const fieldOf = (word: number, low: number | undefined): number => (low === undefined ? 0 : (word >>> low) & 31);
