import { partsOf } from '../artifacts/unique-id.ts';
import type { NodeResult, Run } from '../artifacts/run.ts';

/** How one result counts. `not_run` is dbt's no-op: nothing was to be done, and nothing is known. */
export type Outcome = 'passed' | 'warned' | 'failed' | 'errored' | 'skipped' | 'not_run';

export function outcomeOf(result: NodeResult): Outcome {
  switch (result.status) {
    case 'success':
    case 'pass':
      return 'passed';
    case 'warn':
      return 'warned';
    case 'fail':
      return 'failed';
    case 'error':
      return countedAsFailure(result) ? 'failed' : 'errored';
    case 'partial success':
    case 'runtime error':
    case 'unknown':
      return 'errored';
    case 'skipped':
      // dbt 2 writes this bare message for ephemeral models: there was nothing to build.
      return result.message === 'Skipped' ? 'not_run' : 'skipped';
    case 'no-op':
    case 'reused':
      return 'not_run';
  }
}

/**
 * dbt 2 may write `error` for a test that ran and found rows, or too few of them for its `error_if`; one that broke has
 * counted nothing, or says what happened.
 */
function countedAsFailure({ uniqueId, failures, message }: NodeResult): boolean {
  if (!isTest(uniqueId) || failures === null) return false;
  return failures === 0 ? message === 'Error' : !/\b(?:Database|Compilation|Runtime) Error\b/.test(message ?? '');
}

export function isTest(uniqueId: string): boolean {
  return ['test', 'unit_test'].includes(partsOf(uniqueId).resourceType);
}

/**
 * Counts as dbt's closing line does: its `PASS` is passed, its `ERROR` failed and errored together, its `NO-OP` not_run.
 * Source: dbt-core `task/printer.py`.
 */
export function countOutcomes({ results }: Run): Record<Outcome, number> {
  const counts: Record<Outcome, number> = { passed: 0, warned: 0, failed: 0, errored: 0, skipped: 0, not_run: 0 };
  for (const result of results) counts[outcomeOf(result)] += 1;
  return counts;
}
