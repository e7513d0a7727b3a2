/** The part of the WebAssembly API that we use; Node has it, its types (version 20) and lib ES2023 do not. */
declare namespace WebAssembly {
  type ExportValue = ((...operands: readonly (number | bigint)[]) => number | bigint | undefined) | Memory | Table | Global;
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer);
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Readonly<Record<string, ExportValue>>;
  }
  class Memory {
    constructor(descriptor: { readonly initial: number; readonly maximum?: number; readonly shared?: boolean });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Table {
    readonly length: number;
  }
  class Global {
    value: unknown;
  }
}
