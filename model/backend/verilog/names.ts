/**
 * Identifiers for the names of the IR. A dot becomes an underscore, and so
 * does everything else that an identifier may not have; where that says
 * nothing new (a reserved word, another signal's identifier) the name is
 * changed further, and the printed module says so.
 */
import { RESERVED } from './reserved.js';

/** What a thing is called in SystemVerilog. */
export interface Identifier {
  readonly text: string;
  /** Why it is not merely the name with underscores; for a comment. */
  readonly renamed?: string;
}

const spelled = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=[0-9]|$)/, '_');

/** The identifiers of one scope, each given once. */
export class Names {
  readonly #owners = new Map<string, string>();

  /** An identifier for a new thing of that name. */
  take(name: string): Identifier {
    const wanted = spelled(name);
    const owner = this.#owners.get(wanted);
    if (owner === undefined && !RESERVED.has(wanted)) return this.#give(name, wanted);
    const reason = owner === undefined ? `${wanted} is a reserved word` : `${wanted} is ${owner}`;
    for (let i = 2; ; i++) {
      const text = owner === undefined && i === 2 ? `${wanted}_` : `${wanted}_${i}`;
      if (!this.#owners.has(text) && !RESERVED.has(text)) return { ...this.#give(name, text), renamed: reason };
    }
  }

  #give(name: string, text: string): Identifier {
    this.#owners.set(text, name);
    return { text };
  }
}
