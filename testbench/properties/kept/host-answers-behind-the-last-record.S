# Found by random programs, mended in "Tell the reference what the host wrote after the last record".
# Side:   lockstep; the reference was not told.
# Cause:  HTIF takes an even value in tohost for the address of a system call. There is none at 0x68, so the host refuses it
#         and clears tohost behind the last record: memory differed at the end, though neither side was wrong.
        .globl _start
_start: la   a0, tohost
        li   a1, 0x68
        sd   a1, 0(a0)
1:      j    1b
        .align 6
        .globl tohost
tohost: .dword 0
