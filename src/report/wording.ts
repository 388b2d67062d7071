import { type Cause, type ExposureVerdict, type FoldReason, VERDICTS } from '../causes/cause.ts';
import { type Finding, rankOf, SEVERITIES } from '../findings/finding.ts';
import { formatNumber } from '../findings/message.ts';
import { type Change, CHANGE_REASONS } from '../incidents/incident.ts';
import { changeWord, count, formatTime, modelsBelow, personOf, some } from '../incidents/wording.ts';
import { plain } from '../findings/plain.ts';
import { isIncomplete, type Report } from './report.ts';

export { headlineOf, messageLines } from '../findings/message-lines.ts';
export { titleOf } from '../findings/title.ts';
export { changeWord, count, formatTime, personOf, plain, some };

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

/** Why it ranks higher than dbt ranks it: who sees CRITICAL where dbt says WARN should not have to look for the reason. */
export function raisedPhrase({ finding, severity, symptoms }: Cause): string | null {
  if (rankOf(severity) < rankOf(finding.severity)) {
    const worst = symptoms.find((symptom) => symptom.finding.severity === severity)?.finding;
    return worst === undefined
      ? null
      : plain(`${severity} because of ${worst.test?.name ?? worst.subject.name} below it`);
  }
  return finding.kind === 'test_warned' && severity !== 'warning'
    ? 'dbt only warned and went on; the team ranks it higher'
    : null;
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
  const models = impact.models === 0 ? null : modelsBelow(impact, ' downstream');
  const exposures = names.length === 0 ? null : all ? names.join(', ') : some(names);
  return [models, exposures].filter((part) => part !== null).join('; ') || null;
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

export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What happened to the incident of a cause, for those that have one. */
export function changesByFinding(report: Report): ReadonlyMap<string, Change> {
  return new Map((report.changes ?? []).map((change) => [change.incident.uniqueId, change]));
}

/** To be read behind "since": "this run, new", or "2026-01-02 06:00 UTC, in 3 runs, worse". */
export function sincePhrase({ reason, incident }: Change): string {
  if (reason === 'opened') return 'this run, new';
  const { openedAt, runs } = incident;
  return `${formatTime(openedAt) ?? openedAt}, in ${count(runs, 'run')}, ${changeWord(reason)}`;
}

/** "2 new, 1 worse, 6 as before": of the causes, not of what is folded. */
export function changeCounts(report: Report): string {
  const changes = changesByFinding(report);
  const reasons = report.causes.flatMap(({ finding }) => changes.get(finding.uniqueId)?.reason ?? []);
  return [...new Set(reasons)]
    .map((reason) => [reason, reasons.filter((each) => each === reason).length] as const)
    .toSorted(([a], [b]) => CHANGE_REASONS.indexOf(a) - CHANGE_REASONS.indexOf(b))
    .map(([reason, number]) => `${formatNumber(number)} ${changeWord(reason)}`)
    .join(', ');
}

/** What ended in this run, and what is still open but was not looked at. */
export function endedAndUnobserved(report: Report): { ended: readonly Change[]; unobserved: readonly Change[] } {
  const changes = report.changes ?? [];
  return {
    ended: changes.filter(({ reason }) => reason === 'resolved' || reason === 'retired'),
    unobserved: changes.filter(({ reason, incident }) => reason === 'unobserved' && incident.state === 'open'),
  };
}

/** "orders_have_a_client on orders: mended after 3 runs, open since 2026-01-02 06:00 UTC". */
export function endedPhrase({ reason, incident }: Change): string {
  const { title, runs, openedAt } = incident;
  return `${title}: ${changeWord(reason)} after ${count(runs, 'failing run')}, open since ${formatTime(openedAt) ?? openedAt}`;
}
