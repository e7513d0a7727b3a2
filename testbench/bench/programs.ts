/**
 * The benchmark program, in M-mode and as a guest.
 */
import { readFileSync } from 'node:fs';
import { benchSource } from '../programs/bench.js';
import { programPath } from '../programs/build.js';

/** Passes of bench.S as it stands: more than 100 million instructions. */
export const shippedIterations = (): number => Number(/\.equ\s+ITERATIONS,\s*(\d+)/.exec(readFileSync(programPath('bench.S'), 'utf8'))?.[1] ?? 1);

/** In M-mode, as it stands. */
export const nativeSource = (iterations: number): string => benchSource(iterations);

/**
 * The same program in VS-mode: a prologue opens PMP, if there is one, and
 * returns into the guest.
 */
export function guestSource(iterations: number): string {
  return benchSource(iterations).replace(/^_start:/m, `_start:
        la      t0, opened              # without PMP its CSRs trap, to here
        csrw    mtvec, t0
        li      t0, -1
        csrw    0x3b0, t0               # pmpaddr0
        li      t0, 0x1f
        csrw    0x3a0, t0               # pmpcfg0: all of memory, any access
        .align  2
opened: li      t0, 0x8000000800        # MPV = 1, MPP = S: MRET goes to VS
        csrw    mstatus, t0
        la      t0, guest
        csrw    mepc, t0
        mret
        .align  2
guest:`);
}
