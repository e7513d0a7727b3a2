/**
 * A and D set by the walk: for whom menvcfg.ADUE and henvcfg.ADUE ask for it,
 * what is written, read back from memory, and what the G-stage has to say
 * about writes to the VS-stage's tables.
 */
import type { HomeCsr } from '../retirement.js';
import type { Extension } from './extensions.js';
import {
  ACCESS, GPA, GPA_PAGE, PA_PAGE, PTE, RWX, RWXU, SITUATIONS, TABLE, VA, accessOf, atp, attempt, entry, fault, guestAtp, guestIdentity, guestPath, guestSlot, guestSlotOf, guestTables, hgatp, identity, merged, path, situation, slot,
  tableMapping, word64, type Access, type AccessName, type Attempt, type Situation,
} from './pages.js';
import { CSR, VECTOR, csrrc, type TableRow } from './row.js';

const ADUE = 0x2000_0000_0000_0000n;
type Csrs = Readonly<Partial<Record<HomeCsr, bigint>>>;

/** menvcfg.ADUE and henvcfg.ADUE. */
const adue = (m: number, h: number): Csrs => ({ menvcfg: m ? ADUE : 0n, henvcfg: h ? ADUE : 0n });

/** LD x5, 0(x4), and CSRRC x0, mstatus, x6: MPRV off, so that the load is physical. */
const LD_X5 = 0x0002_3283;
const MPRV_OFF = csrrc(CSR.mstatus, 0, 6);
const MPRV = 0x2_0000n;

/**
 * The PTE at an address after an access. In M-mode MPRV is switched off first;
 * in HS- and U-mode satp is Bare here. After a trap the handler looks: a
 * trap in M-mode leaves MPP = M, so that MPRV does not matter there.
 */
function after(from: Situation, access: Access, where: bigint, value: bigint, retires: boolean, state: Omit<Attempt, 'then' | 'x'>): Pick<TableRow, 'arrange' | 'steps' | 'trapsBefore' | 'expect'> {
  if (!retires) {
    const handler = [{ address: VECTOR.M, bytes: 4 as const, value: BigInt(LD_X5) }];
    return { arrange: attempt(from, access, { ...state, memory: [...state.memory, ...handler], x: { 4: where } }), steps: 2, trapsBefore: true, expect: { pc: VECTOR.M, nextPc: VECTOR.M + 4n, rd: [5, value] } };
  }
  const m = from.mode === 'M';
  return { arrange: attempt(from, access, { ...state, then: m ? [MPRV_OFF, LD_X5] : [LD_X5], x: { 4: where, 6: MPRV } }), steps: m ? 3 : 2, expect: { rd: [5, value] } };
}

/** `[access, whether it writes]`: A is set by each, D where the page is written; nothing is ever cleared. */
const AFTER: readonly (readonly [name: AccessName, writes: 0 | 1])[] = [['load', 0], ['store', 1], ['lr', 0], ['amo', 1], ['zero', 1], ['inval', 0], ['clean', 0], ['flush', 0], ['hlv', 0], ['hlvx', 0], ['hsv', 1]];

/** The three places of a leaf, and the situations that use it there. */
const PLACES = [
  { place: 'single', names: ['M-as-HS', 'M-as-U'] }, { place: 'vs', names: ['M-as-VS', 'M-as-VU', 'HS-for-VS', 'U-for-VU'] }, { place: 'g', names: ['M-as-VS', 'M-as-VU', 'HS-for-VS', 'U-for-VU'] },
] as const;

/** Which of the two bits enables it where: satp and hgatp menvcfg's, vsatp henvcfg's behind menvcfg's. */
const ENABLED: Readonly<Record<'single' | 'vs' | 'g', Readonly<Record<'00' | '01' | '10' | '11', boolean>>>> = {
  single: { '00': false, '01': false, 10: true, 11: true },
  vs: { '00': false, '01': false, 10: false, 11: true },
  g: { '00': false, '01': false, 10: true, 11: true },
};

/** What a row of one stage needs. */
function place(which: 'single' | 'vs' | 'g', leaf: bigint, m: number, h: number): { readonly memory: Attempt['memory']; readonly csrs: Csrs; readonly where: bigint } {
  const csrs = { ...adue(m, h), ...(which === 'single' ? { satp: atp(8) } : which === 'vs' ? { vsatp: atp(8) } : { hgatp: hgatp(8) }) };
  return which === 'g' ? { memory: guestPath(VA, leaf), csrs, where: guestSlot(VA, 0) } : { memory: path(VA, leaf), csrs, where: slot(VA, 0) };
}

function stages(): TableRow[] {
  const rows: TableRow[] = [];
  const rules = ['menvcfg_adue_op', 'henvcfg_adue_op', 'menvcfg_adue_henvcfg_adue_rdonly0', 'Svadu_hw_update_a_d_bits', 'Svadu_disabled_hw_update_falls_back_to_svade', 'cbm_unperm_translate', 'cbz_unperm_translate'];
  for (const { place: which, names } of PLACES) {
    for (const from of names.map(situation)) {
      for (const [name, writes] of AFTER) {
        if (!from.accesses.includes(name)) continue;
        const access = accessOf(name);
        const extensions: readonly Extension[] = ['sv39', 'svadu', ...access.extensions];
        const full = which === 'g' || from.user ? RWXU : RWX;
        for (const a of [0, 1] as const) {
          for (const d of [0, 1] as const) {
            const before = entry(PA_PAGE, (full & ~(PTE.A | PTE.D)) | (a ? PTE.A : 0n) | (d ? PTE.D : 0n));
            for (const [m, h] of [[0, 0], [0, 1], [1, 0], [1, 1]] as const) {
              // Both bits there already is the same under all of them.
              if (a === 1 && d === 1 && !(m === 1 && h === 1)) continue;
              const enabled = ENABLED[which][`${m}${h}`];
              const needed = a === 0 || (writes === 1 && d === 0);
              const { memory, csrs, where } = place(which, before, m, h);
              const id = `updates/${which}-${from.name}-${access.name}-a${a}-d${d}-adue${m}${h}`;
              const retires = enabled || !needed;
              const value = enabled ? before | PTE.A | (writes === 1 ? PTE.D : 0n) : before;
              rows.push({
                extensions, id, rules, arrange: attempt(from, access, { memory, csrs }),
                expect: retires ? access.success(VA) : fault(from, access, which === 'g' ? 'guest' : 'page', which === 'g' ? { tval2: VA >> 2n } : {}),
              });
              rows.push({ extensions, id: `${id}-memory`, rules, ...after(from, access, where, value, retires, { memory, csrs }) });
            }
          }
        }
      }
    }
  }
  return rows;
}

/** What is refused for another reason is not updated: checks come before. */
function refused(): TableRow[] {
  const rows: TableRow[] = [];
  const bare = PTE.V;
  const lines: readonly (readonly [id: string, name: 'load' | 'store' | 'hlvx', flags: bigint])[] = [
    ['load-x', 'load', bare | PTE.X], ['store-r', 'store', bare | PTE.R], ['store-rx', 'store', bare | PTE.R | PTE.X], ['load-user', 'load', bare | PTE.R | PTE.W | PTE.U], ['load-reserved', 'load', bare | PTE.R | (1n << 54n)], ['load-invalid', 'load', PTE.R | PTE.W],
    ['store-user', 'store', bare | PTE.R | PTE.W | PTE.U],
  ];
  for (const [id, name, flags] of lines) {
    const from = situation('M-as-HS');
    const leaf = entry(PA_PAGE, flags);
    rows.push({ extensions: ['sv39', 'svadu'], id: `updates/refused-${id}`, rules: ['section:translation-process'], ...after(from, accessOf(name), slot(VA, 0), leaf, false, { memory: path(VA, leaf), csrs: { ...adue(1, 1), satp: atp(8) } }) });
    // The G-stage: always a user's.
    const guest = situation('M-as-VS');
    const other = entry(PA_PAGE, flags ^ PTE.U);
    rows.push({ extensions: ['sv39', 'svadu'], id: `updates/guest-refused-${id}`, rules: ['section:translation-process', 'H_vm_gpapriv'], ...after(guest, accessOf(name), guestSlot(VA, 0), other, false, { memory: guestPath(VA, other), csrs: { ...adue(1, 1), hgatp: hgatp(8) } }) });
  }
  // A misaligned superpage, too; an aligned one is updated in its own level, and a NAPOT entry in its own place with its pattern kept.
  const from = situation('M-as-HS');
  const fresh = RWX & ~(PTE.A | PTE.D);
  const csrs = { ...adue(1, 1), satp: atp(8) };
  const mega = entry(0x8020_0000n, fresh);
  const napot = PTE.N | entry(0x8020_8000n, fresh);
  rows.push(
    { extensions: ['sv39', 'svadu'], id: 'updates/misaligned', rules: ['section:translation-process'], ...after(from, ACCESS.store, slot(VA, 1), mega | entry(0x1000n, 0n), false, { memory: path(VA, mega | entry(0x1000n, 0n), { level: 1 }), csrs, physical: 'none' }) },
    { extensions: ['sv39', 'svadu'], id: 'updates/megapage', rules: ['Svadu_hw_update_a_d_bits'], ...after(from, ACCESS.store, slot(VA, 1), mega | PTE.A | PTE.D, true, { memory: path(VA, mega, { level: 1 }), csrs, physical: 0x8020_3148n }) },
    { extensions: ['sv39', 'svadu', 'svnapot'], id: 'updates/napot', rules: ['Svadu_hw_update_a_d_bits', 'Svnapot_implicit_read_ppn_subst'], ...after(from, ACCESS.store, slot(VA, 0), napot | PTE.A | PTE.D, true, { memory: path(VA, napot), csrs, physical: 0x8020_3148n }) },
    // The rest of the entry stays: RSW, G, memory type.
    { extensions: ['sv39', 'svadu'], id: 'updates/rest', rules: ['Svadu_hw_update_a_d_bits'], ...after(from, ACCESS.load, slot(VA, 0), entry(PA_PAGE, fresh | PTE.A | PTE.G | PTE.RSW), true, { memory: path(VA, entry(PA_PAGE, fresh | PTE.G | PTE.RSW)), csrs }) },
    // What the page refuses afterwards (nothing is there) does not undo it.
    { extensions: ['sv39', 'svadu'], id: 'updates/page-nowhere', rules: ['section:translation-process', 'choices:updates'], ...after(from, ACCESS.store, slot(VA, 0), entry(0x1000n, RWX), false, { memory: path(VA, entry(0x1000n, fresh)), csrs, physical: 'none' }) },
  );
  return rows;
}

/** Fetches in HS-, U-, VS- and VU-mode: the instruction fetched loads its own page's entry, whose A is set by then and whose D is not. */
function fetches(): TableRow[] {
  return SITUATIONS.filter(({ code }) => code).flatMap((from) => {
    const user = from.user ? PTE.U : 0n;
    const fresh = (RWX | user) & ~(PTE.A | PTE.D);
    const row = (id: string, memory: Attempt['memory'], csrs: Csrs, where: bigint, value: bigint, rules: readonly string[]): TableRow => {
      const state = attempt(from, ACCESS.fetch, { memory: [...memory, { address: 0x8020_5148n, bytes: 4, value: BigInt(LD_X5) }], csrs, physical: 'none', x: { 4: where } });
      return { extensions: ['sv39', 'svadu'], id: `updates/${from.name}-fetch-${id}`, rules, arrange: state, expect: { pc: VA, insn: LD_X5, nextPc: VA + 4n, rd: [5, value] } };
    };
    const leaf = entry(PA_PAGE, fresh);
    return [
      row('sets-a', [...path(VA, leaf), identity(RWX | user)], { ...adue(1, 1), ...(from.guest ? { vsatp: atp(8) } : { satp: atp(8) }) }, slot(VA, 0), leaf | PTE.A, ['Svadu_hw_update_a_d_bits']),
      ...(from.guest ? [row('sets-guest-a', [...guestPath(VA, entry(PA_PAGE, RWXU & ~(PTE.A | PTE.D))), guestIdentity()], { ...adue(1, 0), hgatp: hgatp(8) }, guestSlot(VA, 0), entry(PA_PAGE, RWXU & ~PTE.D), ['Svadu_hw_update_a_d_bits'])] : []),
    ];
  });
}

/* ------------------------------------------------------------------ both stages */

/** The access, the VS-stage's leaf, its table's mapping by the G-stage and the page's mapping: each may need updates. */
function both(from: Situation, access: Access, vs: bigint, table: bigint, page: bigint, m: number, h: number, then: (state: Omit<Attempt, 'then' | 'x'>) => Pick<TableRow, 'arrange' | 'steps' | 'trapsBefore' | 'expect'>, id: string, rules: readonly string[]): TableRow {
  const memory = merged(guestTables(entry(GPA_PAGE, vs)), tableMapping(2), tableMapping(1), tableMapping(0, table), guestPath(GPA, entry(PA_PAGE, page)));
  return { extensions: ['sv39', 'svadu', ...access.extensions], id: `updates/${from.name}-${access.name}-${id}`, rules, ...then({ memory, csrs: { ...adue(m, h), vsatp: guestAtp, hgatp: hgatp(8) } }) };
}

function twoStages(): TableRow[] {
  const rows: TableRow[] = [];
  const rules = ['H_vm_gpapriv', 'H_trap_xtinst_guestpage_rw', 'mtval2_trapval_vstrans', 'henvcfg_adue_op'];
  for (const from of ['M-as-VS', 'M-as-VU', 'HS-for-VS', 'U-for-VU'].map(situation)) {
    const full = from.user ? RWXU : RWX;
    const fresh = full & ~(PTE.A | PTE.D);
    const freshU = RWXU & ~(PTE.A | PTE.D);
    const vsSlot = slot(VA, 0);
    const tableSlot = guestSlot(0x5000_0000n, 0);
    const pageSlot = guestSlot(GPA, 0);
    for (const access of from.accesses.includes('hlv') ? [ACCESS.hlv, ACCESS.hsv] : [ACCESS.load, ACCESS.store, ACCESS.amo]) {
      const writes = access.page === 15;
      const seen = (where: bigint, value: bigint, retires: boolean) => (state: Omit<Attempt, 'then' | 'x'>) => after(from, access, where, value, retires, state);
      const shown = (expect: TableRow['expect']) => (state: Omit<Attempt, 'then' | 'x'>) => ({ arrange: attempt(from, access, state), expect });
      const ad = PTE.A | (writes ? PTE.D : 0n);
      const read = fault(from, access, 'guest', { tval2: guestSlotOf(0) >> 2n, tinst: 0x3000n });
      const write = fault(from, access, 'guest', { tval2: guestSlotOf(0) >> 2n, tinst: 0x3020n });
      rows.push(
        both(from, access, fresh, RWXU, RWXU, 1, 1, shown(access.success(VA)), 'vs-fresh', rules),
        both(from, access, fresh, RWXU, RWXU, 1, 1, seen(vsSlot, entry(GPA_PAGE, fresh | ad), true), 'vs-fresh-memory', rules),
        both(from, access, fresh, RWXU, RWXU, 1, 0, shown(fault(from, access, 'page')), 'vs-fresh-henvcfg-0', rules),
        both(from, access, fresh, RWXU, RWXU, 0, 1, shown(fault(from, access, 'page')), 'vs-fresh-menvcfg-0', rules),
        // The page's own mapping: read or written as the access does.
        both(from, access, full, RWXU, freshU, 1, 0, seen(pageSlot, entry(PA_PAGE, freshU | ad), true), 'page-fresh-memory', rules),
        // The table's mapping: read, so A alone; written by the update of the VS-stage's entry, so A and D.
        both(from, access, full, freshU, RWXU, 1, 0, seen(tableSlot, entry(TABLE[0] ?? 0n, freshU | PTE.A), true), 'table-fresh-memory', rules),
        both(from, access, fresh, freshU, RWXU, 1, 1, seen(tableSlot, entry(TABLE[0] ?? 0n, RWXU), true), 'vs-and-table-fresh-memory', rules),
        both(from, access, fresh, freshU, freshU, 1, 1, seen(pageSlot, entry(PA_PAGE, freshU | ad), true), 'all-fresh-memory', rules),
        both(from, access, full, freshU, RWXU, 0, 0, shown(read), 'table-fresh-disabled', rules),
        // A table the G-stage does not let be written: a guest-page fault of the original access, with the pseudoinstruction for a write.
        both(from, access, fresh, RWXU & ~PTE.W, RWXU, 1, 1, shown(write), 'table-read-only', rules),
        both(from, access, fresh, RWXU & ~PTE.W, RWXU, 1, 1, seen(vsSlot, entry(GPA_PAGE, fresh), false), 'table-read-only-memory', rules),
        both(from, access, full, RWXU & ~PTE.W, RWXU, 1, 1, shown(access.success(VA)), 'table-read-only-nothing-to-write', rules),
        // The VS-stage's checks come before its update.
        both(from, access, fresh ^ PTE.U, RWXU & ~PTE.W, RWXU, 1, 1, shown(fault(from, access, 'page')), 'table-read-only-other-user', rules),
        // The page's guest-page fault comes after the VS-stage's update, which stays.
        both(from, access, fresh, RWXU, 0n, 1, 1, shown(fault(from, access, 'guest', { tval2: GPA >> 2n })), 'page-unmapped', rules),
        both(from, access, fresh, RWXU, 0n, 1, 1, seen(vsSlot, entry(GPA_PAGE, fresh | ad), false), 'page-unmapped-memory', [...rules, 'choices:updates']),
      );
      // The G-stage's D of the table, while hardware may set it: only the write needs it.
      rows.push(both(from, access, fresh, RWXU & ~PTE.D, RWXU, 1, 1, seen(tableSlot, entry(TABLE[0] ?? 0n, RWXU), true), 'table-clean-memory', rules));
    }
  }
  return rows;
}

/** The last thing before a split access's second part is translated: what the first part set stays when the second faults. */
function split(): TableRow[] {
  const from = situation('M-as-HS');
  const fresh = RWX & ~(PTE.A | PTE.D);
  const at = VA - 0x148n + 0xffcn;
  const memory = [...path(VA, entry(PA_PAGE, fresh)), word64(slot(VA, 0) + 8n, 0n)];
  return [{ extensions: ['sv39', 'svadu'], id: 'updates/split-low-part', rules: ['choices:updates', 'H_straddle'], ...after(from, ACCESS.store, slot(VA, 0), entry(PA_PAGE, RWX), false, { at, memory, csrs: { ...adue(1, 1), satp: atp(8) }, physical: 'none' }) }];
}

/** All rows of the updates' tables. */
export const updateRows = (): readonly TableRow[] => [...stages(), ...refused(), ...fetches(), ...twoStages(), ...split()];
