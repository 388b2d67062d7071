import { arrivesBy } from './arrives_by.ts';
import { attributionComplete } from './attribution_complete.ts';
import type { Cases, TestCases } from './case.ts';
import { columnsMatch } from './columns_match.ts';
import { expectedValuesPresent } from './expected_values_present.ts';
import { funnelOrder } from './funnel_order.ts';
import { funnelRatio } from './funnel_ratio.ts';
import { matchesAggregate } from './matches_aggregate.ts';
import { noDoubleFire } from './no_double_fire.ts';
import { notNullForEntireDay } from './not_null_for_entire_day.ts';
import { requiredPredecessor } from './required_predecessor.ts';
import { revenueMatchesItemSum } from './revenue_matches_item_sum.ts';
import { sessionInvariants } from './session_invariants.ts';
import { shop } from './shop.ts';
import { uniqueWithin } from './unique_within.ts';
import { volumeWithin } from './volume_within.ts';

/** By the name of the generic test: its cases stand in integration_tests/models/<name>/cases.yml. */
export const genericTests: Readonly<Record<string, TestCases>> = {
  arrives_by: arrivesBy,
  attribution_complete: attributionComplete,
  columns_match: columnsMatch,
  expected_values_present: expectedValuesPresent,
  funnel_order: funnelOrder,
  funnel_ratio: funnelRatio,
  matches_aggregate: matchesAggregate,
  no_double_fire: noDoubleFire,
  not_null_for_entire_day: notNullForEntireDay,
  required_predecessor: requiredPredecessor,
  revenue_matches_item_sum: revenueMatchesItemSum,
  session_invariants: sessionInvariants,
  unique_within: uniqueWithin,
  volume_within: volumeWithin,
};

export const allCases: Cases = Object.fromEntries(
  [shop, ...Object.values(genericTests).map(({ cases }) => cases)].flatMap((cases) => Object.entries(cases)),
);
