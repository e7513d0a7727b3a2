/**
 * Points of permissions: every row of the permit tables in every mode in which
 * it can decide, and every CSR by mode, access and outcome.
 */
import { countersAsOne } from '../../model/pipeline/judgement-covers.js';
import { MODES as LEVELS, type Csr, type Instruction, type Isa, type Permission, type PermitRow } from '../../model/spec/isa.js';
import { Dice } from '../arbitraries/dice.js';
import { constantOnes, possible } from '../coverage/cells.js';
import { Homes } from '../coverage/homes.js';
import { together } from '../coverage/permits.js';
import { Variables } from '../coverage/variables.js';
import { MODES, type Mode } from '../retirement.js';
import type { Namings, PointTable } from './points.js';

/** The value of a variable, if it is the same in every state. */
export type Known = (variable: string) => bigint | undefined;

/** CSRs with some of the values that they can have. */
class SampledHomes extends Homes {
  readonly #values: (name: string) => bigint;

  constructor(isa: Isa, values: (name: string) => bigint) {
    super(isa);
    this.#values = values;
  }

  override get(name: string): bigint {
    return this.#values(name);
  }
}

const SAMPLES = 24;

/** States with all bits clear that can be, all set, and between: what is the same in all of them does not depend on state. */
function samples(isa: Isa): readonly Homes[] {
  const dice = new Dice(1);
  const bounds = new Map(isa.csrs.map((c) => [c.name, { least: constantOnes(isa, c.name), most: possible(isa, c.name) }]));
  return Array.from({ length: SAMPLES }, (_, i) => {
    const values = new Map([...bounds].map(([name, { least, most }]) => [name, i === 0 ? least : i === 1 ? most : least | dice.subset(most)]));
    return new SampledHomes(isa, (name) => values.get(name) ?? 0n);
  });
}

/** The rows that can decide when only this much is known: the first that surely matches, and those before it that may. */
export function candidates<Row extends Pick<PermitRow, 'when'>>(rows: readonly Row[], known: Known): readonly Row[] {
  const found: Row[] = [];
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

/** What the mode alone says. */
export const ofMode = (mode: Mode): Known => (variable) => {
  if (variable === 'mode') return LEVELS[mode];
  if (variable === 'V') return LEVELS[mode] >> 2n;
  return variable === 'priv' ? LEVELS[mode] & 3n : undefined;
};

const ACCESSES = ['reads', 'writes'] as const;
type Access = (typeof ACCESSES)[number];
const OUTCOMES: readonly Permission[] = ['allow', 'illegal', 'virtual'];

/** What does not depend on state when a CSR is accessed. */
class AccessKnowledge {
  readonly #states: readonly Homes[];
  readonly #values = new Map<string, bigint | undefined>();

  constructor(readonly variables: Variables, readonly instruction: Instruction, isa: Isa) {
    this.#states = samples(isa);
  }

  of(csr: number, mode: Mode, access: Access): Known {
    const inMode = ofMode(mode);
    return (variable) => (variable === 'csr_writes' ? (access === 'writes' ? 1n : 0n) : inMode(variable) ?? this.#always(variable, csr));
  }

  /** The value of a variable that is no mode, if all states agree on it. */
  #always(variable: string, csr: number): bigint | undefined {
    const key = `${variable} ${csr}`;
    if (this.#values.has(key)) return this.#values.get(key);
    const read = this.variables.reader(variable);
    const values = new Set(this.#states.map((homes) => read({ insn: 0, instruction: this.instruction, mode: 'M', csr, homes })));
    const value = values.size === 1 ? [...values][0] : undefined;
    this.#values.set(key, value);
    return value;
  }
}

const csrName = (csr: string, mode: string, access: string, outcome: string): string => `csr ${mode} ${access} ${countersAsOne(csr)}: ${outcome}`;
const rowName = (row: string, mode: string): string => `permit ${row} in ${mode}`;

/** Whether an instruction may write the address of a CSR in a mode; the table has the points of {@link PermitPoints}. */
export const mayWrite = (table: PointTable, csr: Csr, mode: Mode): boolean => table.isReachable(csrName(csr.name, mode, 'writes', 'allow'));

/** Names decisions of permit tables and accesses of CSRs. */
export function permitPoints(isa: Isa, table: PointTable): Namings {
  new PermitNames(isa, table).add();
  return {
    permit: (cell) => [rowName(cell('row'), cell('mode'))],
    csr: (cell) => [csrName(cell('csr'), cell('mode'), cell('access'), cell('outcome'))],
  };
}

class PermitNames {
  constructor(readonly isa: Isa, readonly table: PointTable) {}

  add(): void {
    const own = new Set(this.isa.csrs.flatMap((c) => c.permit ?? []));
    for (const { name, rows } of this.isa.permits.filter((t) => !own.has(t.name))) this.#nameRows(name, rows, ofMode);
    this.#nameCsrs(this.isa, new Variables(this.isa));
    this.#excludeTheRest(this.isa);
  }

  #nameRows(name: string, rows: readonly PermitRow[], knownIn: (mode: Mode) => Known): void {
    for (const mode of MODES) for (const row of candidates(rows, knownIn(mode))) this.table.add(rowName(`${name}.${row.name}`, mode));
  }

  /** A CSR's own table is asked only where the general one does not call the access illegal. */
  #nameCsrs(isa: Isa, variables: Variables): void {
    const instruction = isa.instructions.find((i) => i.class === 'csr' && i.permit !== undefined);
    if (instruction === undefined) return;
    const rowsOf = (permit: string | undefined): readonly PermitRow[] => isa.permits.find((t) => t.name === permit)?.rows ?? [];
    const knowledge = new AccessKnowledge(variables, instruction, isa);
    for (const csr of isa.csrs) {
      for (const mode of MODES) {
        for (const access of ACCESSES) {
          const known = knowledge.of(csr.address, mode, access);
          const general = candidates(rowsOf(instruction.permit), known).map((r) => r.then);
          const open = general.filter((then) => then !== 'illegal');
          const own = open.length === 0 ? [] : candidates(rowsOf(csr.permit), known);
          for (const row of own) this.table.add(rowName(`${csr.permit}.${row.name}`, mode));
          const outcomes = new Set(own.length === 0 ? general : [...general.filter((then) => then === 'illegal'), ...own.flatMap((row) => open.map((then) => together(then, row.then)))]);
          for (const outcome of outcomes) this.table.add(csrName(csr.name, mode, access, outcome));
        }
      }
    }
  }

  /** Rows and outcomes that have not been named: no state lets them decide. */
  #excludeTheRest(isa: Isa): void {
    for (const mode of MODES) {
      for (const { name, rows } of isa.permits) for (const row of rows) this.table.add(rowName(`${name}.${row.name}`, mode), `the row is not about ${mode}, or an earlier one always decides`);
      for (const csr of isa.csrs) {
        for (const access of ACCESSES) for (const outcome of OUTCOMES) this.table.add(csrName(csr.name, mode, access, outcome), `no row that can decide for this address in ${mode} says ${outcome}`);
      }
    }
  }
}
