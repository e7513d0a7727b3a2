/**
 * What the files declare, before anything is understood: named entries by
 * section, overlays merged.
 *
 * An entry of a later layer replaces the one of the same name; within a layer
 * a name is defined once.
 */
import type { SpecFile } from './files.js';
import { nearest } from './nearest.js';
import { Mapping, type Node, Text } from './node.js';
import type { Report } from './report.js';
import type { RuleBook } from './rulebook.js';
import { listOf, read, word } from './shape.js';
import { lineOf } from './yaml.js';

/** Sections whose entries have names. */
export type Section =
  | 'formats' | 'instructions' | 'compressed' | 'pseudos' | 'csrs' | 'permits' | 'variables' | 'functions'
  | 'exceptions' | 'interrupts' | 'timers' | 'entry' | 'schemes' | 'stages' | 'origins' | 'pte_fields' | 'pte_variables' | 'pmp_fields' | 'pmp_entries'
  | 'regions' | 'choices' | 'settings' | 'cores' | 'not_applicable';

/** A named entry as written. */
export interface Declared {
  readonly name: string;
  /** The name in complaints, as the author wrote it: `mhpmcounter[3-31]`. */
  readonly label: string;
  readonly key: Text;
  readonly node: Node;
  readonly extension: string;
  /** The file's default, its names verified. */
  readonly rules: readonly Text[];
  readonly layer: number;
  /** Position and number within a range of names. */
  readonly range?: { readonly offset: number; readonly number: number };
}

type Where = Pick<Declared, 'extension' | 'rules' | 'layer'>;

const ISA_SECTIONS = ['formats', 'instructions', 'compressed', 'pseudos', 'csrs', 'permits', 'variables', 'functions'] as const;
const TRAP_SECTIONS = ['exceptions', 'interrupts', 'entry', 'timers'] as const;
/** Entries that are one value: kept in the section `settings` under these names. */
const TRAP_SETTINGS = ['priority', 'levels', 'delegation', 'wake'] as const;
const TRANSLATION_SECTIONS = ['schemes', 'stages', 'origins', 'pte_fields', 'pte_variables'] as const;
const TRANSLATION_SETTINGS = ['pte'] as const;
const PROTECTION_SECTIONS = ['pmp_fields', 'pmp_entries'] as const;
const PROTECTION_SETTINGS = ['pmp'] as const;
const HART_SECTIONS = ['regions', 'choices'] as const;
const HART_SETTINGS = ['extensions', 'reset_pc', 'cycles_per_tick', 'timebase_frequency', 'cache_block_bytes', 'reservation_bytes', 'events'] as const;

export class Declarations {
  readonly #sections = new Map<Section, Map<string, Declared>>();

  constructor(private readonly rules: RuleBook, private readonly report: Report) {}

  /** Entries of a section by name, in order of first appearance. */
  of(section: Section): ReadonlyMap<string, Declared> {
    return this.#sections.get(section) ?? new Map();
  }

  /** Takes in one file. */
  collect(file: SpecFile, top: Mapping): void {
    if (file.kind === 'not-applicable') return this.collectSection('not_applicable', top, { extension: file.name, layer: file.layer, rules: [] });
    const where: Where = { extension: file.name, layer: file.layer, rules: this.defaultRules(top, file.relative) };
    if (file.kind === 'isa') this.collectIsa(top, where, file.relative);
    if (file.kind === 'hart') this.collectKeys(top, where, file.relative, HART_SECTIONS, HART_SETTINGS, ['rules']);
    if (file.kind === 'uarch') this.add('cores', { ...where, name: file.name, label: file.name, key: new Text(file.name, { ...top.span, end: top.span.start }, 'plain'), node: top });
  }

  private collectIsa(top: Mapping, where: Where, label: string): void {
    this.collectKeys(top, where, label, ISA_SECTIONS, [], ['rules', 'traps', 'translation', 'protection']);
    this.collectPart(top, where, 'traps', TRAP_SECTIONS, TRAP_SETTINGS);
    this.collectPart(top, where, 'translation', TRANSLATION_SECTIONS, TRANSLATION_SETTINGS);
    this.collectPart(top, where, 'protection', PROTECTION_SECTIONS, PROTECTION_SETTINGS);
  }

  private collectPart(top: Mapping, where: Where, name: string, sections: readonly Section[], settings: readonly string[]): void {
    const part = top.get(name)?.value;
    if (part instanceof Mapping) this.collectKeys(part, where, name, sections, settings, []);
    else if (part !== undefined) this.expectMapping(part, name);
  }

  private collectKeys(mapping: Mapping, where: Where, label: string, sections: readonly Section[], settings: readonly string[], others: readonly string[]): void {
    for (const { key, value } of mapping.entries) {
      const section = sections.find((name) => name === key.text);
      if (section !== undefined) this.collectSection(section, value, where);
      else if (settings.includes(key.text)) this.add('settings', { ...where, name: key.text, label: key.text, key, node: value });
      else if (!others.includes(key.text)) {
        const known = [...sections, ...settings, ...others];
        const close = nearest(key.text, known);
        this.report.add(key.span, `${label}: unknown key ${key.text}`, close === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean ${close}?`);
      }
    }
  }

  private collectSection(section: Section, node: Node, where: Where): void {
    if (!(node instanceof Mapping)) return this.expectMapping(node, section);
    for (const { key, value } of node.entries) {
      for (const name of section === 'csrs' ? this.expandRange(key) : [{ name: key.text }]) {
        this.add(section, { ...where, ...name, label: key.text, key, node: value });
      }
    }
  }

  private expectMapping(node: Node, label: string): void {
    this.report.add(node.span, `${label}: a mapping from names to entries stands here`, 'Write indented lines `name: { ... }`, or remove the key.');
  }

  /** `mhpmcounter[3-31]` is mhpmcounter3, mhpmcounter4, ... */
  private expandRange(key: Text): readonly Pick<Declared, 'name' | 'range'>[] {
    if (!/[[\]]/.test(key.text)) return [{ name: key.text }];
    const [, stem, first, last] = /^([a-z0-9]*[a-z])\[(\d{1,3})-(\d{1,3})\]$/.exec(key.text) ?? [];
    const length = Number(last) - Number(first) + 1;
    if (stem === undefined || length < 1) {
      this.report.add(key.span, `${key.text}: not a range of names`, 'Write the lower number first, as in "counter[3-31]".');
      return [];
    }
    return Array.from({ length }, (_, offset) => ({ name: `${stem}${Number(first) + offset}`, range: { offset, number: Number(first) + offset } }));
  }

  private add(section: Section, declared: Declared): void {
    const entries = this.#sections.get(section) ?? new Map<string, Declared>();
    this.#sections.set(section, entries);
    const first = entries.get(declared.name);
    if (first !== undefined && first.layer === declared.layer) {
      const { span } = first.key;
      this.report.add(declared.key.span, `${declared.label}: ${declared.name} is defined twice`, `The other definition is at ${span.file.path}:${lineOf(span)}; remove or rename one of them.`);
    } else {
      entries.set(declared.name, declared);
    }
  }

  private defaultRules(top: Mapping, label: string): readonly Text[] {
    const entry = top.get('rules');
    if (entry === undefined) return [];
    const rules = read(listOf(word), entry.value, `${label}: rules`, this.report) ?? [];
    this.rules.verify(rules, label);
    return rules;
  }
}
