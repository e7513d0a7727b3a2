/** Points of CSRs and their fields that do not take every value: what an instruction writes is taken, or left out. */
import type { Isa } from '../../model/spec/isa.js';
import type { Namings, PointTable } from './points.js';

const nameOf = (field: string, value: string): string => `field ${field}: a value ${value}`;

/** Names what happens to values. */
export function fieldPoints(isa: Isa, table: PointTable): Namings {
  const add = (field: string): void => ['taken', 'refused'].forEach((value) => table.add(nameOf(field, value)));
  for (const csr of isa.csrs) {
    if (csr.writeIf !== undefined) add(csr.name);
    for (const { name, source } of csr.fields) if (source.kind === 'stored' && (source.legal ?? source.writeIf) !== undefined) add(`${csr.name}.${name}`);
  }
  return { field: (cell) => [nameOf(cell('field'), cell('value'))] };
}
