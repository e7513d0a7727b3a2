/**
 * Points of permissions: every row of the permit tables in every mode in which
 * it can decide, and every CSR by mode, access and outcome.
 */
import { MODES as LEVELS, type Csr, type Instruction, type Isa, type Permission, type PermitRow } from '../../model/spec/isa.js';
import { Homes } from '../coverage/homes.js';
import { PermitCounts } from '../coverage/permits.js';
import { Variables, type Reader, type Situation } from '../coverage/variables.js';
import { MODES, type Mode, type Retirement } from '../retirement.js';
import type { Family, Hit, PointTable, Sight } from './points.js';

/** The value of a variable, if it is the same in every state. */
type Known = (variable: string) => bigint | undefined;

/** A value that depends on state was asked for. */
class Unknown extends Error {}

/** State about which nothing is known. */
class NoHomes extends Homes {
  override get(): bigint {
    throw new Unknown();
  }
}

/** The rows that can decide when only this much is known: the first that surely matches, and those before it that may. */
export function candidates(rows: readonly PermitRow[], known: Known): readonly PermitRow[] {
  const found: PermitRow[] = [];
  for (const row of rows) {
    const values = row.when.terms.map((term) => {
      const value = known(term.variable);
      return value === undefined ? undefined : term.values.includes(value);
    });
    if (values.includes(false)) continue;
    found.push(row);
    if (!values.includes(undefined)) break;
  }
  return found;
}

const ofMode = (mode: Mode): Known => (variable) => {
  if (variable === 'mode') return LEVELS[mode];
  if (variable === 'V') return LEVELS[mode] >> 2n;
  return variable === 'priv' ? LEVELS[mode] & 3n : undefined;
};

const ACCESSES = ['reads', 'writes'] as const;
type Access = (typeof ACCESSES)[number];

/** Numbered counters count as one. */
const family = (name: string): string => name.replace(/(hpm(?:counter|event))\d+$/, '$1N');

const csrName = (csr: Csr, mode: Mode, access: Access, outcome: Permission): string => `csr ${mode} ${access} ${family(csr.name)}: ${outcome}`;
const rowName = (row: string, mode: Mode): string => `permit ${row} in ${mode}`;

/** Counts decisions of permit tables and accesses of CSRs. */
export class PermitPoints implements Family {
  readonly #table: PointTable;
  readonly #permits: PermitCounts;
  readonly #csrs: ReadonlyMap<number, Csr>;
  readonly #writes: Reader;
  readonly #writing = new Map<number, boolean>();

  constructor(isa: Isa, table: PointTable) {
    this.#table = table;
    this.#permits = new PermitCounts(isa);
    this.#csrs = new Map(isa.csrs.map((c) => [c.address, c]));
    const variables = new Variables(isa);
    this.#writes = variables.reader('csr_writes');
    for (const { name, rows } of isa.permits) {
      for (const mode of MODES) for (const row of candidates(rows, ofMode(mode))) table.add(rowName(`${name}.${row.name}`, mode));
    }
    this.#nameCsrs(isa, variables);
  }

  #nameCsrs(isa: Isa, variables: Variables): void {
    const instruction = isa.instructions.find((i) => i.class === 'csr' && i.permit !== undefined);
    if (instruction === undefined) return;
    const rowsOf = (permit: string | undefined): readonly PermitRow[] => isa.permits.find((t) => t.name === permit)?.rows ?? [];
    const homes = new NoHomes(isa);
    for (const csr of isa.csrs) {
      for (const mode of MODES) {
        for (const access of ACCESSES) {
          const known = this.#knownOf(variables, { insn: 0, instruction, mode, csr: csr.address, homes }, access);
          const first = new Set(candidates(rowsOf(instruction.permit), known).map((r) => r.then));
          const outcomes = new Set<Permission>([...first].filter((p) => p !== 'allow'));
          const own = candidates(rowsOf(csr.permit), known).map((r) => r.then);
          if (first.has('allow')) for (const then of csr.permit === undefined ? ['allow' as const] : own) outcomes.add(then);
          for (const outcome of outcomes) this.#table.add(csrName(csr, mode, access, outcome));
        }
      }
    }
  }

  #knownOf(variables: Variables, situation: Situation, access: Access): Known {
    const mode = ofMode(situation.mode);
    return (variable) => {
      if (variable === 'csr_writes') return access === 'writes' ? 1n : 0n;
      const value = mode(variable);
      if (value !== undefined) return value;
      try {
        return variables.reader(variable)(situation);
      } catch (error) {
        if (error instanceof Unknown) return undefined;
        throw error;
      }
    };
  }

  see({ retirement, instruction, homes, index }: Sight, hit: Hit): void {
    if (instruction?.permit === undefined) return;
    const { insn, mode, trap } = retirement;
    if (trap?.interrupt === true) return;
    const address = instruction.csr === undefined ? 0 : insn >>> (instruction.format.fields['csr']?.low ?? 20);
    const situation: Situation = { insn, instruction, mode, csr: address, homes };
    this.#permits.decide(situation, ({ name }) => this.#reach(rowName(name, mode), hit));
    const csr = instruction.csr === undefined ? undefined : this.#csrs.get(address);
    if (csr === undefined) return;
    this.#reach(csrName(csr, mode, this.#isWrite(situation, instruction, index) ? 'writes' : 'reads', outcomeOf(retirement)), hit);
  }

  #reach(name: string, hit: Hit): void {
    const point = this.#table.find(name);
    if (point !== undefined) hit(point);
  }

  /** Depends on the instruction and its operand fields only. */
  #isWrite(situation: Situation, { match }: Instruction, index: number): boolean {
    const key = index * 1024 + (((situation.insn >>> 15) & 31) << 5) + ((situation.insn >>> 7) & 31);
    const known = this.#writing.get(key);
    if (known !== undefined) return known;
    const writes = match.length > 0 && this.#writes(situation) === 1n;
    this.#writing.set(key, writes);
    return writes;
  }
}

const ILLEGAL = 2;
const VIRTUAL = 22;

function outcomeOf({ trap }: Retirement): Permission {
  if (trap === undefined) return 'allow';
  return trap.cause === VIRTUAL ? 'virtual' : trap.cause === ILLEGAL ? 'illegal' : 'allow';
}
