import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readJsonFile } from '../../src/artifacts/json.ts';
import { noManifest } from '../../src/artifacts/manifest.ts';
import { mergeRun } from '../../src/artifacts/merge-run.ts';
import { parseRunResults } from '../../src/artifacts/run-results.ts';
import { cases, NO_EVIDENCE } from './cases.ts';
import { type Engine, evidenceQueriesIn, isThere, TestProject } from './project.ts';

/** Two runs of dbt. */
const TIMEOUT = 300_000;

const engines: readonly Engine[] = ['duckdb', 'postgres'];
const there = new Map(await Promise.all(engines.map(async (engine) => [engine, await isThere(engine)] as const)));

describe.each(engines)('on %s', (engine) => {
  const run = there.get(engine) === true ? test : test.skip;
  let project: TestProject | null = null;

  beforeAll(async () => {
    if (there.get(engine) === true) project = await TestProject.create(engine);
  }, TIMEOUT);
  afterAll(() => project?.remove(), TIMEOUT);

  run(
    'each test finds its units and says how many, which and when; the same without evidence, and days in a time zone',
    async () => {
      if (project === null) return;
      const { log } = await project.dbt({ args: ['build'], vars: { dq_report: { sample_keys: 10 } } });
      const results = await project.results();
      const evidence = await evidenceIn(project);
      const told = Object.fromEntries(
        [...results].map(([name, { status, failures, rows }]) => [
          name,
          {
            status,
            failures,
            rows: rows
              .slice(1)
              .map(([key = '']) => key)
              .toSorted((a, b) => (a < b ? -1 : 1)),
            evidence: evidence.get(name) ?? null,
          },
        ]),
      );
      expect(told).toEqual(cases);
      const asked = Object.values(cases).filter((each) => each.evidence !== NO_EVIDENCE).length;
      expect(evidenceQueriesIn(log)).toBe(asked);

      await project.dbt({ args: ['test'], vars: { dq_report: { evidence: false } } });
      const plain = await project.results();
      for (const [name, { sql: _, ...verdict }] of results)
        expect([name, plain.get(name)]).toMatchObject([name, verdict]);

      // 23:30 in London is the next day in Berlin.
      await project.dbt({
        args: ['test', '--select', 'channel_complete'],
        vars: { dq_report: { timezone: 'Europe/Berlin' } },
      });
      expect((await evidenceIn(project)).get('channel_complete')).toMatchObject({
        samples: [],
        periods: { first: '2025-01-02', last: '2025-01-03', failed: 2 },
      });
    },
    TIMEOUT,
  );
});

(there.get('duckdb') === true ? describe : describe.skip)('the warehouse is asked for evidence', () => {
  const select = ['--select', 'events', 'hostile'];
  let project: TestProject | null = null;
  beforeAll(async () => {
    project = await TestProject.create('duckdb');
  });
  afterAll(() => project?.remove());

  test.each([
    ['never by dbt parse', ['parse'], 0],
    ['once per test by dbt build', ['build', ...select], 7],
    ['never by dbt compile', ['compile', ...select], 0],
    ['never by dbt docs generate', ['docs', 'generate', ...select], 0],
    ['about no rows by dbt build --empty', ['build', '--empty', ...select], 7],
  ])(
    '%s',
    async (_, args, queries) => {
      const { log } = (await project?.dbt({ args })) ?? { log: '' };
      expect(evidenceQueriesIn(log)).toBe(queries);
    },
    TIMEOUT,
  );

  test.each([
    [{ dq_report: { sample_key: 3 } }, 'there is no setting "sample_key"; there are evidence, sample_keys, timezone.'],
    [{ dq_report: { sample_keys: 101 } }, '`sample_keys` must be a whole number from 0 to 100, but it is 101.'],
    [{ dq_report: { timezone: "'" } }, '`timezone` must be a name such as Europe/Berlin'],
  ])(
    'never with settings such as %j, which are refused with a sentence',
    async (vars, sentence) => {
      await expect(project?.dbt({ args: ['parse'], vars })).rejects.toThrow(sentence);
    },
    TIMEOUT,
  );
});

async function evidenceIn(project: TestProject): Promise<ReadonlyMap<string, unknown>> {
  const file = parseRunResults(await readJsonFile(project.path('run_results.json')));
  const { results } = mergeRun({ runResults: [file], sources: null, manifest: noManifest, environment: null });
  return new Map(results.map(({ uniqueId, evidence }) => [uniqueId.split('.')[2] ?? '', evidence]));
}
