/** Mutation testing: what a green run is worth. */
export { mutate, type MutantResult, type MutationOptions, type MutationResults, type Progress } from './run.js';
export { formatMutation, mutationJson, type MutationJson, type SurvivorJson } from './report.js';
