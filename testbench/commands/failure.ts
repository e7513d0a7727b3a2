/**
 * What went wrong on account of the user: one sentence and what to do, or the
 * listing of several mistakes.
 */
import type { Diagnostic } from '../../model/spec/diagnostic.js';
import type { Refusal } from '../../model/machine/elf.js';

/** Exit codes of the commands; `run` adds the program's own. */
export const EXIT_CODE = {
  success: 0,
  /** `lockstep` and `replay`: core and reference differ. Tests and checks: a claim fails. */
  failure: 1,
  /** Wrong usage, input or output. */
  usage: 2,
  /** `run`: the cycle limit came before the program's end. */
  limit: 124,
  /** `run`: the program ended without an exit code (it waits for ever, asked for a reset, misused HTIF). */
  noCode: 125,
  /** ^C. */
  interrupted: 130,
  /** A mistake in Ghosthart itself. */
  internal: 70,
} as const;

/** A failure, with `ok: false` so that it is told from a result. */
export type Failure = Refusal;

/** A failure: what is wrong and what to do about it, a sentence each. */
export const failure = (message: string, mend: string): Failure => ({ ok: false, message, mend });

/** The same with the file that it is about. */
export const about = (path: string, { message, mend }: { readonly message: string; readonly mend: string }): Failure => failure(`${path}: ${message}`, mend);

/** As it is printed: on one line, unless it is a listing. */
export function failureText({ message, mend }: Failure): string {
  if (message.includes('\n')) return [message, mend].filter((t) => t !== '').join('\n');
  return [`ghosthart: ${message}`, mend].filter((t) => t !== '').join(' ');
}

/** Mistakes in specs as a listing; the renderer loads on need. */
export async function specFailure(diagnostics: readonly Diagnostic[]): Promise<Failure> {
  const { renderDiagnostics } = await import('../../model/spec/render.js');
  return failure(renderDiagnostics(diagnostics), '');
}
