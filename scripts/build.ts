/** Bundles src/ into dist/: one entry, split so that each command and format is loaded when it is used. */
import { chmod, rm } from 'node:fs/promises';
import { build } from 'rolldown';
import { bundleOptions } from './bundle-options.ts';

await rm('dist', { recursive: true, force: true });
await build({
  ...bundleOptions,
  input: 'src/main.ts',
  output: {
    ...bundleOptions.output,
    dir: 'dist',
    banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
  },
});
await chmod('dist/main.cjs', 0o755);
