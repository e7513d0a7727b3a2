# guest-a.S - A sorts WORK numbers, and has its kernel compute their CRC-32. Between guest.S and print.S.

        .equ    SEED,           20240229

        # service: a0 = address of the application's bytes, a1 = how many; returns their CRC-32 (that of Ethernet and zip). sstatus.SUM
        # lets the kernel read the application's memory.
service:
        add     a1, a0, a1
        li      t0, 0xffffffff
        li      t1, 0xedb88320
1:      lbu     t2, 0(a0)
        xor     t0, t0, t2
        li      t3, 8
2:      andi    t4, t0, 1               # one bit: shift it out, and if it was set apply the polynomial
        neg     t4, t4
        and     t4, t4, t1
        srli    t0, t0, 1
        xor     t0, t0, t4
        addi    t3, t3, -1
        bnez    t3, 2b
        addi    a0, a0, 1
        bltu    a0, a1, 1b
        not     t0, t0
        slli    t0, t0, 32
        srli    a0, t0, 32
        ret

fault:  li      a0, 0
        ret

        .balign 4096
app:
        li      s0, HEAP
        li      t0, SEED                # numbers x, x = x * 1664525 + 1013904223 modulo 2^32
        li      t1, 1664525
        li      t2, 1013904223
        mv      t3, s0
        li      t4, WORK
1:      mulw    t0, t0, t1
        addw    t0, t0, t2
        sw      t0, 0(t3)
        addi    t3, t3, 4
        addi    t4, t4, -1
        bnez    t4, 1b

        addi    t0, s0, 4               # insertion sort, as unsigned numbers; t3 is the end
2:      lwu     t1, 0(t0)
        mv      t2, t0
3:      lwu     t4, -4(t2)
        bgeu    t1, t4, 4f
        sw      t4, 0(t2)
        addi    t2, t2, -4
        bltu    s0, t2, 3b
4:      sw      t1, 0(t2)
        addi    t0, t0, 4
        bltu    t0, t3, 2b

        mv      a0, s0
        li      a1, 4 * WORK
        li      a7, CALL_SERVICE
        ecall
        mv      s1, a0
        la      a0, a_sorted
        call    print
        li      a0, WORK
        call    print_number
        la      a0, a_crc
        call    print
        mv      a0, s1
        call    print_hex
        la      a0, a_end
        call    print
        li      a0, 0
        li      a7, CALL_END
        ecall

a_sorted:
        .asciz  "sorted "
a_crc:  .asciz  " words, their CRC-32 is "
a_end:  .asciz  "\n"
        .balign 4

