import { stripVTControlCharacters } from 'node:util';
import type { Evidence, Sample } from '../artifacts/evidence.ts';
import type { OwnerFields } from '../artifacts/manifest.ts';
import { instantOf, type Timestamp } from '../artifacts/run.ts';
import { type Cause, type ExposureVerdict, type FoldReason, type Impact, VERDICTS } from '../causes/cause.ts';
import { describeErrorClass } from '../findings/error-class.ts';
import type { Finding } from '../findings/finding.ts';
import { formatNumber, pluralOf, unitsPhrase } from '../findings/message.ts';
import { testTitle } from '../findings/test-title.ts';

/** What every format says in the same words. Text from artifacts is data: each format escapes it for its own sink. */

/** One line that names the fault: "not_null client_id on stg_web_events". */
export function titleOf({ kind, subject, test, errorClass }: Finding): string {
  const why = errorClass === null || errorClass === 'unknown' ? '' : `: ${describeErrorClass(errorClass)}`;
  switch (kind) {
    case 'test_failed':
    case 'test_warned':
      return test === null || test.uniqueId === subject.uniqueId
        ? (test?.name ?? subject.name)
        : `${testTitle(test)} on ${subject.name}`;
    case 'unit_test_failed':
      return `Unit test ${test?.name ?? ''} of ${subject.name}`;
    case 'test_errored':
      return `The test ${test === null ? subject.name : testTitle(test)} on ${subject.name} could not run${why}`;
    case 'model_errored':
      return `${subject.name} could not be built${why}`;
    case 'seed_errored':
      return `The seed ${subject.name} could not be loaded${why}`;
    case 'snapshot_errored':
      return `The snapshot ${subject.name} could not be taken${why}`;
    case 'hook_errored':
      return `The hook ${subject.name} failed${why}`;
    case 'model_warned':
      return `${subject.name} was built with a warning`;
    case 'partial_success':
      return `${subject.name} was built in part${why}`;
    case 'source_stale':
      return `Source ${subject.name} is stale`;
    case 'source_unchecked':
      return `The freshness of source ${subject.name} is not known${why}`;
    case 'node_skipped':
      return `${test?.name ?? subject.name} was skipped`;
  }
}

/**
 * The message without the parts that repeat the title: dbt's first line and the path of the compiled file. What a test
 * measured takes the place of its bare count, or a line of its own where a `limit` or `fail_calc` counted otherwise.
 */
export function messageLines(finding: Pick<Finding, 'message' | 'evidence' | 'test'>): readonly string[] {
  const lines = linesOf(finding.message);
  if (finding.evidence === null) return lines;
  const units = plain(unitsPhrase(finding.evidence, finding.test?.testName ?? null));
  const phrase = evidencePhrase(finding.evidence, units);
  const [first = '', ...rest] = lines;
  return first.startsWith(units) ? [phrase + first.slice(units.length), ...rest] : [...lines, phrase];
}

/** "77 of 294 orders (26.2 %) · 64,569.00 of 294,461.40 revenue · 2025-02-23 to 2025-03-08 (12 days) · e.g. …" */
function evidencePhrase({ measure, periods, samples }: Evidence, units: string): string {
  const parts = [
    units,
    measure === null ? null : measurePhrase(measure),
    periods === null ? null : periodsPhrase(periods),
    samples.length === 0 ? null : `e.g. ${samples.slice(0, SAMPLES_SHOWN).map(samplePhrase).join('; ')}`,
  ];
  return plain(parts.filter((part) => part !== null).join(' · ')).replaceAll(/\s+/g, ' ');
}

const SAMPLES_SHOWN = 3;
const SAMPLE_LENGTH = 60;

function measurePhrase({ name, checked, failed }: NonNullable<Evidence['measure']>): string | null {
  if (failed === null) return null;
  const digits = [checked, failed].some((amount) => amount !== null && !Number.isInteger(amount)) ? 2 : 0;
  const amounts = [failed, checked].filter((amount) => amount !== null).map((amount) => formatAmount(amount, digits));
  return `${amounts.join(' of ')} ${name}`;
}

function formatAmount(amount: number, digits: number): string {
  // `formatNumber` would drop the zeros.
  const [whole = '', fraction] = Math.abs(amount).toFixed(digits).split('.');
  return `${amount < 0 ? '-' : ''}${formatNumber(Number(whole))}${fraction === undefined ? '' : `.${fraction}`}`;
}

function periodsPhrase({ first, last, failed }: NonNullable<Evidence['periods']>): string {
  const span = first === last ? first : `${first} to ${last}`;
  const period = /^\d{4}-\d\d-\d\d$/.test(first) ? 'day' : 'period';
  return `${span} (${formatNumber(failed)} ${failed === 1 ? period : pluralOf(period)})`;
}

/** `T100`, or `client_id C1, day 2025-03-01` where there are several columns. */
function samplePhrase(sample: Sample): string {
  const members = Object.entries(sample);
  const shown = members.map(([column, value]) => {
    const text = shortened(value === null ? 'NULL' : String(value));
    return members.length === 1 ? text : `${column} ${text}`;
  });
  return shown.join(', ');
}

function shortened(text: string): string {
  // Not in the middle of a character.
  return text.length > SAMPLE_LENGTH ? `${text.slice(0, SAMPLE_LENGTH).replace(/\p{Cs}$/u, '')}…` : text;
}

function linesOf(message: string): readonly string[] {
  const lines = plain(message)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '');
  const rest = lines.length > 1 && /^\w+ Error in /.test(lines[0] ?? '') ? lines.slice(1) : lines;
  return rest.filter((line) => !/^\s*compiled (?:code|SQL) at /i.test(line)).map((line) => line.replace(/^ {2}/, ''));
}

/**
 * What a failure means and what to do first, as its authors wrote it beside the test, else beside the model: the first
 * two sentences.
 */
export function meaningOf({ test, subject }: Finding): string | null {
  const description = plain(test?.description ?? subject.description ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return /^(?:.*?[.!?](?= |$)){1,2}/.exec(description)?.[0] ?? (description === '' ? null : description);
}

/** "Growth analytics <growth@shop.example> #growth-data". */
export function personOf({ name, email, slack }: OwnerFields): string {
  const address = email === null ? null : name === null ? email : `<${email}>`;
  return [name, address, slack]
    .filter((word) => word !== null)
    .map(plain)
    .join(' ');
}

/** "1 model and 3 tests skipped" and what else is folded; null if nothing is. */
export function symptomsOf({ symptoms }: Cause): string | null {
  if (symptoms.length === 0) return null;
  const skipped = symptoms.filter(({ because }) => because === 'skipped_by' || because === 'fail_fast');
  const others = symptoms.filter(({ because }) => because !== 'skipped_by' && because !== 'fail_fast');
  const models = skipped.filter(({ finding }) => finding.test === null).length;
  const tests = skipped.length - models;
  const parts = [];
  if (skipped.length > 0)
    parts.push(
      `${[models > 0 ? count(models, 'model') : null, tests > 0 ? count(tests, 'test') : null].filter((part) => part !== null).join(' and ')} skipped`,
    );
  for (const because of new Set(others.map((symptom) => symptom.because))) {
    const number = others.filter((symptom) => symptom.because === because).length;
    parts.push(`${count(number, 'finding')} ${foldPhrase(because)}`);
  }
  return parts.join('; ');
}

/** Why a symptom is folded, to be read behind its name or behind "3 findings". */
export function foldPhrase(because: FoldReason): string {
  switch (because) {
    case 'skipped_by':
      return 'skipped by dbt because of it';
    case 'fail_fast':
      return 'skipped because dbt stopped at it (fail-fast)';
    case 'stale_input':
      return 'asking for recent rows below it';
    case 'same_keys':
      return 'failing for the same keys further down';
    case 'same_column':
      return 'repeating it further down (same test, same column)';
  }
}

/** "12 models downstream, 4 of them not built; Weekly sales, Churn and 3 more"; null if nothing is below. */
export function affectedBy({ impact }: Cause, titles: ReadonlyMap<string, string> = new Map()): string | null {
  const models = impact.models === 0 ? null : `${count(impact.models, 'model')} downstream${notBuilt(impact)}`;
  const exposures =
    impact.exposures.length === 0 ? null : some(impact.exposures.map((name) => titles.get(name) ?? name));
  return [models, exposures].filter((part) => part !== null).join('; ') || null;
}

function notBuilt({ models, blockedModels }: Impact): string {
  if (blockedModels === 0) return '';
  return blockedModels === models ? ', not built' : `, ${formatNumber(blockedModels)} of them not built`;
}

/** The names people know their dashboards by, where there are any. */
export function exposureTitles(verdicts: readonly ExposureVerdict[]): ReadonlyMap<string, string> {
  return new Map(verdicts.map(({ name, label }) => [name, label ?? name]));
}

/** "1 wrong, 2 late, 14 safe". */
export function verdictCounts(verdicts: readonly ExposureVerdict[]): string {
  const counts = VERDICTS.map(
    (verdict) => [verdict, verdicts.filter((exposure) => exposure.verdict === verdict).length] as const,
  );
  return counts
    .filter(([, number]) => number > 0)
    .map(([verdict, number]) => `${formatNumber(number)} ${verdict}`)
    .join(', ');
}

const NAMES_IN_A_LINE = 3;

/** A few names and how many more. */
export function some(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_IN_A_LINE).join(', ');
  return names.length > NAMES_IN_A_LINE ? `${shown} and ${formatNumber(names.length - NAMES_IN_A_LINE)} more` : shown;
}

/** In UTC and to the minute: logs of several machines are compared by it. */
export function formatTime(timestamp: Timestamp | null): string | null {
  const instant = instantOf(timestamp);
  return instant === null ? null : `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function count(number: number, noun: string): string {
  return `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** Takes out what could move a cursor, recolour a terminal or reverse the reading direction. Keeps line breaks. */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll('\t', '  ')
    .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '');
}
