/** Puts the report on the demo's saved artifacts into the README, so that it shows what the tool says today. */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { locateArtifacts } from '../src/artifacts/locate.ts';
import { readRun } from '../src/artifacts/read-run.ts';
import { instantOf } from '../src/artifacts/run.ts';
import { noRules } from '../src/findings/rules.ts';
import { reportOf } from '../src/pipeline.ts';
import { formatText } from '../src/report/text.ts';

const root = resolve(import.meta.dirname, '..');
const readme = resolve(root, 'README.md');
const sample = /(```text\n)[^]*?(\n```)/;

/** The README with the report of today: up to the second cause, as it looked right after the run. */
export async function readmeOfToday(): Promise<{ readonly now: string; readonly wanted: string }> {
  const request = { cwd: root, projectDir: 'demo', runResults: [], manifest: null, sources: null };
  const run = await readRun(await locateArtifacts({ ...request, targetPath: 'demo/saved' }), { environment: null });
  const report = reportOf(run, { rules: noRules, now: new Date(instantOf(run.generatedAt) ?? 0) });
  const lines = formatText(report, { width: 100, colour: false, verbose: false }).split('\n');
  const shown = lines
    .slice(
      0,
      lines.findIndex((line) => /^ ?3 {2}/.test(line)),
    )
    .join('\n');
  const now = await readFile(readme, 'utf8');
  return {
    now,
    wanted: now.replace(sample, (_, start: string, end: string) => `${start}${shown.trimEnd()}\n\n3  …${end}`),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await writeFile(readme, (await readmeOfToday()).wanted);
}
