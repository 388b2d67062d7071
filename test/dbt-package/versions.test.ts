import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { allCases } from './cases/index.ts';
import { sayings, TestProject, toldBy } from './project.ts';
import { isInstalled, type Venv } from './venv.ts';

/** One run of dbt. */
const TIMEOUT = 300_000;

/** The oldest dbt that the package admits, and the newest that is not dbt 2. All else runs on the one between them. */
const versions: readonly (readonly [version: string, venv: Venv])[] = [
  ['1.10.8', '.venvs/dbt-1.10'],
  ['1.12.6', '.venvs/dbt-1.12'],
];

describe.each(versions)('dbt %s', (version, venv) => {
  const run = isInstalled(venv) ? test : test.skip;

  run(
    'says the same of all cases',
    async () => {
      const project = await TestProject.create('duckdb', {}, venv);
      try {
        await project.dbt({ args: ['build'], vars: { sample_keys: 10 } });
        const { metadata }: { metadata: { dbt_version: string } } = JSON.parse(
          await readFile(project.path('run_results.json'), 'utf8'),
        );
        expect(metadata.dbt_version).toBe(version);
        const cases = Object.entries(allCases).map(([name, expected]) => [name, sayings(expected)]);
        expect(await toldBy(project)).toEqual(Object.fromEntries(cases));
      } finally {
        await project.remove();
      }
    },
    TIMEOUT,
  );
});
