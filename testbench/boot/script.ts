/**
 * A dialogue with the guest: when a text has appeared on the console, another
 * is typed. All that has been said, the dialogue is over.
 */

/** A step of a dialogue. */
export interface Step {
  /** Text on the console, line ends aside. */
  readonly expect: string;
  /** Typed when it has appeared; undefined for nothing. */
  readonly type: string | undefined;
}

/** Follows a dialogue on what the guest prints. */
export class Dialogue {
  readonly #steps: readonly Step[];
  readonly #type: (bytes: Uint8Array) => void;
  #at = 0;
  /** What has been printed since the last step was met, the end of it. */
  #seen = '';

  constructor(steps: readonly Step[], type: (bytes: Uint8Array) => void) {
    this.#steps = steps;
    this.#type = type;
  }

  /** Whether every text has appeared. */
  get done(): boolean {
    return this.#at === this.#steps.length;
  }

  /** The text that is waited for. */
  get awaited(): string | undefined {
    return this.#steps[this.#at]?.expect;
  }

  /** The guest prints; true when this ends the dialogue. */
  hear(bytes: Uint8Array): boolean {
    const before = this.done;
    this.#seen += Buffer.from(bytes).toString('latin1');
    for (let step = this.#steps[this.#at]; step !== undefined; step = this.#steps[this.#at]) {
      const found = this.#seen.indexOf(step.expect);
      if (found < 0) {
        this.#seen = this.#seen.slice(-step.expect.length);
        break;
      }
      this.#seen = this.#seen.slice(found + step.expect.length);
      this.#at++;
      if (step.type !== undefined) this.#type(Buffer.from(step.type, 'latin1'));
    }
    return this.done && !before;
  }
}

/** Steps from two lists: a text is typed when the expected one of the same number has appeared. */
export function stepsOf(expected: readonly string[], typed: readonly string[]): readonly Step[] {
  return expected.map((expect, i) => ({ expect, type: typed[i] }));
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };

/** `version\n` as it is typed: \n, \r, \t and \\ stand for one character. */
export const unescaped = (text: string): string => text.replace(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole);
