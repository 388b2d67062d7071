import type { Cases, TestCases } from './case.ts';
import { funnelOrder } from './funnel_order.ts';
import { noDoubleFire } from './no_double_fire.ts';
import { requiredPredecessor } from './required_predecessor.ts';
import { sessionInvariants } from './session_invariants.ts';
import { shop } from './shop.ts';
import { uniqueWithin } from './unique_within.ts';

/** By the name of the generic test: its cases stand in integration_tests/models/<name>/cases.yml. */
export const genericTests: Readonly<Record<string, TestCases>> = {
  funnel_order: funnelOrder,
  no_double_fire: noDoubleFire,
  required_predecessor: requiredPredecessor,
  session_invariants: sessionInvariants,
  unique_within: uniqueWithin,
};

export const allCases: Cases = Object.fromEntries(
  [shop, ...Object.values(genericTests).map(({ cases }) => cases)].flatMap((cases) => Object.entries(cases)),
);
