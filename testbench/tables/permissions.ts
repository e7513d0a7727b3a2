/** Which access a leaf entry permits: R, W, X, U and the levels' SUM and MXR, in every situation; satp or the VS-stage alone. */
import type { Extension } from './extensions.js';
import { ACCESS, PTE, RWX, RWXU, SITUATIONS, VA, VAD, PA_PAGE, accessOf, atp, attempt, entry, fault, identity, path, type AccessName, type Situation } from './pages.js';
import type { TableRow } from './row.js';

/** Table "Encoding of PTE R/W/X fields", the leaves, with what each permits; `mxr`: with MXR, too. */
const PERMISSIONS: readonly { readonly name: string; readonly flags: bigint; readonly yes: readonly AccessName[]; readonly mxr: readonly AccessName[] }[] = [
  { name: 'r', flags: PTE.R, yes: ['load', 'lr', 'inval', 'clean', 'flush', 'hlv'], mxr: [] },
  { name: 'rw', flags: PTE.R | PTE.W, yes: ['load', 'store', 'lr', 'sc', 'amo', 'zero', 'inval', 'clean', 'flush', 'hlv', 'hsv'], mxr: [] },
  // MXR makes execute-only pages readable: for loads, LR and (by choice) cache-block management; HLVX needs X and nothing else.
  { name: 'x', flags: PTE.X, yes: ['fetch', 'hlvx'], mxr: ['load', 'lr', 'inval', 'clean', 'flush', 'hlv'] },
  { name: 'rx', flags: PTE.R | PTE.X, yes: ['fetch', 'load', 'lr', 'inval', 'clean', 'flush', 'hlv', 'hlvx'], mxr: [] },
  { name: 'rwx', flags: PTE.R | PTE.W | PTE.X, yes: ['fetch', 'load', 'store', 'lr', 'sc', 'amo', 'zero', 'inval', 'clean', 'flush', 'hlv', 'hlvx', 'hsv'], mxr: [] },
];

/** The U bit: `[user access, U, SUM, data is permitted, fetch is permitted]`. SUM never lets a supervisor execute a user's page. */
const USER: readonly (readonly [user: boolean, u: 0 | 1, sum: 0 | 1, data: boolean, fetch: boolean])[] = [
  [false, 0, 0, true, true], [false, 0, 1, true, true], [false, 1, 0, false, false], [false, 1, 1, true, false],
  [true, 0, 0, false, false], [true, 0, 1, false, false], [true, 1, 0, true, true], [true, 1, 1, true, true],
];

/**
 * MXR of mstatus and of vsstatus, and whether execute-only pages are readable:
 * where satp translates, mstatus.MXR counts; in the VS-stage either.
 */
const MXR: readonly (readonly [hs: 0 | 1, vs: 0 | 1, single: boolean, vsStage: boolean])[] = [[0, 0, false, false], [1, 0, true, true], [0, 1, false, true], [1, 1, true, true]];

const RULES: Readonly<Record<'fetch' | 'load' | 'store', string>> = { fetch: 'fetch_page_fault_no_x', load: 'load_page_fault_no_r', store: 'store_page_fault_no_w' };

/** The register the situation's tables hang from; the other one holds a root outside memory, so that its use would show. */
function roots(from: Situation): { readonly satp?: bigint; readonly vsatp?: bigint } {
  const nowhere = atp(8, 0x10_0000_0000n);
  if (!from.guest) return { satp: atp(8), vsatp: nowhere };
  return from.accesses.includes('hlv') ? { vsatp: atp(8) } : { satp: nowhere, vsatp: atp(8) };
}

function leaves(): TableRow[] {
  const rows: TableRow[] = [];
  for (const from of SITUATIONS) {
    for (const name of from.accesses) {
      const access = accessOf(name);
      const extensions: readonly Extension[] = ['sv39', ...access.extensions];
      for (const { name: perms, flags, yes, mxr } of PERMISSIONS) {
        for (const [user, u, sum, data, fetch] of USER) {
          if (user !== from.user) continue;
          for (const [hs, vs, single, vsStage] of MXR) {
            // Only execute-only pages differ; elsewhere none and all of MXR will do.
            if (perms !== 'x' && hs !== vs) continue;
            const readable = yes.includes(name) || ((from.guest ? vsStage : single) && mxr.includes(name));
            const permitted = readable && (name === 'fetch' ? fetch : data);
            const code = from.code && access.word !== undefined ? [identity(from.user ? RWXU : RWX)] : [];
            rows.push({
              extensions, id: `permissions/${from.name}-${access.name}-${perms}-u${u}-sum${sum}-mxr${hs}${vs}`,
              rules: [RULES[access.page === 12 ? 'fetch' : access.page === 13 ? 'load' : 'store'], 'sstatus_sum_op', 'sstatus_mxr_op', 'mstatus_mprv_hypervisor', 'hlsv_priv', 'hlsv_u_op', 'cbm_access', 'cbz_access'],
              arrange: attempt(from, access, {
                memory: [...path(VA, entry(PA_PAGE, VAD | flags | (u === 1 ? PTE.U : 0n))), ...code],
                csrs: roots(from),
                // The level that has no say has SUM the other way round.
                mstatus: { SUM: from.guest ? 1 - sum : sum, MXR: hs }, vsstatus: { SUM: from.guest ? sum : 1 - sum, MXR: vs },
              }),
              expect: permitted ? access.success(VA) : fault(from, access, 'page'),
            });
          }
        }
      }
    }
  }
  return rows;
}

/** A and D while nothing sets them: a page fault where A is clear, and where D is and the page would be written. */
function accessedDirty(): TableRow[] {
  const writes: readonly AccessName[] = ['store', 'sc', 'amo', 'zero', 'hsv'];
  return SITUATIONS.flatMap((from) => from.accesses.flatMap((name) => [0, 1].flatMap((a) => [0, 1].map((d): TableRow => {
    const access = accessOf(name);
    const flags = PTE.V | PTE.R | PTE.W | PTE.X | (from.user ? PTE.U : 0n) | (a === 1 ? PTE.A : 0n) | (d === 1 ? PTE.D : 0n);
    const code = from.code && access.word !== undefined ? [identity(from.user ? RWXU : RWX)] : [];
    return {
      extensions: ['sv39', ...access.extensions], id: `permissions/${from.name}-${access.name}-a${a}-d${d}`, rules: ['svade_access_ad_bit_clear', 'Svadu_disabled_hw_update_falls_back_to_svade', 'cbm_unperm_translate', 'cbz_unperm_translate'],
      arrange: attempt(from, access, { memory: [...path(VA, entry(PA_PAGE, flags)), ...code], csrs: roots(from) }),
      expect: a === 1 && (d === 1 || !writes.includes(name)) ? access.success(VA) : fault(from, access, 'page'),
    };
  }))));
}

/** MPRV without the fields that make it matter, and the modes that are not translated. */
function untranslated(): TableRow[] {
  const memory = path(VA, entry(PA_PAGE, RWX));
  const everything = { satp: atp(8), vsatp: atp(8) };
  const load = ACCESS.load;
  const m = { name: 'M', mode: 'M', guest: false, user: false, accesses: [], code: false } as const;
  const row = (id: string, rules: readonly string[], from: Situation, expect: TableRow['expect'], physical: bigint | 'none' = 'none', at = VA): TableRow => ({
    extensions: ['sv39'], id: `permissions/${id}`, rules, arrange: attempt(from, load, { memory, csrs: everything, at, physical }), expect,
  });
  return [
    // M-mode's own accesses, and MPRV with MPP = M, are physical whatever the registers say; VA is nothing there.
    row('M-plain', ['satp_op_active'], m, fault(m, load, 'access')), row('M-plain-dram', ['satp_op_active'], m, load.success(PA_PAGE), PA_PAGE, PA_PAGE),
    row('M-mprv-mpp-M', ['mstatus_mprv_hypervisor'], { ...m, mstatus: { MPRV: 1, MPP: 3 } }, fault(m, load, 'access')), row('M-mprv-mpp-M-mpv', ['mstatus_mprv_hypervisor'], { ...m, mstatus: { MPRV: 1, MPP: 3, MPV: 1 } }, fault(m, load, 'access')),
    row('M-mpp-S-without-mprv', ['mstatus_mprv_ldst_op'], { ...m, mstatus: { MPRV: 0, MPP: 1, MPV: 1 } }, fault(m, load, 'access')),
    row('M-mprv-dram-mpp-M', ['mstatus_mprv_hypervisor'], { ...m, mstatus: { MPRV: 1, MPP: 3 } }, load.success(PA_PAGE), PA_PAGE, PA_PAGE),
    // Fetches do not mind MPRV: this one is at a physical address, and its load translated.
    row('M-mprv-fetch', ['mstatus_mprv_inst_xlat_op'], { ...m, mstatus: { MPRV: 1, MPP: 1 } }, load.success(VA), PA_PAGE + 0x148n),
  ];
}

/** All rows of the permission tables. */
export const permissionRows = (): readonly TableRow[] => [...leaves(), ...accessedDirty(), ...untranslated()];
