/**
 * The specs without the hypervisor extension, made from those with it by one
 * rule: what H defines is gone, and where something else refers to it, it is
 * as at reset: hypervisor CSRs read zero, V is 0, the guest modes do not
 * exist.
 *
 * The specs have no notion of leaving an extension out: which file a CSR comes
 * from tells most of it, and the lists below tell the rest, the bits that H
 * adds to machine-level registers.
 */
import type { Case, Condition, Csr, Instruction, Isa, NextState, Operation, Translation, Update } from '../../model/spec/isa.js';

/** H adds these to the machine level (mtval2 and mtinst are useless without it), and to other extensions. */
const ELSEWHERE = new Set(['mtval2', 'mtinst', 'vstimecmp', 'hstateen0', 'hstateen1', 'hstateen2', 'hstateen3']);

/** CSRs that exist only with H. */
export const isHypervisorCsr = ({ name, extension }: Pick<Csr, 'name' | 'extension'>): boolean => extension === 'csr-hypervisor' || ELSEWHERE.has(name);

/** Instructions that exist only with H: its own, and those that other extensions have for it. */
export const isHypervisorInstruction = ({ name, extension }: Pick<Instruction, 'name' | 'extension'>): boolean => extension === 'h' || name.startsWith('hinval.');

/** Bits that H adds to other registers. */
export const HYPERVISOR_BITS: Readonly<Record<string, bigint>> = {
  misa: 1n << 7n,
  mstatus: (1n << 38n) | (1n << 39n),
  medeleg: 0xf0_0400n,
  mideleg: 0x1444n,
  mie: 0x1444n,
  mip: 0x1444n,
};

const GUEST_MODES: readonly bigint[] = [4n, 5n];

/** The specs of the same core without H. */
export function withoutHypervisor(isa: Isa): Isa {
  const gone = new Set(isa.csrs.filter(isHypervisorCsr).map((c) => c.name));
  const isGone = (path: string): boolean => gone.has(path.split('.')[0] ?? '') || ['mstatus.MPV', 'mstatus.GVA'].includes(path);
  const lost = new Set(['hedeleg_cause', 'hcounteren_bit', 'hstateen_se']);

  /** Names of what is gone stand for zero; their widths are the specs'. */
  const operation = (o: Operation): Operation => {
    const text = o.text.replace(/[a-z_]\w*(\.\w+)*/gi, (name) => {
      if (!isGone(name)) return name;
      const [csr, field] = name.split('.');
      const bits = field === undefined ? undefined : isa.csrs.find((c) => c.name === csr)?.fields.find((f) => f.name === field)?.bits;
      return `0:${bits === undefined ? 64 : bits.high - bits.low + 1}`;
    });
    return text === o.text ? o : { ...o, text };
  };
  const updates = (list: readonly Update[]): readonly Update[] => list.filter((u) => !isGone(u.target)).map((u) => ({ ...u, value: operation(u.value) }));
  const next = ({ pc, priv }: NextState): NextState => ({ ...(pc && { pc: operation(pc) }), ...(priv && { priv: operation(priv) }) });

  /** The condition where hypervisor state is zero and the mode is no guest's; undefined: it never holds. */
  const condition = ({ terms }: Condition): Condition | undefined => {
    const kept = [];
    for (const term of terms) {
      if (term.variable === 'mode') {
        const values = term.values.filter((v) => !GUEST_MODES.includes(v));
        if (values.length === 0) return undefined;
        kept.push({ ...term, values });
      } else if (isGone(term.variable) || lost.has(term.variable) || term.variable === 'V') {
        if (!term.values.includes(0n)) return undefined;
      } else kept.push(term);
    }
    return { terms: kept };
  };
  const rows = <T extends { readonly when: Condition }>(list: readonly T[]): readonly T[] => list.flatMap((row) => {
    const when = condition(row.when);
    return when === undefined ? [] : [{ ...row, when }];
  });
  const cases = (list: readonly Case[]): readonly Case[] => rows(list).map((c) => ({ ...c, next: next(c.next), update: updates(c.update) }));

  const limits = (of: NonNullable<Instruction['limits']>): NonNullable<Instruction['limits']> =>
    Object.fromEntries(Object.entries(of).map(([name, limit]) => [name, { ...limit, is: operation(limit.is) }]));

  return {
    ...isa,
    instructions: isa.instructions.filter((i) => !isHypervisorInstruction(i)).map((i) => ({ ...i, cases: cases(i.cases), ...(i.limits && { limits: limits(i.limits) }) })),
    csrs: isa.csrs.filter((c) => !isHypervisorCsr(c)).map((csr) => plainCsr(csr, isGone)),
    variables: isa.variables.filter((v) => !lost.has(v.name)).map((v) => ({ ...v, value: operation(v.value) })),
    permits: isa.permits.map((t) => ({ ...t, rows: rows(t.rows) })),
    ...(isa.translation && { translation: plainTranslation(isa.translation, operation) }),
    traps: {
      ...isa.traps,
      interrupts: isa.traps.interrupts.filter((i) => i.guestCode === undefined && i.name !== 'supervisor_guest_external'),
      levels: isa.traps.levels.filter((l) => l.mode !== 'VS').map((l) => ({ ...l, pending: operation(l.pending), enabled: operation(l.enabled) })),
      timers: isa.traps.timers.filter((t) => !isGone(t.compare.text)),
      delegation: rows(isa.traps.delegation),
      entry: isa.traps.entry.filter((e) => e.mode !== 'VS').map((e) => ({ ...e, next: next(e.next), update: updates(e.update) })),
    },
  };
}

/** One stage, and no accesses of guests. */
function plainTranslation(translation: Translation, operation: (o: Operation) => Operation): Translation {
  return {
    ...translation,
    stages: translation.stages.filter((s) => s.name === 'S'),
    origins: translation.origins.filter((o) => o.name !== 'guest').map((o) => ({ ...o, V: { ...o.V, text: '0' }, privilege: operation(o.privilege) })),
  };
}

/** A CSR without the bits that H adds. */
function plainCsr(csr: Csr, isGone: (path: string) => boolean): Csr {
  const added = HYPERVISOR_BITS[csr.name] ?? 0n;
  const { permit, ...rest } = csr;
  return {
    ...rest,
    ...(permit === undefined || permit === 'hgatp' ? {} : { permit }),
    fields: csr.fields.flatMap((field) => {
      const { source, bits: { high, low } } = field;
      const own = ((1n << BigInt(high - low + 1)) - 1n) & (added >> BigInt(low));
      if (source.kind === 'alias' && isGone(source.of)) return [];
      if (isGone(`${csr.name}.${field.name}`) || own === (1n << BigInt(high - low + 1)) - 1n) return [];
      if (source.kind === 'constant') return [{ ...field, source: { ...source, value: source.value & ~own } }];
      if (source.kind === 'stored') return [{ ...field, source: { ...source, writable: source.writable & ~own } }];
      if (source.kind === 'computed') return [{ ...field, source: { ...source, read: plainTime(source.read) } }];
      return [field];
    }),
  };
}

/** Time without htimedelta: the only computed field that asks for V. */
function plainTime(read: Operation): Operation {
  return read.text.includes('htimedelta') ? { ...read, text: 'mtime' } : read;
}
