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
    'each test finds its units and says how many, which and when; the same without evidence, and nothing on no rows',
    async () => {
      if (project === null) return;
      const { log } = await project.dbt({ args: ['build'], vars: { dq_report: { sample_keys: 3 } } });
      const results = await project.results();
      const evidence = await evidenceIn(project);
      const told = Object.fromEntries(
        [...results].map(([name, { status, failures, rows }]) => [
          name,
          { status, failures, rows: rows.slice(1).map((row) => row.join('|')), evidence: evidence.get(name) ?? null },
        ]),
      );
      expect(told).toEqual(cases);
      const asked = Object.values(cases).filter((each) => each.evidence !== NO_EVIDENCE).length;
      expect(evidenceQueriesIn(log)).toBe(asked);

      await project.dbt({ args: ['test'], vars: { dq_report: { evidence: false } } });
      const plain = await project.results();
      for (const [name, { sql: _, ...verdict }] of results) expect([name, plain.get(name)]).toMatchObject([name, verdict]);
    },
    TIMEOUT,
  );
});

(there.get('duckdb') === true ? describe : describe.skip)('the warehouse is asked for evidence', () => {
  let project: TestProject | null = null;
  beforeAll(async () => {
    project = await TestProject.create('duckdb');
  });
  afterAll(() => project?.remove());

  test.each([
    ['never by dbt parse', ['parse'], 0],
    ['once per test by dbt build', ['build', '--select', '+good_orders'], 8],
    ['never by dbt compile', ['compile'], 0],
    ['never by dbt docs generate', ['docs', 'generate'], 0],
    ['without any sample on no rows', ['build', '--empty', '--select', 'good_orders'], 8],
    ['never while it is off', ['test', '--select', 'good_orders', '--vars', '{dq_report: {evidence: false}}'], 0],
  ])('%s', async (_, args, queries) => {
    const { log } = (await project?.dbt({ args })) ?? { log: '' };
    expect(evidenceQueriesIn(log)).toBe(queries);
  }, TIMEOUT);

  test.each([
    [{ dq_report: { sample_key: 3 } }, 'there is no setting "sample_key"; there are evidence, sample_keys, timezone.'],
    [{ dq_report: { sample_keys: 101 } }, '`sample_keys` must be a whole number from 0 to 100, but it is 101.'],
    [{ dq_report: { evidence: 'off' } }, '`evidence` must be true or false, but it is "off".'],
    [{ dq_report: 'off' }, '`dq_report` must hold settings by name, but it is "off".'],
    [{ dq_report: { timezone: "'" } }, '`timezone` must be a name such as Europe/Berlin'],
  ])('never with settings such as %j, which are refused with a sentence', async (vars, sentence) => {
    await expect(project?.dbt({ args: ['parse'], vars })).rejects.toThrow(sentence);
  }, TIMEOUT);
});

async function evidenceIn(project: TestProject): Promise<ReadonlyMap<string, unknown>> {
  const file = parseRunResults(await readJsonFile(project.path('run_results.json')));
  const { results } = mergeRun({ runResults: [file], sources: null, manifest: noManifest, environment: null });
  return new Map(results.map(({ uniqueId, evidence }) => [uniqueId.split('.')[2] ?? '', evidence]));
}
