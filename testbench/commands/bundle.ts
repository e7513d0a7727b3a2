/**
 * A divergence as a folder that reproduces it by itself: `replay.json`, the
 * program as `program.elf`, the overlaid specs, and the wave around it.
 */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { parseElf, type Program } from '../../model/machine/elf.js';
import { decodeInputLog, encodeInputLog, type InputEvent } from '../../model/machine/input-log.js';
import { LAYER_PARTS } from '../../model/spec/files.js';
import { writeFailure } from '../../waves/failure.js';
import type { AssembledProgram, ProgramSection } from '../assembly/assemble.js';
import { writeElf } from '../assembly/elf.js';
import { about, failure, type Failure } from './failure.js';
import { makeDirectory, removeQuietly, writeFileWhole } from './files.js';
import { MOST_MEMORY } from './options.js';
import { packageVersion, specDigests } from './package.js';
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

const MOST_OVERLAYS = 64;
const PAGE = 0x1_0000;

/** `replay.json`. Everything else lies beside it under fixed names: no path is saved. */
const schema = z.object({
  format: z.literal(1),
  version: z.string(),
  specHash: z.string(),
  /** Of each shipped spec file, so that a later version can tell what has changed. */
  specFiles: z.record(z.string(), z.string()).optional(),
  core: z.string().regex(/^[\w-]+$/),
  memory: z.number().int().min(PAGE).max(MOST_MEMORY).multipleOf(PAGE),
  maxCycles: z.number().int().min(1),
  overlays: z.number().int().min(0).max(MOST_OVERLAYS),
  /** The input log, one effect a line. */
  inputs: z.string(),
  seed: z.string().exactOptional(),
  path: z.string().exactOptional(),
  stem: z.string().regex(/^[\w-]+$/).exactOptional(),
});
type ReplayFile = z.infer<typeof schema>;

const PROGRAM = 'program';
const overlayName = (index: number): string => `specs-${index}`;

/** Writes the folder, but for the wave. One that it could not complete it does not leave behind, unless it was there before. */
export function writeBundle(directory: string, one: Case, specHash: string): Failure | undefined {
  const replay: ReplayFile = {
    format: 1,
    version: packageVersion(),
    specHash,
    specFiles: specDigests(),
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
      for (const part of LAYER_PARTS) {
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

/** A folder as it was written, and by which specs. */
export interface Bundle {
  readonly ok: true;
  readonly case: Case;
  readonly specHash: string;
  readonly version: string;
  /** Shipped spec files that are not as they were then; undefined if the folder does not tell. */
  readonly changedSpecs: readonly string[] | undefined;
}

/** Reads a folder that {@link writeBundle} wrote. */
export function readBundle(directory: string): Bundle | Failure {
  const path = join(directory, 'replay.json');
  const text = readText(path);
  if (typeof text !== 'string') return about(path, text);
  const replay = parseReplay(text);
  const bad = (what: string): Failure => failure(`${path}: ${what}`, 'Give a folder that lockstep or fuzz has written, unchanged.');
  if (typeof replay === 'string') return bad(replay);
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
  const changedSpecs = replay.specFiles === undefined ? undefined : changed(replay.specFiles, specDigests());
  return { ok: true, specHash, version, changedSpecs, case: { core, memory, maxCycles, program, inputs: log.events, overlays, ...originOf(replay) } };
}

/** The file, or what is wrong with it. */
function parseReplay(text: string): ReplayFile | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'It is no JSON.';
  }
  const checked = schema.safeParse(parsed);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  return `It is not the replay of a divergence: ${issue === undefined ? 'wrong shape' : `${[...issue.path, issue.message].join(': ')}`}.`;
}

/** Names whose digests differ, or that only one side has. */
function changed(then: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): readonly string[] {
  return [...new Set([...Object.keys(then), ...Object.keys(now)])].filter((name) => then[name] !== now[name]).sort();
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
