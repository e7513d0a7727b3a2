import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeGtkw } from '../../waves/gtkw.js';
import { valueChange, vcdHeader } from '../../waves/header.js';
import type { WaveSignal } from '../../waves/signal.js';
import { textValue } from '../../waves/text.js';
import { VcdFile } from '../../waves/vcd.js';
import { buildView, roledByName } from '../../waves/view.js';
import { askGtkwave, hasGtkwave, namesInSaveFile } from './gtkwave.js';

const mode: WaveSignal = { name: 'mode', width: 3, id: '!' };
const text: WaveSignal = { name: 'decode.text', width: 256, id: '"' };
const cause: WaveSignal = { name: 'trap.cause', width: 6, id: '#' };
const mcause: WaveSignal = { name: 'csr.mcause', width: 64, id: '$' };
const signals: readonly WaveSignal[] = [
  mode, text, cause, mcause,
  { name: 'decode.valid', width: 1, id: '%' },
  { name: 'decode.pc', width: 64, id: '&' },
  { name: 'decode.stall.operand.rs1', width: 1, id: "'" },
  { name: 'decode.stall.operand', width: 1, id: '(' },
];
const filters = [
  { name: 'modes', entries: [{ value: 3n, text: 'M' }, { value: 5n, text: 'VS', color: 'gold' }] },
  { name: 'causes', entries: [{ value: 10n, text: 'ecall_vs' }, { value: (1n << 63n) | 7n, text: 'machine_timer' }] },
];
const filterOf = (name: string): string | undefined => (name === 'mode' ? 'modes' : name.endsWith('cause') ? 'causes' : undefined);

let directory = '';
let dump = '';
let saveFile = '';

beforeAll(() => {
  if (!hasGtkwave()) throw new Error('this test needs: apt-get install gtkwave xvfb');
  directory = mkdtempSync(join(tmpdir(), 'proof-'));
  dump = join(directory, 'core.vcd');
  saveFile = join(directory, 'core.gtkw');
  const file = VcdFile.open(dump, vcdHeader({ version: '0', specs: '0' }, signals, () => 0n));
  if (!(file instanceof VcdFile)) throw new Error(file.message);
  const changes = [valueChange(mode, 5n), valueChange(text, textValue('addi x1, x2, 3')), valueChange(cause, 10n), valueChange(mcause, (1n << 63n) | 7n)];
  file.write(Buffer.from(`#10\n${valueChange(mode, 3n)}#20\n${changes.join('')}`, 'latin1'));
  expect(file.close(100n).kind).toBe('closed');
  expect(writeGtkw(dump, buildView(roledByName(signals, ['decode'], filterOf), filters))).toBeUndefined();
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('GTKWave', () => {
  it('shows exactly the signals of the save file', () => {
    const { status, visible, output } = askGtkwave({ saveFile });
    expect(status, output).toBe(0);
    expect(visible).toEqual(namesInSaveFile(readFileSync(saveFile, 'utf8')));
    expect(visible.length).toBe(signals.length);
    expect(output).not.toMatch(/Could not/);
  });

  it('shows modes and causes by name and instructions as text', () => {
    const names = ['top.core.mode[2:0]', 'trap cause', 'top.core.csr.mcause[63:0]', 'top.core.decode.text[255:0]'];
    const { values } = askGtkwave({ saveFile, at: 25n, names });
    expect([...values.values()]).toEqual(['VS', 'ecall_vs', 'machine_timer', 'addi x1, x2, 3']);
    expect(askGtkwave({ saveFile, at: 15n, names: names.slice(0, 1) }).values.get('top.core.mode[2:0]')).toBe('M');
  });

  it('would notice a signal that the dump lacks', () => {
    const spoilt = join(directory, 'spoilt.gtkw');
    writeFileSync(spoilt, `${readFileSync(saveFile, 'utf8')}@22\ntop.core.nowhere\n`);
    expect(askGtkwave({ saveFile: spoilt }).visible).not.toEqual(namesInSaveFile(readFileSync(spoilt, 'utf8')));
  });
});
