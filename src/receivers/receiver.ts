import type { Timestamp } from '../artifacts/run.ts';
import type { Verdict } from '../causes/cause.ts';
import type { ErrorClass } from '../findings/error-class.ts';
import type { Category, Owner, Severity } from '../findings/finding.ts';
import type { ChangeReason, Incident } from '../incidents/incident.ts';

/**
 * Everything that a message about one incident can say, as it is after a run. Plain data: it waits in the outbox as JSON,
 * perhaps until another process sends it. Texts come from artifacts and are not escaped; each receiver escapes for its sink.
 */
export interface Notice {
  readonly incident: Incident;
  /** What has just happened to it. */
  readonly reason: ChangeReason;
  readonly at: Timestamp;
  readonly project: string | null;
  readonly environment: string | null;
  /** What is known of the cause now; null when it has ended, or its node was not run. */
  readonly cause: NoticeCause | null;
  /** What happened to it before, oldest first. */
  readonly history: readonly PastChange[];
  /** From the configuration alone, never from artifacts. */
  readonly links: readonly Link[];
}

export interface NoticeCause {
  /** What happened, in a few lines: the evidence phrase, or the adapter's words. */
  readonly message: readonly string[];
  /** What it means and what to do first, as the project's authors wrote it. */
  readonly meaning: string | null;
  readonly category: Category;
  /** Why it ranks higher than dbt ranks it; null where it does not. */
  readonly raised: string | null;
  readonly errorClass: ErrorClass | null;
  readonly owner: Owner | null;
  readonly path: string | null;
  /** Models downstream, those of them that were not built, and the dashboards with what to think of them now, worst first. */
  readonly models: number;
  readonly blockedModels: number;
  readonly exposures: readonly { readonly name: string; readonly verdict: Verdict; readonly url: string | null }[];
  /** "3 tests skipped by dbt because of it"; null when nothing is folded. */
  readonly folded: string | null;
  /** Names of what is folded. */
  readonly symptoms: readonly string[];
  readonly upstreamSuspects: readonly string[];
  readonly further: Further;
  readonly nextCommand: string | null;
  /** Title of the cause that explains it, of what was told before it was folded; null of a cause. */
  readonly explainedBy: string | null;
  /** Keys of failing units, as text; empty unless the package was told to collect them. */
  readonly samples: readonly string[];
}

/** How many more there are than are listed: below a broken source may be a thousand dashboards, and as many causes. */
export interface Further {
  readonly exposures: number;
  /** Those of the exposures that cannot be trusted now. */
  readonly doubtful: number;
  readonly symptoms: number;
  readonly suspects: number;
}

/** A change of an incident before the one that is told; not all of them were told. */
export interface PastChange {
  readonly reason: ChangeReason;
  readonly at: Timestamp;
  readonly severity: Severity;
  readonly failures: number | null;
}

export interface Link {
  readonly title: string;
  readonly url: string;
}

/**
 * One thing to be sent:
 * - `open`: a message for an incident that has none here yet
 * - `update`: its message says something else now; `loud` if people should notice
 * - `close`: the incident has ended
 * - `digest`: many incidents at once, in as few messages as hold all their names
 */
export type Order =
  | { readonly action: 'open' | 'close'; readonly notice: Notice }
  | { readonly action: 'update'; readonly notice: Notice; readonly loud: boolean }
  | { readonly action: 'digest'; readonly notices: readonly Notice[] };

/** What an order tells of. */
export function noticesOf(order: Order): readonly Notice[] {
  return order.action === 'digest' ? order.notices : [order.notice];
}

export interface Task {
  /** The same for every attempt at the same thing. */
  readonly deliveryId: string;
  readonly order: Order;
  /** What the first message of this incident left behind here; null if there is none. */
  readonly previous: Receipt | null;
  /** Whether an earlier delivery about the incident was given up that may have arrived after all. */
  readonly mayBeThere: boolean;
  /** Digests that were sent here before and name incidents of the order. */
  readonly digests: readonly SentDigest[];
}

/** A digest that was sent. */
export interface SentDigest {
  readonly deliveryId: string;
  readonly receipt: Receipt;
  /** What it said. */
  readonly posted: readonly Notice[];
  /** Its incidents as they are by now, each with the newest word about it that is known, which may be older. */
  readonly notices: readonly Notice[];
}

/** What a receiver must know to find its message again: a channel and a time stamp, a key. Kept as JSON. */
export type Receipt = Readonly<Record<string, string>>;

export interface Abilities {
  /** Whether a message can be changed after it was sent. */
  readonly edits: boolean;
  /** Whether the far side knows that an incident has ended. */
  readonly resolves: boolean;
  /** Whether an end calls nobody there, so that it need not wait for a mute time to pass. */
  readonly endsSilently: boolean;
  /** Whether keys of failing rows may go there: else no order has them, and it gets none that has them from before. */
  readonly samples: boolean;
  /** More causes than this in one run become one digest; null for no limit. */
  readonly maxMessages: number | null;
}

/** One integration of a receiver, by its names. */
export interface DestinationName {
  /** As the configuration calls it. */
  readonly receiver: string;
  readonly integration: Integration;
}

export function isSameDestination(a: DestinationName, b: DestinationName): boolean {
  return a.receiver === b.receiver && a.integration === b.integration;
}

/** A named destination of the configuration, with one integration. */
export interface Receiver {
  /** As the configuration calls it. */
  readonly name: string;
  readonly integration: Integration;
  readonly abilities: Abilities;
  /** Sends once, without retries of its own. @throws {DeliveryError} */
  send(task: Task, signal: AbortSignal): Promise<Receipt>;
  /** Whether an attempt that was interrupted has arrived, where the far side can be asked. @throws {DeliveryError} */
  find?(task: Task, signal: AbortSignal): Promise<Receipt | null>;
  /** For `check-config --online`: what is wrong with the credentials or the destination; empty if nothing is. */
  check?(signal: AbortSignal): Promise<readonly string[]>;
}

/** By the word of the configuration. */
export const INTEGRATIONS = ['slack', 'slack_webhook', 'pagerduty', 'datadog', 'webhook'] as const;
export type Integration = (typeof INTEGRATIONS)[number];

/**
 * Why something was not sent:
 * - `retry`: not now; the far side is busy, or cannot be reached and has surely not acted
 * - `uncertain`: it may have acted
 * - `payload`: it refuses this message, and would again
 * - `destination`: the channel or key is wrong or may not be used
 * - `auth`: the credentials are wrong
 * - `target_gone`: what should be changed is not there any more
 */
export const DELIVERY_REASONS = ['retry', 'uncertain', 'payload', 'destination', 'auth', 'target_gone'] as const;
export type DeliveryReason = (typeof DELIVERY_REASONS)[number];

export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly reason: DeliveryReason;
  /** Seconds the far side asks to wait. */
  readonly retryAfter: number | null;

  /** `message` is for people and must hold no secret. */
  constructor(reason: DeliveryReason, message: string, retryAfter: number | null = null) {
    super(message);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }
}
