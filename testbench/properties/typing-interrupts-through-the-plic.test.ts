/**
 * What is typed reaches a program by interrupts: from the UART through the
 * interrupt controller into M-mode or HS-mode, once for every byte, in
 * lockstep with the reference, which sees the lines and what devices answer.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputEvent } from '../../model/machine/input-log.js';
import { Lockstep } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { compiledCore, CORES } from './cores.js';
import { programFrom } from './programs.js';

/** Where the interrupt is taken, with its numbers. */
interface Taker {
  readonly context: 0 | 1;
  readonly enable: string;
  readonly tvec: string;
  readonly leave: string;
}

const TAKERS: Readonly<Record<'M' | 'HS', Taker>> = {
  M: { context: 0, enable: 'csrw mie, s4\n csrsi mstatus, 8', tvec: 'mtvec', leave: 'mret' },
  // Left to HS, which sleeps with its interrupts on.
  HS: { context: 1, enable: 'csrw mideleg, s4\n csrw mie, s4\n la t0, sleep\n csrw mepc, t0\n li t0, 0x1800\n csrc mstatus, t0\n li t0, 0x802\n csrs mstatus, t0\n mret', tvec: 'stvec', leave: 'sret' },
};

/** Echoes what is typed; `q` ends it. */
const echo = ({ context, enable, tvec, leave }: Taker): string => `
_start: la    t0, opened            # where there is no PMP to open, the first write traps to just behind
        csrw  mtvec, t0
        li    t0, -1
        csrw  0x3b0, t0
        li    t0, 0x1f
        csrw  0x3a0, t0
        .align 2
opened: la    t0, taken
        csrw  ${tvec}, t0
        li    s0, 0x10000000        # UART
        li    s1, 0xc000000         # PLIC
        li    s2, ${0xc20_0004 + 0x1000 * context}  # claim
        li    t0, 1
        sw    t0, 40(s1)            # priority of source 10
        li    t1, ${0xc00_2000 + 0x80 * context}
        li    t0, 1024
        sw    t0, (t1)
        li    t0, 1
        sb    t0, 1(s0)             # interrupt when a byte is there
        li    s4, ${context === 0 ? 0x800 : 0x200}
        ${enable}
sleep:  wfi
        j     sleep
        .align 2
taken:  lw    t2, (s2)
        lbu   t3, (s0)
        sb    t3, (s0)
        sw    t2, (s2)
        li    t4, 113
        beq   t3, t4, end
        ${leave}
end:    li    t0, 0x100000
        li    t1, 0x5555
        sw    t1, (t0)
1:      j     1b
`;

const typed = fc.array(fc.tuple(fc.integer({ min: 300, max: 6_000 }), fc.string({ unit: fc.constantFrom('a', 'b', ' ', '7'), minLength: 1, maxLength: 5 })), { maxLength: 5 });

describe.each(CORES)('on the %s core', (name) => {
  it.each(['M', 'HS'] as const)('every byte typed is taken once, by %s', (mode) => {
    let text = '';
    const core = new ObservedCore(compiledCore(name), { print: (bytes) => { text += Buffer.from(bytes).toString('latin1'); } });
    const lockstep = new Lockstep(core);
    const program = programFrom(echo(TAKERS[mode]));
    fc.assert(fc.property(typed, (list) => {
      const sorted = [...list].sort((a, b) => a[0] - b[0]);
      const inputs = [...sorted, [7_000, 'q'] as const].map(([cycle, keys]): InputEvent => ({ cycle: BigInt(cycle), kind: 'uart', bytes: Buffer.from(keys) }));
      text = '';
      const result = lockstep.run(program, { maxCycles: 20_000, inputs });
      expect(result).toMatchObject({ kind: 'agreed', outcome: { kind: 'exited', code: 0 } });
      expect(text).toBe([...sorted.map(([, keys]) => keys), 'q'].join(''));
    }), { numRuns: 15 });
  });
});
