import * as z from 'zod/mini';
import { checkKind, isObject, number, text } from './fields.ts';
import type { JsonFile } from './json.ts';
import type { FreshnessResult, Timestamp } from './run.ts';
import { readStatus } from './status.ts';

/** One sources.json: what one `dbt source freshness` found. */
export interface SourcesFile {
  readonly path: string;
  readonly generatedAt: Timestamp | null;
  readonly invocationId: string | null;
  readonly results: readonly FreshnessResult[];
  readonly unreadable: number;
}

const periodSchema = z.catch(
  z.nullable(z.object({ count: z.number(), period: z.enum(['minute', 'hour', 'day']) })),
  null,
);

const fileSchema = z.object({
  metadata: z.catch(z.object({ dbt_schema_version: text, generated_at: text, invocation_id: text }), {
    dbt_schema_version: null,
    generated_at: null,
    invocation_id: null,
  }),
  results: z.catch(z.nullable(z.array(z.unknown())), null),
});

const resultSchema = z.object({
  unique_id: z.string().check(z.minLength(1)),
  status: z.string(),
  // dbt 1.0 to 1.7 put the message of a failed query here.
  error: text,
  message: text,
  max_loaded_at: text,
  max_loaded_at_time_ago_in_s: number,
  snapshotted_at: text,
  criteria: z.catch(z.object({ warn_after: periodSchema, error_after: periodSchema }), {
    warn_after: null,
    error_after: null,
  }),
});

/**
 * Understands a sources.json of dbt 0.19 to 2.x. Its list is incomplete by nature: dbt from 1.8 on leaves out every
 * source whose freshness query failed.
 * @throws {ProblemError} when it is another kind of document.
 */
export function parseSources({ path, value }: JsonFile): SourcesFile {
  const { metadata, results: entries } = fileSchema.parse(isObject(value) ? value : {});
  checkKind('sources.json', path, entries !== null, metadata.dbt_schema_version);
  const results: FreshnessResult[] = [];
  let unreadable = 0;
  for (const entry of entries ?? []) {
    const result = resultSchema.safeParse(entry);
    if (!result.success) {
      unreadable += 1;
      continue;
    }
    const { unique_id: uniqueId, status, criteria } = result.data;
    results.push({
      uniqueId,
      status: readStatus(status),
      statusText: status,
      error: result.data.error ?? result.data.message,
      maxLoadedAt: result.data.max_loaded_at,
      ageSeconds: result.data.max_loaded_at_time_ago_in_s,
      warnAfter: criteria.warn_after,
      errorAfter: criteria.error_after,
      checkedAt: result.data.snapshotted_at,
    });
  }
  return {
    path,
    generatedAt: metadata.generated_at,
    invocationId: metadata.invocation_id,
    results,
    unreadable,
  };
}
