/** In every test process: what fast-check draws from. */
import fc from 'fast-check';
import { testSeed, tries } from './effort.js';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: testSeed(), ...tries() });
