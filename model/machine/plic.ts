/**
 * The platform-level interrupt controller (`sifive,plic-1.0.0`): level-triggered
 * sources with priorities, and per context enables, a threshold, claim and
 * completion.
 *
 * A source whose line is up is pending once, until it is claimed; it may become
 * pending again when it has been completed. Every access has four bytes.
 */

/** Sources 1 to 31; number 0 means none. */
export const PLIC_SOURCES = 31;
/** The largest priority; 0 means never. */
const MOST_PRIORITY = 7;

const AT = { pending: 0x1000, enable: 0x2000, context: 0x20_0000 } as const;
/** Bytes from one context to the next, of enables and of threshold and claim. */
const STEP = { enable: 0x80, context: 0x1000 } as const;

interface Context {
  enable: number;
  threshold: number;
}

export class Plic {
  readonly #priority = new Uint8Array(PLIC_SOURCES + 1);
  readonly #contexts: readonly Context[];
  #lines = 0;
  #pending = 0;
  /** Claimed and not completed: the gateway lets nothing through. */
  #served = 0;

  /** @param contexts - How many harts' modes it interrupts. */
  constructor(contexts: number) {
    this.#contexts = Array.from({ length: contexts }, () => ({ enable: 0, threshold: 0 }));
  }

  /** Power-on. */
  reset(): void {
    this.#priority.fill(0);
    for (const context of this.#contexts) Object.assign(context, { enable: 0, threshold: 0 });
    this.#lines = 0;
    this.#pending = 0;
    this.#served = 0;
  }

  /** A source's line takes a level. */
  drive(source: number, up: boolean): void {
    this.#lines = up ? this.#lines | (1 << source) : this.#lines & ~(1 << source);
    this.#latch();
  }

  /** Whether a context's interrupt is up: something enabled for it is pending above its threshold. */
  interrupts(context: number): boolean {
    const { threshold } = this.#contexts[context] ?? { threshold: MOST_PRIORITY };
    const best = this.#best(context);
    return best !== 0 && (this.#priority[best] ?? 0) > threshold;
  }

  /** Some context's interrupt would rise with a source that is not being served. */
  wouldInterrupt(source: number): boolean {
    const priority = this.#priority[source] ?? 0;
    return (this.#served & (1 << source)) === 0 && this.#contexts.some(({ enable, threshold }) => (enable & (1 << source)) !== 0 && priority > threshold);
  }

  /** A load of four bytes at an offset; reading a claim register claims. */
  read(offset: number): number {
    if (offset < AT.pending) return this.#priority[offset >> 2] ?? 0;
    if (offset < AT.enable) return offset === AT.pending ? this.#pending >>> 0 : 0;
    if (offset < AT.context) return this.#enabled(offset)?.enable ?? 0;
    const found = this.#control(offset);
    if (found?.register === 'threshold') return found.context.threshold;
    return found?.register === 'claim' ? this.#claim(found.index) : 0;
  }

  /** A store of four bytes; writing a claim register completes. */
  write(offset: number, value: number): void {
    if (offset < AT.pending) {
      const source = offset >> 2;
      if (source > 0 && source <= PLIC_SOURCES) this.#priority[source] = value & MOST_PRIORITY;
      return;
    }
    if (offset < AT.context) {
      const context = this.#enabled(offset);
      if (context !== undefined) context.enable = (value & ~1) >>> 0;
      return;
    }
    const found = this.#control(offset);
    if (found?.register === 'threshold') found.context.threshold = value & MOST_PRIORITY;
    if (found?.register === 'claim') this.#complete(found.context, value >>> 0);
  }

  #latch(): void {
    this.#pending |= this.#lines & ~this.#served;
  }

  /** The pending, enabled source of the highest priority, the lowest number among equals; 0 for none. */
  #best(context: number): number {
    const candidates = this.#pending & (this.#contexts[context]?.enable ?? 0);
    let best = 0;
    for (let source = 1; source <= PLIC_SOURCES; source++) {
      if ((candidates & (1 << source)) !== 0 && (this.#priority[source] ?? 0) > (this.#priority[best] ?? 0)) best = source;
    }
    return best;
  }

  #claim(context: number): number {
    const source = this.#best(context);
    if (source === 0) return 0;
    this.#pending &= ~(1 << source);
    this.#served |= 1 << source;
    return source;
  }

  /** A completion of what the context does not have enabled is ignored. */
  #complete({ enable }: Context, source: number): void {
    if (source === 0 || source > PLIC_SOURCES || (enable & (1 << source)) === 0) return;
    this.#served &= ~(1 << source);
    this.#latch();
  }

  /** The context whose enables of sources 0 to 31 lie there. */
  #enabled(offset: number): Context | undefined {
    const relative = offset - AT.enable;
    return relative >= 0 && relative % STEP.enable === 0 ? this.#contexts[relative / STEP.enable] : undefined;
  }

  #control(offset: number): { readonly register: 'threshold' | 'claim'; readonly context: Context; readonly index: number } | undefined {
    const index = Math.floor((offset - AT.context) / STEP.context);
    const context = this.#contexts[index];
    const register = ({ 0: 'threshold', 4: 'claim' } as const)[(offset - AT.context) % STEP.context];
    return context === undefined || register === undefined ? undefined : { register, context, index };
  }
}
