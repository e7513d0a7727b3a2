import { describe, expect, it } from 'vitest';
import { add, constant, eqConst, mux, nonZero, not, read, select, sext, slice, wireRef } from './build.js';
import type { Module, Register, Wire } from './ir.js';
import { printModule } from './print.js';

const register = (name: string, width: number, reset = 0n, input = false): Register => ({ kind: 'register', name, width, reset, input });

describe('a printed module', () => {
  it('reads like the hardware it describes', () => {
    const pc = register('fetch.pc', 64, 0x8000_0000n);
    const insn = register('decode.insn', 32);
    const irq = register('irq', 1, 0n, true);
    const x = { kind: 'array' as const, name: 'x', depth: 32, width: 64 };
    const dram = { kind: 'memory' as const, name: 'dram', base: 0x8000_0000n };
    const taken: Wire = { kind: 'wire', name: 'taken', value: eqConst(slice(read(insn), 6, 0), 0x63) };
    const target = add(read(pc), sext(slice(read(insn), 31, 20), 64));
    const module: Module = {
      name: 'toy', registers: [pc, insn, irq], arrays: [x], memories: [dram], wires: [taken],
      body: [
        { kind: 'write', array: x, index: slice(read(insn), 11, 7), value: target },
        { kind: 'if', condition: wireRef(taken), then: [{ kind: 'assign', register: pc, value: target }], else: [{ kind: 'count', counter: 'idle' }] },
        { kind: 'switch', key: slice(read(insn), 1, 0), cases: [{ keys: [0n, 1n], body: [{ kind: 'load', memory: dram, address: read(pc), into: insn }] }], default: [] },
        { kind: 'store', memory: dram, address: read(pc), bytes: constant(4, 8), data: mux(not(read(irq)), target, constant(64, 0)) },
        { kind: 'if', condition: nonZero(select(read(irq), [{ keys: [1n], value: read(pc) }], target)), rare: 'then', then: [{ kind: 'exit', reason: 2 }], else: [] },
        { kind: 'record', fields: [{ name: 'pc', value: read(pc) }] },
      ],
    };
    expect(printModule(module)).toBe(`module toy
register fetch.pc: bits<64> = 0x80000000
register decode.insn: bits<32>
input register irq: bits<1>
array x: bits<64>[32]
memory dram at 0x80000000
wire taken: bits<1> = decode.insn[6:0] == 0x63'7
let t1 = fetch.pc + sext<64>(decode.insn[31:20])
cycle
  x[decode.insn[11:7]] <= t1
  if taken
    fetch.pc <= t1
  else
    count idle
  switch decode.insn[1:0]
  case 0|1
    decode.insn <= dram[fetch.pc, 4]
  dram[fetch.pc, 8'4] <= if ~irq then t1 else 0'64
  if (select irq {1: fetch.pc, else: t1}) != 0'64 rare
    exit 2
  record
    pc = fetch.pc
`);
  });
});
