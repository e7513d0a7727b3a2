/**
 * What a condition may ask about: the mode, CSR fields, derived variables, and
 * a few bits that the hardware knows.
 */
import type { Context } from './context.js';
import type { Declared } from './declarations.js';
import { ACCESSES, type Csr, type CsrField, MODES, PMP_MATCHES, STAGES, type Variable } from './isa.js';
import { closed, listOf, operation, small, word } from './shape.js';

/** The values that a variable can have. */
export interface Domain {
  readonly width: number;
  /** The values that it never leaves, if not all of its width. */
  readonly legal?: readonly bigint[];
  /** Its values have names, and conditions use these. */
  readonly names?: Readonly<Record<string, bigint>>;
}

/** A use of conditions and the variables that only it has. */
export type Use = 'permit' | 'case' | 'delegation' | 'pte' | 'pmp';

const BIT: Domain = { width: 1 };
/** `mode`, `V` and `priv` are three views of one thing. */
export const MODE_VIEWS = {
  mode: { width: 3, legal: Object.values(MODES), names: MODES },
  priv: { width: 2, legal: [0n, 1n, 3n] },
  V: BIT,
} as const satisfies Readonly<Record<string, Domain>>;

const OF_USE: Readonly<Record<Use, Readonly<Record<string, Domain>>>> = {
  permit: { csr_exists: BIT, csr_writes: BIT, csr_reads: BIT },
  case: {},
  delegation: { cause: { width: 6 }, interrupt: BIT },
  pte: {
    level: { width: 3, legal: [0n, 1n, 2n, 3n, 4n] },
    access: { width: 2, legal: Object.values(ACCESSES), names: ACCESSES },
    stage: { width: 2, legal: Object.values(STAGES), names: STAGES },
    user: BIT, implicit: BIT, sum: BIT, mxr: BIT, adue: BIT, pbmte: BIT,
  },
  pmp: {
    match: { width: 2, legal: Object.values(PMP_MATCHES), names: PMP_MATCHES },
    access: { width: 2, legal: Object.values(ACCESSES), names: ACCESSES },
    privilege: { width: 2, legal: [0n, 1n, 3n] },
  },
};

const VARIABLE = closed({ value: operation, width: small, rules: listOf(word).exactOptional() });

/** All derived variables by name, of permit tables or of page-table entries. */
export function buildVariables(context: Context, section: 'variables' | 'pte_variables' = 'variables'): ReadonlyMap<string, Variable> {
  const uses: readonly Use[] = section === 'variables' ? ['permit', 'case', 'delegation'] : ['pte'];
  const builtIn = new Set([MODE_VIEWS, ...uses.map((use) => OF_USE[use])].flatMap((names) => Object.keys(names)));
  return context.build(section, (declared) => buildVariable(declared, (name) => builtIn.has(name), context));
}

function buildVariable(declared: Declared, isBuiltIn: (name: string) => boolean, context: Context): Variable | undefined {
  const { key, label } = declared;
  context.wellNamed(key, /^[a-z][a-z0-9_]*$/, label, 'level');
  if (isBuiltIn(key.text)) context.complain(key, `${label}: this name is built in`, 'Choose another name.');
  else if (context.declarations.of('csrs').has(key.text)) context.complain(key, `${label}: a CSR has this name`, 'Choose another name: operations could not tell them apart.');
  const raw = context.read(VARIABLE, declared.node, label);
  if (raw === undefined) return undefined;
  const width = raw.width.value;
  if (width < 1 || width > 64) context.report.add(raw.width.span, `${label}: a variable has 1 to 64 bits`, 'Write how many bits `value` has.');
  return { ...context.entry(declared, raw.rules, true), value: raw.value, width };
}

/** Looks up what conditions name. */
export class VariableSpace {
  /** @param own - If given, conditions ask about these and what is built in for their use, and about no state. */
  constructor(
    private readonly context: Context,
    private readonly csrs: ReadonlyMap<string, Csr>,
    private readonly variables: ReadonlyMap<string, Variable>,
    private readonly own?: ReadonlyMap<string, Domain>,
  ) {}

  /** The domain of a variable; nothing if there is none of that name, or it has mistakes. */
  domain(name: string, use: Use): Domain | undefined {
    if (this.own !== undefined) return OF_USE[use][name] ?? this.own.get(name);
    if (isModeView(name)) return MODE_VIEWS[name];
    const builtIn = OF_USE[use][name];
    if (builtIn !== undefined) return builtIn;
    const variable = this.variables.get(name);
    return variable === undefined ? this.fieldDomain(name) : { width: variable.width };
  }

  /** Whether a variable is declared at all, perhaps with mistakes. */
  declared(name: string): boolean {
    if (this.own !== undefined) return this.own.has(name);
    const [csr = '', field] = name.split('.');
    return this.context.declarations.of('variables').has(name) || (field !== undefined && (this.context.fieldNames(csr)?.includes(field) ?? false));
  }

  /** Names that would have been possible instead of `name`. */
  candidates(name: string, use: Use): readonly string[] {
    if (this.own !== undefined) return [...Object.keys(OF_USE[use]), ...this.own.keys()];
    const [csr = '', field] = name.split('.');
    const fields = (this.context.fieldNames(csr) ?? []).map((one) => `${csr}.${one}`);
    if (field !== undefined && fields.length > 0) return fields;
    if (field !== undefined) return [...this.csrs.values()].flatMap((one) => one.fields.map((it) => `${one.name}.${it.name}`));
    return [...Object.keys(MODE_VIEWS), ...Object.keys(OF_USE[use]), ...this.variables.keys(), ...fields];
  }

  private fieldDomain(name: string): Domain | undefined {
    const field = this.field(name);
    if (field === undefined) return undefined;
    const width = field.bits.high - field.bits.low + 1;
    const legal = this.stored(field)?.legal;
    return { width, ...(legal && { legal }) };
  }

  private field(name: string): CsrField | undefined {
    const [csr = '', field] = name.split('.');
    return this.csrs.get(csr)?.fields.find((one) => one.name === field);
  }

  /** The stored field behind a chain of aliases that hides nothing. */
  private stored({ source }: CsrField, depth = 0): Extract<CsrField['source'], { kind: 'stored' }> | undefined {
    if (source.kind === 'stored') return source;
    const next = source.kind === 'alias' && source.visible === undefined && depth < 8 ? this.field(source.of) : undefined;
    return next && this.stored(next, depth + 1);
  }
}

export function isModeView(name: string): name is keyof typeof MODE_VIEWS {
  return name in MODE_VIEWS;
}
