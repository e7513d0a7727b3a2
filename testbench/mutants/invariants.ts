/**
 * What holds in every state that can be reached. Proofs of equivalence may
 * rest on it; `proofs-rest-on-true-invariants.test.ts` looks for a state that
 * breaks one.
 */
import { and, constant, eqConst, not, or, read, slice } from '../../model/ir/build.js';
import type { Expr, Module } from '../../model/ir/ir.js';
import { postorder } from '../../model/ir/walk.js';
import { Decoder } from '../../model/pipeline/decode.js';
import type { Isa } from '../../model/spec/isa.js';

/** Something that always holds. */
export interface Invariant {
  readonly name: string;
  /** One bit over registers of the module. */
  readonly holds: Expr;
}

/** All invariants of a module. */
export function invariantsOf(isa: Isa, module: Module): readonly Invariant[] {
  return [...modeInvariants(module), ...legalFields(isa, module), ...travelling(isa, module)];
}

const has = (module: Module, name: string): boolean => module.registers.some((r) => r.name === name);

function register(module: Module, name: string): Expr {
  const found = module.registers.find((r) => r.name === name);
  return found === undefined ? constant(64, 0) : read(found);
}

function modeInvariants(module: Module): readonly Invariant[] {
  const [priv, V, mstatus] = ['priv', 'V', 'csr.mstatus'].map((name) => register(module, name));
  if (priv === undefined || V === undefined || mstatus === undefined) return [];
  return [
    { name: 'the hart is in one of five modes', holds: and(not(eqConst(priv, 2)), not(and(V, eqConst(priv, 3)))) },
    { name: 'MPRV is 0 in a guest', holds: not(and(V, slice(mstatus, 17, 17))) },
  ];
}

/** Fields whose legal values are listed have no other. */
function legalFields(isa: Isa, module: Module): readonly Invariant[] {
  return isa.csrs.flatMap((csr) => csr.fields.flatMap((field): Invariant[] => {
    const { source, bits: { high, low } } = field;
    if (source.kind !== 'stored' || source.legal === undefined) return [];
    const value = slice(register(module, `csr.${csr.name}`), high, low);
    return [{ name: `${csr.name}.${field.name} is legal`, holds: or(...source.legal.map((v) => eqConst(value, v))) }];
  }));
}

/** What travels with an instruction fits to it. */
function travelling(isa: Isa, module: Module): readonly Invariant[] {
  const decoder = new Decoder(isa);
  const decoded = module.wires.find((w) => w.name.endsWith('.decoded'));
  const words = decoded === undefined ? [] : wordsOf(decoded.value, decoder.width);
  const stages = module.registers.filter((r) => r.name.endsWith('.control')).map((r) => r.name.replace(/\.control$/, ''));
  return stages.flatMap((stage): Invariant[] => {
    const control = register(module, `${stage}.control`);
    const valid = register(module, `${stage}.valid`);
    // The register is 0 until the first instruction comes.
    const known = or(eqConst(control, 0), ...words.map((w) => eqConst(control, w)));
    const unit = (name: Parameters<Decoder['unit']>[1]): Expr => decoder.unit(control, name);
    const found: Invariant[] = words.length === 0 ? [] : [{ name: `${stage}.control is a control word`, holds: known }];
    if (has(module, `${stage}.trouble`)) {
      const trouble = register(module, `${stage}.trouble`);
      const may = or(unit('load'), unit('store'), unit('branch'), unit('jump'));
      found.push({ name: `only accesses, branches and jumps in ${stage} are in trouble`, holds: or(not(valid), not(trouble), may) });
    }
    if (has(module, `${stage}.rd`)) {
      const writes = decoder.field(control, 'writes');
      found.push({ name: `what writes no register in ${stage} has register 0`, holds: or(not(valid), writes, eqConst(register(module, `${stage}.rd`), 0)) });
    }
    if (has(module, `${stage}.fetch_fault`) && words.length > 0) {
      const illegal = decoder.field(control, 'illegal');
      found.push({ name: `what was not fetched is no instruction in ${stage}`, holds: or(not(valid), not(register(module, `${stage}.fetch_fault`)), illegal) });
    }
    return found;
  });
}

/** Constants of the decoder's tree that are whole control words. */
function wordsOf(decoded: Expr, width: number): readonly bigint[] {
  return [...new Set(postorder([decoded]).flatMap((e) => (e.kind === 'const' && e.width === width ? [e.value] : [])))];
}

