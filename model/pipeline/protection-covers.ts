/** Cover points of physical memory protection: which row decides about an access. */
import type { Expr } from '../ir/ir.js';
import { ACCESSES, MODES, type MemoryProtection } from '../spec/isa.js';
import { byNumber, type ModuleBuilder } from './builder.js';

/** Privileges by what an access is checked as, two bits; a guest's are those without V. */
export const CHECKED_AS = { U: MODES.U, S: MODES.HS, M: MODES.M } as const;

/** What memory protection says of an access. */
export interface ProtectionJudgement {
  /** One bit. */
  readonly allowed: Expr;
  /** Number of the row that says so. */
  readonly row: Expr;
  /** The access, as ACCESSES, two bits. */
  readonly access: Expr;
  /** Two bits. */
  readonly privilege: Expr;
}

/** Protection has been asked about an access. */
export function coverProtection(builder: ModuleBuilder, { rows }: MemoryProtection, { row, access, privilege }: ProtectionJudgement): void {
  builder.cover('protection',
    { axis: 'row', value: row, values: rows.map((r) => r.name) }, { axis: 'access', value: access, values: byNumber(ACCESSES) },
    { axis: 'privilege', value: privilege, values: byNumber(CHECKED_AS) });
}
