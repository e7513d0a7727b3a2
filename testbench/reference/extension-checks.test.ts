import { describe, expect, it } from 'vitest';
import { Reference } from './reference.js';

const MATCH = '0000000----------000-----0001011';

/** As JavaScript gives it, where nobody has checked the type. */
function teach(extension: unknown): Reference {
  const reference = new Reference();
  Reflect.apply(reference.extend, reference, [extension]);
  return reference;
}

describe('reference.extend says what is wrong', () => {
  it.each([
    ['nothing', {}, 'reference.extend: match is undefined. Give a pattern of 32 characters: 0, 1, and - for either.'],
    ['undefined', undefined, 'reference.extend: match is undefined.'],
    ['a number', { match: 11 }, 'reference.extend: match is 11 (a number).'],
    ['two bits', { match: '01', execute: () => ({ kind: 'retired' }) }, 'not a 32-bit pattern: 01. Write 32 characters'],
    ['a pattern alone', { match: MATCH }, 'reference.extend: execute is undefined. Give a function from the hart to an outcome'],
  ])('about %s', (_, extension, message) => {
    expect(() => teach(extension)).toThrow(message);
  });

  it.each([
    [undefined, `execute of ${MATCH} has returned undefined. Return { kind } with one of retired, illegal, virtual`],
    [{ kind: 'done' }, 'has returned {"kind":"done"}. Return { kind } with one of'],
    [{ kind: 'retired', rd: 5 }, 'has returned rd as 5 (a number). Return a bigint: 5n.'],
    [{ kind: 'retired', rd: 'x' }, 'has returned rd as x (a string). Return a bigint: hart.x(hart.rs1) + 1n.'],
  ])('about an outcome %j', (outcome, message) => {
    const reference = teach({ match: MATCH, execute: () => outcome });
    reference.load(0x8000_0000n, Uint8Array.of(0x0b, 0, 0, 0));
    expect(() => reference.step()).toThrow(message);
  });
});
