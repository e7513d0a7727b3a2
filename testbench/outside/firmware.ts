/** Where Debian's packages opensbi and u-boot-qemu put their images. */

/** Firmware that jumps to what lies 2 MiB above it. */
export const OPENSBI = '/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.bin';
/** By the mode that it runs in. */
export const UBOOT = { M: '/usr/lib/u-boot/qemu-riscv64/u-boot.bin', S: '/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin' } as const;
