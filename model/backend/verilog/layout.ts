/** Text that is broken over lines only where it must be. */

/** Longest line that is not broken. */
const WIDTH = 118;
const STEP = 2;

/** A piece of text: as it is, or a list between brackets (which may be empty strings). */
export type Doc = string | Group;

export interface Group {
  readonly open: string;
  readonly items: readonly Doc[];
  /** Ends every item but the last. */
  readonly separator: string;
  readonly close: string;
}

/** The piece on one line. */
export function flat(doc: Doc): string {
  if (typeof doc === 'string') return doc;
  return `${doc.open}${doc.items.map(flat).join(`${doc.separator} `)}${doc.close}`;
}

/** Whether the piece needs no second line where so many columns are taken already. */
export const fits = (doc: Doc, taken: number): boolean => taken + flat(doc).length <= WIDTH;

/**
 * The piece as lines: one if it is short enough, otherwise one or more an item.
 *
 * @param before - Stands before the piece on its first line.
 * @param after - Stands behind it on its last line.
 * @param indent - Columns that the first line is set in by.
 */
export function lines(before: string, doc: Doc, after: string, indent: number): readonly string[] {
  const whole = `${' '.repeat(indent)}${before}${flat(doc)}${after}`;
  if (whole.length <= WIDTH || typeof doc === 'string') return [whole];
  const { open, items, separator, close } = doc;
  const last = items.length - 1;
  if (open === '') {
    return items.flatMap((item, i) => lines(i === 0 ? before : '', item, i === last ? after : separator, i === 0 ? indent : indent + STEP));
  }
  return [
    `${' '.repeat(indent)}${before}${open}`,
    ...items.flatMap((item, i) => lines('', item, i === last ? '' : separator, indent + STEP)),
    `${' '.repeat(indent)}${close}${after}`,
  ];
}
