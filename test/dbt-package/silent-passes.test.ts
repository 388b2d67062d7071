import { describe, expect, test } from '@jest/globals';
import { allCases } from './cases/index.ts';

/**
 * Faults that popular tests of other packages let pass without a word. Each is among the cases, which evidence.test.ts
 * builds with dbt; this table says where, so that none gets lost.
 */
describe('what passes silently elsewhere fails here:', () => {
  test.each([
    ['a day that the tested model lacks', 'booked_amount_by_day', '2025-03-05'],
    ['a day whose total is 0 in the tested model', 'booked_amount_by_day', '2025-03-06'],
    ['a day of refunds, with a negative total', 'booked_amount_by_day', '2025-03-07'],
    ['a day that only the tested model has', 'booked_amount_by_day', '2025-03-08'],
    ['a day whose total is NULL on both sides', 'booked_amount_by_day', '2025-02-20'],
    [
      'a filter for the one side, which is not applied to the other',
      'booked_amount_with_a_where_for_the_mart_alone',
      'DE',
    ],
    ['a group that is on one side alone, by number of rows', 'bookings_of_each_country', 'None'],
    ['a group that stopped, and so has no rows to be stale', 'visits_as_usual', 'gone'],
    ['recency of no rows at all', 'nothing_delivered_in_two_days', '2025-03-08'],
    ['recency of a table that is empty', 'nothing_ever_delivered', '2025-03-08'],
    ['an outage at the end of the data', 'hits_and_referrer_after_an_outage', '2025-03-09'],
    ['an expected value that is silent since days', 'checkout_steps_every_day', '2025-03-09'],
    ['an amount of NULL where a sum is compared', 'revenue_matches', 'T4'],
    ['a key of NULL where a sum is compared', 'revenue_matches', 'None'],
    ['a channel of NULL', 'channel_complete', 'T5'],
    ['a day that is compared with itself among others', 'visits_as_usual', 'four weeks'],
    ['an expression for the day', 'hits_with_referrer', '2025-03-09'],
  ])('%s', (_, name, row) => {
    expect(allCases[name]).toMatchObject({ status: 'fail' });
    expect(allCases[name]?.rows).toContain(row);
  });
});
