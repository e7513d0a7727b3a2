/**
 * What random programs could reach, from the specs: the denominators of
 * coverage, and what is left out of them with the reason.
 */
import { MODES as LEVELS, type InstructionClass, type Isa, type Mode } from '../../model/spec/isa.js';
import { MODES, type TrapMode } from '../retirement.js';

/** Something that no program can do. */
export interface Unreachable {
  readonly cell: string;
  readonly reason: string;
}

/** Cells of one kind. */
export interface Cells {
  readonly reachable: readonly string[];
  readonly unreachable: readonly Unreachable[];
}

export const trapCell = (name: string, from: Mode, to: TrapMode): string => `${name} ${from} -> ${to}`;
export const edgeCell = (instruction: string, from: Mode, to: Mode): string => `${instruction} ${from} -> ${to}`;

const isGuest = (mode: Mode): boolean => LEVELS[mode] >= 4n;
const TRAP_MODES: readonly TrapMode[] = ['M', 'HS', 'VS'];

/** The bits of a CSR that are, or can become, one. */
export function possible(isa: Isa, name: string): bigint {
  const csr = isa.csrs.find((c) => c.name === name);
  return (csr?.fields ?? []).reduce((bits, { bits: { low, high }, source }) => {
    if (source.kind === 'stored') return bits | ((source.writable & ((1n << BigInt(high - low + 1)) - 1n)) << BigInt(low));
    return source.kind === 'constant' ? bits | (source.value << BigInt(low)) : bits;
  }, 0n);
}

/** The bits of a CSR that are always one. */
export const constantOnes = (isa: Isa, name: string): bigint =>
  (isa.csrs.find((c) => c.name === name)?.fields ?? []).reduce((bits, { bits: { low }, source }) => (source.kind === 'constant' ? bits | (source.value << BigInt(low)) : bits), 0n);

const has = (bits: bigint, index: number): boolean => ((bits >> BigInt(index)) & 1n) === 1n;

/** Modes in which an exception can arise. */
function origins(isa: Isa, name: string): readonly Mode[] {
  const exception = isa.traps.exceptions.find((e) => e.name === name);
  if (exception?.source === 'virtual') return MODES.filter(isGuest);
  if (exception?.source !== 'instruction') return MODES;
  const cases = isa.instructions.flatMap((i) => i.cases).filter((c) => c.raise === name);
  return MODES.filter((mode) => cases.some((c) => c.when.terms.every((t) => t.variable !== 'mode' || t.values.includes(LEVELS[mode]))));
}

/** Why a trap from one mode cannot be taken in another; undefined if it can. */
function obstacle(isa: Isa, code: number, from: Mode, to: TrapMode): string | undefined {
  if (to === 'M') return undefined;
  if (from === 'M') return 'a trap never goes to a less privileged mode';
  if (!has(possible(isa, 'medeleg'), code)) return `medeleg bit ${code} is read-only zero`;
  if (to === 'HS') return undefined;
  if (!isGuest(from)) return 'VS takes traps of its guest only';
  return has(possible(isa, 'hedeleg'), code) ? undefined : `hedeleg bit ${code} is read-only zero`;
}

/** Exceptions by (cause, from, to). */
export function exceptionCells(isa: Isa): Cells {
  const reachable: string[] = [];
  const unreachable: Unreachable[] = [];
  for (const { name, code, source } of isa.traps.exceptions) {
    if (source === 'none') {
      unreachable.push({ cell: name, reason: 'nothing in this scope raises it' });
      continue;
    }
    const modes = origins(isa, name);
    for (const from of modes) {
      for (const to of TRAP_MODES) {
        const reason = obstacle(isa, code, from, to);
        if (reason === undefined) reachable.push(trapCell(name, from, to));
        else unreachable.push({ cell: trapCell(name, from, to), reason });
      }
    }
  }
  return { reachable, unreachable };
}

/** Interrupts by (number, from, to); the number is the one written to the cause register. */
export function interruptCells(isa: Isa): Cells {
  const reachable: string[] = [];
  const unreachable: Unreachable[] = [];
  const rank = (mode: TrapMode): number => TRAP_MODES.indexOf(mode);
  const ranks: Readonly<Record<Mode, number>> = { M: 0, HS: 1, U: 3, VS: 2, VU: 3 };
  for (const { name, code } of isa.traps.interrupts) {
    for (const from of MODES) {
      for (const to of TRAP_MODES) {
        const cell = trapCell(name, from, to);
        const reason = interruptObstacle(isa, code, to)
          ?? (rank(to) > ranks[from] ? 'an interrupt of a less privileged mode waits' : to === 'VS' && !isGuest(from) ? 'VS takes interrupts of its guest only' : undefined);
        if (reason === undefined) reachable.push(cell);
        else unreachable.push({ cell, reason });
      }
    }
  }
  return { reachable, unreachable };
}

function interruptObstacle(isa: Isa, code: number, to: TrapMode): string | undefined {
  const delegable = has(possible(isa, 'mideleg'), code);
  if (to === 'M') return has(constantOnes(isa, 'mideleg'), code) ? `mideleg bit ${code} is read-only one` : undefined;
  if (!delegable) return `mideleg bit ${code} is read-only zero`;
  return to === 'VS' && !has(possible(isa, 'hideleg'), code) ? `hideleg bit ${code} is read-only zero` : undefined;
}

/** xRET by (instruction, from, to). */
export function returnCells(isa: Isa): Cells {
  const reachable: string[] = [];
  const unreachable: Unreachable[] = [];
  const returns: Readonly<Record<string, Readonly<Partial<Record<Mode, readonly Mode[]>>>>> = {
    mret: { M: MODES },
    sret: { M: ['HS', 'U', 'VS', 'VU'], HS: ['HS', 'U', 'VS', 'VU'], VS: ['VS', 'VU'] },
  };
  for (const { name } of isa.instructions.filter((i) => i.class === 'xret')) {
    for (const from of MODES) {
      for (const to of MODES) {
        if (returns[name]?.[from]?.includes(to) === true) reachable.push(edgeCell(name, from, to));
        else unreachable.push({ cell: edgeCell(name, from, to), reason: returns[name]?.[from] === undefined ? `${name} is not allowed in ${from}` : `${name} cannot go to ${to} from ${from}` });
      }
    }
  }
  return { reachable, unreachable };
}

/** Instructions that can retire. */
export const instructionCells = (isa: Isa): Cells => retiringCells(isa.instructions.map(({ name, class: kind }) => ({ name, kind })));

/** Those of 16 bits. */
export const compressedCells = (isa: Isa): Cells => retiringCells(isa.compressed.map(({ name, expands }) => ({ name, kind: expands.class })));

function retiringCells(all: readonly { readonly name: string; readonly kind: InstructionClass }[]): Cells {
  return {
    reachable: all.filter(({ kind }) => kind !== 'trap').map(({ name }) => name),
    unreachable: all.filter(({ kind }) => kind === 'trap').map(({ name }) => ({ cell: name, reason: 'it traps: see exceptions' })),
  };
}
