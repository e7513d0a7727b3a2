/**
 * Text lines in a block of bytes: hexadecimal without a string for every
 * number.
 */

const DIGITS = Buffer.from('0123456789abcdef', 'latin1');
/** Two digits by byte. */
const PAIRS = new Uint8Array(512).map((_, i) => DIGITS[i % 2 === 0 ? i >> 5 : (i >> 1) & 15] ?? 0);
const LINE_FEED = 10;

/** A block that is filled line by line. */
export class LineBuffer {
  readonly #bytes: Uint8Array;
  readonly #wide = new BigUint64Array(1);
  readonly #halves = new Uint32Array(this.#wide.buffer);
  #length = 0;

  /** @param bytes - Size of the block. */
  constructor(bytes: number) {
    this.#bytes = new Uint8Array(bytes);
  }

  /** Bytes that still fit. */
  get room(): number {
    return this.#bytes.length - this.#length;
  }

  /** What has been written; valid until the next write. */
  get content(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets everything. */
  clear(): void {
    this.#length = 0;
  }

  /** Characters as they are (Latin-1). */
  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i);
  }

  /** Ends the line. */
  end(): void {
    this.#bytes[this.#length++] = LINE_FEED;
  }

  /** The low 32 bits of a number, eight digits. */
  word(value: number): void {
    for (let shift = 24; shift >= 0; shift -= 8) this.#byte((value >>> shift) & 255);
  }

  /** The low 16 bits of a number, four digits. */
  half(value: number): void {
    for (let shift = 8; shift >= 0; shift -= 8) this.#byte((value >>> shift) & 255);
  }

  /** A number of 64 bits, sixteen digits. */
  doubleword(value: bigint): void {
    this.#wide[0] = value;
    this.word(this.#halves[1] ?? 0);
    this.word(this.#halves[0] ?? 0);
  }

  /** The low `bytes` bytes of a number, two digits each. */
  low(value: bigint, bytes: number): void {
    if (bytes === 8) return this.doubleword(value);
    const number = Number(BigInt.asUintN(8 * bytes, value));
    for (let shift = 8 * (bytes - 1); shift >= 0; shift -= 8) this.#byte((number >>> shift) & 255);
  }

  #byte(value: number): void {
    this.#bytes[this.#length++] = PAIRS[2 * value] ?? 0;
    this.#bytes[this.#length++] = PAIRS[2 * value + 1] ?? 0;
  }
}
