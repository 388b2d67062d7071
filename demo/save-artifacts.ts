/**
 * Puts the artifacts of a demo run into demo/saved, for `npm run demo -- --saved`:
 * `node demo/run.ts && node demo/save-artifacts.ts`
 * Leaves out what dq-report never reads and would make the files large, and where on this machine they were made. One
 * manifest serves the three days, so it says of no dbt command that it is its own.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { demoDir, pathFrom, root, runFolder, savedDay, savedDir } from './commands.ts';
import { DAYS } from './story.ts';

const latest = runFolder(join(demoDir, 'runs', 'latest'));

save(join(latest.day(1).target, 'manifest.json'), join(savedDir, 'manifest.json'), ({ metadata, ...manifest }) => {
  const { invocation_id: _, ...shared } = Object(metadata);
  // dbt's and every package's macros, and the documentation of the documentation.
  return { metadata: shared, ...manifest, macros: {}, docs: {} };
});
for (const { number } of DAYS)
  for (const name of ['run_results.json', 'sources.json'])
    save(join(latest.day(number).target, name), join(savedDay(number), name), (artifact) => artifact);

type Artifact = Readonly<Record<string, unknown>>;

function save(from: string, to: string, trimmed: (artifact: Artifact) => Artifact): void {
  const artifact: Artifact = JSON.parse(readFileSync(from, 'utf8'));
  // dbt writes some paths with the project's place in front.
  const text = JSON.stringify(trimmed(artifact))
    .replaceAll(JSON.stringify(demoDir).slice(1, -1), '.')
    .replaceAll(JSON.stringify(root).slice(1, -1), '..');
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, `${text}\n`);
  process.stdout.write(`${pathFrom(root, to)}: ${Math.ceil(text.length / 1024)} kB\n`);
}
