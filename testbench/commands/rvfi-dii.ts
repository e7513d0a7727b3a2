/**
 * `ghosthart rvfi-dii`: a core or the reference as an implementation that
 * TestRIG and other clients of RVFI-DII drive.
 */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { InjectedHart } from '../rvfi/hart.js';
import { ModelHart } from '../rvfi/model-hart.js';
import { sourceFinder } from '../rvfi/operands.js';
import { ReferenceHart } from '../rvfi/reference-hart.js';
import { DiiServer, LOOPBACK } from '../rvfi/server.js';
import { readyCore, type ReadyCore } from './cores.js';
import { EXIT_CODE } from './failure.js';
import { coreOption, memoryOption, natural, specsOption } from './options.js';
import { terminal } from './terminal.js';

interface DiiOptions {
  readonly core: string;
  readonly reference?: boolean;
  readonly port: number;
  readonly strict?: boolean;
  readonly memory: number;
  readonly specs: readonly string[];
}

const DEFAULT_PORT = 5001;

const HELP = `
The server executes the instruction words that a client sends, wherever the pc is, and answers each with a packet. It
listens on ${LOOPBACK} only and prints the port; clients are served one after the other, each from power-on. Packets are of
version 1 until the client chooses 2. In those, bit 2 of the mode says that V is 1, which RVFI has no place for; with
--strict it is 0.

Whether there is memory at the pc does not matter, and injected words are never in it. An interrupt has no packet: the first
instruction of its handler is marked. A WFI that would wait is executed as a NOP.
Each instruction has the pipeline to itself, and the reference has no pipeline: cycle and time differ between the two.

Example:
  ghosthart rvfi-dii --port 0`;

/** Adds the command. */
export function define(program: Command): void {
  program
    .command('rvfi-dii')
    .description('execute instructions that a client of RVFI-DII (TestRIG) sends')
    .addOption(coreOption())
    .addOption(new Option('--reference', 'the reference instead of a core').conflicts('core'))
    .addOption(new Option('--port <n>', '0 for any that is free').argParser(port).default(DEFAULT_PORT))
    .option('--strict', 'packets without the virtualization bit')
    .addOption(memoryOption())
    .addOption(specsOption())
    .addHelpText('after', HELP)
    .action(async (options: DiiOptions) => {
      process.exitCode = await serve(options);
    });
}

function port(text: string): number {
  const number = natural(text);
  if (number > 65_535n) throw new InvalidArgumentError('A port is at most 65535.');
  return Number(number);
}

async function serve(options: DiiOptions): Promise<number> {
  const { core, reference = false, strict = false, memory, specs } = options;
  const ready = await readyCore({ core, variants: ['observed'], overlays: specs, memory });
  if (!ready.ok) return terminal.fail(ready);
  const server = await DiiServer.listen({
    hart: hartOf(ready, options),
    sources: sourceFinder(ready.tables),
    virtual: !strict,
    port: options.port,
    note: (text) => terminal.note(`ghosthart: ${text}`),
  });
  if (!(server instanceof DiiServer)) return terminal.fail(server);
  terminal.out(`RVFI-DII versions 1 and 2 on ${LOOPBACK}:${server.port}, ${reference ? 'the reference' : core}; ^C ends it.`);
  await new Promise<void>((resolve) => void process.once('SIGINT', resolve).once('SIGTERM', resolve));
  await server.close();
  return EXIT_CODE.success;
}

function hartOf(ready: ReadyCore, { reference, memory }: DiiOptions): InjectedHart {
  const compiled = ready.variant('observed');
  if (reference !== true) return new ModelHart(compiled);
  const { cyclesPerTick, cacheBlockBytes, reservationBytes } = compiled.description.machine;
  return new ReferenceHart({ memory, cyclesPerTick: BigInt(cyclesPerTick), cacheBlockBytes, reservationBytes });
}
