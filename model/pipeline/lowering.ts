/**
 * Operations of the specs into hardware: scopes, conditions, and the list of
 * what went wrong.
 */
import { ZERO, and, constant, eqConst } from '../ir/build.js';
import type { Expr } from '../ir/ir.js';
import { lowerOperation } from '../lang/lower.js';
import type { Scope } from '../lang/scope.js';
import type { Diagnostic } from '../spec/diagnostic.js';
import type { Condition, Isa, Operation } from '../spec/isa.js';
import { anyOf } from './builder.js';

/** Names that an operation may use besides the hart's state. */
export type Locals = Readonly<Record<string, Expr>>;

/** A family of names resolved on demand, as the CSR file does. */
export interface NameSource {
  lookup(name: string): Expr | undefined;
  names(): Iterable<string>;
}

/**
 * Lowers operations in the scope of the hart: CSRs, `priv`, `V`, lines and
 * derived variables, plus locals. Mistakes are collected, never thrown; a
 * failed operation stands as zero so that all mistakes are found in one run.
 */
export class Lowering {
  readonly diagnostics: Diagnostic[] = [];
  readonly #sources: NameSource[] = [];
  /** Names whose operations are being lowered, outermost first. */
  readonly #open: string[] = [];
  readonly #globals = new Map<string, Expr>();
  readonly #functions: ReadonlyMap<string, Isa['functions'][number]>;
  readonly #variables: ReadonlyMap<string, Isa['variables'][number]>;

  constructor(readonly isa: Isa) {
    this.#functions = new Map(isa.functions.map((f) => [f.name, f]));
    this.#variables = new Map(isa.variables.map((v) => [v.name, v]));
  }

  /** Adds names that every operation may use. */
  global(names: Locals): void {
    for (const [name, value] of Object.entries(names)) this.#globals.set(name, value);
  }

  /** Adds a family of names that every operation may use. */
  source(source: NameSource): void {
    this.#sources.push(source);
  }

  /** The scope of the hart's state alone. */
  base(): Scope {
    return this.with({});
  }

  /** The hart's state and `locals`; `registers` are the values of `X[rs1]`, `X[rs2]`. */
  with(locals: Locals, registers: Locals = {}): Scope {
    const own = (record: Locals, key: string): Expr | undefined => (Object.hasOwn(record, key) ? record[key] : undefined);
    const scope: Scope = {
      name: (name) => own(locals, name) ?? this.#globals.get(name) ?? this.#variable(name, scope) ?? this.#fromSources(name),
      register: (operand) => own(registers, operand),
      call: (name) => this.#functions.get(name),
      names: () => [...Object.keys(locals), ...this.#globals.keys(), ...this.#variables.keys(), ...this.#sources.flatMap((s) => [...s.names()])],
    };
    return scope;
  }

  /** Only `locals` and functions: what the fast classes may use. */
  only(locals: Locals, registers: Locals): Scope {
    return {
      name: (name) => (Object.hasOwn(locals, name) ? locals[name] : undefined),
      register: (operand) => (Object.hasOwn(registers, operand) ? registers[operand] : undefined),
      call: (name) => this.#functions.get(name),
      names: () => Object.keys(locals),
    };
  }

  #fromSources(name: string): Expr | undefined {
    for (const source of this.#sources) {
      const found = source.lookup(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #variable(name: string, scope: Scope): Expr | undefined {
    const variable = this.#variables.get(name);
    return variable === undefined ? undefined : this.lowerNamed(variable.value, scope, variable.width, name);
  }

  /**
   * Lowers the operation that `name` stands for. A name that comes back to
   * itself would be a combinational loop: a mistake, told with its path.
   */
  lowerNamed(operation: Operation, scope: Scope, width: number, name: string): Expr {
    if (this.#open.includes(name)) {
      const path = [...this.#open.slice(this.#open.indexOf(name)), name].join(' -> ');
      this.#note({ span: operation.span, message: `${name}: a combinational loop: ${path}`, mend: 'One of these has to be a stored field: within a cycle no value may depend on itself.' });
      return constant(width, 0);
    }
    this.#open.push(name);
    const value = this.lower(operation, scope, width, name);
    this.#open.pop();
    return value;
  }

  /** The operation in the scope; `width` undefined accepts any. A mistake is noted and yields zero. */
  lower(operation: Operation, scope: Scope, width: number | undefined, subject: string): Expr {
    const outcome = lowerOperation(operation, scope, width, subject);
    if (outcome.ok) return outcome.value;
    for (const d of outcome.diagnostics) this.#note(d);
    return constant(width ?? 64, 0);
  }

  #note(diagnostic: Diagnostic): void {
    const { span, message } = diagnostic;
    const known = this.diagnostics.some((d) => d.span.file.path === span.file.path && d.span.start === span.start && d.message === message);
    if (!known) this.diagnostics.push(diagnostic);
  }

  /** A `when` as one bit. */
  condition(condition: Condition, scope: Scope, modeIs: (mode: bigint) => Expr, subject: string): Expr {
    const terms = condition.terms.map((term) => {
      if (term.variable === 'mode') return anyOf(term.values.map(modeIs));
      const value = scope.name(term.variable);
      if (value === undefined) {
        this.#note({
          span: term.span,
          message: `${subject}: there is no variable '${term.variable}' here`,
          mend: 'Name a CSR field, mode, V, a built-in or an entry of variables.',
        });
        return ZERO;
      }
      if (value.width === 1) return anyOf(term.values.map((v) => (v === 1n ? value : eqConst(value, v))));
      return anyOf(term.values.map((v) => eqConst(value, v)));
    });
    return and(constant(1, 1), ...terms);
  }
}
