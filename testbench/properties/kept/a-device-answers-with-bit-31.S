# A PLIC register with bit 31 set was told to the records as a negative number: of a word that LWU reads, the upper half of
# the data was ones. Found by a random program (an enable register, written by a compressed store, read by HLV.WU).
# Loads are zero-extended by LWU and HLV.WU (lwu_op); what a device answers to four bytes has four bytes.
        .text
        .globl _start, tohost, fromhost
_start: li sp, 0x0c002080
        li t0, -1
        csrw pmpaddr0, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
        li t0, 0x80000600
        sw t0, 0(sp)
        lwu a0, 0(sp)
        lw a1, 0(sp)
        lwu zero, 0(sp)
        hlv.wu a2, (sp)
        hlv.wu zero, (sp)
        la t1, tohost
        li t0, 1
        sd t0, 0(t1)
1:      j 1b
        .data
        .align 6
tohost: .dword 0
fromhost: .dword 0
