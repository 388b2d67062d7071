import { resize } from './json-memory.ts';
import * as walker from './json-walker.ts';
import { wasm } from './json-walker.wasm.ts';

/** What walks the bytes: `json-walker.ts` in one of its two forms. Its state is its own, so one walk at a time. */
export interface Kernel extends Walker {
  /** Makes its memory at least so large, and returns it; what was in it stays. */
  resize(bytes: number): ArrayBuffer;
}

type Walker = typeof walker;

export const plainKernel: Kernel = { ...walker, resize };

let ready: Kernel | null = null;

/** WebAssembly, which is faster; TypeScript where there is none (`node --jitless`, or too little room for addresses). */
export function fastKernel(): Kernel {
  ready ??= wasmKernel() ?? plainKernel;
  return ready;
}

/** As much of WebAssembly as is used here; the types of Node leave it out. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

const PAGE_BYTES = 65_536;

/** Null where this process cannot. */
export function wasmKernel(): Kernel | null {
  if (typeof WebAssembly === 'undefined') return null;
  try {
    return instance();
  } catch (error) {
    // V8 sets aside ten gigabytes of addresses for each memory; `ulimit -v` may not allow that.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function instance(): Kernel | null {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(Buffer.from(wasm, 'base64'));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  if (!isWalker(exports)) return null;
  return {
    ...exports,
    resize(bytes) {
      const missing = bytes - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
      return memory.buffer;
    },
  };
}

function isWalker(exports: object): exports is Walker {
  return Object.keys(walker).every((name) => name in exports);
}
