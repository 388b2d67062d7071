import type { Run, Timestamp } from '../artifacts/run.ts';
import type { Change, ChangeReason, Incident } from '../incidents/incident.ts';
import type { History } from '../incidents/track.ts';
import type { Outbox } from '../deliveries/outbox.ts';
import type { Delivery, Scope } from '../deliveries/delivery.ts';
import type { FindingKind } from '../findings/finding.ts';
import type { DestinationName, NoticeCause, PastChange } from '../receivers/receiver.ts';
import type { Plan, PlannedOrder, ToldReceiver } from '../routes/plan.ts';

/** What is remembered from run to run. All implementations pass test/contracts/store.ts. */
export interface Store {
  /** Whether it was begun when it was opened: nothing was ever remembered there. */
  readonly isNew: boolean;
  /**
   * Writes down a run, what it changed and what is to be sent because of it, in one transaction, unless all its invocations
   * were written down before. `decide` and `order` are pure, and may be called again when two processes meet.
   */
  applyRun(
    run: Run,
    at: Date,
    decide: (history: History) => readonly Change[],
    order?: Ordering | null,
  ): Promise<Applied>;
  /** What {@link applyRun} would do; nothing is written. */
  previewRun(
    run: Run,
    at: Date,
    decide: (history: History) => readonly Change[],
    order?: Ordering | null,
  ): Promise<Applied>;
  readonly outbox: Outbox;
  /** Other environments of the project with open incidents and no run since `before`: perhaps they have another name now. */
  abandoned(scope: Scope, before: Date): Promise<readonly Abandoned[]>;
  /** Of all runs that are remembered, and of incidents that are older; '' is none. */
  environments(): Promise<readonly string[]>;
  /** Newest first. */
  incidents(): Promise<readonly Incident[]>;
  /** What happened to one incident, oldest first; null if there is no such incident. `id` may be shortened. */
  story(id: string): Promise<Story | null>;
  close(): Promise<void>;
}

/** Who is told what of the changes of a run. */
export type Ordering = (changes: readonly Change[], memory: Memory) => Pick<Plan, 'orders' | 'withdrawn' | 'renewed'>;

/** What was told before. */
export interface Memory {
  /** Who knows of an incident or has it in the outbox, by its id. */
  readonly told: ReadonlyMap<string, readonly ToldReceiver[]>;
  /** What happened to an incident before this run, oldest first, by its id. */
  readonly history: ReadonlyMap<string, readonly PastChange[]>;
}

export interface Applied {
  /** False when an earlier call has written this run down: nothing was changed now. */
  readonly isNew: boolean;
  /** What the run did, now or then, to each incident that no later run has touched. */
  readonly changes: readonly Change[];
  /** What was written into the outbox now. */
  readonly orders: readonly PlannedOrder[];
}

export interface Abandoned {
  /** '' for none. */
  readonly environment: string;
  /** Open incidents. */
  readonly open: number;
  readonly lastRunAt: Timestamp | null;
}

export interface Story {
  readonly incident: Incident;
  readonly steps: readonly Step[];
  /** Who was told of it, and when first. */
  readonly told: readonly (DestinationName & { readonly at: string })[];
  /** What the newest alert about it says of its cause; null where there is none, or it has ended. */
  readonly cause: NoticeCause | null;
  /** All that are remembered of what was ordered about it, oldest first. */
  readonly deliveries: readonly Delivery[];
}

/** A change worth remembering; that a fault went on, the incident itself counts. */
export interface Step {
  readonly reason: ChangeReason;
  readonly at: string;
  readonly severity: Incident['severity'];
  readonly failures: number | null;
  /** Null where an earlier version has written it. */
  readonly kind: FindingKind | null;
  readonly invocationIds: readonly string[];
}
