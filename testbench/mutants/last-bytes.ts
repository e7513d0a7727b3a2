/**
 * Programs that run into the last bytes of memory: the last parcel is fetched
 * by itself, a cycle before it is known whether it is all of its instruction.
 * What ends the stream meanwhile must leave nothing of it for the next visit.
 */
import { openMemory } from '../programs/open-memory.js';

/** Address of the last parcel. */
const LAST = '0x87fffffe';

/** What stands before the last parcel, 4 bytes: it goes elsewhere, by itself or by a trap, or on, quickly or not. */
const BEFORE = [
  'jalr x0, 0(t1)', 'c.nop\n c.jr t1', 'c.nop\n .half 0', 'ecall', 'csrw mscratch, a0', 'div a2, a0, a1', 'ld a2, 5(s0)', 'sd a1, 13(s0)', 'csrsi mstatus, 8', 'fence.i',
] as const;

/** The last parcel: a return, or the first half of something longer. */
const LASTS = ['c.jr t2', '.half 0x0013'] as const;

/** Where the second visit begins: at the last parcel, before it, behind it. */
const SECOND = [0, -4, 2] as const;

const program = (before: string, last: string, second: number): string => `
_start: ${openMemory('t0')}
        la t0, handler
        csrw mtvec, t0
        li t0, 8
        csrw mie, t0
        li t0, 0x2000000
        li t1, 1
        sw t1, (t0)
        la s0, data
        la s1, tohost
        li s2, ${LAST}
        la s3, again
        la t1, again
        la t2, again
        la t4, code
        lhu t0, 0(t4)
        sh t0, -4(s2)
        lhu t0, 2(t4)
        sh t0, -2(s2)
        lhu t0, 4(t4)
        sh t0, 0(s2)
        li a0, 77
        li a1, -5
        addi s4, s2, -4
        addi s5, s2, ${second}
        fence.i
        jr s4
again:  la s3, ends
        la t1, ends
        la t2, ends
        jr s5
ends:   li t1, 1
        sd t1, (s1)
1:      j 1b
        .balign 4
handler: jr s3
        .balign 4
code:   ${before}
        ${last}
        .balign 8
data:   .dword 1, 2, 3, 4
tohost: .dword 0
`;

/** Every combination, as assembly. */
export const lastBytes = (): readonly string[] => BEFORE.flatMap((before) => LASTS.flatMap((last) => SECOND.map((second) => program(before, last, second))));
