/**
 * In which modes a kind of record can occur, and in which modes the hart can
 * be behind it: neighbours that share no mode cannot be.
 */
import { INTERRUPT, kindsOf } from '../../model/pipeline/kinds.js';
import type { Csr, Instruction, Isa } from '../../model/spec/isa.js';
import { exceptionCells, returnCells, type Cells } from '../coverage/cells.js';
import { MODES, type Mode } from '../retirement.js';
import { candidates, mayWrite, ofMode } from './permit-points.js';
import type { PointTable } from './points.js';

const CSR_WRITE = 'csr write';

/** Whether a permit table may allow the instruction in the mode. */
export function allowed(isa: Isa, { permit }: Instruction, mode: Mode): boolean {
  const table = isa.permits.find((t) => t.name === permit);
  return table === undefined || candidates(table.rows, ofMode(mode)).some((row) => row.then === 'allow');
}

/** The kinds of one instruction when it retires. */
function kindsOfOne({ class: of, memory }: Instruction): readonly string[] {
  const kinds = kindsOf(of);
  if (memory === undefined) return kinds;
  const guest = kinds.filter((kind) => kind.endsWith(' of a guest'));
  return memory.as === 'self' ? kinds.filter((kind) => !guest.includes(kind)) : guest;
}

/** Modes by name of what leads to them: `ecall HS -> M` leads to M. */
function destinations({ reachable }: Cells): ReadonlyMap<string, ReadonlySet<Mode>> {
  const found = new Map<string, Set<Mode>>();
  for (const cell of reachable) {
    const [name = ''] = cell.split(' ');
    const to = MODES.filter((mode) => cell.endsWith(` -> ${mode}`));
    found.set(name, new Set([...(found.get(name) ?? []), ...to]));
  }
  return found;
}

const list = (modes: readonly Mode[]): string => (modes.length === 0 ? 'no mode' : modes.join(', '));

/** What the modes say about neighbours. */
export class KindModes {
  readonly #of: ReadonlyMap<Mode, ReadonlySet<string>>;
  readonly #writers = new Map<string, readonly Mode[]>();
  readonly #traps: ReadonlyMap<string, ReadonlySet<Mode>>;
  readonly #returns: readonly Mode[];
  readonly #highest: Mode | undefined;

  /** @param table - With the points of CSR accesses in it. */
  constructor(readonly isa: Isa, table: PointTable) {
    const raised = exceptionCells(isa);
    const traps = raised.reachable.map((cell) => cell.split(' '));
    this.#traps = destinations(raised);
    const returns = [...destinations(returnCells(isa)).values()];
    this.#returns = MODES.filter((mode) => returns.some((to) => to.has(mode)));
    this.#highest = isa.traps.levels[0]?.mode;
    for (const home of isa.csrs) this.#writers.set(home.name, MODES.filter((mode) => isa.csrs.some((csr) => mayWrite(table, csr, mode) && reaches(isa, csr, mode, home))));
    this.#of = new Map(MODES.map((mode) => {
      const writes = [...this.#writers.values()].some((modes) => modes.includes(mode));
      const kinds = isa.instructions.filter((i) => allowed(isa, i, mode)).flatMap(kindsOfOne).filter((kind) => kind !== CSR_WRITE || writes);
      return [mode, new Set([...kinds, ...traps.flatMap(([name, from]) => (from === mode && name !== undefined ? [name] : [])), INTERRUPT])];
    }));
  }

  /** The modes in which a kind can occur. */
  of(kind: string): readonly Mode[] {
    return MODES.filter((mode) => this.#of.get(mode)?.has(kind));
  }

  /** The modes in which an instruction can change a CSR. */
  writersOf(home: string): readonly Mode[] {
    return this.#writers.get(home) ?? [];
  }

  /** The modes in which the hart can be right behind a kind. */
  after(kind: string): readonly Mode[] {
    if (kind === 'xret') return this.#returns;
    if (kind === INTERRUPT) return this.isa.traps.levels.map((l) => l.mode);
    const traps = this.#traps.get(kind);
    return traps === undefined ? this.of(kind) : [...traps];
  }

  /** Why a kind cannot come right behind something after which the hart is in one of these modes; undefined if it can. */
  separates(modes: readonly Mode[], younger: string): string | undefined {
    const of = this.of(younger);
    if (modes.some((mode) => of.includes(mode))) return undefined;
    return `the mode does not change in between: ${list(modes)} there, and ${younger} in ${list(of)} only`;
  }

  /** Why a kind cannot come right behind another; undefined if it can. */
  apart(older: string, younger: string): string | undefined {
    const after = this.after(older);
    // A handler begins with the interrupts of its own mode disabled, and those of lower modes never come there.
    if (younger === INTERRUPT && this.#traps.has(older) && after.every((mode) => mode === this.#highest)) return `it is taken in ${list(after)}, whose handlers begin with all interrupts disabled`;
    return this.separates(after, younger);
  }
}

/** Whether a write to the address of a CSR in a mode changes stored bits of a home: itself, its stand-in for guests, or where its aliases lead. */
function reaches(isa: Isa, named: Csr, mode: Mode, home: Csr): boolean {
  const guest = mode === 'VS' || mode === 'VU' ? isa.csrs.find((c) => c.substitutes === named.name) : undefined;
  return changes(isa, guest ?? named, home);
}

function changes(isa: Isa, csr: Csr, home: Csr): boolean {
  return csr.fields.some(({ source }) => {
    if (source.kind === 'stored') return csr === home && source.writable !== 0n;
    if (source.kind !== 'alias' || source.readonly) return false;
    const target = isa.csrs.find((c) => c.name === source.of.split('.')[0]);
    return target !== undefined && target !== csr && changes(isa, target, home);
  });
}
