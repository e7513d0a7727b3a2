/** What is booted lies where firmware expects it; what cannot be is refused; what is nonsense runs into traps and no further. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Program } from '../../model/machine/elf.js';
import { assemble } from '../assembly/assemble.js';
import { writeElf } from '../assembly/elf.js';
import { assemblyTables } from '../assembly/tables.js';
import { Lockstep } from '../lockstep/lockstep.js';
import { ObservedCore } from '../lockstep/observed.js';
import { compiledCore, shippedSpecs } from '../properties/cores.js';
import { bootImage, KERNEL_OFFSET, type BootMachine, type BootParts } from './image.js';
import { Dialogue, stepsOf, unescaped } from './script.js';

const compiled = compiledCore('five-stage');
const { machine, interrupts } = compiled.description;
const tables = assemblyTables(shippedSpecs().isa);
const BASE = 0x8000_0000n;
const on: BootMachine = { machine, interrupts, memory: { base: BASE, size: 128n << 20n }, tables };

function elf(text: string): Uint8Array {
  const assembled = assemble(text, tables);
  if (!assembled.ok) throw new Error(assembled.errors.map((e) => e.message).join('\n'));
  return writeElf(assembled.program);
}

function image(parts: BootParts): Program {
  const program = bootImage(parts, on);
  if (!program.ok) throw new Error(program.message);
  return program;
}

const refusal = (parts: BootParts, memory = on.memory): string => {
  const outcome = bootImage(parts, { ...on, memory });
  return outcome.ok ? 'booted' : `${outcome.message} ${outcome.mend}`;
};

/** Prints a letter and the hart's number, goes on to the kernel. */
const FIRMWARE = `
_start: li   t0, 0x10000000
        addi t1, a0, 0x30
        sb   t1, (t0)
        lwu  t2, (a1)          # the tree's first word
        li   t3, 0xedfe0dd0
        bne  t2, t3, bad
        li   t1, 0x41
        sb   t1, (t0)
        li   t4, 0x80200000
        jr   t4
bad:    j    bad
`;
const KERNEL = Uint8Array.from([0x37, 0x03, 0x10, 0x00, 0xb7, 0x53, 0x00, 0x00, 0x93, 0x83, 0x53, 0x55, 0x23, 0x20, 0x73, 0x00, 0x6f, 0x00, 0x00, 0x00]); // power off

describe('a boot image', () => {
  it.each(['ELF', 'raw'])('hands over to firmware, %s, with the hart in a0 and the tree in a1, and has the kernel in its place', (kind) => {
    const file = elf(FIRMWARE);
    const bios = kind === 'ELF' ? file : image({ bios: file }).segments[0]?.data ?? file;
    let text = '';
    const core = new ObservedCore(compiled, { print: (bytes) => { text += Buffer.from(bytes).toString(); } });
    const result = new Lockstep(core).run(image({ bios, kernel: KERNEL }), { maxCycles: 5_000 });
    expect(result).toMatchObject({ kind: 'agreed', outcome: { kind: 'exited', code: 0 } });
    expect(text).toBe('0A');
  });

  it('keeps its parts apart, or says which meet and what to do', () => {
    const big = new Uint8Array(Number(KERNEL_OFFSET) + 1);
    expect(refusal({ bios: big, kernel: KERNEL })).toBe('The kernel, 0x80200000 to 0x80200013, overlaps the firmware, 0x80000000 to 0x80200000. Give the machine more memory with -m, or smaller files.');
    expect(refusal({ bios: KERNEL, kernel: KERNEL }, { base: BASE, size: 1n << 20n })).toMatch(/^The kernel, .*, does not fit into the memory of 1048576 bytes\. Give the machine more memory/);
    expect(refusal({ bios: new Uint8Array() })).toMatch(/^The firmware is empty/);
    expect(refusal({ bios: Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 1, 2, 3]) })).toMatch(/^The firmware cannot be loaded. It is truncated/);
  });

  it('of random bytes traps and goes on: firmware, kernel, RAM disk and tree', () => {
    const core = new ObservedCore(compiled);
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
    const elfLike = bytes.map((b) => Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...b]));
    fc.assert(fc.property(fc.oneof(bytes, elfLike), fc.option(bytes, { nil: undefined }), fc.option(bytes, { nil: undefined }), (bios, kernel, tree) => {
      const program = bootImage({ bios, ...(kernel && { kernel }), ...(tree && { tree }) }, on);
      if (!program.ok) return;
      const result = new Lockstep(core).run(program, { maxCycles: 1_500, maxTraps: 30 });
      expect(result.kind).toBe('agreed');
    }), { numRuns: 60 });
  });
});

describe('a dialogue', () => {
  it('types each answer when its question has come, in whatever pieces it comes', () => {
    fc.assert(fc.property(fc.array(fc.nat(60), { maxLength: 8 }), (cuts) => {
      const said = 'noise login: noise $ pass$ the end';
      const typed: string[] = [];
      const dialogue = new Dialogue(stepsOf(['login: ', '$ ', 'end'], ['root\n', 'ls\n']), (b) => typed.push(Buffer.from(b).toString()));
      const ends = [...new Set([0, ...cuts.filter((c) => c < said.length).sort((a, b) => a - b), said.length])];
      const overs = ends.slice(1).map((end, i) => dialogue.hear(Buffer.from(said.slice(ends[i], end))));
      expect(typed).toEqual(['root\n', 'ls\n']);
      expect(overs).toEqual(overs.map((_, i) => i === overs.length - 1));
      expect([dialogue.done, dialogue.awaited]).toEqual([true, undefined]);
    }));
  });

  it('knows what it still waits for', () => {
    const dialogue = new Dialogue(stepsOf(['a', 'b'], []), () => undefined);
    expect([dialogue.hear(Buffer.from('xxa')), dialogue.awaited, dialogue.hear(Buffer.from('a')), dialogue.done]).toEqual([false, 'b', false, false]);
  });

  it('reads escapes', () => {
    expect(unescaped('a\\n\\\\n\\x')).toBe('a\n\\n\\x');
  });
});
