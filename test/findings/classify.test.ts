import { describe, expect, test } from '@jest/globals';
import { classify } from '../../src/findings/classify.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { formatNumber } from '../../src/findings/message.ts';
import { countOutcomes } from '../../src/findings/outcome.ts';
import { noRules, type RankingRule, type Rules } from '../../src/findings/rules.ts';
import { aRun, aRunOf, columnTest, type Project, type ResultOf } from '../project.ts';

const shop: Project = {
  'source.web.events': {},
  'seed.codes': {},
  'snapshot.prices': { reads: ['seed.codes'] },
  'function.plus': {},
  'model.orders': { reads: ['source.web.events'] },
  'test.unique_orders_id': columnTest('unique', 'model.orders', 'id'),
  'unit_test.orders.sums': { reads: ['model.orders'], model: 'orders' },
  'operation.hook': {},
  'exposure.board': { reads: ['model.orders'] },
};

/** The one finding that a result of one node makes; undefined if it makes none. */
function findingOf(
  node: string,
  result: ResultOf,
  { project = shop, rules = noRules }: { project?: Project; rules?: Rules } = {},
): Finding | undefined {
  const findings = classify(aRun(project, { [node]: result }), rules);
  expect(findings.length).toBeLessThan(2);
  return findings[0];
}

function freshnessOf(result: ResultOf): Finding | undefined {
  return classify(aRun(shop, {}, { freshness: { 'source.web.events': result } }), noRules)[0];
}

describe('the kind of a finding follows from the type of the node and its status:', () => {
  const statuses = [
    'success',
    'pass',
    'no-op',
    'reused',
    'warn',
    'fail',
    'error',
    'runtime error',
    'partial success',
    'tomorrow',
    'skipped',
  ] as const;
  const fine = [null, null, null, null] as const;
  const kinds: Record<string, readonly (string | null)[]> = {
    'test.unique_orders_id': [
      ...fine,
      'test_warned',
      'test_failed',
      'test_errored',
      'test_errored',
      'partial_success',
      'test_errored',
      'node_skipped',
    ],
    'unit_test.orders.sums': [
      ...fine,
      'test_warned',
      'unit_test_failed',
      'test_errored',
      'test_errored',
      'partial_success',
      'test_errored',
      'node_skipped',
    ],
    'model.orders': [
      ...fine,
      'model_warned',
      'model_errored',
      'model_errored',
      'model_errored',
      'partial_success',
      'model_errored',
      'node_skipped',
    ],
    'function.plus': [
      ...fine,
      'model_warned',
      'model_errored',
      'model_errored',
      'model_errored',
      'partial_success',
      'model_errored',
      'node_skipped',
    ],
    'seed.codes': [
      ...fine,
      'model_warned',
      'seed_errored',
      'seed_errored',
      'seed_errored',
      'partial_success',
      'seed_errored',
      'node_skipped',
    ],
    'snapshot.prices': [
      ...fine,
      'model_warned',
      'snapshot_errored',
      'snapshot_errored',
      'snapshot_errored',
      'partial_success',
      'snapshot_errored',
      'node_skipped',
    ],
    'operation.hook': [
      ...fine,
      'model_warned',
      'hook_errored',
      'hook_errored',
      'hook_errored',
      'partial_success',
      'hook_errored',
      'node_skipped',
    ],
    'macro.grant': [
      ...fine,
      'model_warned',
      'hook_errored',
      'hook_errored',
      'hook_errored',
      'partial_success',
      'hook_errored',
      'node_skipped',
    ],
    'exposure.board': [
      ...fine,
      'model_warned',
      'model_errored',
      'model_errored',
      'model_errored',
      'partial_success',
      'model_errored',
      null,
    ],
  };

  test.each(
    Object.entries(kinds).flatMap(([node, row]) =>
      statuses.map((status, column) => [node, status, row[column] ?? null] as const),
    ),
  )('%s %s: %s', (node, status, kind) => {
    expect(findingOf(node, status)?.kind ?? null).toBe(kind);
  });

  test.each([
    ['pass', null],
    ['Pass', null],
    ['success', null],
    ['warn', 'source_stale warning'],
    ['Error', 'source_stale error'],
    ['fail', 'source_stale error'],
    ['runtime error', 'source_unchecked warning'],
    ['skipped', 'source_unchecked warning'],
    ['tomorrow', 'source_unchecked warning'],
  ])('a source %s: %s', (status, expected) => {
    const finding = freshnessOf(status);
    expect(finding === undefined ? null : `${finding.kind} ${finding.severity}`).toBe(expected);
  });

  test('a test that counted rows has failed, whatever dbt 2 calls it', () => {
    const kindOf = (failures: number | null, message: string | null) =>
      findingOf('test.unique_orders_id', { status: 'error', failures, message })?.kind;
    expect(kindOf(3, null)).toBe('test_failed');
    expect(kindOf(3, 'Error')).toBe('test_failed');
    expect(kindOf(0, 'Error')).toBe('test_failed');
    expect(kindOf(0, 'connection lost')).toBe('test_errored');
    expect(kindOf(3, 'Database Error in test unique_orders_id')).toBe('test_errored');
    expect(kindOf(null, 'Error')).toBe('test_errored');
    expect(findingOf('model.orders', { status: 'error', failures: 3 })?.kind).toBe('model_errored');
  });

  test('an ephemeral model is never skipped, for it is never built; dbt 2 says "Skipped" of any that need no work', () => {
    const ephemeral: Project = { 'model.orders': { config: { materialized: 'ephemeral' } } };
    expect(findingOf('model.orders', 'skipped', { project: ephemeral })).toBeUndefined();
    expect(findingOf('model.orders', { status: 'skipped', message: 'Skipped' })).toBeUndefined();
    expect(findingOf('model.orders', { status: 'skipped', message: 'Skipped due to upstream failure' })?.kind).toBe(
      'node_skipped',
    );
  });

  test('outcomes are counted as dbt counts them', () => {
    const run = aRun(shop, {
      'model.orders': 'success',
      'seed.codes': 'partial success',
      'test.unique_orders_id': { status: 'error', failures: 3 },
      'unit_test.orders.sums': 'fail',
      'snapshot.prices': 'skipped',
      'function.plus': 'reused',
      'exposure.board': 'no-op',
      'operation.hook': 'warn',
    });
    expect(countOutcomes(run)).toEqual({ passed: 1, warned: 1, failed: 2, errored: 1, skipped: 1, not_run: 2 });
  });
});

describe('a finding', () => {
  test('of a test is about the tested node, and says which test', () => {
    const finding = findingOf('test.unique_orders_id', {
      status: 'fail',
      failures: 3,
      message: 'Got 3 results, configured to fail if != 0',
      timing: [
        { name: 'compile', completed_at: '2026-01-02T06:00:01Z' },
        { name: 'execute', completed_at: '2026-01-02T06:00:02Z' },
      ],
    });
    expect(finding).toEqual({
      uniqueId: 'test.shop.unique_orders_id',
      subject: {
        uniqueId: 'model.shop.orders',
        resourceType: 'model',
        name: 'orders',
        package: 'shop',
        path: 'models/orders.sql',
        description: null,
      },
      test: {
        uniqueId: 'test.shop.unique_orders_id',
        resourceType: 'test',
        name: 'unique_orders_id',
        testName: 'unique',
        namespace: null,
        column: 'id',
        path: null,
        description: null,
      },
      kind: 'test_failed',
      category: 'correctness',
      severity: 'error',
      errorClass: null,
      message: '3 duplicated values',
      failures: 3,
      owner: null,
      blocks: true,
      evidence: null,
      invocationId: 'run-1',
      observedAt: '2026-01-02T06:00:02Z',
    });
  });

  test('blocks what is below where dbt skips it: a failed or broken test does, one that warns does not', () => {
    const blocks = (status: string) => findingOf('test.unique_orders_id', status)?.blocks;
    expect([blocks('fail'), blocks('error'), blocks('warn')]).toEqual([true, true, false]);
    const goesOn: Project = { 'model.orders': { config: { on_error: 'continue' } } };
    expect(findingOf('model.orders', 'error')?.blocks).toBe(true);
    expect(findingOf('model.orders', 'error', { project: goesOn })?.blocks).toBe(false);
    expect(findingOf('unit_test.orders.sums', 'fail')?.blocks).toBe(true);
    expect(findingOf('model.orders', 'error')?.test).toBeNull();
    const afterDbtTest = aRunOf(shop, { which: 'test', results: { 'test.unique_orders_id': 'fail' } });
    expect(classify(afterDbtTest, noRules)[0]?.blocks).toBe(false);
  });

  test.each([
    ['model.orders', 'error', 'permission'],
    ['seed.codes', 'error', 'permission'],
    ['snapshot.prices', 'error', 'permission'],
    ['operation.hook', 'error', 'permission'],
    ['test.unique_orders_id', 'error', 'permission'],
    ['model.orders', 'partial success', 'permission'],
    ['test.unique_orders_id', 'fail', null],
    ['test.unique_orders_id', 'warn', null],
    ['unit_test.orders.sums', 'fail', null],
    ['model.orders', 'warn', null],
    ['model.orders', 'skipped', null],
  ])('of %s %s has the error class %s', (node, status, errorClass) => {
    expect(findingOf(node, { status, message: 'Database Error\n  permission denied for table x' })?.errorClass).toBe(
      errorClass,
    );
  });

  test('of a source that could not be checked has the class of its error; without one, none', () => {
    expect(freshnessOf({ status: 'runtime error', error: 'permission denied for table x' })?.errorClass).toBe(
      'permission',
    );
    expect(freshnessOf('runtime error')?.errorClass).toBeNull();
    expect(freshnessOf({ status: 'error', error: 'permission denied for table x' })?.errorClass).toBeNull();
  });

  test('comes in the order of the results, then of the sources', () => {
    const project: Project = {
      ...shop,
      'source.web.silent': { freshness: { error_after: { count: 1, period: 'day' } } },
    };
    const run = aRun(
      project,
      { 'model.orders': 'error', 'seed.codes': 'error' },
      { freshness: { 'source.web.events': 'error' } },
    );
    expect(classify(run, noRules).map(({ subject }) => subject.name)).toEqual([
      'orders',
      'codes',
      'web.events',
      'web.silent',
    ]);
  });
});

describe('the message', () => {
  const messageOf = (node: string, result: Readonly<Record<string, unknown>>, project?: Project) =>
    findingOf(node, result, project === undefined ? {} : { project })?.message;
  const limited = (rule: string) => `Got 1204 results, configured to fail if ${rule}`;

  test.each<[string, number | null, string | null, string]>([
    ['not_null', 1, 'Got 1 result, configured to fail if != 0', '1 row without a value'],
    ['not_null', 1204, limited('!= 0'), '1,204 rows without a value'],
    ['unique', 1, null, '1 duplicated value'],
    ['unique', 2, null, '2 duplicated values'],
    ['accepted_values', 1, null, '1 unexpected value'],
    ['accepted_values', 2, null, '2 unexpected values'],
    ['relationships', 1, null, '1 row without a parent'],
    ['relationships', 2, null, '2 rows without a parent'],
    ['recency', 1, null, '1 failing row'],
    ['recency', 1_234_567, null, '1,234,567 failing rows'],
    ['recency', 0.25, null, '0.25 failing rows'],
    ['recency', 0, limited('=0'), '0 failing rows (limit: =0)'],
    ['recency', 1204, limited('>0'), '1,204 failing rows'],
    ['recency', 1204, limited('> 0'), '1,204 failing rows'],
    ['recency', 1204, limited('!=0'), '1,204 failing rows'],
    ['recency', 1204, limited('>= 1000'), '1,204 failing rows (limit: >= 1000)'],
    ['recency', 1204, limited('between 5 and 10.'), '1,204 failing rows (limit: between 5 and 10)'],
    ['recency', 7, 'Fail', '7 failing rows'],
    ['recency', null, 'Fail', 'The test failed; dbt did not say how often.'],
    ['recency', null, null, 'The test failed; dbt did not say how often.'],
    ['recency', null, 'Test failure', 'Test failure'],
  ])('of a failed %s with %j failures and dbt saying %j: %s', (name, failures, message, expected) => {
    const project: Project = { 'model.orders': {}, 'test.t': columnTest(name, 'model.orders', 'id') };
    expect(messageOf('test.t', { status: 'fail', failures, message }, project)).toBe(expected);
  });

  test('of a warning names the limit it warns at', () => {
    expect(
      messageOf('test.unique_orders_id', {
        status: 'warn',
        failures: 12,
        message: 'Got 12 results, configured to warn if >10',
      }),
    ).toBe('12 duplicated values (limit: >10)');
  });

  test.each([
    ['skipped', null, 'Skipped by dbt.'],
    ['skipped', ' Skipping due to fail_fast\n', 'Skipping due to fail_fast'],
    ['error', null, 'dbt gave no message.'],
    ['error', '', 'dbt gave no message.'],
    ['error', 'ERROR', 'dbt gave no message.'],
    ['error', '\u001b[31mDatabase Error\u001b[0m\r\n  no such table\n', 'Database Error\n  no such table'],
    ['Paused', null, 'dbt wrote the status "Paused", which this version does not know.'],
    ['Paused', 'until noon', 'dbt wrote the status "Paused", which this version does not know. until noon'],
  ])('of a model %s, dbt saying %j: %j', (status, message, expected) => {
    expect(messageOf('model.orders', { status, message })).toBe(expected);
  });

  test.each([
    [1, 1, '1 of 1 batch failed: 2026-03-01.'],
    [2, 9, '2 of 9 batches failed: 2026-03-01, 2026-03-01 01:00.'],
    [4, 9, '4 of 9 batches failed: 2026-03-01, 2026-03-01 01:00, 2026-03-01 02:00 and 1 more.'],
  ])('of %d failed batches of %d: %s', (failed, all, expected) => {
    const batches = Array.from({ length: all }, (_, hour) => [
      `2026-03-01T0${hour}:00:00+00:00`,
      `2026-03-01T0${hour + 1}:00:00+00:00`,
    ]);
    const result = {
      status: 'partial success',
      message: 'PARTIAL SUCCESS',
      batch_results: { successful: batches.slice(failed), failed: batches.slice(0, failed) },
    };
    expect(messageOf('model.orders', result)).toBe(`${expected} Their errors stand in dbt's log.`);
  });

  test('of a batch that says no time, and of an error before any batch', () => {
    expect(
      messageOf('model.orders', { status: 'error', message: 'ERROR', batch_results: { successful: [], failed: [7] } }),
    ).toBe("1 of 1 batch failed: unknown. Their errors stand in dbt's log.");
    expect(
      messageOf('model.orders', {
        status: 'error',
        message: 'Database Error',
        batch_results: { successful: [], failed: [] },
      }),
    ).toBe('Database Error');
  });

  test.each<[Readonly<Record<string, unknown>>, string]>([
    [
      {
        status: 'warn',
        max_loaded_at_time_ago_in_s: 50_400,
        max_loaded_at: '2026-01-01T16:00:00+00:00',
        criteria: { warn_after: { count: 12, period: 'hour' } },
      },
      'Newest data is 14 hours old (2026-01-01 16:00); warning after 12 hours.',
    ],
    [
      {
        status: 'error',
        max_loaded_at_time_ago_in_s: 260_000,
        criteria: { warn_after: { count: 12, period: 'hour' }, error_after: { count: 1, period: 'day' } },
      },
      'Newest data is 3 days old; error after 1 day.',
    ],
    [
      { status: 'error', max_loaded_at_time_ago_in_s: 259_100, criteria: { error_after: { count: 2, period: 'day' } } },
      'Newest data is 71 hours old; error after 2 days.',
    ],
    [
      {
        status: 'error',
        max_loaded_at_time_ago_in_s: 7199,
        criteria: { error_after: { count: 30, period: 'minute' } },
      },
      'Newest data is 120 minutes old; error after 30 minutes.',
    ],
    [
      { status: 'error', max_loaded_at_time_ago_in_s: 75, criteria: { error_after: { count: 1, period: 'minute' } } },
      'Newest data is 1 minute old; error after 1 minute.',
    ],
    [{ status: 'error', criteria: { error_after: { count: null, period: null } } }, 'Stale.'],
    [
      {
        status: 'error',
        criteria: { warn_after: { count: 1, period: 'week' }, error_after: { count: 1, period: 'day' } },
      },
      'Stale; error after 1 day.',
    ],
    [{ status: 'runtime error', error: '\u001b[31mDatabase Error\u001b[0m\r\nno' }, 'Database Error\nno'],
    [{ status: 'runtime error', message: 'Database Error' }, 'Database Error'],
    [{ status: 'runtime error', error: ' ' }, 'Its freshness could not be checked.'],
    [{ status: 'runtime error' }, 'Its freshness could not be checked.'],
  ])('of a source that wrote %j', (result, expected) => {
    expect(freshnessOf(result)?.message).toBe(expected);
  });

  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [-1234.5678, '-1,234.5678'],
    [1e21, '1e+21'],
  ])('writes %d as %s', (number, written) => {
    expect(formatNumber(number)).toBe(written);
  });
});

describe('category and severity', () => {
  const rule = (
    category: RankingRule['category'],
    severity: RankingRule['severity'],
    matches: RankingRule['matches'] = () => true,
  ): RankingRule => ({ matches, category, severity });
  const ranked = (finding: Finding | undefined) => `${finding?.category} ${finding?.severity}`;

  test.each([
    ['test.unique_orders_id', 'fail', 'correctness error'],
    ['test.unique_orders_id', 'warn', 'correctness warning'],
    ['unit_test.orders.sums', 'fail', 'correctness error'],
    ['test.unique_orders_id', 'error', 'pipeline error'],
    ['model.orders', 'error', 'pipeline error'],
    ['model.orders', 'warn', 'pipeline warning'],
    ['model.orders', 'partial success', 'pipeline error'],
    ['model.orders', 'skipped', 'pipeline warning'],
    ['seed.codes', 'error', 'pipeline error'],
    ['snapshot.prices', 'error', 'pipeline error'],
    ['operation.hook', 'error', 'pipeline error'],
  ])('of %s %s are %s, if nobody says otherwise', (node, status, expected) => {
    expect(ranked(findingOf(node, status))).toBe(expected);
  });

  test('of sources are freshness', () => {
    expect([ranked(freshnessOf('error')), ranked(freshnessOf('warn')), ranked(freshnessOf('runtime error'))]).toEqual([
      'freshness error',
      'freshness warning',
      'freshness warning',
    ]);
  });

  test('of a test that is only to warn are no worse when it cannot run', () => {
    const project: Project = {
      'model.orders': { tags: ['business_critical'] },
      'test.soft': columnTest('unique', 'model.orders', 'id', { config: { severity: 'WARN' } }),
      'test.hard': columnTest('unique', 'model.orders', 'id', { config: { severity: 'error' } }),
    };
    expect(ranked(findingOf('test.soft', 'error', { project }))).toBe('business_critical warning');
    expect(ranked(findingOf('test.hard', 'error', { project }))).toBe('business_critical critical');
  });

  test('of a skipped model are critical where its business is, whatever meta says of its severity', () => {
    const project: Project = {
      'model.orders': { tags: ['business_critical'], meta: { dq_report: { severity: 'error' } } },
      'test.t': columnTest('unique', 'model.orders', 'id'),
    };
    expect(ranked(findingOf('model.orders', 'skipped', { project }))).toBe('business_critical critical');
    expect(ranked(findingOf('test.t', 'skipped', { project }))).toBe('business_critical warning');
  });

  /** What the test, its model and the configuration say; the nearest wins. */
  test.each<[string, { test?: object; model?: object; rules?: readonly RankingRule[]; status?: string }, string]>([
    [
      'meta of the test',
      {
        test: { meta: { dq_report: { category: 'freshness', severity: 'warning' } } },
        model: { meta: { dq_report: { category: 'pipeline', severity: 'critical' } } },
      },
      'freshness warning',
    ],
    [
      'meta of its model',
      { model: { meta: { dq_report: { category: 'pipeline', severity: 'critical' } } }, test: { tags: ['freshness'] } },
      'pipeline critical',
    ],
    [
      'meta in a config',
      { model: { config: { meta: { dq_report: { severity: 'critical' } } } } },
      'correctness critical',
    ],
    [
      'meta of the test for one, of the model for the other',
      {
        test: { meta: { dq_report: { category: 'freshness' } } },
        model: { meta: { dq_report: { category: 'pipeline', severity: 'critical' } } },
      },
      'freshness critical',
    ],
    [
      'a word that is none',
      { test: { meta: { dq_report: { category: 'urgent', severity: 1 } } } },
      'correctness error',
    ],
    [
      'meta that is no mapping',
      { test: { meta: { dq_report: 'critical' } }, model: { meta: { dq_report: ['critical'] } } },
      'correctness error',
    ],
    [
      'meta without a namespace',
      { test: { meta: { category: 'pipeline', severity: 'critical' } } },
      'correctness error',
    ],
    [
      'a tag of the test',
      { test: { tags: ['freshness'] }, model: { tags: ['business_critical'] }, rules: [rule('pipeline', null)] },
      'freshness error',
    ],
    [
      'a tag of its model',
      { model: { tags: ['nightly', 'business_critical'] }, rules: [rule('pipeline', null)] },
      'business_critical critical',
    ],
    ['a rule', { rules: [rule('business_critical', null)] }, 'business_critical critical'],
    [
      'the first rule with an opinion',
      { rules: [rule(null, 'warning'), rule('pipeline', 'critical')] },
      'pipeline warning',
    ],
    [
      'only rules that match',
      { rules: [rule('pipeline', 'critical', () => false), rule('freshness', null)] },
      'freshness error',
    ],
    [
      'business_critical and a warning',
      { model: { tags: ['business_critical'] }, status: 'warn' },
      'business_critical warning',
    ],
    [
      'a warning that the team takes for more',
      { model: { meta: { dq_report: { severity: 'critical' } } }, status: 'warn' },
      'correctness critical',
    ],
    [
      'a rule against a critical model',
      { model: { tags: ['business_critical'] }, rules: [rule(null, 'warning')] },
      'business_critical warning',
    ],
  ])('follow %s', (_, { test: testKeys = {}, model = {}, rules: ranking = [], status = 'fail' }, expected) => {
    const project: Project = {
      'model.orders': { ...model },
      'test.t': columnTest('unique', 'model.orders', 'id', { ...testKeys }),
    };
    expect(ranked(findingOf('test.t', status, { project, rules: { ...noRules, ranking } }))).toBe(expected);
  });

  test('rules see the model, the test, the path, the package and the tags of both', () => {
    const seen: unknown[] = [];
    const look = rule(null, null, (candidate) => {
      seen.push(candidate);
      return false;
    });
    const project: Project = {
      'source.web.events': { original_file_path: 'models/sources.yml', tags: ['raw'] },
      'model.orders': { reads: ['source.web.events'], tags: ['core'] },
      'test.t': columnTest('unique', 'model.orders', 'id', { tags: ['nightly'], package_name: 'tests_of_ours' }),
      'test.singular': { original_file_path: 'tests/singular.sql' },
    };
    const run = aRun(
      project,
      { 'test.t': 'fail', 'test.singular': 'fail', 'test.unknown': 'fail' },
      { freshness: { 'source.web.events': 'error' } },
    );
    classify(run, { ...noRules, ranking: [look] });
    expect(seen).toEqual([
      {
        model: ['orders'],
        test: ['t', 'unique'],
        path: 'models/orders.sql',
        package: 'tests_of_ours',
        tags: ['nightly', 'core'],
      },
      { model: ['singular'], test: ['singular'], path: 'tests/singular.sql', package: 'shop', tags: [] },
      { model: ['test.shop.unknown', 'unknown'], test: [], path: null, package: null, tags: [] },
      { model: ['events', 'web.events'], test: [], path: 'models/sources.yml', package: 'shop', tags: ['raw'] },
    ]);
  });
});
