# guest-c.S - C looks for primes below WORK, and has its kernel add them up. Between guest.S and print.S.

        # service: a0 = address of the application's bytes, a1 = how many; returns the sum of the numbers, from 2 on, of those that
        # are zero.
service:
        li      t0, 2
        li      t1, 0
1:      add     t2, a0, t0
        lbu     t2, 0(t2)
        bnez    t2, 2f
        add     t1, t1, t0
2:      addi    t0, t0, 1
        bltu    t0, a1, 1b
        mv      a0, t1
        ret

fault:  li      a0, 0
        ret

        .balign 4096
app:
        li      s0, HEAP                # the sieve of Eratosthenes: a byte for each number, 1 for those with a divisor
        li      s1, WORK
        mv      t0, s0
        add     t1, s0, s1
1:      sb      zero, 0(t0)
        addi    t0, t0, 1
        bltu    t0, t1, 1b
        li      s2, 0                   # primes
        li      t0, 2
2:      add     t2, s0, t0
        lbu     t3, 0(t2)
        bnez    t3, 4f
        addi    s2, s2, 1
        li      t4, 1
        add     t2, t2, t0
3:      bgeu    t2, t1, 4f
        sb      t4, 0(t2)
        add     t2, t2, t0
        j       3b
4:      addi    t0, t0, 1
        bltu    t0, s1, 2b

        mv      a0, s0
        mv      a1, s1
        li      a7, CALL_SERVICE
        ecall
        mv      s3, a0
        mv      a0, s2
        call    print_number
        la      a0, c_primes
        call    print
        li      a0, WORK
        call    print_number
        la      a0, c_sum
        call    print
        mv      a0, s3
        call    print_number
        la      a0, c_end
        call    print
        li      a0, 0
        li      a7, CALL_END
        ecall

c_primes:
        .asciz  " primes below "
c_sum:  .asciz  ", their sum is "
c_end:  .asciz  "\n"
        .balign 4

