/**
 * The manual's tables as literal expectations, typed by a reader who saw
 * neither the model nor the specs nor the reference.
 *
 * Subjects are expected to have the default 128 MiB of DRAM.
 */
import { aliasRows } from './aliases.js';
import { atomicRows } from './atomics.js';
import { bitmanipRows } from './bitmanip.js';
import { cacheBlockRows } from './cacheblocks.js';
import { compressedRows } from './compressed.js';
import { crossingRows } from './crossing.js';
import { csrRows } from './csrs.js';
import { delegationRows } from './delegation.js';
import { encodingRows } from './encodings.js';
import { envcfgRows } from './envcfg.js';
import { PRESENT, demanded } from './extensions.js';
import { formRows } from './forms.js';
import { guestRows } from './guests.js';
import { hpmRows } from './hpm.js';
import { interruptRows } from './interrupts.js';
import { legalityRows } from './legality.js';
import { pagingRows } from './paging.js';
import { permissionRows } from './permissions.js';
import { pmpRows } from './pmp.js';
import { pmpRegisterRows } from './pmpregisters.js';
import { pmpWalkRows } from './pmpwalks.js';
import { priorityRows } from './priority.js';
import type { TableRow } from './row.js';
import { schemeRows } from './schemes.js';
import { shiftRows } from './shifts.js';
import { sstcRows } from './sstc.js';
import { stateenRows } from './stateen.js';
import { svinvalRows } from './svinval.js';
import { tinstRows } from './tinst.js';
import { trapEntryRows } from './trapentry.js';
import { unprivilegedRows } from './unprivileged.js';
import { updateRows } from './updates.js';
import { warlRows } from './warl.js';
import { xretRows } from './xret.js';

export type { Expectation, MemoryExpectation, TableRow, TrapExpectation } from './row.js';

/** Typed once: the rows never change. */
let every: readonly TableRow[] | undefined;

/** Every row there is, whatever it demands of the hart. */
export function allRows(): readonly TableRow[] {
  every ??= [
    ...xretRows(), ...trapEntryRows(), ...delegationRows(), ...legalityRows(), ...priorityRows(),
    ...aliasRows(), ...interruptRows(), ...tinstRows(), ...warlRows(), ...unprivilegedRows(), ...encodingRows(), ...csrRows(), ...hpmRows(), ...shiftRows(),
    ...atomicRows(), ...bitmanipRows(), ...compressedRows(),
    ...svinvalRows(), ...sstcRows(), ...stateenRows(), ...envcfgRows(),
    ...permissionRows(), ...guestRows(), ...formRows(), ...updateRows(), ...crossingRows(), ...schemeRows(), ...pagingRows(),
    ...cacheBlockRows(), ...pmpRows(), ...pmpRegisterRows(), ...pmpWalkRows(),
  ];
  return every;
}

/** Every row that holds on a hart with these extensions. */
export function tables(extensions: readonly string[] = PRESENT): readonly TableRow[] {
  return allRows().filter((row) => demanded(row, extensions));
}
