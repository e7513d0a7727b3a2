/**
 * For tests: probers on a core that is right, and on one with a bug planted in
 * its specs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, type CompiledCore } from '../../model/compile.js';
import type { Isa } from '../../model/spec/isa.js';
import { compiledCore, shippedSpecs } from '../properties/cores.js';
import type { Mode } from '../retirement.js';
import { Prober, type ProberOptions } from './prober.js';

const specs = shippedSpecs();

/** SRET in a guest forgets to restore SIE. */
export const FORGETFUL: Isa = {
  ...specs.isa,
  instructions: specs.isa.instructions.map((i) => (i.name !== 'sret' ? i : {
    ...i, cases: i.cases.map((c) => (c.name === 'sret_v1' ? { ...c, update: c.update.filter((u) => u.target !== 'vsstatus.SIE') } : c)),
  })),
};

type Instructions = Isa['instructions'];
type Cases = Instructions[number]['cases'];

/** The specs with the cases of one instruction changed. */
const withCases = (name: string, change: (cases: Cases) => Cases): Isa =>
  ({ ...specs.isa, instructions: specs.isa.instructions.map((i) => (i.name === name ? { ...i, cases: change(i.cases) } : i)) });

/** The specs with the rows of one permit table changed. */
const withRows = (table: string, change: (rows: Isa['permits'][number]['rows']) => Isa['permits'][number]['rows']): Isa =>
  ({ ...specs.isa, permits: specs.isa.permits.map((t) => (t.name === table ? { ...t, rows: change(t.rows) } : t)) });

const withTraps = (change: (traps: Isa['traps']) => Partial<Isa['traps']>): Isa => ({ ...specs.isa, traps: { ...specs.isa.traps, ...change(specs.isa.traps) } });

/** How small a program for a mistake must get: words of its body, CSRs set before it, instructions of the prologue, where it starts. */
export interface Smallest {
  readonly words: number;
  readonly settings: number;
  readonly prologue: number;
  readonly modes: readonly Mode[];
}

/** Mistakes of one line in the specs, each with the one cause that its failures have and what their text says. */
export const ONE_LINE_MISTAKES: readonly { readonly what: string; readonly isa: Isa; readonly about: RegExp; readonly says: readonly RegExp[]; readonly smallest: Smallest }[] = [
  {
    what: 'SRET forgets MPRV', smallest: { words: 1, settings: 0, prologue: 15, modes: ['M'] }, about: /^mstatus\.MPRV after sret_v0$/,
    says: [/mstatus\.MPRV +0x1 +0x0 +was 0x1/, /State: .*mstatus\.SPP was [01]/, /Row: +sret_v0 \(isa\/privileged\.yaml:\d+\)/, /Rule: +mstatus_mprv_clr_mret_sret_less_priv/],
    isa: withCases('sret', (cases) => cases.map((c) => ({ ...c, update: c.update.filter((u) => u.target !== 'mstatus.MPRV') }))),
  },
  {
    what: 'a row of hcounteren is dropped', smallest: { words: 1, settings: 2, prologue: 17, modes: ['VU'] }, about: /^counter\.hcounteren_op: model retires, reference virtual_instruction$/,
    says: [/State: .*hcounteren\.\w+ was 0.*mcounteren\.\w+ was 1.*scounteren\.\w+ was 1/, /Row: +hcounteren_op/, /Rule: +hcounteren_op, H_cause_virtual_instruction/],
    isa: withRows('counter', (rows) => rows.filter((r) => r.name !== 'H_virtinst_vu_nonhighctr_h0_m1')),
  },
  {
    what: 'SPVP is written on every trap into HS', smallest: { words: 1, settings: 2, prologue: 22, modes: ['HS', 'U', 'VS'] }, about: /^hstatus\.SPVP after a trap into HS$/,
    says: [/hstatus\.SPVP +0x[01] +0x[01] +was 0x[01]/, /Row: +HS \(isa\/traps\.yaml/, /Rule: +hstatus_spvp_op/],
    isa: withTraps(({ entry }) => ({
      entry: entry.map((e) => (e.mode !== 'HS' ? e : { ...e, update: e.update.map((u) => (u.target === 'hstatus.SPVP' ? { ...u, value: { ...u.value, text: 'priv[0]' } } : u)) })),
    })),
  },
  {
    what: 'VTSR is ignored', smallest: { words: 1, settings: 1, prologue: 17, modes: ['VS'] }, about: /^sret\.sret_op: model retires, reference virtual_instruction$/,
    // The row is gone; that VTSR decides is the reference's word.
    says: [/State: .*hstatus\.VTSR was 1/, /Row: +sret_op/],
    isa: withRows('sret', (rows) => rows.filter((r) => r.name !== 'H_virtinst_vs_sret_vtsr1')),
  },
  {
    what: 'a guest takes its interrupts in another order', smallest: { words: 1, settings: 4, prologue: 26, modes: ['VS', 'VU'] }, about: /^order of interrupts into VS$/,
    says: [/State: .*hvip\.VS.IP was 1/, /State: .*hideleg\.VS.I was 1/, /Rule: +sip_priority_bit_order/],
    isa: withTraps(({ levels }) => ({ levels: levels.map((l) => (l.mode !== 'VS' ? l : { ...l, order: [...l.order].reverse() })) })),
  },
];

const planted = new Map<Isa, CompiledCore>();

function plantedCore(isa: Isa): CompiledCore {
  const known = planted.get(isa);
  if (known !== undefined) return known;
  const uarch = specs.cores.find((c) => c.name === 'three-stage');
  if (uarch === undefined) throw new Error('no three-stage core');
  const compiled = compile({ ...specs, isa }, uarch, 'observed', 128 << 20);
  if (!compiled.ok) throw new Error('the planted specs do not compile');
  planted.set(isa, compiled.value);
  return compiled.value;
}

/** A core whose records name CSRs that its description lacks: reading these throws. */
export function unreadable(core: CompiledCore): CompiledCore {
  const { homes } = core.description;
  return { ...core, description: { ...core.description, homes: homes.slice(0, homes.findIndex((h) => h.name === 'vsstatus')) } };
}

/** A prober; `isa` replaces that of the model, never that of the reference. */
export function proberFor(isa: Isa | undefined, options: Partial<Omit<ProberOptions, 'isa'>> = {}): Prober {
  return new Prober({
    core: isa === undefined ? compiledCore('three-stage') : plantedCore(isa), isa: isa ?? specs.isa,
    profile: 'all', seed: 1, ...options,
  });
}

/** A folder for one test. */
export class Scratch {
  readonly directory = mkdtempSync(join(tmpdir(), 'ghosthart-fuzz-'));

  path(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
