import { attributionComplete } from './attribution_complete.ts';
import type { Cases, TestCases } from './case.ts';
import { matchesAggregate } from './matches_aggregate.ts';
import { revenueMatchesItemSum } from './revenue_matches_item_sum.ts';
import { shop } from './shop.ts';
import { uniqueWithin } from './unique_within.ts';

/** By the name of the generic test: its cases stand in integration_tests/models/<name>/cases.yml. */
export const genericTests: Readonly<Record<string, TestCases>> = {
  attribution_complete: attributionComplete,
  matches_aggregate: matchesAggregate,
  revenue_matches_item_sum: revenueMatchesItemSum,
  unique_within: uniqueWithin,
};

export const allCases: Cases = Object.fromEntries(
  [shop, ...Object.values(genericTests).map(({ cases }) => cases)].flatMap((cases) => Object.entries(cases)),
);
