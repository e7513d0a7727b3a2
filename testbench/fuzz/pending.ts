/**
 * By what an interrupt becomes pending: by itself (time, a line from outside),
 * or only by what an instruction writes.
 */
import type { Csr, CsrField, Interrupt, Isa } from '../../model/spec/isa.js';

/** By itself, by a store to a device, or by a CSR write. */
export type Riser = 'itself' | 'store' | 'csr';

/** The line that only this hart's own stores change: nothing outside drives the CLINT's msip. */
const STORED_LINE = 'lines.msip';
const PENDING = 'mip';
const ORDER: readonly Riser[] = ['csr', 'store', 'itself'];
const strongest = (risers: readonly Riser[]): Riser => ORDER.findLast((riser) => risers.includes(riser)) ?? 'csr';
const NAME = /[A-Za-z_]\w*(?:\.\w+)*/g;

/** By what the bit of an interrupt in mip changes. */
export function riserOf(isa: Isa, { code }: Interrupt): Riser {
  const field = isa.csrs.find((c) => c.name === PENDING)?.fields.find(({ bits: { low, high } }) => low <= code && code <= high);
  return field === undefined ? 'itself' : ofField(isa, field, new Set([PENDING]));
}

function ofField(isa: Isa, { source }: CsrField, seen: ReadonlySet<string>): Riser {
  switch (source.kind) {
    case 'constant': return 'csr';
    case 'stored': return source.read === undefined ? 'csr' : ofText(isa, source.read.text, seen);
    case 'alias': return ofText(isa, `${source.of} ${source.visible?.text ?? ''}`, seen);
    case 'computed': return ofText(isa, source.read.text, seen);
  }
}

const ofCsr = (isa: Isa, csr: Csr, seen: ReadonlySet<string>): Riser =>
  (csr.counts === undefined ? strongest(csr.fields.map((field) => ofField(isa, field, seen))) : 'itself');

/** Everything that an operation names; what is no CSR is taken to change by itself. */
const ofText = (isa: Isa, text: string, seen: ReadonlySet<string>): Riser => strongest((text.match(NAME) ?? []).map((name) => ofName(isa, name, seen)));

function ofName(isa: Isa, name: string, seen: ReadonlySet<string>): Riser {
  if (name === STORED_LINE) return 'store';
  if (name.endsWith('.stored')) return 'csr';
  if (seen.has(name)) return 'csr';
  const [csrName, fieldName] = name.split('.');
  const csr = isa.csrs.find((c) => c.name === csrName);
  if (csr === undefined) return 'itself';
  const deeper = new Set([...seen, name]);
  const field = csr.fields.find((f) => f.name === fieldName);
  return field === undefined ? ofCsr(isa, csr, deeper) : ofField(isa, field, deeper);
}
