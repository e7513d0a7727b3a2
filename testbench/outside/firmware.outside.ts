/**
 * Firmware that nobody here wrote, as Debian ships it (packages opensbi,
 * u-boot-qemu): it boots to its prompts, its first million instructions agree
 * with the reference, and dtc finds nothing wrong with our device tree.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bootImage } from '../boot/image.js';
import { assemblyTables } from '../assembly/tables.js';
import { Lockstep } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { compiledCore, CORES as CORE_NAMES, shippedSpecs } from '../properties/cores.js';
import { OPENSBI, UBOOT } from './firmware.js';
import { ghosthart, workFolder } from './ghosthart.js';

/** Stops the countdown, asks for the version, waits for the answer and the next prompt. */
const ASK = ['--expect', 'Hit any key', '--type', ' ', '--expect', '=> ', '--type', 'version\\n', '--expect', 'GNU ld', '--expect', '=> '];
const MINUTES = 60_000;

/** Cycles after which firmware is taken for lost: some five times what it needs. */
const MOST_CYCLES = '80000000';

describe('the device tree', () => {
  it.each([
    { what: 'as it is', options: [] },
    { what: 'with a command line, a RAM disk and more memory', options: ['--bootargs', 'console=ttyS0', '--initrd', OPENSBI, '-m', '1G'] },
  ])('is one that dtc reads without a warning, $what', ({ options }) => {
    const path = join(workFolder, 'machine.dtb');
    expect(ghosthart('boot', '--dump-dtb', path, ...options).exitCode).toBe(0);
    const { status, stdout, stderr } = spawnSync('dtc', ['-I', 'dtb', '-O', 'dts', path], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/riscv,isa = "rv64i[a-z]*h/);
  });
});

describe('U-Boot in M-mode', () => {
  it('reaches its prompt and answers what is typed', () => {
    const { exitCode, stdout } = ghosthart('boot', '--bios', UBOOT.M, '--max-cycles', MOST_CYCLES, ...ASK);
    expect(stdout).toMatch(/U-Boot 20\d\d.*DRAM: +128 MiB.*=> version\r?\nU-Boot 20\d\d/s);
    expect(exitCode).toBe(0);
  }, 10 * MINUTES);
});

describe('OpenSBI with U-Boot in S-mode', () => {
  it('recognises the hypervisor extension, hands over, and the prompt answers', () => {
    const { exitCode, stdout } = ghosthart('boot', '--bios', OPENSBI, '--kernel', UBOOT.S, '--max-cycles', MOST_CYCLES, ...ASK);
    expect(stdout).toMatch(/OpenSBI v\d/);
    expect(stdout).toMatch(/Boot HART Base ISA +: rv64\w*h\b/);
    expect(stdout).toMatch(/Domain0 Next Mode +: S-mode/);
    expect(stdout).toMatch(/=> version\r?\nU-Boot 20\d\d/);
    expect(exitCode).toBe(0);
  }, 10 * MINUTES);
});

describe.each(CORE_NAMES)('on the %s core in lockstep', (name) => {
  it.each([['U-Boot in M-mode', { bios: UBOOT.M }], ['OpenSBI with U-Boot', { bios: OPENSBI, kernel: UBOOT.S }]] as const)('the first million instructions of %s agree', (_, files: { readonly bios: string; readonly kernel?: string }) => {
    const core = new ObservedCore(compiledCore(name));
    const { machine, interrupts } = compiledCore(name).description;
    const image = bootImage(
      { bios: readFileSync(files.bios), ...(files.kernel !== undefined && { kernel: readFileSync(files.kernel) }) },
      { machine, interrupts, memory: core.memory.range, tables: assemblyTables(shippedSpecs().isa) },
    );
    if (!image.ok) throw new Error(image.message);
    const result = new Lockstep(core).run(image, { maxCycles: 5_000_000, maxRecords: 1_000_000 });
    expect(result).toMatchObject({ kind: 'agreed', outcome: { kind: 'stopped' } });
    expect(result.records).toBeGreaterThanOrEqual(1_000_000);
  }, 10 * MINUTES);
});
