/**
 * The one-way dependencies: what may import what. A folder of `model/` imports
 * only folders to its left; the reference and the tables share nothing with
 * what they check.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const MODEL_ORDER = ['spec', 'lang', 'ir', 'pipeline', 'backend', 'machine'];
/** Lowering an operation yields an IR expression. */
const MODEL_EXCEPTIONS: readonly (readonly [from: string, to: string])[] = [
  ['lang', 'ir'],
];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function sources(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts') && !f.endsWith('.d.ts'))
    .map((f) => join(folder, f));
}

/** Imports of a file: relative ones as paths from the root, packages by name. */
function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm);
  const dynamic = text.matchAll(/import\(\s*['"]([^'"]+)['"]\s*\)/g);
  const target = (specifier: string): string =>
    specifier.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), specifier)).replace(/\.js$/, '.ts') : specifier;
  return [
    ...[...statements].map(([, type, specifier = '']) => ({ from: file, to: target(specifier), typeOnly: type !== undefined })),
    ...[...dynamic].map(([, specifier = '']) => ({ from: file, to: target(specifier), typeOnly: false })),
  ];
}

const importsIn = (folder: string, tests = false): readonly Import[] =>
  sources(folder).filter((f) => tests || !/\.(test|testing|fixture)\.ts$/.test(f)).flatMap(importsOf);

const say = (imports: readonly Import[]): readonly string[] => imports.map((i) => `${i.from} imports ${i.to}`);

describe('dependencies point one way', () => {
  it('a folder of model/ imports only folders to its left', () => {
    const backwards = MODEL_ORDER.flatMap((folder, place) =>
      importsIn(join('model', folder)).filter(({ to }) => {
        const [top, other = ''] = to.split('/');
        if (top !== 'model') return top === 'testbench' || top === 'waves';
        if (MODEL_EXCEPTIONS.some(([a, b]) => a === folder && b === other)) return false;
        return MODEL_ORDER.indexOf(other) > place || !MODEL_ORDER.includes(other);
      }));
    expect(say(backwards)).toEqual([]);
  });

  it('nothing in model/ or waves/ imports the testbench', () => {
    const up = [...importsIn('model'), ...importsIn('waves')].filter(({ to }) => to.startsWith('testbench/'));
    expect(say(up)).toEqual([]);
  });

  it('waves/ takes nothing from model/ but types of the layout', () => {
    const more = importsIn('waves').filter(({ to, typeOnly }) => to.startsWith('model/') && !(typeOnly && to === 'model/backend/layout.ts'));
    expect(say(more)).toEqual([]);
  });

  it.each(['reference', 'tables'])('testbench/%s imports only itself and the contract', (folder) => {
    const home = `testbench/${folder}/`;
    const foreign = importsIn(join('testbench', folder), true).filter(({ to, from }) =>
      !to.startsWith(home) && to !== 'testbench/retirement.ts' && !(to === 'vitest' && from.endsWith('.test.ts')));
    expect(say(foreign)).toEqual([]);
  });

  it('the contract imports nothing', () => {
    expect(say(importsOf('testbench/retirement.ts'))).toEqual([]);
  });

  it('ir/ knows nothing of RISC-V, and backend/ nothing of YAML or pipelines', () => {
    const known = [...importsIn('model/ir'), ...importsIn('model/backend')].filter(({ to }) => /^model\/(spec|lang|pipeline)\//.test(to) || to === 'yaml');
    expect(say(known)).toEqual([]);
  });
});
