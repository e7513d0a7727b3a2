/**
 * The devices that the host serves, by physical address.
 *
 * The CLINT is hardware of the core and memory is served inside wasm: neither
 * is here. The core admits naturally aligned accesses inside one region only.
 */
import { finish, type Finish } from './finisher.js';
import type { DrivenLine, RegionDescription } from './map.js';
import { Plic } from './plic.js';
import { Uart } from './uart.js';

/** One access as the core requests it. */
export interface BusAccess {
  readonly address: bigint;
  /** 1, 2, 4 or 8. */
  readonly bytes: number;
  readonly write: boolean;
  /** Store data in the low `bytes` bytes; ignored for a load. */
  readonly data: bigint;
}

/** Where a device answers. */
interface Place {
  readonly device: string;
  readonly base: bigint;
  readonly size: bigint;
}

export class DeviceBus {
  readonly uart: Uart;
  readonly #plic: Plic;
  readonly #places: readonly Place[];
  readonly #contexts: readonly DrivenLine[];
  readonly #uartSource: number | undefined;
  #finished: Finish | undefined;

  /**
   * @param regions - The address map; regions of other devices than those served here do not matter.
   * @param transmit - Receives every byte that the guest sends over the UART.
   */
  constructor(regions: readonly RegionDescription[], transmit: (byte: number) => void) {
    this.#places = regions.map(({ device, base, size }) => ({ device, base: BigInt(base), size: BigInt(size) }));
    this.#contexts = regions.find((r) => r.device === 'plic')?.contexts ?? [];
    this.#uartSource = regions.find((r) => r.device === 'uart')?.interrupt;
    this.#plic = new Plic(this.#contexts.length);
    this.uart = new Uart(transmit);
  }

  /**
   * Performs one access.
   *
   * A UART access of any width touches the one register at its address.
   *
   * @returns The loaded value, zero-extended; 0 for a store and where there is no device.
   */
  access({ address, bytes, write, data }: BusAccess): bigint {
    const place = this.#places.find(({ base, size }) => address >= base && address < base + size);
    if (place === undefined) return 0n;
    const offset = Number(address - place.base);
    const stored = BigInt.asUintN(bytes * 8, data);
    switch (place.device) {
      case 'uart':
        if (!write) return BigInt(this.uart.read(offset));
        this.uart.write(offset, Number(stored & 0xffn));
        return 0n;
      case 'plic':
        this.#sense();
        if (!write) return BigInt(this.#plic.read(offset));
        this.#plic.write(offset, Number(BigInt.asIntN(32, stored)));
        return 0n;
      case 'finisher':
        if (write) this.#finished = finish(offset, stored) ?? this.#finished;
        return 0n;
      default:
        return 0n;
    }
  }

  /** The lines that the interrupt controller raises now. */
  lines(): ReadonlySet<DrivenLine> {
    this.#sense();
    return new Set(this.#contexts.filter((_, context) => this.#plic.interrupts(context)));
  }

  /** The end that the guest asked for since the last call, if any. */
  takeFinish(): Finish | undefined {
    const finished = this.#finished;
    this.#finished = undefined;
    return finished;
  }

  /** A byte typed now would raise a context's interrupt. */
  get awaitsKey(): boolean {
    return this.#uartSource !== undefined && this.uart.awaitsByte && this.#plic.wouldInterrupt(this.#uartSource);
  }

  /** Power-on state of every device. */
  reset(): void {
    this.uart.reset();
    this.#plic.reset();
    this.#finished = undefined;
  }

  /** The controller looks at the devices' lines. */
  #sense(): void {
    if (this.#uartSource !== undefined) this.#plic.drive(this.#uartSource, this.uart.interrupt);
  }
}
