/**
 * The mistakes an author can make in an operation, each in one sentence with
 * one mend. `text` arguments are pieces of the author's own text.
 */

/** What is wrong and what to do. */
export interface Complaint {
  readonly what: string;
  readonly mend: string;
}

const bits = (width: number): string => `bits<${width}>`;
const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** How to write a postfix or an extension on a piece of text. */
const atom = (text: string): string => (/^[\w.]+(\[[\w:]+\])?$/.test(text) ? text : `(${text})`);
const inside = (text: string): string => (/^\(.*\)$/.test(text) && !text.slice(1, -1).includes(')') ? text : `(${text})`);

/** How to make `width` bits of a text that has `got`. */
function resize(text: string, got: number, width: number): string {
  if (got < width) return `Extend it explicitly: sext${inside(text)} or zext${inside(text)}.`;
  return width === 1 ? `Compare it, or take one bit: ${atom(text)} != 0, ${atom(text)}[0].` : `Take a slice: ${atom(text)}[${width - 1}:0].`;
}

export const wrongWidth = (part: string, text: string, got: number, needed: number): Complaint => ({
  what: `${part} ${bits(got)}, ${needed === 1 ? '1 bit is' : `${needed} are`} needed`,
  mend: resize(text, got, needed),
});

export const sidesDiffer = (op: string, a: number, b: number, narrower: string): Complaint => ({
  what: `the sides of '${op}' differ: ${bits(a)} and ${bits(b)}`,
  mend: resize(narrower, Math.min(a, b), Math.max(a, b)),
});

export const armsDiffer = (a: number, b: number, narrower: string): Complaint => ({
  what: `the arms of 'if' differ: ${bits(a)} and ${bits(b)}`,
  mend: resize(narrower, Math.min(a, b), Math.max(a, b)),
});

export const noWidth = (text: string): Complaint => ({
  what: `nothing here gives ${text} a width`,
  mend: `Write its width: ${text}:N, N bits.`,
});

export const noWidthToExtendTo = (word: string, text: string): Complaint => ({
  what: `nothing here says how far ${word} extends`,
  mend: `Write the width: ${word}<N>${inside(text)}.`,
});

export const doesNotFit = (text: string, width: number, needed: number): Complaint => ({
  what: `${text} does not fit ${plural(width, 'bit')}`,
  mend: `It has ${plural(needed, 'bit')}: check the number, or the width of what it meets.`,
});

export const impossibleWidth = (width: number): Complaint => ({
  what: `a value has 1 to 64 bits, this has ${width}`,
  mend: 'Use a width from 1 to 64.',
});

export const narrows = (word: string, got: number, width: number, text: string): Complaint => ({
  what: `${word}<${width}> of ${bits(got)} would cut bits off`,
  mend: resize(text, got, width),
});

export const outOfRange = (range: string, width: number): Complaint => ({
  what: `[${range}] reaches outside ${bits(width)}`,
  mend: `Its bits are ${width - 1} down to 0.`,
});

export const upsideDown = (high: number, low: number): Complaint => ({
  what: `[${high}:${low}] is upside down`,
  mend: `Write the higher bit first: [${low}:${high}].`,
});

export const tooLong = (width: number): Complaint => ({
  what: `the concatenation has ${width} bits, 64 are the most`,
  mend: 'Concatenate fewer bits.',
});

export const unknownName = (name: string, meant: string | undefined, names: readonly string[]): Complaint => ({
  what: `there is no '${name}' here`,
  mend: meant !== undefined ? `Did you mean ${meant}?`
    : names.length === 0 ? 'No names can be used here.'
    : names.length <= 12 ? `The names here: ${names.join(', ')}.`
    : 'See "Names by context" in docs/specs.md for the names that can stand here.',
});

export const unknownRegister = (operand: string): Complaint => ({
  what: `there is no register operand '${operand}' here`,
  mend: 'X[…] takes the register operands of the instruction\'s format; functions have none and get values as parameters.',
});

export const unknownFunction = (name: string, meant: string | undefined): Complaint => ({
  what: `there is no function '${name}'`,
  mend: meant !== undefined ? `Did you mean ${meant}?` : 'Define it under `functions:` in a file of specs/isa.',
});

export const wrongCount = (name: string, got: number, parameters: readonly string[]): Complaint => ({
  what: `${name} takes ${plural(parameters.length, 'argument')}, this call has ${got}`,
  mend: `Write ${name}(${parameters.join(', ')}).`,
});

export const callsItself = (name: string, path: readonly string[]): Complaint => ({
  what: `${name} calls itself (${[...path, name].join(' → ')})`,
  mend: 'Functions are inlined, so they cannot recurse: write the value out.',
});
