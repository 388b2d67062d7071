import type { Manifest } from '../src/artifacts/manifest.ts';
import { parseManifest } from '../src/artifacts/read-manifest.ts';
import { mergeRun } from '../src/artifacts/merge-run.ts';
import type { Run } from '../src/artifacts/run.ts';
import { parseRunResults } from '../src/artifacts/run-results.ts';
import { parseSources } from '../src/artifacts/sources.ts';

/**
 * A dbt project in a few lines: what each node reads, by short names such as `model.orders`, `source.web.events`,
 * `test.not_null_orders_id`, `exposure.revenue`. Everything passes through the real parsers.
 */
export interface ProjectNode {
  readonly reads?: readonly string[];
  /** Any further keys of the manifest entry, in dbt's spelling. */
  readonly [key: string]: unknown;
}

export type Project = Readonly<Record<string, ProjectNode>>;

/** Status, or the keys of a result in dbt's spelling. */
export type ResultOf = string | Readonly<Record<string, unknown>>;

/** `model.orders` → `model.shop.orders`. */
export function fullId(short: string): string {
  const [type = '', ...rest] = short.split('.');
  return [type, 'shop', ...rest].join('.');
}

export function manifestJson(project: Project): Record<string, unknown> {
  const sections: Record<string, Record<string, unknown>> = { nodes: {}, sources: {}, exposures: {}, unit_tests: {} };
  const groups: Record<string, unknown> = {};
  for (const [short, { reads = [], ...extra }] of Object.entries(project)) {
    const [type = '', ...rest] = short.split('.');
    const name = rest.at(-1) ?? '';
    if (type === 'group') {
      groups[short] = { name, ...extra };
      continue;
    }
    const section = sections[{ source: 'sources', exposure: 'exposures', unit_test: 'unit_tests' }[type] ?? 'nodes'];
    if (section === undefined) continue;
    section[fullId(short)] = {
      resource_type: type,
      name,
      package_name: 'shop',
      ...(type === 'source' ? { source_name: rest[0] } : {}),
      ...(type === 'model' ? { original_file_path: `models/${name}.sql`, config: { materialized: 'table' } } : {}),
      ...extra,
      depends_on: { nodes: reads.map(fullId) },
    };
  }
  return { metadata: { project_name: 'shop', dbt_version: '1.11.16', invocation_id: 'run-1' }, groups, ...sections };
}

export function aManifest(project: Project): Manifest {
  return parseManifest({ path: 'manifest.json', value: manifestJson(project) });
}

/** One `dbt build` of the project, and one `dbt source freshness` before it if `freshness` is given. */
export function aRun(
  project: Project,
  results: Readonly<Record<string, ResultOf>>,
  options: { readonly freshness?: Readonly<Record<string, ResultOf>>; readonly environment?: string } = {},
): Run {
  const runResults = parseRunResults({ path: 'run_results.json', value: runResultsJson(results) });
  const sources =
    options.freshness === undefined
      ? null
      : parseSources({
          path: 'sources.json',
          value: {
            metadata: { ...metadata, generated_at: '2026-01-02T05:59:00Z' },
            results: entries(options.freshness),
          },
        });
  return mergeRun({
    runResults: [runResults],
    sources,
    manifest: aManifest(project),
    environment: options.environment ?? null,
  });
}

/** Several dbt commands of the same project, one after the other, merged. */
export function aRunOf(
  project: Project,
  ...commands: readonly {
    readonly which: string;
    readonly results: Readonly<Record<string, ResultOf>>;
    readonly args?: object;
  }[]
): Run {
  const runResults = commands.map(({ which, results, args }, index) => {
    const { metadata: ours, ...rest } = runResultsJson(results, which);
    const value = {
      ...rest,
      args: { which, ...args },
      metadata: { ...Object(ours), invocation_id: `run-${index + 1}`, generated_at: `2026-01-02T06:0${index}:30Z` },
    };
    return parseRunResults({ path: `${which}.json`, value });
  });
  return mergeRun({ runResults, sources: null, manifest: aManifest(project), environment: null });
}

const metadata = { dbt_version: '1.11.16', invocation_id: 'run-1', generated_at: '2026-01-02T06:00:30Z' };

export function runResultsJson(results: Readonly<Record<string, ResultOf>>, which = 'build'): Record<string, unknown> {
  return { metadata, elapsed_time: 30, args: { which }, results: entries(results) };
}

function entries(results: Readonly<Record<string, ResultOf>>): readonly Record<string, unknown>[] {
  return Object.entries(results).map(([short, result]) => ({
    unique_id: fullId(short),
    ...(typeof result === 'string' ? { status: result } : result),
  }));
}

/** A generic test of one column, as the manifest has it. */
export function columnTest(
  name: string,
  model: string,
  column: string,
  more: Readonly<Record<string, unknown>> = {},
): ProjectNode {
  const isModel = !model.startsWith('source.');
  return {
    reads: [model],
    test_metadata: { name, namespace: null, kwargs: { column_name: column } },
    column_name: column,
    attached_node: isModel ? fullId(model) : null,
    ...more,
  };
}
