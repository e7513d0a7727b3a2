/**
 * How a run of the machine ends.
 */

/** Closed: a caller's switch over `kind` is checked to be complete. */
export type Outcome =
  /** The program ended itself, through HTIF or the test finisher. */
  | { readonly kind: 'exited'; readonly code: number }
  /** The cycles asked for are over; running on continues. */
  | { readonly kind: 'cycle-limit' }
  /** The core waits for an interrupt that nothing can raise; it may after a host effect. */
  | { readonly kind: 'wfi-forever' }
  /** `stop()`, usually ^C; running on continues. */
  | { readonly kind: 'stopped' }
  /** The program used HTIF in a way that does not exist. */
  | { readonly kind: 'htif-error'; readonly message: string }
  /** The program asked for a reset through the test finisher. */
  | { readonly kind: 'reset' };

/** One line for people. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'exited':
      return `The program exited with code ${outcome.code}.`;
    case 'cycle-limit':
      return 'The cycle limit is reached.';
    case 'wfi-forever':
      return 'The core waits (WFI) for an interrupt that can never come.';
    case 'stopped':
      return 'The run was stopped.';
    case 'htif-error':
      return outcome.message;
    case 'reset':
      return 'The program asked for a reset.';
  }
}
