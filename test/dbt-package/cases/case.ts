import type { Evidence } from '../../../src/artifacts/evidence.ts';

/**
 * What a test of integration_tests/ must say: status, failures, the first column of each failing row (sorted, as Python
 * writes it), and its evidence with ten sample keys, where what is left out is absent. Worked out by hand from the few rows
 * of its model.
 */
export interface Case {
  readonly status: 'pass' | 'fail' | 'warn';
  readonly failures: number;
  readonly rows: readonly string[];
  readonly evidence: (Pick<Evidence, 'unit' | 'checked' | 'failed'> & Partial<Evidence>) | null;
}

/** By the name of the test in dbt. */
export type Cases = Readonly<Record<string, Case>>;

/** Ephemeral models cannot be asked. */
export const NO_EVIDENCE = null;

/** Arguments that stop compilation with a sentence; `column` is the column the test stands on, if it needs one. */
export interface Refusal {
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly column?: string;
  readonly sentence: string;
}

/** A wrong variant of a test's SQL: `from` stands in its file exactly once. One case is enough to catch it. */
export interface Mutation {
  readonly what: string;
  readonly caughtBy: string;
  readonly from: string;
  readonly to: string;
}

/** All that is known of one generic test. */
export interface TestCases {
  readonly cases: Cases;
  readonly refusals: readonly Refusal[];
  readonly mutations: readonly Mutation[];
}
