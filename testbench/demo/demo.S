# demo.S - one hart, five privilege modes, a reason for each.
#
#   M    machine    owns the real timer; everything it can hand down, it hands down
#   HS   hypervisor owns the console and the guest; a guest never touches a device
#   VS   kernel     the guest operating system: believes that it runs in S-mode on a machine of its own
#   VU   app        the guest's application: knows only its kernel
#   (U-mode, a program directly on a host kernel, has no part in this play: traps.S uses it.)
#
# What happens:
#   1. M delegates, HS prepares the guest and enters it by SRET with hstatus.SPV = 1.
#   2. The kernel reads `hgatp`. That register belongs to the hypervisor: virtual-instruction exception (cause 22).
#      The hypervisor decodes the instruction and gives the kernel the answer that a machine with nested guests off gives.
#   3. The kernel starts the app. The app prints by ECALL to its kernel (cause 8, delegated twice: M -> HS -> VS, so that
#      the hypervisor never sees it); the kernel prints by ECALL to the hypervisor (cause 10); the hypervisor
#      fetches the text out of the guest with HLV.BU and sends it to the UART.
#   4. The app sleeps. The kernel asks the hypervisor for a timer, and waits with WFI. hstatus.VTW makes WFI a
#      virtual-instruction exception as well: the hypervisor waits in the guest's place.
#      When the time has come: machine timer interrupt -> M raises mip.STIP -> supervisor timer interrupt -> HS raises
#      hvip.VSTIP -> VS timer interrupt, which the guest sees as an ordinary supervisor timer interrupt.
#   5. The app asks for an alarm and spins on a memory word: the same chain, now cutting into a running VU-mode program.
#   6. The app hits a breakpoint: its own kernel's business, straight from VU to VS. Then it reads `hstatus`: virtual
#      instruction, to the hypervisor, which hands it to the kernel as the illegal instruction that it would be on a real
#      machine without a hypervisor.
#   7. The app exits, the kernel powers its machine off, the hypervisor ends the real one.
#
# Address translation is off on every level (satp, vsatp, hgatp are zero), so all parts share one address space
# and keep apart by good manners.
#
# The end writes `tohost`; where nobody watches it (QEMU), the test finisher behind it ends the run.

        # ---- devices ---------------------------------------------------------------------------------------------
        .equ    UART,           0x10000000      # ns16550a; +5 is the line status
        .equ    THR_EMPTY,      0x20
        .equ    MTIMECMP,       0x2004000
        .equ    FINISHER,       0x100000
        .equ    PASS,           0x5555
        .equ    FAIL,           0x3333

        # ---- CSR fields ------------------------------------------------------------------------------------------
        .equ    MPP_CLEAR,      0x1800          # mstatus.MPP
        .equ    MPP_S,          0x0800
        .equ    SPP,            0x100           # sstatus.SPP
        .equ    SIE,            0x2             # sstatus.SIE
        .equ    SPIE,           0x20            # sstatus.SPIE
        .equ    SPV,            0x80            # hstatus.SPV: the guest is where SRET goes
        .equ    SPVP,           0x100           # hstatus.SPVP: HLV and HSV act as VS, not as VU
        .equ    VTW,            0x200000        # hstatus.VTW: WFI in VS traps
        .equ    STIP,           0x20            # supervisor timer, in mip/mie/sip/sie
        .equ    VSTIP,          0x40            # VS timer, in hvip and hideleg
        .equ    MTIP,           0x80            # machine timer, in mip/mie
        .equ    TM,             0x2             # xcounteren: the time CSR

        # ---- causes ----------------------------------------------------------------------------------------------
        .equ    ILLEGAL,        2
        .equ    BREAKPOINT,     3
        .equ    ECALL_U,        8               # from U or VU
        .equ    ECALL_HS,       9
        .equ    ECALL_VS,       10
        .equ    VIRTUAL,        22
        .equ    TIMER,          5               # supervisor timer interrupt, without the interrupt bit

        # medeleg: misaligned 0, illegal 2, breakpoint 3, ECALL from U 8, ECALL from VS 10, virtual instruction 22.
        .equ    TO_HYPERVISOR,  0x40050d
        # hedeleg: the same without those that only a hypervisor can serve.
        .equ    TO_GUEST,       0x10d

        # ---- call numbers in a7, one small set for every level ---------------------------------------------------
        .equ    CALL_EXIT,      0               # a0 = code                     app, kernel, hypervisor
        .equ    CALL_WRITE,     1               # a0 = text, ended by a zero    app, kernel
        .equ    CALL_TIMER,     2               # a0 = point in time            kernel, hypervisor
        .equ    CALL_SLEEP,     3               # a0 = ticks                    app
        .equ    CALL_ALARM,     4               # a0 = ticks                    app

        .equ    NAP,            200             # ticks of mtime
        .equ    NEVER,          -1

        .text
        .globl  _start

# =====================================================================================================================
# M: the machine level
# =====================================================================================================================
_start:
        # Physical memory protection. With PMP and no entry set, modes below M may touch nothing; without PMP
        # these CSRs do not exist and the first access is an illegal instruction. So open everything under a temporary
        # mtvec that simply carries on behind the accesses. (Numbers, because an assembler for a hart without PMP
        # has no names for them.)
        la      t0, m_opened
        csrw    mtvec, t0
        li      t0, -1
        csrw    0x3b0, t0               # pmpaddr0: every address (NAPOT)
        li      t0, 0x1f
        csrw    0x3a0, t0               # pmpcfg0: NAPOT, read, write, execute
        .align  2
m_opened:
        la      t0, m_trap
        csrw    mtvec, t0
        la      t0, m_frame
        csrw    mscratch, t0

        li      t0, TO_HYPERVISOR
        csrw    medeleg, t0
        li      t0, STIP
        csrw    mideleg, t0             # the VS-level bits of mideleg are hard-wired to one
        li      t0, TM
        csrw    mcounteren, t0          # the levels below may read the time

        li      t0, MTIMECMP            # no timer interrupt yet
        li      t1, NEVER
        sd      t1, 0(t0)
        csrw    mie, zero

        li      t0, MPP_CLEAR           # MRET into HS: MPP = S, MPV = 0 (as after reset)
        csrc    mstatus, t0
        li      t0, MPP_S
        csrs    mstatus, t0
        la      t0, hv_start
        csrw    mepc, t0
        mret

        # Two kinds of visit: the timer, and a call from the hypervisor. t0, t1 are kept in m_frame.
        .align  2
m_trap:
        csrrw   sp, mscratch, sp
        sd      t0, 0(sp)
        sd      t1, 8(sp)
        csrr    t0, mcause
        bltz    t0, m_timer
        li      t1, ECALL_HS
        bne     t0, t1, m_lost
        csrr    t0, mepc
        addi    t0, t0, 4
        csrw    mepc, t0
        li      t1, CALL_TIMER
        beq     a7, t1, m_set_timer
        li      t1, CALL_EXIT
        beq     a7, t1, m_exit
m_lost: li      a0, 3                   # nothing else may come here
        j       m_exit

m_set_timer:
        li      t0, STIP                # the old one is settled
        csrc    mip, t0
        li      t0, MTIMECMP
        sd      a0, 0(t0)
        li      t0, MTIP
        csrs    mie, t0
        j       m_return

        # The machine timer cannot be delegated. Hand it on as the supervisor timer, which can; MTIP itself stays pending
        # until mtimecmp moves, so mask it.
m_timer:
        li      t0, MTIP
        csrc    mie, t0
        li      t0, STIP
        csrs    mip, t0
m_return:
        ld      t0, 0(sp)
        ld      t1, 8(sp)
        csrrw   sp, mscratch, sp
        mret

m_exit:                                 # a0 = exit code
        la      t0, tohost
        slli    t1, a0, 1
        ori     t1, t1, 1
        sd      t1, 0(t0)               # ends the run where the host watches
        li      t0, FINISHER
        li      t1, PASS
        beqz    a0, 1f
        slli    t1, a0, 16
        li      a0, FAIL
        or      t1, t1, a0
1:      sw      t1, 0(t0)               # ends it elsewhere
2:      j       2b

# =====================================================================================================================
# HS: the hypervisor
# =====================================================================================================================
hv_start:
        la      sp, hv_stack
        la      a0, hv_hello
        call    hv_say

        la      t0, hv_trap
        csrw    stvec, t0
        la      t0, hv_guest
        csrw    sscratch, t0            # where the guest's registers go

        li      t0, TO_GUEST
        csrw    hedeleg, t0             # the guest's own business, handed on to VS
        li      t0, VSTIP
        csrw    hideleg, t0
        li      t0, TM
        csrw    hcounteren, t0
        csrr    t0, time                # the guest's clock starts at zero
        neg     t0, t0
        csrw    htimedelta, t0
        csrw    hgatp, zero
        csrw    vsatp, zero
        csrw    vsstatus, zero
        li      t0, STIP
        csrs    sie, t0

        csrw    hstatus, zero           # SRET into VS: SPV = 1 and SPP = 1
        li      t0, SPV
        csrs    hstatus, t0
        li      t0, SPVP
        csrs    hstatus, t0
        li      t0, VTW
        csrs    hstatus, t0
        li      t0, SPP
        csrs    sstatus, t0
        la      t0, kernel_start
        csrw    sepc, t0
        sret

        # Every way out of the guest that is not its own. sscratch points at hv_guest while the guest runs.
        .align  2
hv_trap:
        csrrw   sp, sscratch, sp
        sd      x1, 8(sp)
        sd      x3, 24(sp)
        sd      x4, 32(sp)
        sd      x5, 40(sp)
        sd      x6, 48(sp)
        sd      x7, 56(sp)
        sd      x8, 64(sp)
        sd      x9, 72(sp)
        sd      x10, 80(sp)
        sd      x11, 88(sp)
        sd      x12, 96(sp)
        sd      x13, 104(sp)
        sd      x14, 112(sp)
        sd      x15, 120(sp)
        sd      x16, 128(sp)
        sd      x17, 136(sp)
        sd      x18, 144(sp)
        sd      x19, 152(sp)
        sd      x20, 160(sp)
        sd      x21, 168(sp)
        sd      x22, 176(sp)
        sd      x23, 184(sp)
        sd      x24, 192(sp)
        sd      x25, 200(sp)
        sd      x26, 208(sp)
        sd      x27, 216(sp)
        sd      x28, 224(sp)
        sd      x29, 232(sp)
        sd      x30, 240(sp)
        sd      x31, 248(sp)
        csrr    t0, sscratch            # the guest's sp
        sd      t0, 16(sp)
        mv      s0, sp                  # s0 = hv_guest from here on
        la      sp, hv_stack

        csrr    t0, scause
        bltz    t0, hv_interrupt
        li      t1, ECALL_VS
        beq     t0, t1, hv_call
        li      t1, VIRTUAL
        beq     t0, t1, hv_virtual
hv_lost:
        la      a0, hv_panic
        call    hv_say
        li      a0, 2
        li      a7, CALL_EXIT
        ecall

        # -- calls from the kernel --------------------------------------------------------------------------------
hv_call:
        csrr    t0, sepc                # return behind the ECALL
        addi    t0, t0, 4
        csrw    sepc, t0
        li      t0, CALL_WRITE
        beq     a7, t0, hv_write
        li      t0, CALL_TIMER
        beq     a7, t0, hv_timer
        li      t0, CALL_EXIT
        bne     a7, t0, hv_lost

        mv      s1, a0                  # the guest's exit code becomes the machine's
        la      a0, hv_bye
        call    hv_say
        mv      a0, s1
        li      a7, CALL_EXIT
        ecall

        # a0 = address of a text in the guest. HLV.BU reads with the guest's eyes (hstatus.SPVP = 1: as VS-mode would).
hv_write:
        mv      s1, a0
1:      hlv.bu  a0, (s1)
        beqz    a0, hv_return
        call    hv_put
        addi    s1, s1, 1
        j       1b

        # a0 = point in guest time. The guest's clock is the real one plus htimedelta.
hv_timer:
        li      t0, VSTIP               # the old one is settled
        csrc    hvip, t0
        csrr    t0, htimedelta
        sub     a0, a0, t0
        li      a7, CALL_TIMER
        ecall                           # the machine level owns mtimecmp
        li      t0, STIP
        csrs    sie, t0
        j       hv_return

        # -- the timer ----------------------------------------------------------------------------------------------
hv_interrupt:
        slli    t0, t0, 1               # without the interrupt bit
        srli    t0, t0, 1
        li      t1, TIMER
        bne     t0, t1, hv_lost
hv_inject:
        li      t0, STIP                # STIP stays up until the next CALL_TIMER: mask it
        csrc    sie, t0
        li      t0, VSTIP
        csrs    hvip, t0                # the guest finds it in its sip.STIP
        j       hv_return

        # -- what the guest may not do by itself -----------------------------------------------------------------------
        # stval holds the instruction. Two are served, WFI and CSRRS rd, hgatp, x0 from the kernel; the guest gets the
        # blame for all others.
hv_virtual:
        csrr    s1, stval
        csrr    t0, sstatus             # from VU? then it is none of the two
        andi    t0, t0, SPP
        beqz    t0, hv_reflect
        li      t0, 0x10500073          # wfi
        beq     s1, t0, hv_wait
        li      t0, -3969               # all bits but rd: 0x...fffff07f
        and     t0, s1, t0
        li      t1, 0x68002073          # csrrs rd, hgatp, x0
        bne     t0, t1, hv_reflect

        la      a0, hv_asked
        call    hv_say
        srli    t0, s1, 7               # rd
        andi    t0, t0, 31
        beqz    t0, 1f
        slli    t0, t0, 3
        add     t0, t0, s0
        sd      zero, 0(t0)             # hgatp reads as zero: this machine has no second stage to give away
1:      csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
        j       hv_return

        # The guest waits. If its timer is up already there is nothing to wait for; else wait for ours.
hv_wait:
        csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
        csrr    t0, hvip
        andi    t0, t0, VSTIP
        bnez    t0, hv_return
1:      csrr    t0, sip
        andi    t0, t0, STIP
        bnez    t0, hv_inject
        wfi
        j       1b

        # Make the guest take an illegal-instruction exception, by hand, as the hart would have.
hv_reflect:
        csrr    t0, sepc
        csrw    vsepc, t0
        li      t0, ILLEGAL
        csrw    vscause, t0
        csrw    vstval, s1
        csrr    t0, vsstatus
        andi    t1, t0, SIE             # SPIE = SIE, SIE = 0
        slli    t1, t1, 4
        li      t2, -291                # all but SPP, SPIE, SIE (0x122)
        and     t0, t0, t2
        or      t0, t0, t1
        csrr    t1, sstatus             # SPP = the mode it came from
        andi    t1, t1, SPP
        or      t0, t0, t1
        csrw    vsstatus, t0
        csrr    t0, vstvec              # and go on in VS, at the kernel's handler
        csrw    sepc, t0
        li      t0, SPP
        csrs    sstatus, t0

hv_return:
        mv      sp, s0
        csrw    sscratch, sp
        ld      x1, 8(sp)
        ld      x3, 24(sp)
        ld      x4, 32(sp)
        ld      x5, 40(sp)
        ld      x6, 48(sp)
        ld      x7, 56(sp)
        ld      x8, 64(sp)
        ld      x9, 72(sp)
        ld      x10, 80(sp)
        ld      x11, 88(sp)
        ld      x12, 96(sp)
        ld      x13, 104(sp)
        ld      x14, 112(sp)
        ld      x15, 120(sp)
        ld      x16, 128(sp)
        ld      x17, 136(sp)
        ld      x18, 144(sp)
        ld      x19, 152(sp)
        ld      x20, 160(sp)
        ld      x21, 168(sp)
        ld      x22, 176(sp)
        ld      x23, 184(sp)
        ld      x24, 192(sp)
        ld      x25, 200(sp)
        ld      x26, 208(sp)
        ld      x27, 216(sp)
        ld      x28, 224(sp)
        ld      x29, 232(sp)
        ld      x30, 240(sp)
        ld      x31, 248(sp)
        ld      x2, 16(sp)              # sp last
        sret

        # -- the console ----------------------------------------------------------------------------------------------
hv_put:                                 # a0 = character
        li      t0, UART
1:      lbu     t1, 5(t0)
        andi    t1, t1, THR_EMPTY
        beqz    t1, 1b
        sb      a0, 0(t0)
        ret

hv_say:                                 # a0 = text of the hypervisor's own, ended by a zero
        addi    sp, sp, -16
        sd      ra, 8(sp)
        sd      s1, 0(sp)
        mv      s1, a0
1:      lbu     a0, 0(s1)
        beqz    a0, 2f
        call    hv_put
        addi    s1, s1, 1
        j       1b
2:      ld      s1, 0(sp)
        ld      ra, 8(sp)
        addi    sp, sp, 16
        ret

# =====================================================================================================================
# VS: the guest kernel. Every s-CSR it names is really the vs-CSR.
# =====================================================================================================================
kernel_start:
        la      a0, kernel_hello
        li      a7, CALL_WRITE
        ecall                           # cause 10, to the hypervisor

kernel_curious:
        li      s1, 1
        csrr    s1, hgatp               # cause 22, to the hypervisor, which answers
        beqz    s1, 1f
        li      a0, 1
        j       kernel_off
1:
        la      t0, kernel_trap
        csrw    stvec, t0
        la      t0, kernel_frame
        csrw    sscratch, t0
        csrw    sie, zero

        li      t0, SPP                 # SRET into VU: SPP = 0, interrupts on
        csrc    sstatus, t0
        li      t0, SPIE
        csrs    sstatus, t0
        la      t0, app_start
        csrw    sepc, t0
        sret

        .align  2
kernel_trap:
        csrrw   sp, sscratch, sp
        sd      t0, 0(sp)
        sd      t1, 8(sp)
        sd      a0, 16(sp)
        sd      a7, 24(sp)
        csrr    t0, scause
        bltz    t0, kernel_timer
        li      t1, ECALL_U
        beq     t0, t1, kernel_call
        li      t1, BREAKPOINT
        beq     t0, t1, kernel_break
        li      t1, ILLEGAL
        beq     t0, t1, kernel_illegal
        li      a0, 4
        j       kernel_off

        # The one interrupt it has enabled. One tick, then quiet until somebody wants the next.
kernel_timer:
        li      t0, STIP
        csrc    sie, t0
        la      t0, ticks
        ld      t1, 0(t0)
        addi    t1, t1, 1
        sd      t1, 0(t0)
        j       kernel_return

kernel_call:
        csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
        li      t0, CALL_WRITE
        beq     a7, t0, kernel_write
        li      t0, CALL_SLEEP
        beq     a7, t0, kernel_sleep
        li      t0, CALL_ALARM
        beq     a7, t0, kernel_alarm
        bnez    a7, 1f                  # CALL_EXIT, with the app's code
        j       kernel_off
1:      li      a0, 5
kernel_off:
        li      a7, CALL_EXIT
        ecall                           # the hypervisor does not come back from this

kernel_write:
        ecall                           # the same call, one level up
        j       kernel_return

kernel_alarm:
        csrr    t0, time
        add     a0, a0, t0
        li      a7, CALL_TIMER
        ecall
        li      t0, STIP
        csrs    sie, t0
        j       kernel_return

        # An alarm, and wait for it here. WFI with interrupts off, then one moment with interrupts on: so the tick cannot
        # slip in between the look at the counter and the WFI. The tick's trap comes from the kernel itself and needs
        # a frame of its own, and what SRET to the app will need has to be put by.
kernel_sleep:
        csrr    t0, sepc
        sd      t0, 32(sp)
        csrr    t0, sscratch            # the app's sp
        sd      t0, 40(sp)
        la      t0, kernel_frame_2
        csrw    sscratch, t0

        csrr    t0, time
        add     a0, a0, t0
        li      a7, CALL_TIMER
        ecall
        li      t0, STIP
        csrs    sie, t0
        la      t0, ticks
        ld      a7, 0(t0)
1:      wfi                             # cause 22 under hstatus.VTW
        li      t0, SIE
        csrs    sstatus, t0             # VS timer interrupt, taken here
        csrc    sstatus, t0
        la      t0, ticks
        ld      t1, 0(t0)
        beq     t1, a7, 1b

        ld      t0, 32(sp)
        csrw    sepc, t0
        ld      t0, 40(sp)
        csrw    sscratch, t0
        li      t0, SPP                 # back to VU, interrupts on
        csrc    sstatus, t0
        li      t0, SPIE
        csrs    sstatus, t0
        j       kernel_return

kernel_break:
        la      a0, kernel_stops
        j       1f
kernel_illegal:
        la      a0, kernel_blames
1:      li      a7, CALL_WRITE
        ecall
        csrr    t0, sepc                # over it
        addi    t0, t0, 4
        csrw    sepc, t0

kernel_return:
        ld      t0, 0(sp)
        ld      t1, 8(sp)
        ld      a0, 16(sp)
        ld      a7, 24(sp)
        csrrw   sp, sscratch, sp
        sret

# =====================================================================================================================
# VU: the application
# =====================================================================================================================
app_start:
        la      a0, app_hello
        li      a7, CALL_WRITE
        ecall                           # cause 8, to the kernel

app_sleep:
        li      a0, NAP
        li      a7, CALL_SLEEP
        ecall
        la      s0, ticks
        ld      s1, 0(s0)
        addi    t0, s1, -1              # exactly one tick has come
        bnez    t0, app_wrong
        la      a0, app_slept
        li      a7, CALL_WRITE
        ecall

app_alarm:
        li      a0, NAP
        li      a7, CALL_ALARM
        ecall
app_spin:
        ld      t0, 0(s0)               # the kernel counts on while this loop runs
        beq     t0, s1, app_spin
        la      a0, app_rang
        li      a7, CALL_WRITE
        ecall

app_misbehave:
        ebreak                          # cause 3, to the kernel
        csrr    t0, hstatus             # cause 22, to the hypervisor; arrives at the kernel as cause 2

        la      a0, app_bye
        li      a7, CALL_WRITE
        ecall
        li      a0, 0
        j       app_exit
app_wrong:
        li      a0, 6
app_exit:
        li      a7, CALL_EXIT
        ecall
1:      j       1b

# =====================================================================================================================
# Data
# =====================================================================================================================
        .data
        .align  6
        .globl  tohost
tohost: .dword  0
        .globl  fromhost
fromhost:
        .dword  0
        .align  6
m_frame:
        .zero   16
hv_guest:                               # the guest's x0..x31
        .zero   256
        .zero   256
hv_stack:
        .dword  0
kernel_frame:                           # t0, t1, a0, a7, and during a sleep sepc and the app's sp
        .zero   48
kernel_frame_2:                         # for a tick during a sleep
        .zero   48
ticks:  .dword  0

hv_hello:
        .asciz  "[hypervisor] up; one guest, its kernel at VS, its app at VU\n"
hv_asked:
        .asciz  "[hypervisor] the guest kernel asks for hgatp: it gets 0\n"
hv_bye: .asciz  "[hypervisor] the guest is off; goodbye\n"
hv_panic:
        .asciz  "[hypervisor] a trap that nobody planned\n"
kernel_hello:
        .asciz  "[kernel] hello from the guest OS\n"
kernel_stops:
        .asciz  "[kernel] breakpoint in the app: go on\n"
kernel_blames:
        .asciz  "[kernel] illegal instruction in the app: skip\n"
app_hello:
        .asciz  "[app] hello from the very top\n"
app_slept:
        .asciz  "[app] slept through one tick\n"
app_rang:
        .asciz  "[app] the alarm cut into a spinning loop\n"
app_bye:
        .asciz  "[app] done, bye\n"
