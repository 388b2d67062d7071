import * as z from 'zod/mini';
import { ProblemError } from '../errors.ts';
import { number, record, text } from './fields.ts';
import type { JsonFile } from './json.ts';
import type { NodeResult, Timestamp } from './run.ts';
import { readStatus } from './status.ts';

/** One run_results.json: what one dbt invocation did. */
export interface RunResultsFile {
  readonly path: string;
  readonly invocationId: string | null;
  readonly dbtVersion: string | null;
  readonly generatedAt: Timestamp | null;
  readonly startedAt: Timestamp | null;
  /** Wall clock in dbt 1; the sum over all nodes in dbt 2. */
  readonly elapsedSeconds: number | null;
  /** The command as `args.which` has it: `build`, `test`, `generate` (for `docs generate`) …; null if not said. */
  readonly command: string | null;
  /** The profile target, if it was chosen on the command line. */
  readonly target: string | null;
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
    { dbt_schema_version: null, dbt_version: null, generated_at: null, invocation_id: null, invocation_started_at: null },
  ),
  elapsed_time: number,
  args: record,
  results: z.array(z.unknown()),
});

const resultSchema = z.object({
  unique_id: z.string().check(z.minLength(1)),
  status: z.string(),
  message: text,
  failures: number,
  timing: z.optional(z.unknown()),
});

/**
 * Understands a run_results.json of dbt 0.19 to 2.x.
 * @throws {ProblemError} when it is another kind of document.
 */
export function parseRunResults({ path, value }: JsonFile): RunResultsFile {
  const file = fileSchema.safeParse(value);
  if (!file.success || isAnotherArtifact(file.data.metadata.dbt_schema_version)) {
    throw new ProblemError({
      code: 'artifact_invalid',
      what: `${path} is not a run_results.json of dbt.`,
      next: 'Name the run_results.json that dbt wrote, usually target/run_results.json.',
    });
  }
  const { metadata, args, elapsed_time: elapsedSeconds } = file.data;
  const results: NodeResult[] = [];
  let unreadable = 0;
  for (const entry of file.data.results) {
    const result = resultSchema.safeParse(entry);
    if (!result.success) {
      unreadable += 1;
      continue;
    }
    const { unique_id: uniqueId, status, message, failures, timing } = result.data;
    results.push({
      uniqueId,
      status: readStatus(status),
      statusText: status,
      message,
      failures,
      invocationId: metadata.invocation_id,
      completedAt: lastCompletion(timing),
    });
  }
  return {
    path,
    invocationId: metadata.invocation_id,
    dbtVersion: metadata.dbt_version,
    generatedAt: metadata.generated_at,
    startedAt: metadata.invocation_started_at,
    elapsedSeconds,
    command: stringOrNull(args['which']),
    target: stringOrNull(args['target']),
    results,
    unreadable,
  };
}

/** Of dbt's steps `compile` and `execute` the later one; a skipped node has none. */
function lastCompletion(timing: unknown): Timestamp | null {
  const step: unknown = Array.isArray(timing) ? timing.at(-1) : null;
  return typeof step === 'object' && step !== null && 'completed_at' in step ? stringOrNull(step.completed_at) : null;
}

/** sources.json has a `results` list too. */
function isAnotherArtifact(schemaVersion: string | null): boolean {
  return schemaVersion !== null && schemaVersion.includes('/dbt/') && !schemaVersion.includes('/run-results/');
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
