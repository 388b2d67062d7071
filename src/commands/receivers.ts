import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, findConfig, folderOf } from '../config/load.ts';
import { deliver } from '../deliveries/deliver.ts';
import { type Delivery, isMuted, type Scope, UNSENT } from '../deliveries/delivery.ts';
import type { Outbox } from '../deliveries/outbox.ts';
import { type Problem, ProblemError } from '../errors.ts';
import type { Receiver } from '../receivers/receiver.ts';
import type { ReceiverTools } from '../receivers/table.ts';
import type { Destination } from '../routes/plan.ts';
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
export async function openReceivers(
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
  const [first, ...rest] = problems;
  if (first !== undefined && receivers.length === 0) throw new ProblemError(first, ...rest);
  return { receivers, unusable, problems };
}

export function destinationOf({ name, integration, abilities }: Receiver): Destination {
  return { receiver: name, integration, abilities };
}

/** Good enough to ask a receiver what it can do. */
const withoutSecrets: ReceiverTools = { secret: () => Promise.resolve('') };

/** Secrets as the configuration names them. A dry run needs none, because nothing is sent. */
export async function toolsFor(
  { named, projectDir, dryRun }: { named: string | null; projectDir: string | null; dryRun: boolean },
  { env }: Runtime,
): Promise<ReceiverTools> {
  if (dryRun) return withoutSecrets;
  const path = findConfig(named, projectDir);
  const { secretsFrom } = await import('../config/secrets.ts');
  return { secret: secretsFrom({ env, folder: path === null ? '.' : folderOf(path) }) };
}

export interface Sending extends Pick<OpenReceivers, 'receivers' | 'unusable'> {
  readonly outbox: Outbox;
  readonly scope: Scope;
  readonly seconds: number;
  readonly eager: boolean;
}

/** Sends what is due, and tells what became of it and what is not sent yet. */
export async function send(sending: Sending, { now }: Pick<Runtime, 'now'>): Promise<readonly Delivery[]> {
  const started = now();
  const from = performance.now();
  const clock = {
    // One that nobody sets forward or back meanwhile.
    now: () => new Date(started.getTime() + (performance.now() - from)),
    sleep: (duration: number) => sleep(duration, undefined),
  };
  const tried = await deliver({ ...sending, owner: randomUUID(), clock });
  const all = await sending.outbox.list({ scope: sending.scope, states: UNSENT, orChangedSince: started });
  return all
    .filter(({ id, state }) => (state === 'sent' ? tried.has(id) : UNSENT.includes(state)))
    .map((delivery) => (isFor(delivery, sending.unusable) ? { ...delivery, reason: UNUSABLE } : delivery));
}

const UNUSABLE = 'a secret of the receiver is missing.';

function isFor({ receiver, integration }: Delivery, destinations: readonly Destination[]): boolean {
  return destinations.some((each) => each.receiver === receiver && each.integration === integration);
}

/** Those that should have been sent by now; what another process is sending is in good hands. */
export function undelivered(deliveries: readonly Delivery[], now: Date): readonly Delivery[] {
  return deliveries.filter((delivery) => {
    switch (delivery.state) {
      case 'pending':
        return !isMuted(delivery, now);
      case 'uncertain':
      case 'dead':
        return true;
      case 'attempting':
      case 'sent':
      case 'replaced':
      case 'dropped':
        return false;
    }
  });
}
