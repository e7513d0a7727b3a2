/** PMP: which entry matches an access, and what it permits to whom. Sixteen entries, grain 4 (choices). */
import type { HomeCsr, Mode } from '../retirement.js';
import type { Extension } from './extensions.js';
import { FETCHED, VALUE, X3, accessOf, word64, type AccessName } from './pages.js';
import { ALL_MODES, DATA, PC, WORD, hart, type Expectation, type Setup, type TableRow } from './row.js';

type Csrs = Readonly<Partial<Record<HomeCsr, bigint>>>;

/** A row of the PMP tables. */
export function row(id: string, rules: readonly string[], setup: Setup, expect: Expectation, more: Pick<TableRow, 'steps' | 'trapsBefore'> & { readonly extensions?: readonly Extension[]; readonly without?: readonly Extension[] } = {}): TableRow {
  const { extensions = [], ...rest } = more;
  return { ...rest, extensions: ['pmp', ...extensions], id: `pmp/${id}`, rules, arrange: hart(setup), expect };
}

/** Fields of a configuration byte. */
export const CFG = { R: 0x01n, W: 0x02n, X: 0x04n, TOR: 0x08n, NA4: 0x10n, NAPOT: 0x18n, L: 0x80n } as const;
const { R, W, X, TOR, NA4, NAPOT, L } = CFG;
const ONES = 0xffff_ffff_ffff_ffffn;

/** pmpaddr of a naturally aligned region: its size is 8 times a power of two. */
export const napot = (base: bigint, size: bigint): bigint => (base >> 2n) | (size / 8n - 1n);

/** Everything, by the last entry: whatever another one says comes first. */
export const REST: Csrs = { pmpaddr15: 0x003f_ffff_ffff_ffffn, pmpcfg2: 0x1fn << 56n };
/** Code and handlers only (16 KiB from the start of DRAM), by the last entry. */
const CODE: Csrs = { pmpaddr15: napot(0x8000_0000n, 0x4000n), pmpcfg2: 0x1fn << 56n };

const V: Readonly<Record<Mode, boolean>> = { M: false, HS: false, U: false, VS: true, VU: true };

/* ------------------------------------------------------------------ permissions */

/** What R, W and X permit. An AMO needs R and W, HLVX R and X, cache-block management R or W. */
const PERMISSIONS: readonly { readonly name: string; readonly flags: bigint; readonly yes: readonly AccessName[] }[] = [
  { name: 'none', flags: 0n, yes: [] },
  { name: 'r', flags: R, yes: ['load', 'lr', 'inval', 'clean', 'flush', 'hlv'] },
  { name: 'rw', flags: R | W, yes: ['load', 'store', 'lr', 'sc', 'amo', 'zero', 'inval', 'clean', 'flush', 'hlv', 'hsv'] },
  { name: 'x', flags: X, yes: ['fetch'] },
  { name: 'rx', flags: R | X, yes: ['fetch', 'load', 'lr', 'inval', 'clean', 'flush', 'hlv', 'hlvx'] },
  { name: 'rwx', flags: R | W | X, yes: ['fetch', 'load', 'store', 'lr', 'sc', 'amo', 'zero', 'inval', 'clean', 'flush', 'hlv', 'hlvx', 'hsv'] },
];

/** Who accesses, and whether that is M: then only locked entries count. */
const WHO: readonly { readonly name: string; readonly mode: Mode; readonly machine: boolean; readonly gva: boolean; readonly setup: Pick<Setup, 'mstatus' | 'hstatus'>; readonly accesses: readonly AccessName[] }[] = [
  ...ALL_MODES.map((mode) => ({ name: mode, mode, machine: mode === 'M', gva: V[mode], setup: {}, accesses: ['fetch', 'load', 'store', 'lr', 'sc', 'amo', 'zero', 'inval'] as const })),
  // MPRV makes data accesses the previous mode's, and no fetch.
  { name: 'M-as-U', mode: 'M', machine: false, gva: false, setup: { mstatus: { MPRV: 1, MPP: 0 } }, accesses: ['load', 'store', 'amo', 'zero'] },
  { name: 'M-as-HS', mode: 'M', machine: false, gva: false, setup: { mstatus: { MPRV: 1, MPP: 1 } }, accesses: ['load', 'store'] },
  { name: 'M-as-VS', mode: 'M', machine: false, gva: true, setup: { mstatus: { MPRV: 1, MPP: 1, MPV: 1 } }, accesses: ['load', 'store'] },
  { name: 'M-as-M', mode: 'M', machine: true, gva: false, setup: { mstatus: { MPRV: 1, MPP: 3, MPV: 1 } }, accesses: ['load', 'store'] },
  { name: 'M-mprv-fetch', mode: 'M', machine: true, gva: false, setup: { mstatus: { MPRV: 1, MPP: 0 } }, accesses: ['fetch'] },
  // HLV and the rest are a guest's accesses, from M-mode too.
  { name: 'M-hlv', mode: 'M', machine: false, gva: true, setup: { hstatus: { SPVP: 1 } }, accesses: ['hlv', 'hlvx', 'hsv'] },
  { name: 'HS-hlv', mode: 'HS', machine: false, gva: true, setup: {}, accesses: ['hlv', 'hlvx', 'hsv'] },
  { name: 'U-hlv', mode: 'U', machine: false, gva: true, setup: { hstatus: { HU: 1, SPVP: 1 } }, accesses: ['hlv', 'hlvx', 'hsv'] },
];

/** An access to DATA, where the page tables' VALUE is. */
function access(who: (typeof WHO)[number], name: AccessName, csrs: Csrs, permitted: boolean, id: string, rules: readonly string[]): TableRow {
  const what = accessOf(name);
  const fetch = what.word === undefined;
  const permits = { menvcfg: 0n, henvcfg: 0n, senvcfg: 0n };
  for (const key of ['menvcfg', 'henvcfg', 'senvcfg'] as const) permits[key] = name === 'zero' ? 0x80n : name === 'inval' ? 0x70n : 0n;
  return row(id, rules, {
    mode: who.mode, ...who.setup, pc: fetch ? DATA : PC, ...(what.word === undefined ? {} : { words: [what.word] }), x: { 1: DATA, 3: X3 }, csrs: { ...permits, ...csrs },
    memory: [fetch ? { address: DATA, bytes: 4, value: BigInt(FETCHED) } : word64(DATA, VALUE)],
  }, permitted ? what.success(DATA) : {
    ...(fetch ? { pc: DATA } : {}), trap: { to: 'M', cause: what.access, tval: DATA, tinst: what.tinst, gva: who.gva },
  }, { extensions: what.extensions });
}

function permissions(): TableRow[] {
  const rules = ['pmp_rwx_check', 'pmp_l_bit_m_mode_enforcement', 'pmp_exec_fault', 'pmp_load_fault', 'pmp_store_fault', 'pmp_check_priv_modes', 'pmp_access_fault_exception'];
  const rows: TableRow[] = [];
  for (const who of WHO) {
    for (const name of who.accesses) {
      for (const { name: perms, flags, yes } of PERMISSIONS) {
        for (const lock of [0n, L]) {
          rows.push(access(who, name, { ...REST, pmpaddr0: napot(DATA, 64n), pmpcfg0: NAPOT | flags | lock }, (who.machine && lock === 0n) || yes.includes(name), `${who.name}-${accessOf(name).name}-${perms}-l${lock === 0n ? 0 : 1}`, rules));
        }
      }
      // No entry matches: M may, nobody else.
      rows.push(access(who, name, CODE, who.machine, `${who.name}-${accessOf(name).name}-unmatched`, ['pmp_no_entry_match']));
    }
  }
  // Not one entry is on: below M there is not even an instruction.
  for (const mode of ALL_MODES) {
    rows.push(row(`all-off-${mode}`, ['pmp_no_entry_match', 'pmp_a_field_off', 'PMP_A_L_RST'], { mode, words: [WORD.nop], csrs: { pmpcfg0: 0n } }, mode === 'M' ? {} : { trap: { to: 'M', cause: 1, tval: PC, gva: V[mode] } }));
    rows.push(row(`all-off-with-addresses-${mode}`, ['pmp_a_field_off'], { mode, words: [WORD.nop], csrs: { pmpcfg0: 0x0707_0707_0707_0707n, pmpaddr0: ONES >> 10n, pmpaddr1: ONES >> 10n } }, mode === 'M' ? {} : { trap: { to: 'M', cause: 1, tval: PC, gva: V[mode] } }));
  }
  return rows;
}

/* ------------------------------------------------------------------ matching */

/** LB, LH, LW, LD x2, 0(x1) with their length and tinst. */
const LOADS = { 1: [0x0000_8103, 0x0103n], 2: [0x0000_9103, 0x1103n], 4: [0x0000_a103, 0x2103n], 8: [0x0000_b103, 0x3103n] } as const;

/** A load of HS-mode while an entry allows it and nothing else does but the code's. */
function load(id: string, rules: readonly string[], csrs: Csrs, at: bigint, bytes: 1 | 2 | 4 | 8, outcome: 'ok' | bigint, mode: Mode = 'HS'): TableRow {
  const [word, tinst] = LOADS[bytes];
  return row(id, rules, { mode, words: [word], x: { 1: at }, csrs }, outcome === 'ok' ? { rd: [2, 0n] } : { trap: { to: 'M', cause: 5, tval: outcome, tinst: tinst | ((outcome - at) << 15n), gva: V[mode] } });
}

/** `[size, base]` of NAPOT regions; the bytes at both ends are in, the ones beside them out. */
const REGIONS: readonly (readonly [size: bigint, base: bigint])[] = [
  [8n, 0x8000_4008n], [16n, 0x8000_4010n], [32n, 0x8000_4020n], [64n, 0x8000_4040n], [128n, 0x8000_4080n], [0x1000n, 0x8000_5000n], [0x1_0000n, 0x8001_0000n], [0x10_0000n, 0x8010_0000n], [0x200_0000n, 0x8200_0000n],
];

function matching(): TableRow[] {
  const rows: TableRow[] = [];
  for (const [size, base] of REGIONS) {
    const csrs = { ...CODE, pmpaddr0: napot(base, size), pmpcfg0: NAPOT | R };
    const rules = ['pmp_a_field_napot_na4', 'pmp_napot_encoding_low_bits'];
    const name = `napot-${size.toString(16)}`;
    rows.push(
      load(`${name}-first`, rules, csrs, base, 1, 'ok'), load(`${name}-last`, rules, csrs, base + size - 1n, 1, 'ok'), load(`${name}-last-8`, rules, csrs, base + size - 8n, 8, 'ok'),
      load(`${name}-before`, rules, csrs, base - 1n, 1, base - 1n), load(`${name}-behind`, rules, csrs, base + size, 1, base + size),
    );
  }
  const na4 = { ...CODE, pmpaddr0: 0x8000_4004n >> 2n, pmpcfg0: NA4 | R };
  rows.push(
    load('na4-first', ['pmp_a_field_napot_na4'], na4, 0x8000_4004n, 1, 'ok'), load('na4-last', ['pmp_a_field_napot_na4'], na4, 0x8000_4007n, 1, 'ok'), load('na4-word', ['pmp_a_field_napot_na4'], na4, 0x8000_4004n, 4, 'ok'),
    load('na4-before', ['pmp_a_field_napot_na4'], na4, 0x8000_4003n, 1, 0x8000_4003n), load('na4-behind', ['pmp_a_field_napot_na4'], na4, 0x8000_4008n, 1, 0x8000_4008n),
    // The same addresses are a NAPOT of 8 bytes with the same pmpaddr, bit 0 clear.
    load('na4-address-as-napot', ['pmp_napot_encoding_low_bits'], { ...CODE, pmpaddr0: 0x8000_4000n >> 2n, pmpcfg0: NAPOT | R }, 0x8000_4000n, 8, 'ok'),
    // All ones, and all ones but the top: everything there is.
    load('napot-all', ['pmp_napot_encoding_low_bits'], { pmpaddr0: 0x003f_ffff_ffff_ffffn, pmpcfg0: NAPOT | R | X }, DATA, 8, 'ok'),
    load('napot-half', ['pmp_napot_encoding_low_bits'], { pmpaddr0: 0x001f_ffff_ffff_ffffn, pmpcfg0: NAPOT | R | X }, DATA, 8, 'ok'),
  );

  /** TOR: `[pmpaddr0, cfg0, pmpaddr1, cfg1]` as byte addresses; entry 1 is the one that reads. */
  const tor = (low: bigint, cfg0: bigint, high: bigint): Csrs => ({ ...CODE, pmpaddr0: low >> 2n, pmpaddr1: high >> 2n, pmpcfg0: cfg0 | ((TOR | R) << 8n) });
  const rules = ['pmp_a_field_tor'];
  for (const [name, cfg0] of [['off', 0n], ['off-rwx', R | W | X]] as const) {
    const csrs = tor(0x8000_4010n, cfg0, 0x8000_4020n);
    rows.push(
      load(`tor-${name}-first`, rules, csrs, 0x8000_4010n, 1, 'ok'), load(`tor-${name}-last`, rules, csrs, 0x8000_401fn, 1, 'ok'), load(`tor-${name}-before`, rules, csrs, 0x8000_400fn, 1, 0x8000_400fn), load(`tor-${name}-behind`, rules, csrs, 0x8000_4020n, 1, 0x8000_4020n),
      load(`tor-${name}-last-8`, rules, csrs, 0x8000_4018n, 8, 'ok'),
    );
  }
  rows.push(
    // The bottom is the address register, whatever its own entry is: here a NAPOT of 32 bytes that permits nothing, from 0x80004000.
    load('tor-above-napot', rules, tor(napot(0x8000_4000n, 32n) << 2n, NAPOT, 0x8000_4040n), 0x8000_4020n, 8, 'ok'),
    load('tor-above-napot-behind', rules, tor(napot(0x8000_4000n, 32n) << 2n, NAPOT, 0x8000_4040n), 0x8000_4018n, 8, 0x8000_4018n),
    // Grain 4: bounds at any word.
    load('tor-word', rules, tor(0x8000_4014n, 0n, 0x8000_4018n), 0x8000_4014n, 4, 'ok'), load('tor-word-before', rules, tor(0x8000_4014n, 0n, 0x8000_4018n), 0x8000_4013n, 1, 0x8000_4013n), load('tor-word-behind', rules, tor(0x8000_4014n, 0n, 0x8000_4018n), 0x8000_4018n, 1, 0x8000_4018n),
    // Nothing, where the bottom is not below the top.
    load('tor-empty', rules, tor(0x8000_4010n, 0n, 0x8000_4010n), 0x8000_4010n, 1, 0x8000_4010n), load('tor-reversed', rules, tor(0x8000_4020n, 0n, 0x8000_4010n), 0x8000_4018n, 1, 0x8000_4018n),
    // Entry 0's bottom is 0: code, too.
    load('tor-0-last', rules, { pmpaddr0: 0x8000_4008n >> 2n, pmpcfg0: TOR | R | X }, 0x8000_4007n, 1, 'ok'), load('tor-0-behind', rules, { pmpaddr0: 0x8000_4008n >> 2n, pmpcfg0: TOR | R | X }, 0x8000_4008n, 1, 0x8000_4008n),
    // Between the two registers of configuration: entry 8's bottom is pmpaddr7.
    load('tor-8', rules, { ...CODE, pmpaddr7: 0x8000_4010n >> 2n, pmpaddr8: 0x8000_4020n >> 2n, pmpcfg2: (0x1fn << 56n) | TOR | R }, 0x8000_4010n, 8, 'ok'), load('tor-8-before', rules, { ...CODE, pmpaddr7: 0x8000_4010n >> 2n, pmpaddr8: 0x8000_4020n >> 2n, pmpcfg2: (0x1fn << 56n) | TOR | R }, 0x8000_4008n, 8, 0x8000_4008n),
  );
  // Each entry, in its byte.
  for (let index = 0; index < 15; index += 1) {
    const name = HOME_ADDRESS[index] ?? 'pmpaddr0';
    const at = BigInt(8 * (index % 8));
    const byte = (NAPOT | R) << at;
    const csrs: Csrs = index < 8 ? { ...CODE, [name]: napot(DATA, 8n), pmpcfg0: byte } : { ...CODE, [name]: napot(DATA, 8n), pmpcfg2: (0x1fn << 56n) | byte };
    rows.push(load(`entry-${index}`, ['pmp_cfg_rv64_layout', 'PMP_ENTRY_COUNT'], csrs, DATA, 8, 'ok'), load(`entry-${index}-behind`, ['pmp_cfg_rv64_layout'], csrs, DATA + 8n, 8, DATA + 8n));
  }
  return rows;
}

/** The address registers by entry. */
export const HOME_ADDRESS = [
  'pmpaddr0', 'pmpaddr1', 'pmpaddr2', 'pmpaddr3', 'pmpaddr4', 'pmpaddr5', 'pmpaddr6', 'pmpaddr7', 'pmpaddr8', 'pmpaddr9', 'pmpaddr10', 'pmpaddr11', 'pmpaddr12', 'pmpaddr13', 'pmpaddr14', 'pmpaddr15',
] as const satisfies readonly HomeCsr[];

/** The lowest entry that matches any byte decides, and must match every byte, whoever accesses. */
function priority(): TableRow[] {
  const rules = ['pmp_entry_priority', 'pmp_full_match_required'];
  const two = (first: bigint, second: bigint): Csrs => ({ ...REST, pmpaddr0: napot(DATA, 8n), pmpaddr1: napot(DATA, 64n), pmpcfg0: first | (second << 8n) });
  const half = (flags: bigint): Csrs => ({ ...REST, pmpaddr0: (DATA + 4n) >> 2n, pmpcfg0: NA4 | flags });
  const rows: TableRow[] = [
    load('first-denies', rules, two(NAPOT, NAPOT | R), DATA, 8, DATA), load('first-allows', rules, two(NAPOT | R, NAPOT), DATA, 8, 'ok'),
    load('first-is-off', rules, two(R, NAPOT), DATA, 8, DATA), load('second-denies-beside', rules, two(NAPOT | R, NAPOT), DATA + 8n, 8, DATA + 8n), load('second-allows-beside', rules, two(NAPOT, NAPOT | R), DATA + 8n, 8, 'ok'),
    load('last-decides-behind', rules, two(NAPOT, NAPOT), DATA + 64n, 8, 'ok'),
    // An access inside one block of 8 bytes is one: misaligned or not.
    load('partial-misaligned', rules, half(R | W | X), DATA + 3n, 4, DATA + 3n), load('partial-half', rules, half(R | W | X), DATA + 2n, 4, DATA + 2n), load('partial-untouched', rules, half(R | W | X), DATA, 4, 'ok'),
  ];
  for (const mode of ALL_MODES) {
    rows.push(
      load(`partial-${mode}`, rules, half(R | W | X), DATA, 8, DATA, mode),
      load(`partial-locked-${mode}`, rules, half(R | W | X | L), DATA, 8, DATA, mode),
      // M-mode's locked entries come in the same order.
      load(`locked-none-first-${mode}`, rules, { ...REST, pmpaddr0: napot(DATA, 8n), pmpaddr1: napot(DATA, 8n), pmpcfg0: NAPOT | L | ((NAPOT | R | L) << 8n) }, DATA, 8, DATA, mode),
      load(`locked-none-second-${mode}`, rules, { ...REST, pmpaddr0: napot(DATA, 8n), pmpaddr1: napot(DATA, 8n), pmpcfg0: NAPOT | R | ((NAPOT | L) << 8n) }, DATA, 8, 'ok', mode),
    );
  }
  // Over a boundary of 8 bytes there are two, each by its own entry; the first that fails is the fault's address.
  const three = (low: bigint, high: bigint): Csrs => ({ ...CODE, pmpaddr0: napot(DATA, 8n), pmpaddr1: napot(DATA + 8n, 8n), pmpcfg0: (NAPOT | low) | ((NAPOT | high) << 8n) });
  const split = ['pmp_misaligned_access_behavior', 'choices:split', 'mtval_vaddr_wr2'];
  for (const [at, bytes] of [[DATA + 4n, 8], [DATA + 6n, 4], [DATA + 7n, 2], [DATA + 1n, 8]] as const) {
    const name = `split-${(at - DATA).toString()}-${bytes}`;
    rows.push(load(`${name}-both`, split, three(R, R), at, bytes, 'ok'), load(`${name}-low`, split, three(0n, R), at, bytes, at), load(`${name}-high`, split, three(R, 0n), at, bytes, DATA + 8n), load(`${name}-neither`, split, three(0n, 0n), at, bytes, at));
  }
  // A store whose second part is refused writes nothing of the first.
  rows.push(row('split-store-nothing-written', split, {
    mode: 'HS', words: [0x0030_b023], x: { 1: DATA + 4n, 3: ONES, 4: DATA }, csrs: three(R | W, 0n), memory: [word64(DATA, VALUE), { address: 0x8000_1000n, bytes: 4, value: 0x0002_3103n }],
  }, { pc: 0x8000_1000n, nextPc: 0x8000_1004n, rd: [2, VALUE] }, { steps: 2, trapsBefore: true }));
  // A cache block is one access of all its 64 bytes.
  const block = (size: bigint): Csrs => ({ ...REST, menvcfg: 0xf0n, pmpaddr0: napot(DATA, size), pmpcfg0: NAPOT | R | W });
  for (const mode of ['M', 'HS'] as const) {
    for (const [name, word, tinst, extension] of [['cbo.zero', 0x0040_a00f, 0x40_200fn, 'zicboz'], ['cbo.flush', 0x0020_a00f, 0x20_200fn, 'zicbom']] as const) {
      const permits = { menvcfg: extension === 'zicboz' ? 0x80n : 0x70n };
      for (const at of [DATA, DATA + 40n]) {
        rows.push(row(`${name}-${at - DATA}-half-${mode}`, [...rules, 'choices:cbo-pmp'], { mode, words: [word], x: { 1: at }, csrs: { ...block(32n), ...permits } }, { trap: { to: 'M', cause: 7, tval: at, tinst } }, { extensions: [extension] }));
        rows.push(row(`${name}-${at - DATA}-whole-${mode}`, [...rules, 'choices:cbo-pmp'], { mode, words: [word], x: { 1: at }, csrs: { ...block(64n), ...permits } }, name === 'cbo.zero' ? { mem: { addr: DATA, wmask: 0xff, wdata: 0n } } : {}, { extensions: [extension] }));
      }
    }
  }
  return rows;
}

/** Fetches: with C each parcel by itself, without it four bytes at once. */
function fetches(): TableRow[] {
  const rows: TableRow[] = [];
  const at = DATA + 2n;
  const split = (low: bigint, high: bigint): Csrs => ({ ...CODE, pmpaddr0: DATA >> 2n, pmpaddr1: (DATA + 4n) >> 2n, pmpcfg0: (NA4 | low) | ((NA4 | high) << 8n) });
  for (const mode of ['HS', 'VU'] as const) {
    const trap = (tval: bigint): Expectation => ({ pc: at, insn: 0, trap: { to: 'M', cause: 1, tval, gva: V[mode] } });
    const setup = (csrs: Csrs, parcels: readonly number[]): Setup => ({ mode, pc: at, parcels, csrs });
    rows.push(
      row(`parcels-both-${mode}`, ['pmp_full_match_required', 'choices:parcels'], setup(split(X, X), [0x0113, 0x0070]), { rd: [2, 7n] }, { extensions: ['c'] }),
      row(`parcels-first-${mode}`, ['pmp_exec_fault', 'choices:parcels'], setup(split(R, X), [0x0113, 0x0070]), trap(at), { extensions: ['c'] }),
      row(`parcels-second-${mode}`, ['pmp_exec_fault', 'choices:parcels'], setup(split(X, R), [0x0113, 0x0070]), trap(at + 2n), { extensions: ['c'] }),
      row(`parcels-compressed-${mode}`, ['pmp_exec_fault', 'choices:parcels'], setup(split(X, R), [0x0001]), {}, { extensions: ['c'] }),
    );
  }
  return rows;
}

/** PMP comes before the memory's own attributes only in name: both are access faults. I/O needs its permission, too. */
function devices(): TableRow[] {
  return [
    load('mtime-closed', ['pmp_load_fault'], CODE, 0x200_bff8n, 8, 0x200_bff8n),
    row('mtimecmp-open', ['pmp_rwx_check'], { mode: 'U', words: [LOADS[8][0]], x: { 1: 0x200_4000n }, csrs: { ...CODE, pmpaddr0: napot(0x200_4000n, 8n), pmpcfg0: NAPOT | R } }, { rd: [2, ONES] }),
    row('msip-store-read-only', ['pmp_store_fault'], { mode: 'U', words: [0x0030_a023], x: { 1: 0x200_0000n }, csrs: { ...CODE, pmpaddr0: napot(0x200_0000n, 8n), pmpcfg0: NAPOT | R } }, { trap: { to: 'M', cause: 7, tval: 0x200_0000n, tinst: 0x30_2023n } }),
  ];
}

/** All rows of the PMP tables. */
export const pmpRows = (): readonly TableRow[] => [...permissions(), ...matching(), ...priority(), ...fetches(), ...devices()];
