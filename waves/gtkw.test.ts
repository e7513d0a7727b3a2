import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gtkwFiles, writeGtkw } from './gtkw.js';
import { buildView, roledByName, roleOf, type WaveFilter } from './view.js';

const modes: WaveFilter = { name: 'modes', entries: [{ value: 3n, text: 'M' }, { value: 5n, text: 'VS', color: 'gold' }, { value: 9n, text: 'never' }] };
const causes: WaveFilter = { name: 'causes', entries: [{ value: 10n, text: 'ecall_vs' }, { value: (1n << 63n) | 7n, text: 'timer' }] };
const signals = [
  { name: 'csr.mcause', width: 64, id: '!' },
  { name: 'execute.stall.store', width: 1, id: '"' },
  { name: 'execute.valid', width: 1, id: '#' },
  { name: 'fetch.pc', width: 64, id: '$' },
  { name: 'mode', width: 3, id: '%' },
  { name: 'execute.text', width: 256, id: '&' },
  { name: 'trap.cause', width: 6, id: "'" },
  { name: 'muldiv.count', width: 6, id: '(' },
  { name: 'walk.pte', width: 64, id: ')' },
  { name: 'walk.read_at', width: 64, id: '*' },
  { name: 'fetch.window.first', width: 64, id: '+' },
];
const filterOf = (name: string): string | undefined => (name === 'mode' ? 'modes' : /cause$/.test(name) ? 'causes' : undefined);
const view = buildView(roledByName(signals, ['fetch', 'execute'], filterOf), [modes, causes]);

it('groups mode, traps, stages in pipeline order and CSRs', () => {
  expect(view.groups.map((g) => [g.title, g.rows.map((r) => r.signal.name)])).toEqual([
    ['mode', ['mode']],
    ['trap', ['trap.cause']],
    ['fetch', ['fetch.pc']],
    ['execute', ['execute.valid', 'execute.text', 'execute.stall.store']],
    ['walk', ['walk.pte']],
    ['windows', ['fetch.window.first']],
    ['csr', ['csr.mcause']],
  ]);
  expect(view.groups.find((g) => g.title === 'windows')?.rows.map((r) => r.label)).toEqual(['fetch first']);
});

it('prints a save file with flags, filters and groups', () => {
  const [save] = gtkwFiles('/out/core.vcd', view);
  expect(save.name).toBe('core.gtkw');
  expect(save.text).toBe(`[dumpfile] "core.vcd"
[savefile] "core.gtkw"
[treeopen] top.core.
[signals_width] 240
[sst_expanded] 0
[timestart] 0
*-7.000000 -1${' -1'.repeat(26)}
@800200
-mode
@2022
^1 core.modes.3.txt
top.core.mode[2:0]
@1000200
-mode
@800200
-trap
@2022
[color] 1
^2 core.causes.6.txt
+{trap cause} top.core.trap.cause[5:0]
@1000200
-trap
@800200
-fetch
@22
top.core.fetch.pc[63:0]
@1000200
-fetch
@800200
-execute
@28
top.core.execute.valid
@820
top.core.execute.text[255:0]
@28
+{stall store} top.core.execute.stall.store
@1000200
-execute
@800200
-walk
@22
top.core.walk.pte[63:0]
@1000200
-walk
@800200
-windows
@22
+{fetch first} top.core.fetch.window.first[63:0]
@1000200
-windows
@800200
-csr
@2022
^3 core.causes.64.txt
top.core.csr.mcause[63:0]
@1000200
-csr
`);
});

it('pads filter keys to the displayed width and leaves out what does not fit', () => {
  const texts = new Map(gtkwFiles('core.vcd', view).map(({ name, text }) => [name, text]));
  expect(texts.get('core.modes.3.txt')).toBe('3 M\n5 ?gold?VS\n');
  expect(texts.get('core.causes.6.txt')).toBe('0a ecall_vs\n');
  expect(texts.get('core.causes.64.txt')).toBe('000000000000000a ecall_vs\n8000000000000007 timer\n');
});

it('tells roles by name only where the name tells one', () => {
  const roles = ['mode', 'priv', 'decode.pc', 'decode.pc.x', 'decode.kill', 'decode.kill.trap', 'trap.to', 'constructor.x', 'other.pc'].map((name) => roleOf(name, ['decode']));
  expect(roles.map((r) => (r?.kind === 'stage' ? r.part : r?.kind))).toEqual(['mode', undefined, 'pc', undefined, undefined, 'kill', 'trap', undefined, undefined]);
});

it('writes all files beside the dump, or says why not', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gtkw-'));
  try {
    expect(writeGtkw(join(directory, 'core.vcd'), view)).toBeUndefined();
    expect(readdirSync(directory).sort()).toEqual(['core.causes.6.txt', 'core.causes.64.txt', 'core.gtkw', 'core.modes.3.txt']);
    expect(readFileSync(join(directory, 'core.gtkw'), 'utf8')).toContain('top.core.mode');
    expect(writeGtkw(join(directory, 'none', 'core.vcd'), view)?.message).toMatch(/its directory does not exist\.$/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
