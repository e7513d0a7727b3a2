/**
 * Runs a program on Debian's qemu-system-riscv64, on the machine that ours resembles.
 */
import { spawnSync } from 'node:child_process';

/** What a run on QEMU gave. */
export interface QemuRun {
  /** Bytes on the console, as text. */
  readonly console: string;
  /** 0 when the program said PASS, its code when it said FAIL. */
  readonly exitCode: number;
}

/** The QEMU: RV64 with everything that Debian's version turns on by itself. */
export const QEMU_CPU = 'rv64,h=true';

/**
 * The same with what both sides have: A, C, Zba, Zbb, Zbs and Sstc are on in QEMU by themselves. Zicbom, Zicboz, Zawrs, Zicond, Svadu's
 * control and Smstateen are not in version 7.2.
 */
export const QEMU_CPU_LIKE_OURS = [
  QEMU_CPU, 'f=false', 'd=false', 'zbc=false', 'svinval=true', 'svnapot=true', 'svpbmt=true',
].join(',');

/** QEMU's machines: `virt` ends by the test finisher and prints on the UART, `spike` does both through HTIF. */
const MACHINES = {
  virt: (elf: string) => ['-machine', 'virt', '-bios', 'none', '-kernel', elf],
  spike: (elf: string) => ['-machine', 'spike', '-bios', elf],
} as const;

/**
 * Runs an ELF to its end.
 *
 * @param elf - Ends itself as the machine has it.
 * @param cpu - A `-cpu` argument.
 * @param seconds - Wall time after which the run counts as hung.
 * @throws Error when QEMU is missing, fails or hangs.
 */
export function runOnQemu(elf: string, { cpu = QEMU_CPU, seconds = 120, machine = 'virt' }: { cpu?: string; seconds?: number; machine?: keyof typeof MACHINES } = {}): QemuRun {
  const result = spawnSync('qemu-system-riscv64', [
    ...MACHINES[machine](elf), '-cpu', cpu, '-m', '128M', '-display', 'none', '-monitor', 'none', '-serial', 'stdio',
  ], { encoding: 'latin1', input: '', maxBuffer: 1 << 30, timeout: 1000 * seconds });
  if (result.error !== undefined) {
    const code = 'code' in result.error ? result.error.code : undefined;
    if (code === 'ENOENT') throw new Error('qemu-system-riscv64 is not installed; on Debian: apt-get install qemu-system-misc');
    if (code === 'ETIMEDOUT') throw new Error(`QEMU did not end ${elf} within ${seconds} s; last output: ${result.stdout.slice(-200)}`);
    throw result.error;
  }
  if (result.status === null) throw new Error(`QEMU was ended by ${result.signal ?? 'a signal'}: ${result.stderr}`);
  if (result.stderr !== '') throw new Error(`QEMU: ${result.stderr}`);
  return { console: result.stdout, exitCode: result.status };
}
