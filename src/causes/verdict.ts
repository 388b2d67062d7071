import { ancestorsOf } from '../artifacts/lineage.ts';
import type { Exposure, Manifest } from '../artifacts/manifest.ts';
import type { Run } from '../artifacts/run.ts';
import { type Finding, rankOf, SEVERITIES } from '../findings/finding.ts';
import { headlineOf } from '../findings/message-lines.ts';
import { nodeRef } from '../findings/subject.ts';
import { testTitle } from '../findings/test-title.ts';
import { type ExposureVerdict, type Verdict, VERDICTS } from './cause.ts';
import { type Folds, rootOf } from './fold.ts';

/** A thousand dashboards above a thousand failures are a million sentences. */
const MOST_REASONS = 50;

/** Judges every exposure over its whole upstream, worst first. */
export function judgeExposures(findings: readonly Finding[], folds: Folds, run: Run): readonly ExposureVerdict[] {
  const bySubject = new Map<string, Finding[]>();
  for (const finding of findings) {
    const known = bySubject.get(finding.subject.uniqueId);
    if (known === undefined) bySubject.set(finding.subject.uniqueId, [finding]);
    else known.push(finding);
  }
  const seen = new Set(run.results.map((result) => result.uniqueId));
  const unseen = run.manifest.runnable().filter((uniqueId) => !seen.has(uniqueId));
  const keepOldRows = [...bySubject.keys()].filter((node) => keepsOldRows(bySubject.get(node) ?? [], run.manifest));
  const unseenTests = new Map<string, string[]>();
  for (const test of unseen.filter((uniqueId) => uniqueId.startsWith('test.')))
    for (const node of run.manifest.parents(test)) {
      const known = unseenTests.get(node);
      if (known === undefined) unseenTests.set(node, [test]);
      else known.push(test);
    }
  const context: Context = {
    run,
    folds,
    bySubject,
    keepOldRows: new Set(keepOldRows),
    notRun: new Set(unseen.filter((uniqueId) => /^(?:model|snapshot|seed)\./.test(uniqueId))),
    unseenTests,
    rulesOfFreshness: new Set(run.manifest.sourcesWithFreshness()),
    told: new Map(),
  };
  const judged = run.manifest.exposures().map((exposure) => judge(exposure, context));
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
  readonly folds: Folds;
  readonly bySubject: ReadonlyMap<string, readonly Finding[]>;
  /** Nodes that were not rebuilt and hold the rows of an earlier run. */
  readonly keepOldRows: ReadonlySet<string>;
  /** Models, snapshots and seeds without a result. */
  readonly notRun: ReadonlySet<string>;
  /** Data tests without a result, by the nodes that they look at. Unit tests are not part of a production run. */
  readonly unseenTests: ReadonlyMap<string, readonly string[]>;
  readonly rulesOfFreshness: ReadonlySet<string>;
  /** What {@link tell} has said: many dashboards lie below the same finding. */
  readonly told: Map<Finding, { readonly shown: Told | null; readonly notShown: Told | null }>;
}

function judge(exposure: Exposure, context: Context): Judged {
  const { uniqueId, name, label, url, owner } = exposure;
  const { manifest } = context.run;
  const upstream = ancestorsOf(manifest, uniqueId);
  const isShown = nodesWhoseDataIsShown(uniqueId, upstream, context);
  const inOrder = upstream.flatMap((node) => context.bySubject.get(node) ?? []);
  const above = SEVERITIES.flatMap((severity) => inOrder.filter((finding) => finding.severity === severity));
  let isAbove: ReadonlySet<Finding> | null = null;
  // What makes it late comes before what waits in rows that it does not show.
  const skipped = skippedAmong(above, false);
  const notRebuilt = [
    ...gather(
      skipped.filter((node) => context.keepOldRows.has(node)),
      manifest,
      'not rebuilt, so any rows in it are of an earlier run',
    ),
    ...gather(
      skipped.filter((node) => !context.keepOldRows.has(node)),
      manifest,
      'not rebuilt, so it is missing or as an earlier run has defined it',
    ),
  ];
  const notTested = gather(skippedAmong(above, true), manifest, 'tests skipped');
  const reasons: Record<Verdict, string[]> = {
    wrong: [],
    late: [...notRebuilt],
    unknown: [...withoutUpstream(exposure, upstream), ...notTested, ...notChecked(upstream, context)],
    safe: [],
  };
  const waiting: string[] = [];
  for (const finding of above) {
    const told = toldOf(finding);
    if (told === null || isToldByItsCause(finding, told.verdict)) continue;
    (told.isWaiting === true ? waiting : reasons[told.verdict]).push(told.reason);
  }
  reasons.late.push(...waiting);
  const verdict = VERDICTS.find((candidate) => reasons[candidate].length > 0) ?? 'safe';
  const all = VERDICTS.flatMap((each) => reasons[each]);
  const first = { reasons: all.slice(0, MOST_REASONS), furtherReasons: Math.max(0, all.length - MOST_REASONS) };
  return {
    verdict: { uniqueId, name, label, url, owner, verdict, ...first },
    rank: above[0] === undefined ? Infinity : rankOf(above[0].severity),
  };

  function toldOf(finding: Finding): Told | null {
    const known = context.told.get(finding) ?? { shown: tell(finding, true), notShown: tell(finding, false) };
    context.told.set(finding, known);
    return isShown(finding.subject.uniqueId) ? known.shown : known.notShown;
  }

  /** The cause lies above as well and means no less for this dashboard: once is enough. */
  function isToldByItsCause(finding: Finding, meant: Verdict): boolean {
    const root = rootOf(finding, context.folds);
    if (root === finding || finding.kind === 'node_skipped') return false;
    isAbove ??= new Set(above);
    if (!isAbove.has(root)) return false;
    const told = toldOf(root);
    return told !== null && VERDICTS.indexOf(told.verdict) <= VERDICTS.indexOf(meant);
  }
}

interface Told {
  readonly verdict: Verdict;
  readonly reason: string;
  /** Wrong rows that the dashboard does not show yet. */
  readonly isWaiting?: boolean;
}

/** What one finding upstream means for the dashboard; null for skipped nodes, which are told together. */
function tell(finding: Finding, isShown: boolean): Told | null {
  const { subject, test, kind, severity } = finding;
  const check = test === null ? finding.uniqueId : testTitle(test);
  const warns = severity === 'warning';
  switch (kind) {
    case 'test_failed':
    case 'test_warned':
    case 'unit_test_failed': {
      const what = `${check} on ${subject.name}: ${kind === 'unit_test_failed' ? 'the unit test failed' : headlineOf(finding)}`;
      if (warns) return { verdict: 'safe', reason: `Warning: ${what}` };
      // A unit test that fails in `dbt build` keeps its model from being rebuilt.
      const isKeptOut = kind === 'unit_test_failed' && finding.blocks;
      if (isShown && !isKeptOut) return { verdict: 'wrong', reason: what };
      return { verdict: 'late', reason: `${what} (in rows that it does not show yet)`, isWaiting: true };
    }
    case 'model_errored':
    case 'seed_errored':
    case 'snapshot_errored':
      return { verdict: 'late', reason: `${subject.name} could not be built: ${headlineOf(finding)}` };
    case 'partial_success':
      return { verdict: 'late', reason: `${subject.name} was built in part: ${headlineOf(finding)}` };
    case 'source_stale':
      return warns
        ? { verdict: 'safe', reason: `Warning: source ${subject.name}: ${headlineOf(finding)}` }
        : { verdict: 'late', reason: `Source ${subject.name}: ${headlineOf(finding)}` };
    case 'node_skipped':
      return null;
    case 'test_errored':
      return { verdict: 'unknown', reason: `${check} on ${subject.name} could not run` };
    case 'source_unchecked':
      return { verdict: 'unknown', reason: `The freshness of source ${subject.name} is not known` };
    case 'model_warned':
    case 'hook_errored':
      return { verdict: 'safe', reason: `Warning: ${subject.name}: ${headlineOf(finding)}` };
  }
}

/** An exposure that names nothing, or something that is gone, cannot be vouched for. */
function withoutUpstream({ dependsOn }: Exposure, upstream: readonly string[]): readonly string[] {
  const isAbove = new Set(upstream);
  const missing = dependsOn.filter((node) => !isAbove.has(node));
  if (missing.length > 0) return [`It depends on what the manifest does not have: ${missing.slice(0, 3).join(', ')}`];
  return dependsOn.length === 0 ? ['It depends on nothing, so nothing can be said about it'] : [];
}

function skippedAmong(findings: readonly Finding[], tests: boolean): readonly string[] {
  const skipped = findings.filter(({ kind, test }) => kind === 'node_skipped' && (test !== null) === tests);
  return [...new Set(skipped.map(({ subject }) => subject.uniqueId))];
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

function keepsOldRows([first, ...rest]: readonly Finding[], manifest: Manifest): boolean {
  if (first === undefined) return false;
  const stopped = [first, ...rest].some(
    ({ test, kind }) =>
      test === null && ['node_skipped', 'model_errored', 'seed_errored', 'snapshot_errored'].includes(kind),
  );
  return stopped && !['view', 'ephemeral'].includes(manifest.node(first.subject.uniqueId)?.materialized ?? '');
}

/** What should have been looked at for this dashboard and was not, gathered so that it stays a line each. */
function notChecked(
  upstream: readonly string[],
  { run, notRun, unseenTests, rulesOfFreshness }: Context,
): readonly string[] {
  const { manifest, freshness } = run;
  const above = new Set(unseenTests.size === 0 ? [] : upstream);
  // Data tests that look at something outside the upstream as well are another matter.
  const isWithin = (test: string): boolean => manifest.parents(test).every((parent) => above.has(parent));
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
