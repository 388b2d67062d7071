import type { Exposure, Manifest } from '../artifacts/manifest.ts';
import { isTable } from '../artifacts/unique-id.ts';
import type { Run } from '../artifacts/run.ts';
import { type Finding, rankOf, SEVERITIES } from '../findings/finding.ts';
import { nodeRef } from '../findings/subject.ts';
import { type ExposureVerdict, type Verdict, VERDICTS } from './cause.ts';
import { type Folds, rootOf } from './fold.ts';
import { type Effect, effectOf } from './effect.ts';

/** A thousand dashboards above a thousand failures are a million sentences. */
const MOST_REASONS = 50;

/** Judges every exposure over its whole upstream, worst first. */
export function judgeExposures(findings: readonly Finding[], folds: Folds, run: Run): readonly ExposureVerdict[] {
  const { manifest } = run;
  const bySubject = Map.groupBy(upstreamFindings(findings, folds), ({ finding }) => finding.subject.uniqueId);
  const seen = new Set(run.results.map((result) => result.uniqueId));
  const unseen = manifest.runnable().filter((uniqueId) => !seen.has(uniqueId));
  const unseenTests = unseen
    .filter((uniqueId) => uniqueId.startsWith('test.'))
    .flatMap((test) => manifest.parents(test).map((node) => ({ node, test })));
  const skipped = findings.filter(({ kind }) => kind === 'node_skipped');
  const context: Context = {
    run,
    bySubject,
    skipped: worstBySubject(skipped.filter(({ test }) => test === null)),
    testsSkipped: worstBySubject(skipped.filter(({ test }) => test !== null)),
    keepOldRows: subjectsOf(findings.filter((finding) => keepsOldRows(finding, manifest))),
    notRun: new Set(unseen.filter(isTable)),
    unseenTests: Map.groupBy(unseenTests, ({ node }) => node),
    rulesOfFreshness: new Set(manifest.sourcesWithFreshness()),
  };
  const judged = manifest.exposures().map((exposure) => judge(exposure, context));
  return judged.toSorted(byUrgency).map(({ verdict }) => verdict);
}

interface Judged {
  readonly verdict: ExposureVerdict;
  /** Of what lies above; smaller is worse. */
  readonly rank: number;
}

function byUrgency(a: Judged, b: Judged): number {
  return (
    VERDICTS.indexOf(a.verdict.verdict) - VERDICTS.indexOf(b.verdict.verdict) ||
    a.rank - b.rank ||
    (a.verdict.name < b.verdict.name ? -1 : 1)
  );
}

interface Context {
  readonly run: Run;
  readonly bySubject: ReadonlyMap<string, readonly Upstream[]>;
  /** Nodes that dbt skipped, and how bad that is; smaller is worse. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Nodes of which dbt skipped a test. */
  readonly testsSkipped: ReadonlyMap<string, number>;
  /** Nodes that were not rebuilt and hold the rows of an earlier run. */
  readonly keepOldRows: ReadonlySet<string>;
  /** Models, snapshots and seeds without a result. */
  readonly notRun: ReadonlySet<string>;
  /** Data tests without a result, by the nodes that they look at. Unit tests are not part of a production run. */
  readonly unseenTests: ReadonlyMap<string, readonly { readonly test: string }[]>;
  readonly rulesOfFreshness: ReadonlySet<string>;
}

/** A finding with all that a dashboard below it may have to know: many dashboards lie below the same findings. */
interface Upstream {
  readonly finding: Finding;
  readonly rank: number;
  readonly shown: Effect | null;
  readonly notShown: Effect | null;
  /** What it is folded under in the end. */
  cause: Upstream | null;
}

function upstreamFindings(findings: readonly Finding[], folds: Folds): readonly Upstream[] {
  const all = new Map(
    findings.map((finding): [Finding, Upstream] => {
      const effects = { shown: effectOf(finding, true), notShown: effectOf(finding, false) };
      return [finding, { finding, rank: rankOf(finding.severity), ...effects, cause: null }];
    }),
  );
  for (const finding of folds.keys()) {
    const folded = all.get(finding);
    if (folded !== undefined) folded.cause = all.get(rootOf(finding, folds)) ?? null;
  }
  return [...all.values()];
}

function judge(exposure: Exposure, context: Context): Judged {
  const { uniqueId, name, label, url, owner } = exposure;
  const { manifest } = context.run;
  const upstream = manifest.ancestors(uniqueId);
  const isUpstream = new Set(upstream);
  const isShown = nodesWhoseDataIsShown(uniqueId, upstream, context);
  const effectHere = (each: Upstream): Effect | null =>
    isShown(each.finding.subject.uniqueId) ? each.shown : each.notShown;
  /** The cause lies above as well and means no less for this dashboard: once is enough. */
  const isToldByItsCause = ({ cause }: Upstream, { verdict }: Effect): boolean => {
    if (cause === null || !isUpstream.has(cause.finding.subject.uniqueId)) return false;
    const meant = effectHere(cause);
    return meant !== null && VERDICTS.indexOf(meant.verdict) <= VERDICTS.indexOf(verdict);
  };

  const told: Record<Verdict | 'waiting', Reasons> = {
    wrong: new Reasons(),
    late: new Reasons(),
    waiting: new Reasons(),
    unknown: new Reasons(),
    safe: new Reasons(),
  };
  let worst = Infinity;
  for (const each of upstream.flatMap((node) => context.bySubject.get(node) ?? [])) {
    worst = Math.min(worst, each.rank);
    const effect = effectHere(each);
    if (effect === null || isToldByItsCause(each, effect)) continue;
    told[effect.isWaiting === true ? 'waiting' : effect.verdict].add(effect.reason, each.rank);
  }

  const notBuilt = worstAmong(upstream, context.skipped);
  const untested = worstAmong(upstream, context.testsSkipped);
  // Worst first. What makes it late comes before what waits in rows that it does not show.
  const reasons: readonly (readonly [Verdict, Reasons])[] = [
    ['wrong', told.wrong],
    ['late', new Reasons(notRebuilt(notBuilt, context))],
    ['late', told.late],
    ['late', told.waiting],
    ['unknown', new Reasons(withoutUpstream(exposure, isUpstream))],
    ['unknown', new Reasons(gather(untested, manifest, 'tests skipped'))],
    ['unknown', new Reasons(notChecked(upstream, isUpstream, context))],
    ['unknown', told.unknown],
    ['safe', told.safe],
  ];
  const [verdict] = reasons.find(([, { count }]) => count > 0) ?? (['safe'] as const);
  const first = reasons.flatMap(([, each]) => each.worstFirst()).slice(0, MOST_REASONS);
  const count = reasons.reduce((sum, [, each]) => sum + each.count, 0);
  return {
    verdict: { uniqueId, name, label, url, owner, verdict, reasons: first, furtherReasons: count - first.length },
    rank: worst,
  };
}

/** Sentences and how many they are; kept are no more than are told. */
class Reasons {
  readonly #byRank = SEVERITIES.map((): string[] => []);
  #count = 0;

  constructor(reasons: readonly string[] = []) {
    for (const reason of reasons) this.add(reason, 0);
  }

  get count(): number {
    return this.#count;
  }

  add(reason: string, rank: number): void {
    this.#count += 1;
    const known = this.#byRank[rank];
    if (known !== undefined && known.length < MOST_REASONS) known.push(reason);
  }

  /** And those that are equally bad as they were added. */
  worstFirst(): readonly string[] {
    return this.#byRank.flat();
  }
}

function notRebuilt(skipped: readonly string[], { run: { manifest }, keepOldRows }: Context): readonly string[] {
  const old = skipped.filter((node) => keepOldRows.has(node));
  const others = skipped.filter((node) => !keepOldRows.has(node));
  return [
    ...gather(old, manifest, 'not rebuilt, so any rows in it are of an earlier run'),
    ...gather(others, manifest, 'not rebuilt, so it is missing or as an earlier run has defined it'),
  ];
}

/** An exposure that names nothing, or something that is gone, cannot be vouched for. */
function withoutUpstream({ dependsOn }: Exposure, isUpstream: ReadonlySet<string>): readonly string[] {
  const missing = dependsOn.filter((node) => !isUpstream.has(node));
  if (missing.length > 0) return [`It depends on what the manifest does not have: ${missing.slice(0, 3).join(', ')}`];
  return dependsOn.length === 0 ? ['It depends on nothing, so nothing can be said about it'] : [];
}

function worstBySubject(findings: readonly Finding[]): ReadonlyMap<string, number> {
  const worst = new Map<string, number>();
  for (const { subject, severity } of findings)
    worst.set(subject.uniqueId, Math.min(rankOf(severity), worst.get(subject.uniqueId) ?? Infinity));
  return worst;
}

/** Those of the nodes that have a rank, the worst first, and of these the nearest. */
function worstAmong(nodes: readonly string[], ranks: ReadonlyMap<string, number>): readonly string[] {
  const ranked = nodes.filter((node) => ranks.has(node));
  return ranked.toSorted((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
}

function subjectsOf(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(findings.map(({ subject }) => subject.uniqueId));
}

/**
 * The nodes whose present rows the dashboard shows. A table that was skipped or failed still holds the rows of its last
 * good build, so nothing from above it gets through; a view shows at once whatever lies below it.
 */
function nodesWhoseDataIsShown(
  exposureId: string,
  upstream: readonly string[],
  { run: { manifest }, keepOldRows }: Context,
): (uniqueId: string) => boolean {
  if (!upstream.some((node) => keepOldRows.has(node))) return () => true;
  const shown = new Set<string>([exposureId]);
  for (const node of shown) if (!keepOldRows.has(node)) for (const parent of manifest.parents(node)) shown.add(parent);
  return (uniqueId) => shown.has(uniqueId);
}

/** Whether it kept a table from being rebuilt. */
function keepsOldRows({ test, kind, subject }: Finding, manifest: Manifest): boolean {
  return (
    test === null &&
    ['node_skipped', 'model_errored', 'seed_errored', 'snapshot_errored'].includes(kind) &&
    !['view', 'ephemeral'].includes(manifest.node(subject.uniqueId)?.materialized ?? '')
  );
}

/** What should have been looked at for this dashboard and was not, gathered so that it stays a line each. */
function notChecked(
  upstream: readonly string[],
  isUpstream: ReadonlySet<string>,
  { run, notRun, unseenTests, rulesOfFreshness }: Context,
): readonly string[] {
  const { manifest, freshness } = run;
  // Data tests that look at something outside the upstream as well are another matter.
  const isWithin = ({ test }: { readonly test: string }): boolean =>
    manifest.parents(test).every((parent) => isUpstream.has(parent));
  const notTested = upstream.filter((node) => unseenTests.get(node)?.some(isWithin));
  const notFresh = freshness.checked ? [] : upstream.filter((node) => rulesOfFreshness.has(node));
  return [
    ...gather(
      upstream.filter((node) => notRun.has(node)),
      manifest,
      'not run this time',
    ),
    ...gather(notTested, manifest, 'tests not run this time'),
    ...gather(notFresh, manifest, 'freshness not checked'),
  ];
}

function gather(uniqueIds: readonly string[], manifest: Manifest, what: string): readonly string[] {
  if (uniqueIds.length === 0) return [];
  const names = uniqueIds.slice(0, 3).map((uniqueId) => nodeRef(manifest, uniqueId).name);
  const more = uniqueIds.length - names.length;
  return [more > 0 ? `${names.join(', ')} and ${more} more: ${what}` : `${names.join(', ')}: ${what}`];
}
