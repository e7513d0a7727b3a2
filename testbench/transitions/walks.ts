/**
 * The events of translation: each kind of access, at an entry of each stage,
 * for itself and in G for what VS reads and writes on its behalf.
 */
import type { Access, Faulting, Instruction, Isa, OriginName } from '../../model/spec/isa.js';
import { MODES } from '../retirement.js';
import { type Form, type InstructionEvent, isImplicit, PURPOSES, type Purpose, type TranslatedAccess } from './event.js';
import type { Pinned } from './reachable.js';
import { modesOf } from './translated.js';

/** Instructions that access memory alike. */
export interface Kind {
  readonly name: string;
  readonly instructions: readonly Instruction[];
  readonly origin: OriginName;
  readonly access: Access;
  readonly faulting: Faulting;
}

/** How an instruction is checked: an atomic operation as a store, the management of a block as a load, for which the right to store suffices because it implies that to load. */
function accessOf({ memory, block }: Instruction): Access {
  if (block !== undefined) return block.zero ? 'store' : 'load';
  if (memory?.op !== 'load') return 'store';
  return memory.as === 'guest-execute' ? 'execute' : 'load';
}

/** What instructions that access memory alike have in common, as text. */
function nameOf({ class: kind, memory, block, name }: Instruction, others: readonly Instruction[]): string {
  if (block !== undefined) return [name, ...others.map((i) => i.name)].join('/');
  return memory === undefined || memory.as === 'self' ? kind : `${memory.as} ${kind}`;
}

/** The kinds of access: fetches, by a jump, and those that instructions make. */
export function kindsOf(isa: Isa): readonly Kind[] {
  const jump = isa.instructions.find((i) => i.class === 'jump' && i.format.registers.rs1 !== undefined);
  const fetches: readonly Kind[] = jump === undefined ? [] : [{ name: 'fetch', instructions: [jump], origin: 'fetch', access: 'fetch', faulting: 'fetch' }];
  const groups = new Map<string, Instruction[]>();
  for (const instruction of isa.instructions.filter((i) => i.memory !== undefined || i.block !== undefined)) {
    const key = [instruction.class, instruction.permit, instruction.memory?.as, accessOf(instruction)].join();
    groups.set(key, [...(groups.get(key) ?? []), instruction]);
  }
  return [...fetches, ...[...groups.values()].flatMap((instructions): readonly Kind[] => {
    const [first, ...others] = instructions;
    if (first === undefined) return [];
    const origin = first.memory === undefined || first.memory.as === 'self' ? 'self' : 'guest';
    return [{ name: nameOf(first, others), instructions, origin, access: accessOf(first), faulting: first.memory?.op === 'load' ? 'load' : 'store' }];
  })];
}

/** What an event is about. */
const NAMES: Readonly<Record<Purpose, (stage: string) => string>> = {
  access: (stage) => `${stage} entry`, table: (stage) => `${stage} entry of a table of VS`, update: (stage) => `${stage} entry of an update by VS`,
  beyond: (stage) => `beyond ${stage}`, outside: (stage) => `${stage} table outside memory`, device: (stage) => `${stage} table in a device`,
};

/** Where there is no entry its bits cannot matter, and plain accesses stand for all of their kind. */
const isPlain = ({ access, name, instructions }: Kind): boolean => instructions[0]?.permit === undefined && (name === access || instructions.length > 1);

/** The events of translation. `form`: an instruction with the operands of events. */
export function walkEvents(isa: Isa, pinned: Pinned, form: (instruction: Instruction) => Form): readonly InstructionEvent[] {
  const { translation } = isa;
  if (translation === undefined) return [];
  return kindsOf(isa).flatMap((kind) => translation.stages.flatMap((stage) =>
    PURPOSES.filter((purpose) => purpose === 'access' || (isImplicit(purpose) ? stage.name === 'G' : isPlain(kind))).flatMap((purpose): readonly InstructionEvent[] => {
      const { origin, access, faulting, name, instructions } = kind;
      const walk: TranslatedAccess = { stage: stage.name, purpose, origin, access, faulting };
      const [instruction] = instructions;
      if (instruction === undefined) return [];
      const event: InstructionEvent = {
        kind: 'instruction', id: `${name}, ${NAMES[purpose](stage.name)}`, group: 'translation', instruction, forms: instructions.map(form),
        rs1: 'translated', rs2: 'value', lead: origin === 'fetch' ? 1 : 0, walk,
      };
      const modes = modesOf(isa, event, walk, pinned, MODES);
      return modes.length === 0 ? [] : [{ ...event, modes }];
    })));
}
