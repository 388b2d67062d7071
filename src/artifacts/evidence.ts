import * as z from 'zod/mini';
import { isObject } from './fields.ts';

/** What a test of the dbt package measured: it travels as a comment in the SQL that dbt writes into its artifacts. */
export interface Evidence {
  /** What was counted, in one word: `order`, `day`, `row`. */
  readonly unit: string;
  readonly checked: number;
  readonly failed: number;
  /** An amount over the units, such as revenue; null where nothing could be added up. */
  readonly measure: { readonly name: string; readonly checked: number | null; readonly failed: number | null } | null;
  /** Keys of failing units, by column. */
  readonly samples: readonly Sample[];
  readonly periods: { readonly first: string; readonly last: string; readonly failed: number } | null;
  /** Why units failed, where the test can tell; one unit may count for several. */
  readonly reasons: readonly { readonly reason: string; readonly failed: number }[];
  /** About the last failing unit, in words: what it has and what was expected of it. */
  readonly detail: string | null;
}

export type Sample = Readonly<Record<string, string | number | boolean | null>>;

/** Whose SQL it is, and of which invocation. */
interface Result {
  readonly uniqueId: string;
  readonly invocationId: string | null;
}

/** Where this is not in the SQL, there is no evidence in it. */
export const EVIDENCE_MARK = 'dq_report:';
const START = `/* ${EVIDENCE_MARK}`;
const END = '*/';
/** A hundred samples take less. */
const LONGEST = 1_000_000;
/** What a text that was too long for a sample ends in. */
export const CUT = '…';

const shortText = z.string().check(z.minLength(1), z.maxLength(500));
const count = z.int().check(z.minimum(0));
/** Beyond this nobody can read it, and JavaScript writes an exponent. */
const amount = z.catch(z.nullable(z.number().check(z.minimum(-1e15), z.maximum(1e15))), null);

const schema = z
  .object({
    v: z.literal(1),
    unique_id: z.string(),
    invocation_id: z.string(),
    unit: shortText,
    checked: count,
    failed: count,
    measure: z.catch(z.nullable(z.object({ name: shortText, checked: amount, failed: amount })), null),
    samples: z.catch(z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))), []),
    periods: z.catch(z.nullable(z.object({ first: shortText, last: shortText, failed: count })), null),
    reasons: z.catch(z.array(z.object({ reason: shortText, failed: count })), []),
    detail: z.catch(z.nullable(shortText), null),
  })
  .check(z.refine(({ checked, failed }) => failed <= checked));

/**
 * Reads the last evidence comment of a test's compiled SQL. Null if there is none, if it is broken, and if it belongs to
 * another test or another invocation: the manifest keeps old SQL of tests that were not selected.
 */
export function readEvidence(compiledCode: string | null, { uniqueId, invocationId }: Result): Evidence | null {
  const json = lastComment(compiledCode ?? '');
  if (json === null || json.length > LONGEST) return null;
  const read = schema.safeParse(parse(json));
  if (!read.success || read.data.unique_id !== uniqueId || read.data.invocation_id !== invocationId) return null;
  const { unit, checked, failed, measure, samples, periods, reasons, detail } = read.data;
  return { unit, checked, failed, measure, samples, periods, reasons, detail };
}

function lastComment(code: string): string | null {
  const start = code.lastIndexOf(START);
  const end = start === -1 ? -1 : code.indexOf(END, start);
  return end === -1 ? null : code.slice(start + START.length, end);
}

function parse(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    // What a test could not say, it leaves out.
    return isObject(value) ? { measure: null, samples: [], periods: null, reasons: [], detail: null, ...value } : null;
  } catch {
    return null;
  }
}

/** failed / checked; null when nothing was checked. */
export function shareOf({ checked, failed }: Evidence): number | null {
  return checked === 0 ? null : failed / checked;
}
