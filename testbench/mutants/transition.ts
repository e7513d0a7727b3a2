/** What a module does in a cycle, as one expression per effect. */
import { ONE, constant, mux, read } from '../../model/ir/build.js';
import type { Expr, Module, Statement } from '../../model/ir/ir.js';

/** Effects by name: `csr.mstatus`, `store.data`, `exit 2`. */
export type Effects = ReadonlyMap<string, Expr>;

/** Statistics and records show what happens; they are not what happens. */
const isStatistic = (name: string): boolean => name.startsWith('statistics.');

/** The next value of every register, every access to arrays and memory, and every exit. */
export function transitionOf(module: Module): Effects {
  const resting = new Map<string, Expr>(module.registers.map((r) => [r.name, read(r)]));
  const rest = (name: string, like: Expr): Expr => resting.get(name) ?? constant(like.width, 0);
  const walk = (body: readonly Statement[]): Map<string, Expr> => {
    const effects = new Map<string, Expr>();
    const merge = (condition: Expr, then: Effects, otherwise: Effects): void => {
      for (const name of new Set([...then.keys(), ...otherwise.keys()])) {
        const [a, b] = [then.get(name), otherwise.get(name)];
        const like = a ?? b;
        if (like !== undefined) effects.set(name, mux(condition, a ?? rest(name, like), b ?? rest(name, like)));
      }
    };
    for (const s of body) {
      switch (s.kind) {
        case 'assign':
          if (!isStatistic(s.register.name)) effects.set(s.register.name, s.value);
          break;
        case 'write':
          if (isStatistic(s.array.name)) break;
          effects.set(`${s.array.name} written`, ONE).set(`${s.array.name} index`, s.index).set(`${s.array.name} value`, s.value);
          break;
        case 'load':
          effects.set(`${s.into.name} loaded`, ONE).set(`${s.into.name} address`, s.address);
          break;
        case 'store':
          effects.set('stored', ONE).set('store address', s.address).set('store bytes', s.bytes).set('store data', s.data);
          break;
        case 'exit':
          effects.set(`exit ${s.reason}`, ONE);
          break;
        case 'if':
          merge(s.condition, walk(s.then), walk(s.else));
          break;
        case 'switch': {
          const arms = s.cases.map((c) => ({ keys: c.keys, effects: walk(c.body) }));
          const otherwise = walk(s.default);
          for (const name of new Set([...otherwise.keys(), ...arms.flatMap((a) => [...a.effects.keys()])])) {
            const like = otherwise.get(name) ?? arms.map((a) => a.effects.get(name)).find((e) => e !== undefined);
            if (like === undefined) continue;
            const cases = arms.map((a) => ({ keys: a.keys, value: a.effects.get(name) ?? rest(name, like) }));
            effects.set(name, { kind: 'select', width: like.width, key: s.key, cases, default: otherwise.get(name) ?? rest(name, like) });
          }
          break;
        }
        case 'count':
        case 'record':
        case 'cover':
          break;
      }
    }
    return effects;
  };
  return walk(module.body);
}
