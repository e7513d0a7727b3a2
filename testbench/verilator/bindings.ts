/**
 * What ties harness.cpp to a printed core: a header with the variables of its
 * model by place, and the file that makes them public.
 */
import type { Layout } from '../../model/backend/layout.js';
import type { Verilog } from '../../model/backend/verilog/verilog.js';
import { arrayBytes, blockOf, placed } from './block.js';

export interface Bindings {
  /** core.h. */
  readonly header: string;
  /** Which variables Verilator must keep, and under their names. */
  readonly config: string;
}

/** Made for a core, its layout and its memory. */
export function bindingsOf(verilog: Verilog, layout: Layout): Bindings {
  const { name, ports, signals, variables } = verilog;
  const block = blockOf(layout);
  const inputs = new Map(ports.inputs.map((p) => [p.register.name, p.port]));
  const hosted = new Map(ports.hosted.map((p) => [p.register.name, p]));
  const kept = [...block.registers.filter((r) => !inputs.has(r.name)).map((r) => variables.get(r.name) ?? ''), ...layout.arrays.map((a) => signals.get(a.name) ?? '')];
  const inside = (variable: string): string => `model.rootp->${name}__DOT__${variable}`;
  const variable = (register: string): string => {
    const input = inputs.get(register);
    return input === undefined ? inside(variables.get(register) ?? '') : `model.${input}`;
  };
  const gathered = block.registers.map((r) => `  coreWord<${r.bytes}>(block + ${r.offset - block.start}, ${variable(r.name)});`);
  const array = (from: number, items: Layout['arrays']): readonly string[] => placed(items, from).map(({ array: a, at }) =>
    `  for (std::size_t i = 0; i < ${a.depth}; i++) coreWord<${a.stride}>(block + ${at} + ${a.stride} * i, ${inside(signals.get(a.name) ?? '')}[i]);`);
  const pokes = block.registers.map((r, i) => {
    const port = hosted.get(r.name);
    if (port !== undefined) return `    case ${i}: model.${port.set} = 1; model.${port.value} = value; return true;`;
    return `    case ${i}: ${variable(r.name)} = value; return ${inputs.has(r.name)};`;
  });
  const reads = ports.reads.map((p) => `  if (model.${p.read}) model.${p.data} = load(model.${p.address}, ${p.into.width / 8});`);
  const stores = ports.stores.map((p) => `  if (model.${p.write}) stores.push_back({model.${p.address}, model.${p.data}, model.${p.bytes}});`);
  const resets = ports.inputs.map((p) => `  model.${p.port} = 0x${p.register.reset.toString(16)}ull;`);
  const release = ports.hosted.map((p) => `  model.${p.set} = 0;`);
  const [memory] = new Set([...ports.reads, ...ports.stores].map((p) => p.memory));
  const header = [
    `#include "V${name}.h"`,
    `#include "V${name}___024root.h"`,
    `using Model = V${name};`,
    `#define CORE_CLOCK ${ports.clock}`,
    `#define CORE_RESET ${ports.reset}`,
    `#define CORE_MEMORY_BASE 0x${(memory?.base ?? 0n).toString(16)}ull`,
    `#define CORE_MEMORY_BYTES ${layout.memory.dramBytes}ull`,
    `#define CORE_BLOCK_BYTES ${block.bytes}`,
    `#define CORE_ARRAY_WORDS ${arrayBytes(block.large) / 4}`,
    'struct Store { std::uint64_t address; std::uint64_t data; std::size_t bytes; };',
    'template <int bytes> void coreWord(unsigned char* to, std::uint64_t value) { std::memcpy(to, &value, bytes); }',
    'inline void coreGather(Model& model, unsigned char* block) {', ...gathered, ...array(block.registerBytes, block.small), '}',
    'inline void coreArrays(Model& model, unsigned char* block) {', ...array(0, block.large), '}',
    '/* Whether it was an input. */',
    'inline bool corePoke(Model& model, std::uint64_t index, std::uint64_t value) {', '  switch (index) {', ...pokes, '    default: return true;', '  }', '}',
    'inline void coreInputs(Model& model) {', ...resets, ...release, '}',
    'inline void coreRelease(Model& model) {', ...release, '}',
    'template <class Load> void coreReads(Model& model, Load load) {', ...reads, '}',
    'inline const std::vector<Store>& coreStores(Model& model) {', '  static std::vector<Store> stores;', '  stores.clear();', ...stores, '  return stores;', '}',
    `void V${name}___024root___eval_settle(V${name}___024root* root);`,
    `inline void coreSettle(Model& model) { V${name}___024root___eval_settle(model.rootp); }`,
    '',
  ].join('\n');
  const config = ['`verilator_config', ...kept.map((v) => `public_flat_rw -module "${name}" -var "${v}"`), ''].join('\n');
  return { header, config };
}
