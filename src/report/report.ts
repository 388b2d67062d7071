import type { Run } from '../artifacts/run.ts';
import type { Cause, ExposureVerdict } from '../causes/cause.ts';
import { type Finding, rankOf, type Severity } from '../findings/finding.ts';
import type { Outcome } from '../findings/outcome.ts';

/** Everything that a report can say; each format chooses. */
export interface Report {
  readonly run: Run;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly findings: readonly Finding[];
  /** Worst first. */
  readonly causes: readonly Cause[];
  /** Worst first. */
  readonly verdicts: readonly ExposureVerdict[];
}

/** How a format may present a report; each uses what it can. */
export interface Presentation {
  /** Columns. */
  readonly width: number;
  readonly colour: boolean;
  /** Everything, where the short form counts. */
  readonly verbose: boolean;
}

export type Format = (report: Report, presentation: Presentation) => string;

/** Whether any cause is at least as bad as the limit. */
export function reaches(limit: Severity, { causes }: Pick<Report, 'causes'>): boolean {
  return causes.some((cause) => rankOf(cause.severity) <= rankOf(limit));
}
