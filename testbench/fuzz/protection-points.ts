/** Points of physical memory protection: which row decides about which kind of access, and as whose. */
import { CHECKED_AS } from '../../model/pipeline/protection-covers.js';
import { ACCESSES, type Access, type Isa } from '../../model/spec/isa.js';
import { candidates } from './permit-points.js';
import type { Namings, PointTable } from './points.js';

const pointName = (access: string, privilege: string, row: string): string => `protection, ${access} as ${privilege}: ${row}`;

const ACCESS_NAMES: readonly Access[] = ['fetch', 'load', 'store', 'execute'];
type Checked = keyof typeof CHECKED_AS;
const CHECKED: readonly Checked[] = ['U', 'S', 'M'];

/** HLVX is the only such access, and it is checked as the guest's mode. */
const noMachine = (access: Access, privilege: Checked): string | undefined => (access === 'execute' && privilege === 'M' ? 'only accesses as a guest need it' : undefined);

/** Names what protection decides; nothing, if there is none. */
export function protectionPoints({ protection }: Isa, table: PointTable): Namings {
  if (protection === undefined) return {};
  for (const access of ACCESS_NAMES) {
    for (const privilege of CHECKED) {
      const possible = candidates(protection.rows, (variable) => (variable === 'access' ? ACCESSES[access] : variable === 'privilege' ? CHECKED_AS[privilege] : undefined));
      for (const row of protection.rows) {
        table.add(pointName(access, privilege, row.name), noMachine(access, privilege) ?? (possible.includes(row) ? undefined : 'the row is not about this access or privilege, or an earlier one always decides'));
      }
    }
  }
  return { protection: (cell) => [pointName(cell('access'), cell('privilege'), cell('row'))] };
}
