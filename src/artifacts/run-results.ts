import * as z from 'zod/mini';
import { EVIDENCE_MARK, readEvidence } from './evidence.ts';
import { checkKind, isObject, number, numberOf, record, text } from './fields.ts';
import type { JsonFile } from './json.ts';
import { each, type Layout, members, whole } from './json-plan.ts';
import { KeptEntries } from './kept-entries.ts';
import { readArtifact, type ReadSettings, type Scan } from './read-artifact.ts';
import { instantOf, type NodeResult, type Timestamp } from './run.ts';
import { readStatus } from './status.ts';

/** One run_results.json: what one dbt invocation did. */
export interface RunResultsFile {
  readonly path: string;
  readonly invocationId: string | null;
  readonly dbtVersion: string | null;
  readonly generatedAt: Timestamp | null;
  /** When the invocation began, or where dbt does not say so (before 1.10, and in 2), its first node. */
  readonly startedAt: Timestamp | null;
  /** Wall clock in dbt 1; the sum over all nodes in dbt 2. */
  readonly elapsedSeconds: number | null;
  /** The command as `args.which` has it: `build`, `test`, `generate` (for `docs generate`) …; null if not said. */
  readonly command: string | null;
  /** The profile target, if it was chosen on the command line. */
  readonly target: string | null;
  /** Whether dbt was to run everything there is: nothing selected, nothing excluded, no retry. */
  readonly everything: boolean;
  /** What dbt was told to run, as its flags say it; null if nothing was chosen. */
  readonly selection: string | null;
  readonly results: readonly NodeResult[];
  /** Entries without a `unique_id` or a status: nothing can be said about them but that they are there. */
  readonly unreadable: number;
}

const fileSchema = z.object({
  metadata: z.catch(
    z.object({
      dbt_schema_version: text,
      dbt_version: text,
      generated_at: text,
      invocation_id: text,
      invocation_started_at: text,
    }),
    {
      dbt_schema_version: null,
      dbt_version: null,
      generated_at: null,
      invocation_id: null,
      invocation_started_at: null,
    },
  ),
  elapsed_time: number,
  args: record,
});

// What is kept of a file that is scanned: every key that `readResult` and those below it look at.
export const runResultsLayout: Layout = {
  metadata: 'value',
  elapsed_time: 'value',
  args: 'value',
  results: members({
    unique_id: whole(),
    status: whole(),
    message: whole(),
    failures: whole(),
    compiled_code: whole({ containing: EVIDENCE_MARK }),
    timing: each(members({ started_at: whole(), completed_at: whole() })),
    batch_results: whole(),
  }),
};

/**
 * Reads a run_results.json of dbt 0.19 to 2.x, of any size.
 * @throws {ProblemError} when it cannot be read, or is another kind of document.
 */
export function readRunResults(path: string, settings?: ReadSettings): Promise<RunResultsFile> {
  return readArtifact(path, { parsed: parseRunResults, scan: scanRunResults }, settings);
}

/**
 * Understands a run_results.json that was parsed as a whole.
 * @throws {ProblemError} when it is another kind of document.
 */
export function parseRunResults({ path, value }: JsonFile): RunResultsFile {
  const results = isObject(value) ? value['results'] : null;
  return runResultsOf(path, isObject(value) ? value : {}, Array.isArray(results) ? results : null);
}

function scanRunResults(path: string): Scan<RunResultsFile> {
  const values: Record<string, unknown> = {};
  let results: KeptEntries | null = null;
  return {
    layout: runResultsLayout,
    visitor: {
      value(name, json) {
        values[name] = JSON.parse(json);
      },
      section(_, kind) {
        results = kind === 'list' ? new KeptEntries() : null;
      },
      entry: (_, bytes, start, end) => results?.add(bytes, start, end),
    },
    result: () => runResultsOf(path, values, results?.drain() ?? null),
  };
}

function runResultsOf(
  path: string,
  head: Readonly<Record<string, unknown>>,
  entries: Iterable<unknown> | null,
): RunResultsFile {
  const { metadata, args, elapsed_time: elapsedSeconds } = fileSchema.parse(head);
  const command = stringOrNull(args['which']);
  const results: NodeResult[] = [];
  let unreadable = 0;
  let firstStart: Timestamp | null = null;
  for (const entry of entries ?? []) {
    const result = isObject(entry) ? readResult(entry, metadata.invocation_id, command) : null;
    if (!isObject(entry) || result === null) {
      unreadable += 1;
      continue;
    }
    if (metadata.invocation_started_at === null)
      for (const step of stepsOf(entry['timing'])) firstStart = earlier(firstStart, stringOrNull(step['started_at']));
    results.push(result);
  }
  // Before 0.19 a result had no unique_id of its own. Nothing read must not look like nothing wrong.
  const isReadable = entries !== null && (unreadable === 0 || results.length > 0);
  checkKind('run_results.json', path, isReadable, metadata.dbt_schema_version);
  return {
    path,
    invocationId: metadata.invocation_id,
    dbtVersion: metadata.dbt_version,
    generatedAt: metadata.generated_at,
    startedAt: metadata.invocation_started_at ?? firstStart,
    elapsedSeconds,
    command,
    target: stringOrNull(args['target']),
    everything: ranEverything(args, metadata.dbt_version),
    selection: selectionOf(args),
    results,
    unreadable,
  };
}

/** By hand, for there are hundreds of thousands. Null without a `unique_id` or a status. */
function readResult(
  entry: Readonly<Record<string, unknown>>,
  invocationId: string | null,
  command: string | null,
): NodeResult | null {
  const { status, message } = entry;
  const uniqueId = stringOrNull(entry['unique_id']);
  const sql = entry['compiled_code'];
  if (uniqueId === null || typeof status !== 'string') return null;
  return {
    uniqueId,
    status: readStatus(status),
    statusText: status,
    message: typeof message === 'string' ? message : null,
    // In dbt 0.19 a failed test's message is its count.
    failures: typeof message === 'number' ? message : numberOf(entry['failures']),
    evidence: typeof sql === 'string' ? readEvidence(sql, { uniqueId, invocationId }) : null,
    batches: batchesOf(entry['batch_results']),
    invocationId,
    command,
    // Of dbt's steps `compile` and `execute` the later one; a skipped node has none.
    completedAt: stringOrNull(stepsOf(entry['timing']).at(-1)?.['completed_at']),
  };
}

function stepsOf(timing: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(timing) ? timing.filter(isObject) : [];
}

function batchesOf(results: unknown): NodeResult['batches'] {
  if (!isObject(results) || !Array.isArray(results['successful']) || !Array.isArray(results['failed'])) return null;
  const { successful, failed } = results;
  return { count: successful.length + failed.length, failed: failed.map(beginOf) };
}

/** Known only of dbt 1, which writes down its settings in full. */
function ranEverything(args: Readonly<Record<string, unknown>>, dbtVersion: string | null): boolean {
  return (
    args['which'] === 'build' && dbtVersion?.startsWith('1.') === true && 'select' in args && selectionOf(args) === null
  );
}

const choices = ['select', 'exclude', 'selector', 'resource_types', 'exclude_resource_types', 'models'] as const;

/** `dbt retry` takes over the settings of the run before, and repeats only what had not succeeded. */
function selectionOf(args: Readonly<Record<string, unknown>>): string | null {
  if (/\bretry\b/.test(stringOrNull(args['invocation_command']) ?? '')) return 'dbt retry';
  const flags = choices.flatMap((choice) => {
    const words = [args[choice]].flat().filter((word) => typeof word === 'string' && word !== '');
    return words.length === 0 ? [] : [`--${choice.replaceAll('_', '-')} ${words.join(' ')}`];
  });
  return flags.length === 0 ? null : flags.join(' ');
}

/** Of a batch's two ends the first. */
function beginOf(batch: unknown): Timestamp | null {
  return Array.isArray(batch) ? stringOrNull(batch[0]) : null;
}

function earlier(first: Timestamp | null, next: Timestamp | null): Timestamp | null {
  return (instantOf(next) ?? Infinity) < (instantOf(first) ?? Infinity) ? next : first;
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * Commands whose results say something about data or pipeline. The others (`docs generate`, `compile`, `show`,
 * `run-operation` …) write a run_results.json as well, and theirs is always green.
 * Source: dbt-core, `args.which` per task; an absent command is taken for a run.
 */
const testingCommands = new Set(['build', 'test', 'run', 'seed', 'snapshot', 'retry', 'clone']);

export function saysSomething(file: RunResultsFile): boolean {
  return file.command === null || testingCommands.has(file.command);
}
