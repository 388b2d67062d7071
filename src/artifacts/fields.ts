import * as z from 'zod';

/**
 * Lenient field readers. dbt's files differ by version, adapter and engine, and a strange optional field must never
 * cost a result: whatever does not fit is read as absent.
 */
export const text = z.string().nullable().catch(null);

/** Some third-party writers quote their numbers. */
export const number = z
  .union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/).transform(Number), z.null()])
  .catch(null);

/** dbt writes one tag or one address as a plain string. */
export const texts = z
  .union([z.array(z.unknown()), z.string().transform((value) => [value])])
  .catch([])
  .transform((values: readonly unknown[]) => values.filter((value) => typeof value === 'string'));

export const record = z.record(z.string(), z.unknown()).catch({});
