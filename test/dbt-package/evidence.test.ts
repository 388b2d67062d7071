import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NO_EVIDENCE } from './cases/case.ts';
import { allCases } from './cases/index.ts';
import { type Engine, evidenceQueriesIn, isThere, sayings, TestProject, toldBy } from './project.ts';
import { root } from './venv.ts';

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
      const { log } = await project.dbt({ args: ['build'], vars: { sample_keys: 10 } });
      const results = await project.results();
      const cases = Object.entries(allCases).map(([name, expected]) => [name, sayings(expected)]);
      expect(await toldBy(project)).toEqual(Object.fromEntries(cases));
      const asked = Object.values(allCases).filter((each) => each.evidence !== NO_EVIDENCE).length;
      expect(evidenceQueriesIn(log)).toBe(asked);

      await project.dbt({ args: ['test'], vars: { evidence: false } });
      const plain = await project.results();
      for (const [name, { sql: _, ...verdict }] of results)
        expect([name, plain.get(name)]).toMatchObject([name, verdict]);

      // 23:30 in London is the next day in Berlin.
      await project.dbt({
        args: ['test', '--select', 'channel_complete'],
        vars: { timezone: 'Europe/Berlin' },
      });
      expect((await project.evidence()).get('channel_complete')).toMatchObject({
        samples: [],
        periods: { first: '2025-01-02', last: '2025-01-03', failed: 2 },
      });
    },
    TIMEOUT,
  );
});

(there.get('duckdb') === true ? test : test.skip)(
  'each test finds the same where NULL sorts first, as in BigQuery, Spark and Databricks',
  async () => {
    const profiles = await readFile(join(root, 'integration_tests/profiles.yml'), 'utf8');
    const nullsFirst = profiles.replace(
      'type: duckdb',
      'type: duckdb\n      settings: {default_null_order: nulls_first}',
    );
    const project = await TestProject.create('duckdb', { 'profiles.yml': nullsFirst });
    try {
      await project.dbt({ args: ['build'] });
      // Of keys with equal weight others may come first, so none are asked for.
      const cases = Object.entries(allCases).map(([name, { evidence, ...verdict }]) => [
        name,
        sayings({ ...verdict, evidence: evidence === NO_EVIDENCE ? NO_EVIDENCE : { ...evidence, samples: [] } }),
      ]);
      expect(await toldBy(project)).toEqual(Object.fromEntries(cases));
    } finally {
      await project.remove();
    }
  },
  TIMEOUT,
);

(there.get('duckdb') === true ? describe : describe.skip)('the warehouse is asked for evidence', () => {
  const select = ['--select', 'events', 'hostile'];
  let project: TestProject | null = null;
  beforeAll(async () => {
    project = await TestProject.create('duckdb');
  });
  afterAll(() => project?.remove());

  test.each([
    ['never by dbt parse', ['parse'], 0],
    ['once per test by dbt build', ['build', ...select], 8],
    ['never by dbt compile', ['compile', ...select], 0],
    ['never by dbt docs generate', ['docs', 'generate', ...select], 0],
    ['about no rows by dbt build --empty', ['build', '--empty', ...select], 8],
  ])(
    '%s',
    async (_, args, queries) => {
      const { log } = (await project?.dbt({ args })) ?? { log: '' };
      expect(evidenceQueriesIn(log)).toBe(queries);
    },
    TIMEOUT,
  );

  test.each([
    ['in the settings', '{dq_report: {as_of: 2025-03-10}}'],
    ['in the settings, with a time', '{dq_report: {as_of: 2025-03-10 05:30:00}}'],
    ['beside the settings', '{dq_report_as_of: 2025-03-10}'],
  ])(
    'as of a day that is written as people write it in YAML, %s',
    async (_, vars) => {
      await project?.dbt({ args: ['build', '--select', 'payments'], vars });
      expect((await project?.evidence())?.get('payment_once_in_eight_days')).toMatchObject({ checked: 7, failed: 4 });
    },
    TIMEOUT,
  );

  test.each([
    [{ sample_key: 3 }, 'there is no setting "sample_key"; there are evidence, sample_keys, timezone, as_of.'],
    [{ sample_keys: 101 }, '`sample_keys` must be a whole number from 0 to 100, but it is 101.'],
    [{ timezone: "'" }, '`timezone` must be a name such as Europe/Berlin'],
    [
      { as_of: 'yesterday' },
      '`as_of` must be a day or a time in UTC such as 2025-03-09 06:00:00, but it is "yesterday".',
    ],
  ])(
    'never with settings such as %j, which are refused with a sentence',
    async (vars, sentence) => {
      await expect(project?.dbt({ args: ['parse'], vars })).rejects.toThrow(sentence);
    },
    TIMEOUT,
  );
});
