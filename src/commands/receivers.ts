import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Timestamp } from '../artifacts/run.ts';
import { type Config, findConfig, folderOf } from '../config/load.ts';
import { secretsFrom } from '../config/secrets.ts';
import { deliver } from '../deliveries/deliver.ts';
import { type Delivery, isMuted, type Scope, UNSENT } from '../deliveries/delivery.ts';
import type { Outbox } from '../deliveries/outbox.ts';
import { explained, type Explained, type Known } from '../deliveries/standing.ts';
import { type Problem, ProblemError } from '../errors.ts';
import { type DestinationName, isSameDestination, type Receiver } from '../receivers/receiver.ts';
import type { ReceiverTools } from '../receivers/settings.ts';
import { mutedUntil } from '../routes/muted-until.ts';
import type { Destination } from '../routes/plan.ts';
import { type Route, routesAt } from '../routes/tree.ts';
import type { Runtime } from '../runtime.ts';

export interface OpenReceivers {
  /** Ready to send. */
  readonly receivers: readonly Receiver[];
  /** Those whose secret is missing: what is for them waits. */
  readonly unusable: readonly Destination[];
  /** What is wrong with them. */
  readonly problems: readonly Problem[];
}

/** The receivers of the configuration. @throws {ProblemError} with every secret that is missing, when none can be used. */
export async function openReceivers(config: Pick<Config, 'routing'>, tools: ReceiverTools): Promise<OpenReceivers> {
  const open = await usableReceivers(config, tools);
  const [first, ...rest] = open.problems;
  if (first !== undefined && open.receivers.length === 0) throw new ProblemError(first, ...rest);
  return open;
}

/** The same for who does not want to send. */
export async function usableReceivers(
  { routing }: Pick<Config, 'routing'>,
  tools: ReceiverTools,
): Promise<OpenReceivers> {
  const receivers: Receiver[] = [];
  const unusable: Destination[] = [];
  const problems: Problem[] = [];
  for (const { name, integrations } of routing?.receivers ?? []) {
    for (const [word, open] of integrations) {
      try {
        receivers.push(await open(name, tools));
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        problems.push(...error.problems.map((each) => ({ ...each, what: `Receiver ${name} (${word}): ${each.what}` })));
        unusable.push(destinationOf(await open(name, withoutSecrets)));
      }
    }
  }
  return { receivers, unusable, problems };
}

export function destinationOf({ name, integration, abilities }: Receiver): Destination {
  return { receiver: name, integration, abilities };
}

/** Good enough to ask a receiver what it can do. */
const withoutSecrets: ReceiverTools = { secret: () => Promise.resolve('') };

/** Secrets as the configuration names them. A dry run needs none, because nothing is sent. */
export function toolsFor(
  { named, projectDir, dryRun }: { named: string | null; projectDir: string | null; dryRun: boolean },
  { env }: Runtime,
): ReceiverTools {
  if (dryRun) return withoutSecrets;
  const path = findConfig(named, projectDir);
  return { secret: secretsFrom({ env, folder: path === null ? '.' : folderOf(path) }) };
}

export interface Sending extends Pick<OpenReceivers, 'receivers' | 'unusable'> {
  readonly outbox: Outbox;
  readonly scope: Scope;
  /** Whose mute times are kept; null where nobody is told. */
  readonly route: Route | null;
  readonly seconds: number;
  readonly eager: boolean;
}

/** Sends what is due, and tells what became of it and what is not sent yet. */
export async function send(sending: Sending, { now }: Pick<Runtime, 'now'>): Promise<readonly Explained[]> {
  const started = now();
  const from = performance.now();
  const clock = {
    // One that nobody sets forward or back meanwhile.
    now: () => new Date(started.getTime() + (performance.now() - from)),
    sleep: (duration: number) => sleep(duration, undefined),
  };
  await holdBack(sending, started);
  const tried = await deliver({ ...sending, owner: randomUUID(), clock });
  const all = await sending.outbox.list({ scope: sending.scope, states: UNSENT, orIds: [...tried] });
  const told = all.filter(({ state }) => state === 'sent' || UNSENT.includes(state));
  return explained(told, knownOf(sending, sending.scope.project), now());
}

/** What the configuration of a project says of its deliveries. */
export function knownOf(
  { receivers, unusable }: Pick<OpenReceivers, 'receivers' | 'unusable'>,
  project: string,
): Known {
  return { project, destinations: [...receivers.map(destinationOf), ...unusable], unusable };
}

/**
 * What waits may find itself in a mute time: no run came in between, or a far side was in trouble. And mute times may have
 * been changed since it began to wait.
 */
async function holdBack({ outbox, scope, route }: Sending, now: Date): Promise<void> {
  if (route === null) return;
  for (const delivery of await outbox.list({ scope, states: ['pending'] })) {
    if (routesOf(delivery, route).length === 0) continue;
    const until = heldUntil(delivery, route, now);
    if (until !== (isMuted(delivery, now) ? delivery.mutedUntil : null)) await outbox.postpone(delivery.id, until, now);
  }
}

/** Until when the routes that it keeps the times of are all muted; null where one may speak now, or none is left. */
export function heldUntil(delivery: Delivery, route: Route, now: Date): Timestamp | null {
  const [first = null, ...others] = routesOf(delivery, route).map((each) => mutedUntil(each, now));
  return others.reduce((a, b) => (a === null || b === null ? null : b < a ? b : a), first);
}

function routesOf({ receiver, route: path }: Delivery, route: Route): readonly Route[] {
  return path === null ? [] : routesAt(path, receiver, route);
}

/** Whether a delivery goes to one of them. */
export function isFor(delivery: DestinationName, destinations: readonly Destination[]): boolean {
  return destinations.some((each) => isSameDestination(each, delivery));
}
