import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BASE, loadWith, mistakesIn, specsWith } from './testing.js';
import { loadFromFiles, loadSpecs } from './load.js';
import { renderDiagnostic } from './render.js';

describe('loading', () => {
  it('reports the mistakes of all files and entries at once, in order', () => {
    const found = mistakesIn({
      'isa/x.yaml': 'rules: [frist_rule]\ninstructions:\n  a: { match: "01", fromat: three, class: alux }\n  b: { match: "0000001----------000-----0110011", format: tree, class: alu, result: X }\n'
        + '  c: { match: "0000000----------000-----0110011", format: three, class: alu, result: "0" }\ncsrs:\n  status2: { address: 0x300, fields: { A: { bits: 3-0 }, B: { bits: 2, value: 2 } } }\n',
      'hart.yaml': (BASE['hart.yaml'] ?? '').replace('16', '15'),
      'uarch/core.yaml': (BASE['uarch/core.yaml'] ?? '').replace('divide: 1', 'divide: 0'),
    });
    expect(found.map(({ span: { file }, message }) => `${file.path}: ${message}`)).toEqual([
      'specs/hart.yaml: cycles_per_tick: 15 is not a power of two',
      'specs/isa/x.yaml: isa/x.yaml: there is no rule frist_rule',
      'specs/isa/x.yaml: a: the match has 2 characters',
      'specs/isa/x.yaml: a: unknown key fromat',
      'specs/isa/x.yaml: a: alux is not one of alu, multiply, muldiv, branch, jump, load, store, amo, lr, sc, csr, fence, xret, trap, wait, cbo',
      'specs/isa/x.yaml: b: the operation is not in double quotes',
      'specs/isa/x.yaml: c: plus and c have the same encoding',
      'specs/isa/x.yaml: status2: status has the address 0x300 already',
      'specs/isa/x.yaml: status2: the fields A and B overlap in bit 2',
      'specs/isa/x.yaml: status2.B: 2 does not fit into 1 bit',
      'specs/uarch/core.yaml: core: the latency of divide is 0',
    ]);
  });

  it('gives every entry its extension and place', () => {
    const { isa, cores } = specsWith({});
    expect(isa.instructions[0]).toMatchObject({ name: 'plus', extension: 'base', format: { name: 'three' }, class: 'alu', cases: [] });
    const { file, start, end } = isa.csrs[0]?.span ?? { file: { text: '' }, start: 0, end: 0 };
    expect(file.text.slice(start, end)).toBe('status');
    expect(cores.map(({ name }) => name)).toEqual(['core']);
  });

  it('wants files of every kind in the first layer', () => {
    const outcome = loadFromFiles(Object.entries(BASE).filter(([path]) => path !== 'hart.yaml').map(([path, text]) => ({ path: `specs/${path}`, text })));
    expect(outcome.ok ? [] : outcome.diagnostics.map(renderDiagnostic)).toEqual([
      'specs/hart.yaml: there is no such file\n  Add hart.yaml to specs: the first spec directory must be complete, only overlays may be partial.',
    ]);
  });
});

describe('a broken text', () => {
  const paths = Object.keys(BASE);
  const damage = fc.record({ path: fc.constantFrom(...paths), at: fc.double({ min: 0, max: 1, noNaN: true }), remove: fc.nat(12), insert: fc.constantFrom('', '"', '[', '}', ': ', '\n', '- ', '&a ', '*a', '!', '-', '99', 'x', '{ ', '#', '\t', '|', 'é') });

  it('of any kind gives specs or mistakes with places in their files, never an exception', () => {
    fc.assert(fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (all) => {
      const files: Record<string, string> = { ...BASE };
      for (const { path, at, remove, insert } of all) {
        const text = files[path] ?? '';
        const start = Math.floor(at * text.length);
        files[path] = text.slice(0, start) + insert + text.slice(start + remove);
      }
      for (const { span: { file, start, end } } of mistakesIn(files)) {
        expect(0 <= start && start <= end && end <= file.text.length).toBe(true);
      }
    }), { numRuns: 150 });
  });
});

describe('an overlay', () => {
  const open = '0000000----------000-----0110011';

  it('replaces entries of the same name and adds new ones', () => {
    const { isa } = specsWith({}, { 'more/isa/mine.yaml': `rules: [second_rule]\ninstructions:\n  plus: { match: "${open}", format: three, class: alu, result: "1" }\n  minus: { match: "${open.replace('0000000', '0100000')}", format: three, class: alu, result: "2" }\n` });
    expect(isa.instructions.map(({ name, result, extension }) => [name, result?.text, extension])).toEqual([['plus', '1', 'mine'], ['minus', '2', 'mine']]);
  });

  it('replaces parts of traps, settings, regions and cores by name', () => {
    const { isa, cores } = specsWith({}, {
      'more/isa/t.yaml': 'rules: [first_rule]\ntraps:\n  wake: "1"\n  exceptions:\n    call: { code: 9, source: instruction, tval: "0", gva: "0", tinst: "0" }\n',
      'more/hart.yaml': 'cycles_per_tick: 4\nregions:\n  bell: { base: 0x4000, size: 0x1000, kind: io, widths: [4], device: uart }\n',
      'more/uarch/core.yaml': (BASE['uarch/core.yaml'] ?? '').replace('divide: 1', 'divide: 7'),
    });
    expect(isa.traps.wake.text).toBe('1');
    expect(isa.traps.exceptions.map(({ code }) => code)).toEqual([1, 2, 3, 4, 5, 6, 9]);
    expect([isa.hart.cyclesPerTick, isa.hart.resetPc]).toEqual([4, 0x1000n]);
    expect(isa.hart.regions.map(({ name }) => name)).toEqual(['ram', 'bell']);
    expect(cores.map(({ latency }) => latency.divide)).toEqual([7]);
  });

  it('replaces one CSR out of a range', () => {
    const { isa } = specsWith({ 'isa/x.yaml': 'rules: [first_rule]\ncsrs:\n  "counter[3-4]": { address: 0xb03, fields: { all: { bits: 63-0, value: 0 } } }\n' },
      { 'more/isa/x.yaml': 'rules: [first_rule]\ncsrs:\n  counter4: { address: 0xb04, fields: { all: { bits: 63-0 } } }\n' });
    expect(isa.csrs.slice(1).map(({ name, fields }) => [name, fields[0]?.source.kind])).toEqual([['counter3', 'constant'], ['counter4', 'stored']]);
  });

  it('defines a name once, too', () => {
    const entry = 'functions:\n  one: { value: "1" }\n';
    const outcome = loadWith({}, { 'more/isa/x.yaml': entry, 'more/isa/y.yaml': entry });
    expect(outcome.ok ? [] : outcome.diagnostics.map(({ message }) => message)).toEqual(['one: one is defined twice']);
  });
});

describe('the hash', () => {
  const hash = (changes: Readonly<Record<string, string>>): string => specsWith(changes).isa.hash;

  it('is SHA-256 in hex, the same for the same files in any order', () => {
    const reversed = loadFromFiles(Object.entries(BASE).reverse().map(([path, text]) => ({ path: `elsewhere/${path}`, text })));
    expect(hash({})).toMatch(/^[0-9a-f]{64}$/);
    expect(reversed.ok && reversed.value.isa.hash).toBe(hash({}));
  });

  it('changes with the contents, the names and the layers of files', () => {
    const text = '# nothing\n';
    const layered = loadWith({}, { 'more/isa/x.yaml': text });
    const hashes = [hash({}), hash({ 'isa/x.yaml': text }), hash({ 'isa/y.yaml': text }), hash({ 'isa/x.yaml': `${text}#` }), layered.ok ? layered.value.isa.hash : ''];
    expect(new Set(hashes).size).toBe(5);
  });
});

describe('from disk', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ghosthart-spec-'));
    for (const [path, text] of Object.entries(BASE)) write(path, text);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function write(path: string, text: string | Uint8Array): void {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }

  const complaints = (...directories: readonly string[]): readonly string[] => {
    const outcome = loadSpecs(directories);
    return outcome.ok ? [] : outcome.diagnostics.map((one) => renderDiagnostic(one).replaceAll(directory, 'DIR'));
  };

  it('gives the same specs as from memory', () => {
    const outcome = loadSpecs([directory]);
    expect(outcome.ok && outcome.value.isa.hash).toBe(specsWith({}).isa.hash);
  });

  it('names a directory that is missing', () => {
    expect(complaints(join(directory, 'nowhere'))).toEqual(['DIR/nowhere: this spec directory cannot be read\n  Check the path: it should hold isa/, hart.yaml, uarch/ and rules/.']);
    expect(complaints(directory, join(directory, 'nowhere'))).toEqual(['DIR/nowhere: this spec directory cannot be read\n  Check the path: it should hold isa/, hart.yaml, uarch/ and rules/.']);
    expect(complaints()).toEqual(['specs: no spec directory is given\n  Name at least one directory with isa/, hart.yaml, uarch/ and rules/.']);
  });

  it('names a folder that is missing', () => {
    rmSync(join(directory, 'uarch'), { recursive: true });
    expect(complaints(directory)).toEqual(['DIR/uarch/*.yaml: there is no such file\n  Add uarch/*.yaml to DIR: the first spec directory must be complete, only overlays may be partial.']);
  });

  it('names a file that cannot be read as text', () => {
    write('isa/broken.yaml', new Uint8Array([0x61, 0xff, 0xfe]));
    mkdirSync(join(directory, 'isa/folder.yaml'));
    expect(complaints(directory)).toEqual(['broken', 'folder'].map((name) => `DIR/isa/${name}.yaml: this file cannot be read\n  Check that it is a file of UTF-8 text and that you may read it.`));
  });

  it('does not overlook a file called .yml', () => {
    write('isa/more.yml', 'functions: {}');
    expect(complaints(directory)).toEqual(['DIR/isa/more.yml: this file is not read\n  Rename it to more.yaml.']);
  });

  it('takes an overlay with only some files', () => {
    write('more/hart.yaml', 'cycles_per_tick: 8\n');
    const outcome = loadSpecs([directory, join(directory, 'more')]);
    expect(outcome.ok && outcome.value.isa.hart.cyclesPerTick).toBe(8);
  });
});

describe('the specs of this project', () => {
  it('have no mistakes', () => {
    const outcome = loadSpecs([new URL('../../specs', import.meta.url).pathname]);
    expect(outcome.ok ? [] : outcome.diagnostics.map(renderDiagnostic)).toEqual([]);
  });
});
