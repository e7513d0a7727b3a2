/** Zicbom and Zicboz: the permits of every level, what happens to the block, and the faults. What page tables have to say is with the permissions. */
import type { Mode } from '../retirement.js';
import type { Extension } from './extensions.js';
import { perMode, type ByMode } from './legality.js';
import { ALL_MODES, DATA, DRAM_END, NOWHERE, hart, type Expectation, type Setup, type TableRow } from './row.js';

/** cbo.* 0(x1), what menvcfg, henvcfg and senvcfg each have to say, tinst, extension. */
const CBO = [
  { name: 'cbo.inval', word: 0x0000_a00f, tinst: 0x200fn, field: 'CBIE', extension: 'zicbom' },
  { name: 'cbo.clean', word: 0x0010_a00f, tinst: 0x10_200fn, field: 'CBCFE', extension: 'zicbom' },
  { name: 'cbo.flush', word: 0x0020_a00f, tinst: 0x20_200fn, field: 'CBCFE', extension: 'zicbom' },
  { name: 'cbo.zero', word: 0x0040_a00f, tinst: 0x40_200fn, field: 'CBZE', extension: 'zicboz' },
] as const;

const only = (extension: Extension): { readonly extensions: readonly Extension[] } => ({ extensions: [extension] });

/** What each register says of an instruction, in order: menvcfg, henvcfg, senvcfg. */
const PERMITS: readonly (readonly [m: 0 | 1, h: 0 | 1, s: 0 | 1, outcomes: ByMode])[] = [
  [0, 0, 0, { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' }], [0, 0, 1, { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' }],
  [0, 1, 0, { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' }], [0, 1, 1, { M: 'ok', HS: 'ill', U: 'ill', VS: 'ill', VU: 'ill' }],
  [1, 0, 0, { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' }], [1, 0, 1, { M: 'ok', HS: 'ok', U: 'ok', VS: 'vir', VU: 'vir' }],
  [1, 1, 0, { M: 'ok', HS: 'ok', U: 'ill', VS: 'ok', VU: 'vir' }], [1, 1, 1, { M: 'ok', HS: 'ok', U: 'ok', VS: 'ok', VU: 'ok' }],
];

/** The field's own bits, and the ones of its neighbours of the same extension, which say the opposite. */
const FIELD = { CBIE: { yes: [0x10n, 0x30n], others: 0x40n }, CBCFE: { yes: [0x40n], others: 0x30n }, CBZE: { yes: [0x80n], others: 0n } } as const;

function permits(): TableRow[] {
  const rules = ['cbo-inval', 'cbo-clean_cbo-flush', 'cbo-zero_basedon_xenvcfg-CBZE', 'menvcfg_cbie_op', 'menvcfg_cbcfe_op', 'menvcfg_cbze_op', 'henvcfg_cbie', 'henvcfg_cbcfe', 'henvcfg_cbze'];
  return CBO.flatMap(({ name, word, field, extension }) => PERMITS.flatMap(([m, h, s, outcomes]) => {
    const { yes, others } = FIELD[field];
    // Which of CBIE's two yeses it is matters to nobody here: a flush and an invalidation are the same.
    return yes.flatMap((bits) => perMode(
      `${name}-${bits.toString(16)}-m${m}h${h}s${s}`, rules, word, outcomes,
      { x: { 1: DATA }, csrs: { menvcfg: m ? bits : others, henvcfg: h ? bits : others, senvcfg: s ? bits : others } },
      name === 'cbo.zero' ? { mem: { addr: DATA, wmask: 0xff, wdata: 0n } } : { mem: { addr: 0n } }, only(extension),
    ));
  }));
}

/** An instruction that is not permitted is not an access: illegal, whatever the address. */
function beforeAccess(): TableRow[] {
  return CBO.flatMap(({ name, word, extension }) => (['HS', 'U', 'VS', 'VU'] as const).map((mode): TableRow => ({
    ...only(extension), id: `cacheblocks/${name}-nowhere-forbidden-${mode}`, rules: ['exc_priority'], arrange: hart({ mode, words: [word], x: { 1: NOWHERE } }),
    expect: { trap: { to: 'M', cause: 2, tval: BigInt(word) } },
  })));
}

function row(id: string, rules: readonly string[], extensions: readonly Extension[], setup: Setup, expect: Expectation, more: Pick<TableRow, 'steps'> = {}): TableRow {
  return { extensions, id: `cacheblocks/${id}`, rules, arrange: hart(setup), ...more, expect };
}

/** The eight doublewords of a block, the one before and the one behind it. */
const AROUND = Array.from({ length: 10 }, (_, index) => DATA + 8n * BigInt(index - 1));
const JUNK = 0x1111_2222_3333_4444n;
/** LD x5, 0(x4). */
const LD_X5 = 0x0002_3283;

function effects(): TableRow[] {
  const rows: TableRow[] = [];
  const memory = AROUND.map((address) => ({ address, bytes: 8 as const, value: JUNK }));
  for (const [index, address] of AROUND.entries()) {
    for (const offset of [0n, 1n, 7n, 32n, 63n]) {
      rows.push(row(`cbo.zero-${offset}-word-${index}`, ['cbo-zero_op', 'cbo-zero_unaligned', 'cbo-zero_specified_block', 'CACHE_BLOCK_SIZE'], ['zicboz'], { mode: 'M', words: [0x0040_a00f, LD_X5], x: { 1: DATA + offset, 4: address }, memory }, { rd: [5, index === 0 || index === 9 ? JUNK : 0n] }, { steps: 2 }));
    }
    for (const { name, word, extension } of CBO) {
      if (name === 'cbo.zero') continue;
      rows.push(row(`${name}-word-${index}`, ['cmo_invalidate_load_values', 'cbo-inval_op', 'cbo-clean_op', 'cbo-flush_op'], [extension], { mode: 'M', words: [word, LD_X5], x: { 1: DATA + 9n, 4: address }, memory }, { rd: [5, JUNK] }, { steps: 2 }));
    }
  }
  for (const offset of [0n, 1n, 31n, 63n]) {
    rows.push(row(`cbo.zero-record-${offset}`, ['cbo-zero_unaligned', 'no_addr_misaligned_excep'], ['zicboz'], { mode: 'M', words: [0x0040_a00f], x: { 1: DATA + offset } }, { mem: { addr: DATA, wmask: 0xff, wdata: 0n } }));
  }
  rows.push(
    row('cbo.zero-last-block', ['cbo-zero_op'], ['zicboz'], { mode: 'M', words: [0x0040_a00f], x: { 1: DRAM_END - 1n } }, { mem: { addr: DRAM_END - 64n, wmask: 0xff, wdata: 0n } }),
    // What this hart does to the block ends no reservation.
    ...CBO.map(({ name, word, extension }) => row(`sc-after-${name}`, ['choices:reservation'], ['a', extension], { mode: 'M', words: [0x1000_b12f, word, 0x1830_b12f], x: { 1: DATA, 3: 9n } }, { rd: [2, 0n], mem: { addr: DATA, wmask: 0xff, wdata: 9n } }, { steps: 3 })),
  );
  return rows;
}

const V: Readonly<Record<Mode, boolean>> = { M: false, HS: false, U: false, VS: true, VU: true };

/** Where no block can be; tval is rs1 as it is. */
const PLACES: readonly (readonly [name: string, address: bigint])[] = [
  ['nowhere', NOWHERE], ['nowhere-unaligned', NOWHERE + 13n], ['past-dram', DRAM_END], ['past-dram-unaligned', DRAM_END + 63n], ['clint', 0x200_4000n], ['uart', 0x1000_0007n], ['finisher', 0x10_0000n], ['before-dram', 0x7fff_ffffn], ['bit-56', 0x100_0000_8000_4000n], ['top', 0xffff_ffff_ffff_ffffn],
];

function faults(): TableRow[] {
  const permitted = { zicbom: 0x70n, zicboz: 0x80n } as const;
  const rules = ['fault_excep_csr', 'cbm_unperm_fault', 'cbz_unperm_fault', 'h_trans_cache'];
  return CBO.flatMap(({ name, word, tinst, extension }) => {
    const bits = permitted[extension];
    const csrs = { menvcfg: bits, henvcfg: bits, senvcfg: bits };
    return [
      ...PLACES.map(([place, address]) => row(`${name}-${place}`, rules, [extension], { mode: 'M', words: [word], x: { 1: address } }, { trap: { to: 'M', cause: 7, tval: address, tinst } })),
      ...ALL_MODES.flatMap((mode) => [
        row(`${name}-nowhere-${mode}-to-M`, rules, [extension], { mode, words: [word], x: { 1: NOWHERE + 1n }, csrs }, { trap: { to: 'M', cause: 7, tval: NOWHERE + 1n, tinst, gva: V[mode] } }),
        ...(mode === 'M' ? [] : [row(`${name}-nowhere-${mode}-to-HS`, rules, [extension], { mode, words: [word], x: { 1: NOWHERE + 1n }, csrs: { ...csrs, medeleg: 0x80n } }, { trap: { to: 'HS', cause: 7, tval: NOWHERE + 1n, tinst, gva: V[mode] } })]),
        ...(V[mode] ? [row(`${name}-nowhere-${mode}-to-VS`, rules, [extension], { mode, words: [word], x: { 1: NOWHERE + 1n }, csrs: { ...csrs, medeleg: 0x80n, hedeleg: 0x80n } }, { trap: { to: 'VS', cause: 7, tval: NOWHERE + 1n } })] : []),
      ]),
    ];
  });
}

/** All rows of the cache blocks' tables. */
export const cacheBlockRows = (): readonly TableRow[] => [...permits(), ...beforeAccess(), ...effects(), ...faults()];
