/**
 * Ghosthart as a library.
 *
 *     const core = await Core.open({ core: 'five-stage' });
 *     const program = core.assemble('_start: li a0, 1 …');
 *     const result = core.lockstep().run(program, { maxCycles: 10_000 });
 */
export { Core, lockstep, type CoreOptions, type LockstepProgram } from './library.js';
export { arbitraries, type Arbitraries, type RandomProgram } from './arbitraries/library.js';

export { check, compile, hardware, load, type CompiledCore, type CoreDescription } from '../model/compile.js';
export type { Diagnostic } from '../model/spec/diagnostic.js';
export type { Isa, Specs, Uarch } from '../model/spec/isa.js';
export { renderDiagnostics } from '../model/spec/render.js';

export { parseElf, type Program } from '../model/machine/elf.js';
export { Machine, type MachineOptions } from '../model/machine/machine.js';
export { describeOutcome, type Outcome } from '../model/machine/outcome.js';
export { assemble, formatError } from './assembly/assemble.js';
export { createDisassembler } from './assembly/disassemble.js';
export { writeElf } from './assembly/elf.js';
export { assemblyTables } from './assembly/tables.js';

export { Lockstep, type Divergence, type LockstepResult } from './lockstep/lockstep.js';
export { ObservedCore } from './lockstep/observed.js';
export { Reference, type ExtensionInstruction } from './reference/reference.js';
export type { ArchitecturalState, Mode, Retirement } from './retirement.js';

export { programs } from './arbitraries/arbitrary.js';
export { PlanMaker } from './arbitraries/maker.js';
export { campaign, type CampaignOptions, type CampaignResult } from './lockstep/campaign.js';
export { Builder, type BuiltProgram } from './arbitraries/build.js';
