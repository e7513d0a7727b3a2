/** PMP and page tables: the walk's own accesses, and what PMP thinks of the pages. */
import type { HomeCsr } from '../retirement.js';
import {
  ACCESS, GPA, GPA_PAGE, PA_PAGE, PTE, RWX, RWXU, VA, accessOf, atp, attempt, entry, fault, guestAtp, guestPath, guestTables, hgatp, identity, merged, path, situation, slot, tableMapping,
} from './pages.js';
import { CFG, REST, napot } from './pmp.js';
import type { TableRow } from './row.js';

type Csrs = Readonly<Partial<Record<HomeCsr, bigint>>>;
const { R, W, X, NA4, NAPOT, L } = CFG;

/** All rows. The walk's own accesses are a supervisor's, of 8 bytes, and fault as the access they are for, with no tinst. */
export function pmpWalkRows(): readonly TableRow[] {
  const rows: TableRow[] = [];
  const rules = ['pmp_check_pagetable_access', 'pmp_with_paging', 'choices:pte-access'];
  const guard = (address: bigint, flags: bigint, size = 8n): Csrs => ({ ...REST, pmpaddr0: napot(address, size), pmpcfg0: NAPOT | flags });
  for (const from of ['M-as-HS', 'M-as-U', 'M-as-VS', 'M-as-VU', 'HS-for-VS', 'U-for-VU', 'HS', 'VU'].map(situation)) {
    for (const name of from.accesses) {
      const what = accessOf(name);
      if (what.extensions.length > 0) continue;
      const user = from.user ? PTE.U : 0n;
      const csrs = from.guest ? { vsatp: atp(8) } : { satp: atp(8) };
      const code = from.code && what.word !== undefined ? [identity(from.user ? RWXU : RWX)] : [];
      const memory = [...path(VA, entry(PA_PAGE, RWX | user)), ...code];
      for (const level of [0, 1, 2]) {
        for (const [perms, flags, readable] of [['none', 0n, false], ['r', R, true], ['x', X, false], ['rx-locked', R | X | L, true]] as const) {
          rows.push({
            extensions: ['pmp', 'sv39'], id: `pmp/${from.name}-${what.name}-pte-${level}-${perms}`, rules,
            arrange: attempt(from, what, { memory, csrs: { ...csrs, ...guard(slot(VA, level), flags) } }), expect: readable ? what.success(VA) : fault(from, what, 'access', { tinst: 0n }),
          });
        }
      }
      // Half of an entry is not all of it.
      rows.push({ extensions: ['pmp', 'sv39'], id: `pmp/${from.name}-${what.name}-pte-half`, rules: [...rules, 'pmp_full_match_required'], arrange: attempt(from, what, { memory, csrs: { ...csrs, ...REST, pmpaddr0: slot(VA, 0) >> 2n, pmpcfg0: NA4 | R | W | X } }), expect: fault(from, what, 'access', { tinst: 0n }) });
      // The page itself: PMP knows physical addresses, tval the virtual one.
      rows.push({ extensions: ['pmp', 'sv39'], id: `pmp/${from.name}-${what.name}-page`, rules: ['pmp_with_paging', 'mtval_vaddr_not_paddr'], arrange: attempt(from, what, { memory, csrs: { ...csrs, ...guard(PA_PAGE, 0n, 0x1000n) } }), expect: fault(from, what, 'access') });
      rows.push({ extensions: ['pmp', 'sv39'], id: `pmp/${from.name}-${what.name}-virtual-address`, rules: ['pmp_with_paging'], arrange: attempt(from, what, { memory, csrs: { ...csrs, ...guard(VA & ~0xfffn, 0n, 0x1000n) } }), expect: what.success(VA) });
      // A page fault comes before what PMP thinks of the page, and after what it thinks of the entry.
      rows.push({ extensions: ['pmp', 'sv39'], id: `pmp/${from.name}-${what.name}-page-fault-first`, rules: ['H_exception_priority'], arrange: attempt(from, what, { memory: [...path(VA, entry(PA_PAGE, (RWX | user) & ~PTE.V)), ...code], csrs: { ...csrs, ...guard(PA_PAGE, 0n, 0x1000n) } }), expect: fault(from, what, 'page') });
    }
  }
  // The G-stage's tables, and the VS-stage's at their supervisor physical addresses.
  for (const from of [situation('HS-for-VS'), situation('M-as-VU')]) {
    const what = from.accesses.includes('hlv') ? ACCESS.hlv : ACCESS.load;
    const user = from.user ? PTE.U : 0n;
    const memory = merged(guestTables(entry(GPA_PAGE, RWX | user)), tableMapping(2), tableMapping(1), tableMapping(0), guestPath(GPA, entry(PA_PAGE, RWXU)));
    const csrs = { vsatp: guestAtp, hgatp: hgatp(8) };
    for (const [id, address] of [['vs-table', slot(VA, 0)], ['vs-root', slot(VA, 2)], ['g-root', 0x8011_4008n], ['g-table', 0x8011_0038n]] as const) {
      rows.push({ extensions: ['pmp', 'sv39'], id: `pmp/${from.name}-two-stages-${id}`, rules, arrange: attempt(from, what, { memory, csrs: { ...csrs, ...guard(address, 0n) } }), expect: fault(from, what, 'access', { tinst: 0n }) });
    }
    rows.push({ extensions: ['pmp', 'sv39'], id: `pmp/${from.name}-two-stages-page`, rules, arrange: attempt(from, what, { memory, csrs: { ...csrs, ...guard(PA_PAGE, 0n, 0x1000n) } }), expect: fault(from, what, 'access') });
  }
  // Setting A or D is a write: an entry that may only be read is an access fault, where nothing needs setting it is not.
  const from = situation('M-as-HS');
  const fresh = RWX & ~(PTE.A | PTE.D);
  const adue = { menvcfg: 0x2000_0000_0000_0000n, satp: atp(8) };
  for (const what of [ACCESS.load, ACCESS.store]) {
    rows.push(
      { extensions: ['pmp', 'sv39', 'svadu'], id: `pmp/update-${what.name}-read-only`, rules: ['pmp_check_pagetable_access', 'section:translation-process'], arrange: attempt(from, what, { memory: path(VA, entry(PA_PAGE, fresh)), csrs: { ...adue, ...guard(slot(VA, 0), R) } }), expect: fault(from, what, 'access', { tinst: 0n }) },
      { extensions: ['pmp', 'sv39', 'svadu'], id: `pmp/update-${what.name}-writable`, rules: ['pmp_check_pagetable_access'], arrange: attempt(from, what, { memory: path(VA, entry(PA_PAGE, fresh)), csrs: { ...adue, ...guard(slot(VA, 0), R | W) } }), expect: what.success(VA) },
      { extensions: ['pmp', 'sv39', 'svadu'], id: `pmp/update-${what.name}-needless`, rules: ['pmp_check_pagetable_access'], arrange: attempt(from, what, { memory: path(VA, entry(PA_PAGE, RWX)), csrs: { ...adue, ...guard(slot(VA, 0), R) } }), expect: what.success(VA) },
    );
  }
  return rows;
}
