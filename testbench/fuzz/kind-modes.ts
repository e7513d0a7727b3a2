/**
 * In which modes a kind of record can occur: what a mode can never do is no
 * point behind a return to it.
 */
import type { Csr, Instruction, Isa } from '../../model/spec/isa.js';
import { exceptionCells } from '../coverage/cells.js';
import { MODES, type Mode } from '../retirement.js';
import { INTERRUPT, kindsOf } from './kinds.js';
import { candidates, ofMode } from './permit-points.js';

/** Whether a permit table may allow the instruction in the mode. */
function allowed(isa: Isa, { permit }: Instruction, mode: Mode): boolean {
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

/** The kinds that can occur in each mode. */
export function kindsByMode(isa: Isa): ReadonlyMap<Mode, ReadonlySet<string>> {
  const traps = exceptionCells(isa).reachable.map((cell) => cell.split(' '));
  return new Map(MODES.map((mode) => [mode, new Set([
    ...isa.instructions.filter((i) => allowed(isa, i, mode)).flatMap(kindsOfOne),
    ...traps.flatMap(([name, from]) => (from === mode && name !== undefined ? [name] : [])),
    INTERRUPT,
  ])]));
}

const MACHINE = 3;
const level = ({ address }: Csr): number => (address >> 8) & MACHINE;

/** The modes that can change a home CSR: M alone, unless it or a view of it has a lower level. */
export function modesThatWrite(isa: Isa, home: Csr): readonly Mode[] {
  const isView = (csr: Csr): boolean => csr.fields.some(({ source }) => source.kind === 'alias' && source.of.split('.')[0] === home.name);
  return isa.csrs.some((csr) => (csr === home || isView(csr)) && level(csr) < MACHINE) ? MODES : ['M'];
}
