import { describe, expect, test } from '@jest/globals';
import type { Run } from '../../src/artifacts/run.ts';
import { explain } from '../../src/causes/explain.ts';
import { classify } from '../../src/findings/classify.ts';
import { noRules } from '../../src/findings/rules.ts';
import { aRun, aRunOf, columnTest, fullId, type Project } from '../project.ts';

/** raw → stg → int → fct → revenue dashboard; fct also → rpt (a view) → board. Tests on stg, int and fct. */
const shop: Project = {
  'source.web.events': { freshness: { warn_after: { count: 12, period: 'hour' } } },
  'model.stg': { reads: ['source.web.events'] },
  'model.int': { reads: ['model.stg'] },
  'model.fct': { reads: ['model.int'] },
  'model.rpt': { reads: ['model.fct'], config: { materialized: 'view' } },
  'model.other': { reads: ['source.web.events'] },
  'test.stg_id': columnTest('not_null', 'model.stg', 'client_id'),
  'test.int_id': columnTest('not_null', 'model.int', 'Client_ID'),
  'test.fct_id': columnTest('unique', 'model.fct', 'client_id'),
  'test.fct_recent': {
    reads: ['model.fct'],
    test_metadata: { name: 'recency', namespace: 'dbt_utils', kwargs: {} },
    attached_node: 'model.shop.fct',
  },
  'test.stg_and_other': {
    reads: ['model.stg', 'model.other'],
    test_metadata: { name: 'relationships', kwargs: {} },
    attached_node: 'model.shop.stg',
  },
  'exposure.revenue': { reads: ['model.fct'] },
  'exposure.board': { reads: ['model.rpt'] },
};

const green = {
  'model.stg': 'success',
  'model.int': 'success',
  'model.fct': 'success',
  'model.rpt': 'success',
  'model.other': 'success',
  'test.stg_id': 'pass',
  'test.int_id': 'pass',
  'test.fct_id': 'pass',
  'test.fct_recent': 'pass',
  'test.stg_and_other': 'pass',
};
const fresh = { 'source.web.events': 'pass' };
const fails = (failures: number) => ({
  status: 'fail',
  failures,
  message: `Got ${failures} results, configured to fail if != 0`,
});
const warns = (failures: number) => ({ ...fails(failures), status: 'warn' });

/** "cause <- symptom (reason), symptom (reason)", one line a cause, in the report's order. */
function told(run: Run): readonly string[] {
  const short = (uniqueId: string): string => uniqueId.replace('.shop.', '.');
  return explain(classify(run, noRules), run).causes.map(({ finding, symptoms }) => {
    const folded = symptoms
      .map((symptom) => `${short(symptom.finding.uniqueId)} (${symptom.because})`)
      .toSorted()
      .join(', ');
    return folded === '' ? short(finding.uniqueId) : `${short(finding.uniqueId)} <- ${folded}`;
  });
}

function verdicts(run: Run): Record<string, string> {
  return Object.fromEntries(explain(classify(run, noRules), run).verdicts.map(({ name, verdict }) => [name, verdict]));
}

function reasons(run: Run, exposure: string): readonly string[] {
  return explain(classify(run, noRules), run).verdicts.find(({ name }) => name === exposure)?.reasons ?? [];
}

describe('a finding folds', () => {
  test('under the model that errored, however many skipped nodes lie between', () => {
    const run = aRun(shop, {
      ...green,
      'model.stg': 'error',
      'model.int': 'skipped',
      'model.fct': 'skipped',
      'model.rpt': 'skipped',
      'test.fct_id': 'skipped',
    });
    expect(told(run).toSorted()).toEqual([
      'model.stg <- model.fct (skipped_by), model.int (skipped_by), model.rpt (skipped_by), test.fct_id (skipped_by)',
    ]);
  });

  test('never under a model that is to let others go on', () => {
    const goesOn: Project = {
      ...shop,
      'model.other': { reads: [], config: { materialized: 'table', on_error: 'continue' } },
      'model.both': { reads: ['model.other', 'model.stg'] },
    };
    const run = aRun(goesOn, { 'model.other': 'error', 'model.stg': 'error', 'model.both': 'skipped' });
    expect(told(run).toSorted()).toEqual(['model.other', 'model.stg <- model.both (skipped_by)']);
  });

  test('under the test that failed above it, in dbt build', () => {
    const run = aRun(shop, {
      ...green,
      'test.int_id': fails(3),
      'model.fct': 'skipped',
      'test.fct_id': 'skipped',
      'model.rpt': 'skipped',
    });
    expect(told(run).toSorted()).toEqual([
      'test.int_id <- model.fct (skipped_by), model.rpt (skipped_by), test.fct_id (skipped_by)',
    ]);
  });

  test('never under a test that only warned', () => {
    const run = aRun(shop, { ...green, 'test.int_id': warns(3), 'model.fct': 'skipped' });
    expect(told(run).toSorted()).toEqual(['test.int_id']);
    expect(explain(classify(run, noRules), run).unexplained.map(({ uniqueId }) => uniqueId)).toEqual([
      'model.shop.fct',
    ]);
  });

  test('under a test of two models only when it is below both', () => {
    const both: Project = { ...shop, 'model.joined': { reads: ['model.int', 'model.other'] } };
    const run = aRun(both, { ...green, 'test.stg_and_other': fails(1), 'model.joined': 'skipped' });
    expect(told(run).toSorted()).toEqual(['test.stg_and_other <- model.joined (skipped_by)']);
    expect(told(aRun(both, { ...green, 'test.stg_and_other': fails(1), 'model.fct': 'skipped' }))).toEqual([
      'test.stg_and_other',
    ]);
  });

  test('under the failure that ended a fail-fast run, the earliest if there are several', () => {
    const stopped = { status: 'skipped', message: 'Skipping due to fail_fast' };
    const at = (second: number) => [{ name: 'execute', completed_at: `2026-01-02T06:00:0${second}Z` }];
    const run = aRun(shop, {
      ...green,
      'test.int_id': { ...fails(2), timing: at(5) },
      'test.stg_and_other': { ...fails(1), timing: at(2) },
      'model.rpt': stopped,
      'test.fct_id': stopped,
    });
    expect(told(run).toSorted()).toEqual([
      'test.int_id <- model.rpt (skipped_by)',
      'test.stg_and_other <- test.fct_id (fail_fast)',
    ]);
  });

  test('under a failed on-run-start hook, which stops everything', () => {
    const project: Project = { ...shop, 'operation.shop-on-run-start-0': {} };
    const run = aRun(project, {
      'operation.shop-on-run-start-0': 'error',
      'model.stg': 'skipped',
      'test.stg_id': 'skipped',
    });
    expect(told(run).toSorted()).toEqual([
      'operation.shop-on-run-start-0 <- model.stg (skipped_by), test.stg_id (skipped_by)',
    ]);
  });

  test('under a stale source above, if it asks for recent rows', () => {
    const run = aRun(
      shop,
      { ...green, 'test.fct_recent': fails(1), 'test.fct_id': fails(2) },
      { freshness: { 'source.web.events': 'error' } },
    );
    expect(told(run).toSorted()).toEqual(['source.web.events <- test.fct_recent (stale_input)', 'test.fct_id']);
  });

  test('under a stale source, if a team calls it a matter of freshness', () => {
    const tagged: Project = {
      ...shop,
      'test.fct_own': { reads: ['model.fct'], attached_node: 'model.shop.fct', tags: ['freshness'] },
    };
    const run = aRun(tagged, { ...green, 'test.fct_own': fails(1) }, { freshness: { 'source.web.events': 'error' } });
    expect(told(run)).toEqual(['source.web.events <- test.fct_own (stale_input)']);
  });

  test('under the same test on the same column further up, with no more failures', () => {
    expect(told(aRun(shop, { ...green, 'test.stg_id': warns(9), 'test.int_id': fails(9) }))).toEqual([
      'test.stg_id <- test.int_id (same_column)',
    ]);
  });

  test.each([
    ['more rows fail than above', { 'test.stg_id': warns(8), 'test.int_id': warns(9) }, ['test.int_id', 'test.stg_id']],
    [
      'the number above is not known',
      { 'test.stg_id': { status: 'warn' }, 'test.int_id': warns(9) },
      ['test.int_id', 'test.stg_id'],
    ],
    ['the tests differ', { 'test.stg_id': warns(9), 'test.fct_id': warns(9) }, ['test.stg_id', 'test.fct_id']],
  ])('not when %s', (_, results, expected) => {
    expect(told(aRun(shop, { ...green, ...results })).toSorted()).toEqual(expected.toSorted());
  });

  test('under a failure further up that has the same keys, when neither test nor column is the same', () => {
    const withKeys = (short: string, ...keys: readonly string[]) => ({
      ...fails(keys.length),
      compiled_code: `select 1\n/* dq_report:${JSON.stringify({
        v: 1,
        unique_id: fullId(short),
        invocation_id: 'run-1',
        unit: 'client',
        checked: 9,
        failed: keys.length,
        samples: keys.map((key) => ({ client_id: key })),
      })} */`,
    });
    const results = (...keys: readonly string[]) => ({
      ...green,
      'test.stg_id': withKeys('test.stg_id', 'a', 'b'),
      'test.fct_id': withKeys('test.fct_id', ...keys),
    });
    expect(told(aRun(shop, results('b')))).toEqual(['test.stg_id <- test.fct_id (same_keys)']);
    expect(told(aRun(shop, results('c'))).toSorted()).toEqual(['test.fct_id', 'test.stg_id']);
    expect(told(aRun({ ...shop, 'model.fct': { reads: ['model.other'] } }, results('b'))).toSorted()).toEqual([
      'test.fct_id',
      'test.stg_id',
    ]);
  });

  test('under a failed hook only if nothing ran in spite of it', () => {
    const project: Project = { ...shop, 'operation.shop-on-run-start-0': {} };
    const run = aRun(project, {
      'operation.shop-on-run-start-0': 'error',
      'model.other': 'success',
      'model.stg': 'skipped',
    });
    expect(told(run)).toEqual(['operation.shop-on-run-start-0']);
    expect(explain(classify(run, noRules), run).unexplained).toHaveLength(1);
  });

  test('under nothing of another invocation: dbt test does not skip models of the dbt run before', () => {
    const run = aRunOf(
      shop,
      { which: 'run', results: { 'model.stg': 'success', 'model.int': 'error', 'model.fct': 'skipped' } },
      { which: 'test', results: { 'test.stg_id': fails(3), 'test.fct_id': 'skipped' } },
    );
    // Within `dbt test` no test keeps another one from running.
    expect(explain(classify(run, noRules), run).unexplained.map(({ uniqueId }) => uniqueId)).toEqual([
      'test.shop.fct_id',
    ]);
    expect(told(run).toSorted()).toEqual(['model.int <- model.fct (skipped_by)', 'test.stg_id']);
  });

  test('under a unit test that kept its model from being built', () => {
    const project: Project = { ...shop, 'unit_test.int.adds_up': { reads: ['model.int'], model: 'int' } };
    const run = aRun(project, { 'unit_test.int.adds_up': 'fail', 'model.int': 'skipped', 'model.fct': 'skipped' });
    expect(told(run)).toEqual(['unit_test.int.adds_up <- model.fct (skipped_by), model.int (skipped_by)']);
  });

  describe('with others that the warehouse refused in the same words', () => {
    const refused = (node: string, words = "Insufficient privileges to operate on schema 'ANALYTICS'.") => ({
      status: 'error',
      message: `Database Error in model ${node} (models/${node}.sql)\n  003001 (42501): SQL access control error:\n  ${words}`,
    });

    test('from three on, with what was skipped because of any of them', () => {
      const run = aRun(shop, {
        'model.stg': refused('stg'),
        'model.other': refused('other'),
        'model.int': 'skipped',
        'model.rpt': refused('rpt'),
      });
      expect(told(run)).toEqual([
        'model.stg <- model.int (skipped_by), model.other (same_error), model.rpt (same_error)',
      ]);
    });

    test('but not two, not with other words, and not where it is a fault of each', () => {
      expect(told(aRun(shop, { 'model.stg': refused('stg'), 'model.other': refused('other') }))).toHaveLength(2);
      expect(
        told(
          aRun(shop, {
            'model.stg': refused('stg'),
            'model.other': refused('other'),
            'model.rpt': refused('rpt', 'No.'),
          }),
        ),
      ).toHaveLength(3);
      const syntax = {
        status: 'error',
        message: 'Database Error in model x (x.sql)\n  Parser Error: syntax error at or near "selekt"',
      };
      expect(told(aRun(shop, { 'model.stg': syntax, 'model.other': syntax, 'model.rpt': syntax }))).toHaveLength(3);
    });
  });

  describe('the same test on the same column does not', () => {
    const between: Project = {
      ...shop,
      'test.fct_client': columnTest('not_null', 'model.fct', 'client_id'),
      'test.stg_key': columnTest('not_null', 'model.stg', 'id'),
      'test.int_key': columnTest('not_null', 'model.int', 'id'),
    };

    test('if it passed in between', () => {
      const run = aRun(between, {
        ...green,
        'test.stg_id': fails(9),
        'test.int_id': 'pass',
        'test.fct_client': warns(3),
      });
      expect(told(run).toSorted()).toEqual(['test.fct_client', 'test.stg_id']);
    });

    test('if its other arguments differ', () => {
      const values = (model: string, list: readonly string[]) =>
        columnTest('accepted_values', model, 'client_state', {
          test_metadata: { name: 'accepted_values', kwargs: { column_name: 'client_state', values: list } },
        });
      const same: Project = {
        ...shop,
        'test.stg_state': values('model.stg', ['a', 'b']),
        'test.int_state': values('model.int', ['a', 'b']),
      };
      const other: Project = { ...same, 'test.int_state': values('model.int', ['x', 'y']) };
      const results = { ...green, 'test.stg_state': warns(5), 'test.int_state': warns(5) };
      expect(told(aRun(same, results))).toHaveLength(1);
      expect(told(aRun(other, results))).toHaveLength(2);
    });

    test('if every table has a column of that name', () => {
      expect(told(aRun(between, { ...green, 'test.stg_key': warns(5), 'test.int_key': warns(5) }))).toHaveLength(2);
    });
  });

  test('under the ephemeral model that does not compile, which has no result of its own', () => {
    const ephemeral: Project = {
      'model.eph': { config: { materialized: 'ephemeral' } },
      'model.b': { reads: ['model.eph'] },
      'model.d': { reads: ['model.eph'] },
      'model.e': { reads: ['model.d'] },
    };
    const because = (node: string) => ({
      status: 'skipped',
      message: `Compilation Error in model.shop.${node}, caused by compilation error in referenced ephemeral model model.shop.eph`,
    });
    const run = aRun(ephemeral, { 'model.b': because('b'), 'model.d': because('d'), 'model.e': 'skipped' });
    expect(told(run)).toEqual(['model.eph <- model.b (skipped_by), model.d (skipped_by), model.e (skipped_by)']);
  });

  test('through thousands of models, in whatever order dbt wrote them', () => {
    const names = Array.from({ length: 6000 }, (_, index) => `model.m${index}`);
    const chain: Project = Object.fromEntries(
      names.map((name, index) => [name, index === 0 ? {} : { reads: [`model.m${index - 1}`] }]),
    );
    const results = Object.fromEntries(
      names.map((name, index) => [name, index === 0 ? 'error' : 'skipped']).toReversed(),
    );
    const { causes, unexplained } = explain(classify(aRun(chain, results), noRules), aRun(chain, results));
    expect(causes.map(({ symptoms }) => symptoms.length)).toEqual([5999]);
    expect(unexplained).toEqual([]);
  });

  test('never out of sight, even if the lineage in the file goes in circles', () => {
    const circle: Project = { ...shop, 'model.stg': { reads: ['model.int'] } };
    expect(told(aRun(circle, { ...green, 'test.stg_id': warns(5), 'test.int_id': warns(5) }))).toHaveLength(1);
  });
});

describe('a cause', () => {
  test('takes the highest severity of what it folds, and says what it blocks and which dashboards it hits', () => {
    const run = aRun(shop, {
      ...green,
      'test.stg_id': warns(9),
      'test.int_id': fails(9),
      'model.fct': 'skipped',
      'model.rpt': 'skipped',
    });
    const { causes } = explain(classify(run, noRules), run);
    expect(causes).toHaveLength(1);
    expect(causes[0]).toMatchObject({
      severity: 'error',
      impact: { models: 3, blockedModels: 2, exposures: ['revenue', 'board'] },
    });
  });

  test('counts what waits for two causes for both, and nothing for a test that only warned', () => {
    const joined: Project = { ...shop, 'model.joined': { reads: ['model.stg', 'model.other'] } };
    const run = aRun(joined, {
      ...green,
      'model.stg': 'error',
      'model.other': 'error',
      'model.int': 'skipped',
      'model.fct': 'skipped',
      'model.rpt': 'skipped',
      'model.joined': 'skipped',
      'test.stg_id': warns(1),
    });
    const blocked = explain(classify(run, noRules), run).causes.map(({ finding, impact }) => [
      finding.uniqueId,
      impact.blockedModels,
    ]);
    expect(Object.fromEntries(blocked)).toEqual({ 'model.shop.stg': 4, 'model.shop.other': 1, 'test.shop.stg_id': 0 });
  });

  test('never suspects a stale source above: late rows are not wrong rows', () => {
    const run = aRun(shop, { ...green, 'test.fct_id': fails(7) }, { freshness: { 'source.web.events': 'error' } });
    const { causes } = explain(classify(run, noRules), run);
    expect(causes.map(({ upstreamSuspects }) => upstreamSuspects)).toEqual([[], []]);
  });

  test('of an outage reaches as far as all that it hit', () => {
    const far: Project = {
      ...shop,
      'model.far': {},
      'model.farther': { reads: ['model.far'] },
      'exposure.far_board': { reads: ['model.farther'] },
    };
    const refused = {
      status: 'error',
      message: 'Database Error in model x (x.sql)\n  server closed the connection unexpectedly',
    };
    const run = aRun(far, {
      'model.stg': refused,
      'model.other': refused,
      'model.far': refused,
      'model.farther': 'skipped',
    });
    const { causes } = explain(classify(run, noRules), run);
    expect(causes).toHaveLength(1);
    expect(causes[0]?.impact.exposures).toContain('far_board');
    expect(causes[0]?.nextCommand).toBe('dbt retry');
  });

  test('names other causes above it as suspects', () => {
    const run = aRun(shop, { ...green, 'test.stg_id': warns(1), 'test.fct_id': fails(7) });
    const { causes } = explain(classify(run, noRules), run);
    expect(
      causes.map(({ finding, upstreamSuspects }) => [finding.test?.name, upstreamSuspects.map(({ name }) => name)]),
    ).toEqual([
      ['fct_id', ['stg']],
      ['stg_id', []],
    ]);
  });

  test('comes before others by severity, then dashboards hit, models blocked, rows failing, name', () => {
    const run = aRun(
      {
        ...shop,
        'test.other_a': columnTest('unique', 'model.other', 'a'),
        'test.other_b': columnTest('unique', 'model.other', 'b'),
        'test.other_c': columnTest('unique', 'model.other', 'c'),
      },
      {
        ...green,
        'test.other_b': fails(1),
        'test.other_a': fails(1),
        'test.other_c': fails(5),
        'test.fct_id': fails(1),
        'test.stg_id': warns(100),
      },
    );
    expect(told(run)).toEqual(['test.fct_id', 'test.other_c', 'test.other_a', 'test.other_b', 'test.stg_id']);
  });
});

describe('an exposure is', () => {
  test('safe when everything above it ran and passed', () => {
    expect(verdicts(aRun(shop, green, { freshness: fresh }))).toEqual({ revenue: 'safe', board: 'safe' });
  });

  test('safe with a word about a source that is stale enough to warn only', () => {
    const run = aRun(shop, green, { freshness: { 'source.web.events': 'warn' } });
    expect(verdicts(run)).toMatchObject({ revenue: 'safe' });
    expect(reasons(run, 'revenue')[0]).toMatch(/^Warning: source web.events/);
  });

  test('wrong if wrong rows reach it, even where their cause further up does not', () => {
    const copied: Project = { ...shop, 'test.fct_client': columnTest('not_null', 'model.fct', 'client_id') };
    const run = aRun(
      copied,
      {
        ...green,
        'test.stg_id': fails(9),
        'test.int_id': warns(9),
        'model.int': 'skipped',
        'test.fct_client': fails(3),
      },
      { freshness: fresh },
    );
    expect(verdicts(run)).toMatchObject({ revenue: 'wrong' });
  });

  test('safe with a word about warnings', () => {
    const run = aRun(shop, { ...green, 'test.int_id': warns(4) }, { freshness: fresh });
    expect(verdicts(run)).toMatchObject({ revenue: 'safe' });
    expect(reasons(run, 'revenue')).toEqual(['Warning: int_id on int: 4 rows without a value']);
  });

  test.each([
    ['wrong', 'wrong rows reach it', { 'test.fct_id': fails(2) }, fresh],
    [
      'late',
      'wrong rows were stopped by a skipped table',
      { 'test.int_id': fails(2), 'model.fct': 'skipped', 'model.rpt': 'skipped' },
      fresh,
    ],
    ['late', 'a model above errored', { 'model.int': 'error', 'model.fct': 'skipped' }, fresh],
    ['late', 'a source above is stale', {}, { 'source.web.events': 'error' }],
    ['unknown', 'a test above could not run', { 'test.fct_id': 'error' }, fresh],
    ['unknown', 'the freshness query of a source above failed', {}, { 'source.web.events': 'runtime error' }],
    ['unknown', 'freshness was not checked at all', {}, undefined],
    ['wrong', 'wrong goes before late', { 'test.fct_id': fails(2) }, { 'source.web.events': 'error' }],
  ])('%s when %s', (verdict, _, results, freshness) => {
    const run = aRun(shop, { ...green, ...results }, freshness === undefined ? {} : { freshness });
    expect(verdicts(run)).toMatchObject({ revenue: verdict });
  });

  test('wrong when the table between was skipped but a view shows the rows at once', () => {
    const views: Project = { ...shop, 'model.fct': { reads: ['model.int'], config: { materialized: 'view' } } };
    const run = aRun(
      views,
      { ...green, 'test.int_id': fails(2), 'model.fct': 'skipped', 'model.rpt': 'skipped' },
      { freshness: fresh },
    );
    expect(verdicts(run)).toEqual({ revenue: 'wrong', board: 'wrong' });
  });

  test('late without a claim that there was an earlier run, and of a view without one about its rows', () => {
    const run = aRun(
      shop,
      { ...green, 'model.int': 'error', 'model.fct': 'skipped', 'model.rpt': 'skipped' },
      { freshness: fresh },
    );
    expect(reasons(run, 'board').slice(0, 2)).toEqual([
      'fct: not rebuilt, so any rows in it are of an earlier run',
      'rpt: not rebuilt, so it is missing or as an earlier run has defined it',
    ]);
  });

  test('before others of its verdict when something worse lies above it', () => {
    const two: Project = {
      ...shop,
      'exposure.aaa': { reads: ['model.other'] },
      'test.other_a': columnTest('unique', 'model.other', 'client_id'),
      'test.critical': columnTest('unique', 'model.fct', 'client_id', {
        config: { meta: { dq_report: { severity: 'critical' } } },
      }),
    };
    const run = aRun(two, { ...green, 'test.other_a': fails(1), 'test.critical': fails(1) }, { freshness: fresh });
    expect(Object.keys(verdicts(run))).toEqual(['board', 'revenue', 'aaa']);
  });

  test('unknown when it depends on nothing, on itself or on what is gone', () => {
    const odd: Project = {
      'model.other': {},
      'exposure.empty': {},
      'exposure.itself': { reads: ['exposure.itself'] },
      'exposure.gone': { reads: ['model.other', 'model.removed'] },
    };
    expect(verdicts(aRun(odd, { 'model.other': 'success' }))).toEqual({
      empty: 'unknown',
      itself: 'unknown',
      gone: 'unknown',
    });
  });

  test('late, not wrong, when a unit test kept its model from being rebuilt', () => {
    const project: Project = { ...shop, 'unit_test.fct.adds_up': { reads: ['model.fct'], model: 'fct' } };
    const run = aRun(
      project,
      { ...green, 'unit_test.fct.adds_up': 'fail', 'model.fct': 'skipped' },
      { freshness: fresh },
    );
    expect(verdicts(run)).toMatchObject({ revenue: 'late' });
  });

  test('told of a fault once, where it begins', () => {
    const run = aRun(shop, { ...green, 'test.stg_id': warns(9), 'test.int_id': warns(9) }, { freshness: fresh });
    expect(reasons(run, 'revenue')).toEqual(['Warning: stg_id on stg: 9 rows without a value']);
  });

  test('unknown when models or tests above it were not part of the run', () => {
    const { 'model.stg': _stg, 'test.fct_id': _test, ...rest } = green;
    const run = aRun(shop, rest, { freshness: fresh });
    expect(verdicts(run)).toMatchObject({ revenue: 'unknown' });
    expect(reasons(run, 'revenue')).toEqual(['stg: not run this time', 'fct: tests not run this time']);
  });

  test('not troubled by ephemeral models, which have no results, or by unit tests, which are for development', () => {
    const project: Project = {
      ...shop,
      'model.stg': { reads: ['source.web.events'], config: { materialized: 'ephemeral' } },
      'unit_test.fct.adds_up': { reads: ['model.fct'], model: 'fct' },
    };
    const { 'model.stg': _stg, ...rest } = green;
    expect(verdicts(aRun(project, rest, { freshness: fresh }))).toEqual({ revenue: 'safe', board: 'safe' });
  });

  test('late, and says that wrong rows did not get through', () => {
    const run = aRun(
      shop,
      { ...green, 'test.int_id': fails(2), 'model.fct': 'skipped', 'model.rpt': 'skipped' },
      { freshness: fresh },
    );
    expect(reasons(run, 'revenue')).toContain(
      'int_id on int: 2 rows without a value (in rows that it does not show yet)',
    );
  });
});

describe('a run in which very much fails', () => {
  /** A chain of so many models, each with a failing test on a column of its own, below a dashboard. */
  function chain(length: number): Run {
    const names = Array.from({ length }, (_, index) => `m${String(index).padStart(4, '0')}`);
    const project: Project = Object.fromEntries([
      ...names.map((name, index) => [`model.${name}`, { reads: index === 0 ? [] : [`model.${names[index - 1]}`] }]),
      ...names.map((name) => [`test.${name}_t`, columnTest('not_null', `model.${name}`, `column_${name}`)]),
      ['exposure.board', { reads: [`model.${names.at(-1)}`] }],
    ]);
    return aRun(
      project,
      Object.fromEntries([
        ...names.map((name) => [`model.${name}`, 'success']),
        ...names.map((name) => [`test.${name}_t`, fails(3)]),
      ]),
    );
  }

  test('names the nearest twenty suspects, and the fifty worst reasons for a verdict', () => {
    const run = chain(70);
    const { causes, verdicts: judged } = explain(classify(run, noRules), run);
    const last = causes.find(({ finding }) => finding.subject.name === 'm0069');
    expect(last?.upstreamSuspects.map(({ name }) => name)).toEqual(
      Array.from({ length: 20 }, (_, index) => `m00${68 - index}`),
    );
    expect(last?.furtherSuspects).toBe(49);
    expect(judged).toMatchObject([{ verdict: 'wrong', furtherReasons: 20 }]);
    expect(judged[0]?.reasons).toHaveLength(50);
  });

  test('asks the manifest in proportion to the failures', () => {
    const asked = (length: number): number => {
      let questions = 0;
      const run = chain(length);
      const manifest = new Proxy(run.manifest, {
        get(target, name, receiver) {
          questions += 1;
          const answer: unknown = Reflect.get(target, name, receiver);
          return answer;
        },
      });
      const counted = { ...run, manifest };
      explain(classify(counted, noRules), counted);
      return questions;
    };
    expect(asked(400) / asked(200)).toBeLessThan(2.1);
  });
});
