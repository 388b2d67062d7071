/**
 * Puts the artifacts of a demo run into demo/saved, for `npm run demo -- --saved`:
 * `node demo/run.ts && node demo/save-artifacts.ts`
 * Leaves out what dq-report never reads and would make the files large, and where on this machine they were made.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoDir, pathFrom, root, runFolder } from './commands.ts';

const { target } = runFolder(join(demoDir, 'runs', 'latest'));
const saved = join(demoDir, 'saved');

/** Of the manifest: dbt's and every package's macros, and the documentation of the documentation. */
const leftOut: ReadonlySet<string> = new Set(['macros', 'docs']);

mkdirSync(saved, { recursive: true });
for (const name of ['manifest.json', 'run_results.json', 'sources.json']) {
  const artifact: unknown = JSON.parse(readFileSync(join(target, name), 'utf8'));
  const entries = Object.entries(Object(artifact)).map(([key, value]) => [key, leftOut.has(key) ? {} : value]);
  // dbt writes some paths with the project's place in front.
  const text = JSON.stringify(Object.fromEntries(entries))
    .replaceAll(JSON.stringify(demoDir).slice(1, -1), '.')
    .replaceAll(JSON.stringify(root).slice(1, -1), '..');
  writeFileSync(join(saved, name), `${text}\n`);
  process.stdout.write(`${pathFrom(root, join(saved, name))}: ${Math.ceil(text.length / 1024)} kB\n`);
}
