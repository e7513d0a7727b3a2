# crt0.S - from reset to main() and from its result to the exit.
#
# M-mode, no interrupts. A trap ends the program with exit code 64 + mcause, so that a wrong access never hangs.

        .section .init, "ax"
        .globl  _start
_start:
        .option push
        .option norelax                 # gp must not be loaded relative to itself
        la      gp, __global_pointer$
        .option pop
        la      sp, __stack_top
        la      t0, trapped
        csrw    mtvec, t0

        la      t0, __bss_start
        la      t1, __bss_end
1:      bgeu    t0, t1, 2f
        sd      zero, 0(t0)
        addi    t0, t0, 8
        j       1b
2:
        call    main
        tail    exit_with               # int main(void): its result is the exit code

        .align  2
trapped:
        csrr    a0, mcause
        addi    a0, a0, 64
        la      sp, __stack_top
        tail    exit_with
