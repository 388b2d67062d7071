import * as z from 'zod/mini';
import { ProblemError } from '../errors.ts';

/**
 * Lenient field readers. dbt's files differ by version, adapter and engine, and a strange optional field must never
 * cost a result: whatever does not fit is read as absent.
 */
export const text = reader((value) => (typeof value === 'string' ? value : null));

/** Some third-party writers quote their numbers. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export const number = reader(numberOf);

/** dbt writes one tag or one address as a plain string. */
export const texts = reader((value): readonly string[] => {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.filter((item) => typeof item === 'string');
});

export const record = reader((value) => (isObject(value) ? value : {}));

/** Of a key that may be missing. A type that does not fit costs zod far more time than this, and most keys are missing. */
function reader<T>(read: (value: unknown) => T) {
  return z.pipe(z.optional(z.unknown()), z.transform(read));
}

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
