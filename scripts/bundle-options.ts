import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'rolldown';

/** CommonJS, because Node starts it faster than ES modules: see docs/decisions/0004-bundle.md. */
export const bundleOptions = {
  platform: 'node',
  resolve: {
    // Datadog's client asks for it, and uses it only for the transport that src/receivers/datadog-client.ts replaces. Its
    // version for Node is a third of the client, and has Node warn of a deprecated module whenever it is loaded.
    alias: {
      'cross-fetch': 'cross-fetch/dist/browser-ponyfill.js',
      'node:child_process': fileURLToPath(new URL('no-processes.cjs', import.meta.url)),
    },
  },
  output: {
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    minify: true,
  },
} satisfies BuildOptions;
