/**
 * Packets of RVFI-DII (TestRIG), versions 1 and 2: little-endian, at fixed
 * offsets.
 */
import type { Mode } from '../retirement.js';
import type { RvfiRecord } from './trace.js';

/** Version of the packets. */
export type Version = 1 | 2;

/** What the extension adds: `virtual` puts V into bit 2 of `mode` (version 2 only; version 1 has no mode). */
export interface PacketOptions {
  readonly virtual: boolean;
}

const V1_BYTES = 88;
const V2_HEADER_BYTES = 64;
const V2_INTEGER_BYTES = 40;
const V2_MEMORY_BYTES = 88;
/** Bits of the flags of a version 2 header: which parts follow. */
const HAS_INTEGER = 1n;
const HAS_MEMORY = 2n;
const IXL_64 = 2;

const PRIVILEGE: Readonly<Record<Mode, number>> = { M: 3, HS: 1, U: 0, VS: 1, VU: 0 };
const isVirtual = (mode: Mode): boolean => mode === 'VS' || mode === 'VU';

/** `V` of the mode as version 2 carries it. */
export const VIRTUAL_BIT = 4;

class Packet {
  readonly bytes: Buffer;

  constructor(length: number) {
    this.bytes = Buffer.alloc(length);
  }

  text(at: number, text: string): this {
    this.bytes.write(text, at, 'latin1');
    return this;
  }

  u8(at: number, value: number | boolean): this {
    this.bytes.writeUInt8(Number(value), at);
    return this;
  }

  u32(at: number, value: number): this {
    this.bytes.writeUInt32LE(value, at);
    return this;
  }

  u64(at: number, value: bigint | number): this {
    this.bytes.writeBigUInt64LE(BigInt(value), at);
    return this;
  }
}

/** A record as a packet. */
export function encodeRecord(record: RvfiRecord, version: Version, options: PacketOptions): Uint8Array {
  return version === 1 ? encodeV1(record) : encodeV2(record, options);
}

function encodeV1({ order, retirement: r, rs1, rs2, rs1Data, rs2Data, interrupted }: RvfiRecord): Uint8Array {
  return new Packet(V1_BYTES)
    .u64(0, order).u64(8, r.pc_rdata).u64(16, r.pc_wdata).u64(24, r.insn >>> 0)
    .u64(32, rs1Data).u64(40, rs2Data).u64(48, r.rd_wdata)
    .u64(56, r.mem_addr).u64(64, r.mem_rdata).u64(72, r.mem_wdata).u8(80, r.mem_rmask).u8(81, r.mem_wmask)
    .u8(82, rs1).u8(83, rs2).u8(84, r.rd_addr)
    .u8(85, r.trap !== undefined).u8(87, interrupted).bytes;
}

function encodeV2(record: RvfiRecord, { virtual }: PacketOptions): Uint8Array {
  const { order, retirement: r, rs1, rs2, interrupted } = record;
  const integer = r.rd_addr !== 0 || rs1 !== 0 || rs2 !== 0;
  const memory = r.mem_rmask !== 0 || r.mem_wmask !== 0;
  const mode = PRIVILEGE[r.mode] | (virtual && isVirtual(r.mode) ? VIRTUAL_BIT : 0);
  const length = V2_HEADER_BYTES + (integer ? V2_INTEGER_BYTES : 0) + (memory ? V2_MEMORY_BYTES : 0);
  const packet = header(length)
    .u64(16, order).u64(24, r.insn >>> 0).u8(32, r.trap !== undefined).u8(34, interrupted).u8(35, mode).u8(36, IXL_64).u8(37, true)
    .u64(40, r.pc_rdata).u64(48, r.pc_wdata).u64(56, (integer ? HAS_INTEGER : 0n) | (memory ? HAS_MEMORY : 0n));
  if (integer) integerPart(packet, V2_HEADER_BYTES, record);
  if (memory) memoryPart(packet, length - V2_MEMORY_BYTES, record);
  return packet.bytes;
}

const header = (length: number): Packet => new Packet(length).text(0, 'trace-v2').u64(8, length);

function integerPart(packet: Packet, at: number, { retirement: r, rs1, rs2, rs1Data, rs2Data }: RvfiRecord): void {
  packet.text(at, 'int-data').u64(at + 8, r.rd_wdata).u64(at + 16, rs1Data).u64(at + 24, rs2Data)
    .u8(at + 32, r.rd_addr).u8(at + 33, rs1).u8(at + 34, rs2);
}

function memoryPart(packet: Packet, at: number, { retirement: r }: RvfiRecord): void {
  packet.text(at, 'mem-data').u64(at + 8, r.mem_rdata).u64(at + 40, r.mem_wdata)
    .u32(at + 72, r.mem_rmask).u32(at + 76, r.mem_wmask).u64(at + 80, r.mem_addr);
}

/** The answer to a reset. */
export function encodeHalt(version: Version): Uint8Array {
  return version === 1 ? new Packet(V1_BYTES).u8(86, 1).bytes : header(V2_HEADER_BYTES).u8(33, 1).bytes;
}

/** The answer to the question for versions: a version 1 packet whose `halt` says that both are spoken. */
export const encodeVersions = (): Uint8Array => new Packet(V1_BYTES).u8(86, 3).bytes;

/** The answer to the choice of a version. */
export const encodeChosen = (version: Version): Uint8Array => new Packet(16).text(0, 'version=').u64(8, version).bytes;
