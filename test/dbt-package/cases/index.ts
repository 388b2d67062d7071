import { arrivesBy } from './arrives_by.ts';
import type { Cases, TestCases } from './case.ts';
import { expectedValuesPresent } from './expected_values_present.ts';
import { notNullForEntireDay } from './not_null_for_entire_day.ts';
import { funnelRatio } from './funnel_ratio.ts';
import { funnelOrder } from './funnel_order.ts';
import { noDoubleFire } from './no_double_fire.ts';
import { requiredPredecessor } from './required_predecessor.ts';
import { sessionInvariants } from './session_invariants.ts';
import { shop } from './shop.ts';
import { columnsMatch } from './columns_match.ts';
import { uniqueWithin } from './unique_within.ts';
import { volumeWithin } from './volume_within.ts';

/** By the name of the generic test: its cases stand in integration_tests/models/<name>/cases.yml. */
export const genericTests: Readonly<Record<string, TestCases>> = {
  arrives_by: arrivesBy,
  expected_values_present: expectedValuesPresent,
  not_null_for_entire_day: notNullForEntireDay,
  funnel_ratio: funnelRatio,
  columns_match: columnsMatch,
  funnel_order: funnelOrder,
  no_double_fire: noDoubleFire,
  required_predecessor: requiredPredecessor,
  session_invariants: sessionInvariants,
  unique_within: uniqueWithin,
  volume_within: volumeWithin,
};

export const allCases: Cases = Object.fromEntries(
  [shop, ...Object.values(genericTests).map(({ cases }) => cases)].flatMap((cases) => Object.entries(cases)),
);
