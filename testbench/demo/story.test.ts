import { describe, expect, it } from 'vitest';
import type { Mode, Retirement, Trap, TrapMode } from '../retirement.js';
import { place, table, tell, type Moment, type Narration } from './story.js';

const ECALL = 0x73;
const SRET = 0x10200073;
const READ_HGATP = 0x680024f3;

const record = (fields: Partial<Retirement>): Retirement => ({
  order: 0, pc_rdata: 0x8000_0000n, pc_wdata: 0x8000_0004n, insn: 0x13, mode: 'M', next_mode: 'M', rd_addr: 0, rd_wdata: 0n,
  mem_addr: 0n, mem_rmask: 0, mem_wmask: 0, mem_rdata: 0n, mem_wdata: 0n, csrs: [], trap: undefined, ...fields,
});

const trap = (cause: number, to: TrapMode, interrupt = false): Trap =>
  ({ cause, interrupt, to, tval: 0n, tval2: 0n, tinst: 0n, gva: false });

const trapped = (mode: Mode, insn: number, taken: Trap, pc = 0x8000_0100n): Retirement =>
  record({ mode, insn, next_mode: taken.to, trap: taken, pc_rdata: pc });

const narration: Narration = {
  causeName: (cause, interrupt) => (interrupt ? 'Supervisor timer' : `Cause ${cause}`),
  disassemble: (insn) => ({ [ECALL]: 'ecall', [SRET]: 'sret', [READ_HGATP]: 'csrrs   s1, hgatp, zero' })[insn] ?? 'nop',
  symbols: [{ name: 'app', address: 0x8000_0100n }, { name: 'start', address: 0x8000_0000n }],
};

const sentence = (...records: Retirement[]): string[] =>
  tell(records.map((r, index): Moment => ({ record: r, cycle: BigInt(10 * index) })), narration).map(({ what }) => what);

describe('story', () => {
  it('leaves out what stays in its mode', () => {
    expect(sentence(record({}), record({ mode: 'VU', next_mode: 'VU' }))).toEqual([]);
  });

  it('tells a call from a trap by the instruction', () => {
    expect(sentence(trapped('VU', ECALL, trap(8, 'VS')))).toEqual(['the application calls the guest kernel: ecall (cause 8)']);
    expect(sentence(trapped('VS', READ_HGATP, trap(22, 'HS')))).toEqual([
      'cause 22: the guest kernel tried csrrs s1, hgatp, zero; the hypervisor takes it',
    ]);
  });

  it('tells who is interrupted and who takes over', () => {
    expect(sentence(trapped('VU', 0, trap(5, 'HS', true)))).toEqual([
      'supervisor timer interrupt: the hypervisor takes over from the application',
    ]);
  });

  it('keeps a trap that does not change the mode', () => {
    expect(sentence(trapped('VS', 0, trap(5, 'VS', true)), trapped('M', ECALL, trap(11, 'M')))).toEqual([
      'supervisor timer interrupt in the guest kernel',
      'the machine level calls the machine level: ecall (cause 11)',
    ]);
  });

  it('says fetch where no instruction came', () => {
    expect(sentence(trapped('U', 0, trap(1, 'M')))).toEqual(['cause 1: the program tried a fetch; the machine level takes it']);
  });

  it('tells a trap return by both ends', () => {
    expect(sentence(record({ mode: 'HS', next_mode: 'VS', insn: SRET }))).toEqual(['sret: the hypervisor hands over to the guest kernel']);
  });

  it('names places by the label before them', () => {
    const symbols = [{ name: 'start', address: 16n }, { name: 'app', address: 32n }];
    expect([8n, 16n, 31n, 32n].map((address) => place(address, symbols))).toEqual(['0x8', 'start', 'start+0xf', 'app']);
  });

  it('lines the table up', () => {
    const transitions = tell([
      { record: trapped('VU', ECALL, trap(8, 'VS'), 0x8000_0104n), cycle: 97n },
      { record: record({ mode: 'VS', next_mode: 'VU', insn: SRET }), cycle: 1203n },
    ], narration);
    expect(table(transitions)).toBe([
      '#  cycle  mode      what happened                                            where',
      '-  -----  --------  -------------------------------------------------------  -------',
      '1     97  VU -> VS  the application calls the guest kernel: ecall (cause 8)  app+0x4',
      '2   1203  VS -> VU  sret: the guest kernel hands over to the application     start',
    ].join('\n'));
  });
});
