/** What we use of vcd-stream 1.5, which has no typings. */
declare module 'vcd-stream/out/vcd.js' {
  /** Instantiates the wasm parser. */
  export default function instantiate(): Promise<unknown>;
}

declare module 'vcd-stream/lib/web-vcd-parser.js' {
  interface Item {
    readonly kind: 'scope' | 'var';
    readonly name: string;
    /** Of scopes. */
    readonly body?: readonly Item[];
    /** Of variables: width, and identifier. */
    readonly size?: number;
    readonly link?: string;
  }

  interface Parser {
    readonly info: { readonly wires: Item; readonly status?: string; readonly version?: string; readonly timescale?: string };
    readonly change: {
      /** `cmd`: 14 is a scalar 0, 15 a scalar 1, 16..19 its x and z, 30 a vector; value and mask belong to vectors only. */
      any(listener: (id: string, time: bigint, cmd: number, value: bigint | undefined, mask: bigint | undefined) => void): void;
    };
    write(chunk: Uint8Array): boolean;
    end(): void;
  }

  export default function make(wasm: unknown): Promise<Parser>;
}
