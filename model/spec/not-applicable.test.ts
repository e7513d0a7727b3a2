import { describe, expect, it } from 'vitest';
import { expectMistakes, mistakesIn } from './testing.js';

const FILE = 'not-applicable.yaml';
const EITHER = 'A rule is either implemented or not applicable: remove it here, or there if the entry does not decide it.';

describe('rules set aside', () => {
  it('are known ones, each with a reason', () => {
    expect(mistakesIn({ [FILE]: 'narrow:\n  reason: No entry is narrow.\n  rules: [second_rule, third_rule]\n' })).toEqual([]);
    expectMistakes(FILE, 'narrow:\n  reason: No entry is narrow.\n  rules: [«secnd_rule»]\n', { says: 'narrow: there is no rule secnd_rule', mend: 'Did you mean second_rule?' });
    expectMistakes(FILE, 'narrow:\n  «rules: [second_rule]»\n', { says: 'narrow: reason is missing', mend: 'Add `reason: ...`.' });
    expectMistakes(FILE, 'narrow:\n  reason: «»\n  rules: [second_rule]\n', { says: 'narrow: nothing is not a name', mend: 'Write the name after the colon.' });
  });

  it('are some', () => {
    expectMistakes(FILE, '«narrow»:\n  reason: No entry is narrow.\n', { says: 'narrow: it sets nothing aside', mend: 'Add `rules: [...]` or `chapters: [...]`, or remove the group.' });
  });

  it('stand in one group, once', () => {
    expectMistakes(FILE, 'narrow:\n  reason: No entry is narrow.\n  rules: [second_rule, «second_rule»]\nwide: { reason: No entry is wide., rules: [«second_rule»] }\n',
      { says: 'narrow: second_rule is set aside twice', mend: 'Remove it from one of them.' }, { says: 'wide: second_rule is set aside by narrow, too', mend: 'Remove it from one of them.' });
  });

  it('are not cited', () => {
    expectMistakes(FILE, 'narrow: { reason: No entry is narrow., rules: [second_rule, «first_rule»] }\n', { says: 'narrow: first_rule is cited by three (specs/isa/base.yaml:1)', mend: EITHER });
  });

  it('may be a whole chapter', () => {
    expectMistakes(FILE, 'all: { reason: Nothing is., chapters: [«tset»] }\n', { says: 'all: there is no chapter tset', mend: 'Did you mean test?' });
    expectMistakes(FILE, 'all: { reason: Nothing is., chapters: [«test»] }\n', { says: 'all: first_rule is cited by three (specs/isa/base.yaml:1)', mend: EITHER });
  });
});

describe('an overlay', () => {
  const base = { [FILE]: 'narrow: { reason: No entry is narrow., rules: [second_rule] }\n' };

  it('may implement what the specs below it set aside, and set more aside', () => {
    expect(mistakesIn(base, {
      'more/isa/x.yaml': 'functions:\n  narrow: { value: "1", rules: [second_rule] }\n',
      'more/not-applicable.yaml': 'wide: { reason: No entry is wide., rules: [third_rule] }\n',
    })).toEqual([]);
  });

  it('may not set aside what they implement', () => {
    expect(mistakesIn(base, { 'more/not-applicable.yaml': 'wide: { reason: No entry is wide., rules: [first_rule] }\n' }).map(({ message }) => message))
      .toEqual(['wide: first_rule is cited by three (specs/isa/base.yaml:1)']);
  });
});
