# Found by lockstep --random on five-stage with its caches, mended in "Walk from memory for what could not be fetched".
# Side:   model; it did the same for ever.
# Cause:  an instruction lies in two pages. The first one's entry is kept and no longer in memory (no fence), the second
#         one's needs A. At commit the first passed by what was kept, A was written, and the fetch that followed from
#         memory alone was refused.
# The second act is a claim of its own: the first page is passed by what was kept, with A, and memory's entry, by now
# without A, stays as it is; the second page has no entry, and faults.
        .equ    ADUE,   61
        .globl _start
_start: la    t0, done
        csrw  mtvec, t0
        li    t0, -1
        csrw  pmpaddr0, t0
        li    t0, 0x1f
        csrw  pmpcfg0, t0
        li    t0, 1
        slli  t0, t0, ADUE
        csrs  menvcfg, t0
        la    s0, pages
        la    s1, root
        srli  t0, s1, 12
        li    t1, 8
        slli  t1, t1, 60
        or    t0, t0, t1
        csrw  satp, t0
        li    s2, 4096
        add   t0, s1, s2
        srli  t1, t0, 2
        ori   t1, t1, 1
        sd    t1, 8(s1)
        add   t2, t0, s2
        srli  t1, t2, 2
        ori   t1, t1, 1
        sd    t1, 0(t0)
        srli  t1, s0, 2
        ori   t1, t1, 0x4b
        sd    t1, 0(t2)
        add   t1, s0, s2
        srli  t1, t1, 2
        ori   t1, t1, 0x0b
        sd    t1, 8(t2)
        srli  t1, s0, 2
        ori   t1, t1, 0x4b
        sd    t1, 16(t2)
        la    t0, again
        csrw  mtvec, t0
        li    t0, 0x800
        csrw  mstatus, t0
        li    s3, 0x40000000
        csrw  mepc, s3
        mret
        .align 2
again:  la    t0, second
        csrw  mtvec, t0
        sd    zero, 0(t2)
        li    t0, 0x800
        csrw  mstatus, t0
        add   t0, s3, s2
        addi  t0, t0, -2
        csrw  mepc, t0
        mret
        .align 2
second: la    t0, refuse
        csrw  mtvec, t0
        li    t0, 0x800
        csrw  mstatus, t0
        add   s4, s3, s2
        add   s4, s4, s2
        csrw  mepc, s4
        mret
        .align 2
refuse: la    t0, done
        csrw  mtvec, t0
        srli  t1, s0, 2
        ori   t1, t1, 0x0b
        sd    t1, 16(t2)
        li    t0, 0x800
        csrw  mstatus, t0
        add   t0, s4, s2
        addi  t0, t0, -2
        csrw  mepc, t0
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
pages:  ecall
        .zero 4090
        .half 0x0013
        .half 0x0000
        .zero 4094
