# guest.S - what the guests A, B and C have in common: a small kernel of their own, and the way from it to an application.
# In front of guest-a.S, guest-b.S or guest-c.S it makes an image.
#
# An image has two kinds of code, and runs in two worlds.
#
#   kernel        boot and a trap handler (below), and a *service* for the application: what the application asks of its kernel.
#                 In S-mode, which on a hypervisor is VS. Where there is one kernel for all, that kernel does what boot and the
#                 handler do here, and has the service loaded as a module: the same bytes, called in S-mode.
#   application   from `app` to `app_end`, in U-mode: VU on a hypervisor, U under the one kernel. It calls its kernel by ECALL
#                 and has 16 KiB of memory at HEAP.
#
# All code is position independent. Each of the guests files ends with:
#
#   service       a0 to a2 = what the application gave in a0 to a2; returns a0. Keeps s-registers.
#   fault         a0 = where the kernel's registers lie at an exception of its own (x1 to x31, 8 bytes each); returns a0 = where to
#                 go on, or 0: nowhere. Only a guest's own kernel asks; the one kernel has no forgiveness for modules.
#   app           a0 = the guest's argument, sp = its stack.
#
# Memory of a guest, from where its RAM begins:

        .equ    ROOT,           0x8000          # Sv39: root, the table of its first GiB, the table of that's first 2 MiB
        .equ    FRAMES,         0xb000          # registers of who was interrupted; 1 KiB for each trap within a trap
        .equ    FRAME,          0x400
        .equ    HEAP_RAM,       0x10000         # what the application sees at HEAP
        .equ    RAM_BYTES,      0x20000

        # Virtual addresses of the application. The kernel has physical addresses, from 0x80000000 on, for itself.
        .equ    APP,            0x10000
        .equ    HEAP,           0x20000
        .equ    HEAP_PAGES,     4

        .equ    SV39,           8
        .equ    TABLE,          0x1             # PTEs: V; and D, A, X, W, R, V for the kernel; D, A, U, (X | W), R, V
        .equ    KERNEL_PTE,     0xcf
        .equ    CODE_PTE,       0xdb
        .equ    HEAP_PTE,       0xd7

        .equ    SPP,            0x100
        .equ    SPIE,           0x20
        .equ    SIE,            0x2
        .equ    SUM,            0x40000
        .equ    STIE,           0x20
        .equ    ECALL_U,        8
        .equ    AT_SEPC,        256             # in a frame
        .equ    AT_SSTATUS,     264

        .equ    CALL_PUT,       1
        .equ    CALL_SERVICE,   3
        .equ    CALL_ALIVE,     4
        .equ    CALL_END,       8
        .equ    FAULTY,         99              # exit code of a kernel that has given up

        .equ    TICK,           800             # ticks of mtime

        .text
        .globl  _start
_start:
image:  j       boot
        .balign 8
        .dword  app - image
        .dword  app_end - image
        .dword  service - image
        .dword  image_end - image

# =====================================================================================================================
# The kernel. a0 = where its RAM begins, which is where this is; a1 = an argument for the application
# =====================================================================================================================
boot:
        mv      s0, a0
        mv      s1, a1
        li      t0, ROOT
        add     s2, s0, t0              # root
        li      t0, 0x1000
        add     s3, s2, t0              # the first GiB
        add     s4, s3, t0              # its first 2 MiB
        add     t1, s4, t0
        mv      t0, s2
1:      cbo.zero (t0)
        addi    t0, t0, 64
        bltu    t0, t1, 1b

        srli    t0, s3, 12              # root[0] and from there to s4
        slli    t0, t0, 10
        ori     t0, t0, TABLE
        sd      t0, 0(s2)
        srli    t0, s4, 12
        slli    t0, t0, 10
        ori     t0, t0, TABLE
        sd      t0, 0(s3)
        li      t0, 0x80000000          # root[2]: one page of a GiB for the kernel, every address to itself
        srli    t1, t0, 12
        slli    t1, t1, 10
        ori     t1, t1, KERNEL_PTE
        sd      t1, 16(s2)

        la      t0, app                 # the application's code
        la      t1, app_end
        li      t2, APP >> 12 << 3
        add     t2, s4, t2
1:      srli    t3, t0, 12
        slli    t3, t3, 10
        ori     t3, t3, CODE_PTE
        sd      t3, 0(t2)
        addi    t2, t2, 8
        li      t3, 0x1000
        add     t0, t0, t3
        bltu    t0, t1, 1b

        li      t0, HEAP_RAM            # and its memory
        add     t0, s0, t0
        li      t2, HEAP >> 12 << 3
        add     t2, s4, t2
        li      t4, HEAP_PAGES
1:      srli    t3, t0, 12
        slli    t3, t3, 10
        ori     t3, t3, HEAP_PTE
        sd      t3, 0(t2)
        addi    t2, t2, 8
        li      t3, 0x1000
        add     t0, t0, t3
        addi    t4, t4, -1
        bnez    t4, 1b

        srli    t0, s2, 12
        li      t1, SV39 << 60
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma

        la      t0, trap
        csrw    stvec, t0
        li      t0, FRAMES
        add     t0, s0, t0
        csrw    sscratch, t0
        li      t0, 7                   # the application may read the time
        csrw    scounteren, t0
        csrr    t0, time
        addi    t0, t0, TICK
        csrw    stimecmp, t0
        li      t0, STIE
        csrw    sie, t0

        li      t0, SPP                 # SRET into U, interrupts on
        csrc    sstatus, t0
        li      t0, SPIE | SUM
        csrs    sstatus, t0
        li      t0, APP
        csrw    sepc, t0
        mv      a0, s1
        li      sp, HEAP + (HEAP_PAGES << 12)
        sret

        # A trap, from the application or from the kernel itself. sscratch is a frame, of which the upper part serves as the stack;
        # while one is in use it is the next.
        .balign 4
trap:   csrrw   sp, sscratch, sp
        .irp    r, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        sd      x\r, 8 * \r(sp)
        .endr
        addi    t0, sp, FRAME
        csrrw   t0, sscratch, t0
        sd      t0, 16(sp)
        csrr    t0, sepc
        sd      t0, AT_SEPC(sp)
        csrr    t0, sstatus
        sd      t0, AT_SSTATUS(sp)
        mv      s0, sp
        addi    sp, sp, FRAME
        csrr    t0, scause
        bltz    t0, tick
        li      t1, ECALL_U
        beq     t0, t1, call
        ld      t0, AT_SSTATUS(s0)
        andi    t0, t0, SPP
        beqz    t0, give_up             # the application has done something that this kernel does not do for it
        mv      a0, s0
        call    fault
        beqz    a0, give_up
        sd      a0, AT_SEPC(s0)
        j       trap_return

give_up:
        li      a0, FAULTY
        li      a7, CALL_END
        ecall
        j       give_up

        # The next one, and a sign of life.
tick:   csrr    t0, time
        addi    t0, t0, TICK
        csrw    stimecmp, t0
        li      a7, CALL_ALIVE
        ecall
        j       trap_return

call:   ld      t0, AT_SEPC(s0)
        addi    t0, t0, 4
        sd      t0, AT_SEPC(s0)
        li      t0, CALL_SERVICE
        beq     a7, t0, 1f
        ecall                           # the same call, one level up: put, end
        j       2f
1:      csrsi   sstatus, SIE            # it may take long: ticks cut into it
        call    service
        csrci   sstatus, SIE
2:      sd      a0, 80(s0)

trap_return:
        ld      t0, AT_SEPC(s0)
        csrw    sepc, t0
        ld      t0, AT_SSTATUS(s0)
        csrw    sstatus, t0
        csrw    sscratch, s0
        mv      sp, s0
        .irp    r, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        ld      x\r, 8 * \r(sp)
        .endr
        ld      sp, 16(sp)
        sret

