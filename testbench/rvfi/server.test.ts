import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { assemblyTables } from '../assembly/tables.js';
import { CORES, compiledCore, shippedSpecs, type CoreName } from '../properties/cores.js';
import { ASK_VERSIONS, CHOOSE_2, Client, RESET, command } from './client.testing.js';
import type { InjectedHart } from './hart.js';
import { ModelHart } from './model-hart.js';
import { sourceFinder } from './operands.js';
import { ReferenceHart } from './reference-hart.js';
import { DiiServer } from './server.js';
import { streams } from './streams.testing.js';

const { isa } = shippedSpecs();
const sources = sourceFinder(assemblyTables(isa));
const MEMORY = 128 << 20;
const model = (core: CoreName): InjectedHart => new ModelHart(compiledCore(core));
const reference = (): InjectedHart => new ReferenceHart({ memory: MEMORY, cyclesPerTick: 16n });

const open: DiiServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(hart: InjectedHart, notes: string[] = [], virtual = true): Promise<DiiServer> {
  const server = await DiiServer.listen({ hart, sources, virtual, port: 0, note: (text) => notes.push(text) });
  if (!(server instanceof DiiServer)) throw new Error(server.message);
  open.push(server);
  return server;
}

/** The packets of a stream after a reset. */
async function packets(client: Client, words: readonly number[]): Promise<readonly string[]> {
  client.send(RESET, ...words.map((word) => command(word)));
  const seen: string[] = [];
  for (let i = 0; i <= words.length; i++) seen.push((await client.packet()).toString('hex'));
  return seen;
}

async function chooses2(client: Client): Promise<void> {
  client.send(ASK_VERSIONS, CHOOSE_2);
  const versions = await client.packet();
  expect(versions.length).toBe(88);
  expect(versions[86]).toBe(3);
  const chosen = await client.read(16);
  expect(chosen.toString('latin1', 0, 8)).toBe('version=');
  expect(chosen.readBigUInt64LE(8)).toBe(2n);
}

const until = async (holds: () => boolean): Promise<void> => {
  for (let i = 0; i < 1_000 && !holds(); i++) await new Promise((resolve) => void setTimeout(resolve, 5));
  expect(holds()).toBe(true);
};

describe('RVFI-DII servers', () => {
  describe.each(CORES)('%s', (core) => {
    it.each([1, 2])('answers random streams with the packets of the reference (version %i)', async (version) => {
      const [one, other] = [await serve(model(core)), await serve(reference())];
      const [client, second] = [await Client.connect(one.port), await Client.connect(other.port)];
      if (version === 2) for (const c of [client, second]) await chooses2(c);
      await fc.assert(fc.asyncProperty(streams(isa), async (words) => {
        expect(await packets(client, words)).toEqual(await packets(second, words));
      }), { numRuns: 40 });
    });
  });

  it('executes a word wherever the pc is, after a trap to address 0 too', async () => {
    // jalr x0, 0(x0); addi x1, x0, 1; ecall (mtvec is 0); addi x2, x0, 2; lui x3, 0x7ffff; jalr x0, 0(x3); addi x4, x0, 4
    const words = [0x0000_0067, 0x0010_0093, 0x0000_0073, 0x0020_0113, 0x7fff_f1b7, 0x0001_8067, 0x0040_0213];
    for (const hart of [model('five-stage'), model('three-stage'), reference()]) {
      const client = await Client.connect((await serve(hart)).port);
      const seen = (await packets(client, words)).slice(1).map((p) => Buffer.from(p, 'hex'));
      expect(seen.map((p) => Number(p.readBigUInt64LE(24)))).toEqual(words);
      expect(seen.map((p) => p.readBigUInt64LE(8))).toEqual([0x8000_0000n, 0n, 4n, 0n, 4n, 8n, 0x7fff_f000n]);
      expect(seen.map((p) => p[85])).toEqual([0, 0, 1, 0, 0, 0, 0]);
      expect(seen.map((p) => p.readBigUInt64LE(48))).toEqual([0n, 1n, 0n, 2n, 0x7fff_f000n, 0n, 4n]);
    }
  });

  it('hides injected words from loads, and keeps stores to where they are injected', async () => {
    // auipc x5, 0; lw x6, 0(x5); sw x5, 12(x5); lw x7, 12(x5); lw x8, 0(x5)
    const words = [0x0000_0297, 0x0002_a303, 0x0052_a623, 0x00c2_a383, 0x0002_a403];
    for (const hart of [model('five-stage'), model('three-stage'), reference()]) {
      const client = await Client.connect((await serve(hart)).port);
      const values = (await packets(client, words)).slice(1).map((p) => Buffer.from(p, 'hex').readBigUInt64LE(48));
      expect(values).toEqual([0x8000_0000n, 0n, 0n, 0xffff_ffff_8000_0000n, 0n]);
    }
  });

  it('marks the first instruction of an interrupt handler and loses no word', async () => {
    // csrwi mie, 2; csrwi mip, 2; csrwi mstatus, 8; addi x1, x0, 1
    const words = [0x3041_5073, 0x3441_5073, 0x3004_5073, 0x0010_0093];
    for (const hart of [model('five-stage'), model('three-stage'), reference()]) {
      const client = await Client.connect((await serve(hart)).port);
      const seen = (await packets(client, words)).map((p) => Buffer.from(p, 'hex'));
      expect(seen.map((p) => p[87])).toEqual([0, 0, 0, 0, 1]);
      // mtvec is 0: no memory is there, and the word is executed all the same.
      expect(seen[4]?.readBigUInt64LE(8)).toBe(0n);
      expect(seen[4]?.readBigUInt64LE(48)).toBe(1n);
    }
  });

  it('executes a WFI that would wait as a NOP', async () => {
    for (const hart of [model('five-stage'), model('three-stage'), reference()]) {
      const client = await Client.connect((await serve(hart)).port);
      const [, wfi, csrr] = (await packets(client, [0x1050_0073, 0xb020_20f3])).map((p) => Buffer.from(p, 'hex'));
      expect(wfi?.readBigUInt64LE(24)).toBe(0x1050_0073n);
      expect(wfi?.readBigUInt64LE(16)).toBe(0x8000_0004n);
      expect(csrr?.readBigUInt64LE(48)).toBe(1n);
    }
  });

  it('tells V in bit 2 of the mode, and not when strict', async () => {
    // lui x5, 1; slli x5, x5, 27 (mstatus.MPV); csrs mstatus, x5; auipc x6, 0; csrw mepc, x6; mret: VU; nop
    const words = [0x0000_12b7, 0x01b2_9293, 0x3002_a073, 0x0000_0317, 0x3413_1073, 0x3020_0073, 0x0000_0013];
    for (const [virtual, mode] of [[true, 4], [false, 0]] as const) {
      const client = await Client.connect((await serve(reference(), [], virtual)).port);
      await chooses2(client);
      const seen = (await packets(client, words)).map((p) => Buffer.from(p, 'hex')[35]);
      expect(seen).toEqual([0, 3, 3, 3, 3, 3, 3, mode]);
    }
  });

  it('says that half a command came, and serves the next client from power-on', async () => {
    const notes: string[] = [];
    const server = await serve(model('five-stage'), notes);
    const client = await Client.connect(server.port);
    client.send(command(0x0010_0093));
    await client.packet();
    client.send(command(0x0010_0093).subarray(0, 3));
    await client.leave();
    await until(() => notes.length > 0);
    expect(notes).toEqual(['The client left after 1 instruction (version 1 packets), in the middle of a command: 3 of 8 bytes had come.']);
    const next = await Client.connect(server.port);
    next.send(command(0x0000_8113));
    const packet = await next.packet();
    expect(packet.readBigUInt64LE(8)).toBe(0x8000_0000n);
    expect(packet.readBigUInt64LE(32)).toBe(0n);
  });

  it('puts a command together that comes in pieces', async () => {
    const client = await Client.connect((await serve(reference())).port);
    for (const byte of Buffer.concat([RESET, command(0x0010_0093)])) {
      client.send(Uint8Array.of(byte));
      await new Promise((resolve) => void setTimeout(resolve, 1));
    }
    await client.packet();
    expect((await client.packet()).readBigUInt64LE(48)).toBe(1n);
  });

  it('closes the connection of a client that sends garbage, and goes on', async () => {
    const notes: string[] = [];
    const server = await serve(reference(), notes);
    const client = await Client.connect(server.port);
    client.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    expect((await client.read(1)).length).toBe(0);
    const other = await Client.connect(server.port);
    other.send(command(3, 0x76));
    expect((await other.read(1)).length).toBe(0);
    expect(notes).toEqual([
      'The client sent command 0x48, which RVFI-DII does not have. Its connection is closed; the server waits for the next.',
      'The client asked for version 3 of the packets; there are 1 and 2. Its connection is closed; the server waits for the next.',
    ]);
    const next = await Client.connect(server.port);
    expect((await packets(next, [0x0010_0093])).length).toBe(2);
  });

  it('survives clients that crash with packets unread, and serves one that waited', async () => {
    const notes: string[] = [];
    const server = await serve(reference(), notes);
    const first = await Client.connect(server.port);
    const second = await Client.connect(server.port);
    second.send(RESET, command(0x0010_0093));
    first.send(...new Array<Uint8Array>(5_000).fill(command(0x0010_0093)));
    await first.packet();
    first.crash();
    await second.packet();
    expect((await second.packet()).readBigUInt64LE(0)).toBe(0n);
  });

  it('says why a port cannot be had', async () => {
    const { port } = await serve(reference());
    const refused = await DiiServer.listen({ hart: reference(), sources, virtual: true, port, note: () => undefined });
    expect(refused).toEqual({ ok: false, message: `Port ${port} of 127.0.0.1 is in use.`, mend: 'Choose another with --port, or let --port 0 find one.' });
  });
});
