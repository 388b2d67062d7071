import { expect, test } from '@jest/globals';
import { noRules } from '../src/findings/rules.ts';
import { reportOf } from '../src/pipeline.ts';
import { aRun, columnTest } from './project.ts';

const project = {
  'model.orders': { config: { meta: { dq_report: { severity: 'critcal', catgory: 'correctness' } } } },
  'test.unique_orders_key': columnTest('unique', 'model.orders', 'key'),
};
const codes = (now: string, results: Parameters<typeof aRun>[1] = { 'model.orders': 'success' }) =>
  reportOf(aRun(project, results), { rules: noRules, now: new Date(now) }).run.notes.map(
    ({ code, message }) => `${code}: ${message}`,
  );

test.each([
  ['2026-01-03T06:00:00Z', []],
  ['2026-01-03T07:00:00Z', ['results_are_old: These results are 24 hours old.']],
  ['2026-01-09T06:00:31Z', ['results_are_old: These results are 7 days old.']],
])('at %s a run of 2026-01-02 06:00 is as old as %j', (now, expected) => {
  const told = codes(now);
  expect(told).toHaveLength(expected.length);
  expected.forEach((start, index) => expect(told[index]).toContain(start));
});

test('words in meta.dq_report that nobody understands are named, where something is wrong', () => {
  const told = codes('2026-01-02T07:00:00Z', { 'test.unique_orders_key': 'fail' });
  expect(told).toContain(
    'meta_not_understood: meta.dq_report of orders: there is no key "catgory"; there are category, severity, owner, slack, channel.',
  );
  expect(told).toContain(
    'meta_not_understood: meta.dq_report of orders: severity takes one of critical, error, warning.',
  );
});
