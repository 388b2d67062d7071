import { expect, test } from '@jest/globals';
import { nextCommand } from '../../src/causes/next-command.ts';
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
  ['model.orders', 'skipped', null],
])('%s %s: %s', (node, status, command) => {
  const [finding] = classify(aRun(shop, { [node]: status }), noRules);
  expect(finding === undefined ? undefined : nextCommand(finding)).toBe(command);
});

test('a stale source is checked again before what is built from it', () => {
  const run = aRun(shop, {}, { freshness: { 'source.web.events': 'error' } });
  const [finding] = classify(run, noRules);
  expect(finding === undefined ? undefined : nextCommand(finding)).toBe(
    'dbt source freshness --select source:web.events && dbt build --select source:web.events+',
  );
});
