/** Mutation testing: what a green run is worth. */
export { LocalJudge, WorkerJudge, type Judge } from './judges.js';
export { Laboratory, type LaboratoryOptions, type Verdict } from './laboratory.js';
export { mutate, type MutantResult, type MutationOptions, type MutationResults, type Progress } from './run.js';
export { formatMutation, formatResult, mutationJson, resultJson, type MutationJson, type ResultJson, type SurvivorJson } from './report.js';
