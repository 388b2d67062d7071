import type { Run } from '../artifacts/run.ts';
import type { Cause, ExposureVerdict } from '../causes/cause.ts';
import { type Finding, rankOf, type Severity } from '../findings/finding.ts';
import type { DeliveryState } from '../deliveries/delivery.ts';
import type { Outcome } from '../findings/outcome.ts';
import type { Change } from '../incidents/incident.ts';
import type { Integration, Order } from '../receivers/receiver.ts';

/** Everything that a report can say; each format chooses. */
export interface Report {
  readonly run: Run;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly findings: readonly Finding[];
  /** Worst first. */
  readonly causes: readonly Cause[];
  /** Worst first. */
  readonly verdicts: readonly ExposureVerdict[];
  /** What this run did to the incidents that were open before it or are now; null without a state store. */
  readonly changes: readonly Change[] | null;
  /** What is to be sent, or was; empty where nobody is told. */
  readonly deliveries: readonly ReportedDelivery[];
  readonly now: Date;
}

export interface ReportedDelivery {
  readonly receiver: string;
  readonly integration: Integration;
  readonly action: Order['action'];
  /** `planned` in a dry run. */
  readonly state: DeliveryState | 'planned';
  readonly reason: string | null;
}

/** How a format may present a report; each uses what it can. */
export interface Presentation {
  /** Columns. */
  readonly width: number;
  readonly colour: boolean;
  /** Everything, where the short form counts. */
  readonly verbose: boolean;
}

/** A report for reading is one text; one for programs has as many pieces as there are things to tell of. */
export type Format = (report: Report, presentation: Presentation) => string | Iterable<string>;

/** Whether there is a cause at least as bad as the limit, or nobody knows, because dbt did not get to its end. */
export function reaches(limit: Severity, report: Pick<Report, 'causes' | 'run'>): boolean {
  return isIncomplete(report) || report.causes.some((cause) => rankOf(cause.severity) <= rankOf(limit));
}

/** Nodes were left out, and no failure is written down that would explain it: that is not health. */
export function isIncomplete({ run }: Pick<Report, 'run'>): boolean {
  return run.notes.some(
    ({ code }) => code === 'skipped_without_reason' || code === 'stopped_early' || code === 'unreadable_results',
  );
}
