import type { Run } from '../../src/artifacts/run.ts';
import { mergeRun } from '../../src/artifacts/merge-run.ts';
import { parseRunResults, type RunResultsFile } from '../../src/artifacts/run-results.ts';
import { parseSources, type SourcesFile } from '../../src/artifacts/sources.ts';
import { aManifest, columnTest, fullId, type Project, type ResultOf } from '../project.ts';

/** Two models, one above the other, each with a test. */
export const shop: Project = {
  'model.orders': {},
  'model.revenue': { reads: ['model.orders'] },
  'test.orders_have_a_client': columnTest('not_null', 'model.orders', 'client_id'),
  'test.revenue_has_a_day': columnTest('not_null', 'model.revenue', 'day'),
};

interface RunOptions {
  /** The minute in which its nodes ran; that in which it ended otherwise. */
  readonly nodesAt?: number;
  /** `dbt source freshness` of a minute. */
  readonly freshness?: { readonly minute: number; readonly results: Readonly<Record<string, ResultOf>> };
}

/** The results of one `dbt build` that ended at this minute of the day. */
export function runAt(
  minute: number,
  results: Readonly<Record<string, ResultOf>>,
  project: Project = shop,
  environment: string | null = null,
  { nodesAt = minute, freshness }: RunOptions = {},
): Run {
  return mergeRun({
    runResults: [fileOf({ which: 'build', id: `run-${minute}`, minute, nodesAt, results })],
    sources: freshness === undefined ? null : sourcesAt(freshness),
    manifest: aManifest(project),
    environment,
  });
}

/** One command of dbt that ended at this minute of the day. */
export interface DbtCommand {
  readonly which: 'build' | 'retry';
  readonly id: string;
  readonly minute: number;
  readonly nodesAt?: number;
  readonly results: Readonly<Record<string, ResultOf>>;
}

/** Several commands whose files dq-report reads at once: a build, and the retry of what failed in it. */
export function runOf(project: Project, commands: readonly DbtCommand[]): Run {
  return mergeRun({
    runResults: commands.map(fileOf),
    sources: null,
    manifest: aManifest(project),
    environment: null,
  });
}

function fileOf({ which, id, minute, nodesAt = minute, results }: DbtCommand): RunResultsFile {
  const at = timeAt(nodesAt);
  const value = {
    metadata: { dbt_version: '1.11.16', invocation_id: id, generated_at: timeAt(minute) },
    args: { which },
    results: Object.entries(results).map(([short, result]) => ({
      unique_id: fullId(short),
      timing: [{ name: 'execute', started_at: at, completed_at: at }],
      ...(typeof result === 'string' ? { status: result } : result),
    })),
  };
  return parseRunResults({ path: 'run_results.json', value });
}

function sourcesAt({ minute, results }: NonNullable<RunOptions['freshness']>): SourcesFile {
  const at = timeAt(minute);
  const value = {
    metadata: { invocation_id: `freshness-${minute}`, generated_at: at },
    results: Object.entries(results).map(([short, result]) => ({
      unique_id: fullId(short),
      snapshotted_at: at,
      ...(typeof result === 'string' ? { status: result } : result),
    })),
  };
  return parseSources({ path: 'sources.json', value });
}

function timeAt(minute: number): string {
  return new Date(Date.UTC(2026, 0, 2, 6) + minute * 60_000).toISOString();
}

export function failing(failures: number): ResultOf {
  return { status: 'fail', failures, message: `Got ${failures} results, configured to fail if != 0` };
}
