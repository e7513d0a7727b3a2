/** Privilege modes: the nominal privilege and the virtualization mode V (manual, table HPrivModes). */
import type { Mode } from '../retirement.js';

/** Nominal privilege, in the encoding of `mstatus`.MPP: U is 0, S is 1, M is 3. */
export type Nominal = 0 | 1 | 3;

/** The virtualization mode V: whether the hart executes in a guest. */
export const isVirtual = (mode: Mode): boolean => mode === 'VS' || mode === 'VU';

/** The nominal privilege mode: U for U and VU, S for HS and VS. */
export function nominalOf(mode: Mode): Nominal {
  switch (mode) {
    case 'M':
      return 3;
    case 'HS':
    case 'VS':
      return 1;
    case 'U':
    case 'VU':
      return 0;
  }
}

/** The mode that a nominal privilege and V denote; V is ignored for M (`mstatus_mpv_op`). */
export function modeOf(nominal: Nominal, virtual: boolean): Mode {
  switch (nominal) {
    case 3:
      return 'M';
    case 1:
      return virtual ? 'VS' : 'HS';
    case 0:
      return virtual ? 'VU' : 'U';
  }
}
