/**
 * Accesses over a page boundary: two translations, the low part's first, the
 * address of the fault in tval, its distance in tinst, its guest physical
 * address in tval2; nothing written unless both go through.
 */
import type { Extension } from './extensions.js';
import { PA_PAGE, PTE, RWX, RWXU, accessOf, atp, entry, guestIdentity, guestPath, hgatp, identity, merged, path, situation, word64, type Situation } from './pages.js';
import { PC, VECTOR, hart, type Setup, type TableRow, type TrapExpectation } from './row.js';

/** The boundary, and where the pages on both sides of it are: the higher page first, so that they are no neighbours. */
const BOUNDARY = 0x4020_4000n;
const LOW_PAGE = PA_PAGE;
const HIGH_PAGE = 0x8020_2000n;

/** The last eight bytes of the low page, the first eight of the high one. */
const LOW_VALUE = 0x1718_1112_1314_1516n;
const HIGH_VALUE = 0x2728_2122_2324_2526n;

/** `[instruction, length, tinst without the offset, cause by page, guest]` at (x1), data x3. */
const ACCESSES = [
  { name: 'lh', word: 0x0000_9103, bytes: 2n, tinst: 0x1103n, page: 13, guest: 21, access: 5, hypervisor: false }, { name: 'lw', word: 0x0000_a103, bytes: 4n, tinst: 0x2103n, page: 13, guest: 21, access: 5, hypervisor: false }, { name: 'ld', word: 0x0000_b103, bytes: 8n, tinst: 0x3103n, page: 13, guest: 21, access: 5, hypervisor: false },
  { name: 'sh', word: 0x0030_9023, bytes: 2n, tinst: 0x30_1023n, page: 15, guest: 23, access: 7, hypervisor: false }, { name: 'sw', word: 0x0030_a023, bytes: 4n, tinst: 0x30_2023n, page: 15, guest: 23, access: 7, hypervisor: false }, { name: 'sd', word: 0x0030_b023, bytes: 8n, tinst: 0x30_3023n, page: 15, guest: 23, access: 7, hypervisor: false },
  { name: 'hlv.w', word: 0x6800_c173, bytes: 4n, tinst: 0x6800_4173n, page: 13, guest: 21, access: 5, hypervisor: true }, { name: 'hlv.d', word: 0x6c00_c173, bytes: 8n, tinst: 0x6c00_4173n, page: 13, guest: 21, access: 5, hypervisor: true }, { name: 'hlvx.hu', word: 0x6430_c173, bytes: 2n, tinst: 0x6430_4173n, page: 13, guest: 21, access: 5, hypervisor: true }, { name: 'hsv.d', word: 0x6e30_c073, bytes: 8n, tinst: 0x6e30_4073n, page: 15, guest: 23, access: 7, hypervisor: true },
] as const;

/** Loads over the boundary that go through: bytes below it, what is read (zero-extended), what x2 gets. */
const READ: readonly (readonly [name: string, below: bigint, rdata: bigint, x2: bigint])[] = [
  ['lh', 1n, 0x2617n, 0x2617n], ['lw', 1n, 0x2425_2617n, 0x2425_2617n], ['lw', 3n, 0x2617_1811n, 0x2617_1811n],
  ['ld', 1n, 0x2821_2223_2425_2617n, 0x2821_2223_2425_2617n], ['ld', 4n, 0x2324_2526_1718_1112n, 0x2324_2526_1718_1112n], ['ld', 7n, 0x2617_1811_1213_1415n, 0x2617_1811_1213_1415n],
  ['hlv.w', 2n, 0x2526_1718n, 0x2526_1718n], ['hlv.d', 4n, 0x2324_2526_1718_1112n, 0x2324_2526_1718_1112n], ['hlvx.hu', 1n, 0x2617n, 0x2617n],
];

/** What each side of the boundary is. */
type Side = 'fine' | 'invalid' | 'nowhere';

/** Both sides' leaves in one stage. */
function sides(stage: 'single' | 'g', low: bigint, high: bigint): NonNullable<Setup['memory']> {
  const route = stage === 'g' ? guestPath : path;
  return merged(route(BOUNDARY - 1n, low), route(BOUNDARY, high));
}

const FROM: readonly Situation[] = ['M-as-HS', 'M-as-VU', 'HS', 'VS', 'HS-for-VS', 'U-for-VU'].map(situation);

/** A row in one of the situations, translated by one stage. */
function row(id: string, from: Situation, stage: 'single' | 'g', what: (typeof ACCESSES)[number], below: bigint, low: Side, high: Side, expect: TableRow['expect'], more: { readonly steps?: number; readonly trapsBefore?: boolean; readonly x?: Readonly<Record<number, bigint>>; readonly memory?: NonNullable<Setup['memory']> } = {}): TableRow {
  const flags = stage === 'g' ? RWXU : from.user ? RWXU : RWX;
  const leaf = (side: Side, page: bigint): bigint => (side === 'invalid' ? 0n : entry(side === 'nowhere' ? 0x1000n : page, flags));
  const code = from.code ? [stage === 'g' ? guestIdentity() : identity(from.user ? RWXU : RWX)] : [];
  const csrs = stage === 'g' ? { hgatp: hgatp(8) } : from.guest ? { vsatp: atp(8) } : { satp: atp(8) };
  return {
    extensions: ['sv39'], id: `crossing/${from.name}-${stage}-${what.name}-${below}-${id}`, rules: ['H_straddle', 'mtval_vaddr_wr2', 'mtval2_trapval_other', 'choices:split'],
    arrange: hart({
      mode: from.mode, pc: PC, words: [what.word], mstatus: from.mstatus ?? {}, hstatus: from.hstatus ?? {}, csrs, x: { 1: BOUNDARY - below, 3: 0x9192_9394_9596_9798n, ...more.x },
      memory: [...sides(stage, leaf(low, LOW_PAGE), leaf(high, HIGH_PAGE)), ...code, word64(LOW_PAGE + 0xff8n, LOW_VALUE), word64(HIGH_PAGE, HIGH_VALUE), ...(more.memory ?? [])],
    }),
    ...(more.steps === undefined ? {} : { steps: more.steps }), ...(more.trapsBefore === undefined ? {} : { trapsBefore: more.trapsBefore }), expect,
  };
}

function data(): TableRow[] {
  const rows: TableRow[] = [];
  for (const from of FROM) {
    for (const stage of from.guest ? ['single', 'g'] as const : ['single'] as const) {
      for (const what of ACCESSES) {
        if (what.hypervisor !== from.accesses.includes('hlv')) continue;
        for (const [name, below, rdata, x2] of READ) {
          if (name === what.name) rows.push(row('read', from, stage, what, below, 'fine', 'fine', { rd: [2, x2], mem: { addr: BOUNDARY - below, rmask: 2 ** Number(what.bytes) - 1, rdata } }));
        }
        for (const below of what.bytes === 2n ? [1n] : what.bytes === 4n ? [1n, 3n] : [1n, 4n, 7n]) {
          const at = BOUNDARY - below;
          const kinds = { invalid: stage === 'g' ? what.guest : what.page, nowhere: what.access } as const;
          const trap = (side: 'invalid' | 'nowhere', tval: bigint): TableRow['expect'] => {
            const expected: TrapExpectation = { to: 'M', cause: kinds[side], tval, tinst: what.tinst | ((tval - at) << 15n), gva: from.guest, ...(side === 'invalid' && stage === 'g' ? { tval2: tval >> 2n } : {}) };
            return { trap: expected };
          };
          rows.push(
            row('high-invalid', from, stage, what, below, 'fine', 'invalid', trap('invalid', BOUNDARY)), row('low-invalid', from, stage, what, below, 'invalid', 'fine', trap('invalid', at)), row('both-invalid', from, stage, what, below, 'invalid', 'invalid', trap('invalid', at)),
            // The low part is through with everything before the high part is translated.
            row('high-nowhere', from, stage, what, below, 'fine', 'nowhere', trap('nowhere', BOUNDARY)), row('low-nowhere', from, stage, what, below, 'nowhere', 'fine', trap('nowhere', at)), row('low-nowhere-high-invalid', from, stage, what, below, 'nowhere', 'invalid', trap('nowhere', at)), row('low-invalid-high-nowhere', from, stage, what, below, 'invalid', 'nowhere', trap('invalid', at)),
          );
        }
      }
    }
  }
  return rows;
}

/** Stores: what they leave on both sides, by M-mode's handler after a fault, by M-mode itself (ECALL) otherwise. */
function stores(): TableRow[] {
  const rows: TableRow[] = [];
  const sd = ACCESSES.find(({ name }) => name === 'sd') ?? ACCESSES[0];
  // LD x2, 0(x4) at M's handler.
  const handler = [{ address: VECTOR.M, bytes: 4 as const, value: 0x0002_3103n }];
  const ecall = [{ address: PC + 4n, bytes: 4 as const, value: 0x0000_0073n }];
  const look = (value: bigint): TableRow['expect'] => ({ pc: VECTOR.M, nextPc: VECTOR.M + 4n, rd: [2, value] });
  for (const from of [situation('HS'), situation('VS')]) {
    for (const stage of from.guest ? ['single', 'g'] as const : ['single'] as const) {
      for (const [side, address, value] of [['low', LOW_PAGE + 0xff8n, 0x9596_9798_1314_1516n], ['high', HIGH_PAGE, 0x2728_2122_9192_9394n]] as const) {
        rows.push(
          row(`written-${side}`, from, stage, sd, 4n, 'fine', 'fine', look(value), { steps: 3, trapsBefore: true, x: { 4: address }, memory: [...handler, ...ecall] }),
          row(`unwritten-${side}`, from, stage, sd, 4n, 'fine', 'invalid', look(side === 'low' ? LOW_VALUE : HIGH_VALUE), { steps: 2, trapsBefore: true, x: { 4: address }, memory: handler }),
        );
      }
    }
  }
  return rows;
}

/** In both stages at once: the VS-stage's boundary is the G-stage's, too, with other pages behind it. */
function twoStages(): TableRow[] {
  const rows: TableRow[] = [];
  const [lowGpa, highGpa] = [0x4040_7000n, 0x4040_3000n];
  for (const from of [situation('M-as-VS'), situation('HS-for-VU')]) {
    const what = ACCESSES.find(({ name }) => name === (from.accesses.includes('hlv') ? 'hlv.d' : 'ld')) ?? ACCESSES[0];
    const user = from.user ? PTE.U : 0n;
    const at = BOUNDARY - 4n;
    const state = (vsLow: bigint, vsHigh: bigint, gLow: bigint, gHigh: bigint): TableRow['arrange'] => hart({
      mode: from.mode, words: [what.word], mstatus: from.mstatus ?? {}, hstatus: from.hstatus ?? {}, csrs: { vsatp: atp(8), hgatp: hgatp(8) }, x: { 1: at },
      memory: merged(path(BOUNDARY - 1n, vsLow), path(BOUNDARY, vsHigh), guestPath(lowGpa, gLow), guestPath(highGpa, gHigh), [guestIdentity(), word64(LOW_PAGE + 0xff8n, LOW_VALUE), word64(HIGH_PAGE, HIGH_VALUE)]),
    });
    const [vl, vh, gl, gh] = [entry(lowGpa, RWX | user), entry(highGpa, RWX | user), entry(LOW_PAGE, RWXU), entry(HIGH_PAGE, RWXU)];
    const trap = (cause: number, tval: bigint, tval2: bigint): TableRow['expect'] => ({ trap: { to: 'M', cause, tval, tval2, tinst: what.tinst | ((tval - at) << 15n), gva: true } });
    const line = (id: string, arrange: TableRow['arrange'], expect: TableRow['expect']): void => {
      rows.push({ extensions: ['sv39'], id: `crossing/${from.name}-two-stages-${id}`, rules: ['H_straddle', 'mtval2_trapval_other', 'mtval2_htval_virtaddr'], arrange, expect });
    };
    line('fine', state(vl, vh, gl, gh), { rd: [2, 0x2324_2526_1718_1112n], mem: { addr: at, rmask: 0xff, rdata: 0x2324_2526_1718_1112n } });
    line('g-high', state(vl, vh, gl, 0n), trap(21, BOUNDARY, highGpa >> 2n));
    line('g-low', state(vl, vh, 0n, gh), trap(21, at, (lowGpa + 0xffcn) >> 2n));
    line('g-both', state(vl, vh, 0n, 0n), trap(21, at, (lowGpa + 0xffcn) >> 2n));
    line('vs-high', state(vl, 0n, gl, gh), trap(13, BOUNDARY, 0n));
    line('g-low-vs-high', state(vl, 0n, 0n, gh), trap(21, at, (lowGpa + 0xffcn) >> 2n));
    line('vs-low-g-high', state(0n, vh, gl, 0n), trap(13, at, 0n));
  }
  return rows;
}

/** A 32-bit instruction whose halves are on two pages; a 16-bit one that fits. With C only. */
function fetches(): TableRow[] {
  const rows: TableRow[] = [];
  const at = BOUNDARY - 2n;
  for (const from of ['HS', 'U', 'VS', 'VU'].map(situation)) {
    const fetch = accessOf('fetch');
    for (const stage of from.guest ? ['single', 'g'] as const : ['single'] as const) {
      const flags = stage === 'g' || from.user ? RWXU : RWX;
      const [low, high] = [entry(LOW_PAGE, flags), entry(HIGH_PAGE, flags)];
      const extensions: readonly Extension[] = ['sv39', 'c'];
      const line = (id: string, lowLeaf: bigint, highLeaf: bigint, first: bigint, expect: TableRow['expect'], csrs: Setup['csrs'] = {}): void => {
        rows.push({
          extensions, id: `crossing/${from.name}-${stage}-fetch-${id}`, rules: ['H_straddle', 'mtval_vaddr_wr2', 'mtval2_trapval_other', 'choices:parcels'],
          arrange: hart({
            mode: from.mode, pc: at, csrs: { ...(stage === 'g' ? { hgatp: hgatp(8) } : from.guest ? { vsatp: atp(8) } : { satp: atp(8) }), ...csrs },
            memory: [...sides(stage, lowLeaf, highLeaf), { address: LOW_PAGE + 0xffcn, bytes: 4, value: first << 16n }, { address: HIGH_PAGE, bytes: 4, value: 0x0070n }],
          }),
          expect,
        });
      };
      const trap = (tval: bigint, kind: 'page' | 'guest' | 'access'): TableRow['expect'] => ({ pc: at, insn: 0, trap: { to: 'M', cause: fetch[kind], tval, gva: from.guest, ...(kind === 'guest' ? { tval2: tval >> 2n } : {}) } });
      const kind = stage === 'g' ? 'guest' : 'page';
      // ADDI x2, x0, 7 in halves 0113 and 0070; C.NOP alone.
      line('fine', low, high, 0x0113n, { pc: at, insn: 0x0070_0113, nextPc: at + 4n, rd: [2, 7n] });
      line('second', low, 0n, 0x0113n, trap(BOUNDARY, kind));
      line('second-not-executable', low, entry(HIGH_PAGE, flags & ~PTE.X), 0x0113n, trap(BOUNDARY, kind));
      line('second-a0', low, entry(HIGH_PAGE, flags & ~PTE.A), 0x0113n, trap(BOUNDARY, kind));
      line('second-nowhere', low, entry(0x1000n, flags), 0x0113n, trap(BOUNDARY, 'access'));
      line('first', 0n, high, 0x0113n, trap(at, kind));
      line('first-nowhere', entry(0x1000n, flags), 0n, 0x0113n, trap(at, 'access'));
      line('compressed', low, 0n, 0x0001n, { pc: at, insn: 0x0001, nextPc: BOUNDARY });
      line('longer', low, 0n, 0x001fn, trap(BOUNDARY, kind));
      // To HS with htval.
      line('second-to-HS', low, 0n, 0x0113n, { pc: at, insn: 0, trap: { to: 'HS', cause: fetch[kind], tval: BOUNDARY, gva: from.guest, ...(stage === 'g' ? { tval2: BOUNDARY >> 2n } : {}) } }, { medeleg: 0x10_1000n });
    }
  }
  return rows;
}

/** All rows of the crossings' tables. */
export const crossingRows = (): readonly TableRow[] => [...data(), ...stores(), ...twoStages(), ...fetches()];
