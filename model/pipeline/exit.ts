/**
 * Reasons for which `run` returns to the host. No imports: the machine takes
 * them from here without loading the compiler.
 */
export const EXIT = {
  /** A device access waits: `io.valid` is set, `io.answered` is not. */
  io: 1,
  /** The core waits for an interrupt (WFI). Given in every such cycle. */
  wait: 2,
  /** A store to the address in `htif.tohost` has landed. */
  tohost: 3,
  /** A trap was taken while `observe.stop` was set. */
  trap: 6,
} as const;
