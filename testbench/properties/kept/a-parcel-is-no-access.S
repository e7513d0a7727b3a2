# Found by lockstep --random 100000 --seed 3001 --profile translation on five-stage, mended in "Tell the entries of a fetch once".
# Side:   neither; what lockstep told the reference of the core's walks was wrong.
# Cause:  memory protection tells parts of the code's page apart, so that instructions are fetched by themselves, with a
#         walk for each parcel in another 4 bytes. The second one's entries, of the same page, were told as well and taken for those of
#         the store: the pointer that memory has lost. The core needs A there, reads all from memory, and faults.
        .equ    ADUE,   61
        .globl _start
_start: la    t0, done
        csrw  mtvec, t0
        la    s0, code
        srli  t0, s0, 2
        addi  t0, t0, 512
        csrw  pmpaddr0, t0
        li    t0, -1
        csrw  pmpaddr1, t0
        li    t0, 0x1f17
        csrw  pmpcfg0, t0
        li    t0, 1
        slli  t0, t0, ADUE
        csrs  menvcfg, t0
        la    s1, root
        srli  t0, s1, 12
        li    t1, 8
        slli  t1, t1, 60
        or    t0, t0, t1
        csrw  satp, t0
        li    s2, 4096
        add   s3, s1, s2
        add   s4, s3, s2
        srli  t1, s3, 2
        ori   t1, t1, 1
        sd    t1, 8(s1)
        srli  t1, s4, 2
        ori   t1, t1, 1
        sd    t1, 0(s3)
        srli  t1, s0, 2
        ori   t1, t1, 0xcf
        sd    t1, 0(s4)
        srli  t1, s3, 2
        ori   t1, t1, 0xc7
        sd    t1, 8(s4)
        add   t1, s0, s2
        srli  t1, t1, 2
        ori   t1, t1, 0x87
        sd    t1, 16(s4)
        li    t0, 0x800
        csrw  mstatus, t0
        li    s5, 0x40000000
        csrw  mepc, s5
        add   a0, s5, s2
        add   a1, a0, s2
        mret
        .align 2
done:   li    t0, 0x100000
        li    t1, 0x5555
        sw    t1, (t0)
1:      j     1b
        .align 12
root:   .zero 4096
        .zero 4096
        .zero 4096
code:   sd    zero, 0(a0)
        .half 0x0001
        sh    zero, 0(a1)
        .half 0x0001
        ecall
        .zero 4080
        .zero 4096
