/**
 * Programs dense with pipeline hazards, as assembly: few registers, few
 * addresses, everything that stalls, redirects or restarts, in M-mode, with
 * memory open to guests. Traps skip the instruction, interrupts silence their
 * source.
 */
import fc from 'fast-check';
import type { Program } from '../../model/machine/elf.js';
import { HOSTS, type Setting } from '../bench/programs.js';
import { openMemory } from '../programs/open-memory.js';

/** What a machine loads. */
export type Image = Pick<Program, 'entry' | 'segments' | 'symbols'>;

// s0 data, s1 the same blocks one page further, s2 mtime, s3 mtimecmp, s4 UART, s5 last bytes of DRAM, s6 rounds left.
// t5, t6 belong to the handler. ra, t0 lead back from calls, always to somewhere in the program.
const BEFORE = `
_start: la t5, handler
        csrw mtvec, t5
        ${openMemory('t5')}
        la s0, data
        li s1, 4096
        add s1, s1, s0
        li s2, 0x200bff8
        li s3, 0x2004000
        li s4, 0x10000000
        li s5, 0x87fffffc
        li s6, 6
        li t5, 0x88
        csrw mie, t5
        csrr a0, mcycle
        mv a1, s0
        li a3, -7
        la ra, end
        la t0, end
body:
`;

const AFTER = `
end:    li t5, 0x100000
        li t6, 0x5555
        sw t6, (t5)
1:      j 1b

        .align 6
handler: csrr t5, mcause
        bltz t5, 1f
        csrr t5, mepc
        andi t5, t5, -4
        addi t5, t5, 4
        csrw mepc, t5
        mret
1:      li t5, -1
        sd t5, (s3)
        li t5, 0x2000000
        sw zero, (t5)
        mret
        .data
        .align 12
        .skip 2048
data:   .dword data, 8, 0x123456789abcdef
        .skip 8192
`;

/** A program around a body; `<2>` in a line is a label: two lines are skipped, as far as there are any. */
export function aroundBody(lines: readonly string[]): string {
  const body = lines.map((line, i) => {
    const placed = line.replace(/<(\d+)>/g, (_, skip: string) => `line${Math.min(i + 1 + Number(skip), lines.length)}`);
    return `line${i}: ${placed}\n`;
  });
  return `${BEFORE}${body.join('')}line${lines.length}:${AFTER}`;
}

const registers = fc.constantFrom('a0', 'a1', 'a2', 'a3', 'zero');
const targets = fc.constantFrom('a0', 'a1', 'a2', 'a3', 'a0', 'zero');
const bases = fc.constantFrom('s0', 's0', 's1');
const offsets = fc.oneof(fc.constantFrom(0, 8, 16, -8), fc.integer({ min: -24, max: 24 }));
const write = fc.constantFrom('csrrw', 'csrrs', 'csrrc');

type Line = string;
const fixed = (lines: readonly Line[]): fc.Arbitrary<Line> => fc.constantFrom(...lines);
const built = <T extends unknown[]>(parts: { [K in keyof T]: fc.Arbitrary<T[K]> }, print: (...values: T) => Line): fc.Arbitrary<Line> =>
  fc.tuple<T>(...parts).map((values) => print(...values));

const alu = built([fc.constantFrom('add', 'xor', 'sub', 'sll', 'sltu', 'addw'), targets, registers, registers], (op, d, a, b) => `${op} ${d}, ${a}, ${b}`);
const immediate = built([targets, registers, fc.integer({ min: -9, max: 9 })], (d, a, n) => `addi ${d}, ${a}, ${n}`);
const muldiv = built([fc.constantFrom('mul', 'mulhu', 'div', 'remuw', 'mulw'), targets, registers, registers], (op, d, a, b) => `${op} ${d}, ${a}, ${b}`);
const load = built([fc.constantFrom('ld', 'lw', 'lhu', 'lb'), targets, offsets, bases], (op, d, n, b) => `${op} ${d}, ${n}(${b})`);
const store = built([fc.constantFrom('sd', 'sw', 'sh', 'sb'), registers, offsets, bases], (op, v, n, b) => `${op} ${v}, ${n}(${b})`);
/** Address straight from a load or computation: mostly a fault, sometimes I/O or DRAM. */
const wild = built([fc.constantFrom('ld', 'lb', 'sw', 'sd'), registers, fc.integer({ min: -4, max: 8 }), fc.constantFrom('a1', 'a2', 'zero', 's5')],
  (op, v, n, b) => `${op} ${v}, ${n}(${b})`);
const skips = fc.nat({ max: 3 });
const branch = built([fc.constantFrom('beq', 'bne', 'blt', 'bgeu'), registers, registers, skips], (op, a, b, skip) => `${op} ${a}, ${b}, <${skip}>`);
const jump = built([targets, skips], (d, skip) => `jal ${d}, <${skip}>`);
const indirect = built([targets, skips, fc.constantFrom(0, 0, 2)], (d, skip, odd) => `la t4, <${skip}>\n jalr ${d}, ${odd}(t4)`);
const links = fc.constantFrom('ra', 't0');
/** Calls of functions of one instruction, of functions that call, deeper than a small stack, and a coroutine; returns without a call. */
const call = fc.oneof(
  built([links, fc.constantFrom('', 'nop\n nop\n nop\n')], (l, work) => `jal ${l}, 1f\n j 2f\n1: ${work} jr ${l}\n2: nop`),
  fixed([
    'jal ra, 1f\n j 3f\n1: jal t0, 2f\n jr ra\n2: jr t0\n3: nop',
    'jal ra, 1f\n j 4f\n1: mv t4, ra\n jal ra, 2f\n mv ra, t4\n jr ra\n2: jal t0, 3f\n jr ra\n3: jr t0\n4: nop',
    'la t0, 1f\n jalr ra, (t0)\n j 2f\n1: jr ra\n2: nop',
    'la ra, 1f\n jalr ra, (ra)\n j 2f\n1: jr ra\n2: nop',
  ]),
  built([links, skips], (l, skip) => `la ${l}, <${skip}>\n jr ${l}`),
);
const loop = fixed(['addi s6, s6, -1\n bgtz s6, body']);
const csr = built([write, targets, fc.constantFrom('mscratch', 'mcycle', 'minstret', 'mhpmcounter3', '0x7c0', 'mcountinhibit'), registers],
  (op, d, name, s) => `${op} ${d}, ${name}, ${s}`);
const guarded = built([fc.constantFrom('hlv.d', 'hlv.bu', 'hlvx.wu', 'hsv.w', 'hsv.d'), registers, fc.constantFrom('s0', 's1', 'a1', 's2', 's5')],
  (op, v, b) => `${op} ${v}, (${b})`);
const system = fixed(['ecall', 'ebreak', '.word 0xffffffff', '.word 0', 'fence', 'fence.i', 'sfence.vma a1, a2', 'hfence.gvma a2, a3', 'pause', 'csrsi mstatus, 8', 'csrci mstatus, 8']);
const io = fixed(['ld a0, (s2)', 'lw a1, (s2)', 'lw a2, 4(s2)', 'lbu a0, 5(s4)', 'lh a0, 1(s4)', 'sb zero, 7(s4)', 'ld a1, (s3)', 'lh a1, (s2)']);
const interrupt = fixed([
  'li t5, 0x2000000\n li t6, 1\n sw t6, (t5)',
  'ld t5, (s2)\n addi t5, t5, 3\n sd t5, (s3)',
  'ld t5, (s2)\n addi t5, t5, 9\n sd t5, (s3)\n wfi',
  'sd zero, (s3)\n wfi',
  'csrsi mstatus, 8\n ld t5, (s2)\n addi t5, t5, 2\n sd t5, (s3)',
]);

const line: fc.Arbitrary<Line> = fc.oneof(
  { arbitrary: alu, weight: 4 }, { arbitrary: immediate, weight: 2 }, { arbitrary: muldiv, weight: 3 }, { arbitrary: load, weight: 5 },
  { arbitrary: store, weight: 4 }, { arbitrary: wild, weight: 1 }, { arbitrary: branch, weight: 3 }, { arbitrary: jump, weight: 1 }, { arbitrary: indirect, weight: 1 }, { arbitrary: call, weight: 2 },
  { arbitrary: loop, weight: 1 }, { arbitrary: csr, weight: 1 }, { arbitrary: guarded, weight: 1 }, { arbitrary: system, weight: 1 },
  { arbitrary: io, weight: 1 }, { arbitrary: interrupt, weight: 1 },
);

/** Bodies of up to 40 lines, as text. */
export const anyBody: fc.Arbitrary<readonly string[]> = fc.array(line, { maxLength: 40, size: 'max' });

/** The same with the body below M-mode, on page tables under which every address is itself; what needs M-mode traps. */
export function below(setting: Exclude<Setting, 'native' | 'guest'>, lines: readonly string[], assembled: (text: string) => Image): Image {
  const { csrs, mstatus, tables } = HOSTS[setting];
  const tableCsrs = Object.entries(csrs).map(([name, value]) => `li t5, ${value}\n csrw ${name}, t5\n`).join('');
  const image = assembled(aroundBody(lines).replace(/^body:$/m, `${tableCsrs}
        li t5, ${mstatus}
        csrw mstatus, t5
        la t5, body
        csrw mepc, t5
        mret
        .align 2
body:`));
  return { ...image, segments: [...image.segments, ...tables] };
}

/** Whole programs, as text: what a counterexample prints. */
export const anyHazards: fc.Arbitrary<string> = anyBody.map(aroundBody);
