/** Modules as one, so that a single compilation tries many of them. */
import type { Expr, Memory, Module, Register, RegisterArray, Statement } from '../../model/ir/ir.js';
import { mapModule, mapStatement } from '../../model/ir/map.js';
import { hardwareOf } from '../../model/ir/observation.js';

type Storage = Register | RegisterArray | Memory;

/** A module with a prefix to every name but that of the memory, which all share. */
function prefixed(module: Module, prefix: string): Module {
  const named = <T extends { readonly name: string }>(item: T): T => ({ ...item, name: `${prefix}.${item.name}` });
  const registers = module.registers.map(named);
  const arrays = module.arrays.map(named);
  const storage = new Map<string, Storage>([...registers, ...arrays].map((item) => [item.name, item]));
  const own = <T extends Storage>(item: T): T => {
    const mine = storage.get(`${prefix}.${item.name}`);
    const isSame = (o: Storage | undefined): o is T => o?.kind === item.kind;
    return isSame(mine) ? mine : item;
  };
  const node = (e: Expr): Expr => {
    if (e.kind === 'read') return { ...e, register: own(e.register) };
    return e.kind === 'element' ? { ...e, array: own(e.array) } : e;
  };
  return { ...mapModule(module, { node, storage: own, wireName: (name) => `${prefix}.${name}` }), registers, arrays };
}

/** Only the first writes the memory: in the others the stores are as if they were not. */
const withoutStores = (body: readonly Statement[]): readonly Statement[] =>
  body.filter((s) => s.kind !== 'store').map((s) => mapStatement(s, { expr: (e) => e, body: withoutStores }));

/** The hardware of all modules in one. */
export function sideBySide(modules: readonly Module[]): Module {
  const parts = modules.map(hardwareOf).map((m, i) => prefixed(i === 0 ? m : { ...m, body: withoutStores(m.body) }, `m${i}`));
  const [first] = parts;
  if (first === undefined) throw new Error('no modules');
  const [memory] = first.memories;
  const body = parts.flatMap((p) => p.body).map((s) => shareMemory(s, memory));
  return {
    name: 'side-by-side', registers: parts.flatMap((p) => p.registers), arrays: parts.flatMap((p) => p.arrays),
    memories: memory === undefined ? [] : [memory], wires: parts.flatMap((p) => p.wires), body,
  };
}

function shareMemory(s: Statement, memory: Memory | undefined): Statement {
  const isSame = <T extends Storage>(item: T, other: Storage | undefined): other is T => item.kind === other?.kind;
  return mapStatement(s, { expr: (e) => e, storage: (item) => (item.kind === 'memory' && isSame(item, memory) ? memory : item) });
}
