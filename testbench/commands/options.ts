/**
 * Options that several commands share, and how their values are read.
 */
import { InvalidArgumentError, Option } from 'commander';
import { PROFILES } from '../arbitraries/profile.js';

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1 << 10, M: 1 << 20, G: 1 << 30 };

/** A size in bytes: `64K`, `128M`, `2G`. */
function bytes(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,15})([KMG]?)(?:i?B)?$/i.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError('Give a number of bytes, with K, M or G if you like: 128M.');
  return Number(digits) * (UNITS[unit.toUpperCase()] ?? 1);
}

const PAGE = 65_536;
/** wasm addresses 4 GiB; state, rings and the map of pages need some of it. */
/** Bytes of memory that a machine has at most. */
export const MOST_MEMORY = 0xe000_0000;

function memory(text: string): number {
  const size = bytes(text);
  if (size === 0 || size % PAGE !== 0 || size > MOST_MEMORY) throw new InvalidArgumentError('Memory is a multiple of 64K, at most 3584M.');
  return size;
}

/** A whole number, decimal or with 0x. */
export function natural(text: string): bigint {
  if (!/^(\d{1,20}|0x[0-9a-f]{1,16})$/i.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return BigInt(text);
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `--core NAME`. */
export const coreOption = (): Option => new Option('--core <name>', 'the core to use: a file of specs/uarch').default('five-stage');

/** `--specs DIR`, repeatable. */
export const specsOption = (): Option => new Option('--specs <dir>', 'specs over the shipped ones; may be repeated').argParser(collect).default([], 'none');

/** A text, repeatable. */
export const textOption = (flags: string, description: string): Option => new Option(flags, description).argParser(collect).default([], 'none');

/** `--memory SIZE`. */
export const memoryOption = (): Option => new Option('-m, --memory <size>', 'bytes of memory: 64M, 1G').argParser(memory).default(128 << 20, '128M');

/** `--json`. */
export const jsonOption = (): Option => new Option('--json', 'one JSON object on standard output');

/** `--profile`. */
export const profileOption = (): Option => new Option('--profile <name>', 'what random programs are mostly made of').choices([...PROFILES]).default('all');

/** A number of cycles, instructions or programs. */
export const numberOption = (flags: string, description: string): Option => new Option(flags, description).argParser(natural);

const SEED_LIMIT = 2n ** 32n;

function seed(text: string): bigint {
  const value = natural(text);
  if (value >= SEED_LIMIT) throw new InvalidArgumentError('A seed has 32 bits: give a number below 4294967296.');
  return value;
}

/** The seed asked for, or a new one: 32 bits. */
export const seedFrom = (given: bigint | undefined): number => (given === undefined ? Date.now() % Number(SEED_LIMIT) : Number(given));

/** `--seed N`. */
export const seedOption = (description: string): Option => new Option('--seed <n>', description).argParser(seed);

/** A size in bytes. */
export const sizeOption = (flags: string, description: string): Option => new Option(flags, description).argParser(bytes);
