import * as z from 'zod/mini';

/**
 * Lenient field readers. dbt's files differ by version, adapter and engine, and a strange optional field must never
 * cost a result: whatever does not fit is read as absent.
 */
export const text = z.catch(z.nullable(z.string()), null);

/** Some third-party writers quote their numbers. */
export const number = z.catch(
  z.union([z.number(), z.pipe(z.string().check(z.regex(/^-?\d+(\.\d+)?$/)), z.transform(Number)), z.null()]),
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
