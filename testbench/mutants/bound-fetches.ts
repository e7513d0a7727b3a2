/**
 * Programs in which a fetch sets A of its page while the machine timer fires:
 * an interrupt before the instruction finds A clear, one behind it A set, and
 * none comes between. Random programs seldom meet these few cycles.
 */
import { openMemory } from '../programs/open-memory.js';

/** Cycles before the jump, on whatever core: with the first the timer fires last, with the last first. */
const DELAYS = { first: 20, last: 90 } as const;
/** From the reading of `mtime` until it fires; between them are the delay, MRET and the jump. */
const TICKS = 6;

/** M-mode waits for the delay and enters HS under Sv39; HS jumps into a page whose A is clear; the handler looks at its entry. */
const program = (delay: number): string => `
_start: ${openMemory('t0')}
        la t0, handler
        csrw mtvec, t0
        li t0, 0x80
        csrw mie, t0
        li t0, 1 << 61
        csrs menvcfg, t0
        la t0, root
        srli t1, t0, 12
        li t2, 8 << 60
        or t1, t1, t2
        csrw satp, t1
        addi s0, t0, 8
        la s1, tohost
        la t0, body
        csrw mepc, t0
        la s4, target
        li t0, 0x40000000
        sub s4, s4, t0
        li t0, 0x1800
        csrc mstatus, t0
        li t0, 0x800
        csrs mstatus, t0
        li t1, 0x2004000
        li t2, 0x200bff8
        ld t0, (t2)
        addi t0, t0, ${TICKS}
        sd t0, (t1)
        ${'nop\n'.repeat(delay)}
        mret
body:   jr s4
        .balign 4
handler: ld a0, (s0)
        li t1, 1
        sd t1, (s1)
1:      j 1b
        .balign 4
target: addi a1, a1, 1
1:      j 1b
        .balign 8
tohost: .dword 0
        .balign 4096
root:   .dword 0, 0x2000000f, 0x200000cf
        .balign 4096
`;

/** One for each delay, as assembly. */
export const boundFetches = (): readonly string[] => Array.from({ length: DELAYS.last - DELAYS.first + 1 }, (_, i) => program(DELAYS.first + i));
