import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, binary, concat, constant, element, eqConst, mux, read, select, sext, slice, wireRef } from '../../ir/build.js';
import type { Memory, Module, Register, RegisterArray, Wire } from '../../ir/ir.js';
import { randomModule } from '../../ir/random.testing.js';
import { printVerilog } from './verilog.js';

const register = (name: string, width: number, input = false): Register => ({ kind: 'register', name, width, reset: 0n, input });
const empty: Module = { name: 'counter', registers: [], arrays: [], memories: [], wires: [], body: [] };

/** A counter that is loaded from memory, with a file of its past. */
function counter(): Module {
  const count: Register = { ...register('count.value', 16), reset: 7n };
  const stop = register('count.stop', 1, true);
  const answer = register('count.answer', 8, true);
  const past: RegisterArray = { kind: 'array', name: 'past', depth: 4, width: 16 };
  const memory: Memory = { kind: 'memory', name: 'rom', base: 0x1000n };
  const next: Wire = { kind: 'wire', name: 'count.next', value: add(read(count), constant(16, 1)) };
  const kind = select(slice(read(count), 1, 0), [{ keys: [0n, 3n], value: constant(16, 5) }], wireRef(next));
  return {
    ...empty, registers: [count, stop, answer], arrays: [past], memories: [memory], wires: [next],
    body: [{
      kind: 'if', condition: read(stop),
      then: [{ kind: 'assign', register: answer, value: slice(element(past, read(count)), 7, 0) }, { kind: 'count', counter: 'stops' }],
      else: [
        { kind: 'write', array: past, index: read(count), value: sext(slice(read(count), 7, 0), 16) },
        {
          kind: 'switch', key: slice(read(count), 3, 2), default: [{ kind: 'assign', register: count, value: kind }],
          cases: [{ keys: [0n], body: [{ kind: 'load', memory, address: concat(constant(48, 0), read(count)), into: count }] }],
        },
      ],
    }],
  };
}

describe('a printed module', () => {
  it('reads like one that somebody wrote', () => {
    expect(printVerilog(counter(), ['count.value']).text).toMatchInlineSnapshot(`
      "// counter, printed from its description. Values change at the rising edge of the clock. reset is synchronous and
      // leaves arrays alone, which are zero at power-on. While it is high, nothing that is asked of memories counts.
      // A memory answers a read in the same cycle and does a write at the end of the cycle: 1, 2, 4 or 8 bytes,
      // little-endian, at any address. What is called NAME_partN is a part of the expression of NAME.

      module counter (
        input logic clk,
        input logic reset,
        input logic count_stop,
        input logic count_answer_set,  // sets count.answer for this cycle
        input logic [7:0] count_answer_value,
        output logic [15:0] count_value,
        output logic rom_count_value_read,
        output logic [63:0] rom_count_value_address,
        input logic [15:0] rom_count_value_data
      );

        // count
        logic [7:0] count_answer_held;
        wire [7:0] count_answer = count_answer_set ? count_answer_value : count_answer_held;

        // past: all zero at power-on, and not changed by a reset
        logic [15:0] past [0:3];
        initial for (int i = 0; i < 4; i = i + 1) past[i] = 16'h0;

        // signals
        wire [15:0] count_next = count_value + 16'h1;
        wire [15:0] count_answer_part1 = past[count_value[1:0]];

        // past is written
        logic past_write;
        logic [1:0] past_write_index;
        logic [15:0] past_write_data;
        always_comb begin
          past_write = 1'b0;
          past_write_index = 2'h0;
          past_write_data = 16'h0;
          if (!count_stop) begin
            past_write = 1'b1;
            past_write_index = count_value[1:0];
            past_write_data = {{8{count_value[7]}}, count_value[7:0]};
          end
        end
        always_ff @(posedge clk) begin
          if (past_write && !reset) past[past_write_index] <= past_write_data;
        end

        // rom is read for count.value
        always_comb begin
          rom_count_value_read = 1'b0;
          rom_count_value_address = 64'h0;
          if (!count_stop) begin
            case (count_value[3:2])
              2'h0: begin
                rom_count_value_read = 1'b1;
                rom_count_value_address = {48'h0, count_value};
              end
              default: ;
            endcase
          end
        end

        // count
        always_ff @(posedge clk) begin
          if (reset) begin
            count_value <= 16'h7;
            count_answer_held <= 8'h0;
          end else begin
            count_answer_held <= count_answer;
            if (count_stop) begin
              count_answer_held <= count_answer_part1[7:0];
            end else begin
              case (count_value[3:2])
                2'h0: begin
                  count_value <= rom_count_value_data;
                end
                default: begin
                  case (count_value[1:0])
                    2'h0, 2'h3: count_value <= 16'h5;
                    default: count_value <= count_next;
                  endcase
                end
              endcase
            end
          end
        end
      endmodule
      "
    `);
  });

  it('renames what it must, and says so where the name is', () => {
    const registers = [register('logic', 1), register('a.b', 2), register('a_b', 3, true), register('clk', 4)];
    const { text, signals, name } = printVerilog({ ...empty, name: 'endmodule', registers });
    expect(Object.fromEntries(signals)).toEqual({ logic: 'logic_', 'a.b': 'a_b', a_b: 'a_b_2', clk: 'clk_2' });
    expect(name).toBe('endmodule_');
    expect(text).toContain('  // logic, renamed: logic is a reserved word\n  logic logic_;');
    expect(text).toContain('  input logic [2:0] a_b_2  // a_b, renamed: a_b is a.b');
    expect(text).toContain('  // clk, renamed: clk is clk\n  logic [3:0] clk_2;');
    expect(text).toContain('// endmodule, renamed: endmodule is a reserved word.\n');
  });

  it('has a port for every write of an array that may happen beside another', () => {
    const array: RegisterArray = { kind: 'array', name: 'file', depth: 8, width: 8 };
    const write = (index: number) => ({ kind: 'write' as const, array, index: constant(3, index), value: constant(8, index) });
    const go = register('go', 1, true);
    const body = [{ kind: 'if' as const, condition: read(go), then: [write(1)], else: [write(2)] }, write(3)];
    const { ports } = printVerilog({ ...empty, registers: [go], arrays: [array], body });
    expect(ports.writes.map((p) => p.write)).toEqual(['file_write', 'file_write_2']);
  });

  it('computes once what several need, under the name of the wire where it is one', () => {
    const [a, b] = [register('a', 8), register('b', 8)];
    const sum = binary('xor', binary('mul', read(a), read(b)), constant(8, 3));
    const wire: Wire = { kind: 'wire', name: 'mixed', value: sum };
    const body = [a, b].map((r) => ({ kind: 'assign' as const, register: r, value: mux(eqConst(sum, 0), sum, read(r)) }));
    const { text } = printVerilog({ ...empty, registers: [a, b], wires: [wire], body });
    expect(text.split('a * b').length - 1).toBe(1);
    expect(text).toContain("a <= (mixed == 8'h0) ? mixed : a;");
  });

  it('has every register and wire, no identifier twice, and no line that is too long, whatever the module', () => {
    fc.assert(fc.property(randomModule(), (module) => {
      const { text, signals } = printVerilog(module);
      const declared = [...text.matchAll(/^ {2}(?:input |output )?(?:logic|wire) (?:\[\d+:0\] )?(\w+)/gm)].map((m) => m[1] ?? '');
      expect(new Set(declared).size).toBe(declared.length);
      for (const { name } of [...module.registers.filter((r) => r.observed !== true), ...module.wires, ...module.arrays]) {
        expect(declared, name).toContain(signals.get(name));
      }
      expect(text.split('\n').filter((line) => line.length > 160)).toEqual([]);
    }), { numRuns: 150, interruptAfterTimeLimit: 40_000 });
  });
});
