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

/** What `stat` says behind its last heading. */
function statistics(output: string): { readonly cells: number; readonly kinds: ReadonlyMap<string, number> } {
  const last = output.slice(output.lastIndexOf('Number of cells'));
  const [, cells = '0'] = /Number of cells: +(\d+)/.exec(last) ?? [];
  return { cells: Number(cells), kinds: new Map([...last.matchAll(/^ +(\$\w+) +(\d+)$/gm)].map(([, kind = '', n]) => [kind, Number(n)])) };
}

describe('three-stage in SystemVerilog', () => {
  // Mapping to gates takes Yosys minutes and says nothing more of latches.
  it('is synthesized by Yosys down to operators, registers and memories, none of them a latch', () => {
    const { path, name } = printed('three-stage');
    const script = `read_verilog -sv ${path}; synth -top ${name} -noshare -run begin:fine; check -assert; stat; stat -width`;
    const { stdout, stderr, status } = spawnSync('yosys', ['-Q', '-T', '-p', script], { encoding: 'utf8', maxBuffer: 1 << 28 });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const bits = statistics(stdout);
    const { cells, kinds } = statistics(stdout.slice(0, stdout.lastIndexOf('Number of cells')));
    const flipFlops = [...bits.kinds].reduce((sum, [kind, n]) => sum + (/^\$s?dffe?_/.test(kind) ? n * Number(/_(\d+)$/.exec(kind)?.[1]) : 0), 0);
    console.log(`three-stage: ${cells} cells: ${flipFlops} bits of flip-flops; ${[...kinds].map(([kind, n]) => `${n} ${kind}`).join(', ')}`);
    expect([...kinds.keys()].filter((kind) => kind.includes('latch'))).toEqual([]);
    expect([...kinds.keys()]).toEqual(expect.arrayContaining(['$mem_v2', '$sdffe']));
  }, 10 * MINUTES);
});
