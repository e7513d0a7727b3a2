# guest-b.S - B goes wild. Its argument says how; each way is a life of its own. Between guest.S and print.S.
#
#   0  its application writes where it has no memory
#   1  its kernel writes to every page on both sides of its own memory, devices first
#   2  its kernel overwrites its own memory, itself and its page tables last
#   3  its kernel jumps into nowhere, and puts its trap vector there
#   4  its kernel overwrites its own page tables: first to reach everybody's memory, then with garbage
#   5  its kernel executes every instruction, and writes every CSR, of the hypervisor
#   6  its kernel executes what belongs to the machine level
#   7  its kernel masks the timer, puts it off for ever, and loops
#   8  its kernel calls whoever is below it, with every number and without end
#
# The kernel's part (1 to 8) is B's service. It takes its powers for granted: that it is in S-mode, that satp is its own.

        .equ    PATTERN,        0xb0b0b0b0b0b0b0b0      # no instruction, no valid PTE
        .equ    KINDS,          9

        # An instruction that may trap: `fault` goes on behind it.
        .macro  try insn:vararg
        la      s11, tried\@
        \insn
tried\@:
        .endm

service:
        addi    sp, sp, -128
        sd      ra, 0(sp)
        sd      s0, 8(sp)
        sd      s1, 16(sp)
        sd      s2, 24(sp)
        sd      s3, 32(sp)
        sd      s11, 40(sp)
        li      t0, KINDS
        bgeu    a0, t0, done
        la      s0, image               # where its memory begins
        li      s2, PATTERN
        la      t0, kinds
        slli    a0, a0, 2
        add     t0, t0, a0
        lw      t1, 0(t0)
        la      t0, image
        add     t0, t0, t1
        jr      t0
done:   ld      ra, 0(sp)
        ld      s0, 8(sp)
        ld      s1, 16(sp)
        ld      s2, 24(sp)
        ld      s3, 32(sp)
        ld      s11, 40(sp)
        addi    sp, sp, 128
        li      a0, 0
        ret

        .balign 4
kinds:  .word   done - image, write_around - image, write_self - image, jump_nowhere - image, write_tables - image
        .word   hypervisors - image, machines - image, mask_timer - image, call_storm - image

        # At an exception of the kernel itself: go on where s11 (x27) says.
fault:  ld      a0, 8 * 27(a0)
        ret

        # Its root page table; GiB 1 and 3 lead to themselves, GiB 4 to the devices in GiB 0. Changes t0, t1; returns a0 = root.
reach:  csrr    a0, satp
        slli    a0, a0, 20
        srli    a0, a0, 8
        li      t0, 0x40000000 >> 12 << 10 | KERNEL_PTE
        sd      t0, 8(a0)
        li      t0, 0xc0000000 >> 12 << 10 | KERNEL_PTE
        sd      t0, 24(a0)
        li      t0, KERNEL_PTE
        sd      t0, 32(a0)
        sfence.vma
        ret

        # -- 1 -------------------------------------------------------------------------------------------------------------
write_around:
        call    reach
        li      s1, 0x100000000
        li      t0, 0x10000000          # UART
        add     t0, t0, s1
        try     sb s2, 0(t0)
        li      t0, 0x2004000           # mtimecmp
        add     t0, t0, s1
        try     sd s2, 0(t0)
        li      t0, 0xc000000           # PLIC
        add     t0, t0, s1
        try     sw s2, 0(t0)
        mv      s1, s0                  # a page below, a page above
        li      s3, RAM_BYTES
        add     s3, s0, s3
1:      li      t0, 0x1000
        sub     s1, s1, t0
        mv      a0, s1
        la      s11, 2f
        call    fill_page
2:      mv      a0, s3
        la      s11, 3f
        call    fill_page
3:      li      t0, 0x1000
        add     s3, s3, t0
        j       1b
        # A store to every 64 bytes of the page at a0.
fill_page:
        li      t0, 0x1000
        add     t0, a0, t0
1:      sd      s2, 0(a0)
        addi    a0, a0, 64
        bltu    a0, t0, 1b
        ret

        # -- 2 -------------------------------------------------------------------------------------------------------------
write_self:
        li      t0, RAM_BYTES
        add     t0, s0, t0
1:      addi    t0, t0, -64
        sd      s2, 0(t0)
        j       1b

        # -- 3 -------------------------------------------------------------------------------------------------------------
jump_nowhere:
        try     jr s2                   # no virtual address
        li      t0, 0x90000000          # translated by its own table, but no memory of its machine
        try     jr t0
        addi    t0, s0, -2              # half an instruction before its memory
        try     jr t0
        li      t0, 0x90000000
        csrw    stvec, t0
        jr      t0

        # -- 4 -------------------------------------------------------------------------------------------------------------
write_tables:
        call    reach
        mv      s1, a0
        # GiB 5 leads to where the host's memory begins. In a guest that is a guest-physical address: it finds itself there,
        # and behind itself nothing.
        li      t0, 0x80000000 >> 12 << 10 | KERNEL_PTE
        sd      t0, 40(s1)
        sfence.vma
        li      t0, 5 << 30             # the host's code, its tables, A's memory
        try     sd s2, 0(t0)
        li      t1, 0x10000
        add     t1, t0, t1
        try     sd s2, 0(t1)
        li      t1, 0x60000
        add     t1, t0, t1
        try     sd s2, 0(t1)
        li      t0, 512                 # garbage
1:      sd      s2, 0(s1)
        sfence.vma
        addi    s1, s1, 8
        addi    t0, t0, -1
        bnez    t0, 1b
        j       done

        # -- 5 -------------------------------------------------------------------------------------------------------------
hypervisors:
        .irp    name, hlv.b, hlv.bu, hlv.h, hlv.hu, hlv.w, hlv.wu, hlv.d, hlvx.hu, hlvx.wu
        try     \name a0, (s0)
        .endr
        .irp    name, hsv.b, hsv.h, hsv.w, hsv.d
        try     \name s2, (s0)
        .endr
        .irp    name, hfence.vvma, hfence.gvma, hinval.vvma, hinval.gvma
        try     \name zero, zero
        .endr
        li      s1, -1
        .irp    name, hedeleg, hideleg, hie, hcounteren, hgeie, htval, hip, hvip, htinst, henvcfg, hgatp, htimedelta
        try     csrw \name, s1
        .endr
        .irp    name, hstateen0, hstateen1, hstateen2, hstateen3
        try     csrw \name, s1
        .endr
        .irp    name, vsstatus, vsie, vstvec, vsscratch, vsepc, vscause, vstval, vsip, vsatp, vstimecmp
        try     csrw \name, s1
        .endr
        try     csrr a0, hgeip
        try     csrw hstatus, s1
        j       done

        # -- 6 -------------------------------------------------------------------------------------------------------------
machines:
        try     mret
        .irp    name, mstatus, medeleg, mideleg, mie, mtvec, mcounteren, menvcfg, mscratch, mepc, mcause, mtval, mip, mtinst, mtval2
        try     csrw \name, s2
        .endr
        .irp    name, mcycle, minstret
        try     csrw \name, s2
        .endr
        .irp    name, misa, mhartid, mvendorid
        try     csrr a0, \name
        .endr
        j       done

        # -- 7 -------------------------------------------------------------------------------------------------------------
mask_timer:
        csrci   sstatus, SIE
        csrw    sie, zero
        csrw    scounteren, zero
        li      s1, -1
        csrw    stimecmp, s1
1:      j       1b

        # -- 8 -------------------------------------------------------------------------------------------------------------
call_storm:
        csrw    sie, zero
        li      s1, CALL_END + 1
1:      mv      a7, s1
        mv      a0, s2
        ecall
        addi    s1, s1, 1
        j       1b

        .balign 4096
app:
        mv      s0, a0
        beqz    s0, app_wild
        mv      a0, s0
        li      a7, CALL_SERVICE
        ecall
        la      a0, b_alive
        call    print
app_exit:
        li      a0, 0
        li      a7, CALL_END
        ecall
        # -- 0 -------------------------------------------------------------------------------------------------------------
app_wild:
        li      t0, 0x80000000          # its own kernel
        sd      t0, 0(t0)
        j       app_exit

b_alive:
        .asciz  "still here\n"
        .balign 4

