import { describe, expect, test } from '@jest/globals';
import type { Evidence, Sample } from '../../../src/artifacts/evidence.ts';
import { sameKeys } from '../../../src/causes/fold-reasons/same-keys.ts';
import { aFinding, aNode, aTest } from '../../builders.ts';
import { aRun } from '../../project.ts';

function failing(failed: number, ...samples: readonly Sample[]): Evidence {
  return { unit: 'order', checked: 100, failed, measure: null, samples, periods: null, reasons: [], detail: null };
}

const run = aRun({ 'model.orders': {}, 'model.revenue': { reads: ['model.orders'] } }, { 'model.orders': 'success' });

/** Whether a failure on `revenue` folds under one on `orders`, which it is built from. */
function folds(below: Evidence, above: Evidence): boolean {
  const upper = aFinding({ evidence: above, test: aTest({ name: 'a' }) });
  const lower = aFinding({ evidence: below, subject: aNode({ name: 'revenue' }), test: aTest({ name: 'b' }) });
  const explains = sameKeys([upper, lower], run);
  expect(explains(upper)).toBeNull();
  return explains(lower) === upper;
}

const t1 = { transaction_id: 'T1' };
const t2 = { transaction_id: 'T2' };

describe('units below fail for the same keys as units above', () => {
  test.each([
    ['the keys are the same', failing(1, t1), failing(1, t1)],
    ['all of them are among those above', failing(1, t2), failing(2, t1, t2)],
    ['columns are spelt otherwise, and numbers are texts', failing(1, { Id: 7 }), failing(1, { ID: '7' })],
    [
      'there is another column beside the key',
      failing(1, { ...t1, client: 'c' }),
      failing(1, { ...t1, day: '2025-01-01' }),
    ],
  ])('if %s', (_, below, above) => expect(folds(below, above)).toBe(true));

  test.each([
    ['there are no samples', failing(1), failing(1, t1)],
    ['nothing is known above', failing(1, t1), failing(1)],
    ['a key below is not above', failing(2, t1, t2), failing(2, t1)],
    ['more fail below than above, so something else is wrong too', failing(77, t1), failing(4, t1)],
    ['the columns have nothing in common', failing(1, t1), failing(1, { order: 'T1' })],
    ['a column in common differs', failing(1, { ...t1, client: 'a' }), failing(1, { ...t1, client: 'b' })],
    ['the key is NULL', failing(1, { transaction_id: null }), failing(1, { transaction_id: null })],
    ['the key is blank', failing(1, { transaction_id: ' ' }), failing(1, { transaction_id: ' ' })],
    ['the key is a day', failing(1, { day: '2025-01-01' }), failing(1, { day: '2025-01-01' })],
    ['the key is a month', failing(1, { m: '2025-01' }), failing(1, { m: '2025-01' })],
    ['the key is a time', failing(1, { at: '2025-01-01 10:00:00' }), failing(1, { at: '2025-01-01 10:00:00' })],
    ['the key was cut', failing(1, { url: 'https://…' }), failing(1, { url: 'https://…' })],
  ])('not if %s', (_, below, above) => expect(folds(below, above)).toBe(false));
});
