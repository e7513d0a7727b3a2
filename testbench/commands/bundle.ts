/**
 * A divergence as a folder that reproduces it by itself: `replay.json`, the
 * program as `program.elf`, the overlaid specs, and the wave around it.
 */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseElf, type Program } from '../../model/machine/elf.js';
import { decodeInputLog, encodeInputLog, type InputEvent } from '../../model/machine/input-log.js';
import { writeFailure } from '../../waves/failure.js';
import type { AssembledProgram, ProgramSection } from '../assembly/assemble.js';
import { writeElf } from '../assembly/elf.js';
import { about, failure, type Failure } from './failure.js';
import { makeDirectory, removeQuietly, writeFileWhole } from './files.js';
import { packageVersion } from './package.js';
import { readText } from './program.js';

/** What a run in lockstep depends on. */
export interface Case {
  readonly core: string;
  /** Bytes of DRAM. */
  readonly memory: number;
  readonly program: Pick<Program, 'entry' | 'segments' | 'symbols'>;
  readonly inputs: readonly InputEvent[];
  readonly maxCycles: number;
  /** Directories over the shipped specs. */
  readonly overlays: readonly string[];
  /** Of a random program. */
  readonly seed?: string;
  /** How the program came about: its number in the seed, then the candidates taken while it was made smaller. */
  readonly path?: string;
  /** Name of the ELF file without `.elf`; `program` unless said otherwise. */
  readonly stem?: string;
}

/** `replay.json`. Everything else lies beside it under fixed names: no path is saved. */
interface ReplayFile {
  readonly format: 1;
  readonly version: string;
  readonly specHash: string;
  readonly core: string;
  readonly memory: number;
  readonly maxCycles: number;
  readonly overlays: number;
  /** The input log, one effect a line. */
  readonly inputs: string;
  readonly seed?: string;
  readonly path?: string;
  readonly stem?: string;
}

const PROGRAM = 'program';
const overlayName = (index: number): string => `specs-${index}`;

/** Writes the folder, but for the wave. One that it could not complete it does not leave behind, unless it was there before. */
export function writeBundle(directory: string, one: Case, specHash: string): Failure | undefined {
  const replay: ReplayFile = {
    format: 1,
    version: packageVersion(),
    specHash,
    core: one.core,
    memory: one.memory,
    maxCycles: one.maxCycles,
    overlays: one.overlays.length,
    inputs: encodeInputLog(one.inputs),
    ...originOf(one),
  };
  const fresh = !existsSync(directory);
  const unwritten = makeDirectory(directory)
    ?? copyOverlays(directory, one.overlays)
    ?? writeFileWhole(join(directory, `${one.stem ?? PROGRAM}.elf`), elfOf(one.program))
    ?? writeFileWhole(join(directory, 'replay.json'), `${JSON.stringify(replay, undefined, 2)}\n`);
  if (unwritten !== undefined && fresh) removeQuietly(directory);
  return unwritten;
}

/** Seed, path and name, where there are any. */
const originOf = ({ seed, path, stem }: Pick<Case, 'seed' | 'path' | 'stem'>): Pick<Case, 'seed' | 'path' | 'stem'> =>
  ({ ...(seed === undefined ? {} : { seed }), ...(path === undefined ? {} : { path }), ...(stem === undefined ? {} : { stem }) });

function copyOverlays(directory: string, overlays: readonly string[]): Failure | undefined {
  try {
    overlays.forEach((overlay, i) => {
      for (const part of ['isa', 'uarch', 'rules', 'hart.yaml']) {
        // A replay keeps what it was read from.
        if (existsSync(join(overlay, part)) && resolve(overlay) !== resolve(directory, overlayName(i))) cpSync(join(overlay, part), join(directory, overlayName(i), part), { recursive: true });
      }
    });
    return undefined;
  } catch (error) {
    const { message, mend } = writeFailure(directory, error);
    return failure(message, mend);
  }
}

/** Reads a folder that {@link writeBundle} wrote. */
export function readBundle(directory: string): { readonly ok: true; readonly case: Case; readonly specHash: string; readonly version: string } | Failure {
  const path = join(directory, 'replay.json');
  const text = readText(path);
  if (typeof text !== 'string') return about(path, text);
  const replay = parseReplay(text);
  const bad = (what: string): Failure => failure(`${path}: ${what}`, 'Give a folder that lockstep or fuzz has written, unchanged.');
  if (replay === undefined) return bad('It is not the replay of a divergence.');
  const log = decodeInputLog(replay.inputs);
  if (!log.ok) return bad(log.message);
  const elfName = `${replay.stem ?? PROGRAM}.elf`;
  let elf: Uint8Array;
  try {
    elf = readFileSync(join(directory, elfName));
  } catch {
    return bad(`There is no ${elfName} beside it.`);
  }
  const program = parseElf(elf);
  if (!program.ok) return about(join(directory, elfName), program);
  const overlays = Array.from({ length: replay.overlays }, (_, i) => join(directory, overlayName(i)));
  const { core, memory, maxCycles, specHash, version } = replay;
  return { ok: true, specHash, version, case: { core, memory, maxCycles, program, inputs: log.events, overlays, ...originOf(replay) } };
}

function parseReplay(text: string): ReplayFile | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isReplay(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isReplay(value: unknown): value is ReplayFile {
  if (typeof value !== 'object' || value === null) return false;
  const has = (key: string, type: string): boolean => typeof Object.getOwnPropertyDescriptor(value, key)?.value === type;
  const stem: unknown = Object.getOwnPropertyDescriptor(value, 'stem')?.value;
  if (stem !== undefined && !(typeof stem === 'string' && /^[\w-]+$/.test(stem))) return false;
  return ['version', 'specHash', 'core', 'inputs'].every((key) => has(key, 'string')) && ['format', 'memory', 'maxCycles', 'overlays'].every((key) => has(key, 'number'));
}

/** A loaded program as an ELF file: a section a segment. */
function elfOf({ entry, segments, symbols }: Case['program']): Uint8Array {
  const sections = segments.flatMap(({ address, data, memSize }, i): ProgramSection[] => {
    const zeros = Number(memSize) - data.length;
    const section = (name: string, kind: ProgramSection['kind'], at: bigint, bytes: Uint8Array, size: number): ProgramSection => ({ name, kind, address: at, size, alignment: 1n, bytes });
    return [
      ...(data.length > 0 ? [section(`.segment${i}`, 'code', address, data, data.length)] : []),
      ...(zeros > 0 ? [section(`.zeros${i}`, 'zeros', address + BigInt(data.length), new Uint8Array(0), zeros)] : []),
    ];
  });
  const program: AssembledProgram = {
    entry, sections: apart(sections), lines: [], arch: 'rv64imh_zicsr_zifencei',
    symbols: [...symbols].map(([name, value]) => ({ name, value, global: true })),
  };
  return writeElf(program);
}

/** The ELF writer joins neighbours of one kind into a segment and expects them in the order of memory. */
const apart = (sections: readonly ProgramSection[]): ProgramSection[] => [...sections].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
