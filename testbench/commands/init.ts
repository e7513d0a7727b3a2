/**
 * `ghosthart init`: an overlay to begin with.
 */
import { cpSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { errorCode, writeFailure } from '../../waves/failure.js';
import { EXIT_CODE, failure, type Failure } from './failure.js';
import { makeDirectory, removeQuietly } from './files.js';
import { packageRoot } from './package.js';
import { terminal } from './terminal.js';

/** Adds the command. */
export function define(program: Command): void {
  program
    .command('init <dir>')
    .description('make a folder with an instruction of your own and its test')
    .addHelpText('after', '\nExample:\n  ghosthart init out/my-instruction')
    .action((dir: string) => {
      process.exitCode = init(dir);
    });
}

function init(directory: string): number {
  const failed = copyExample(directory);
  if (failed !== undefined) return terminal.fail(failed);
  terminal.out(`${directory} has an instruction of its own, zipb:

  ${join(directory, 'specs', 'isa', 'zipb.yaml')}   what it is: change it here
  ${join(directory, 'zipb.S')}                a program that uses it
  ${join(directory, 'zipb.test.mjs')}         its test against the reference

Try:
  npx ghosthart run ${join(directory, 'zipb.S')} --specs ${join(directory, 'specs')}
  node ${join(directory, 'zipb.test.mjs')}`);
  return EXIT_CODE.success;
}

/** The folder appears whole, or not at all. */
function copyExample(directory: string): Failure | undefined {
  const temporary = `${directory.replace(/[\\/]+$/, '')}.${process.pid}.part`;
  try {
    if (existsSync(directory) && readdirSync(directory).length > 0) return failure(`${directory} is not empty.`, 'Name a folder that does not exist yet.');
    const failed = makeDirectory(dirname(temporary));
    if (failed !== undefined) return failed;
    cpSync(join(packageRoot, 'testbench', 'example'), temporary, { recursive: true });
    if (existsSync(directory)) rmSync(directory, { recursive: true });
    renameSync(temporary, directory);
    return undefined;
  } catch (error) {
    removeQuietly(temporary);
    if (errorCode(error) === 'ENOTDIR') return failure(`${directory} is not a folder.`, 'Name a folder that does not exist yet.');
    const { message, mend } = writeFailure(directory, error);
    return failure(message, mend);
  }
}
