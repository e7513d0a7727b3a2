/**
 * PMP: which entry matches an access, what it permits to whom, locks, and what
 * the CSRs hold. Sixteen entries, grain 4 (choices).
 */
import type { HomeCsr, Mode } from '../retirement.js';
import type { Extension } from './extensions.js';
import {
  ACCESS, FETCHED, PA_PAGE, PTE, RWX, RWXU, VA, VALUE, X3, accessOf, atp, attempt, entry, fault, guestPath, guestTables, hgatp, guestAtp, identity, merged, path, situation, slot, tableMapping, word64,
  GPA, GPA_PAGE, type AccessName,
} from './pages.js';
import { ALL_MODES, CSR, DATA, PC, WORD, bits, csrrc, csrrs, csrrw, hart, type Expectation, type Setup, type TableRow } from './row.js';

type Csrs = Readonly<Partial<Record<HomeCsr, bigint>>>;

function row(id: string, rules: readonly string[], setup: Setup, expect: Expectation, more: Pick<TableRow, 'steps' | 'trapsBefore'> & { readonly extensions?: readonly Extension[]; readonly without?: readonly Extension[] } = {}): TableRow {
  const { extensions = [], ...rest } = more;
  return { ...rest, extensions: ['pmp', ...extensions], id: `pmp/${id}`, rules, arrange: hart(setup), expect };
}

/** Fields of a configuration byte. */
const [R, W, X, TOR, NA4, NAPOT, L] = [0x01n, 0x02n, 0x04n, 0x08n, 0x10n, 0x18n, 0x80n];
const ONES = 0xffff_ffff_ffff_ffffn;

/** pmpaddr of a naturally aligned region: its size is 8 times a power of two. */
const napot = (base: bigint, size: bigint): bigint => (base >> 2n) | (size / 8n - 1n);

/** Everything, by the last entry: whatever another one says comes first. */
const REST: Csrs = { pmpaddr15: 0x003f_ffff_ffff_ffffn, pmpcfg2: 0x1fn << 56n };
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
const HOME_ADDRESS = [
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

/* ------------------------------------------------------------------ page tables */

/** The walk's own accesses are supervisor's, of 8 bytes, and fault as the access they are for, with no tinst. */
function walks(): TableRow[] {
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

/* ------------------------------------------------------------------ registers */

function registers(): TableRow[] {
  const rows: TableRow[] = [];
  const warl = (id: string, csr: keyof typeof CSR, written: bigint, home: HomeCsr, after: bigint, csrs: Csrs, rules: readonly string[], instruction = csrrw): void => {
    rows.push(row(id, rules, { mode: 'M', words: [instruction(CSR[csr], 0, 1)], x: { 1: written }, csrs }, { csrs: { [home]: after } }));
  };
  const off: Csrs = { pmpcfg0: 0n };
  // Addresses: bits 53:0, of every entry, in every address-matching mode; nothing of the grain.
  for (const name of ['pmpaddr0', 'pmpaddr1', 'pmpaddr7', 'pmpaddr8', 'pmpaddr15'] as const) {
    warl(`${name}-ones`, name, ONES, name, 0x003f_ffff_ffff_ffffn, off, ['PMPADDR_WARL', 'pmp_addr_encoding']);
    warl(`${name}-zeros`, name, 0n, name, 0n, { ...off, [name]: 0x003f_ffff_ffff_ffffn }, ['PMPADDR_WARL']);
  }
  for (const [name, mode] of [['tor', TOR], ['na4', NA4], ['napot', NAPOT], ['off', 0n]] as const) {
    for (const value of [0n, 1n, 2n, 3n, 0x2000_1001n]) {
      rows.push(row(`pmpaddr0-reads-${value.toString(16)}-${name}`, ['PMP_GRANULARITY', 'pmp_tor_off_addr_read_mask', 'pmp_napot_addr_read_mask'], { mode: 'M', words: [csrrs(CSR.pmpaddr0, 2, 0)], csrs: { pmpaddr0: value, pmpcfg0: mode } }, { rd: [2, value] }));
    }
  }
  // A byte: bits 6:5 read 0; R=0 with W=1 leaves the byte as it was.
  for (const at of [0n, 8n, 56n]) {
    for (const [written, old, after] of [
      [0x1fn, 0n, 0x1fn], [0x7fn, 0n, 0x1fn], [0x60n, 0x1fn, 0n], [0x02n, 0n, 0n], [0x02n, 0x19n, 0x19n], [0x06n, 0x0bn, 0x0bn], [0x1an, 0x07n, 0x07n], [0x9an, 0x07n, 0x07n], [0x87n, 0n, 0x87n], [0xffn, 0n, 0x9fn], [0x10n, 0n, 0x10n], [0x08n, 0n, 0x08n], [0x03n, 0n, 0x03n], [0x04n, 0n, 0x04n], [0x05n, 0n, 0x05n],
    ] as const) {
      for (const csr of ['pmpcfg0', 'pmpcfg2'] as const) {
        warl(`${csr}-byte-${at / 8n}-${old.toString(16)}-to-${written.toString(16)}`, csr, written << at, csr, after << at, { [csr]: old << at }, ['PMPCFG_WARL', 'pmp_na4_select_restriction', 'choices:pmp']);
      }
    }
  }
  // Byte by byte: one that is refused takes none of the others along.
  warl('pmpcfg0-mixed', 'pmpcfg0', 0x0102_0304_0506_0708n, 'pmpcfg0', 0x011f_0304_051f_0708n, { pmpcfg0: 0x1f1f_1f1f_1f1f_1f1fn }, ['PMPCFG_WARL', 'choices:pmp']);
  warl('pmpcfg0-set', 'pmpcfg0', 0x02n, 'pmpcfg0', 0x03n, { pmpcfg0: 0x01n }, ['PMPCFG_WARL'], csrrs);
  warl('pmpcfg0-clear-r-of-rw', 'pmpcfg0', 0x01n, 'pmpcfg0', 0x03n, { pmpcfg0: 0x03n }, ['PMPCFG_WARL', 'choices:pmp'], csrrc);

  // Locks: the byte and its address, for a TOR the address below, too, and nothing else; OFF locks as well.
  for (const mode of [0n, TOR, NA4, NAPOT]) {
    const csrs = { pmpcfg0: ((mode | L | R) << 8n) | (0x1fn << 16n), pmpaddr0: 0x10n, pmpaddr1: 0x20n, pmpaddr2: 0x30n };
    const name = `locked-${mode.toString(16)}`;
    const rules = ['pmp_l_bit_function', 'pmp_l_bit_write_protection', 'pmp_mmode_locking'];
    warl(`${name}-cfg`, 'pmpcfg0', 0n, 'pmpcfg0', (mode | L | R) << 8n, csrs, rules);
    warl(`${name}-cfg-ones`, 'pmpcfg0', 0x1f1f_1fn, 'pmpcfg0', 0x1f_001fn | ((mode | L | R) << 8n), csrs, rules);
    warl(`${name}-addr`, 'pmpaddr1', ONES, 'pmpaddr1', 0x20n, csrs, rules);
    warl(`${name}-addr-above`, 'pmpaddr2', 0x99n, 'pmpaddr2', 0x99n, csrs, rules);
    warl(`${name}-addr-below`, 'pmpaddr0', 0x99n, 'pmpaddr0', mode === TOR ? 0x10n : 0x99n, csrs, rules);
  }
  // Over the boundary of the configuration registers.
  warl('locked-tor-8-addr-below', 'pmpaddr7', 0x99n, 'pmpaddr7', 0x10n, { pmpcfg2: TOR | L, pmpaddr7: 0x10n }, ['pmp_l_bit_write_protection']);
  warl('locked-napot-8-addr-below', 'pmpaddr7', 0x99n, 'pmpaddr7', 0x99n, { pmpcfg2: NAPOT | L, pmpaddr7: 0x10n }, ['pmp_l_bit_write_protection']);
  warl('locked-15', 'pmpaddr15', 0x99n, 'pmpaddr15', 0x10n, { pmpcfg2: L << 56n, pmpaddr15: 0x10n }, ['pmp_l_bit_write_protection']);
  // The lock itself is a write like any other until it is there; what locks also sets the rest of its byte.
  warl('lock', 'pmpcfg0', L | NAPOT | R, 'pmpcfg0', L | NAPOT | R, { pmpcfg0: 0x0fn }, ['pmp_l_bit_function']);

  // Who: M alone; which: even pmpcfg up to 2, pmpaddr up to 15.
  for (const [name, csr] of [['pmpcfg0', CSR.pmpcfg0], ['pmpcfg2', CSR.pmpcfg2], ['pmpaddr0', CSR.pmpaddr0], ['pmpaddr15', CSR.pmpaddr15]] as const) {
    for (const mode of ALL_MODES) {
      for (const word of [csrrs(csr, 2, 0), csrrs(csr, 2, 1)]) {
        rows.push(row(`${name}-${mode}-${word === csrrs(csr, 2, 0) ? 'read' : 'write'}`, ['pmp_csr_mode'], { mode, words: [word] , csrs: { pmpcfg0: 0x1fn, pmpaddr0: 0x003f_ffff_ffff_ffffn } }, mode === 'M' ? { rd: [2, name === 'pmpcfg0' ? 0x1fn : name === 'pmpaddr0' ? 0x003f_ffff_ffff_ffffn : 0n] } : { trap: { to: 'M', cause: 2, tval: bits(word) } }));
      }
    }
  }
  for (const [name, csr] of [['pmpcfg1', CSR.pmpcfg1], ['pmpcfg3', CSR.pmpcfg3], ['pmpcfg4', CSR.pmpcfg4], ['pmpcfg14', CSR.pmpcfg14], ['pmpcfg15', CSR.pmpcfg15], ['pmpaddr16', CSR.pmpaddr16], ['pmpaddr63', CSR.pmpaddr63]] as const) {
    for (const mode of ALL_MODES) {
      const word = csrrs(csr, 2, 0);
      rows.push(row(`no-${name}-${mode}`, ['pmp_cfg_rv64_illegal', 'PMP_ENTRY_COUNT'], { mode, words: [word], csrs: { pmpcfg0: 0x1fn, pmpaddr0: 0x003f_ffff_ffff_ffffn } }, { trap: { to: 'M', cause: 2, tval: bits(word) } }));
    }
  }
  // A change counts for the next access, and the next instruction.
  rows.push(
    row('closed-then-load', ['pmp_l_bit_m_mode_enforcement'], { mode: 'M', words: [csrrw(CSR.pmpcfg0, 0, 1), WORD.ld], x: { 1: L | NAPOT | X }, csrs: { pmpaddr0: 0x003f_ffff_ffff_ffffn, pmpcfg0: 0x1fn } }, { trap: { to: 'M', cause: 5, tval: L | NAPOT | X, tinst: 0x3103n } }, { steps: 2 }),
    row('closed-then-fetch', ['pmp_l_bit_m_mode_enforcement'], { mode: 'M', words: [csrrw(CSR.pmpcfg0, 0, 1), WORD.nop], x: { 1: L | NAPOT | R }, csrs: { pmpaddr0: 0x003f_ffff_ffff_ffffn, pmpcfg0: 0x1fn } }, { insn: 0, trap: { to: 'M', cause: 1, tval: PC + 4n } }, { steps: 2 }),
  );
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
export const pmpRows = (): readonly TableRow[] => [...permissions(), ...matching(), ...priority(), ...fetches(), ...walks(), ...registers(), ...devices()];
