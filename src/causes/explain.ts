import { ancestorsOf, descendantsOf } from '../artifacts/lineage.ts';
import type { Manifest } from '../artifacts/manifest.ts';
import type { Run } from '../artifacts/run.ts';
import { type Finding, type NodeRef, rankOf, worstOf } from '../findings/finding.ts';
import type { Cause, ExposureVerdict, Impact, Symptom } from './cause.ts';
import { fold, rootOf } from './fold.ts';
import { judgeExposures } from './verdict.ts';

export interface Explanation {
  /** Worst first. */
  readonly causes: readonly Cause[];
  readonly verdicts: readonly ExposureVerdict[];
  /** Skipped nodes that nothing in the artifacts explains: never causes, never lost. */
  readonly unexplained: readonly Finding[];
}

/** Finds the few causes behind the findings, and what they mean for the dashboards. */
export function explain(findings: readonly Finding[], run: Run): Explanation {
  const { manifest } = run;
  const folds = fold(findings, manifest);
  const unexplained = findings.filter((finding) => finding.kind === 'node_skipped' && !folds.has(finding));
  const symptoms = new Map<Finding, Symptom[]>();
  for (const finding of findings) if (!folds.has(finding) && finding.kind !== 'node_skipped') symptoms.set(finding, []);
  for (const [finding, { because }] of folds) symptoms.get(rootOf(finding, folds))?.push({ finding, because });

  // Late data explains missing rows, never wrong ones, so a stale source is nobody's suspect.
  const suspects = [...symptoms.keys()].filter(({ kind }) => kind !== 'source_stale' && kind !== 'source_unchecked');
  const roots = new Map<string, NodeRef>(suspects.map((root) => [root.subject.uniqueId, root.subject]));
  const causes = [...symptoms].map(([finding, folded]) => causeOf(finding, folded, roots, manifest));
  return { causes: causes.toSorted(byImportance), verdicts: judgeExposures(findings, run), unexplained };
}

function causeOf(
  finding: Finding,
  symptoms: readonly Symptom[],
  roots: ReadonlyMap<string, NodeRef>,
  manifest: Manifest,
): Cause {
  const severity = worstOf([finding.severity, ...symptoms.map((symptom) => symptom.finding.severity)]);
  const above = ancestorsOf(manifest, finding.subject.uniqueId);
  return {
    finding,
    severity,
    category: finding.category,
    symptoms,
    upstreamSuspects: above.flatMap((ancestor) => roots.get(ancestor) ?? []),
    impact: impactOf(finding, symptoms, manifest),
  };
}

function impactOf(finding: Finding, symptoms: readonly Symptom[], manifest: Manifest): Impact {
  const below = descendantsOf(manifest, finding.subject.uniqueId);
  const belowSet = new Set(below);
  return {
    models: below.filter(isBuilt).length,
    blockedModels: symptoms.filter(
      (symptom) => symptom.finding.kind === 'node_skipped' && isBuilt(symptom.finding.uniqueId),
    ).length,
    exposures: manifest
      .exposures()
      .filter((exposure) => belowSet.has(exposure.uniqueId))
      .map((exposure) => exposure.name),
  };
}

function isBuilt(uniqueId: string): boolean {
  return /^(?:model|snapshot|seed)\./.test(uniqueId);
}

/** What matters most to the people who wait: severity, dashboards hit, models blocked, rows failing; then the name. */
function byImportance(a: Cause, b: Cause): number {
  return (
    rankOf(a.severity) - rankOf(b.severity) ||
    b.impact.exposures.length - a.impact.exposures.length ||
    b.impact.blockedModels - a.impact.blockedModels ||
    (b.finding.failures ?? 0) - (a.finding.failures ?? 0) ||
    (a.finding.uniqueId < b.finding.uniqueId ? -1 : 1)
  );
}
