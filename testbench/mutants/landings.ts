/**
 * Programs in which a stream of instructions is broken off while something
 * long is in the pipeline behind its end, and the new stream starts with
 * something long: what is left over of the one shows in the other. Random
 * handlers start with CSR accesses, which clear everything once more.
 */
import { openMemory } from '../programs/open-memory.js';

/** What is thrown away, and what the new stream starts with. */
const LONG = ['mul a2, a0, a1', 'div a2, a0, a1', 'ld a2, 5(s0)', 'sd a1, 13(s0)'] as const;

interface Break {
  readonly mode: 'M' | 'HS' | 'VS';
  /** Before the body, in M-mode. */
  readonly setup: string;
  /** Ends the stream. */
  readonly end: string;
}

const EXCEPTION = '.word 0';
/** An enabled interrupt that waits for the mode's own enable bit; the instruction behind the write is displaced. */
const interrupt = (mode: Break['mode']): Break => {
  const setup = {
    M: 'li t0, 8\n csrw mie, t0\n li t0, 0x2000000\n li t1, 1\n sw t1, (t0)',
    HS: 'li t0, 2\n csrw mie, t0\n csrw mip, t0\n csrw mideleg, t0',
    VS: 'li t0, 4\n csrw mie, t0\n csrw hvip, t0\n csrw hideleg, t0',
  }[mode];
  return { mode, setup, end: mode === 'M' ? 'csrsi mstatus, 8\n nop' : 'csrsi sstatus, 2\n nop' };
};

const BREAKS: readonly Break[] = [
  ...(['M', 'HS', 'VS'] as const).map((mode): Break => ({ mode, setup: '', end: EXCEPTION })),
  ...(['M', 'HS', 'VS'] as const).map(interrupt),
  // Returns: to M, to HS, from HS to U, within the guest. The address is the handler's.
  { mode: 'M', setup: '', end: 'la t0, landing\n csrw mepc, t0\n li t0, 0x1800\n csrs mstatus, t0\n mret' },
  { mode: 'M', setup: '', end: 'la t0, landing\n csrw mepc, t0\n li t0, 0x1000\n csrc mstatus, t0\n li t0, 0x800\n csrs mstatus, t0\n mret' },
  { mode: 'HS', setup: '', end: 'la t0, landing\n csrw sepc, t0\n li t0, 0x100\n csrc sstatus, t0\n sret' },
  { mode: 'VS', setup: '', end: 'la t0, landing\n csrw sepc, t0\n li t0, 0x100\n csrs sstatus, t0\n sret' },
];

/** mstatus bits that MRET takes the mode from. */
const ENTER = { M: '0x1800', HS: '0x800', VS: '0x8000000800' } as const;

const program = ({ mode, setup, end }: Break, thrown: string, first: string): string => `
_start: ${openMemory('t0')}
        la t0, landing
        csrw mtvec, t0
        csrw stvec, t0
        csrw vstvec, t0
        li t0, -1
        csrw medeleg, t0
        csrw hedeleg, t0
        la t0, body
        csrw mepc, t0
        ${setup}
        li t0, 0x8000001800
        csrc mstatus, t0
        li t0, ${ENTER[mode]}
        csrs mstatus, t0
        la s0, data
        la s1, tohost
        li a0, 77
        li a1, -5
        mret
body:   ${end}
        ${thrown}
        nop
        .balign 4
landing: ${first}
        add a3, a2, a0
        li t1, 1
        sd t1, (s1)
1:      j 1b
        .balign 8
data:   .dword 1, 2, 3, 4
tohost: .dword 0
`;

/** Every combination, as assembly. */
export const landings = (): readonly string[] => BREAKS.flatMap((b) => LONG.flatMap((thrown) => LONG.map((first) => program(b, thrown, first))));
