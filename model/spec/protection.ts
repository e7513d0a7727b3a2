/**
 * Physical memory protection: its entries, and what one that matches allows.
 */
import type { Context } from './context.js';
import type { Declared } from './declarations.js';
import type { Csr, EntryField, MemoryProtection, Protection, ProtectionEntry } from './isa.js';
import { closed, listOf, type Located, oneOf, word } from './shape.js';
import { buildDecision, ROW_KEYS, type RawRow } from './tables.js';
import { buildField } from './translation.js';
import { type Domain, VariableSpace } from './variables.js';

const ENTRY = closed({ config: word, address: word, rules: listOf(word).exactOptional() });
const ROW = closed({ ...ROW_KEYS, then: oneOf(['allow', 'refuse']) });
const CONFIG_BITS = 8;
/** Fields that the hardware itself uses. */
const FIELDS: Readonly<Record<string, number>> = { R: 1, W: 1, X: 1, A: 2, L: 1 };

/** Memory protection as the files describe it; nothing if they do not. */
export function buildProtection(context: Context, csrs: ReadonlyMap<string, Csr>): MemoryProtection | undefined {
  const { declarations } = context;
  const declared = declarations.of('settings').get('pmp');
  if (declared === undefined) return undefined;
  const entries = context.build('pmp_entries', (one) => buildEntry(one, csrs, context));
  const fields = context.build('pmp_fields', (one) => buildField(one, CONFIG_BITS, FIELDS, context));
  for (const name of Object.keys(FIELDS)) {
    if (!declarations.of('pmp_fields').has(name) && context.complete) context.complain(declared.key, `protection: pmp_fields.${name} is missing`, 'Add it under `protection:`.');
  }
  if (entries.size === 0 && context.complete) context.complain(declared.key, 'protection: there are no pmp_entries', 'Add `pmp_entries:` with at least one `pmp0: { config: ..., address: ... }`.');
  const own = new Map<string, Domain>([...fields.values()].map(({ name, bits: { high, low } }: EntryField) => [`entry.${name}`, { width: high - low + 1 }]));
  const space = new VariableSpace(context, csrs, new Map(), own);
  const rows = buildDecision(declared, ROW, ({ then }: RawRow & { readonly then: Located<Protection> }) => ({ then: then.value }), { context, space, use: 'pmp' });
  return rows && { entries: [...entries.values()], fields: [...fields.values()], rows };
}

function buildEntry(declared: Declared, csrs: ReadonlyMap<string, Csr>, context: Context): ProtectionEntry | undefined {
  const { label } = declared;
  const raw = context.read(ENTRY, declared.node, label);
  if (raw === undefined) return undefined;
  const { config, address } = raw;
  const [csr = '', name] = config.text.split('.');
  const field = csrs.get(csr)?.fields.find((f) => f.name === name);
  if (context.refersToCsr(config, label) && (field === undefined || field.bits.high - field.bits.low + 1 !== CONFIG_BITS)) {
    context.complain(config, `${label}: ${config.text} is no field of ${CONFIG_BITS} bits`, 'Name the field that holds the configuration of this entry.');
  }
  context.refersToCsr(address, label);
  return { ...context.entry(declared, raw.rules, true), config: config.text, address: address.text };
}
