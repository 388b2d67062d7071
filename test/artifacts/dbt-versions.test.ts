import { describe, expect, test } from '@jest/globals';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { locateArtifacts } from '../../src/artifacts/locate.ts';
import { readRun } from '../../src/artifacts/read-run.ts';
import { explain } from '../../src/causes/explain.ts';
import { ProblemError } from '../../src/errors.ts';
import { classify } from '../../src/findings/classify.ts';
import { countOutcomes } from '../../src/findings/outcome.ts';
import { noRules } from '../../src/findings/rules.ts';

const fixtures = join(import.meta.dirname, '../fixtures');

interface Trap {
  /** Folder below test/fixtures; the JSON in it has the shape that this version of dbt writes. */
  readonly fixture: string;
  readonly says: string;
  /** "kind severity subject: first line of the message", in dbt's order. */
  readonly findings: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly notes?: readonly string[];
}

const traps: readonly Trap[] = [
  {
    fixture: 'dbt-0.19/failing-test',
    says: 'dbt 0.19 writes the number of failures as the message, ids without a hash and no project name',
    findings: ['test_failed error orders: 3 rows without a value'],
    counts: { passed: 2, failed: 1 },
  },
  {
    fixture: 'dbt-0.21/failing-test-of-two-models',
    says: 'dbt 0.21 hides the tested model in the Jinja of an argument',
    findings: ['test_failed error orders: 1 row without a parent'],
    counts: { passed: 1, failed: 1 },
  },
  {
    fixture: 'dbt-1.0/freshness-query-failed',
    says: 'up to 1.7 a failed freshness query is a `runtime error` with nothing but its message',
    findings: [
      'source_stale warning web.orders: Newest data is 14 hours old (2026-03-26 22:30); warning after 12 hours.',
      'source_unchecked warning web.clients: Database Error in source clients (models/sources.yml)',
    ],
    counts: { passed: 1 },
  },
  {
    fixture: 'dbt-1.5/test-of-a-source',
    says: 'dbt 1 attaches tests of sources to nothing: the model argument names the source, else the file key',
    findings: [
      'test_failed error web.orders: 2 rows without a value',
      'test_failed error web.clients: 3 rows without a value',
      'test_failed error web.orders: 4 rows without a parent',
    ],
    counts: { failed: 3 },
  },
  {
    fixture: 'dbt-1.7/source-meta-at-the-top',
    says: 'a source of 1.7 has its meta at the top only, none in its config',
    findings: ['test_failed critical web.orders: 2 duplicated values'],
    counts: { failed: 1 },
  },
  {
    fixture: 'dbt-1.8/source-left-out',
    says: 'from 1.8 on a source whose freshness query failed is missing from sources.json: unchecked, not fresh',
    findings: [
      'source_unchecked warning web.clients: Has a freshness rule, but sources.json does not mention it: its freshness query failed, or it was not selected.',
    ],
    counts: { passed: 1 },
  },
  {
    fixture: 'dbt-1.8/unit-test-with-a-coloured-diff',
    says: 'unit tests live in a section of their own and explain themselves with a diff in colour',
    findings: [
      'unit_test_failed error daily: actual differs from expected:',
      'node_skipped warning daily: Skipped by dbt.',
    ],
    counts: { failed: 1, skipped: 1 },
  },
  {
    fixture: 'dbt-1.9/batches-failed',
    says: 'of a microbatch model the failed batches are named, in part or all of them',
    findings: [
      "partial_success error sessions: 1 of 3 batches failed: 2026-03-02. Their errors stand in dbt's log.",
      "model_errored error pages: 4 of 4 batches failed: 2026-03-01, 2026-03-01 01:00, 2026-03-01 02:00 and 1 more. Their errors stand in dbt's log.",
      'node_skipped warning below: Skipped by dbt.',
    ],
    counts: { errored: 2, skipped: 1 },
  },
  {
    fixture: 'dbt-1.10/exposures-among-the-results',
    says: 'from 1.10 on exposures are results too, `no-op` or skipped, and are neither passed nor findings',
    findings: ['model_errored error stock: Runtime Error in model stock (models/stock.sql)'],
    counts: { passed: 1, errored: 1, skipped: 1, not_run: 1 },
  },
  {
    fixture: 'dbt-1.10/fail-fast',
    says: '--fail-fast skips everything that had not begun, ephemeral models and exposures included',
    findings: [
      'test_failed error stg: 1 duplicated value',
      'node_skipped warning elsewhere: Skipping due to fail_fast',
    ],
    notes: ['fail_fast'],
    counts: { passed: 1, failed: 1, skipped: 3 },
  },
  {
    fixture: 'dbt-1.11/functions',
    says: 'functions have a section of their own and take part in lineage',
    findings: [
      'model_errored error plus: Runtime Error in function plus (functions/plus.sql)',
      'node_skipped warning orders: Skipped by dbt.',
    ],
    counts: { errored: 1, skipped: 1 },
  },
  {
    fixture: 'dbt-1.11/warn-error',
    says: 'with --warn-error a test of severity warn fails, and quotes its warning limit',
    findings: ['test_failed error orders: 12 rows without a value (limit: >10)'],
    counts: { failed: 1 },
  },
  {
    fixture: 'dbt-1.11/loose-fields',
    says: 'severity null, tags as a string, failures as a string, config null and odd arguments cost no result',
    findings: [
      'test_failed critical orders: 1,204 duplicated values',
      'test_failed critical orders: Test failure',
      'test_warned warning orders: 1 failing row',
    ],
    counts: { failed: 2, warned: 1 },
  },
  {
    fixture: 'dbt-1.11/hooks',
    says: 'a failed on-run-end hook is an error of its own; its `failures` are no rows',
    findings: ['hook_errored error shop-on-run-end-0: shop.on-run-end.0 failed, error:'],
    counts: { passed: 2, errored: 1 },
  },
  {
    fixture: 'dbt-1.11/run-operation-failed',
    says: 'a failed run-operation is told, and its macro does not make the manifest a foreign one',
    findings: ['hook_errored error grant_all: dbt gave no message.'],
    counts: { errored: 1 },
    notes: ['not_a_test_run'],
  },
  {
    fixture: 'dbt-1.11/compile-failed',
    says: 'of `dbt compile` only the errors count: its tests read `success` without having run',
    findings: ['model_errored error orders: Compilation Error in model orders (models/orders.sql)'],
    counts: { errored: 1 },
    notes: ['not_a_test_run'],
  },
  {
    fixture: 'dbt-1.11/nothing-selected',
    says: 'a selection that matches nothing leaves an empty list, which is said',
    findings: [],
    counts: {},
    notes: ['nothing_selected'],
  },
  {
    fixture: 'dbt-1.11/parse-error',
    says: 'an error while parsing leaves the files of the run before: they are read, and only their age can tell',
    findings: [],
    counts: { passed: 2 },
  },
  {
    fixture: 'dbt-1.12/on-error-continue',
    says: 'with `on_error: continue` what is below a failed model is built all the same; `reused` is no result',
    findings: [
      'model_errored error stg: Database Error in model stg (models/stg.sql)',
      'seed_errored error codes: Runtime Error in seed codes (seeds/codes.csv)',
    ],
    counts: { passed: 1, errored: 2, not_run: 1 },
  },
  {
    fixture: 'dbt-2.0-preview/keys-left-out',
    says: 'previews of dbt 2 leave out message, failures and null keys, and call their manifest v20',
    findings: [
      'test_failed error stg: The test failed; dbt did not say how often.',
      'node_skipped warning fct: Skipped due to upstream failure',
    ],
    counts: { passed: 1, failed: 1, skipped: 2 },
  },
  {
    fixture: 'dbt-2.0-preview/capitalised-freshness',
    says: 'dbt 2 writes freshness statuses with a capital, has its rules in the config, and leaves out failed queries',
    findings: [
      'source_stale error web.orders: Newest data is 38 hours old (2026-03-26 22:30); error after 24 hours.',
      'source_stale warning web.stock: Newest data is 14 hours old (2026-03-26 22:30); warning after 12 hours.',
      'source_unchecked warning web.failed_query: Has a freshness rule, but sources.json does not mention it: its freshness query failed, or it was not selected.',
    ],
    counts: { passed: 1 },
  },
  {
    fixture: 'dbt-2.0/build',
    says: 'dbt 2 "skips" ephemeral models, warns about models, answers from its cache and proves tests without running them',
    findings: [
      'model_errored error raw: Database Error in model raw (target/run/shop/models/raw.sql)',
      'node_skipped warning stg: Skipped due to upstream failure',
      'model_warned warning late: dbt gave no message.',
      'test_failed error old: 7 duplicated values',
    ],
    counts: { passed: 2, warned: 1, failed: 1, errored: 1, skipped: 1, not_run: 2 },
    notes: ['cached_results'],
  },
  {
    fixture: 'dbt-2.0/failing-tests-as-errors',
    says: 'dbt 2 may write `error` for a test that ran and failed; one that broke counts nothing',
    findings: [
      'test_failed error orders: 7 duplicated values',
      'test_failed error orders: 0 failing rows',
      'test_errored error orders: [error] [SyntaxError (dbt1001)]: no',
    ],
    counts: { failed: 2, errored: 1 },
  },
  {
    fixture: 'dbt-2.0/unit-test-of-a-version',
    says: 'dbt 2 names the tested version by id, while its name fits several',
    findings: ['unit_test_failed error customers.v1: actual differs from expected'],
    counts: { failed: 1 },
  },
];

/** Commands that overwrite run_results.json with a file that says nothing about data. */
const sayNothing = [
  { fixture: 'dbt-1.11/docs-generate', command: 'dbt docs generate' },
  { fixture: 'dbt-1.11/show', command: 'dbt show' },
  { fixture: 'dbt-1.11/run-operation', command: 'dbt run-operation' },
];

async function read(fixture: string) {
  const folder = join(fixtures, fixture);
  return readRun(
    await locateArtifacts({
      cwd: folder,
      projectDir: null,
      targetPath: folder,
      runResults: [],
      manifest: null,
      sources: null,
    }),
    { environment: null },
  );
}

async function findingsOf(fixture: string) {
  return classify(await read(fixture), noRules);
}

describe('a run of', () => {
  test.each(traps)('$fixture: $says', async ({ fixture, findings, counts, notes = [] }) => {
    const run = await read(fixture);
    const lines = classify(run, noRules).map(
      ({ kind, severity, subject, message }) => `${kind} ${severity} ${subject.name}: ${message.split('\n', 1)[0]}`,
    );
    expect(lines).toEqual(findings);
    // Many fixtures hold the tests alone; that they say so is tested by itself.
    const codes = run.notes.map(({ code }) => code).filter((code) => code !== 'part_of_the_work');
    expect(codes).toEqual(notes);
    expect(run.project).toBe('shop');
    expect(Object.fromEntries(Object.entries(countOutcomes(run)).filter(([, number]) => number > 0))).toEqual(counts);
  });

  test.each(sayNothing)('$fixture is refused, for $command runs no test', async ({ fixture, command }) => {
    await expect(read(fixture)).rejects.toThrow(`was written by \`${command}\`, which runs no model and no test.`);
    await expect(read(fixture)).rejects.toBeInstanceOf(ProblemError);
  });

  test('every fixture is in one of these tables', () => {
    const folders = globSync('dbt-*/*/*.json', { cwd: fixtures }).map((file) => dirname(file).replaceAll('\\', '/'));
    expect([...new Set(folders)].toSorted()).toEqual(
      [...traps, ...sayNothing].map(({ fixture }) => fixture).toSorted(),
    );
  });
});

test('a diff loses its colours and its Windows line ends', async () => {
  const [finding] = await findingsOf('dbt-1.8/unit-test-with-a-coloured-diff');
  expect(finding?.message).toBe('actual differs from expected:\n\n@@,id,amount\n→ ,1 ,3→2');
});

test("the failed query's message is kept and classified", async () => {
  const unchecked = (await findingsOf('dbt-1.0/freshness-query-failed')).at(-1);
  expect(unchecked).toMatchObject({
    errorClass: 'missing_column',
    message: expect.stringContaining('Unrecognized name: created_at'),
  });
});

test('owners may have several addresses from 1.10 on, in groups and exposures', async () => {
  const { manifest } = await read('dbt-1.10/exposures-among-the-results');
  expect(manifest.exposures().map(({ owner }) => owner)).toEqual([
    { name: 'Ana', email: 'ana@shop.example, bo@shop.example', slack: null },
    { name: null, email: 'cy@shop.example', slack: null },
  ]);
  expect((await findingsOf('dbt-1.10/exposures-among-the-results'))[0]?.owner).toEqual({
    name: 'Supply',
    email: 's@shop.example, t@shop.example',
    slack: null,
    reason: 'group supply',
  });
});

test('a source of 1.7 has an owner by its top-level meta', async () => {
  expect((await findingsOf('dbt-1.7/source-meta-at-the-top'))[0]?.owner).toMatchObject({
    email: 'ingest@shop.example',
    reason: 'meta of the source web.orders',
  });
});

test('only data tests count rows', async () => {
  const failures = (
    await Promise.all(['dbt-1.9/batches-failed', 'dbt-1.11/hooks', 'dbt-2.0/unit-test-of-a-version'].map(findingsOf))
  )
    .flat()
    .map((finding) => finding.failures);
  expect(failures).toEqual(failures.map(() => null));
});

test('a tested version is found by its id', async () => {
  expect((await findingsOf('dbt-2.0/unit-test-of-a-version'))[0]?.subject.uniqueId).toBe('model.shop.customers.v1');
});

test('paths have forward slashes and no ./ in front', async () => {
  const { manifest } = await read('dbt-1.11/loose-fields');
  expect(manifest.node('model.shop.orders')?.path).toBe('models/marts/orders.sql');
  expect((await findingsOf('dbt-1.11/hooks'))[0]?.subject.path).toBe('dbt_project.yml');
});

test.each([
  ['dbt-1.12/on-error-continue', 5.65, 'from the start dbt names, parsing included'],
  ['dbt-2.0/build', 4.65, "from the first node's start, for elapsed_time is the sum over all nodes"],
  ['dbt-0.21/failing-test-of-two-models', 4.65, "from the first node's start"],
])('%s took %d s: %s', async (fixture, seconds) => {
  expect((await read(fixture)).durationSeconds).toBeCloseTo(seconds, 1);
});

test('skips through functions and ephemeral models fold under what failed', async () => {
  for (const [fixture, cause, symptom] of [
    ['dbt-1.11/functions', 'function.shop.plus', 'model.shop.orders'],
    ['dbt-2.0-preview/keys-left-out', 'test.shop.not_null_stg_id.4f2a91bcde', 'model.shop.fct'],
    ['dbt-1.8/unit-test-with-a-coloured-diff', 'unit_test.shop.daily.sums', 'model.shop.daily'],
    ['dbt-1.9/batches-failed', 'model.shop.sessions', 'model.shop.below'],
    ['dbt-1.10/fail-fast', 'test.shop.unique_stg_id.4f2a91bcde', 'model.shop.elsewhere'],
  ] as const) {
    const run = await read(fixture);
    const { causes, unexplained } = explain(classify(run, noRules), run);
    expect(unexplained).toEqual([]);
    expect(
      causes.find(({ finding }) => finding.uniqueId === cause)?.symptoms.map(({ finding }) => finding.uniqueId),
    ).toEqual([symptom]);
  }
});
