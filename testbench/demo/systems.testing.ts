/** For tests: the demonstration's systems, assembled. */
import { readFileSync } from 'node:fs';
import { assemblyTables } from '../assembly/tables.js';
import { shippedSpecs } from '../properties/cores.js';
import { assembleSystems } from './system.js';

export const systems = assembleSystems({
  tables: assemblyTables(shippedSpecs().isa),
  read: (name: string): string => readFileSync(new URL(`three/${name}`, import.meta.url), 'utf8'),
});
