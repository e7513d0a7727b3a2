/**
 * The device tree of this machine: what software must know of the hart and of
 * what is around it, from the description of the core.
 */
import { cells, EMPTY, texts, wide, type PropertyValue, type TreeNode } from './fdt.js';
import type { DrivenLine, MachineDescription, RegionDescription } from './map.js';
import { PLIC_SOURCES } from './plic.js';

/** What the tree tells beside the description. */
export interface TreeOptions {
  readonly machine: MachineDescription;
  /** Names of interrupts by code, as the specs have them. */
  readonly interrupts: Readonly<Record<number, string>>;
  /** Bytes of DRAM. */
  readonly memory: bigint;
  readonly bootargs?: string;
  /** Where the initial RAM disk lies: its first byte, and the first behind it. */
  readonly initrd?: { readonly start: bigint; readonly end: bigint };
}

/** References between nodes. */
const PHANDLE = { cpu: 1, plic: 2, finisher: 3 } as const;

/** The interrupt that a line into the hart makes pending, by its name in the specs. */
const LINE_INTERRUPTS: Readonly<Record<DrivenLine, string>> = { meip: 'machine_external', seip: 'supervisor_external' };
const CLINT_INTERRUPTS = ['machine_software', 'machine_timer'] as const;

/** What the finisher is told to end or begin anew. */
const FINISHER = { off: 0x5555, reset: 0x7777 } as const;
/** What the UART divides for its rate; nothing here depends on it. */
const UART_CLOCK = 3_686_400;

/** Base letters in their canonical order. */
const LETTERS = 'imafdqcbvh';
/** Extensions that are told in other ways than by name in the ISA string. */
const UNTOLD = /^(sv\d+|pmp)$/;
/** The translation schemes, the largest first. */
const SCHEMES = ['sv57', 'sv48', 'sv39'];

/** `rv64imach_zicsr_zifencei_sstc` from names as hart.yaml has them. */
export function isaString(extensions: readonly string[]): string {
  const letters = [...LETTERS].filter((letter) => extensions.includes(letter));
  return ['rv64' + letters.join(''), ...longNames(extensions)].join('_');
}

/** Names of several letters: unprivileged first, each kind in the order of the alphabet. */
function longNames(extensions: readonly string[]): readonly string[] {
  const named = extensions.filter((e) => e.length > 1 && !UNTOLD.test(e)).toSorted();
  return [...named.filter((e) => e.startsWith('z')), ...named.filter((e) => !e.startsWith('z'))];
}

/** The tree. Throws if the specs name no interrupt that the tree needs: an author's mistake. */
export function deviceTree({ machine, interrupts, memory, bootargs, initrd }: TreeOptions): TreeNode {
  const dram = machine.regions.find((r) => r.device === 'dram');
  const code = (name: string): number => {
    const found = Object.entries(interrupts).find(([, n]) => n === name);
    if (found === undefined) throw new Error(`the specs have no interrupt ${name}`);
    return Number(found[0]);
  };
  return node('', { '#address-cells': cells(2), '#size-cells': cells(2), compatible: texts('ghosthart'), model: texts('ghosthart') }, [
    node('chosen', {
      ...(bootargs === undefined ? {} : { bootargs: texts(bootargs) }),
      ...(initrd === undefined ? {} : { 'linux,initrd-start': cells(...wide(initrd.start)), 'linux,initrd-end': cells(...wide(initrd.end)) }),
      ...standardOutput(machine),
    }),
    node(`memory@${unit(dram?.base ?? '0x0')}`, { device_type: texts('memory'), reg: cells(...wide(BigInt(dram?.base ?? 0)), ...wide(memory)) }),
    node('cpus', { '#address-cells': cells(1), '#size-cells': cells(0), 'timebase-frequency': cells(machine.timebaseFrequency) }, [cpu(machine)]),
    node('soc', { '#address-cells': cells(2), '#size-cells': cells(2), compatible: texts('simple-bus'), ranges: EMPTY }, machine.regions.flatMap((r) => device(r, code))),
    ...(machine.regions.some((r) => r.device === 'finisher') ? [ending('poweroff', FINISHER.off), ending('reboot', FINISHER.reset)] : []),
  ]);
}

function node(name: string, properties: Readonly<Record<string, PropertyValue>>, children: readonly TreeNode[] = []): TreeNode {
  return { name, properties: Object.entries(properties), children };
}

/** The unit address of a node: its base without the 0x. */
const unit = (base: string): string => BigInt(base).toString(16);

function standardOutput({ regions }: MachineDescription): Readonly<Record<string, PropertyValue>> {
  const uart = regions.find((r) => r.device === 'uart');
  return uart === undefined ? {} : { 'stdout-path': texts(`/soc/serial@${unit(uart.base)}`) };
}

function cpu({ extensions, cacheBlockBytes }: MachineDescription): TreeNode {
  const scheme = SCHEMES.find((s) => extensions.includes(s));
  const blocks = (extension: string, property: string) => (extensions.includes(extension) ? { [property]: cells(cacheBlockBytes) } : {});
  return node('cpu@0', {
    device_type: texts('cpu'),
    reg: cells(0),
    status: texts('okay'),
    compatible: texts('riscv'),
    'riscv,isa': texts(isaString(extensions)),
    'riscv,isa-base': texts('rv64i'),
    'riscv,isa-extensions': texts(...[...LETTERS].filter((l) => extensions.includes(l)), ...longNames(extensions)),
    'mmu-type': texts(`riscv,${scheme ?? 'none'}`),
    ...blocks('zicbom', 'riscv,cbom-block-size'),
    ...blocks('zicboz', 'riscv,cboz-block-size'),
  }, [node('interrupt-controller', { '#interrupt-cells': cells(1), '#address-cells': cells(0), 'interrupt-controller': EMPTY, compatible: texts('riscv,cpu-intc'), phandle: cells(PHANDLE.cpu) })]);
}

/** What the tree says of a region; memory and what it does not know are told elsewhere or not at all. */
function device({ device: kind, base, size, interrupt, contexts }: RegionDescription, code: (name: string) => number): readonly TreeNode[] {
  const reg = cells(...wide(BigInt(base)), ...wide(BigInt(size)));
  const toHart = (names: readonly string[]): PropertyValue => cells(...names.flatMap((name) => [PHANDLE.cpu, code(name)]));
  switch (kind) {
    case 'clint':
      return [node(`clint@${unit(base)}`, { compatible: texts('sifive,clint0', 'riscv,clint0'), reg, 'interrupts-extended': toHart(CLINT_INTERRUPTS) })];
    case 'plic':
      return [node(`interrupt-controller@${unit(base)}`, {
        compatible: texts('sifive,plic-1.0.0', 'riscv,plic0'), reg, '#interrupt-cells': cells(1), '#address-cells': cells(0), 'interrupt-controller': EMPTY,
        'interrupts-extended': toHart((contexts ?? []).map((line) => LINE_INTERRUPTS[line])), 'riscv,ndev': cells(PLIC_SOURCES), phandle: cells(PHANDLE.plic),
      })];
    case 'uart':
      return [node(`serial@${unit(base)}`, {
        compatible: texts('ns16550a'), reg, 'clock-frequency': cells(UART_CLOCK),
        ...(interrupt === undefined ? {} : { 'interrupt-parent': cells(PHANDLE.plic), interrupts: cells(interrupt) }),
      })];
    case 'finisher':
      return [node(`test@${unit(base)}`, { compatible: texts('sifive,test1', 'sifive,test0', 'syscon'), reg, phandle: cells(PHANDLE.finisher) })];
    default:
      return [];
  }
}

/** How the machine is told to stop or to begin anew. */
const ending = (name: 'poweroff' | 'reboot', value: number): TreeNode =>
  node(name, { compatible: texts(`syscon-${name}`), regmap: cells(PHANDLE.finisher), offset: cells(0), value: cells(value) });
