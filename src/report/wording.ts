import type { OwnerFields } from '../artifacts/manifest.ts';
import { instantOf, type Timestamp } from '../artifacts/run.ts';
import { type Cause, type ExposureVerdict, type FoldReason, type Impact, VERDICTS } from '../causes/cause.ts';
import { type Finding, SEVERITIES } from '../findings/finding.ts';
import { formatNumber } from '../findings/message.ts';
import { plain } from '../findings/plain.ts';
import { isIncomplete, type Report } from './report.ts';

export { headlineOf, messageLines } from '../findings/message-lines.ts';
export { titleOf } from '../findings/title.ts';
export { plain };

/** What every format says in the same words. Text from artifacts is data: each format escapes it for its own sink. */

/**
 * What a failure means and what to do first, as its authors wrote it beside the test, else beside the model: the first
 * two sentences.
 */
export function meaningOf({ test, subject }: Finding): string | null {
  // The description of a model says what it is, not what it means that one of its tests fails.
  const description = plain((test === null ? subject : test).description ?? '')
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
    case 'same_error':
      return 'refused in the same words';
    case 'stale_input':
      return 'asking for recent rows below it';
    case 'same_keys':
      return 'failing for the same keys further down';
    case 'same_column':
      return 'repeating it further down (same test, same column)';
  }
}

/** "12 models downstream, 4 of them not built; Weekly sales, Churn and 3 more"; null if nothing is below. */
export function affectedBy(
  { impact }: Cause,
  titles: ReadonlyMap<string, string> = new Map(),
  all = false,
): string | null {
  const names = impact.exposures.map((name) => titles.get(name) ?? name);
  const models = impact.models === 0 ? null : `${count(impact.models, 'model')} downstream${notBuilt(impact)}`;
  const exposures = names.length === 0 ? null : all ? names.join(', ') : some(names);
  return [models, exposures].filter((part) => part !== null).join('; ') || null;
}

function notBuilt({ models, blockedModels }: Impact): string {
  if (blockedModels === 0) return '';
  return blockedModels === models ? ', not built' : `, ${formatNumber(blockedModels)} of them not built`;
}

/** All in one line: "Causes: 3 critical, 5 error. Exposures: 2 wrong, 1 late". */
export function conclusionOf(report: Report): string {
  const { causes, verdicts } = report;
  const doubtful = verdictCounts(verdicts.filter(({ verdict }) => verdict !== 'safe'));
  const exposures = doubtful === '' ? '' : `. Exposures: ${doubtful}`;
  if (causes.length > 0) {
    const severities = SEVERITIES.map(
      (severity) => [severity, causes.filter((cause) => cause.severity === severity).length] as const,
    );
    const counts = severities
      .filter(([, number]) => number > 0)
      .map(([severity, number]) => `${formatNumber(number)} ${severity}`);
    return `Causes: ${counts.join(', ')}${exposures}`;
  }
  if (isIncomplete(report))
    return `No failure is written down, but dbt did not get to its end: see the notes${exposures}`;
  return `Nothing is wrong in what dbt checked${exposures}`;
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
