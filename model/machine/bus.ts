/**
 * The devices that the host serves, by physical address.
 *
 * The CLINT is hardware of the core and memory is served inside wasm: neither
 * is here. The core admits naturally aligned accesses inside one region only.
 */
import { finish, type Finish } from './finisher.js';
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

/** First address and size in bytes of every device served here. */
export const DEVICE_REGIONS = {
  finisher: { base: 0x10_0000n, size: 0x1000n },
  uart: { base: 0x1000_0000n, size: 0x100n },
} as const;

type DeviceName = keyof typeof DEVICE_REGIONS;

function offsetIn(device: DeviceName, address: bigint): number | undefined {
  const { base, size } = DEVICE_REGIONS[device];
  return address >= base && address < base + size ? Number(address - base) : undefined;
}

export class DeviceBus {
  readonly uart: Uart;
  #finished: Finish | undefined;

  /** @param transmit - Receives every byte that the guest sends over the UART. */
  constructor(transmit: (byte: number) => void) {
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
    const stored = BigInt.asUintN(bytes * 8, data);
    const register = offsetIn('uart', address);
    if (register !== undefined) {
      if (!write) return BigInt(this.uart.read(register));
      this.uart.write(register, Number(stored & 0xffn));
    }
    const command = offsetIn('finisher', address);
    if (command !== undefined && write) this.#finished = finish(command, stored) ?? this.#finished;
    return 0n;
  }

  /** The end that the guest asked for since the last call, if any. */
  takeFinish(): Finish | undefined {
    const finished = this.#finished;
    this.#finished = undefined;
    return finished;
  }

  /** Power-on state of every device. */
  reset(): void {
    this.uart.reset();
    this.#finished = undefined;
  }
}
