/**
 * The hart's state outside the pipeline: privilege, the CSR file, register
 * file, pins, the CLINT's registers, and the names under which the specs see
 * them.
 */
import { and, concat, constant, eqConst, not, read } from '../ir/build.js';
import type { Expr, Memory, Register, RegisterArray } from '../ir/ir.js';
import { MODES, type Isa, type Region } from '../spec/isa.js';
import { Boundary } from './boundary.js';
import type { ModuleBuilder } from './builder.js';
import { CsrFile } from './csr.js';
import { EventCounters } from './event-counters.js';
import { Lowering } from './lowering.js';
import { TimerLines } from './timers.js';

export interface Hart {
  readonly builder: ModuleBuilder;
  readonly isa: Isa;
  readonly lowering: Lowering;
  readonly csrs: CsrFile;
  readonly x: RegisterArray;
  readonly dram: Memory;
  readonly dramRegion: Region;
  readonly priv: Register;
  readonly V: Register;
  readonly cycle: Register;
  readonly clint: Clint;
  readonly boundary: Boundary;
  readonly eventCounters: EventCounters;
  /** One bit: the hart is in the mode, {V, priv} as conditions number them. */
  modeIs(mode: bigint): Expr;
  /** First byte of DRAM, and first behind it, 64 bits. */
  readonly dramFirst: Expr;
  readonly dramEnd: Expr;
  /** One bit: `bytes` (constant) bytes from `address` lie in DRAM. */
  inDram(address: Expr, bytes: number): Expr;
}

/** The core-local interruptor's registers: they are hardware, unlike the other devices. */
export interface Clint {
  readonly mtime: Register;
  readonly prescale: Register | undefined;
  readonly mtimecmp: Register;
  readonly msip: Register;
  readonly mtip: Register;
}

/** Declares the hart's state and the names of it. */
export function declareHart(builder: ModuleBuilder, isa: Isa): Hart {
  const lowering = new Lowering(isa);
  const csrs = new CsrFile(builder, isa, lowering);
  const priv = builder.register('priv', 2, { reset: 3n });
  const V = builder.register('V', 1);
  const cycle = builder.register('cycle', 64);
  const clint = declareClint(builder, isa);
  const pin = (name: string, width: number): Expr => read(builder.register(`pins.${name}`, width, { input: true }));
  const lines = { meip: pin('meip', 1), seip: pin('seip', 1), hgeip: pin('hgeip', 9) };
  const dramRegion = isa.hart.regions.find((r) => r.device === 'dram');
  if (dramRegion === undefined) throw new Error('hart.yaml names no DRAM region');
  const dramSize = read(builder.register('dram.size', 64, { reset: dramRegion.size, input: true }));

  const boundary = new Boundary(builder, isa, { mtime: read(clint.mtime), mtip: read(clint.mtip), ...lines });
  const { mtime, mtip, meip, seip, hgeip } = boundary.seen;

  lowering.source(csrs);
  lowering.source(new TimerLines(isa, lowering));
  lowering.global({
    priv: read(priv),
    V: read(V),
    mtime,
    mtimecmp: read(clint.mtimecmp),
    'lines.msip': read(clint.msip),
    // The same comparison kept in a register: it stands in the path of every instruction while interrupts are enabled.
    'lines.mtip': mtip,
    'lines.meip': meip,
    'lines.seip': seip,
    'lines.hgeip': hgeip,
  });

  const eventCounters = new EventCounters({ builder, isa, csrs, lowering, cycle });
  builder.wire('mode', modeBits(read(V), read(priv)));
  const isMode = (mode: bigint): Expr => {
    const atLevel = eqConst(read(priv), mode & 3n);
    if (mode === MODES.M) return atLevel;
    return and(atLevel, (mode & 4n) === 0n ? not(read(V)) : read(V));
  };
  return {
    builder, isa, lowering, csrs, priv, V, cycle, clint, boundary, eventCounters, dramRegion,
    x: builder.array('x', 32, 64),
    dram: builder.memory('dram', dramRegion.base),
    modeIs: isMode,
    dramFirst: constant(64, dramRegion.base),
    dramEnd: { kind: 'binary', width: 64, op: 'add', a: constant(64, dramRegion.base), b: dramSize },
    inDram: (address, bytes) => {
      const offset: Expr = { kind: 'binary', width: 64, op: 'sub', a: address, b: constant(64, dramRegion.base) };
      const limit: Expr = bytes === 1 ? dramSize : { kind: 'binary', width: 64, op: 'sub', a: dramSize, b: constant(64, bytes - 1) };
      return { kind: 'binary', width: 1, op: 'ltu', a: offset, b: limit };
    },
  };
}

function declareClint(builder: ModuleBuilder, isa: Isa): Clint {
  const prescaleBits = Math.log2(isa.hart.cyclesPerTick);
  return {
    mtime: builder.register('clint.mtime', 64),
    prescale: prescaleBits === 0 ? undefined : builder.register('clint.prescale', prescaleBits),
    mtimecmp: builder.register('clint.mtimecmp', 64, { reset: (1n << 64n) - 1n }),
    msip: builder.register('clint.msip', 1),
    mtip: builder.register('clint.mtip', 1),
  };
}

/** {V, priv}: three bits that number a mode in records. */
export const modeBits = (V: Expr, priv: Expr): Expr => concat(V, priv);

