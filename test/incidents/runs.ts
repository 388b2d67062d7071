import type { Run } from '../../src/artifacts/run.ts';
import { mergeRun } from '../../src/artifacts/merge-run.ts';
import { parseRunResults } from '../../src/artifacts/run-results.ts';
import { aManifest, columnTest, fullId, type Project, type ResultOf } from '../project.ts';

/** Two models, one above the other, each with a test. */
export const shop: Project = {
  'model.orders': {},
  'model.revenue': { reads: ['model.orders'] },
  'test.orders_have_a_client': columnTest('not_null', 'model.orders', 'client_id'),
  'test.revenue_has_a_day': columnTest('not_null', 'model.revenue', 'day'),
};

/** The results of one `dbt build` that ended at this minute of the day. */
export function runAt(
  minute: number,
  results: Readonly<Record<string, ResultOf>>,
  project: Project = shop,
  environment: string | null = null,
): Run {
  const at = new Date(Date.UTC(2026, 0, 2, 6, minute)).toISOString();
  const value = {
    metadata: { dbt_version: '1.11.16', invocation_id: `run-${minute}`, generated_at: at },
    args: { which: 'build' },
    results: Object.entries(results).map(([short, result]) => ({
      unique_id: fullId(short),
      timing: [{ name: 'execute', started_at: at, completed_at: at }],
      ...(typeof result === 'string' ? { status: result } : result),
    })),
  };
  return mergeRun({
    runResults: [parseRunResults({ path: 'run_results.json', value })],
    sources: null,
    manifest: aManifest(project),
    environment,
  });
}

export function failing(failures: number): ResultOf {
  return { status: 'fail', failures, message: `Got ${failures} results, configured to fail if != 0` };
}
