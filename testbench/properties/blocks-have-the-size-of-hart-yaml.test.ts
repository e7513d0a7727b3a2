/**
 * What a cbo instruction zeroes and what a store-conditional finds reserved end where `hart.yaml` says, and the reference, told the
 * same sizes, agrees (CACHE_BLOCK_SIZE, LR_RESERVATION_SET_SIZE).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Core } from '../library.js';

const overlay = mkdtempSync(join(tmpdir(), 'ghosthart-'));
let core: Core;
beforeAll(async () => {
  writeFileSync(join(overlay, 'hart.yaml'), 'cache_block_bytes: 32\nreservation_bytes: 8\n');
  core = await Core.open({ specs: [overlay] });
});
afterAll(() => { rmSync(overlay, { recursive: true, force: true }); });

/** The value that a program leaves in s0, by a core whose blocks have 32 and 8 bytes and the reference. */
function leaves(body: string): bigint | undefined {
  const program = core.assemble(`
    la a0, area
    li a1, -1
    ${body}
1:  j 1b
    .balign 64
area: .zero 128`);
  let last: bigint | undefined;
  const result = core.lockstep().run(program, { maxCycles: 300, inputs: [], onRecord: ({ retirement }) => { if (retirement.rd_addr === 8) last = retirement.rd_wdata; } });
  expect(result.kind).toBe('agreed');
  return last;
}

describe('a block has the size that hart.yaml gives it', () => {
  it.each([[24, 0n], [32, (1n << 64n) - 1n]])('cbo.zero of 32 bytes, seen %i bytes behind its start', (offset, left) => {
    expect(leaves(`sd a1, ${offset}(a0)\n cbo.zero (a0)\n ld s0, ${offset}(a0)`)).toBe(left);
  });

  it.each([[0, 0n], [8, 1n]])('a reservation of 8 bytes, asked for %i bytes behind its start', (offset, fails) => {
    expect(leaves(`lr.d t0, (a0)\n addi a0, a0, ${offset}\n sc.d s0, a1, (a0)`)).toBe(fails);
  });
});
