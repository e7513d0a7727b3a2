import { describe, expect, it } from 'vitest';
import { deviceTree, isaString } from './device-tree.js';
import type { TreeNode } from './fdt.js';
import { TEST_MACHINE } from './testing.js';

const interrupts = { 3: 'machine_software', 7: 'machine_timer', 9: 'supervisor_external', 11: 'machine_external' };
const machine = { ...TEST_MACHINE, regions: [...TEST_MACHINE.regions, { name: 'clint', device: 'clint', base: '0x2000000', size: '0x10000' }] };
const tree = deviceTree({ machine, interrupts, memory: 0x1_0000_0000n, bootargs: 'quiet', initrd: { start: 0x8400_0000n, end: 0x8400_1000n } });

/** `soc/serial@10000000` of a tree. */
function at(path: string, root: TreeNode = tree): TreeNode {
  return path.split('/').reduce<TreeNode>((node, name) => {
    const child = node.children.find((c) => c.name === name);
    if (child === undefined) throw new Error(`${path} is not there`);
    return child;
  }, root);
}
const property = (path: string, name: string) => at(path).properties.find(([n]) => n === name)?.[1];

describe('the device tree', () => {
  it('names the extensions that have names, letters in their order', () => {
    expect(isaString(['h', 'zicsr', 'i', 'c', 'm', 's', 'u', 'a', 'sstc', 'sv39', 'pmp', 'zba'])).toBe('rv64imach_zba_zicsr_sstc');
  });

  it('tells the largest translation scheme, or that there is none', () => {
    expect(property('cpus/cpu@0', 'mmu-type')).toEqual({ kind: 'texts', texts: ['riscv,sv48'] });
    const bare = deviceTree({ machine: { ...machine, extensions: ['i'] }, interrupts, memory: 4096n });
    expect(at('cpus/cpu@0', bare).properties.find(([n]) => n === 'mmu-type')?.[1]).toEqual({ kind: 'texts', texts: ['riscv,none'] });
  });

  it('tells the size of a cache block to those that have instructions for it', () => {
    expect(property('cpus/cpu@0', 'riscv,cboz-block-size')).toEqual({ kind: 'cells', cells: [32] });
    expect(property('cpus/cpu@0', 'riscv,cbom-block-size')).toBeUndefined();
  });

  it('leads interrupts where they go: device to PLIC, PLIC and CLINT to the hart', () => {
    expect(property('soc/serial@10000000', 'interrupts')).toEqual({ kind: 'cells', cells: [10] });
    expect(property('soc/serial@10000000', 'interrupt-parent')).toEqual(property('soc/interrupt-controller@c000000', 'phandle'));
    expect(property('soc/interrupt-controller@c000000', 'interrupts-extended')).toEqual({ kind: 'cells', cells: [1, 11, 1, 9] });
    expect(property('soc/clint@2000000', 'interrupts-extended')).toEqual({ kind: 'cells', cells: [1, 3, 1, 7] });
    expect(property('cpus/cpu@0/interrupt-controller', 'phandle')).toEqual({ kind: 'cells', cells: [1] });
  });

  it('tells memory, console, command line and RAM disk', () => {
    expect(property('memory@80000000', 'reg')).toEqual({ kind: 'cells', cells: [0, 0x8000_0000, 1, 0] });
    expect(property('chosen', 'stdout-path')).toEqual({ kind: 'texts', texts: ['/soc/serial@10000000'] });
    expect(property('chosen', 'bootargs')).toEqual({ kind: 'texts', texts: ['quiet'] });
    expect(property('chosen', 'linux,initrd-end')).toEqual({ kind: 'cells', cells: [0, 0x8400_1000] });
  });

  it('needs the interrupts that it names', () => {
    expect(() => deviceTree({ machine, interrupts: {}, memory: 4096n })).toThrow('the specs have no interrupt machine_external');
  });
});
