# hypervisor.S - HS-mode: three guests under two-stage translation, time-sliced by the timer. Goes behind machine.S.
#
# Each guest believes that it has a machine of its own: 128 KiB of memory from 0x80000000 on, a hart with S-mode and
# U-mode, a timer, a console by ECALL, and nothing else. What keeps it there:
#
#   memory      hgatp: the guest-physical addresses of each lead to other host memory, and no other leads anywhere. What the
#               guest's own tables (vsatp) say is translated once more, so it may write into them what it likes.
#   time        stimecmp ends every slice. The guest has no bit that masks HS's interrupts: sie and sstatus.SIE are its own (vsie,
#               vsstatus), and an interrupt for HS is taken in V=1 whatever they are.
#   CSRs        S-mode's CSRs are doubles (vs...), swapped at a world switch; the few that have no double are swapped too
#               (scounteren) or closed (senvcfg, by hstateen0). HS's own trap: virtual instruction.
#   patience    An exit that is an offence (an address that leads nowhere, a virtual instruction) is handed back to the guest as the
#               exception that a real machine would raise there, and counted: at STRIKES the guest is killed. So is one that has
#               not said that it is alive for QUIET slices: the watchdog.
#
# A guest that is dead may have another life (a parameter): the same image from the disk, in the same memory.
#
# The hypervisor adds up all its memory that does not change (code, tables, disk) before the first guest and after the last.

        # ---- CSR fields ---------------------------------------------------------------------------------------------
        .equ    SPV,            0x80            # hstatus: SRET goes to a guest
        .equ    SPVP,           0x100           # hstatus: as VS
        .equ    VTW,            0x200000        # hstatus: WFI in VS traps
        .equ    SV39X4,         8
        .equ    POINTER,        1               # a PTE that points to a table: V
        .equ    GUEST_PAGE,     0xdf            # a leaf of the G-stage: D, A, U, X, W, R, V (all accesses count as a user's)

        # ---- patience, in slices ---------------------------------------------------------------------------------------
        .equ    SLICE,          1000            # ticks of the timer
        .equ    STRIKES,        64
        .equ    QUIET,          6
        .equ    LIFETIME,       1000

        # ---- a vCPU: 1 KiB, x0 to x31 first --------------------------------------------------------------------------
        .equ    WORLD,          256             # the CSRs of `worlds`
        .equ    AT_VSTIMECMP,   WORLD
        .equ    AT_HSTATUS,     WORLD + 8
        .equ    AT_SSTATUS,     WORLD + 16
        .equ    AT_HGATP,       WORLD + 24
        .equ    AT_HTIMEDELTA,  WORLD + 32
        .equ    STATE,          384             # 1: runs
        .equ    STRUCK,         392             # offences of this life
        .equ    SLICES,         400             # of this life
        .equ    QUIET_FOR,      408             # slices since it said that it is alive
        .equ    LIFE,           416             # number of this life, from 0
        .equ    LIVES,          424             # how many it may have
        .equ    FIRST,          432             # goes to the guest in a1, plus LIFE
        .equ    VCPU_SHIFT,     10

        # ---- an entry of the ledger, one for each life: eight doublewords ----------------------------------------------
        .equ    ENDED_OFF,      1               # it switched itself off (ends with the exit code)
        .equ    ENDED_STRIKES,  2
        .equ    ENDED_QUIET,    3
        .equ    ENDED_LIFETIME, 4

        # Every CSR that is the guest's, with what is in the vCPU. The first five are set at its birth, the others begin at zero.
        .macro  worlds what
        .set    slot, WORLD
        .irp    name, vstimecmp, hstatus, sstatus, hgatp, htimedelta, vsstatus, vstvec, vsscratch, vsepc, vscause, vstval, vsatp, hie, hvip, scounteren
        \what   \name, slot
        .set    slot, slot + 8
        .endr
        .endm
        .macro  save_world csr, at
        csrr    t0, \csr
        sd      t0, \at(s0)
        .endm
        .macro  load_world csr, at
        ld      t0, \at(s0)
        csrw    \csr, t0
        .endm

# =====================================================================================================================
# Before the first guest
# =====================================================================================================================
supervisor_start:
        la      sp, hv_stack
        la      t0, hv_trap
        csrw    stvec, t0
        la      a0, hv_hello
        call    say

        li      t0, 0xb1ff              # the guest's own business: its page faults, illegal instructions, breakpoints, ...
        csrw    hedeleg, t0
        li      t0, 0x444               # and its own interrupts
        csrw    hideleg, t0
        li      t0, 7                   # it may read the time,
        csrw    hcounteren, t0
        li      t0, ENVIRONMENT         # has a timer and CBO.ZERO,
        csrw    henvcfg, t0
        csrw    hstateen0, zero         # but no environment that would be ours
        li      t0, STIP
        csrw    sie, t0

        la      s0, vcpus
        li      s1, 0
1:      call    make_tables             # for the guest s1 with the vCPU s0
        addi    t0, s1, 'A'
        sd      t0, NAME(s0)
        li      t1, PARAMETERS
        slli    t0, s1, 3
        add     t1, t1, t0
        ld      t0, 0(t1)
        sd      t0, LIVES(s0)
        ld      t0, 8 * GUESTS(t1)
        sd      t0, FIRST(s0)
        addi    s0, s0, 1 << VCPU_SHIFT
        addi    s1, s1, 1
        li      t0, GUESTS
        bltu    s1, t0, 1b

        call    sum
        la      t0, sum_before
        sd      a0, 0(t0)

        la      s0, vcpus
        li      s1, 0
1:      ld      t0, LIVES(s0)
        beqz    t0, 2f
        call    birth
2:      addi    s0, s0, 1 << VCPU_SHIFT
        addi    s1, s1, 1
        li      t0, GUESTS
        bltu    s1, t0, 1b
        addi    s0, s0, -(1 << VCPU_SHIFT)
        j       next

        # The G-stage tables of the guest s1: Sv39x4, whose root has four pages. Three levels lead to 4 KiB pages: guest-physical
        # 0x80000000 + n to RAM of the guest + n, for 128 KiB; every other entry is zero.
        #   TABLES + 32 KiB * guest: root (16 KiB), then the table of 2 MiB, then that of 4 KiB.
        .equ    GUEST_TABLES_SHIFT, 15
make_tables:
        li      t0, TABLES
        slli    t1, s1, GUEST_TABLES_SHIFT
        add     t0, t0, t1              # root
        li      t2, 4 << PAGE_SHIFT
        add     t1, t0, t2              # middle
        li      t2, 1 << PAGE_SHIFT
        add     t2, t1, t2              # last
        srli    t3, t1, PAGE_SHIFT      # address to PTE: 44 bits of page number from bit 10 on
        slli    t3, t3, 10
        ori     t3, t3, POINTER
        sd      t3, 8 * 2(t0)           # 0x80000000 is in the third GiB,
        srli    t3, t2, PAGE_SHIFT
        slli    t3, t3, 10
        ori     t3, t3, POINTER
        sd      t3, 0(t1)               # in its first 2 MiB
        li      t3, RAM
        slli    t4, s1, RAM_SHIFT
        add     t3, t3, t4
        srli    t3, t3, PAGE_SHIFT
        slli    t3, t3, 10
        ori     t3, t3, GUEST_PAGE
        li      t4, 1 << (RAM_SHIFT - PAGE_SHIFT)
1:      sd      t3, 0(t2)               # the 32 pages
        addi    t2, t2, 8
        addi    t3, t3, 1 << 10
        addi    t4, t4, -1
        bnez    t4, 1b
        ret

        # A life for the guest s1 with the vCPU s0: its image from the disk, its registers as after reset. Keeps ra in s2.
birth:
        mv      s2, ra
        li      a0, DISK
        slli    t0, s1, DISK_SHIFT
        add     a0, a0, t0
        ld      t0, IMAGE_END(a0)
        add     a1, a0, t0
        li      a2, RAM
        slli    t0, s1, RAM_SHIFT
        add     a2, a2, t0
        call    copy
        fence.i                         # what was written will be executed

        mv      t0, s0
        addi    t1, s0, STATE           # registers and world
1:      sd      zero, 0(t0)
        addi    t0, t0, 8
        bltu    t0, t1, 1b
        li      t0, 0x80000000          # a0 = where its memory begins, a1 = its argument
        sd      t0, PC(s0)
        sd      t0, 8 * 10(s0)
        ld      t0, FIRST(s0)
        ld      t1, LIFE(s0)
        add     t0, t0, t1
        sd      t0, 8 * 11(s0)

        li      t0, -1                  # no timer
        sd      t0, AT_VSTIMECMP(s0)
        li      t0, SPV | SPVP | VTW
        sd      t0, AT_HSTATUS(s0)
        li      t0, SPP
        sd      t0, AT_SSTATUS(s0)
        csrr    t0, time                # its clock begins at zero
        neg     t0, t0
        sd      t0, AT_HTIMEDELTA(s0)
        li      t0, TABLES              # hgatp: mode, VMID, root. A new VMID for every life: nothing remembers the last one
        slli    t1, s1, GUEST_TABLES_SHIFT
        add     t0, t0, t1
        srli    t0, t0, PAGE_SHIFT
        ld      t1, LIFE(s0)
        slli    t1, t1, 2
        add     t1, t1, s1
        addi    t1, t1, 1
        slli    t1, t1, 44
        or      t0, t0, t1
        li      t1, SV39X4 << 60
        or      t0, t0, t1
        sd      t0, AT_HGATP(s0)

        sd      zero, STRUCK(s0)
        sd      zero, SLICES(s0)
        sd      zero, QUIET_FOR(s0)
        sd      zero, LENGTH(s0)
        li      t0, 1
        sd      t0, STATE(s0)
        hfence.gvma                     # an old life's translations are worth nothing
        jr      s2

# =====================================================================================================================
# Every way out of a guest that is not its own. sscratch is its vCPU while it runs.
# =====================================================================================================================
        .balign 4
hv_trap:
        csrrw   sp, sscratch, sp
        save_registers
        csrr    t0, sscratch            # the guest's sp
        sd      t0, 16(sp)
        mv      s0, sp                  # s0 = vCPU from here on
        la      sp, hv_stack
        csrr    t0, sepc
        sd      t0, PC(s0)
        csrr    s1, scause
        csrr    t0, hstatus
        andi    t0, t0, SPV
        beqz    t0, hv_broken           # from the hypervisor itself: a bug in it
        bltz    s1, end_of_slice        # the timer is its only interrupt
        li      t0, ECALL_VS
        beq     s1, t0, guest_call
        li      t0, VIRTUAL
        beq     s1, t0, virtual_instruction
        li      t0, 20
        bgeu    s1, t0, guest_page_fault
hv_broken:
        la      a0, hv_panic
        call    say
        mv      a0, s1
        call    say_number
        la      a0, hv_at
        call    say
        csrr    a0, sepc
        call    say_hex
        li      a0, '\n'
        call    put
        li      a0, 2
        li      a7, CALL_END
        ecall

        # The guest at s0 goes on, with its CSRs where they are.
resume: ld      t0, PC(s0)
        csrw    sepc, t0
        csrw    sscratch, s0
        mv      sp, s0
        restore_registers
        ld      x2, 16(sp)
        sret

# -- calls ---------------------------------------------------------------------------------------------------------------
guest_call:
        ld      t0, PC(s0)
        addi    t0, t0, 4
        sd      t0, PC(s0)
        ld      a0, 8 * 10(s0)
        ld      t1, 8 * 17(s0)
        li      t0, CALL_PUT
        beq     t1, t0, 1f
        li      t0, CALL_ALIVE
        beq     t1, t0, 2f
        li      t0, CALL_END
        li      a1, ENDED_OFF
        beq     t1, t0, death
        li      t0, NOT_SUPPORTED
        sd      t0, 8 * 10(s0)
        j       resume
1:      andi    a0, a0, 0xff
        call    put_line
        j       3f
2:      sd      zero, QUIET_FOR(s0)
3:      sd      zero, 8 * 10(s0)
        j       resume

# -- time ----------------------------------------------------------------------------------------------------------------
end_of_slice:
        ld      t0, SLICES(s0)
        addi    t0, t0, 1
        sd      t0, SLICES(s0)
        li      t1, LIFETIME
        li      a1, ENDED_LIFETIME
        bgeu    t0, t1, death
        ld      t0, QUIET_FOR(s0)
        addi    t0, t0, 1
        sd      t0, QUIET_FOR(s0)
        li      t1, QUIET
        li      a1, ENDED_QUIET
        bgeu    t0, t1, death
next_world:
        worlds  save_world
        # The guest after s0, in turn, that runs; the world of s0 need not be kept.
next:   li      s1, GUESTS
1:      addi    s1, s1, -1
        bltz    s1, the_end
        addi    s0, s0, 1 << VCPU_SHIFT
        la      t0, vcpus_end
        bltu    s0, t0, 2f
        la      s0, vcpus
2:      ld      t0, STATE(s0)
        beqz    t0, 1b
        worlds  load_world
        csrr    t0, time
        addi    t0, t0, SLICE
        csrw    stimecmp, t0
        j       resume

# -- offences --------------------------------------------------------------------------------------------------------------
        # An address that the G-stage does not translate: on the machine that the guest believes in, there is nothing there. So an
        # access fault: 20, 21, 23 become 1, 5, 7. stval is the guest's virtual address already.
guest_page_fault:
        csrr    a1, stval
        addi    a0, s1, -20 + 1
        li      t0, 21
        bltu    s1, t0, strike
        addi    a0, s1, -21 + 5
        j       strike

        # An instruction of HS-mode, or WFI: a guest that waits gives the rest of its slice away. stval is the instruction.
virtual_instruction:
        csrr    a1, stval
        li      a0, ILLEGAL
        li      t0, 0x10500073          # wfi
        bne     a1, t0, strike
        csrr    t0, hstatus             # only its kernel may
        andi    t0, t0, SPVP
        beqz    t0, strike
        ld      t0, PC(s0)
        addi    t0, t0, 4
        sd      t0, PC(s0)
        j       end_of_slice

        # Make the guest take the exception a0 with the value a1, by hand, as the hart would have.
strike: ld      t0, STRUCK(s0)
        addi    t0, t0, 1
        sd      t0, STRUCK(s0)
        li      t1, STRIKES
        bgeu    t0, t1, 1f
        csrw    vscause, a0
        csrw    vstval, a1
        ld      t0, PC(s0)
        csrw    vsepc, t0
        csrr    t0, vsstatus
        andi    t1, t0, SIE             # SPIE = SIE, SIE = 0
        slli    t1, t1, 4
        andi    t0, t0, ~(SPP | SPIE | SIE)
        or      t0, t0, t1
        csrr    t1, sstatus             # SPP = the mode it came from
        andi    t1, t1, SPP
        or      t0, t0, t1
        csrw    vsstatus, t0
        csrr    t0, vstvec              # and go on in VS, at its handler
        andi    t0, t0, ~3
        sd      t0, PC(s0)
        li      t0, SPP
        csrs    sstatus, t0
        j       resume
1:      li      a1, ENDED_STRIKES

# -- the end of a life -----------------------------------------------------------------------------------------------------
        # a1 = how it came; a0 = the exit code of ENDED_OFF.
death:
        la      t2, ledger_count
        ld      t0, 0(t2)
        addi    t1, t0, 1
        sd      t1, 0(t2)
        slli    t0, t0, 6
        la      t2, ledger
        add     t2, t2, t0
        ld      t0, NAME(s0)
        sd      t0, 0(t2)
        ld      t0, LIFE(s0)
        sd      t0, 8(t2)
        sd      a1, 16(t2)
        sd      a0, 24(t2)
        ld      t0, SLICES(s0)
        sd      t0, 32(t2)
        ld      t0, STRUCK(s0)
        sd      t0, 40(t2)
        csrr    t0, hgatp
        sd      t0, 48(t2)
        csrr    t0, time
        sd      t0, 56(t2)

        mv      s1, a1
        call    flush_line
        la      a0, hv_says
        call    say
        ld      a0, NAME(s0)
        call    put
        la      a0, hv_ends
        slli    t0, s1, 5               # texts of 32 bytes
        add     a0, a0, t0
        call    say
        sd      zero, STATE(s0)

        ld      t0, LIFE(s0)            # another one?
        addi    t0, t0, 1
        sd      t0, LIFE(s0)
        ld      t1, LIVES(s0)
        bgeu    t0, t1, next
        ld      s1, NAME(s0)
        addi    s1, s1, -'A'
        call    birth
        j       next

        # Nobody runs: is the hypervisor what it was?
the_end:
        call    sum
        la      t0, sum_after
        sd      a0, 0(t0)
        mv      s1, a0
        la      a0, hv_sum
        call    say
        mv      a0, s1
        call    say_hex
        la      t0, sum_before
        ld      t0, 0(t0)
        la      a0, hv_same
        beq     t0, s1, 1f
        la      a0, hv_changed
1:      xor     s1, s1, t0
        snez    s1, s1
        call    say
        mv      a0, s1
        li      a7, CALL_END
        ecall

        # a0 = the sum of all that does not change: from the first instruction to `constants_end`, and from TABLES to PARAMETERS.
        # FNV-1a's step for each doubleword. Changes t0 to t3.
sum:    li      a0, 0xcbf29ce484222325
        li      t3, 0x100000001b3
        la      t0, _start
        la      t1, constants_end
1:      ld      t2, 0(t0)
        xor     a0, a0, t2
        mul     a0, a0, t3
        addi    t0, t0, 8
        bltu    t0, t1, 1b
        li      t2, PARAMETERS
        beq     t1, t2, 2f
        li      t0, TABLES
        mv      t1, t2
        j       1b
2:      ret

# =====================================================================================================================
# Data
# =====================================================================================================================
        .section .rodata
hv_hello:
        .asciz  "[hypervisor] three guests, each in 128 KiB of its own from 0x80000000 on\n"
hv_panic:
        .asciz  "[hypervisor] a trap of its own, cause "
hv_at:  .asciz  " at 0x"
hv_says:
        .asciz  "[hypervisor] "
hv_sum: .asciz  "[hypervisor] nobody is left; the sum of its own memory is "
hv_same:
        .asciz  ", as before\n"
hv_changed:
        .asciz  ": it has changed\n"
        .balign 32
hv_ends:                                # by how it came, 32 bytes each
        .zero   32
        .asciz  " is off\n"
        .balign 32
        .asciz  " killed: too many offences\n"
        .balign 32
        .asciz  " killed: no sign of life\n"
        .balign 32
        .asciz  " killed: old age\n"
        .balign 32
constants_end:

        .bss
        .balign 16
        .zero   1024
hv_stack:
        .globl  sum_before, sum_after, ledger_count, ledger
sum_before:
        .zero   8
sum_after:
        .zero   8
ledger_count:
        .zero   8
        .balign 64
ledger: .zero   64 * 256
        .balign 1024
vcpus:  .zero   GUESTS << VCPU_SHIFT
vcpus_end:
