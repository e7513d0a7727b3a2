# Interleaves two words and prints the bytes, so that one sees the instruction at work:
#
#     npx ghosthart run zipb.S --specs specs

        .equ    UART,     0x10000000
        .equ    FINISHER, 0x100000
        .equ    PASS,     0x5555

        .text
        .globl  _start
_start:
        li      a0, 0x2165707a          # "zpe!", the low byte first
        li      a1, 0x0a647069          # "ipd\n"
        zipb    a2, a0, a1              # "zipped!\n"
        li      s0, UART
        li      s1, 8
1:      sb      a2, 0(s0)
        srli    a2, a2, 8
        addi    s1, s1, -1
        bnez    s1, 1b
        li      t0, FINISHER
        li      t1, PASS
        sw      t1, 0(t0)
2:      j       2b
