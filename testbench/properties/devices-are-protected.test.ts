/**
 * Memory protection of devices, which no window holds: the rights are those of
 * whom the access is made for. Random programs hardly ever get there.
 */
import { describe, expect, it } from 'vitest';
import { CORES } from './cores.js';
import { programFrom } from './programs.js';
import { lockstepOf } from './random-programs.js';

/** mtime, which entry 1 takes from everybody below M; entry 2 opens the rest. What traps is skipped. */
const program = (access: string): string => `
_start: la t0, handler
        csrw mtvec, t0
        li t1, 0x200bff8
        srli t0, t1, 2
        csrw pmpaddr0, t0
        addi t0, t0, 2
        csrw pmpaddr1, t0
        li t0, -1
        csrw pmpaddr2, t0
        li t0, 0x1f0800
        csrw pmpcfg0, t0
        ${access}
        li t0, 1
        la t2, tohost
        sd t0, (t2)
1:      j 1b
        .align 2
handler: csrr a0, mcause
        csrr t0, mepc
        addi t0, t0, 4
        csrw mepc, t0
        mret
        .data
        .align 6
        .globl tohost
tohost: .dword 0
`;

const MPRV_U = 'li t0, 0x21800\n csrc mstatus, t0\n li t0, 0x20000\n csrs mstatus, t0';

describe.each(CORES)('a device that memory protection closes to all below M, on the %s core', (name) => {
  it.each([
    ['its own load', 'ld a1, (t1)', undefined],
    ['a load as a guest', 'hlv.d a1, (t1)', 5n],
    ['a store as a guest', 'hsv.d a1, (t1)', 7n],
    ['a load with the privilege of U-mode', `${MPRV_U}\n ld a1, (t1)\n li t0, 0x20000\n csrc mstatus, t0`, 5n],
    ['a load as a guest of what is open', 'li t1, 0x2004000\n hlv.d a1, (t1)', undefined],
  ])('takes in M-mode %s as its rights say', (_what, access, cause) => {
    const traps: bigint[] = [];
    const result = lockstepOf(name).run(programFrom(program(access)), {
      maxCycles: 2000,
      onRecord: ({ retirement: { trap } }) => { if (trap !== undefined) traps.push(BigInt(trap.cause)); },
    });
    expect(result.kind).toBe('agreed');
    expect(traps).toEqual(cause === undefined ? [] : [cause]);
  });
});
