/** A table from three small numbers to one: open addressing in typed arrays, because diagrams ask it millions of times. */

/** Numbers per entry: the key's three and the value. */
const STRIDE = 4;

export class Triples {
  #entries = new Int32Array(STRIDE * 1024);
  /** Entries less one: a mask. */
  #mask = 1023;
  #size = 0;

  /** The value, 0 if there is none: what is stored is above 0. */
  get(a: number, b: number, c: number): number {
    return this.#entries[this.#place(a, b, c) + STRIDE - 1] ?? 0;
  }

  /** @param value - Above 0. */
  set(a: number, b: number, c: number, value: number): void {
    if (2 * ++this.#size > this.#mask) this.#grow();
    this.#put(a, b, c, value);
  }

  #put(a: number, b: number, c: number, value: number): void {
    const at = this.#place(a, b, c);
    this.#entries[at] = a;
    this.#entries[at + 1] = b;
    this.#entries[at + 2] = c;
    this.#entries[at + 3] = value;
  }

  /** Where the key is, or where it would be. */
  #place(a: number, b: number, c: number): number {
    const entries = this.#entries;
    let slot = Math.imul(Math.imul(Math.imul(a, 0x9e37_79b1) ^ b, 0x85eb_ca6b) ^ c, 0xc2b2_ae35);
    for (slot ^= slot >>> 15;; slot++) {
      const at = STRIDE * (slot & this.#mask);
      if (entries[at + STRIDE - 1] === 0 || (entries[at] === a && entries[at + 1] === b && entries[at + 2] === c)) return at;
    }
  }

  #grow(): void {
    const old = this.#entries;
    this.#mask = 2 * this.#mask + 1;
    this.#entries = new Int32Array(STRIDE * (this.#mask + 1));
    for (let at = 0; at < old.length; at += STRIDE) {
      const value = old[at + STRIDE - 1] ?? 0;
      if (value !== 0) this.#put(old[at] ?? 0, old[at + 1] ?? 0, old[at + 2] ?? 0, value);
    }
  }
}
