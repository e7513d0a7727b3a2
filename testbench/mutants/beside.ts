/**
 * Programs that access and execute what lies beside a place that they may: the
 * core remembers where everything is allowed, for each width, and must forget
 * it when it finds another such place, or none. Random programs are rarely
 * where a byte makes the difference.
 */

/** An entry of pmpcfg0: a range of a power of two; what is locked binds M-mode, too; R, W and X. */
const RANGE = 0x18;
const LOCKED = 0x80;
const READ_WRITE = 3;
const ALL = 7;
/** Value of pmpcfg0, the first entry first. */
const configuration = (rights: readonly number[]): string => `0x${rights.map((r) => (RANGE + r).toString(16).padStart(2, '0')).reverse().join('')}`;

/** A mode, and its bits in mstatus.MPP. */
const MODES = { M: 0x1800, HS: 0x800, U: 0 } as const;
type Mode = keyof typeof MODES;

/** Loads and stores of 1, 2, 4 and 8 bytes. */
const ACCESSES = [['lbu', 'lhu', 'lwu', 'ld'], ['sb', 'sh', 'sw', 'sd']] as const;
/** Bytes of the region that is open. */
const REGION = 16;

/** An entry's address register: so many bytes at a symbol that is aligned to as many. */
const region = (entry: number, symbol: string, bytes: number): string => `
        la t0, ${symbol}
        srli t0, t0, 2
        ori t0, t0, ${bytes / 8 - 1}
        csrw pmpaddr${entry}, t0`;

/** Starts the body in a mode; M-mode's handler goes on behind what trapped. */
const enter = (mode: Mode, handler: string): string => `
        la t0, handler
        csrw mtvec, t0
        la t0, body
        csrw mepc, t0
        li t0, 0x1800
        csrc mstatus, t0
        li t0, ${MODES[mode]}
        csrs mstatus, t0
        la s0, open
        la s1, tohost
        la s2, far
        mret
        .balign 4
handler: ${handler}
        csrr t0, mepc
        addi t0, t0, 4
        csrw mepc, t0
        mret`;

const END = `
        li t1, 1
        sd t1, (s1)
1:      j 1b
        .balign 8
tohost: .dword 0`;

/** At each end of a region, and over it, with each width, after an access elsewhere (the handler's) and one in the region. */
function around(mode: Mode, accesses: (typeof ACCESSES)[number]): string {
  const locked = mode === 'M' ? LOCKED : 0;
  const tests = accesses.flatMap((access, i) => {
    const places = [REGION - 2 ** i, REGION - 2 ** i + 1, REGION, 2 * REGION - 2 ** i, -(2 ** i), -1, 0];
    return [...new Set(places)].map((place) => `ld a0, (s0)\n ${access} a0, ${place}(s0)\n ecall`);
  });
  return `
_start: ${region(0, 'open', REGION)}
        ${region(1, 'closed', 8 * REGION)}
        li t0, -1
        csrw pmpaddr2, t0
        li t0, ${configuration([ALL + locked, locked, ALL])}
        csrw pmpcfg0, t0
        ${enter(mode, 'ld t0, (s2)')}
        .balign 4
body:   ${tests.join('\n ')}
        ${END}
        .balign 128
closed: .skip 64
open:   .skip 64
far:    .dword 0
`;
}

/** Memory that M-mode has just accessed, and that HS has not mapped: each width. Code and data are in the first megapage, mapped where it is. */
const unmapped = (accesses: (typeof ACCESSES)[number]): string => `
_start: li t0, -1
        csrw pmpaddr0, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
        la t0, root
        la t1, table
        srli t2, t1, 12
        slli t2, t2, 10
        addi t2, t2, 1
        sd t2, 16(t0)
        li t2, 0x200000cf
        sd t2, (t1)
        srli t0, t0, 12
        li t1, 8
        slli t1, t1, 60
        or t0, t0, t1
        csrw satp, t0
        ${enter('HS', 'li s2, 0x80200000\n ld t0, (s2)')}
        .balign 4
body:   li s2, 0x80200000
        ${accesses.map((access) => `${access} a0, (s2)`).join('\n ')}
        ${END}
        .balign 8
open:
far:    .dword 0
        .balign 4096
root:   .skip 4096
table:  .skip 4096
`;

/** Code in a region of its own, and a jump to the first byte of memory, which is no part of it. */
const leaving = (mode: 'HS' | 'U'): string => `
_start: j begin
        nop
        nop
        nop
begin:  ${region(0, 'body', 4096)}
        li t0, -1
        csrw pmpaddr1, t0
        li t0, ${configuration([ALL, READ_WRITE])}
        csrw pmpcfg0, t0
        ${enter(mode, 'mv t0, s3\n csrw mepc, t0')}
        .balign 4096
open:
body:   la s3, next
        addi s3, s3, -4
        la t0, _start
        addi t0, t0, 4
        jr t0
next:   nop
        ${END}
far:    .dword 0
`;

/** All of them, as assembly. */
export const beside = (): readonly string[] => [
  ...(['M', 'HS', 'U'] as const).flatMap((mode) => ACCESSES.map((accesses) => around(mode, accesses))),
  ...ACCESSES.map(unmapped),
  ...(['HS', 'U'] as const).map(leaving),
];
