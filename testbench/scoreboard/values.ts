/**
 * Register values, followed through the trace: for the addresses of accesses
 * that trapped and for branches to the next word, which a record does not tell.
 */
import { concat, constant, sext, slice, zext, read } from '../../model/ir/build.js';
import { evaluate, type State } from '../../model/ir/eval.js';
import type { Expr, Register } from '../../model/ir/ir.js';
import { lowerOperation } from '../../model/lang/lower.js';
import { scopeOf } from '../../model/lang/scope.js';
import type { Immediate, Isa, Operation } from '../../model/spec/isa.js';
import type { Retirement } from '../retirement.js';
import { bitsOf, type Timed } from './instruction.js';

const input = (name: string, width: number): Register => ({ kind: 'register', name, width, reset: 0n, input: true });

/** What the operations of an instruction may name. */
const PC = input('pc', 64);
const NEXT_PC = input('next_pc', 64);
const INSN = input('insn', 32);
const RS1 = input('rs1', 64);
const RS2 = input('rs2', 64);

function immediateOf({ bits, scale, signed }: Immediate): Expr {
  const parts = bits.map(({ high, low }) => slice(read(INSN), high, low));
  const whole = scale === 0 ? concat(...parts) : concat(...parts, constant(scale, 0));
  return signed ? sext(whole, 64) : zext(whole, 64);
}

/** The integer registers as the trace leaves them. */
export class RegisterValues {
  readonly #isa: Isa;
  readonly #x = new Array<bigint>(32).fill(0n);
  readonly #lowered = new Map<Operation, Expr>();

  constructor(isa: Isa) {
    this.#isa = isa;
  }

  /** Takes a record's register write. */
  follow({ trap, rd_addr, rd_wdata }: Pick<Retirement, 'trap' | 'rd_addr' | 'rd_wdata'>): void {
    if (trap === undefined && rd_addr !== 0) this.#x[rd_addr] = rd_wdata;
  }

  /** Address of the first byte that a load or store accesses, 0 if it is neither. */
  address(timed: Timed, pc: bigint): bigint {
    return this.#evaluate(timed, pc, timed.instruction?.memory?.address, 64);
  }

  /** Whether a branch or jump goes to its target, even if that is the next word. */
  taken(timed: Timed, pc: bigint): boolean {
    if (timed.unit === 'jump') return true;
    return timed.unit === 'branch' && this.#evaluate(timed, pc, timed.instruction?.taken, 1) === 1n;
  }

  #evaluate(timed: Timed, pc: bigint, operation: Operation | undefined, width: number): bigint {
    const { instruction, word } = timed;
    if (instruction === undefined || operation === undefined) return 0n;
    const { rs1, rs2 } = instruction.format.registers;
    const x = (range: typeof rs1): bigint => (range === undefined ? 0n : this.#x[bitsOf(word, range)] ?? 0n);
    const state: State = {
      registers: new Map([[PC, pc], [NEXT_PC, BigInt.asUintN(64, pc + BigInt(timed.length))], [INSN, BigInt(word)], [RS1, x(rs1)], [RS2, x(rs2)]]),
      arrays: new Map(), memory: new Map(), counters: new Map(),
    };
    return evaluate(this.#expression(timed, operation, width), state);
  }

  #expression({ instruction }: Timed, operation: Operation, width: number): Expr {
    const known = this.#lowered.get(operation);
    if (known !== undefined) return known;
    const { registers = {}, fields = {}, immediate } = instruction?.format ?? {};
    const names = Object.entries({ ...registers, ...fields }).map(([name, { high, low }]) => [name, slice(read(INSN), high, low)] as const);
    const scope = scopeOf(
      { ...Object.fromEntries(names), pc: read(PC), next_pc: read(NEXT_PC), insn: read(INSN), ...(immediate === undefined ? {} : { imm: immediateOf(immediate) }) },
      { rs1: read(RS1), rs2: read(RS2) },
      this.#isa.functions,
    );
    const outcome = lowerOperation(operation, scope, width, instruction?.name ?? 'scoreboard');
    if (!outcome.ok) throw new Error(outcome.diagnostics.map((d) => d.message).join('\n'));
    this.#lowered.set(operation, outcome.value);
    return outcome.value;
  }
}
