import type { Finding } from '../findings/finding.ts';
import { headlineOf } from '../findings/message-lines.ts';
import { testTitle } from '../findings/test-title.ts';
import type { Verdict } from './cause.ts';

/** What a finding does to a dashboard below it. */
export interface Effect {
  readonly verdict: Verdict;
  readonly reason: string;
  /** Wrong rows that the dashboard does not show yet. */
  readonly isWaiting?: true;
}

/** By whether the dashboard shows the present rows of the finding's subject; null for skipped nodes, which are told together. */
export function effectOf(finding: Finding, isShown: boolean): Effect | null {
  const { subject, test, kind, severity } = finding;
  const check = test === null ? finding.uniqueId : testTitle(test);
  const warns = severity === 'warning';
  switch (kind) {
    case 'test_failed':
    case 'test_warned':
    case 'unit_test_failed': {
      const what = `${check} on ${subject.name}: ${kind === 'unit_test_failed' ? 'the unit test failed' : headlineOf(finding)}`;
      if (warns) return { verdict: 'safe', reason: `Warning: ${what}` };
      // A unit test that fails in `dbt build` keeps its model from being rebuilt.
      const isKeptOut = kind === 'unit_test_failed' && finding.blocks;
      if (isShown && !isKeptOut) return { verdict: 'wrong', reason: what };
      return { verdict: 'late', reason: `${what} (in rows that it does not show yet)`, isWaiting: true };
    }
    case 'model_errored':
    case 'seed_errored':
    case 'snapshot_errored':
      return { verdict: 'late', reason: `${subject.name} could not be built: ${headlineOf(finding)}` };
    case 'partial_success':
      return { verdict: 'late', reason: `${subject.name} was built in part: ${headlineOf(finding)}` };
    case 'source_stale':
      return warns
        ? { verdict: 'safe', reason: `Warning: source ${subject.name}: ${headlineOf(finding)}` }
        : { verdict: 'late', reason: `Source ${subject.name}: ${headlineOf(finding)}` };
    case 'node_skipped':
      return null;
    case 'test_errored':
      return { verdict: 'unknown', reason: `${check} on ${subject.name} could not run` };
    case 'source_unchecked':
      return { verdict: 'unknown', reason: `The freshness of source ${subject.name} is not known` };
    case 'model_warned':
    case 'hook_errored':
      return { verdict: 'safe', reason: `Warning: ${subject.name}: ${headlineOf(finding)}` };
  }
}
