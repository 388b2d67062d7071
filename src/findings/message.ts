import { type Evidence, shareOf } from '../artifacts/evidence.ts';
import type { FreshnessResult, NodeResult, Period } from '../artifacts/run.ts';
import type { FindingKind } from './finding.ts';
import { withoutEscapes } from './plain.ts';

/** What happened, in full, as one text of one or more lines; dbt's own words wherever it has some. */
export function resultMessage(
  { message, failures, evidence, batches, statusText, status }: NodeResult,
  kind: FindingKind,
  genericTest: string | null,
): string {
  const said = plainText(message ?? '');
  if (status === 'unknown')
    return `dbt wrote the status "${statusText}", which this version does not know.${said === '' ? '' : ` ${said}`}`;
  switch (kind) {
    case 'test_failed':
    case 'test_warned':
      return countMessage(said, failures, evidence, genericTest);
    case 'node_skipped':
      return said === '' ? 'Skipped by dbt.' : said;
    default:
      // Of batches dbt says no more than "ERROR" or "PARTIAL SUCCESS (2/3)"; their errors stand in its log only.
      if (batches !== null && batches.failed.length > 0) return batchMessage(batches);
      return isBareStatus(said) ? 'dbt gave no message.' : said;
  }
}

/** Diffs of unit tests come in colour and with the line ends of Windows. */
function plainText(text: string): string {
  return withoutEscapes(text).replaceAll('\r\n', '\n').trim();
}

/** dbt 2 repeats the status as the message. */
function isBareStatus(said: string): boolean {
  return /^(?:fail|warn|error)?$/i.test(said);
}

const BATCHES_NAMED = 3;

/** "1 of 3 batches failed: 2025-01-02. Their errors stand in dbt's log." */
function batchMessage({ count, failed }: NonNullable<NodeResult['batches']>): string {
  const begins = failed.slice(0, BATCHES_NAMED).map(
    (begin) =>
      begin
        ?.slice(0, 16)
        .replace(/T00:00$/, '')
        .replace('T', ' ') ?? 'unknown',
  );
  const more = failed.length > BATCHES_NAMED ? ` and ${failed.length - BATCHES_NAMED} more` : '';
  return `${failed.length} of ${count} ${count === 1 ? 'batch' : 'batches'} failed: ${begins.join(', ')}${more}. Their errors stand in dbt's log.`;
}

/** What dbt's own tests return one row for, and what is wrong with it. */
const rowsOf: ReadonlyMap<string, readonly [unit: string, wrong: string]> = new Map([
  ['not_null', ['row', 'without a value']],
  ['unique', ['value', 'duplicated']],
  ['accepted_values', ['value', 'unexpected']],
  ['relationships', ['row', 'without a parent']],
]);

/** dbt 1 says "Got 77 results, configured to fail if != 0", dbt 2 only "Fail": the number and the rule are the news. */
function countMessage(
  said: string,
  failures: number | null,
  evidence: Evidence | null,
  genericTest: string | null,
): string {
  const rule = /configured to (?:fail|warn) if ([^\n]{1,200}?)\.?$/.exec(said)?.[1] ?? null;
  if (failures === null) return isBareStatus(said) ? 'The test failed; dbt did not say how often.' : said;
  const count = failures === evidence?.failed ? unitsPhrase(evidence, genericTest) : rowsPhrase(failures, genericTest);
  return rule === null || /^(?:!=|>) ?0$/.test(rule) ? count : `${count} (limit: ${rule})`;
}

/** "2,908 rows without a value", "4 duplicated values". */
function rowsPhrase(failures: number, genericTest: string | null): string {
  const [unit, wrong] = rowsOf.get(genericTest ?? '') ?? ['row', 'failing'];
  const units = failures === 1 ? unit : pluralOf(unit);
  return `${formatNumber(failures)} ${wrong.startsWith('without') ? `${units} ${wrong}` : `${wrong} ${units}`}`;
}

/** "77 of 294 orders (26.2 %)", "2,908 of 49,963 rows without a value (5.8 %)". */
export function unitsPhrase(evidence: Evidence, genericTest: string | null): string {
  const { unit, checked, failed } = evidence;
  const wrong = rowsOf.get(genericTest ?? '')?.[1];
  const share = shareOf(evidence);
  return [
    `${formatNumber(failed)} of ${formatNumber(checked)} ${checked === 1 ? unit : pluralOf(unit)}`,
    ...(wrong === undefined ? [] : [wrong]),
    ...(share === null ? [] : [`(${formatShare(share)})`]),
  ].join(' ');
}

/** "26.2 %"; what is almost nothing or almost all never looks like nothing or all. */
function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return '< 0.1 %';
  if (percent < 100 && percent >= 99.95) return '> 99.9 %';
  return `${Number(percent.toFixed(1))} %`;
}

/** Of the plain words that units are. */
export function pluralOf(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}

/** "Newest data is 38 hours old (2025-03-08 …); error after 24 hours." */
export function freshnessMessage({
  status,
  error,
  ageSeconds,
  maxLoadedAt,
  warnAfter,
  errorAfter,
}: FreshnessResult): string {
  if (status !== 'warn' && status !== 'error' && status !== 'fail') {
    return plainText(error ?? '') || 'Its freshness could not be checked.';
  }
  const limit = status === 'warn' ? warnAfter : (errorAfter ?? warnAfter);
  const rule = limit === null ? '' : `; ${status === 'warn' ? 'warning' : 'error'} after ${formatPeriod(limit)}`;
  if (ageSeconds === null) return `Stale${rule}.`;
  return `Newest data is ${formatAge(ageSeconds)} old${maxLoadedAt === null ? '' : ` (${maxLoadedAt.slice(0, 16).replace('T', ' ')})`}${rule}.`;
}

function formatPeriod({ count, period }: Period): string {
  return `${count} ${period}${count === 1 ? '' : 's'}`;
}

function formatAge(seconds: number): string {
  const hours = seconds / 3600;
  if (hours < 2) return formatPeriod({ count: Math.round(seconds / 60), period: 'minute' });
  return hours < 72 ? `${Math.floor(hours)} hours` : `${Math.floor(hours / 24)} days`;
}

/** 12,345. By hand, because `toLocaleString` loads the tables of all languages: 6 ms of every run. */
export function formatNumber(value: number): string {
  const [whole = '', fraction] = String(value).split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
