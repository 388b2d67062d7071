import { arrivesBy } from './arrives_by.ts';
import type { Cases, TestCases } from './case.ts';
import { expectedValuesPresent } from './expected_values_present.ts';
import { notNullForEntireDay } from './not_null_for_entire_day.ts';
import { funnelRatio } from './funnel_ratio.ts';
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
  unique_within: uniqueWithin,
  volume_within: volumeWithin,
};

export const allCases: Cases = Object.fromEntries(
  [shop, ...Object.values(genericTests).map(({ cases }) => cases)].flatMap((cases) => Object.entries(cases)),
);
