import type { Manifest } from '../artifacts/manifest.ts';
import { isTable } from '../artifacts/unique-id.ts';
import type { Run } from '../artifacts/run.ts';
import { type Finding, type NodeRef, rankOf, worstOf } from '../findings/finding.ts';
import type { Cause, ExposureVerdict, Impact, Symptom } from './cause.ts';
import { fold, rootOf } from './fold.ts';
import { nextCommand } from './next-command.ts';
import { judgeExposures } from './verdict.ts';

export interface Explanation {
  /** Worst first. */
  readonly causes: readonly Cause[];
  /** Worst first. */
  readonly verdicts: readonly ExposureVerdict[];
  /** Skipped nodes that nothing in the artifacts explains: never causes, never lost. */
  readonly unexplained: readonly Finding[];
}

/** Where everything fails, all that lies above is suspect, and nobody reads it. */
const MOST_SUSPECTS = 20;

/** Finds the few causes behind the findings, and what they mean for the dashboards. */
export function explain(findings: readonly Finding[], run: Run): Explanation {
  const { manifest } = run;
  const folds = fold(findings, run);
  const unexplained = findings.filter((finding) => finding.kind === 'node_skipped' && !folds.has(finding));
  const symptoms = new Map<Finding, Symptom[]>();
  for (const finding of findings) if (!folds.has(finding) && finding.kind !== 'node_skipped') symptoms.set(finding, []);
  for (const [finding, { because }] of folds) symptoms.get(rootOf(finding, folds))?.push({ finding, because });

  // Late data explains missing rows, never wrong ones, so a stale source is nobody's suspect.
  const suspects = [...symptoms.keys()].filter(({ kind }) => kind !== 'source_stale' && kind !== 'source_unchecked');
  const roots = new Map<string, NodeRef>(suspects.map((root) => [root.subject.uniqueId, root.subject]));
  const rootsAbove = manifest.above([...roots.keys()], MOST_SUSPECTS);
  const skipped = new Set(findings.filter(({ kind }) => kind === 'node_skipped').map(({ uniqueId }) => uniqueId));
  // Several tests of one model have the same above them.
  const suspectsOf = forEachOnce((uniqueId: string) => {
    const { nearest, count } = rootsAbove(uniqueId);
    const upstreamSuspects = nearest.flatMap((root) => roots.get(root) ?? []);
    return { upstreamSuspects, furtherSuspects: count - upstreamSuspects.length };
  });
  const subjects = [...new Set([...symptoms.keys()].map(({ subject }) => subject.uniqueId))];
  const areas = manifest.areasBelow(subjects, skipped);
  const impactBelow = (uniqueId: string): Impact => {
    const { tables = 0, tablesCounted = 0, exposures = [] } = areas.get(uniqueId) ?? {};
    return { models: tables, blockedModels: tablesCounted, exposures: exposures.map(({ name }) => name) };
  };
  const causes = [...symptoms].map(([finding, folded]): Cause => ({
    finding,
    severity: worstOf([finding.severity, ...folded.map((symptom) => symptom.finding.severity)]),
    category: finding.category,
    symptoms: folded,
    ...suspectsOf(finding.subject.uniqueId),
    impact: impactOf(finding, folded, impactBelow, skipped, manifest),
    nextCommand: nextCommand(finding, folded, run.target),
  }));
  return { causes: causes.toSorted(byImportance), verdicts: judgeExposures(findings, folds, run), unexplained };
}

/** Remembers each answer. */
function forEachOnce<T extends object>(find: (uniqueId: string) => T): (uniqueId: string) => T {
  const known = new Map<string, T>();
  return (uniqueId) => {
    const answer = known.get(uniqueId) ?? find(uniqueId);
    known.set(uniqueId, answer);
    return answer;
  };
}

/** What lies below the subject, and what else was stopped with all that lies below that. */
function impactOf(
  finding: Finding,
  symptoms: readonly Symptom[],
  impactBelow: (uniqueId: string) => Impact,
  skipped: ReadonlySet<string>,
  manifest: Manifest,
): Impact {
  const subject = finding.subject.uniqueId;
  const stopped = symptoms.filter((symptom) => symptom.finding.test === null);
  const others = stopped
    .filter(({ because, finding: { uniqueId } }) => because === 'same_error' || uniqueId !== subject)
    .map((symptom) => symptom.finding.uniqueId);
  const starts = [subject, ...stopped.map((symptom) => symptom.finding.uniqueId)];
  // Of a hook, and of what has the same words or came first, symptoms may lie anywhere; of everything else below it.
  const isAllBelow =
    finding.kind !== 'hook_errored' &&
    symptoms.every(({ because }) => because !== 'same_error' && because !== 'fail_fast');
  const area = isAllBelow ? impactBelow(subject) : impactBelowAll(starts, others, skipped, manifest);
  // What waits for two causes counts for both; a test that only warned keeps nothing waiting.
  const blocks = finding.blocks || symptoms.some((symptom) => symptom.finding.kind === 'node_skipped');
  return { ...area, blockedModels: blocks ? area.blockedModels : 0 };
}

/** What is built from the starts, and these others themselves. */
function impactBelowAll(
  starts: readonly string[],
  others: readonly string[],
  skipped: ReadonlySet<string>,
  manifest: Manifest,
): Impact {
  const tables = manifest.tablesBelow(starts);
  const models = others.length === 0 ? tables : [...new Set([...tables, ...others.filter(isTable)])];
  return {
    models: models.length,
    blockedModels: models.filter((model) => skipped.has(model)).length,
    exposures: manifest.exposuresBelow(starts).map((exposure) => exposure.name),
  };
}

/** What matters most to the people who wait: severity, dashboards hit, models blocked, models below, rows failing; then the name. */
function byImportance(a: Cause, b: Cause): number {
  return (
    rankOf(a.severity) - rankOf(b.severity) ||
    b.impact.exposures.length - a.impact.exposures.length ||
    b.impact.blockedModels - a.impact.blockedModels ||
    b.impact.models - a.impact.models ||
    (b.finding.failures ?? 0) - (a.finding.failures ?? 0) ||
    (a.finding.uniqueId < b.finding.uniqueId ? -1 : 1)
  );
}
