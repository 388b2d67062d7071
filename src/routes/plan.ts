import type { Run, Timestamp } from '../artifacts/run.ts';
import type { Cause, ExposureVerdict } from '../causes/cause.ts';
import { rankOf } from '../findings/finding.ts';
import { fingerprintOf } from '../findings/fingerprint.ts';
import type { Rules } from '../findings/rules.ts';
import { titleOf } from '../findings/title.ts';
import type { Change } from '../incidents/incident.ts';
import {
  type Abilities,
  type Integration,
  isSameDestination,
  type Notice,
  type Order,
  type PastChange,
} from '../receivers/receiver.ts';
import { withoutSamples } from '../receivers/samples.ts';
import { decide, isNewMessage, type Step, type ToldBy } from './decide.ts';
import { labelsOfCause, labelsOfIncident } from './labels.ts';
import type { LinkTemplate } from './links.ts';
import { mutedUntil } from './muted-until.ts';
import { type Explained, noticeOf } from './notice.ts';
import { type Route, type RoutePath, routesFor } from './tree.ts';

/** One integration of a receiver. */
export interface Destination {
  readonly receiver: string;
  readonly integration: Integration;
  readonly abilities: Abilities;
}

/**
 * What became of the news of an incident at a receiver: it was told, or has it in the outbox; or
 * - `missed`: the last of it is a dead letter
 * - `dropped`: a person has taken the last of it out of the outbox, and so knows
 */
export interface ToldReceiver extends Pick<Destination, 'receiver' | 'integration'> {
  readonly how: ToldBy | 'missed' | 'dropped';
  /** False of what has surely not arrived. */
  readonly hasArrived: boolean;
}

export interface Planning {
  readonly run: Run;
  readonly rules: Rules;
  readonly changes: readonly Change[];
  readonly causes: readonly Cause[];
  readonly verdicts: readonly ExposureVerdict[];
  readonly route: Route;
  readonly destinations: readonly Destination[];
  readonly links: readonly LinkTemplate[];
  /** Who knows of an incident, by its id. */
  readonly told: ReadonlyMap<string, readonly ToldReceiver[]>;
  /** What was told of an incident before this run, oldest first, by its id. */
  readonly history: ReadonlyMap<string, readonly PastChange[]>;
  readonly now: Date;
}

export interface Plan {
  readonly orders: readonly PlannedOrder[];
  /** Incidents that a receiver was told of which has left the configuration, so that nobody can end them there. */
  readonly stranded: readonly Stranded[];
  /** What has not arrived, and need not any more. */
  readonly withdrawn: readonly Withdrawn[];
  /** What has not arrived, and has newer figures since, though there is nothing new to say. */
  readonly renewed: readonly Renewed[];
}

export interface Withdrawn extends Pick<Destination, 'receiver' | 'integration'> {
  readonly incidentId: string;
}

export interface Renewed extends Pick<Destination, 'receiver' | 'integration'> {
  /** As the incidents are now. */
  readonly notices: readonly Notice[];
}

export interface PlannedOrder {
  readonly receiver: string;
  readonly integration: Integration;
  readonly order: Order;
  /** Until then the route is muted; null for now. */
  readonly mutedUntil: Timestamp | null;
  /** The {@link Route.path} whose times it keeps; null where it need not. */
  readonly route: RoutePath | null;
  /** Whether it waits for what the order waited for that it replaces: no route of now names the receiver. */
  readonly inherits: boolean;
}

export interface Stranded extends ToldReceiver {
  readonly incidentId: string;
}

/** Who is told what of a run: worst first, then what goes on, then what has ended, for each receiver. Sends nothing. */
export function plan(planning: Planning): Plan {
  const { causes, run } = planning;
  const found = new Map(
    causes.flatMap((cause) =>
      explainedIn(cause).map((each) => [fingerprintOf(each.cause.finding, run.environment), each] as const),
    ),
  );
  // Worst first: of two packages' dashboards with one name, the worse one counts.
  const verdicts = new Map(planning.verdicts.toReversed().map((verdict) => [verdict.name, verdict]));
  const items = inOrder(planning.changes).map((change) =>
    itemOf(change, found.get(change.incident.fingerprint) ?? { cause: null, explainedBy: null }, planning, verdicts),
  );
  const plans = planning.destinations.map((destination) => planFor(destination, items));
  return {
    orders: plans.flatMap(({ orders }) => orders),
    withdrawn: plans.flatMap(({ withdrawn }) => withdrawn),
    renewed: plans.flatMap(({ renewed }) => renewed),
    stranded: items.flatMap((item) => strandedBy(item, planning.destinations)),
  };
}

/** The cause, and what is folded under it as if each stood alone: its reach and its dashboards are those of the cause. */
function explainedIn(cause: Cause): readonly (Explained & { readonly cause: Cause })[] {
  const alone = {
    symptoms: [],
    upstreamSuspects: [],
    furtherSuspects: 0,
    impact: { models: 0, blockedModels: 0, exposures: [] },
  };
  const explainedBy = titleOf(cause.finding);
  return [
    { cause, explainedBy: null },
    ...cause.symptoms.map(({ finding }) => ({
      cause: { ...cause, ...alone, finding, severity: finding.severity },
      explainedBy,
    })),
  ];
}

/** A change, ready to be told. */
interface Item {
  readonly change: Change;
  readonly told: readonly ToldReceiver[];
  /** Whether anybody knows of it who is still there. */
  readonly isKnown: boolean;
  /** Receivers of the routes, and until when each is muted. */
  readonly receivers: ReadonlyMap<string, Speaking>;
  readonly notice: Notice;
}

function itemOf(
  change: Change,
  found: Explained,
  planning: Planning,
  verdicts: ReadonlyMap<string, ExposureVerdict>,
): Item {
  const { run, rules, links, now } = planning;
  const { incident } = change;
  const isCause = found.cause !== null && found.explainedBy === null;
  const labels = isCause ? labelsOfCause(found.cause, run) : labelsOfIncident(incident, run.manifest, rules);
  const history = planning.history.get(incident.id) ?? [];
  const told = planning.told.get(incident.id) ?? [];
  const receivers = receiversOf(routesFor(labels, planning.route), now);
  return {
    change,
    told,
    isKnown: told.some((each) => isConfigured(each, planning.destinations) && knows(each, receivers)),
    receivers,
    notice: noticeOf(change, found, history, { project: run.project, environment: run.environment, verdicts, links }),
  };
}

/** What waits for a receiver that no route names any more will not be sent. */
function knows({ receiver, how, hasArrived }: ToldReceiver, receivers: Item['receivers']): boolean {
  return how === 'dropped' || (how !== 'missed' && (hasArrived || receivers.has(receiver)));
}

/** By which route a receiver hears, and until when that is muted. */
interface Speaking {
  readonly until: Timestamp | null;
  readonly route: RoutePath;
}

/** Where several routes name a receiver, the one that may speak first counts. */
function receiversOf(routes: readonly Route[], now: Date): ReadonlyMap<string, Speaking> {
  const receivers = new Map<string, Speaking>();
  for (const route of routes) {
    const until = mutedUntil(route, now);
    const known = receivers.get(route.receiver);
    const isSooner = known === undefined || (known.until !== null && (until === null || until < known.until));
    if (isSooner) receivers.set(route.receiver, { until, route: route.path });
  }
  return receivers;
}

/** What one destination does about a change. */
interface Decided {
  readonly item: Item;
  readonly told: ToldBy | null;
  readonly step: Step;
  readonly mutedUntil: Timestamp | null;
  readonly route: RoutePath | null;
  readonly inherits: boolean;
  readonly isWithdrawn: boolean;
  readonly isRenewed: boolean;
}

function planFor(destination: Destination, items: readonly Item[]): Pick<Plan, 'orders' | 'withdrawn' | 'renewed'> {
  const { receiver, integration, abilities } = destination;
  const decided = items.map((item) => decidedFor(item, destination));
  const renewed = decided.filter(({ isRenewed }) => isRenewed).map(({ item: { notice } }) => notice);
  // What cannot be sent at the same time is not combined.
  const times = [...new Set(decided.map(timeOf))];
  return {
    orders: times.flatMap((time) =>
      combined(
        decided.filter((each) => timeOf(each) === time),
        abilities,
      ).map(({ order, like: { mutedUntil: until, route, inherits } }) => ({
        receiver,
        integration,
        order,
        mutedUntil: until,
        route,
        inherits,
      })),
    ),
    withdrawn: decided
      .filter(({ isWithdrawn }) => isWithdrawn)
      .map(({ item }) => ({ receiver, integration, incidentId: item.change.incident.id })),
    renewed: renewed.length === 0 ? [] : [{ receiver, integration, notices: renewed }],
  };
}

function timeOf({ mutedUntil: until, inherits }: Decided): string {
  return `${until ?? ''} ${String(inherits)}`;
}

function decidedFor(whole: Item, destination: Destination): Decided {
  const { abilities, receiver } = destination;
  // Keys of rows are not even kept for whoever may not have them.
  const item = abilities.samples ? whole : { ...whole, notice: withoutSamples(whole.notice) };
  const { reason, incident } = item.change;
  const here = item.told.filter((each) => isSameDestination(each, destination));
  const speaking = item.receivers.get(receiver);
  const isRouted = speaking !== undefined;
  const isUnheard = here.length > 0 && here.every(({ how, hasArrived }) => !hasArrived && how !== 'dropped');
  const isUnwanted = !isRouted || (incident.state === 'open' && incident.foldedUnder !== null);
  const isWithdrawn = isUnheard && isUnwanted && reason !== 'unobserved';
  const became = (how: ToldReceiver['how']): boolean => !isWithdrawn && here.some((each) => each.how === how);
  // A message of its own is more than having been named in a digest.
  const told = became('message') ? 'message' : became('digest') ? 'digest' : null;
  const step = decide({
    reason,
    incident,
    isRouted,
    told,
    isMissed: became('missed'),
    mayStand: here.some(({ how, hasArrived }) => how === 'dropped' && hasArrived),
    isKnown: item.isKnown,
    abilities,
  });
  const isAtOnce = step === 'close' && abilities.endsSilently;
  const times = isAtOnce ? undefined : speaking;
  return {
    item,
    told,
    step,
    mutedUntil: times?.until ?? null,
    route: times?.route ?? null,
    inherits: !isRouted && !isAtOnce,
    isWithdrawn,
    isRenewed:
      step === 'nothing' &&
      !isWithdrawn &&
      reason !== 'unobserved' &&
      here.some(({ how, hasArrived }) => !hasArrived && how !== 'dropped'),
  };
}

/** An order, and the decision whose times it keeps. */
interface Combined {
  readonly order: Order;
  readonly like: Decided;
}

/** More new messages than the receiver wants become one digest; what has ended hides no beginning, and has one of its own. */
function combined(decided: readonly Decided[], { maxMessages, ...abilities }: Abilities): readonly Combined[] {
  const fresh = decided.filter(({ step, told }) => isNewMessage(step, told, abilities));
  const lots = [fresh.filter((each) => !isEnd(each)), fresh.filter(isEnd)];
  const digested = new Set(lots.filter(({ length }) => maxMessages !== null && length > maxMessages).flat());
  return [
    ...lots.flatMap(([first, ...rest]): readonly Combined[] => {
      if (first === undefined || !digested.has(first)) return [];
      // Any of them will do for the times: all may speak at once.
      return [{ order: { action: 'digest', notices: [first, ...rest].map(({ item }) => item.notice) }, like: first }];
    }),
    ...decided
      .filter((each) => !digested.has(each))
      .flatMap((each) => orderOf(each).map((order) => ({ order, like: each }))),
  ];
}

function isEnd({ step }: Decided): boolean {
  return step === 'close';
}

function orderOf({ step, item: { notice } }: Decided): readonly Order[] {
  switch (step) {
    case 'open':
    case 'close':
      return [{ action: step, notice }];
    case 'loud':
    case 'quiet':
      return [{ action: 'update', notice, loud: step === 'loud' }];
    case 'nothing':
      return [];
  }
}

/** Worst first, as the report has them; what has ended comes last. */
function inOrder(changes: readonly Change[]): readonly Change[] {
  const hasEnded = ({ incident }: Change): number => (incident.state === 'open' ? 0 : 1);
  return changes.toSorted(
    (a, b) => hasEnded(a) - hasEnded(b) || rankOf(a.incident.severity) - rankOf(b.incident.severity),
  );
}

function strandedBy({ change, told }: Item, destinations: readonly Destination[]): readonly Stranded[] {
  return told
    .filter((each) => (each.how === 'message' || each.how === 'digest') && !isConfigured(each, destinations))
    .map((each) => ({ ...each, incidentId: change.incident.id }));
}

function isConfigured(told: ToldReceiver, destinations: readonly Destination[]): boolean {
  return destinations.some((each) => isSameDestination(each, told));
}
