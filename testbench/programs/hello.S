# hello.S - the smallest program that says something.
#
# Runs in M-mode without a stack. Prints one line on the UART, then ends twice: by a store to `tohost`, which
# Ghosthart answers by stopping in that cycle, and, where nobody watches `tohost` (QEMU), through the test finisher.

        .equ    UART,      0x10000000   # ns16550a: offset 0 sends a byte, offset 5 is the line status
        .equ    THR_EMPTY, 0x20         # line status: the transmitter takes another byte
        .equ    FINISHER,  0x100000
        .equ    PASS,      0x5555

        .text
        .globl  _start
_start:
        la      s0, message
        li      s1, UART
next:   lbu     a0, 0(s0)
        beqz    a0, done
1:      lbu     t0, 5(s1)               # wait until the transmitter is free
        andi    t0, t0, THR_EMPTY
        beqz    t0, 1b
        sb      a0, 0(s1)
        addi    s0, s0, 1
        j       next

done:   la      t0, tohost
        li      t1, 1                   # 1 is "exit, code 0"
        sd      t1, 0(t0)
        li      t0, FINISHER
        li      t1, PASS
        sw      t1, 0(t0)
1:      j       1b                      # the finisher needs a moment

        .data
message:
        .asciz  "Hello from a hart that was a YAML file a moment ago.\n"
        .align  6
        .globl  tohost
tohost: .dword  0
        .globl  fromhost
fromhost:
        .dword  0
