service: ret
fault: li a0, 0
  ret
 .balign 4096
app: li a0, 0
 li a7, CALL_END
 ecall

