import type { Cases, TestCases } from './case.ts';
import { shop } from './shop.ts';
import { columnsMatch } from './columns_match.ts';
import { uniqueWithin } from './unique_within.ts';

/** By the name of the generic test: its cases stand in integration_tests/models/<name>/cases.yml. */
export const genericTests: Readonly<Record<string, TestCases>> = {
  columns_match: columnsMatch,
  unique_within: uniqueWithin,
};

export const allCases: Cases = Object.fromEntries(
  [shop, ...Object.values(genericTests).map(({ cases }) => cases)].flatMap((cases) => Object.entries(cases)),
);
