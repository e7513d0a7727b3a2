/**
 * Programs whose page has an unusual leaf: each set of rights with each memory
 * type, allowed and not, large or one of sixteen, or with one more oddity,
 * loaded from, stored to and executed. Random tables have one oddity in an
 * entry, rarely the two that a row of the specs is about.
 *
 * The page of the large leaf would do as a table: a core that takes the leaf
 * for a pointer finds one that allows everything.
 */

/** Rights of a leaf: R, W, X as in an entry. */
const RIGHTS = [0b001, 0b011, 0b100, 0b101, 0b111] as const;
const TYPES = [0, 1, 2, 3] as const;

/** V, A and D. */
const TOUCHED = 0xc1;
/** A page number of the first gigapage of memory, as it stands in an entry. */
const MEMORY = 0x2000_0000;

/** N alone, with PPN[3:0] = 0; and N of a leaf that is one of sixteen. */
const N = 4;

/** What else can be unusual: bits of the entry that are changed, and some of its upper three. */
interface Oddity {
  readonly bits: number;
  readonly upper: number;
}
const NONE: Oddity = { bits: 0, upper: 0 };
/** U, D not set, N. */
const ODDITIES: readonly Oddity[] = [{ bits: 0x10, upper: 0 }, { bits: 0x80, upper: 0 }, { bits: 0, upper: N }];

/**
 * Where the leaf is, through which address it is loaded from and stored to,
 * and where the program's first page is through it: the gigapage at 1 GiB, or,
 * by an entry that points to its own page, the first of 16 pages that one entry
 * with N and PPN[3:0] = 8 stands for.
 */
const LARGE = { data: 0x4200_0000, code: 0x4000_0000, index: 1, bits: 0, upper: 0 };
const ONE_OF_SIXTEEN = { data: 0x4021_0000, code: 0x4021_0000, index: 16, bits: 0x2000, upper: N };
/** The entry of the program's first page, were it a table, for the address in the gigapage. */
const ENTRY = 8 * ((LARGE.data >> 21) & 0x1ff);

/** In HS under Sv39: memory is at its place with all rights, and once more with those of the leaf. */
const program = (rights: number, type: number, allowed: boolean, { data, code, index, bits, upper }: typeof LARGE, oddity = NONE): string => `
_start: j begins
        .org ${ENTRY}
        .dword ${MEMORY + TOUCHED + 0b1110}
begins: li t0, -1
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
        li t0, ${MEMORY + (TOUCHED ^ oddity.bits) + (rights << 1) + bits}
        li t1, ${type + upper + oddity.upper}
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
        li s2, ${data}
        li s3, ${0x8000_0000 - code}
        la t0, body
        csrw mepc, t0
        li t0, 0x1800
        csrc mstatus, t0
        li t0, 0x800
        csrs mstatus, t0
        mret
body:   ld a0, (s2)
        sd a0, 8(s2)
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
export const leaves = (): readonly string[] => RIGHTS.flatMap((rights) => [
  ...TYPES.flatMap((type) => [false, true].flatMap((allowed) => [LARGE, ONE_OF_SIXTEEN].map((size) => program(rights, type, allowed, size)))),
  ...ODDITIES.map((oddity) => program(rights, 0, true, LARGE, oddity)),
]);
