# traps.S - from M-mode down to U-mode and back, a counted number of times.
#
# M-mode opens the memory to U-mode, drops into it by MRET, and serves its ECALLs:
# a7 = 0 adds a0 to a running sum, a7 = 1 asks for the sum, a7 = 2 ends with exit code a0.
# The program ends with 0 if the sum of 1..10 came back as 55 and every call arrived from where it should.

        .equ    CALLS,    10
        .equ    FINISHER, 0x100000
        .equ    PASS,     0x5555
        .equ    FAIL,     0x3333
        .equ    MPP,      0x1800        # mstatus.MPP, both bits
        .equ    ECALL_U,  8             # mcause: environment call from U-mode

        .text
        .globl  _start
_start:
        # Physical memory protection. With PMP and no entry set, U-mode may touch nothing; without PMP these CSRs do
        # not exist and the first access is an illegal instruction. So open everything under a temporary mtvec that
        # simply carries on behind the accesses. (Numbers, not names: an assembler for a hart without PMP has none.)
        la      t0, opened
        csrw    mtvec, t0
        li      t0, -1
        csrw    0x3b0, t0               # pmpaddr0: all addresses (NAPOT)
        li      t0, 0x1f
        csrw    0x3a0, t0               # pmpcfg0: NAPOT, read, write, execute
        .align  2
opened:
        la      t0, handler
        csrw    mtvec, t0
        csrw    mscratch, zero          # the running sum lives here

        li      t0, MPP
        csrc    mstatus, t0             # MPP = U
        la      t0, user
        csrw    mepc, t0
        mret

        # ---- U-mode ------------------------------------------------------------------------------------------------
user:
        li      s0, CALLS
1:      mv      a0, s0
        li      a7, 0
        ecall                           # sum += s0
        addi    s0, s0, -1
        bnez    s0, 1b
        li      a7, 1
        ecall                           # a0 = sum
        addi    a0, a0, -55             # 0 if right
        li      a7, 2
        ecall                           # does not return

        # ---- M-mode ------------------------------------------------------------------------------------------------
        .align  2
handler:
        csrr    t0, mcause
        li      t1, ECALL_U
        bne     t0, t1, bad
        csrr    t0, mstatus             # the trap must remember U-mode
        li      t1, MPP
        and     t0, t0, t1
        bnez    t0, bad
        csrr    t0, mepc                # return behind the ECALL
        addi    t0, t0, 4
        csrw    mepc, t0

        li      t0, 1
        beq     a7, t0, give
        bgtu    a7, t0, finish
        csrr    t0, mscratch
        add     t0, t0, a0
        csrw    mscratch, t0
        mret
give:   csrr    a0, mscratch
        mret

bad:    li      a0, 2
finish:                                 # exit code a0
        la      t0, tohost
        slli    t1, a0, 1
        ori     t1, t1, 1
        sd      t1, 0(t0)
        li      t0, FINISHER
        li      t1, PASS
        beqz    a0, 1f
        slli    t1, a0, 16              # finisher: code in the upper half, FAIL in the lower
        li      t2, FAIL
        or      t1, t1, t2
1:      sw      t1, 0(t0)
2:      j       2b

        .data
        .align  6
        .globl  tohost
tohost: .dword  0
        .globl  fromhost
fromhost:
        .dword  0
