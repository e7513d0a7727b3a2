/** One number for many: equal states have equal hashes, and states that differ hardly ever do. */

const PRIME = 0x0100_0193;
const EVEN = 0x811c_9dc5;
const ODD = 0x2166_136f;

/**
 * The hash of words, in two halves that are written to `into`: the same as in harness.cpp.
 *
 * @param words - An even number of them.
 * @param into - Gets two words from `at` on.
 */
export function hashWords(words: Int32Array, into: Uint32Array, at: number): void {
  let even = EVEN | 0;
  let odd = ODD | 0;
  for (let i = 0; i + 1 < words.length; i += 2) {
    even = Math.imul(even ^ (words[i] ?? 0), PRIME);
    odd = Math.imul(odd ^ (words[i + 1] ?? 0), PRIME);
    even ^= even >>> 15;
    odd ^= odd >>> 15;
  }
  into[at] = even;
  into[at + 1] = odd;
}
