import type { Order, Receipt, Receiver, Task } from '../receivers/receiver.ts';
import { taskWithoutSamples } from '../receivers/samples.ts';
import { afterFailure, afterLookUp, type Attempt } from './decide.ts';
import type { Scope } from './delivery.ts';
import type { Claimed, Outbox, Settlement } from './outbox.ts';

export interface Clock {
  now(): Date;
  /** Milliseconds. */
  sleep(duration: number): Promise<void>;
}

export interface Delivering {
  readonly outbox: Outbox;
  readonly scope: Scope;
  readonly receivers: readonly Receiver[];
  /** Names this process among all that share the outbox. */
  readonly owner: string;
  /** What is left then, is left for the next run. */
  readonly seconds: number;
  /** Whether to try again at once what failed before. */
  readonly eager: boolean;
  readonly clock: Clock;
}

/** So long after its time a process may still write down what came of its last attempt; clocks of machines differ, too. */
const LEASE_MARGIN = 60_000;

/**
 * Sends what is due, each destination by itself, so that one that hangs holds up no other. Whatever happens to this
 * process, the outbox knows what may have arrived: an attempt is written down before anything is sent, and what came of it
 * after. Returns the ids of all that it has tried to send.
 */
export async function deliver(delivering: Delivering): Promise<ReadonlySet<string>> {
  const { receivers, seconds, clock } = delivering;
  const end = clock.now().getTime() + seconds * 1000;
  const signal = AbortSignal.timeout(seconds * 1000);
  const tried = new Set<string>();
  await Promise.all(receivers.map((receiver) => deliverTo(receiver, { ...delivering, end, signal, tried })));
  return tried;
}

interface Lane extends Delivering {
  /** Milliseconds since 1970. */
  readonly end: number;
  readonly signal: AbortSignal;
  readonly tried: Set<string>;
}

async function deliverTo(receiver: Receiver, lane: Lane): Promise<void> {
  const { outbox, scope, owner, eager, clock, end, signal, tried } = lane;
  const destination = destinationOf(receiver);
  let isFirst = true;
  const leaseUntil = new Date(end + LEASE_MARGIN);
  while (clock.now().getTime() < end && !signal.aborted) {
    const asked = { scope, destination, now: clock.now(), leaseUntil, owner, eager: eager && isFirst };
    const claimed = await outbox.claim(asked);
    if (claimed !== null) tried.add(claimed.delivery.id);
    const settlement = claimed === null ? null : await attempt(receiver, claimed, signal, clock);
    if (claimed !== null && settlement !== null)
      await outbox.settle(claimed.delivery.id, owner, settlement, clock.now());
    if (settlement !== null && settlement.kind !== 'later') continue;
    // A far side in trouble gets nothing else meanwhile.
    const next =
      settlement === null
        ? await outbox.nextDue(scope, destination, clock.now())
        : (settlement.notBefore?.toISOString() ?? null);
    if (next === null || Date.parse(next) >= end) return;
    isFirst = false;
    await clock.sleep(Date.parse(next) - clock.now().getTime());
  }
}

/** What was to open a message is loud news of it where there is one already. */
function hereNow(order: Order, previous: Receipt | null): Order {
  return order.action === 'open' && previous !== null ? { action: 'update', notice: order.notice, loud: true } : order;
}

/** One attempt at one delivery; tells what became of it and never throws. */
async function attempt(
  receiver: Receiver,
  { delivery, isUncertain, previous, mayBeThere, digests }: Claimed,
  signal: AbortSignal,
  clock: Clock,
): Promise<Settlement> {
  const order = hereNow(delivery.order, previous);
  const whole: Task = { deliveryId: delivery.id, order, previous, mayBeThere, digests };
  const task = receiver.abilities.samples ? whole : taskWithoutSamples(whole);
  const { attempts } = delivery;
  let mayHaveArrived = isUncertain;
  const known = (): Attempt => ({ attempts, order, previous, isUncertain: mayHaveArrived, now: clock.now() });
  if (isUncertain && receiver.find !== undefined) {
    try {
      const receipt = await receiver.find(task, signal);
      if (receipt !== null) return { kind: 'sent', receipt };
      mayHaveArrived = false;
    } catch (error) {
      const settlement = afterLookUp(error, known());
      if (settlement !== null) return settlement;
    }
  }
  try {
    return { kind: 'sent', receipt: await receiver.send(task, signal) };
  } catch (error) {
    return afterFailure(error, known());
  }
}

function destinationOf({ name, integration }: Receiver): { receiver: string; integration: Receiver['integration'] } {
  return { receiver: name, integration };
}
