/**
 * What a program in M-mode does about memory protection before it enters
 * another mode, and before HLV and HSV, which another mode's rights allow.
 */

/** Assembly that opens all of memory to every mode: with no entry set, modes below M can do nothing. */
export const openMemory = (scratch: string): string => `
        li ${scratch}, -1
        csrw pmpaddr0, ${scratch}
        li ${scratch}, 0x1f
        csrw pmpcfg0, ${scratch}
`;
