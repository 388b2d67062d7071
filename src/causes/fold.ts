import type { Run } from '../artifacts/run.ts';
import type { Finding } from '../findings/finding.ts';
import type { FoldReason } from './cause.ts';
import { failFast } from './fold-reasons/fail-fast.ts';
import { sameColumn } from './fold-reasons/same-column.ts';
import { sameError } from './fold-reasons/same-error.ts';
import { sameKeys } from './fold-reasons/same-keys.ts';
import { skippedBy } from './fold-reasons/skipped-by.ts';
import { staleInput } from './fold-reasons/stale-input.ts';

/**
 * One reason to fold: looks at all findings once, then answers for each which other one explains it, or null.
 * No two findings may explain each other.
 */
export type FoldRule = (findings: readonly Finding[], run: Run) => (finding: Finding) => Finding | null;

/** In the order they are asked; the first answer counts. */
const rules: readonly (readonly [because: FoldReason, rule: FoldRule])[] = [
  ['skipped_by', skippedBy],
  ['fail_fast', failFast],
  ['same_error', sameError],
  ['stale_input', staleInput],
  ['same_keys', sameKeys],
  ['same_column', sameColumn],
];

/** Which finding each folded finding lies under, and why. What is not in the map explains itself. */
export type Folds = ReadonlyMap<Finding, Fold>;

interface Fold {
  readonly under: Finding;
  readonly because: FoldReason;
  /** On the way to the root, as far as somebody has walked it: chains of thousands are walked once. */
  nearRoot: Finding;
}

/**
 * Folds findings under what explains them, each for one named reason, never because they are merely near each other.
 * A link may lead to a finding that is itself folded; {@link rootOf} follows it to the end.
 */
export function fold(findings: readonly Finding[], run: Run): Folds {
  const folds = new Map<Finding, Fold>();
  const ready = rules.map(([because, rule]) => [because, rule(findings, run)] as const);
  for (const finding of findings) {
    for (const [because, explainedBy] of ready) {
      const under = explainedBy(finding);
      // Lineage has no circles, but a file may lie, and then both ends would vanish under each other.
      if (under === null || rootOf(under, folds) === finding) continue;
      folds.set(finding, { under, because, nearRoot: under });
      break;
    }
  }
  return folds;
}

/** The finding at the end of the links. */
export function rootOf(finding: Finding, folds: Folds): Finding {
  const walked: Fold[] = [];
  let root = finding;
  for (let link = folds.get(root); link !== undefined; link = folds.get(root)) {
    walked.push(link);
    root = link.nearRoot;
  }
  for (const link of walked) link.nearRoot = root;
  return root;
}
