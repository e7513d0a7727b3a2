/**
 * Arguments in the manner of simulators, `+signature=FILE`, as options.
 */

const PLUS = /^\+(signature|signature-granularity)=(.*)$/s;

/** The arguments of the command line with those of `run` that begin with a plus as options. */
export function withoutPlus(args: readonly string[]): readonly string[] {
  const [command, ...rest] = args;
  if (command !== 'run') return args;
  const end = rest.indexOf('--');
  return [command, ...rest.map((text, i) => {
    const [, name, value] = (end === -1 || i < end ? PLUS.exec(text) : undefined) ?? [];
    return name === undefined ? text : `--${name}=${value}`;
  })];
}
