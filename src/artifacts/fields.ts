import * as z from 'zod/mini';
import { ProblemError } from '../errors.ts';

/**
 * Lenient field readers. dbt's files differ by version, adapter and engine, and a strange optional field must never
 * cost a result: whatever does not fit is read as absent.
 */
export const text = z.catch(z.nullable(z.string()), null);

/** Some third-party writers quote their numbers. */
export const number = z.catch(
  z.union([
    z.number(),
    z.pipe(
      z.string().check(z.regex(/^-?\d+(\.\d+)?$/)),
      z.transform((digits: string) => (Number.isFinite(Number(digits)) ? Number(digits) : null)),
    ),
    z.null(),
  ]),
  null,
);

/** dbt writes one tag or one address as a plain string. */
export const texts = z.pipe(
  z.catch(z.union([z.array(z.unknown()), z.string()]), []),
  z.transform((value): readonly string[] =>
    (typeof value === 'string' ? [value] : value).filter((item) => typeof item === 'string'),
  ),
);

export const record = z.catch(z.record(z.string(), z.unknown()), {});

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const schemas = {
  'run_results.json': '/run-results/',
  'sources.json': '/sources/',
  'manifest.json': '/manifest/',
} as const;

/**
 * Refuses a document that is not the wanted artifact: one without its main section, or one that says of itself that it
 * is another artifact (sources.json has `results` as well, catalog.json has `nodes`).
 */
export function checkKind(
  wanted: keyof typeof schemas,
  path: string,
  hasSection: boolean,
  schemaVersion: string | null,
): void {
  const isOther = schemaVersion !== null && schemaVersion.includes('/dbt/') && !schemaVersion.includes(schemas[wanted]);
  if (hasSection && !isOther) return;
  throw new ProblemError({
    code: 'artifact_invalid',
    what: `${path} is not a ${wanted} of dbt${isOther ? ` but ${schemaVersion}` : ''}.`,
    next: `Name the ${wanted} that dbt wrote, usually target/${wanted}.`,
  });
}
