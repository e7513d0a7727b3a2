# print.S - output of applications, a character at a time. In an application, behind its own code.

        # a0 = a text that ends with a zero. Changes a0, a7, t0.
print:  mv      t0, a0
        li      a7, CALL_PUT
1:      lbu     a0, 0(t0)
        beqz    a0, 2f
        ecall
        addi    t0, t0, 1
        j       1b
2:      ret

        # a0 = a number, in decimal. Changes a0, a7, t0 to t3.
print_number:
        li      a7, CALL_PUT
        mv      t0, a0
        li      t1, 10
        li      t2, 1                   # the largest power of ten that is not above it
1:      divu    t3, t0, t2
        bltu    t3, t1, 2f
        mul     t2, t2, t1
        j       1b
2:      divu    a0, t0, t2
        remu    t0, t0, t2
        addi    a0, a0, '0'
        ecall
        divu    t2, t2, t1
        bnez    t2, 2b
        ret

        # a0 = a number of 32 bits, as eight hexadecimal digits. Changes a0, a7, t0 to t2.
print_hex:
        li      a7, CALL_PUT
        mv      t0, a0
        li      t1, 32
1:      addi    t1, t1, -4
        srl     a0, t0, t1
        andi    a0, a0, 15
        li      t2, 10
        bltu    a0, t2, 2f
        addi    a0, a0, 'a' - '0' - 10
2:      addi    a0, a0, '0'
        ecall
        bnez    t1, 1b
        ret

        .balign 8
app_end:
image_end:
