import type { ArtifactPaths } from './artifacts/locate.ts';
import { readRun } from './artifacts/read-run.ts';
import { instantOf, type Note, type Run } from './artifacts/run.ts';
import { explain } from './causes/explain.ts';
import { type Delivery, scopeOf } from './deliveries/delivery.ts';
import { classify } from './findings/classify.ts';
import type { Finding } from './findings/finding.ts';
import { countOutcomes, outcomeOf } from './findings/outcome.ts';
import { strangeMeta } from './findings/rank.ts';
import type { Rules } from './findings/rules.ts';
import { testRef } from './findings/subject.ts';
import type { Change } from './incidents/incident.ts';
import { type History, track } from './incidents/track.ts';
import type { Report } from './report/report.ts';
import type { LinkTemplate } from './routes/links.ts';
import type { Destination, PlannedOrder, Stranded } from './routes/plan.ts';
import type { Route } from './routes/tree.ts';
import type { Ordering, Store } from './store/store.ts';

/** What the report depends on beside the artifacts. */
export interface ReportSettings {
  readonly environment: string | null;
  readonly rules: Rules;
  /** Null: every run is the first. */
  readonly store: Store | null;
  /** Null: nobody is told. */
  readonly telling: Telling | null;
  /** Whether the run is only tried: nothing is written. */
  readonly dryRun: boolean;
  readonly now: Date;
}

/** Who is told. */
export interface Telling {
  readonly route: Route;
  readonly destinations: readonly Destination[];
  readonly links: readonly LinkTemplate[];
}

export interface Reported {
  readonly report: Report;
  /** What this run has put into the outbox, or would put there. */
  readonly orders: readonly PlannedOrder[];
}

/** One run, start to end, but for sending. Throws as {@link readRun} does, and as the store does when it cannot be used. */
export async function reportRun(paths: ArtifactPaths, settings: ReportSettings): Promise<Reported> {
  const run = await readRun(paths, settings);
  const report = reportOf(run, settings);
  const { store, telling, dryRun, now } = settings;
  if (store === null) return { report, orders: [] };
  let stranded: readonly Stranded[] = [];
  const order = telling === null ? null : await orderingFor(telling);
  const decide = (history: History): readonly Change[] => track(history, report, now.toISOString());
  const { changes, orders } = dryRun
    ? await store.previewRun(run, now, decide, order)
    : await store.applyRun(run, now, decide, order);
  const dead = telling === null ? [] : await store.outbox.list({ scope: scopeOf(run), states: ['dead'] });
  const notes = [...report.run.notes, ...deadLetters(dead), ...leftOpen(stranded, changes)];
  return { report: { ...report, run: { ...report.run, notes }, changes }, orders };

  // Loaded only for projects that tell somebody.
  async function orderingFor(who: Telling): Promise<Ordering> {
    const { plan } = await import('./routes/plan.ts');
    return (news, memory) => {
      const planned = plan({ ...report, ...who, ...memory, rules: settings.rules, changes: news, now });
      stranded = planned.stranded;
      return planned.orders;
    };
  }
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

function leftOpen(stranded: readonly Stranded[], changes: readonly Change[]): readonly Note[] {
  return stranded.map(({ incidentId, receiver, integration }) => {
    const title = changes.find(({ incident }) => incident.id === incidentId)?.incident.title ?? incidentId;
    return {
      code: 'receiver_gone',
      message: `${title} has ended, and ${receiver} (${integration}), which was told of it, is not in the configuration any more: end it there by hand.`,
    };
  });
}

/** The pure part: findings, causes, verdicts, notes. */
export function reportOf(run: Run, { rules, now }: Pick<ReportSettings, 'rules' | 'now'>): Report {
  const findings = classify(run, rules);
  const { causes, verdicts, unexplained } = explain(findings, run);
  const notes = [
    ...run.notes,
    ...ageOf(run, now),
    ...skipsWithoutReason(unexplained),
    ...nothingChecked(run),
    ...metaNotUnderstood(findings, run),
  ];
  return {
    run: { ...run, notes },
    outcomes: countOutcomes(run),
    findings,
    causes,
    verdicts,
    changes: null,
    deliveries: [],
    now,
  };
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
  const names = unexplained.slice(0, 3).map((finding) => finding.test?.name ?? finding.subject.name);
  const more = unexplained.length > 3 ? ` and ${unexplained.length - 3} more` : '';
  return [
    {
      code: 'skipped_without_reason',
      message: `Skipped by dbt, and nothing in the artifacts says why: ${names.join(', ')}${more}. Look at dbt's log, or give the run_results.json of the earlier command as well.`,
    },
  ];
}

/** A test that passes because there was nothing to look at says nothing: a step misspelt, a table empty. */
function nothingChecked({ results, manifest }: Run): readonly Note[] {
  const idle = results.filter((result) => outcomeOf(result) === 'passed' && result.evidence?.checked === 0);
  if (idle.length === 0) return [];
  const names = idle.slice(0, 3).map(({ uniqueId }) => testRef(manifest, uniqueId).name);
  const more = idle.length > 3 ? ` and ${idle.length - 3} more` : '';
  return [
    {
      code: 'nothing_checked',
      message: `Passed with nothing to check: ${names.join(', ')}${more}. A table is empty, or a value or condition of the test matches no row.`,
    },
  ];
}

function metaNotUnderstood(findings: readonly Finding[], { manifest }: Run): readonly Note[] {
  const ids = new Set(findings.flatMap(({ uniqueId, subject }) => [uniqueId, subject.uniqueId]));
  const nodes = [...ids].map((id) => manifest.node(id)).filter((node) => node !== undefined);
  return strangeMeta(nodes).map((message) => ({
    code: 'meta_not_understood',
    message: `meta.dq_report of ${message}.`,
  }));
}
