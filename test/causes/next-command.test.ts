import { expect, test } from '@jest/globals';
import { explain } from '../../src/causes/explain.ts';
import type { Run } from '../../src/artifacts/run.ts';
import { classify } from '../../src/findings/classify.ts';
import { noRules } from '../../src/findings/rules.ts';
import { aRun, columnTest, type Project } from '../project.ts';

const shop: Project = {
  'source.web.events': { freshness: { error_after: { count: 1, period: 'hour' } } },
  'source.odd name.events': {},
  'model.orders': { reads: ['source.web.events'] },
  'model.orders.v2': { name: 'orders', reads: ['source.web.events'] },
  'snapshot.orders_history': { reads: ['model.orders'] },
  'test.unique_orders_id': columnTest('unique', 'model.orders', 'id'),
  'test.unique_events_id': columnTest('unique', 'source.web.events', 'id'),
  'test.unique_odd': columnTest('unique', 'source.odd name.events', 'id'),
  "model.it's; rm -rf": {},
  'unit_test.orders.adds_up': { reads: ['model.orders'], model: 'orders' },
  'operation.shop-on-run-end-0': {},
};

function commandOf(run: Run): string | null | undefined {
  return explain(classify(run, noRules), run).causes[0]?.nextCommand;
}

test.each([
  ['model.orders', 'error', 'dbt build --select orders+'],
  ['model.orders.v2', 'error', 'dbt build --select orders.v2+'],
  ['snapshot.orders_history', 'error', 'dbt build --select orders_history+'],
  ['test.unique_orders_id', 'fail', 'dbt build --select orders+'],
  ['test.unique_orders_id', 'error', 'dbt build --select unique_orders_id'],
  ['test.unique_events_id', 'fail', 'dbt build --select source:web.events+'],
  ['test.unique_odd', 'fail', "dbt build --select 'source:odd name.events+'"],
  ['unit_test.orders.adds_up', 'fail', 'dbt build --select orders+'],
  ['operation.shop-on-run-end-0', 'error', 'dbt build'],
  ["model.it's; rm -rf", 'error', String.raw`dbt build --select 'it'\''s; rm -rf+'`],
])('%s %s: %s', (node, status, command) => {
  expect(commandOf(aRun(shop, { [node]: status }))).toBe(command);
});

test('a stale source is checked again before what is built from it', () => {
  const run = aRun(shop, {}, { freshness: { 'source.web.events': 'error' } });
  expect(commandOf(run)).toBe(
    'dbt source freshness --select source:web.events && dbt build --select source:web.events+',
  );
});

test('a broken test that stopped what is below is repeated with all of that', () => {
  const run = aRun(shop, { 'test.unique_orders_id': 'error', 'snapshot.orders_history': 'skipped' });
  expect(commandOf(run)).toBe('dbt build --select orders+');
});

test('what a fail-fast run left out lies anywhere, and dbt knows where', () => {
  const run = aRun(shop, {
    'model.orders': 'error',
    'model.orders.v2': { status: 'skipped', message: 'Skipping due to fail_fast' },
  });
  expect(commandOf(run)).toBe('dbt retry');
});

test('the target of the run is named, or the repair would go elsewhere', () => {
  const run = { ...aRun(shop, { 'model.orders': 'error' }), target: 'prod' };
  expect(commandOf(run)).toBe('dbt build --select orders+ --target prod');
});
