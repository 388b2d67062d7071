import * as z from 'zod/mini';
import { readEvidence } from './evidence.ts';
import { checkKind, isObject, number, record, text } from './fields.ts';
import type { JsonFile } from './json.ts';
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
  results: z.catch(z.nullable(z.array(z.unknown())), null),
});

const resultSchema = z.object({
  unique_id: z.string().check(z.minLength(1)),
  status: z.string(),
  // A number in dbt 0.19: there a failed test's message is its count.
  message: z.catch(z.union([z.string(), z.number(), z.null()]), null),
  failures: number,
  compiled_code: text,
  // Thousands of results are read, and these two are seldom looked at: see `stepsOf` and `batchesOf`.
  timing: z.optional(z.unknown()),
  batch_results: z.optional(z.unknown()),
});

/**
 * Understands a run_results.json of dbt 0.19 to 2.x.
 * @throws {ProblemError} when it is another kind of document.
 */
export function parseRunResults({ path, value }: JsonFile): RunResultsFile {
  const file = fileSchema.parse(isObject(value) ? value : {});
  const { metadata, args, results: entries } = file;
  const readable = (entries ?? []).map((entry) => resultSchema.safeParse(entry)).filter((entry) => entry.success);
  // Before 0.19 a result had no unique_id of its own. Nothing read must not look like nothing wrong.
  const isReadable = entries !== null && (entries.length === 0 || readable.length > 0);
  checkKind('run_results.json', path, isReadable, metadata.dbt_schema_version);
  return {
    path,
    invocationId: metadata.invocation_id,
    dbtVersion: metadata.dbt_version,
    generatedAt: metadata.generated_at,
    startedAt:
      metadata.invocation_started_at ??
      earliest(readable.flatMap(({ data }) => stepsOf(data.timing).map((step) => stringOrNull(step['started_at'])))),
    elapsedSeconds: file.elapsed_time,
    command: stringOrNull(args['which']),
    target: stringOrNull(args['target']),
    everything: ranEverything(args, metadata.dbt_version),
    selection: selectionOf(args),
    results: readable.map(({ data }) => toResult(data, metadata.invocation_id, stringOrNull(args['which']))),
    unreadable: (entries ?? []).length - readable.length,
  };
}

function toResult(
  entry: z.infer<typeof resultSchema>,
  invocationId: string | null,
  command: string | null,
): NodeResult {
  const { unique_id: uniqueId, status, message, failures, timing, compiled_code: sql } = entry;
  return {
    uniqueId,
    status: readStatus(status),
    statusText: status,
    message: typeof message === 'string' ? message : null,
    failures: typeof message === 'number' ? message : failures,
    evidence: readEvidence(sql, { uniqueId, invocationId }),
    batches: batchesOf(entry.batch_results),
    invocationId,
    command,
    // Of dbt's steps `compile` and `execute` the later one; a skipped node has none.
    completedAt: stringOrNull(stepsOf(timing).at(-1)?.['completed_at']),
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

function earliest(timestamps: readonly (Timestamp | null)[]): Timestamp | null {
  return timestamps.reduce(
    (first, next) => ((instantOf(next) ?? Infinity) < (instantOf(first) ?? Infinity) ? next : first),
    null,
  );
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
