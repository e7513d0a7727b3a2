/** A seed for what is random about something: the same for the same words. */
export const seedOf = (...words: readonly string[]): number => [...words.join(' ')].reduce((hash, c) => (Math.imul(hash, 33) + c.charCodeAt(0)) | 0, 5);
