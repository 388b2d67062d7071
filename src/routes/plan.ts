import type { Run, Timestamp } from '../artifacts/run.ts';
import type { Cause, ExposureVerdict } from '../causes/cause.ts';
import { rankOf } from '../findings/finding.ts';
import { fingerprintOf } from '../findings/fingerprint.ts';
import type { Rules } from '../findings/rules.ts';
import type { Change } from '../incidents/incident.ts';
import type { Abilities, Integration, Notice, Order, Told } from '../receivers/receiver.ts';
import { decide, isNewMessage, type Step, type ToldBy } from './decide.ts';
import { labelsOfCause, labelsOfIncident } from './labels.ts';
import type { LinkTemplate } from './links.ts';
import { mutedUntil } from './muted-until.ts';
import { noticeOf } from './notice.ts';
import { type Route, routesFor } from './tree.ts';

/** One integration of a receiver. */
export interface Destination {
  readonly receiver: string;
  readonly integration: Integration;
  readonly abilities: Abilities;
}

/** A receiver that was told of an incident, or has it in the outbox. */
export interface ToldReceiver extends Pick<Destination, 'receiver' | 'integration'> {
  readonly how: ToldBy;
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
  readonly history: ReadonlyMap<string, readonly Told[]>;
  readonly now: Date;
}

export interface Plan {
  readonly orders: readonly PlannedOrder[];
  /** Ended incidents whose receiver has left the configuration, so that nobody can end them there. */
  readonly stranded: readonly Stranded[];
}

export interface PlannedOrder {
  readonly receiver: string;
  readonly integration: Integration;
  readonly order: Order;
  /** Until then the route is muted; null for now. */
  readonly notBefore: Timestamp | null;
}

export interface Stranded extends ToldReceiver {
  readonly incidentId: string;
}

/** Who is told what of a run: worst first, then what goes on, then what has ended, for each receiver. Sends nothing. */
export function plan(planning: Planning): Plan {
  const { causes, run } = planning;
  const byFingerprint = new Map(causes.map((cause) => [fingerprintOf(cause.finding, run.environment), cause]));
  const items = inOrder(planning.changes).map((change) =>
    itemOf(change, byFingerprint.get(change.incident.fingerprint) ?? null, planning),
  );
  return {
    orders: planning.destinations.flatMap((destination) => ordersFor(destination, items)),
    stranded: items.flatMap((item) => strandedBy(item, planning.destinations)),
  };
}

/** A change, ready to be told. */
interface Item {
  readonly change: Change;
  readonly told: readonly ToldReceiver[];
  /** Receivers of the routes, and until when each is muted. */
  readonly receivers: ReadonlyMap<string, Timestamp | null>;
  readonly notice: Notice;
}

function itemOf(change: Change, cause: Cause | null, planning: Planning): Item {
  const { run, rules, verdicts, links, now } = planning;
  const { incident } = change;
  const labels = cause === null ? labelsOfIncident(incident, run.manifest, rules) : labelsOfCause(cause, run);
  const history = planning.history.get(incident.id) ?? [];
  return {
    change,
    told: planning.told.get(incident.id) ?? [],
    receivers: receiversOf(routesFor(labels, planning.route), now),
    notice: noticeOf(change, cause, history, { project: run.project, environment: run.environment, verdicts, links }),
  };
}

/** Where several routes name a receiver, the one that may speak first counts. */
function receiversOf(routes: readonly Route[], now: Date): ReadonlyMap<string, Timestamp | null> {
  const receivers = new Map<string, Timestamp | null>();
  for (const route of routes) {
    const until = mutedUntil(route, now);
    const known = receivers.get(route.receiver);
    const isSooner = known === undefined || until === null || (known !== null && until < known);
    if (isSooner) receivers.set(route.receiver, until);
  }
  return receivers;
}

interface Decided {
  readonly item: Item;
  readonly told: ToldBy | null;
  readonly step: Step;
  readonly notBefore: Timestamp | null;
}

function ordersFor({ receiver, integration, abilities }: Destination, items: readonly Item[]): readonly PlannedOrder[] {
  const decided = items.map((item): Decided => {
    const until = item.receivers.get(receiver);
    const told = toldHere(item, { receiver, integration });
    const step = decide({
      reason: item.change.reason,
      incident: item.change.incident,
      isRouted: until !== undefined,
      told,
      isKnown: item.told.length > 0,
      abilities,
    });
    return { item, told, step, notBefore: until ?? null };
  });
  const times = [...new Set(decided.map(({ notBefore }) => notBefore))];
  return times.flatMap((notBefore) =>
    combined(
      decided.filter((each) => each.notBefore === notBefore),
      abilities,
    ).map((order) => ({ receiver, integration, order, notBefore })),
  );
}

/** A message of its own is more than having been named in a digest. */
function toldHere({ told }: Item, { receiver, integration }: Omit<ToldReceiver, 'how'>): ToldBy | null {
  const here = told.filter((each) => each.receiver === receiver && each.integration === integration);
  return here.find(({ how }) => how === 'message')?.how ?? here[0]?.how ?? null;
}

/** More new messages than the receiver wants become one digest. */
function combined(decided: readonly Decided[], abilities: Abilities): readonly Order[] {
  const fresh = decided.filter(({ step, told }) => isNewMessage(step, told, abilities));
  if (abilities.maxMessages === null || fresh.length <= abilities.maxMessages) return decided.flatMap(orderOf);
  const others = decided.filter((each) => !fresh.includes(each));
  return [{ action: 'digest', notices: fresh.map(({ item }) => item.notice) }, ...others.flatMap(orderOf)];
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
  if (change.incident.state === 'open') return [];
  return told
    .filter(
      ({ receiver, integration }) =>
        !destinations.some((each) => each.receiver === receiver && each.integration === integration),
    )
    .map((each) => ({ ...each, incidentId: change.incident.id }));
}
