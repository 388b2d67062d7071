import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, findConfig, folderOf } from '../config/load.ts';
import { deliver } from '../deliveries/deliver.ts';
import { type Delivery, isMuted, type Scope } from '../deliveries/delivery.ts';
import type { Outbox } from '../deliveries/outbox.ts';
import { type Problem, ProblemError } from '../errors.ts';
import type { Receiver } from '../receivers/receiver.ts';
import type { ReceiverTools } from '../receivers/table.ts';
import type { Runtime } from '../runtime.ts';

/** The receivers of the configuration, ready to send. @throws {ProblemError} with every secret that is missing. */
export async function openReceivers(
  { routing }: Pick<Config, 'routing'>,
  tools: ReceiverTools,
): Promise<readonly Receiver[]> {
  const receivers: Receiver[] = [];
  const problems: Problem[] = [];
  for (const { name, integrations } of routing?.receivers ?? []) {
    for (const [word, open] of integrations) {
      try {
        const receiver = await open(name, tools);
        const twin = receivers.find((each) => each.name === name && each.integration === receiver.integration);
        if (twin === undefined) receivers.push(receiver);
        else
          problems.push({
            code: 'config_invalid',
            what: `Receiver ${name} reaches ${twin.integration} in two ways, one of them ${word}.`,
            next: 'Give each a receiver of its own.',
          });
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        problems.push(...error.problems.map((each) => ({ ...each, what: `Receiver ${name} (${word}): ${each.what}` })));
      }
    }
  }
  const [first, ...rest] = problems;
  if (first !== undefined) throw new ProblemError(first, ...rest);
  return receivers;
}

/** Secrets as the configuration names them. A dry run needs none, because nothing is sent. */
export async function toolsFor(
  { named, projectDir, dryRun }: { named: string | null; projectDir: string | null; dryRun: boolean },
  { env }: Runtime,
): Promise<ReceiverTools> {
  if (dryRun) return { secret: () => Promise.resolve('') };
  const path = findConfig(named, projectDir);
  const { secretsFrom } = await import('../config/secrets.ts');
  return { secret: secretsFrom({ env, folder: path === null ? '.' : folderOf(path) }) };
}

export interface Sending {
  readonly outbox: Outbox;
  readonly scope: Scope;
  readonly receivers: readonly Receiver[];
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
  const all = await sending.outbox.list({
    scope: sending.scope,
    states: ['pending', 'attempting', 'uncertain', 'dead'],
    orChangedSince: started,
  });
  return all.filter(({ id, state }) => (state === 'sent' ? tried.has(id) : state !== 'dropped'));
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
      case 'dropped':
        return false;
    }
  });
}
