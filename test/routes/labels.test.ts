import { describe, expect, test } from '@jest/globals';
import { noRules } from '../../src/findings/rules.ts';
import { labelsOfCause, labelsOfIncident } from '../../src/routes/labels.ts';
import { reportOf } from '../builders.ts';
import { Ledger } from '../incidents/ledger.ts';
import { failing } from '../incidents/runs.ts';
import { aRun, columnTest, type Project } from '../project.ts';

const shop: Project = {
  'group.finance': { owner: { name: 'Finance', email: ['ana@shop.example', 'bo@shop.example'], slack: '#money' } },
  'source.web.events': { freshness: { error_after: { count: 1, period: 'day' } } },
  'model.orders.v2': { name: 'orders', reads: ['source.web.events'], config: { group: 'finance', tags: ['daily'] } },
  'test.orders_id': columnTest('unique', 'model.orders.v2', 'id', {
    tags: ['business_critical'],
    test_metadata: { name: 'unique', namespace: 'dq', kwargs: { column_name: 'id' } },
    original_file_path: 'models/orders.yml',
  }),
  'model.plain': {},
};

describe('the labels of a cause', () => {
  test('say everything that a route can ask for', () => {
    const run = aRun(shop, { 'model.orders.v2': 'success', 'test.orders_id': failing(3) }, { environment: 'prod' });
    expect(reportOf(run).causes.map((cause) => labelsOfCause(cause, run))).toEqual([
      {
        severity: ['critical'],
        category: ['business_critical'],
        kind: ['test_failed'],
        owner: ['Finance', 'ana@shop.example, bo@shop.example', 'ana@shop.example', 'bo@shop.example', '#money'],
        group: ['finance'],
        tag: ['business_critical', 'daily'],
        package: ['shop'],
        path: ['models/v2.sql'],
        resource_type: ['test'],
        model: ['orders', 'orders.v2'],
        test: ['orders_id', 'unique', 'dq.unique'],
        error_class: [],
        environment: ['prod'],
      },
    ]);
  });

  test('name the class of an error, and no test where there is none', () => {
    const message = 'Database Error in model plain\n  column "x" does not exist';
    const run = aRun(shop, { 'model.plain': { status: 'error', message } });
    const [labels] = reportOf(run).causes.map((cause) => labelsOfCause(cause, run));
    expect(labels).toMatchObject({
      kind: ['model_errored'],
      category: ['pipeline'],
      error_class: ['missing_column'],
      resource_type: ['model'],
      model: ['plain'],
      test: [],
      owner: [],
      environment: [],
    });
  });

  test('come from ids alone where there is no manifest', () => {
    const run = aRun({}, { 'test.not_null_orders_id.0123456789': failing(1) });
    expect(reportOf(run).causes.map((cause) => labelsOfCause(cause, run))).toMatchObject([
      { package: ['shop'], resource_type: ['test'], tag: [], path: [] },
    ]);
  });
});

test('an incident that nobody looked at has the labels of its cause, but for the class of its error', () => {
  for (const results of [
    { 'model.orders.v2': 'success', 'test.orders_id': failing(3) },
    { 'model.orders.v2': { status: 'error', message: 'no' } },
  ]) {
    const run = aRun(shop, results, { environment: 'prod' });
    const [incident] = new Ledger().apply(run).map((change) => change.incident);
    const [cause] = reportOf(run).causes;
    if (incident === undefined || cause === undefined) throw new Error('nothing failed');
    expect(labelsOfIncident(incident, run.manifest, noRules)).toEqual({
      ...labelsOfCause(cause, run),
      error_class: [],
    });
  }
});
