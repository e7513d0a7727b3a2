// The new instruction against a second opinion:  node zipb.test.mjs
//
// The core has `zipb` from specs/isa/zipb.yaml. The reference gets it here, written by hand from what the instruction
// is meant to do, and then both run the same programs in lockstep.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Core, Reference } from 'ghosthart';

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The eight bytes of the result, lowest first. */
function zipb(a, b) {
  const byte = (value, i) => (value >> BigInt(8 * i)) & 0xffn;
  return [0, 1, 2, 3].reduce((sum, i) => sum | (byte(a, i) << BigInt(16 * i)) | (byte(b, i) << BigInt(16 * i + 8)), 0n);
}

function reference() {
  const it = new Reference();
  it.extend({
    match: '0000000----------000-----0001011',
    execute: (hart) => ({ kind: 'retired', rd: zipb(hart.x(hart.rs1), hart.x(hart.rs2)) }),
  });
  return it;
}

/** A program that zips many pairs of random numbers and then ends. */
function manyPairs() {
  const number = () => `0x${Array.from({ length: 16 }, () => Math.floor(Math.random() * 16).toString(16)).join('')}`;
  const pairs = Array.from({ length: 100 }, () => `li a0, ${number()}\nli a1, ${number()}\nzipb a2, a0, a1\nzipb a0, a2, a2\n`);
  return `_start:\n${pairs.join('')}li t0, 0x100000\nli t1, 0x5555\nsw t1, 0(t0)\n1: j 1b\n`;
}

for (const name of ['five-stage', 'three-stage']) {
  test(`${name}: zipb does what it is meant to do`, async () => {
    const core = await Core.open({ core: name, specs: [beside('specs')] });
    for (const source of [readFileSync(beside('zipb.S'), 'utf8'), manyPairs()]) {
      const result = core.lockstep(reference()).run(core.assemble(source), { maxCycles: 100_000 });
      assert.equal(result.kind, 'agreed', JSON.stringify(result, (_, v) => (typeof v === 'bigint' ? `0x${v.toString(16)}` : v)));
      assert.deepEqual(result.outcome, { kind: 'exited', code: 0 });
    }
  });
}

test('the disassembler knows it', async () => {
  const core = await Core.open({ specs: [beside('specs')] });
  assert.match(core.disassemble(0x00b5060b), /^zipb a2, ?a0, ?a1$/);
});
