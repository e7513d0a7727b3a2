/** Somebody at the keyboard of a machine that waits. */
import type { Machine } from '../../model/machine/machine.js';
import { keysMayCome } from './terminal.js';

/** The keyboard and the stop button of a machine, as something that can be waited for. */
export class Keys {
  #wake: (() => void) | undefined;

  constructor(readonly machine: Machine) {}

  type(bytes: Uint8Array): void {
    this.machine.type(bytes);
    this.#wake?.();
  }

  stop(): void {
    this.machine.stop();
    this.#wake?.();
  }

  /** Waits for a key or a stop; false if none can come any more. */
  async pressed(): Promise<boolean> {
    const { stdin } = process;
    if (!keysMayCome()) return false;
    const ended = await new Promise<boolean>((resolve) => {
      const end = (): void => resolve(true);
      this.#wake = () => {
        stdin.off('end', end);
        resolve(false);
      };
      stdin.once('end', end);
    });
    this.#wake = undefined;
    return !ended;
  }
}
