import { ProblemError } from '../errors.ts';
import { readEvidence } from './evidence.ts';
import { type Manifest, noManifest } from './manifest.ts';
import { partsOf } from './unique-id.ts';
import { type RunResultsFile, saysSomething } from './run-results.ts';
import { type FreshnessResult, instantOf, type NodeResult, type Note, type Run } from './run.ts';
import type { SourcesFile } from './sources.ts';

export interface Artifacts {
  readonly runResults: readonly RunResultsFile[];
  readonly sources: SourcesFile | null;
  readonly manifest: Manifest;
  readonly environment: string | null;
}

/**
 * A sources.json older than this, counted back from the run, belongs to an earlier day's freshness check.
 * Daily jobs check freshness shortly before they build, or in the evening before.
 */
const FRESHNESS_LIMIT_HOURS = 12;

/**
 * Merges the files of several invocations: by `unique_id`, the newest file wins; files of commands that test nothing
 * only count where they failed.
 * @throws {ProblemError} when nothing is left that says anything about data or pipeline.
 */
export function mergeRun({ runResults, sources, manifest: anyManifest, environment }: Artifacts): Run {
  const notes: Note[] = [];
  const files = runResults.toSorted((a, b) => (instantOf(a.generatedAt) ?? 0) - (instantOf(b.generatedAt) ?? 0));
  const telling = files.filter((file) => saysSomething(file) || file.results.some(isFailure));
  for (const file of files.filter((candidate) => !saysSomething(candidate))) notes.push(notATestRun(file));
  refuseIfNothingWasTested(files, telling);

  const merged = mergeResults(telling);
  const manifest = ownManifest(anyManifest, merged, notes);
  const results = merged.map((result) => withEvidence(result, manifest));
  const newest = telling.at(-1) ?? null;
  noteResults(telling, results, notes);
  noteManifest(manifest, anyManifest, telling, results, notes);
  noteEarlyEnd(newest, manifest, results, notes);
  notePart(telling, notes);
  const freshness = usableFreshness(sources, manifest, newest, notes);

  return {
    project: manifest.project ?? mostCommonPackage(results),
    environment: environment ?? newest?.target ?? null,
    target: newest?.target ?? null,
    dbtVersion: newest?.dbtVersion ?? manifest.dbtVersion,
    invocationIds: [...new Set(telling.map((file) => file.invocationId).filter((id) => id !== null))],
    generatedAt: newest?.generatedAt ?? sources?.generatedAt ?? null,
    durationSeconds: totalDuration(telling),
    results,
    freshness,
    manifest,
    notes,
  };
}

function mergeResults(files: readonly RunResultsFile[]): readonly NodeResult[] {
  const merged = new Map<string, { readonly result: NodeResult; readonly at: number | null }>();
  for (const file of files) {
    const at = instantOf(file.generatedAt);
    for (const result of file.results) {
      // `docs generate` and the like say "success" of tests that were never run.
      if (!saysSomething(file) && !isFailure(result)) continue;
      const known = merged.get(result.uniqueId);
      // Where nobody can tell which came later, the failure counts: it must not be lost.
      const isNewer = known === undefined || (at !== null && known.at !== null && at > known.at);
      if (!isNewer && !isFailure(result) && isFailure(known.result)) continue;
      // Where dbt gave no times, its file's is nearer than that of the newest file.
      const timed = result.completedAt === null ? { ...result, completedAt: file.generatedAt } : result;
      merged.set(result.uniqueId, { result: timed, at });
    }
  }
  return [...merged.values()].map(({ result }) => result);
}

/** Some versions of dbt 2 write the SQL of tests into the manifest alone. */
function withEvidence(result: NodeResult, manifest: Manifest): NodeResult {
  if (result.evidence !== null || manifest.invocationId !== result.invocationId) return result;
  return { ...result, evidence: readEvidence(manifest.sqlWithEvidence(result.uniqueId), result) };
}

function isFailure(result: NodeResult): boolean {
  return ['error', 'fail', 'warn', 'partial success', 'runtime error', 'unknown'].includes(result.status);
}

function refuseIfNothingWasTested(files: readonly RunResultsFile[], telling: readonly RunResultsFile[]): void {
  const last = files.at(-1);
  if (last === undefined || telling.length > 0) return;
  throw new ProblemError({
    code: 'nothing_tested',
    what: `${last.path} was written by \`dbt ${commandName(last)}\`, which runs no model and no test.`,
    next: 'dbt overwrites this file with every command: run dq-report right after `dbt build`, or give the two commands separate --target-path folders.',
  });
}

function notATestRun(file: RunResultsFile): Note {
  return {
    code: 'not_a_test_run',
    message: `${file.path} was written by \`dbt ${commandName(file)}\`, which tests nothing: only its errors count.`,
  };
}

/** `args.which` of `dbt docs generate` is `generate`. */
function commandName(file: RunResultsFile): string {
  return file.command === 'generate' ? 'docs generate' : (file.command ?? '');
}

function noteResults(files: readonly RunResultsFile[], results: readonly NodeResult[], notes: Note[]): void {
  for (const file of files) {
    if (file.results.length === 0 && file.unreadable === 0) {
      notes.push({
        code: 'nothing_selected',
        message: `${file.path} holds no results: the selection of that dbt command matched nothing.`,
      });
    }
    if (file.unreadable > 0) {
      notes.push({
        code: 'unreadable_results',
        message: `${count(file.unreadable, 'result')} in ${file.path} without unique_id or status could not be read.`,
      });
    }
  }
  const unknown = results.filter((result) => result.status === 'unknown');
  if (unknown.length > 0) {
    const texts = [...new Set(unknown.map((result) => `"${result.statusText}"`))].join(', ');
    notes.push({
      code: 'unknown_status',
      message: `${count(unknown.length, 'result')} with a status this version does not know (${texts}), counted as errors.`,
    });
  }
  // dbt 2 may answer a test from its cache; the verdict is then an earlier run's.
  const cached = results.filter((result) => result.message?.startsWith('NO-OP - cached test result'));
  if (cached.length > 0)
    notes.push({
      code: 'cached_results',
      message: `${count(cached.length, 'test result')} came from dbt's cache, not from this run.`,
    });
}

/** `dbt run-operation` runs a macro, which is no node of the manifest. */
function isNode({ uniqueId }: NodeResult): boolean {
  return !uniqueId.startsWith('macro.');
}

/** What a run leaves out on purpose is as unknown as what it could not do. */
function notePart(files: readonly RunResultsFile[], notes: Note[]): void {
  const [file] = files;
  if (file === undefined || files.length > 1) return;
  if (file.command === 'test' || file.command === 'run') {
    const other = file.command === 'test' ? 'run' : 'test';
    notes.push({
      code: 'part_of_the_work',
      message: `This is \`dbt ${file.command}\` alone; what \`dbt ${other}\` says is not in it. Use \`dbt build\`, or keep both files and give them with --run-results.`,
    });
  } else if (file.selection !== null) {
    notes.push({
      code: 'part_of_the_work',
      message: `dbt ran a part of the project only (${file.selection}); dashboards above the rest are unknown. Give the run_results.json of the full run as well, with --run-results.`,
    });
  }
}

/**
 * On Ctrl-C dbt 1 writes what is finished, and not a word of the rest; with `--fail-fast` it calls skipped what was
 * running when it stopped.
 */
function noteEarlyEnd(
  newest: RunResultsFile | null,
  manifest: Manifest,
  results: readonly NodeResult[],
  notes: Note[],
): void {
  if (newest?.everything === true && newest.invocationId === manifest.invocationId) {
    const seen = new Set(results.map((result) => result.uniqueId));
    const all = manifest.runnable();
    const missing = all.filter((uniqueId) => !seen.has(uniqueId));
    if (missing.length > 0) {
      notes.push({
        code: 'stopped_early',
        message: `dbt was to build everything, but ${missing.length} of ${all.length} nodes have no result: it was stopped early. What it did not get to is not known.`,
      });
    }
  }
  if (results.some((result) => result.message?.includes('fail_fast') === true)) {
    notes.push({
      code: 'fail_fast',
      message:
        'dbt was told to stop at the first failure. Nodes that were running then are called skipped, and may have failed as well.',
    });
  }
}

/** A manifest of which not one result is known belongs to another project; to use it would invent dashboards. */
function ownManifest(manifest: Manifest, results: readonly NodeResult[], notes: Note[]): Manifest {
  const nodes = results.filter(isNode);
  if (!manifest.present || nodes.length === 0 || nodes.some((result) => manifest.has(result.uniqueId))) return manifest;
  notes.push({
    code: 'manifest_of_other_project',
    message: `manifest.json (project ${manifest.project ?? 'unknown'}) knows none of the nodes in run_results.json and is not used: owners, lineage and dashboards are unknown.`,
  });
  return noManifest;
}

function noteManifest(
  manifest: Manifest,
  found: Manifest,
  files: readonly RunResultsFile[],
  results: readonly NodeResult[],
  notes: Note[],
): void {
  if (!found.present) {
    notes.push({
      code: 'no_manifest',
      message:
        'There is no manifest.json: owners, lineage, dashboards and unchecked sources are unknown, and nothing can be folded. Keep it beside run_results.json, or name it with --manifest.',
    });
  }
  if (!manifest.present) return;
  const missing = results.filter((result) => isNode(result) && !manifest.has(result.uniqueId));
  if (missing.length > 0) {
    notes.push({
      code: 'nodes_not_in_manifest',
      message: `${count(missing.length, 'result')} not in manifest.json, so without owner and lineage: ${some(missing.map((result) => result.uniqueId))}.`,
    });
  }
  const invocations = files.map((file) => file.invocationId).filter((id) => id !== null);
  if (manifest.invocationId !== null && invocations.length > 0 && !invocations.includes(manifest.invocationId)) {
    notes.push({
      code: 'manifest_of_other_invocation',
      message:
        'manifest.json was written by another dbt command than run_results.json: lineage and owners may have changed in between.',
    });
  }
}

function usableFreshness(
  sources: SourcesFile | null,
  manifest: Manifest,
  newest: RunResultsFile | null,
  notes: Note[],
): Run['freshness'] {
  const unchecked = { checked: false, results: [], invocationId: null };
  const withRule = manifest.sourcesWithFreshness().length;
  if (sources === null) {
    if (withRule > 0) {
      notes.push({
        code: 'freshness_not_checked',
        message: `${count(withRule, 'source')} with a freshness rule not checked: \`dbt build\` never does. Run \`dbt source freshness\` before dq-report.`,
      });
    }
    return unchecked;
  }
  if (sources.unreadable > 0) {
    notes.push({
      code: 'unreadable_results',
      message: `${count(sources.unreadable, 'result')} in ${sources.path} without unique_id or status could not be read.`,
    });
  }
  const known = sources.results.filter((result) => manifest.has(result.uniqueId));
  if (manifest.present && sources.results.length > 0 && known.length === 0) {
    notes.push({
      code: 'sources_of_other_project',
      message: `${sources.path} knows none of this project's sources and is not used.`,
    });
    return unchecked;
  }
  const seconds = secondsBetween(sources.generatedAt, newest?.startedAt ?? newest?.generatedAt ?? null);
  if (seconds !== null && seconds > FRESHNESS_LIMIT_HOURS * 3600) {
    notes.push({
      code: 'sources_stale',
      message: `${sources.path} is ${Math.floor(seconds / 3600)} hours older than the run and is not used. Run \`dbt source freshness\` again before dq-report.`,
    });
    return unchecked;
  }
  const missing = sources.results.filter((result) => manifest.present && !manifest.has(result.uniqueId));
  if (missing.length > 0)
    notes.push({
      code: 'sources_not_in_manifest',
      message: `Sources checked but not in manifest.json: ${some(missing.map((result) => result.uniqueId))}.`,
    });
  return { checked: true, results: newestPerSource(sources.results), invocationId: sources.invocationId };
}

function newestPerSource(results: readonly FreshnessResult[]): readonly FreshnessResult[] {
  return [...new Map(results.map((result) => [result.uniqueId, result])).values()];
}

function secondsBetween(earlier: string | null, later: string | null): number | null {
  const from = instantOf(earlier);
  const to = instantOf(later);
  return from === null || to === null ? null : (to - from) / 1000;
}

/** Wall clock from the start to the file; what dbt calls elapsed only where nothing says when it started. */
function totalDuration(files: readonly RunResultsFile[]): number | null {
  const durations = files.map((file) => {
    const seconds = secondsBetween(file.startedAt, file.generatedAt);
    return seconds !== null && seconds >= 0 ? seconds : file.elapsedSeconds;
  });
  const known = durations.filter((duration) => duration !== null);
  return known.length === 0 ? null : known.reduce((sum, duration) => sum + duration, 0);
}

function mostCommonPackage(results: readonly NodeResult[]): string | null {
  const counts = new Map<string, number>();
  for (const { uniqueId } of results) {
    const name = partsOf(uniqueId).package;
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A few ids and how many more: notes stay one line. */
function some(ids: readonly string[]): string {
  const shown = ids.slice(0, 3).join(', ');
  return ids.length > 3 ? `${shown} and ${ids.length - 3} more` : shown;
}
