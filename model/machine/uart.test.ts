import { describe, expect, it } from 'vitest';
import { Uart } from './uart.js';

const RBR = 0, IER = 1, IIR = 2, FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7;

function fresh(): { uart: Uart; sent: number[] } {
  const sent: number[] = [];
  return { uart: new Uart((byte) => sent.push(byte)), sent };
}

describe('Uart', () => {
  it('sends what is written to THR and is always ready', () => {
    const { uart, sent } = fresh();
    for (const byte of Buffer.from('hi')) uart.write(0, byte);
    expect(Buffer.from(sent).toString()).toBe('hi');
    expect(uart.read(LSR)).toBe(0x60);
  });

  it('gives received bytes in order and shows data ready until the last', () => {
    const { uart } = fresh();
    uart.receive([65, 66]);
    expect([uart.read(LSR), uart.read(RBR), uart.read(LSR), uart.read(RBR), uart.read(LSR), uart.read(RBR)]).toEqual([0x61, 65, 0x61, 66, 0x60, 0]);
  });

  it('keeps the divisor behind DLAB and neither sends nor enables by it', () => {
    const { uart, sent } = fresh();
    uart.write(LCR, 0x83);
    uart.write(0, 0x12);
    uart.write(1, 0x34);
    expect([uart.read(0), uart.read(1)]).toEqual([0x12, 0x34]);
    uart.write(LCR, 0x03);
    expect([sent.length, uart.read(IER)]).toEqual([0, 0]);
  });

  it('interrupts on received data only while enabled and unread', () => {
    const { uart } = fresh();
    uart.receive([1]);
    expect(uart.interrupt).toBe(false);
    uart.write(IER, 1);
    expect([uart.interrupt, uart.read(IIR)]).toEqual([true, 0x04]);
    uart.read(RBR);
    expect([uart.interrupt, uart.read(IIR)]).toEqual([false, 0x01]);
  });

  it('reports a timeout below the FIFO trigger level and data from it on', () => {
    const { uart } = fresh();
    uart.write(FCR, 0x41);
    uart.write(IER, 1);
    uart.receive([1, 2, 3]);
    expect(uart.read(IIR)).toBe(0xcc);
    uart.receive([4]);
    expect(uart.read(IIR)).toBe(0xc4);
  });

  it('acknowledges transmitter-empty by reading IIR and raises it again after a byte', () => {
    const { uart } = fresh();
    uart.write(IER, 2);
    expect([uart.read(IIR), uart.interrupt]).toEqual([0x02, false]);
    uart.write(0, 65);
    expect(uart.interrupt).toBe(true);
  });

  it('puts received data before transmitter-empty', () => {
    const { uart } = fresh();
    uart.write(IER, 3);
    uart.receive([1]);
    expect(uart.read(IIR)).toBe(0x04);
    uart.read(RBR);
    expect(uart.read(IIR)).toBe(0x02);
  });

  it('clears no more than the FIFO when the guest clears it', () => {
    const { uart } = fresh();
    uart.write(FCR, 1);
    uart.receive(Array.from({ length: 20 }, (_, i) => i));
    uart.write(FCR, 3);
    expect(uart.read(RBR)).toBe(16);
  });

  it('loops back data and modem lines, reporting changes once', () => {
    const { uart, sent } = fresh();
    expect(uart.read(MSR)).toBe(0xb0);
    uart.write(MCR, 0x1a);
    uart.write(0, 77);
    expect([sent.length, uart.read(RBR)]).toEqual([0, 77]);
    expect(uart.read(MSR)).toBe(0x92);
    expect(uart.read(MSR)).toBe(0x90);
  });

  it('stores the scratch register and reads zero beyond the eighth', () => {
    const { uart } = fresh();
    uart.write(SCR, 0x1a5);
    uart.write(9, 1);
    expect([uart.read(SCR), uart.read(9)]).toEqual([0xa5, 0]);
  });
});
