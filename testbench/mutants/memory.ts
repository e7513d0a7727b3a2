/** Mutants of what becomes of an address: of the rows, stages and origins of translation, and of the rows and entries of memory protection. */
import { ENTRY_OUTCOMES, type Isa, type MemoryProtection, type Operation, type Protection, type Translation, type TranslationStage } from '../../model/spec/isa.js';
import { mistakenRows } from './conditions.js';
import { isaMutant, type Mutant } from './mutant.js';
import { mistaken } from './operations.js';

const ANSWERS: readonly Protection[] = ['allow', 'refuse'];

/** All of them; none where the specs have neither. */
export function memoryMutants({ translation, protection }: Isa): readonly Mutant[] {
  return [...(translation === undefined ? [] : translationMutants(translation)), ...(protection === undefined ? [] : protectionMutants(protection))];
}

function translationMutants(translation: Translation): readonly Mutant[] {
  const put = (changed: Partial<Translation>) => (isa: Isa): Isa => ({ ...isa, translation: { ...translation, ...changed } });
  const rows = mistakenRows(translation.rows, ENTRY_OUTCOMES).map(({ what, value, entry }) => isaMutant('translation', `pte.${what}`, entry, put({ rows: value })));
  const variables = translation.variables.flatMap((variable, i) => mistaken(variable.value).map((value) =>
    isaMutant('translation', `variable ${variable.name}: ${value.text}`, variable, put({ variables: translation.variables.with(i, { ...variable, value }) }))));
  const stages = translation.stages.flatMap((stage, i) => mistakenStages(stage).map(({ what, changed }) =>
    isaMutant('translation', `stage ${stage.name}: ${what}`, stage, put({ stages: translation.stages.with(i, changed) }))));
  // Without a stage of its own a guest is translated by S, or by VS alone.
  const skipped = translation.stages.filter((s) => s.name !== 'S').map((stage) =>
    isaMutant('translation', `stage ${stage.name}: skipped`, stage, put({ stages: translation.stages.filter((s) => s !== stage) })));
  const others = translation.schemes.flatMap((scheme, i) => {
    const mutant = (what: string, schemes: Translation['schemes']): Mutant => isaMutant('translation', `scheme ${scheme.name}: ${what}`, scheme, put({ schemes }));
    return [mutant('lost', translation.schemes.toSpliced(i, 1)), ...[-1, 1].map((by) => mutant(`${scheme.levels + by} levels`, translation.schemes.with(i, { ...scheme, levels: scheme.levels + by })))];
  });
  const origins = translation.origins.flatMap((origin, i) => (['V', 'privilege'] as const).flatMap((part) => mistaken(origin[part]).map((value) =>
    isaMutant('translation', `origin ${origin.name}: ${part} is ${value.text}`, origin, put({ origins: translation.origins.with(i, { ...origin, [part]: value }) })))));
  return [...rows, ...variables, ...stages, ...skipped, ...others, ...origins, ...confusedOrigins(translation, put)];
}

/** Each kind of access with the regime of the next: a fetch as a load's, a guest's as one's own. */
function confusedOrigins({ origins }: Translation, put: (changed: Partial<Translation>) => (isa: Isa) => Isa): readonly Mutant[] {
  return origins.flatMap((origin, i) => {
    const next = origins[(i + 1) % origins.length];
    return next === undefined || next === origin ? [] : [
      isaMutant('translation', `origin ${origin.name}: taken for ${next.name}`, origin, put({ origins: origins.with(i, { ...origin, V: next.V, privilege: next.privilege }) }))];
  });
}

/** What a stage says of permissions, each as the other constant if it is one; how wide its addresses are, and whose tables and faults are its. */
function mistakenStages(stage: TranslationStage): readonly { readonly what: string; readonly changed: TranslationStage }[] {
  const others = (operation: Operation): readonly Operation[] => (/^[01]$/.test(operation.text) ? [{ ...operation, text: operation.text === '0' ? '1' : '0' }] : mistaken(operation));
  const [widened, above, fault] = [stage.widened === 0 ? 2 : 0, stage.above === 'sign' ? 'zero' : 'sign', stage.fault === 'page-fault' ? 'guest-page-fault' : 'page-fault'] as const;
  const width = [
    { what: `widened by ${widened}`, changed: { ...stage, widened } },
    { what: `above is ${above}`, changed: { ...stage, above } },
    { what: `raises a ${fault}`, changed: { ...stage, fault } },
  ];
  return [...width, ...(['user', 'sum', 'mxr', 'adue', 'pbmte'] as const).flatMap((part) =>
    others(stage[part]).map((value) => ({ what: `${part} is ${value.text}`, changed: { ...stage, [part]: value } })))];
}

function protectionMutants(protection: MemoryProtection): readonly Mutant[] {
  const put = (changed: Partial<MemoryProtection>) => (isa: Isa): Isa => ({ ...isa, protection: { ...protection, ...changed } });
  const rows = mistakenRows(protection.rows, ANSWERS).map(({ what, value, entry }) => isaMutant('protection', `pmp.${what}`, entry, put({ rows: value })));
  const { entries } = protection;
  const wrong = entries.flatMap((entry, i) => {
    const next = entries[i + 1] ?? entries[0];
    const lost = isaMutant('protection', `${entry.name}: lost`, entry, put({ entries: entries.toSpliced(i, 1) }));
    if (next === undefined || next === entry) return [lost];
    const swapped = (part: 'config' | 'address'): Mutant =>
      isaMutant('protection', `${entry.name}: with the ${part} of ${next.name}`, entry, put({ entries: entries.with(i, { ...entry, [part]: next[part] }) }));
    return [lost, swapped('config'), swapped('address')];
  });
  return [...rows, ...wrong];
}
