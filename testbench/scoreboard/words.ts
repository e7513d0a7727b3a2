/**
 * The words of a program where they are executed: for what an interrupt
 * displaced, which no record shows.
 */
import { lengthOf } from '../../model/spec/compressed.js';
import type { Retirement } from '../retirement.js';

/** What is in memory from an address on. */
interface Placed {
  readonly address: bigint;
  readonly data: Uint8Array;
}

/** Of a record's masks. */
const BYTES = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const DRAM = { base: 0x8000_0000n, end: 0x8800_0000n } as const;

/**
 * The word at an address: 0 where nothing can be fetched, undefined where the program has written.
 *
 * @param records - All that the program did, by addresses that are where they go.
 */
export function wordsOf(segments: readonly Placed[], records: readonly { readonly retirement: Retirement }[]): (pc: bigint) => number | undefined {
  let known: ReadonlySet<bigint> | undefined;
  const written = (): ReadonlySet<bigint> => (known ??= new Set(records.flatMap(({ retirement: { mem_wmask, mem_addr } }) =>
    BYTES.flatMap((byte) => ((mem_wmask >> byte) & 1 ? [mem_addr + BigInt(byte)] : [])))));
  const isWritten = (parcel: bigint): boolean => written().has(parcel) || written().has(parcel + 1n);
  const parcel = (pc: bigint): number => {
    const segment = segments.find(({ address, data }) => pc >= address && pc + 2n <= address + BigInt(data.length));
    return segment === undefined ? 0 : new DataView(segment.data.buffer, segment.data.byteOffset).getUint16(Number(pc - segment.address), true);
  };
  return (pc) => {
    if (pc < DRAM.base || pc + 2n > DRAM.end) return 0;
    if (isWritten(pc)) return undefined;
    const first = parcel(pc);
    if (lengthOf(first) === 2) return first;
    if (isWritten(pc + 2n)) return undefined;
    return pc + 4n > DRAM.end ? 0 : (first | (parcel(pc + 2n) << 16)) >>> 0;
  };
}
