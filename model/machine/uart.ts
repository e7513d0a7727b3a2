/**
 * The ns16550a: eight byte-wide registers at consecutive addresses.
 *
 * Transmission takes no time. Received bytes wait in an unbounded host queue
 * of which the guest sees as much as the FIFO holds, so nothing is ever lost
 * and no overrun is reported. Baud rate and frame format are stored, without effect.
 */

const IER_RECEIVED = 1;
const IER_TRANSMIT_EMPTY = 2;
const IER_MODEM = 8;
const IIR_NONE = 0x01;
const IIR_MODEM = 0x00;
const IIR_TRANSMIT_EMPTY = 0x02;
const IIR_RECEIVED = 0x04;
const IIR_TIMEOUT = 0x0c;
const LCR_DIVISOR = 0x80;
const LSR_DATA = 0x01;
const LSR_TRANSMITTER_EMPTY = 0x60;
const MCR_LOOP = 0x10;
/** Carrier, data set ready, clear to send: a terminal is always there. */
const MSR_CONNECTED = 0xb0;
const FIFO_DEPTH = 16;
const TRIGGER_LEVELS = [1, 4, 8, 14] as const;

export class Uart {
  readonly #transmit: (byte: number) => void;
  #received: number[] = [];
  #interruptEnable = 0;
  #fifoControl = 0;
  #lineControl = 0;
  #modemControl = 0;
  #modemDelta = 0;
  #scratch = 0;
  #divisor = 0;
  #transmitEmptyPending = false;

  /** @param transmit - Called once for every byte that the guest sends, 0..255. */
  constructor(transmit: (byte: number) => void) {
    this.#transmit = transmit;
  }

  /** Bytes from the terminal, to be read by the guest in this order. */
  receive(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#received.push(byte & 0xff);
  }

  /** The interrupt output, high while an enabled cause is pending. */
  get interrupt(): boolean {
    return this.#cause() !== IIR_NONE;
  }

  /** A byte received now would raise the interrupt. */
  get awaitsByte(): boolean {
    return (this.#interruptEnable & IER_RECEIVED) !== 0;
  }

  /** Power-on state; unread input is dropped. */
  reset(): void {
    this.#received = [];
    this.#interruptEnable = 0;
    this.#fifoControl = 0;
    this.#lineControl = 0;
    this.#modemControl = 0;
    this.#modemDelta = 0;
    this.#scratch = 0;
    this.#divisor = 0;
    this.#transmitEmptyPending = false;
  }

  /**
   * A guest load.
   *
   * @param offset - Register 0..7; others read 0.
   * @returns The register, 0..255. Reading RBR takes a byte, reading IIR and MSR acknowledges.
   */
  read(offset: number): number {
    switch (offset) {
      case 0:
        return this.#divisorSelected ? this.#divisor & 0xff : (this.#takeByte() ?? 0);
      case 1:
        return this.#divisorSelected ? this.#divisor >> 8 : this.#interruptEnable;
      case 2: {
        const cause = this.#cause();
        if (cause === IIR_TRANSMIT_EMPTY) this.#transmitEmptyPending = false;
        return cause | (this.#fifoOn ? 0xc0 : 0);
      }
      case 3:
        return this.#lineControl;
      case 4:
        return this.#modemControl;
      case 5:
        return LSR_TRANSMITTER_EMPTY | (this.#visible > 0 ? LSR_DATA : 0);
      case 6: {
        const status = this.#modemLines | this.#modemDelta;
        this.#modemDelta = 0;
        return status;
      }
      case 7:
        return this.#scratch;
      default:
        return 0;
    }
  }

  /**
   * A guest store.
   *
   * @param offset - Register 0..7; a write to LSR, MSR or beyond has no effect.
   * @param value - Its low eight bits count.
   */
  write(offset: number, value: number): void {
    const byte = value & 0xff;
    switch (offset) {
      case 0:
        if (this.#divisorSelected) this.#divisor = (this.#divisor & 0xff00) | byte;
        else this.#send(byte);
        break;
      case 1:
        if (this.#divisorSelected) this.#divisor = (this.#divisor & 0xff) | (byte << 8);
        else this.#enableInterrupts(byte & 0x0f);
        break;
      case 2:
        this.#controlFifo(byte);
        break;
      case 3:
        this.#lineControl = byte;
        break;
      case 4:
        this.#controlModem(byte & 0x1f);
        break;
      case 7:
        this.#scratch = byte;
        break;
      default:
    }
  }

  get #divisorSelected(): boolean {
    return (this.#lineControl & LCR_DIVISOR) !== 0;
  }

  get #fifoOn(): boolean {
    return (this.#fifoControl & 1) !== 0;
  }

  /** Received bytes that the guest can see. */
  get #visible(): number {
    return Math.min(this.#received.length, this.#fifoOn ? FIFO_DEPTH : 1);
  }

  get #modemLines(): number {
    if ((this.#modemControl & MCR_LOOP) === 0) return MSR_CONNECTED;
    const [dtr, rts, out1, out2] = [0, 1, 2, 3].map((bit) => (this.#modemControl >> bit) & 1);
    return ((out2 ?? 0) << 7) | ((out1 ?? 0) << 6) | ((dtr ?? 0) << 5) | ((rts ?? 0) << 4);
  }

  /** IIR bits 3..0: the pending enabled cause of highest priority. */
  #cause(): number {
    const level = this.#visible;
    if ((this.#interruptEnable & IER_RECEIVED) !== 0 && level > 0) {
      const trigger = this.#fifoOn ? (TRIGGER_LEVELS[this.#fifoControl >> 6] ?? 1) : 1;
      return level >= trigger ? IIR_RECEIVED : IIR_TIMEOUT;
    }
    if ((this.#interruptEnable & IER_TRANSMIT_EMPTY) !== 0 && this.#transmitEmptyPending) return IIR_TRANSMIT_EMPTY;
    if ((this.#interruptEnable & IER_MODEM) !== 0 && this.#modemDelta !== 0) return IIR_MODEM;
    return IIR_NONE;
  }

  #takeByte(): number | undefined {
    return this.#received.shift();
  }

  #send(byte: number): void {
    if ((this.#modemControl & MCR_LOOP) !== 0) this.#received.push(byte);
    else this.#transmit(byte);
    this.#transmitEmptyPending = true;
  }

  #enableInterrupts(enable: number): void {
    const turnedOn = enable & ~this.#interruptEnable;
    this.#interruptEnable = enable;
    if ((turnedOn & IER_TRANSMIT_EMPTY) !== 0) this.#transmitEmptyPending = true;
  }

  #controlFifo(byte: number): void {
    const toggled = ((byte ^ this.#fifoControl) & 1) !== 0;
    if (toggled || (byte & 2) !== 0) this.#received.splice(0, this.#visible);
    this.#fifoControl = byte & 0xc1;
  }

  #controlModem(byte: number): void {
    const before = this.#modemLines;
    this.#modemControl = byte;
    const changed = (before ^ this.#modemLines) >> 4;
    // The ring indicator reports its falling edge only.
    const ringFell = (before & ~this.#modemLines & 0x40) !== 0 ? 4 : 0;
    this.#modemDelta |= (changed & 0x0b) | ringFell;
  }
}
