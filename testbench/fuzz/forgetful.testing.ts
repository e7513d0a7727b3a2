/** For tests: specs with a mistake that fuzzing finds soon. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../commands/package.js';
import type { Sandbox } from '../commands/testing.js';

/** An overlay in which SRET in a guest forgets to restore SIE, in a folder of the sandbox; its path. */
export function forgetfulSpecs(sandbox: Sandbox): string {
  const text = readFileSync(join(packageRoot, 'specs', 'isa', 'privileged.yaml'), 'utf8');
  const sret = /^ {2}sret:\n(?: {4}.*\n)+/m.exec(text)?.[0] ?? '';
  const forgetful = sret.replace('vsstatus.SIE: "vsstatus.SPIE", ', '');
  if (forgetful === sret) throw new Error('the specs write sret differently now: plant the bug anew');
  mkdirSync(sandbox.path('bug/isa'), { recursive: true });
  writeFileSync(sandbox.path('bug/isa/sret.yaml'), `instructions:\n${forgetful}`);
  return sandbox.path('bug');
}
