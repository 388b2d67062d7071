import type { Run, Note } from './artifacts/run.ts';
import { instantOf } from './artifacts/run.ts';
import type { Cause } from './causes/cause.ts';
import type { Delivery } from './deliveries/delivery.ts';
import type { Finding } from './findings/finding.ts';
import { fingerprintOf } from './findings/fingerprint.ts';
import { outcomeOf } from './findings/outcome.ts';
import { strangeMeta } from './findings/rank.ts';
import { testRef } from './findings/subject.ts';
import { titleOf } from './findings/title.ts';
import type { Change } from './incidents/incident.ts';
import { count, formatTime, some } from './incidents/wording.ts';
import { isSameDestination } from './receivers/receiver.ts';
import type { Stranded } from './routes/plan.ts';
import type { Abandoned } from './store/store.ts';

/** What a run could not check, or says only between its lines. */
export function notesOnRun(
  run: Run,
  { findings, unexplained, now }: { findings: readonly Finding[]; unexplained: readonly Finding[]; now: Date },
): readonly Note[] {
  return [
    ...run.notes,
    ...ageOf(run, now),
    ...skipsWithoutReason(unexplained),
    ...nothingChecked(run),
    ...metaNotUnderstood(findings, run),
  ];
}

/** Where a run that begins without history says that it does: that is right once, and else a mistake. */
export function notesOnState(begunIn: string | null): readonly Note[] {
  if (begunIn === null) return [];
  return [
    {
      code: 'state_begun',
      message: `This run began a new state, in ${begunIn}: what is new and what is mended counts from here. If runs before it were remembered, then elsewhere.`,
    },
  ];
}

/** What somebody should have been told, and was not. */
export function notesOnAlerts({
  causes,
  environment,
  changes,
  dead,
  stranded,
  abandoned,
}: {
  readonly causes: readonly Cause[];
  readonly environment: string | null;
  readonly changes: readonly Change[];
  readonly dead: readonly Delivery[];
  readonly stranded: readonly Stranded[];
  readonly abandoned: readonly Abandoned[];
}): readonly Note[] {
  return [
    ...passedOver(causes, environment, changes),
    ...left(abandoned),
    ...deadLetters(dead),
    ...leftBehind(stranded, changes),
  ];
}

/** What this run has found may be mended by now, or be another fault. */
function passedOver(causes: readonly Cause[], environment: string | null, changes: readonly Change[]): readonly Note[] {
  const known = new Set(changes.map(({ incident }) => incident.fingerprint));
  const old = causes.filter(({ finding }) => !known.has(fingerprintOf(finding, environment)));
  if (old.length === 0) return [];
  return [
    {
      code: 'older_than_known',
      message: `Not counted and not told, because a later run has looked at the same since: ${some(old.map(({ finding }) => titleOf(finding)))}.`,
    },
  ];
}

/** After an error while dbt parses, the files of the run before are still there and look like news. */
function ageOf(run: Run, now: Date): readonly Note[] {
  const written = instantOf(run.generatedAt);
  const hours = written === null ? 0 : (now.getTime() - written) / 3_600_000;
  if (hours <= 24) return [];
  const age = hours < 72 ? `${Math.floor(hours)} hours` : `${Math.floor(hours / 24)} days`;
  return [
    {
      code: 'results_are_old',
      message: `These results are ${age} old. If dbt ran since, it stopped before it wrote any: look at its log.`,
    },
  ];
}

function skipsWithoutReason(unexplained: readonly Finding[]): readonly Note[] {
  if (unexplained.length === 0) return [];
  const names = some(unexplained.map((finding) => finding.test?.name ?? finding.subject.name));
  return [
    {
      code: 'skipped_without_reason',
      message: `Skipped by dbt, and nothing in the artifacts says why: ${names}. Look at dbt's log, or give the run_results.json of the earlier command as well.`,
    },
  ];
}

/** A test that passes because there was nothing to look at says nothing: a step misspelt, a table empty. */
function nothingChecked({ results, manifest }: Run): readonly Note[] {
  const idle = results.filter((result) => outcomeOf(result) === 'passed' && result.evidence?.checked === 0);
  if (idle.length === 0) return [];
  const names = some(idle.map(({ uniqueId }) => testRef(manifest, uniqueId).name));
  return [
    {
      code: 'nothing_checked',
      message: `Passed with nothing to check: ${names}. A table is empty, or a value or condition of the test matches no row.`,
    },
  ];
}

function metaNotUnderstood(findings: readonly Finding[], { manifest }: Run): readonly Note[] {
  const ids = new Set(findings.flatMap(({ uniqueId, subject }) => [uniqueId, subject.uniqueId]));
  const messages = [...ids].flatMap((id) => {
    const node = manifest.node(id);
    return node === undefined ? [] : strangeMeta(node);
  });
  return messages.map((message) => ({ code: 'meta_not_understood', message: `meta.dq_report of ${message}.` }));
}

/** Who names an environment later, or anew, leaves the incidents of the old name behind. */
function left(abandoned: readonly Abandoned[]): readonly Note[] {
  return abandoned.map(({ environment, open, lastRunAt }) => ({
    code: 'environment_abandoned',
    message: `${environment === '' ? 'Without an environment' : `In environment ${environment}`} ${count(open, 'incident')} ${open === 1 ? 'is' : 'are'} still open, and no run has looked since ${formatTime(lastRunAt) ?? 'long ago'}. If it has another name now, \`dq-report --environment "${environment}"\` on a newer run brings them up to date.`,
  }));
}

/** Until somebody has mended what is wrong, or has dropped them. */
function deadLetters(dead: readonly Delivery[]): readonly Note[] {
  const reasons = new Map<string, number>();
  for (const { receiver, integration, reason } of dead) {
    const key = `to ${receiver} (${integration}): ${reason ?? 'nobody knows why'}`;
    reasons.set(key, (reasons.get(key) ?? 0) + 1);
  }
  return [...reasons].map(([key, number]) => ({
    code: 'undelivered',
    message: `${number === 1 ? '1 alert was' : `${number} alerts were`} not delivered ${key} \`dq-report deliveries\` lists, retries and drops such.`,
  }));
}

/** One for each receiver: what has ended and cannot be ended there, and what is open and will not be. */
function leftBehind(stranded: readonly Stranded[], changes: readonly Change[]): readonly Note[] {
  const incidents = new Map(changes.map(({ incident }) => [incident.id, incident]));
  const names = new Map(stranded.map((each) => [`${each.receiver} (${each.integration})`, each]));
  return [...names].map(([name, destination]) => {
    const theirs = stranded
      .filter((each) => isSameDestination(each, destination))
      .flatMap((each) => incidents.get(each.incidentId) ?? []);
    const ended = theirs.filter(({ state }) => state !== 'open');
    const open = theirs.length - ended.length;
    const sentences = [
      `${name} was told of alerts and is not in the configuration any more.`,
      ended.length === 0 ? null : `End by hand there: ${some(ended.map(({ title }) => title))}.`,
      open === 0
        ? null
        : `${count(open, 'open incident')} will not be ended there: if it has another name now, give it the old one back.`,
    ];
    return { code: 'receiver_gone', message: sentences.filter((sentence) => sentence !== null).join(' ') };
  });
}
