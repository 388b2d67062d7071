import type { Run } from '../artifacts/run.ts';
import type { Change, ChangeReason, Incident, IncidentState } from '../incidents/incident.ts';
import type { History } from '../incidents/track.ts';

/** What is remembered from run to run. All implementations pass test/contracts/store.ts. */
export interface Store {
  /**
   * Writes down a run and what it changed, in one transaction, unless all its invocations were written down before.
   * `decide` is pure, and may be called again when two processes meet.
   */
  applyRun(run: Run, at: Date, decide: (history: History) => readonly Change[]): Promise<Applied>;
  /** Newest first. */
  incidents(filter: IncidentFilter): Promise<readonly Incident[]>;
  /** What happened to one incident, oldest first; null if there is no such incident. `id` may be shortened. */
  story(id: string): Promise<Story | null>;
  close(): Promise<void>;
}

export interface Applied {
  /** False when an earlier call has written this run down: nothing was changed now. */
  readonly isNew: boolean;
  /** What the run did, now or then, to each incident that no later run has touched. */
  readonly changes: readonly Change[];
}

export interface IncidentFilter {
  readonly state?: IncidentState;
  readonly environment?: string;
  readonly limit?: number;
}

export interface Story {
  readonly incident: Incident;
  readonly steps: readonly Step[];
}

/** A change worth remembering; that a fault went on, the incident itself counts. */
export interface Step {
  readonly reason: ChangeReason;
  readonly at: string;
  readonly severity: Incident['severity'];
  readonly failures: number | null;
  readonly invocationIds: readonly string[];
}
