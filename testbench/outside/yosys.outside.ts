/** The printed cores as Debian's tools read them: Verilator's lint and a synthesis by Yosys. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printVerilog } from '../../model/backend/verilog/verilog.js';
import { REQUEST } from '../../model/machine/protocol.js';
import { CORES, type CoreName } from '../properties/cores.js';
import { moduleOf } from '../properties/scenarios.js';
import { workFolder } from './ghosthart.js';

const MINUTES = 60_000;

/** A core printed into a file. */
function printed(core: CoreName): { readonly path: string; readonly name: string } {
  const { text, name } = printVerilog(moduleOf(core), REQUEST);
  const path = join(workFolder, `${name}.sv`);
  writeFileSync(path, text);
  return { path, name };
}

describe.each(CORES)('%s in SystemVerilog', (core) => {
  it('has nothing in it that Verilator minds, but for signals that only waves show', () => {
    const { path } = printed(core);
    const { stderr, status } = spawnSync('verilator', ['--lint-only', '-Wall', '-Wno-UNUSEDSIGNAL', path], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }, 5 * MINUTES);
});

describe('three-stage in SystemVerilog', () => {
  it('is synthesized by Yosys, without a latch', () => {
    const { path, name } = printed('three-stage');
    const script = `read_verilog -sv ${path}; synth -top ${name} -noshare; check -assert; select -assert-none t:$_DLATCH* t:$dlatch*; tee -o ${path}.stat stat`;
    const { stdout, stderr, status } = spawnSync('yosys', ['-Q', '-T', '-p', script], { encoding: 'utf8', maxBuffer: 1 << 28 });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const [, cells] = /Number of cells: +(\d+)/.exec(stdout.slice(stdout.lastIndexOf('Number of cells'))) ?? [];
    const registers = [...stdout.slice(stdout.lastIndexOf('Number of cells')).matchAll(/\$_\w*DFF\w* +(\d+)/g)].reduce((sum, m) => sum + Number(m[1]), 0);
    console.log(`three-stage: ${cells ?? 'no'} cells, of them ${registers} flip-flops`);
    expect(registers).toBeGreaterThan(0);
  }, 10 * MINUTES);
});
