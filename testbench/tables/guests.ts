/** The G-stage: what its leaves permit, what both stages permit together, and the VS-stage's own accesses to its tables. */
import type { Extension } from './extensions.js';
import {
  ACCESS, GPA, GPA_PAGE, PA_PAGE, PTE, RWX, RWXU, SITUATIONS, VA, VAD, accessOf, atp, attempt, entry, fault, guestAtp, guestIdentity, guestPath, guestSlotOf, guestTables, hgatp, identity, merged, path,
  situation, tableMapping, type Access, type AccessName, type Situation,
} from './pages.js';
import type { TableRow } from './row.js';

const GUESTS = SITUATIONS.filter(({ guest }) => guest);

/** What a G-stage leaf permits, U given; `mxr`: with the HS-level MXR, too. */
const PERMISSIONS: readonly { readonly name: string; readonly flags: bigint; readonly yes: readonly AccessName[]; readonly mxr: readonly AccessName[] }[] = [
  { name: 'r', flags: PTE.R, yes: ['load', 'lr', 'inval', 'clean', 'flush', 'hlv'], mxr: [] },
  { name: 'rw', flags: PTE.R | PTE.W, yes: ['load', 'store', 'lr', 'sc', 'amo', 'zero', 'inval', 'clean', 'flush', 'hlv', 'hsv'], mxr: [] },
  { name: 'x', flags: PTE.X, yes: ['fetch', 'hlvx'], mxr: ['load', 'lr', 'inval', 'clean', 'flush', 'hlv'] },
  { name: 'rx', flags: PTE.R | PTE.X, yes: ['fetch', 'load', 'lr', 'inval', 'clean', 'flush', 'hlv', 'hlvx'], mxr: [] },
  { name: 'rwx', flags: PTE.R | PTE.W | PTE.X, yes: ['fetch', 'load', 'store', 'lr', 'sc', 'amo', 'zero', 'inval', 'clean', 'flush', 'hlv', 'hlvx', 'hsv'], mxr: [] },
];

/** MXR of mstatus and vsstatus: the G-stage knows only the former. */
const MXR: readonly (readonly [hs: 0 | 1, vs: 0 | 1, gStage: boolean])[] = [[0, 0, false], [1, 0, true], [0, 1, false], [1, 1, true]];

const extensionsOf = (access: Access): readonly Extension[] => ['sv39', ...access.extensions];

/** The VS-stage Bare: the address is the guest physical one. Every access is a user's, so U must be 1, and SUM means nothing. */
function leaves(): TableRow[] {
  const rows: TableRow[] = [];
  for (const from of GUESTS) {
    for (const name of from.accesses) {
      const access = accessOf(name);
      const code = from.code && access.word !== undefined ? [guestIdentity()] : [];
      for (const { name: perms, flags, yes, mxr } of PERMISSIONS) {
        for (const u of [0, 1]) {
          for (const [hs, vs, gStage] of MXR) {
            if (perms !== 'x' && hs !== vs) continue;
            const permitted = u === 1 && (yes.includes(name) || (gStage && mxr.includes(name)));
            rows.push({
              extensions: extensionsOf(access), id: `guests/${from.name}-${access.name}-${perms}-u${u}-mxr${hs}${vs}`,
              rules: ['H_vm_gpapriv', 'H_vm_gpatrans', 'sstatus_mxr_vm', 'vsstatus_mxr_vm', 'H_guest_page_fault', 'hgatp_mode_sv39x4', 'hlsv_sstatus_mxr', 'hlsv_vsstatus_mxr'],
              arrange: attempt(from, access, {
                memory: [...guestPath(VA, entry(PA_PAGE, VAD | flags | (u === 1 ? PTE.U : 0n))), ...code],
                csrs: { hgatp: hgatp(8) }, mstatus: { SUM: 1, MXR: hs }, vsstatus: { SUM: 1, MXR: vs },
              }),
              expect: permitted ? access.success(VA) : fault(from, access, 'guest', { tval2: VA >> 2n }),
            });
          }
        }
      }
      // A and D, as ever.
      for (const [a, d] of [[0, 0], [0, 1], [1, 0]] as const) {
        const writes = access.page === 15 && access.extensions[0] !== 'zicbom';
        rows.push({
          extensions: extensionsOf(access), id: `guests/${from.name}-${access.name}-a${a}-d${d}`, rules: ['svade_access_ad_bit_clear', 'H_guest_page_fault'],
          arrange: attempt(from, access, {
            memory: [...guestPath(VA, entry(PA_PAGE, PTE.V | PTE.R | PTE.W | PTE.X | PTE.U | (a === 1 ? PTE.A : 0n) | (d === 1 ? PTE.D : 0n))), ...code], csrs: { hgatp: hgatp(8) },
          }),
          expect: a === 1 && !writes ? access.success(VA) : fault(from, access, 'guest', { tval2: VA >> 2n }),
        });
      }
    }
  }
  return rows;
}

/** Both stages for `VA`, the tables themselves mapped by one leaf. Of code, too, where it is translated. */
function both(from: Situation, access: Access, vs: bigint, g: bigint, status: { readonly hs?: number; readonly vs?: number } = {}): TableRow['arrange'] {
  const code = from.code && access.word !== undefined ? [identity(from.user ? RWXU : RWX)] : [];
  return attempt(from, access, {
    memory: merged(path(VA, entry(GPA_PAGE, vs)), code, [guestIdentity()], guestPath(GPA, entry(PA_PAGE, g))),
    csrs: { vsatp: atp(8), hgatp: hgatp(8) }, mstatus: { MXR: status.hs ?? 0 }, vsstatus: { MXR: status.vs ?? 0 },
  });
}

/**
 * `[VS-stage, G-stage, mstatus.MXR, vsstatus.MXR, what a load sees]`: vsstatus.MXR
 * makes executable pages readable in the VS-stage only, mstatus.MXR in both.
 */
const READ: readonly (readonly [vs: 'r' | 'x', g: 'r' | 'x', hsMxr: 0 | 1, vsMxr: 0 | 1, outcome: 'ok' | 'page' | 'guest'])[] = [
  ['r', 'r', 0, 0, 'ok'], ['r', 'r', 0, 1, 'ok'], ['r', 'r', 1, 0, 'ok'], ['r', 'r', 1, 1, 'ok'],
  ['x', 'r', 0, 0, 'page'], ['x', 'r', 0, 1, 'ok'], ['x', 'r', 1, 0, 'ok'], ['x', 'r', 1, 1, 'ok'],
  ['r', 'x', 0, 0, 'guest'], ['r', 'x', 0, 1, 'guest'], ['r', 'x', 1, 0, 'ok'], ['r', 'x', 1, 1, 'ok'],
  // The VS-stage is the first to refuse.
  ['x', 'x', 0, 0, 'page'], ['x', 'x', 0, 1, 'guest'], ['x', 'x', 1, 0, 'ok'], ['x', 'x', 1, 1, 'ok'],
];

/** HLVX wants X of both stages, whatever MXR says. */
const EXECUTE: readonly (readonly [vs: 'r' | 'x', g: 'r' | 'x', outcome: 'ok' | 'page' | 'guest'])[] = [['r', 'r', 'page'], ['x', 'r', 'guest'], ['r', 'x', 'page'], ['x', 'x', 'ok']];

function together(): TableRow[] {
  const rows: TableRow[] = [];
  const bit = { r: PTE.R, x: PTE.X } as const;
  for (const from of GUESTS) {
    const user = from.user ? PTE.U : 0n;
    const outcome = (access: Access, what: 'ok' | 'page' | 'guest'): TableRow['expect'] => (what === 'ok' ? access.success(VA) : fault(from, access, what, what === 'guest' ? { tval2: GPA >> 2n } : {}));
    for (const name of from.accesses) {
      const access = accessOf(name);
      const row = (id: string, vs: bigint, g: bigint, what: 'ok' | 'page' | 'guest'): void => {
        rows.push({ extensions: extensionsOf(access), id: `guests/${from.name}-${access.name}-${id}`, rules: ['H_vm_twostage', 'mtval2_htval_virtaddr', 'H_trap_xtinst_guestpage'], arrange: both(from, access, vs, g), expect: outcome(access, what) });
      };
      row('both', RWX | user, RWXU, 'ok');
      row('vs-invalid', (RWX | user) & ~PTE.V, RWXU, 'page');
      row('g-invalid', RWX | user, RWXU & ~PTE.V, 'guest');
      row('both-invalid', (RWX | user) & ~PTE.V, RWXU & ~PTE.V, 'page');
      row('vs-other-user', (RWX | user) ^ PTE.U, RWXU, 'page');
      row('g-supervisor', RWX | user, RWX, 'guest');
      row('vs-a0', (RWX | user) & ~PTE.A, RWXU, 'page');
      row('g-a0', RWX | user, RWXU & ~PTE.A, 'guest');
    }
    const load = accessOf(from.accesses.includes('hlv') ? 'hlv' : 'load');
    for (const [vs, g, hsMxr, vsMxr, what] of READ) {
      rows.push({
        extensions: ['sv39'], id: `guests/${from.name}-${load.name}-vs-${vs}-g-${g}-mxr${hsMxr}${vsMxr}`, rules: ['vsstatus_mxr_vm', 'sstatus_mxr_vm', 'mstatus_mprv_hypervisor', 'hlsv_sstatus_mxr', 'hlsv_vsstatus_mxr'],
        arrange: both(from, load, VAD | bit[vs] | user, VAD | PTE.U | bit[g], { hs: hsMxr, vs: vsMxr }), expect: outcome(load, what),
      });
    }
    if (!from.accesses.includes('hlvx')) continue;
    for (const [vs, g, what] of EXECUTE) {
      for (const mxr of [0, 1]) {
        rows.push({
          extensions: ['sv39'], id: `guests/${from.name}-hlvx-vs-${vs}-g-${g}-mxr${mxr}`, rules: ['hlsv_u_op'],
          arrange: both(from, ACCESS.hlvx, VAD | bit[vs] | user, VAD | PTE.U | bit[g], { hs: mxr, vs: mxr }), expect: outcome(ACCESS.hlvx, what),
        });
      }
    }
  }
  return rows;
}

/* ------------------------------------------------------------------ implicit accesses */

/** What the G-stage may have against reading a table of the VS-stage: it needs V, R, U and A, and neither X nor W nor D. */
const TABLE_LEAVES: readonly (readonly [name: string, flags: bigint, readable: boolean])[] = [
  ['r', PTE.V | PTE.R | PTE.U | PTE.A, true], ['rw-d0', PTE.V | PTE.R | PTE.W | PTE.U | PTE.A, true],
  ['invalid', RWXU & ~PTE.V, false], ['supervisor', RWX, false], ['a0', RWXU & ~PTE.A, false], ['x-only', VAD | PTE.X | PTE.U, false], ['w-only', VAD | PTE.W | PTE.U, false], ['reserved-54', RWXU | (1n << 54n), false],
];

/**
 * The VS-stage's PTE could not be read: a guest-page fault of the original
 * access, tval its address, tval2 the PTE's, tinst the pseudoinstruction for a
 * 64-bit read. MXR is for explicit loads and does not help.
 */
function implicit(): TableRow[] {
  const rows: TableRow[] = [];
  for (const from of GUESTS) {
    for (const name of from.accesses) {
      const access = accessOf(name);
      const code = from.code && access.word !== undefined ? [identity(from.user ? RWXU : RWX)] : [];
      for (const level of [0, 1, 2]) {
        // The atomics and cache-block instructions need no more than one level and one reason.
        if (access.extensions.length > 0 && level !== 0) continue;
        for (const [reason, flags, readable] of TABLE_LEAVES) {
          if (access.extensions.length > 0 && reason !== 'invalid') continue;
          for (const mxr of reason === 'x-only' ? [0, 1] : [0]) {
            const tables = [0, 1, 2].map((each) => tableMapping(each, each === level ? flags : RWXU));
            // The root has the code's leaf, too, which is read before anything else: where the root is refused, code does not run.
            if (level === 2 && !readable && code.length > 0) continue;
            rows.push({
              extensions: extensionsOf(access), id: `guests/${from.name}-${access.name}-table-${level}-${reason}-mxr${mxr}`,
              rules: ['H_vm_gpapriv', 'H_vm_gstagetrans', 'mtval2_trapval_vstrans', 'H_trap_xtinst_guestpage', 'H_trap_xtinst_guestpage_rw', 'HTVAL_TRAPVAL'],
              arrange: attempt(from, access, {
                memory: merged(guestTables(entry(GPA_PAGE, RWX | (from.user ? PTE.U : 0n))), code, [...tables.flat(), ...(code.length > 0 ? [guestIdentity()] : [])], guestPath(GPA, entry(PA_PAGE, RWXU))),
                csrs: { vsatp: guestAtp, hgatp: hgatp(8) }, mstatus: { MXR: mxr }, vsstatus: { MXR: mxr },
              }),
              expect: readable ? access.success(VA) : fault(from, access, 'guest', { tval2: guestSlotOf(level) >> 2n, tinst: 0x3000n }),
            });
          }
        }
      }
    }
  }
  // The VS-stage's tables come first, whatever the G-stage has against the page itself.
  const from = situation('HS-for-VS');
  rows.push({
    extensions: ['sv39'], id: 'guests/table-before-page', rules: ['H_exception_priority', 'H_trap_xtinst_guestpage'],
    arrange: attempt(from, ACCESS.hlv, { memory: merged(guestTables(entry(GPA_PAGE, RWX)), tableMapping(2), tableMapping(1, 0n), tableMapping(0, 0n)), csrs: { vsatp: guestAtp, hgatp: hgatp(8) } }),
    expect: fault(from, ACCESS.hlv, 'guest', { tval2: guestSlotOf(1) >> 2n, tinst: 0x3000n }),
  });
  return rows;
}

/* ------------------------------------------------------------------ delegation */

/** A page fault of a guest can go to all three levels, a guest-page fault to the first two: to HS with htval and htinst. */
function delegated(): TableRow[] {
  const rows: TableRow[] = [];
  for (const from of GUESTS) {
    for (const name of from.accesses) {
      const access = accessOf(name);
      if (access.extensions.length > 0 || from.mode === 'M') continue;
      const user = from.user ? PTE.U : 0n;
      const V = from.mode === 'VS' || from.mode === 'VU';
      const bits = (1n << BigInt(access.page)) | (1n << BigInt(access.guest));
      const with_ = (vs: bigint, g: bigint, hedeleg: bigint): TableRow['arrange'] => {
        const state = both(from, access, vs, g);
        return { ...state, csrs: { ...state.csrs, medeleg: bits, hedeleg } };
      };
      const row = (id: string, arrange: TableRow['arrange'], expect: TableRow['expect']): void => {
        rows.push({ extensions: extensionsOf(access), id: `guests/${from.name}-${access.name}-${id}`, rules: ['H_trap_deleg', 'H_guest_page_fault', 'HTVAL_TRAPVAL', 'H_trap_hs_csrwrites', 'H_trap_vs_csrwrites'], arrange, expect });
      };
      row('page-to-HS', with_(0n, RWXU, 0n), fault(from, access, 'page', { to: 'HS' }));
      row('guest-to-HS', with_(RWX | user, 0n, 0n), fault(from, access, 'guest', { to: 'HS', tval2: GPA >> 2n }));
      // hedeleg sends the page fault on where V was 1; of guest-page faults it has no bits.
      row('page-to-VS', with_(0n, RWXU, 0xb1fen), V ? { ...fault(from, access, 'page'), trap: { to: 'VS', cause: access.page, tval: VA } } : fault(from, access, 'page', { to: 'HS' }));
      row('guest-past-VS', with_(RWX | user, 0n, 0xb1fen), fault(from, access, 'guest', { to: 'HS', tval2: GPA >> 2n }));
    }
  }
  // HS's and U's own page faults.
  for (const from of SITUATIONS.filter(({ guest, mode }) => !guest && mode !== 'M')) {
    for (const name of ['fetch', 'load', 'store'] as const) {
      const access = accessOf(name);
      const state = attempt(from, access, { memory: [...path(VA, 0n), ...(access.word === undefined ? [] : [identity(from.user ? RWXU : RWX)])], csrs: { satp: atp(8), medeleg: 0xb000n, hedeleg: 0xb1fen } });
      rows.push({ extensions: ['sv39'], id: `guests/${from.name}-${access.name}-page-to-HS`, rules: ['H_trap_deleg', 'H_trap_hs_csrwrites'], arrange: state, expect: fault(from, access, 'page', { to: 'HS' }) });
    }
  }
  return rows;
}

/** All rows of the G-stage's tables. */
export const guestRows = (): readonly TableRow[] => [...leaves(), ...together(), ...implicit(), ...delegated()];
