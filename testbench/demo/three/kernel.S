# kernel.S - the counter-example: one ordinary kernel, without a level below it, for the same three guests. Goes behind machine.S.
#
# The images are the same bytes. Their applications are processes in U-mode, each in its own address space, sliced by the timer.
# Their kernels' services need S-mode: so they are loaded into this kernel, as modules, which is what a system without a level for
# guests has for them (drivers, file systems, extensions: code of others, with the kernel's powers). What their kernels
# did besides (page tables, traps, ticks) this kernel does for all of them.
#
# It is a good kernel. Its memory is closed to processes; a process that does wrong is ended, and nobody else notices: see B's
# application writing where it has no memory. Against a module it has nothing: S-mode is where it lives itself. An exception
# in S-mode is a panic, as it has to be, since nobody knows what the module has left behind.

        .equ    POINTER,        0x1             # PTEs: V; and D, A, X, W, R, V for the kernel; D, A, U, and X, R or W, R; V
        .equ    KERNEL_PTE,     0xcf
        .equ    DEVICE_PTE,     0xc7
        .equ    CODE_PTE,       0xdb
        .equ    HEAP_PTE,       0xd7
        .equ    SV39,           8

        # What a process sees (guest.S), and where its memory is in the guest's RAM.
        .equ    APP,            0x10000
        .equ    HEAP,           0x20000
        .equ    HEAP_PAGES,     4
        .equ    HEAP_RAM,       0x10000

        .equ    SLICE,          1000            # ticks of the timer

        # ---- a process: 1 KiB, x0 to x31 first ---------------------------------------------------------------------------
        .equ    STATE,          384             # 1: runs
        .equ    ADDRESSES,      392             # its satp
        .equ    SLICES,         400
        .equ    MODULE,         408             # address of its service
        .equ    PROCESS_SHIFT,  10

supervisor_start:
        la      sp, kernel_stack
        la      t0, kernel_trap
        csrw    stvec, t0
        la      a0, kernel_hello
        call    say
        li      t0, 7
        csrw    scounteren, t0
        li      t0, STIP
        csrw    sie, t0
        li      t0, SPP | SIE           # SRET into U, interrupts on; modules read processes' memory
        csrc    sstatus, t0
        li      t0, SPIE | SUM
        csrs    sstatus, t0

        la      s0, processes
        li      s1, 0
1:      addi    t0, s1, 'A'
        sd      t0, NAME(s0)
        li      t1, PARAMETERS
        slli    t0, s1, 3
        add     t1, t1, t0
        ld      t0, 0(t1)
        beqz    t0, 2f
        ld      t0, 8 * GUESTS(t1)
        sd      t0, 8 * 10(s0)          # a0 = its argument
        call    start
2:      addi    s0, s0, 1 << PROCESS_SHIFT
        addi    s1, s1, 1
        li      t0, GUESTS
        bltu    s1, t0, 1b
        addi    s0, s0, -(1 << PROCESS_SHIFT)
        j       next

        # The guest s1 becomes the process s0: its image from the disk, its service as a module, its page tables. Keeps ra in s2.
        .equ    PROCESS_TABLES_SHIFT, 15
start:  mv      s2, ra
        li      a0, DISK
        slli    t0, s1, DISK_SHIFT
        add     a0, a0, t0
        ld      t0, IMAGE_END(a0)
        add     a1, a0, t0
        li      s3, RAM
        slli    t0, s1, RAM_SHIFT
        add     s3, s3, t0              # s3 = its memory
        mv      a2, s3
        call    copy
        fence.i
        ld      t0, IMAGE_SERVICE(s3)
        add     t0, t0, s3
        sd      t0, MODULE(s0)

        li      s4, TABLES
        slli    t0, s1, PROCESS_TABLES_SHIFT
        add     s4, s4, t0              # s4 = root, s5 = its first GiB, s6 = its first 2 MiB
        li      t1, 1 << PAGE_SHIFT
        add     s5, s4, t1
        add     s6, s5, t1
        srli    t0, s5, PAGE_SHIFT
        slli    t0, t0, 10
        ori     t0, t0, POINTER
        sd      t0, 0(s4)
        srli    t0, s6, PAGE_SHIFT
        slli    t0, t0, 10
        ori     t0, t0, POINTER
        sd      t0, 0(s5)
        li      t0, 0x80000000 >> PAGE_SHIFT << 10 | KERNEL_PTE         # memory, and the UART, for S-mode only
        sd      t0, 16(s4)
        li      t0, UART >> PAGE_SHIFT << 10 | DEVICE_PTE
        li      t1, UART >> 21 << 3
        add     t1, s5, t1
        sd      t0, 0(t1)

        ld      t0, IMAGE_APP(s3)
        ld      t1, IMAGE_APP_END(s3)
        add     t0, t0, s3
        add     t1, t1, s3
        li      t2, APP >> PAGE_SHIFT << 3
        add     t2, s6, t2
1:      srli    t3, t0, PAGE_SHIFT
        slli    t3, t3, 10
        ori     t3, t3, CODE_PTE
        sd      t3, 0(t2)
        addi    t2, t2, 8
        li      t3, 1 << PAGE_SHIFT
        add     t0, t0, t3
        bltu    t0, t1, 1b
        li      t0, HEAP_RAM
        add     t0, t0, s3
        li      t2, HEAP >> PAGE_SHIFT << 3
        add     t2, s6, t2
        li      t4, HEAP_PAGES
1:      srli    t3, t0, PAGE_SHIFT
        slli    t3, t3, 10
        ori     t3, t3, HEAP_PTE
        sd      t3, 0(t2)
        addi    t2, t2, 8
        li      t3, 1 << PAGE_SHIFT
        add     t0, t0, t3
        addi    t4, t4, -1
        bnez    t4, 1b

        srli    t0, s4, PAGE_SHIFT
        li      t1, SV39 << 60
        or      t0, t0, t1
        sd      t0, ADDRESSES(s0)
        li      t0, APP
        sd      t0, PC(s0)
        li      t0, HEAP + (HEAP_PAGES << PAGE_SHIFT)
        sd      t0, 16(s0)
        li      t0, 1
        sd      t0, STATE(s0)
        jr      s2

        # A trap: of a process, or else of the kernel, whose sscratch is zero.
        .balign 4
kernel_trap:
        csrrw   sp, sscratch, sp
        beqz    sp, panic
        save_registers
        csrrw   t0, sscratch, zero      # the process's sp
        sd      t0, 16(sp)
        mv      s0, sp                  # s0 = process
        la      sp, kernel_stack
        csrr    t0, sepc
        sd      t0, PC(s0)
        csrr    s1, scause
        bltz    s1, end_of_slice
        li      t0, ECALL_U
        beq     s1, t0, system_call
        la      a0, kernel_fault
        li      a1, 0
        j       death

        # The process at s0 goes on.
resume: ld      t0, PC(s0)
        csrw    sepc, t0
        csrw    sscratch, s0
        mv      sp, s0
        restore_registers
        ld      x2, 16(sp)
        sret

system_call:
        ld      t0, PC(s0)
        addi    t0, t0, 4
        sd      t0, PC(s0)
        li      t0, CALL_PUT
        beq     a7, t0, 1f
        li      t0, CALL_SERVICE
        beq     a7, t0, 2f
        la      a0, kernel_exit
        li      t0, CALL_END
        beq     a7, t0, death
        li      a0, NOT_SUPPORTED
        j       3f
1:      andi    a0, a0, 0xff
        call    put_line
        j       3f
2:      ld      t0, MODULE(s0)          # into the module, with all that the kernel has
        jalr    t0
3:      sd      a0, 80(s0)
        j       resume

end_of_slice:
        ld      t0, SLICES(s0)
        addi    t0, t0, 1
        sd      t0, SLICES(s0)
        # The process after s0, in turn, that runs.
next:   li      s1, GUESTS
1:      addi    s1, s1, -1
        bltz    s1, the_end
        addi    s0, s0, 1 << PROCESS_SHIFT
        la      t0, processes_end
        bltu    s0, t0, 2f
        la      s0, processes
2:      ld      t0, STATE(s0)
        beqz    t0, 1b
        ld      t0, ADDRESSES(s0)
        csrw    satp, t0
        sfence.vma
        csrr    t0, time
        addi    t0, t0, SLICE
        csrw    stimecmp, t0
        j       resume

        # a0 = what happened to the process at s0.
death:  sd      zero, STATE(s0)
        mv      s2, a0
        call    flush_line
        la      a0, kernel_says
        call    say
        ld      a0, NAME(s0)
        call    put
        mv      a0, s2
        call    say
        j       next

the_end:
        la      a0, kernel_bye
        call    say
        li      a0, 0
        li      a7, CALL_END
        ecall

        # An exception in S-mode: nothing is to be trusted any more.
panic:  la      sp, kernel_stack
        la      a0, kernel_panic
        call    say
        csrr    a0, scause
        call    say_number
        la      a0, kernel_at
        call    say
        csrr    a0, sepc
        call    say_hex
        li      a0, '\n'
        call    put
        li      a0, 1
        li      a7, CALL_END
        ecall

        .section .rodata
kernel_hello:
        .asciz  "[kernel] three processes, their kernels' services as modules\n"
kernel_says:
        .asciz  "[kernel] "
kernel_exit:
        .asciz  " has ended\n"
kernel_fault:
        .asciz  " killed: a fault\n"
kernel_bye:
        .asciz  "[kernel] nobody is left\n"
kernel_panic:
        .asciz  "[kernel] panic: cause "
kernel_at:
        .asciz  " at 0x"

        .bss
        .balign 16
        .zero   1024
kernel_stack:
        .balign 1024
processes:
        .zero   GUESTS << PROCESS_SHIFT
processes_end:
