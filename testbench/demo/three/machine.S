# machine.S - M-mode, the same under the hypervisor and under the ordinary kernel: a reset, one call, nothing else.
#
# Hands everything down that can be handed down, the timer too (Sstc), enters `supervisor_start` in HS-mode, and
# from then on runs for one reason only: an ECALL from HS-mode, which ends the machine. Then the console, for both as well.
# hypervisor.S or kernel.S goes behind it; testbench/demo/system.ts puts the texts and the guests' images together.
#
# Physical memory, for both:
#
#   0x80000000  this, and the hypervisor or the kernel
#   0x80010000  its page tables
#   0x80028000  the "disk": 32 KiB for the image of each guest, and boot parameters
#   0x80060000  128 KiB for each of A, B and C

        # ---- places ------------------------------------------------------------------------------------------------
        .equ    FINISHER,       0x100000        # a store here ends the machine
        .equ    PASS,           0x5555
        .equ    FAIL,           0x3333
        .equ    UART,           0x10000000      # ns16550a; +5 is the line status
        .equ    THR_EMPTY,      0x20
        .equ    TABLES,         0x80010000
        .equ    DISK,           0x80028000
        .equ    DISK_SHIFT,     15
        .equ    PARAMETERS,     0x80040000      # three numbers of lives (0: absent), three first arguments
        .equ    RAM,            0x80060000
        .equ    RAM_SHIFT,      17              # 128 KiB for a guest
        .equ    GUESTS,         3
        .equ    PAGE_SHIFT,     12

        # ---- an image begins with a jump; then offsets, eight bytes each ---------------------------------------------
        .equ    IMAGE_APP,      8               # its application: page aligned, position independent
        .equ    IMAGE_APP_END,  16
        .equ    IMAGE_SERVICE,  24              # its kernel's service for the application
        .equ    IMAGE_END,      32

        # ---- CSR fields, causes --------------------------------------------------------------------------------------
        .equ    MPP_S,          0x800
        .equ    SPP,            0x100           # sstatus.SPP
        .equ    SPIE,           0x20
        .equ    SIE,            0x2
        .equ    SUM,            0x40000
        .equ    STIP,           0x20            # the supervisor timer, in sie
        .equ    ENVIRONMENT,    1 << 63 | 1 << 7    # in menvcfg, henvcfg: STCE (a timer for the level below), CBZE (CBO.ZERO)
        .equ    ILLEGAL,        2
        .equ    ECALL_U,        8
        .equ    ECALL_HS,       9
        .equ    ECALL_VS,       10
        .equ    VIRTUAL,        22

        # ---- calls, in a7: as in SBI's first version, and two of our own ---------------------------------------------
        .equ    CALL_PUT,       1               # a0 = a character
        .equ    CALL_SERVICE,   3               # application to its kernel: a0 to a2 are what the two agree on
        .equ    CALL_ALIVE,     4               # kernel to hypervisor: "I am alive"
        .equ    CALL_END,       8               # a0 = exit code
        .equ    NOT_SUPPORTED,  -2

        # ---- what a vCPU or a process begins with --------------------------------------------------------------------
        .equ    PC,             0               # in the place of x0; x1 to x31 follow
        .equ    NAME,           512             # 'A', 'B' or 'C'
        .equ    LENGTH,         520             # of the line that it is printing
        .equ    LINE,           528
        .equ    MOST,           120

        # x1 and x3 to x31, to and from the frame at sp; x2 is the caller's business.
        .macro  save_registers
        .irp    r, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        sd      x\r, 8 * \r(sp)
        .endr
        .endm
        .macro  restore_registers
        .irp    r, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        ld      x\r, 8 * \r(sp)
        .endr
        .endm

        .text
        .globl  _start
# =====================================================================================================================
# M: the machine level
# =====================================================================================================================
_start:
        # With physical memory protection and no entry set, modes below M may touch nothing; without it these CSRs do not
        # exist. So open everything under a trap vector that carries on behind the accesses (demo.S says why by numbers).
        la      t0, m_opened
        csrw    mtvec, t0
        li      t0, -1
        csrw    0x3b0, t0               # pmpaddr0: every address (NAPOT)
        li      t0, 0x1f
        csrw    0x3a0, t0               # pmpcfg0: NAPOT, read, write, execute
        .balign 4
m_opened:
        la      t0, m_trap
        csrw    mtvec, t0
        li      t0, 0xf0b5fe            # every exception but ECALL from HS
        csrw    medeleg, t0
        li      t0, 0x222               # the interrupts of HS; those of VS are wired to one
        csrw    mideleg, t0
        li      t0, 7
        csrw    mcounteren, t0
        li      t0, ENVIRONMENT
        csrw    menvcfg, t0
        li      t0, 3 << 62             # HS may use the CSRs of state enables and of environments
        csrw    mstateen0, t0
        csrw    mstateen1, t0
        csrw    mstateen2, t0
        csrw    mstateen3, t0
        csrw    mie, zero
        li      t0, MPP_S               # MRET into HS
        csrw    mstatus, t0
        la      t0, supervisor_start
        csrw    mepc, t0
        mret

        # An ECALL from HS, or nothing that may be.
        .balign 4
m_trap:
        csrw    mscratch, t0
        csrr    t0, mcause
        addi    t0, t0, -ECALL_HS
        bnez    t0, m_lost
        addi    t0, a7, -CALL_END
        beqz    t0, m_end
        csrr    t0, mepc                # no other call
        addi    t0, t0, 4
        csrw    mepc, t0
        csrr    t0, mscratch
        li      a0, NOT_SUPPORTED
        mret
m_lost: li      a0, 3
m_end:                                  # a0 = exit code
        li      t0, FINISHER
        li      t1, PASS
        beqz    a0, 1f
        slli    a0, a0, 16
        li      t1, FAIL
        or      t1, t1, a0
1:      sw      t1, 0(t0)
2:      j       2b

# =====================================================================================================================
# The console
# =====================================================================================================================
        # a0 = a character, to the UART. Changes t0 and t1.
put:    li      t0, UART
1:      lbu     t1, 5(t0)
        andi    t1, t1, THR_EMPTY
        beqz    t1, 1b
        sb      a0, 0(t0)
        ret

        # a0 = a text that ends with a zero. Changes a0, t0 to t2.
say:    mv      t2, ra
        mv      t3, a0
1:      lbu     a0, 0(t3)
        beqz    a0, 2f
        call    put
        addi    t3, t3, 1
        j       1b
2:      jr      t2

        # a0 = a number, in decimal. Changes a0, t0 to t5.
say_number:
        mv      t2, ra
        li      t3, 10
        li      t4, 1                   # the largest power of ten that is not above it
1:      divu    t5, a0, t4
        bltu    t5, t3, 2f
        mul     t4, t4, t3
        j       1b
2:      mv      t3, a0
3:      divu    a0, t3, t4
        remu    t3, t3, t4
        addi    a0, a0, '0'
        call    put
        li      t5, 10
        divu    t4, t4, t5
        bnez    t4, 3b
        jr      t2

        # a0 = a number, as 16 hexadecimal digits. Changes a0, t0 to t5.
say_hex:
        mv      t2, ra
        mv      t3, a0
        li      t4, 64
1:      addi    t4, t4, -4
        srl     a0, t3, t4
        andi    a0, a0, 15
        li      t5, 10
        bltu    a0, t5, 2f
        addi    a0, a0, 'a' - '0' - 10
2:      addi    a0, a0, '0'
        call    put
        bnez    t4, 1b
        jr      t2

        # a0 = a character of the guest or process at s0. It comes out by whole lines with a name before them, so that nobody can
        # write in another's name, nor send the terminal anything but text. Changes a0, t0 to t5.
put_line:
        li      t0, '\n'
        beq     a0, t0, flush_line
        addi    t0, a0, -0x20
        li      t1, 0x5f
        bltu    t0, t1, 1f
        li      a0, '?'
1:      ld      t0, LENGTH(s0)
        add     t1, s0, t0
        sb      a0, LINE(t1)
        sb      zero, LINE + 1(t1)
        addi    t0, t0, 1
        sd      t0, LENGTH(s0)
        li      t1, MOST
        bgeu    t0, t1, flush_line
        ret
flush_line:
        mv      t5, ra
        ld      t0, LENGTH(s0)
        beqz    t0, 1f
        call    say_name
        addi    a0, s0, LINE
        call    say
        li      a0, '\n'
        call    put
        sd      zero, LENGTH(s0)
1:      jr      t5

        # "[B] " for the guest or process at s0. Changes a0, t0 to t4.
say_name:
        mv      t4, ra
        li      a0, '['
        call    put
        ld      a0, NAME(s0)
        call    put
        li      a0, ']'
        call    put
        li      a0, ' '
        call    put
        jr      t4

        # a0 = from, a1 = to (8-byte aligned): bytes from there to a2 on. Changes a0, a2, t0.
copy:   ld      t0, 0(a0)
        sd      t0, 0(a2)
        addi    a0, a0, 8
        addi    a2, a2, 8
        bltu    a0, a1, copy
        ret

