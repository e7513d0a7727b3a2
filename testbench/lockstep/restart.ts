/**
 * Programs that begin where another has diverged: the state before the record
 * set by the prologue, and of the body only the instruction itself. Most
 * mistakes of the specs need no more; whatever hangs on the pipeline's past
 * does not show there.
 */
import type { InputEvent } from '../../model/machine/input-log.js';
import type { Isa } from '../../model/spec/isa.js';
import { MPP_MPV } from '../arbitraries/build.js';
import type { Plan } from '../arbitraries/program.js';
import { encode, operandsOf, type Shapes } from '../arbitraries/shapes.js';
import { writableBits } from '../arbitraries/values.js';
import type { Inputs } from '../retirement.js';
import { EVENT_COUNTERS } from './records.js';
import type { Divergence } from './lockstep.js';

const [MIE, MPIE] = [0x8n, 0x80n];
/** What the prologue sets by itself, and what only tells of earlier traps. */
const NOT_SET = new Set([
  'mstatus', 'mtvec', 'stvec', 'vstvec', 'mepc', 'mcycle', 'minstret', ...EVENT_COUNTERS,
  'mcause', 'mtval', 'mtval2', 'mtinst', 'scause', 'stval', 'htval', 'htinst', 'vscause', 'vstval',
]);
/** Registers of the instruction, in the body. */
const [RS1, RS2, RD] = [1, 2, 3];

/** The programs, the simplest first; none where the state before is not known. */
export function restarts(plan: Plan, divergence: Divergence, isa: Isa, shapes: Shapes): readonly Plan[] {
  const { kind, observation, reference, before, x } = divergence;
  if (kind !== 'record' || observation === undefined || before === undefined || x === undefined) return [];
  const { retirement: { mode, trap }, inputs } = observation;
  const interrupts = trap?.interrupt === true || reference?.trap?.interrupt === true;
  const settings = isa.csrs.flatMap((csr) => {
    const value = (before[csr.name] ?? 0n) & writableBits(csr);
    return value === 0n || NOT_SET.has(csr.name) ? [] : [{ csr: csr.address, value }];
  });
  const mstatus = before['mstatus'] ?? 0n;
  const common: Plan = {
    ...plan, ...bodyOf(interrupts ? undefined : inputs.insn, x, shapes), mode, settings, worlds: [], returns: [], events: linesOf(inputs), mtimecmp: undefined, msip: false, resume: 0,
    // MRET moves MPIE to MIE on the way into the body.
    mstatus: (mstatus & ~(MPP_MPV | MIE | MPIE)) | ((mstatus & MIE) === 0n ? 0n : MPIE),
  };
  // Nothing tells of the CLINT's lines.
  return interrupts ? [common, { ...common, mtimecmp: 0n }, { ...common, msip: true }, { ...common, mtimecmp: 0n, msip: true }] : [common];
}

/** The instruction on registers that the prologue loads; to be interrupted, any will do. */
function bodyOf(insn: number | undefined, x: readonly bigint[], shapes: Shapes): Pick<Plan, 'body' | 'registers'> {
  const shape = insn === undefined ? undefined : shapes.find(insn);
  if (insn === undefined) return { body: [{ words: [shapes.word('addi')] }], registers: [] };
  if (shape === undefined) return { body: [{ words: [insn] }], registers: [] };
  const { rd, rs1, rs2, ...rest } = operandsOf(shape, insn);
  const source = (register: number, name: number): number => (register === 0 ? 0 : name);
  const word = encode(shape, { ...rest, rs1: source(rs1, RS1), rs2: source(rs2, RS2), rd: rd === 0 ? 0 : rd === rs1 ? RS1 : rd === rs2 ? RS2 : RD });
  return { body: [{ words: [(word | (insn & shape.ignored)) >>> 0] }], registers: [x[rs1] ?? 0n, x[rs2] ?? 0n] };
}

function linesOf({ meip, seip, hgeip }: Inputs): readonly InputEvent[] {
  const pin = (name: 'meip' | 'seip' | 'hgeip', value: bigint): readonly InputEvent[] => (value === 0n ? [] : [{ cycle: 0n, kind: 'pin', pin: name, value }]);
  return [...pin('meip', BigInt(meip)), ...pin('seip', BigInt(seip)), ...pin('hgeip', hgeip)];
}
