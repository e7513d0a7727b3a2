/**
 * Programs whose page has an unusual leaf: each set of rights with each memory
 * type, allowed and not, large or one of sixteen, loaded from and executed. Random tables have one
 * oddity in an entry, rarely the two that a row of the specs is about.
 */

/** Rights of a leaf: R, W, X as in an entry. */
const RIGHTS = [0b001, 0b011, 0b100, 0b101, 0b111] as const;
const TYPES = [0, 1, 2, 3] as const;

/** V, A and D. */
const TOUCHED = 0xc1;
/** A page number of the first gigapage of memory, as it stands in an entry. */
const MEMORY = 0x2000_0000;

/**
 * Where the leaf is, and through which address: the gigapage at 1 GiB, or, by an
 * entry that points to its own page, the first of 16 pages that one entry with N
 * and PPN[3:0] = 8 stands for.
 */
const SIZES = [
  { address: 0x4000_0000, index: 1, napot: false },
  { address: 0x4021_0000, index: 16, napot: true },
] as const;

/** In HS under Sv39: memory is at its place with all rights, and once more with those of the leaf. */
const program = (rights: number, type: number, allowed: boolean, { address, index, napot }: (typeof SIZES)[number]): string => `
_start: li t0, -1
        csrw pmpaddr0, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
        la t0, handler
        csrw mtvec, t0
        li t0, ${allowed ? 1 : 0}
        slli t0, t0, 62
        csrw menvcfg, t0
        la s0, root
        srli t0, s0, 12
        slli t0, t0, 10
        addi t0, t0, 1
        sd t0, 8(s0)
        li t0, ${MEMORY + TOUCHED + (rights << 1) + (napot ? 0x2000 : 0)}
        li t1, ${type + (napot ? 4 : 0)}
        slli t1, t1, 61
        or t0, t0, t1
        sd t0, ${8 * index}(s0)
        li t0, ${MEMORY + TOUCHED + 0b1110}
        sd t0, 16(s0)
        srli t0, s0, 12
        li t1, 8
        slli t1, t1, 60
        or t0, t0, t1
        csrw satp, t0
        la s1, tohost
        li s2, ${address}
        li s3, ${0x8000_0000 - address}
        la t0, body
        csrw mepc, t0
        li t0, 0x1800
        csrc mstatus, t0
        li t0, 0x800
        csrs mstatus, t0
        mret
body:   ld a0, (s2)
        la t0, there
        sub t0, t0, s3
        jr t0
there:  addi a1, a1, 1
ends:   li t1, 1
        sd t1, (s1)
1:      j 1b
        .balign 4
handler: csrr t0, mcause
        andi t0, t0, 1
        beqz t0, ends
        csrr t0, mepc
        addi t0, t0, 4
        csrw mepc, t0
        mret
        .balign 8
tohost: .dword 0
        .balign 4096
root:   .skip 4096
`;

/** Every combination, as assembly. */
export const leaves = (): readonly string[] => RIGHTS.flatMap((rights) => TYPES.flatMap((type) => [false, true].flatMap((allowed) => SIZES.map((size) => program(rights, type, allowed, size)))));
