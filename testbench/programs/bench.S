# bench.S - the integer program of the speed benchmark.
#
# Walks an array of 1024 doublewords ITERATIONS times. Every element is one step of a 64-bit xorshift generator, kept
# in place; its bits then decide what happens (so the branches depend on data): a sum grows or is mixed, a
# histogram counter is read and written, and every eighth element or so calls a function that multiplies.
# About 28 instructions an element: 3,600 iterations are a little more than 100 million instructions.
#
# The checksum at the end folds sum, array and histogram together. CHECKSUM belongs to ITERATIONS; bench.ts
# computes it for any other count.

        .equ    ITERATIONS, 3600
        .equ    CHECKSUM,   0x12fbd662371a7672
        .equ    ELEMENTS,   1024
        .equ    FINISHER,   0x100000
        .equ    PASS,       0x5555
        .equ    FAIL,       0x3333

        .text
        .globl  _start
_start:
        # The seed: x = index * golden + golden, so that no element is zero.
        la      s0, array
        li      s1, ELEMENTS
        li      s2, 0x9e3779b97f4a7c15  # 2^64 / golden ratio
        li      a0, 0
1:      add     a0, a0, s2
        sd      a0, 0(s0)
        addi    s0, s0, 8
        addi    s1, s1, -1
        bnez    s1, 1b

        li      s10, ITERATIONS
        li      s3, 0                   # the sum
        la      s4, histogram
outer:
        la      s0, array
        li      s1, ELEMENTS
inner:
        ld      a0, 0(s0)
        slli    t0, a0, 13              # xorshift64: 13, 7, 17
        xor     a0, a0, t0
        srli    t0, a0, 7
        xor     a0, a0, t0
        slli    t0, a0, 17
        xor     a0, a0, t0
        sd      a0, 0(s0)

        andi    t0, a0, 1               # odd: add; even: mix
        beqz    t0, even
        add     s3, s3, a0
        j       joined
even:   xor     s3, s3, a0
        srai    t1, s3, 3
        sub     s3, s3, t1
joined:
        andi    t0, a0, 0x60            # one in four: count in the histogram
        bnez    t0, uncounted
        srli    t1, a0, 8
        andi    t1, t1, 255
        slli    t1, t1, 2
        add     t1, t1, s4
        lwu     t2, 0(t1)
        addi    t2, t2, 1
        sw      t2, 0(t1)
uncounted:
        andi    t0, a0, 0x380           # one in eight: the function
        bnez    t0, uncalled
        call    scramble
uncalled:
        slt     t0, a0, s3              # a comparison, a 32-bit operation and a byte access for the mix
        addw    t1, a0, s3
        sltu    t2, t1, a0
        add     s3, s3, t0
        add     s3, s3, t2
        addi    s0, s0, 8
        addi    s1, s1, -1
        bnez    s1, inner

        addi    s10, s10, -1
        bnez    s10, outer

        # Checksum: sum, then every array element, then every counter, each by h = h * 31 + value.
        la      s0, array
        li      s1, ELEMENTS
        li      t0, 31
1:      ld      a0, 0(s0)
        mul     s3, s3, t0
        add     s3, s3, a0
        addi    s0, s0, 8
        addi    s1, s1, -1
        bnez    s1, 1b
        mv      s0, s4
        li      s1, 256
1:      lwu     a0, 0(s0)
        mul     s3, s3, t0
        add     s3, s3, a0
        addi    s0, s0, 4
        addi    s1, s1, -1
        bnez    s1, 1b

        la      t0, checksum            # left in memory for a debugger or a wave
        sd      s3, 0(t0)
        li      t1, CHECKSUM
        la      t0, tohost
        li      t2, FINISHER
        bne     s3, t1, wrong
        li      t1, 1                   # exit 0
        sd      t1, 0(t0)
        li      t1, PASS
        sw      t1, 0(t2)
1:      j       1b
wrong:  li      t1, 3                   # exit 1
        sd      t1, 0(t0)
        li      t1, 0x10000
        li      t3, FAIL
        or      t1, t1, t3
        sw      t1, 0(t2)
1:      j       1b

# s3 = (s3 rotated left by 5) * (element with its lowest bit set) + the high half of their product.
# Saves and restores what it uses on a small stack, as compiled code would.
scramble:
        la      t0, stack_top
        addi    t0, t0, -32
        sd      ra, 24(t0)
        sd      a0, 16(t0)
        slli    t1, s3, 5
        srli    t2, s3, 59
        or      t1, t1, t2
        ori     a0, a0, 1
        mul     s3, t1, a0
        mulhu   t2, t1, a0
        add     s3, s3, t2
        ld      a0, 16(t0)
        ld      ra, 24(t0)
        ret

        .data
        .align  6
        .globl  tohost
tohost: .dword  0
        .globl  fromhost
fromhost:
        .dword  0
        .globl  checksum
checksum:
        .dword  0
        .align  6
array:  .zero   8192
histogram:
        .zero   1024
        .zero   64
stack_top:
        .dword  0
