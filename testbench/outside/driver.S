# driver.S - runs many small programs one after the other on one hart and prints what each left behind.
#
# image.ts appends `descriptors` (a table), `count`, the routines `set_csrs` and `get_csrs`, and the program bodies. For each
# program, M-mode puts the hart into the state that its descriptor gives, writes its page tables, MRETs into its mode, and gets it
# back at the ECALL behind its last instruction. Three handlers (M, HS, VS) log every trap and carry on behind the trapping
# instruction. Everything ends up as text:
#
#   p INDEX BODY                                           the address of its first byte
#   t TAKER CAUSE EPC TVAL TVAL2 TINST STATUS HSTATUS      one line a trap; TAKER 3 is M, 1 HS, 2 VS
#   x X1 ... X31
#   c CSRS ...                                             in the order of image.ts
#   m WINDOWS TABLES ACCESSED                              hashes of the four windows, of the tables' entries without A, of their A bits
#
# The memory of programs and handlers, at the addresses that arena.ts has:
#
#   GP - 0x4000     four pages for programs, the windows
#   GP              what the handlers keep
#   GP + 0x1000     the log
#   GP + 0x38000    page tables
#
# Bodies keep x3 (gp) alone. Every page table maps code, handlers' page and log to themselves for S, and the code once more with
# bit ALIAS of the address set for U, so that a program can be in either mode whatever its tables do with the windows. A fetch that
# faults ends the program. The other promises of a body are in bodies/body.ts: above all, it only ever jumps forward.

        .equ    UART,           0x10000000
        .equ    THR_EMPTY,      0x20
        .equ    MTIMECMP,       0x2004000
        .equ    FINISHER,       0x100000
        .equ    PASS,           0x5555

        .equ    GP,             0x87008000
        .equ    LOG,            GP + 0x1000
        .equ    ALIAS,          33              # this bit of an address selects the code's U pages
        .equ    WINDOW_WORDS,   32              # doublewords filled and hashed at each end of a window

        # gp-relative
        .equ    M_SAVE,         0               # t0, t1, t2 of each level
        .equ    HS_SAVE,        24
        .equ    VS_SAVE,        48
        .equ    LOG_END,        72              # where the next log entry goes
        .equ    BODY,           80              # first byte of the body
        .equ    BODY_END,       88              # its last instruction, the ECALL
        .equ    M_STATUS,       96              # mstatus as the M handler found it
        .equ    FINAL,          104             # x0..x31 at the end

        .equ    MPRV,           0x20000         # mstatus
        .equ    TSR,            0x400000        # mstatus
        .equ    VTSR,           0x400000        # hstatus
        .equ    GVA,            0x40            # hstatus
        .equ    MGVA_BIT,       38              # mstatus

        # Offsets in a descriptor. 0: body, 8: last instruction, 16: entries of tables, 24: how many, 32: x1..x31, then the CSRs.
        .equ    D_ENTRIES,      16
        .equ    D_X,            24              # + 8 * register
        .equ    D_CSRS,         280

        .text
        .globl  _start
_start:
        la      t0, opened              # where there is no PMP, its CSRs trap
        csrw    mtvec, t0
        li      t0, -1
        csrw    0x3b0, t0               # pmpaddr0
        li      t0, 0x1f
        csrw    0x3a0, t0               # pmpcfg0
        .align  2
opened:
        la      t0, enabled             # the same with Smstateen: all of it open
        csrw    mtvec, t0
        li      t0, -1
        csrw    0x30c, t0               # mstateen0
        csrw    0x60c, t0               # hstateen0
        .align  2
enabled:
        li      t0, MTIMECMP
        li      t1, -1
        sd      t1, 0(t0)

        la      s0, descriptors
        la      s1, count
        ld      s1, 0(s1)
        li      s2, 0                   # index
        # s0, s1, s2 do not survive a program: they are parked in `progress`.
next:
        bgeu    s2, s1, all_done
        la      t0, progress
        sd      s0, 0(t0)
        sd      s1, 8(t0)
        sd      s2, 16(t0)

        li      gp, GP
        la      s3, fill_next           # fresh windows: i * golden ratio
        li      t2, 0
        call    each_word
        ld      t0, D_ENTRIES(s0)       # the tables
        ld      t1, D_ENTRIES+8(s0)
1:      beqz    t1, 2f
        ld      t2, 0(t0)
        ld      t3, 8(t0)
        sd      t3, 0(t2)
        addi    t0, t0, 16
        addi    t1, t1, -1
        j       1b
2:      li      t0, LOG
        sd      t0, LOG_END(gp)
        ld      t0, 0(s0)
        csrw    mepc, t0
        li      t1, ~(1 << ALIAS)
        and     t0, t0, t1
        sd      t0, BODY(gp)
        ld      t0, 8(s0)
        sd      t0, BODY_END(gp)

        la      t0, m_trap
        csrw    mtvec, t0
        la      t0, hs_trap
        csrw    stvec, t0
        la      t0, vs_trap
        csrw    vstvec, t0
        addi    s3, s0, D_CSRS
        call    set_csrs
        sfence.vma
        .insn   r 0x73, 0, 0x11, x0, x0, x0     # hfence.vvma
        .insn   r 0x73, 0, 0x31, x0, x0, x0     # hfence.gvma

        addi    x31, s0, D_X            # x31 as base, loaded last; x3 stays
        .irp    n, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        ld      x\n, 8*\n(x31)
        .endr
        mret

# ---- the handlers -----------------------------------------------------------------------------------------------------
# Each logs what it finds, then puts the registers of the trap to zero: what differs in one trap shall not show in the next. Then:
#   interrupt                   its own enables off, and back
#   at an SRET of a handler     the body left TSR or VTSR on: clear it, again
#   outside the body, or a fetch that faulted
#                               over (a jump into nowhere, or the closing ECALL)
#   else                        back, behind the instruction

        # Logs TAKER with the values of the CSRs named and the value in \status. t0, t1 free.
        .macro  log taker, cause, epc, tval
        ld      t0, LOG_END(gp)
        li      t1, \taker
        sd      t1, 0(t0)
        csrr    t1, \cause
        sd      t1, 8(t0)
        csrr    t1, \epc
        sd      t1, 16(t0)
        csrr    t1, \tval
        sd      t1, 24(t0)
        addi    t1, t0, 64
        sd      t1, LOG_END(gp)
        .endm

        # To \over unless \epc lies in the body and its instruction was fetched (cause in t2); else epc behind the instruction. Cause 1
        # is no fetch's in VS, where QEMU 7.2 writes it for 2.
        .macro  behind epc, over, guest=0
        .if     \guest == 0
        li      t0, 1
        beq     t2, t0, \over
        .endif
        li      t0, 12
        beq     t2, t0, \over
        li      t0, 20
        beq     t2, t0, \over
        csrr    t0, \epc
        li      t1, ~(1 << ALIAS)
        and     t1, t1, t0
        ld      t2, BODY(gp)
        bltu    t1, t2, \over
        ld      t2, BODY_END(gp)
        bgeu    t1, t2, \over
        lhu     t1, 0(t1)               # a 16-bit instruction, or one of 32 bits
        andi    t1, t1, 3
        addi    t0, t0, 2
        li      t2, 3
        bne     t1, t2, 8f
        addi    t0, t0, 2
8:      csrw    \epc, t0
        .endm

        .align  2
m_trap:
        csrw    mscratch, t0            # bodies do without mscratch
        li      t0, MPRV                # with it the handler's own accesses would go the body's ways
        csrrc   t0, mstatus, t0
        sd      t0, M_STATUS(gp)
        csrr    t0, mscratch
        sd      t0, M_SAVE(gp)
        sd      t1, M_SAVE+8(gp)
        sd      t2, M_SAVE+16(gp)
        log     3, mcause, mepc, mtval
        csrr    t1, mtval2
        sd      t1, 32(t0)
        csrr    t1, mtinst
        sd      t1, 40(t0)
        ld      t1, M_STATUS(gp)
        sd      t1, 48(t0)
        csrr    t1, hstatus
        sd      t1, 56(t0)
        csrr    t2, mcause
        csrw    mcause, zero
        csrw    mtval, zero
        csrw    mtval2, zero
        csrw    mtinst, zero
        li      t0, 1 << MGVA_BIT
        csrc    mstatus, t0
        bgez    t2, 1f
        csrw    mie, zero
        j       m_back
1:      csrr    t0, mepc
        la      t1, hs_sret
        beq     t0, t1, 2f
        la      t1, vs_sret
        bne     t0, t1, 3f
2:      li      t0, TSR
        csrc    mstatus, t0
        li      t0, VTSR
        csrc    hstatus, t0
        j       m_back
3:      behind  mepc, finish
m_back: ld      t1, M_SAVE+8(gp)
        ld      t2, M_SAVE+16(gp)
        ld      t0, M_SAVE(gp)
        csrw    mscratch, t0
        ld      t0, M_STATUS(gp)        # MPRV as it was: from here on no loads
        srli    t0, t0, 17
        andi    t0, t0, 1
        slli    t0, t0, 17
        csrs    mstatus, t0
        csrr    t0, mscratch
        mret

        .align  2
hs_trap:
        sd      t0, HS_SAVE(gp)
        sd      t1, HS_SAVE+8(gp)
        sd      t2, HS_SAVE+16(gp)
        log     1, scause, sepc, stval
        csrr    t1, htval
        sd      t1, 32(t0)
        csrr    t1, htinst
        sd      t1, 40(t0)
        csrr    t1, sstatus
        sd      t1, 48(t0)
        csrr    t1, hstatus
        sd      t1, 56(t0)
        csrr    t2, scause
        csrw    scause, zero
        csrw    stval, zero
        csrw    htval, zero
        csrw    htinst, zero
        li      t0, GVA
        csrc    hstatus, t0
        bgez    t2, 1f
        csrw    sie, zero
        csrw    hie, zero
        j       hs_back
1:      csrr    t0, sepc
        la      t1, vs_sret
        bne     t0, t1, 2f
        li      t0, VTSR
        csrc    hstatus, t0
        j       hs_back
2:      behind  sepc, hs_over
hs_back:
        ld      t0, HS_SAVE(gp)
        ld      t1, HS_SAVE+8(gp)
        ld      t2, HS_SAVE+16(gp)
hs_sret:
        sret
hs_over:
        ld      t0, HS_SAVE(gp)
        ld      t1, HS_SAVE+8(gp)
        ld      t2, HS_SAVE+16(gp)
        ecall                           # never delegated: M finds itself outside the body

        .align  2
vs_trap:
        sd      t0, VS_SAVE(gp)
        sd      t1, VS_SAVE+8(gp)
        sd      t2, VS_SAVE+16(gp)
        log     2, scause, sepc, stval
        sd      zero, 32(t0)
        sd      zero, 40(t0)
        csrr    t1, sstatus
        sd      t1, 48(t0)
        sd      zero, 56(t0)
        csrr    t2, scause
        csrw    scause, zero
        csrw    stval, zero
        bgez    t2, 1f
        csrw    sie, zero
        j       vs_back
1:      behind  sepc, vs_over, 1
vs_back:
        ld      t0, VS_SAVE(gp)
        ld      t1, VS_SAVE+8(gp)
        ld      t2, VS_SAVE+16(gp)
vs_sret:
        sret
vs_over:
        ld      t0, VS_SAVE(gp)
        ld      t1, VS_SAVE+8(gp)
        ld      t2, VS_SAVE+16(gp)
        ecall

# ---- the end of a program ----------------------------------------------------------------------------------------------
finish:
        ld      t0, M_SAVE(gp)
        ld      t1, M_SAVE+8(gp)
        ld      t2, M_SAVE+16(gp)
        .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        sd      x\n, FINAL+8*\n(gp)
        .endr
        la      sp, stack
        la      s0, csrs                # first of all: printing takes long
        call    get_csrs
        csrw    mie, zero

        li      a0, 112                 # p
        la      t0, progress
        ld      s0, 16(t0)
        call    put
        mv      a0, s0
        call    put_value
        ld      a0, BODY(gp)
        call    put_value
        call    put_newline

        li      s0, LOG
1:      ld      t0, LOG_END(gp)
        bgeu    s0, t0, 2f
        li      a0, 116                 # t
        mv      a1, s0
        li      a2, 8
        call    put_values
        addi    s0, s0, 64
        j       1b
2:
        li      a0, 120                 # x
        addi    a1, gp, FINAL+8
        li      a2, 31
        call    put_values
        li      a0, 99                  # c
        la      a1, csrs
        la      a2, csr_count
        ld      a2, 0(a2)
        call    put_values

        la      s3, hash_next           # m: h = (h * 31) ^ doubleword
        li      t2, 0
        call    each_word
        mv      s4, t2
        la      t0, progress
        ld      s0, 0(t0)
        ld      t0, D_ENTRIES(s0)       # the entries, which go
        ld      t1, D_ENTRIES+8(s0)
        li      t2, 0
        li      t3, 31
        li      s6, 0
1:      beqz    t1, 2f
        ld      t4, 0(t0)
        ld      t5, 0(t4)
        sd      zero, 0(t4)
        andi    t6, t5, 0x40            # A
        xor     t5, t5, t6
        mul     t2, t2, t3
        xor     t2, t2, t5
        mul     s6, s6, t3
        xor     s6, s6, t6
        addi    t0, t0, 16
        addi    t1, t1, -1
        j       1b
2:      mv      s5, t2
        li      a0, 109                 # m
        call    put
        mv      a0, s4
        call    put_value
        mv      a0, s5
        call    put_value
        mv      a0, s6
        call    put_value
        call    put_newline

        la      t0, progress
        ld      s0, 0(t0)
        ld      s1, 8(t0)
        ld      s2, 16(t0)
        la      t0, descriptor_size
        ld      t0, 0(t0)
        add     s0, s0, t0
        addi    s2, s2, 1
        j       next

all_done:
        la      t0, tohost
        li      t1, 1
        sd      t1, 0(t0)
        li      t0, FINISHER
        li      t1, PASS
        sw      t1, 0(t0)
1:      j       1b

        # Jumps to s3 for every doubleword of the windows that counts, with its address in t0. The routines there keep the rest in
        # t2 and jump to `each_next`.
each_word:
        li      t0, GP - 0x4000
        li      t3, 4                   # windows
1:      li      t4, 2                   # ends
2:      li      t1, WINDOW_WORDS
3:      jr      s3
each_next:
        addi    t0, t0, 8
        addi    t1, t1, -1
        bnez    t1, 3b
        li      t5, 0x1000 - 16 * WINDOW_WORDS
        addi    t4, t4, -1
        beqz    t4, 4f
        add     t0, t0, t5
        j       2b
4:      addi    t3, t3, -1
        bnez    t3, 1b
        ret
fill_next:
        sd      t2, 0(t0)
        li      t6, 0x9e3779b97f4a7c15
        add     t2, t2, t6
        j       each_next
hash_next:
        ld      t5, 0(t0)
        li      t6, 31
        mul     t2, t2, t6
        xor     t2, t2, t5
        j       each_next

# ---- text ---------------------------------------------------------------------------------------------------------------
put:                                    # a0 = character
        li      t3, UART
1:      lbu     t4, 5(t3)
        andi    t4, t4, THR_EMPTY
        beqz    t4, 1b
        sb      a0, 0(t3)
        ret
put_newline:
        li      a0, 10
        j       put

        # A blank and a0 in hexadecimal, without leading zeros.
put_value:
        addi    sp, sp, -32
        sd      ra, 24(sp)
        sd      s1, 16(sp)
        sd      s2, 8(sp)
        mv      s1, a0
        li      a0, 32
        call    put
        li      s2, 60                  # shift of the first digit that counts
1:      srl     t0, s1, s2
        bnez    t0, 2f
        beqz    s2, 2f
        addi    s2, s2, -4
        j       1b
2:      srl     t0, s1, s2
        andi    t0, t0, 15
        la      t1, digits
        add     t0, t0, t1
        lbu     a0, 0(t0)
        call    put
        addi    s2, s2, -4
        bgez    s2, 2b
        ld      s2, 8(sp)
        ld      s1, 16(sp)
        ld      ra, 24(sp)
        addi    sp, sp, 32
        ret

        # A line: the character a0, then a2 values from a1 on.
put_values:
        addi    sp, sp, -32
        sd      ra, 24(sp)
        sd      s4, 16(sp)
        sd      s5, 8(sp)
        mv      s4, a1
        mv      s5, a2
        call    put
1:      ld      a0, 0(s4)
        call    put_value
        addi    s4, s4, 8
        addi    s5, s5, -1
        bnez    s5, 1b
        ld      s5, 8(sp)
        ld      s4, 16(sp)
        ld      ra, 24(sp)
        addi    sp, sp, 32
        j       put_newline

        .data
        .align  6
        .globl  tohost
tohost: .dword  0
        .globl  fromhost
fromhost:
        .dword  0
        .align  6
progress:
        .zero   24
digits: .asciz  "0123456789abcdef"
        .align  3
csrs:   .zero   512
        .zero   512
stack:  .dword  0
        .align  6
