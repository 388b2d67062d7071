import type { ArtifactPaths } from './artifacts/locate.ts';
import { readRun } from './artifacts/read-run.ts';
import type { Run } from './artifacts/run.ts';
import { explain } from './causes/explain.ts';
import { scopeOf } from './deliveries/delivery.ts';
import { classify } from './findings/classify.ts';
import { countOutcomes } from './findings/outcome.ts';
import type { Rules } from './findings/rules.ts';
import type { Change } from './incidents/incident.ts';
import { type History, track } from './incidents/track.ts';
import { notesOnAlerts, notesOnRun, notesOnState } from './notes.ts';
import type { Report } from './report/report.ts';
import type { LinkTemplate } from './routes/links.ts';
import type { Destination, PlannedOrder, Stranded, Withdrawn } from './routes/plan.ts';
import type { Route } from './routes/tree.ts';
import type { Ordering, Store } from './store/store.ts';

/** What a report depends on beside the artifacts. */
export interface ReportSettings {
  readonly environment: string | null;
  readonly rules: Rules;
  readonly now: Date;
}

/** What is wrong: artifacts → findings → causes. Throws as {@link readRun} does. */
export async function reportRun(paths: ArtifactPaths, settings: ReportSettings): Promise<Report> {
  return reportOf(await readRun(paths, settings), settings);
}

/** The pure part: findings, causes, verdicts, notes. */
export function reportOf(run: Run, { rules, now }: Pick<ReportSettings, 'rules' | 'now'>): Report {
  const findings = classify(run, rules);
  const { causes, verdicts, unexplained } = explain(findings, run);
  const notes = notesOnRun(run, { findings, unexplained, now });
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

/** Milliseconds: jobs that run once a week are on time. */
const ABANDONED_AFTER = 8 * 86_400_000;

/** Where what was told is remembered, and who is told. */
export interface Remembering {
  readonly store: Store;
  /** Of the store, for people. */
  readonly place: string;
  /** Null: nobody is told. */
  readonly telling: Telling | null;
  readonly rules: Rules;
  /** Whether the run is only tried: nothing is written. */
  readonly dryRun: boolean;
}

/** Who is told. */
export interface Telling {
  readonly route: Route;
  readonly destinations: readonly Destination[];
  readonly links: readonly LinkTemplate[];
}

export interface Remembered {
  readonly report: Report;
  /** False when an earlier call has written this run down: nothing is ordered because of it. */
  readonly isNew: boolean;
  /** What this run has put into the outbox, or would put there. */
  readonly orders: readonly PlannedOrder[];
  /** What earlier runs have ordered and nobody need hear of any more. */
  readonly withdrawn: readonly Withdrawn[];
}

/**
 * What is new and who is told of it: incidents → routes → outbox, in one transaction. Sending comes after it. Throws as the
 * store does when it cannot be used.
 */
export async function rememberRun(
  report: Report,
  { store, place, telling, rules, dryRun }: Remembering,
): Promise<Remembered> {
  const { run, now } = report;
  let stranded: readonly Stranded[] = [];
  let withdrawn: readonly Withdrawn[] = [];
  if (!dryRun) await store.outbox.bury(scopeOf(run), telling?.destinations ?? [], now);
  const order = telling === null ? null : await orderingFor(telling);
  const decide = (history: History): readonly Change[] => track(history, report, now.toISOString());
  const { isNew, changes, orders } = dryRun
    ? await store.previewRun(run, now, decide, order)
    : await store.applyRun(run, now, decide, order);
  const dead = await store.outbox.list({ scope: scopeOf(run), states: ['dead'] });
  const { environment } = run;
  const abandoned = await store.abandoned(scopeOf(run), new Date(now.getTime() - ABANDONED_AFTER));
  const alerts = notesOnAlerts({ causes: report.causes, environment, changes, dead, stranded, abandoned });
  const notes = [...run.notes, ...notesOnState(store.isNew && !dryRun ? place : null), ...alerts];
  return { report: { ...report, run: { ...run, notes }, changes }, isNew, orders, withdrawn };

  // Loaded only for projects that tell somebody.
  async function orderingFor(who: Telling): Promise<Ordering> {
    const { plan } = await import('./routes/plan.ts');
    return (news, memory) => {
      const planned = plan({ ...report, ...who, ...memory, rules, changes: news, now });
      ({ stranded, withdrawn } = planned);
      return planned;
    };
  }
}
