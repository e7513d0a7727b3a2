/**
 * GTKWave without a screen: what it shows of a dump and its save file.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What GTKWave made of the files. */
export interface GtkwaveShow {
  /** Exit status; 255 for a malformed dump. */
  readonly status: number | null;
  /** Full names of the displayed signals, in order. */
  readonly visible: readonly string[];
  /** Displayed text by the name asked for, at the time asked for. */
  readonly values: ReadonlyMap<string, string>;
  /** All it printed. */
  readonly output: string;
}

/** What to look at. */
export interface GtkwaveQuestion {
  /** Path of the save file, which names its dump. */
  readonly saveFile: string;
  /** Time (ns) of the marker. */
  readonly at?: bigint;
  /** Displayed names whose text to fetch: `top.core.mode[2:0]`, or the alias of a row. */
  readonly names?: readonly string[];
  /** Where to put a picture (PNG). */
  readonly picture?: string;
}

/** Whether GTKWave and Xvfb are installed. */
export const hasGtkwave = (): boolean => ['gtkwave', 'xvfb-run'].every((program) => spawnSync('which', [program]).status === 0);

/** Braces keep brackets from Tcl. */
const tclWord = (text: string): string => `{${text}}`;

function script({ at = 0n, names = [], picture }: GtkwaveQuestion): string {
  return [
    'gtkwave::/Time/Zoom/Zoom_Full',
    'puts "VISIBLE [gtkwave::getDisplayedSignals]"',
    `gtkwave::setMarker ${at}`,
    ...names.map((name) => `puts [concat {VALUE ${name}=} [gtkwave::getTraceValueAtMarkerFromName ${tclWord(name)}]]`),
    ...(picture === undefined ? [] : [`gtkwave::/File/Grab_To_File ${tclWord(picture)}`]),
    'exit\n',
  ].join('\n');
}

/** Opens a save file from a foreign working directory and asks. */
export function askGtkwave(question: GtkwaveQuestion): GtkwaveShow {
  const directory = mkdtempSync(join(tmpdir(), 'gtkwave-'));
  try {
    const tcl = join(directory, 'ask.tcl');
    writeFileSync(tcl, script(question));
    const screen = ['-a', '-s', '-screen 0 1400x900x24'];
    const run = spawnSync('xvfb-run', [...screen, 'gtkwave', '-a', question.saveFile, `--script=${tcl}`], { cwd: directory, encoding: 'utf8', timeout: 60_000 });
    const lines = run.stdout.split('\n');
    const visible = (lines.find((line) => line.startsWith('VISIBLE '))?.slice(8) ?? '').split(' ').filter((name) => name !== '');
    const values = new Map((question.names ?? []).map((name): [string, string] => {
      const head = `VALUE ${name}=`;
      return [name, (lines.find((line) => line.startsWith(head))?.slice(head.length) ?? '').trim()];
    }));
    return { status: run.status, visible, values, output: run.stdout + run.stderr };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Names of the signals that a save file wants displayed, in order. */
export const namesInSaveFile = (text: string): readonly string[] =>
  text.split('\n').map((line) => line.replace(/^\+\{[^}]*\} /, '')).filter((line) => /^\w+\./.test(line));
