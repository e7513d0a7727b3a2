/** The extensions that the reference knows beyond RV64IM, Zicsr, Zifencei, Zicntr and H, and which of them a hart has. */

/** By the manual's names, in lower case; `sv39` .. `sv57` include the x4 schemes of `hgatp`, `pmp` is physical memory protection. */
export const EXTENSIONS = [
  'a', 'c', 'zba', 'zbb', 'zbs', 'zicond', 'zawrs', 'zihintpause', 'zicbom', 'zicboz', 'svinval', 'sv39', 'sv48', 'sv57',
  'svnapot', 'svpbmt', 'svadu', 'sstc', 'smstateen', 'pmp',
] as const;

export type Extension = (typeof EXTENSIONS)[number];

/** What a reference has that is not told: the extensions that the core has. */
export const DEFAULT_EXTENSIONS: readonly Extension[] = [
  'a', 'c', 'zba', 'zbb', 'zbs', 'zicond', 'zawrs', 'zihintpause', 'zicbom', 'zicboz', 'svinval', 'sstc', 'smstateen', 'sv39', 'sv48', 'sv57', 'svnapot', 'svadu', 'svpbmt', 'pmp',
];

/** For each extension, whether the hart has it. */
export type Isa = Readonly<Record<Extension, boolean>>;

/** The set as one object of fixed shape: it is asked on hot paths. */
export function isaOf(extensions: readonly Extension[]): Isa {
  const has = (extension: Extension): boolean => extensions.includes(extension);
  return {
    a: has('a'), c: has('c'), zba: has('zba'), zbb: has('zbb'), zbs: has('zbs'), zicond: has('zicond'),
    zawrs: has('zawrs'), zihintpause: has('zihintpause'), zicbom: has('zicbom'), zicboz: has('zicboz'),
    svinval: has('svinval'), sv39: has('sv39'), sv48: has('sv48'), sv57: has('sv57'), svnapot: has('svnapot'),
    svpbmt: has('svpbmt'), svadu: has('svadu'), sstc: has('sstc'), smstateen: has('smstateen'), pmp: has('pmp'),
  };
}

/** Whether a name, say of a file of settings, is an extension's. */
export const isExtension = (name: string): name is Extension => EXTENSIONS.some((known) => known === name);
