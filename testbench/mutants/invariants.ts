/**
 * What holds in every state that can be reached. Proofs of equivalence may
 * rest on it; `proofs-rest-on-true-invariants.test.ts` looks for a state that
 * breaks one.
 */
import { and, binary, constant, eqConst, not, or, read, slice } from '../../model/ir/build.js';
import type { Expr, Module } from '../../model/ir/ir.js';
import { Decoder } from '../../model/pipeline/decode.js';
import type { Immediate, Isa } from '../../model/spec/isa.js';

/** Something that always holds. */
export interface Invariant {
  readonly name: string;
  /** One bit over registers of the module. */
  readonly holds: Expr;
}

/** All invariants of a module. */
export function invariantsOf(isa: Isa, module: Module): readonly Invariant[] {
  return [...modeInvariants(module), ...legalFields(isa, module), ...storedBits(isa, module), ...walking(isa, module), ...travelling(isa, module)];
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

/** Bits of a CSR's register that no write reaches are as after reset. */
function storedBits(isa: Isa, module: Module): readonly Invariant[] {
  return isa.csrs.flatMap((csr): Invariant[] => {
    const home = module.registers.find((r) => r.name === `csr.${csr.name}`);
    if (home === undefined || csr.counts !== undefined) return [];
    const all = (1n << BigInt(home.width)) - 1n;
    const written = csr.fields.reduce((bits, { source, bits: { low } }) => (source.kind === 'stored' ? bits | (source.writable << BigInt(low)) : bits), 0n);
    const kept = all & ~written;
    return kept === 0n ? [] : [{ name: `${csr.name} has only bits that can be written`, holds: eqConst(binary('and', read(home), constant(home.width, kept)), home.reset & kept) }];
  });
}

/** A walk is at a level that some scheme has. */
function walking({ translation }: Isa, module: Module): readonly Invariant[] {
  if (translation === undefined) return [];
  const levels = Math.max(...translation.schemes.map((s) => s.levels));
  return module.registers.filter((r) => r.name === 'walk.level' || r.name === 'walk.second_level').map((r): Invariant => (
    { name: `${r.name} is below ${levels}`, holds: binary('ltu', read(r), constant(r.width, levels)) }));
}

/** What travels with an instruction fits to it: it is latched together, valid or not. */
function travelling(isa: Isa, module: Module): readonly Invariant[] {
  const decoder = new Decoder(isa);
  const stages = module.registers.filter((r) => r.name.endsWith('.control')).map((r) => r.name.replace(/\.control$/, ''));
  return stages.flatMap((stage): Invariant[] => {
    const [control, insn] = [register(module, `${stage}.control`), register(module, `${stage}.insn`)];
    const unit = (name: Parameters<Decoder['unit']>[1]): Expr => decoder.unit(control, name);
    // Both registers are 0 until the first instruction comes.
    const found: Invariant[] = [
      { name: `${stage}.control is that of ${stage}.insn`, holds: or(binary('eq', control, decoder.control(decoder.expand(insn))), and(eqConst(control, 0), eqConst(insn, 0))) },
    ];
    if (has(module, `${stage}.trouble`)) {
      found.push({ name: `only accesses in ${stage} are in trouble`, holds: or(not(register(module, `${stage}.trouble`)), unit('load'), unit('store')) });
    }
    if (stage === stages[stages.length - 1] && has(module, 'commit.waiting')) {
      const waits = decoder.ops.filter((op) => op.instruction.class === 'wait' || op.instruction.block?.zero === true).map((op) => eqConst(decoder.field(control, 'op'), op.index));
      const outside = and(register(module, `${stage}.trouble`), or(unit('load'), unit('store')));
      found.push({ name: 'only accesses outside memory, WFI and zeroing a block wait', holds: or(not(register(module, 'commit.waiting')), outside, ...waits) });
    }
    if (stage === stages[stages.length - 1] && has(module, 'commit.waiting') && has(module, `${stage}.address`)) {
      const address = register(module, `${stage}.address`);
      const unaligned = decoder.ops.flatMap(({ instruction: { class: c, memory }, index }) => (
        memory === undefined || (c !== 'amo' && c !== 'lr' && c !== 'sc') ? []
          : [and(eqConst(decoder.field(control, 'op'), index), not(eqConst(binary('and', slice(address, 2, 0), constant(3, memory.bytes - 1)), 0)))]));
      found.push({ name: 'no unaligned atomic access waits', holds: not(and(register(module, 'commit.waiting'), or(...unaligned))) });
    }
    // With execute right before commit, what works there has nothing ahead of it.
    if (stages.length === 1) {
      const working = module.registers.filter((r) => r.name === 'muldiv.busy' || r.name === `${stage}.split`).map((r) => ({ r, empty: eqConst(read(r), 0) }));
      for (const { r, empty } of working) found.push({ name: `${stage} is empty while ${r.name} counts`, holds: or(empty, not(register(module, `${stage}.valid`))) });
    }
    if (has(module, `${stage}.rd`)) {
      const writes = decoder.field(control, 'writes');
      found.push({ name: `what writes no register in ${stage} has register 0`, holds: or(writes, eqConst(register(module, `${stage}.rd`), 0)) });
    }
    if (has(module, `${stage}.fetch_fault`)) {
      found.push({ name: `what was not fetched is no instruction in ${stage}`, holds: or(eqConst(register(module, `${stage}.fetch_fault`), 0), decoder.field(control, 'illegal')) });
    }
    if (has(module, `${stage}.imm`)) found.push(...unsignedImmediates(decoder, stage, control, register(module, `${stage}.imm`)));
    return found;
  });
}

/** Bits of an immediate before it is extended. */
export const immediateWidth = ({ scale, bits }: Immediate): number => scale + bits.reduce((sum, { high, low }) => sum + high - low + 1, 0);

/** An unsigned immediate has no bits above its width. */
function unsignedImmediates(decoder: Decoder, stage: string, control: Expr, imm: Expr): readonly Invariant[] {
  return decoder.ops.flatMap((op): Invariant[] => {
    const { immediate } = op.instruction.format;
    if (immediate === undefined || immediate.signed) return [];
    const width = immediateWidth(immediate);
    const is = eqConst(decoder.field(control, 'op'), op.index);
    return [{ name: `the immediate of ${op.instruction.name} in ${stage} has ${width} bits`, holds: or(not(is), eqConst(slice(imm, imm.width - 1, width), 0)) }];
  });
}
