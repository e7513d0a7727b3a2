# Found by lockstep --random on tiny, mended in "Tell by which entries an instruction was fetched that waits for ever".
# Side:   lockstep; the reference was not told.
# Cause:  the page that this runs in is unmapped without a fence, and WFI fetched by what the core kept of it. Of an
#         instruction that waits for ever there is no record, so that the reference walked, and owed a page fault.
        .globl _start
_start: la    t0, done
        csrw  mtvec, t0
        li    t0, -1
        csrw  pmpaddr0, t0
        li    t0, 0x1f
        csrw  pmpcfg0, t0
        la    a0, root
        srli  t0, a0, 12
        li    t1, 8
        slli  t1, t1, 60
        or    t0, t0, t1
        csrw  satp, t0
        li    t0, 0x800
        csrw  mstatus, t0
        la    t0, below
        csrw  mepc, t0
        mret
        .align 3
below:  sd    zero, 16(a0)
        wfi
        .align 2
done:   li    t0, 0x100000
        li    t1, 0x5555
        sw    t1, (t0)
1:      j     1b
        .align 12
root:   .dword 0, 0, 0x200000cf
