/**
 * Bundles src/ into dist/: one entry, split so that each command and format is loaded when it is used.
 * CommonJS, because Node starts it faster than ES modules: see docs/decisions/0004-bundle.md.
 */
import { chmod, rm } from 'node:fs/promises';
import { build } from 'rolldown';

await rm('dist', { recursive: true, force: true });
await build({
  input: 'src/main.ts',
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    minify: true,
    banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
  },
});
await chmod('dist/main.cjs', 0o755);
