import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Delivery, DeliveryState, Scope } from '../deliveries/delivery.ts';
import type { Handled } from '../deliveries/outbox.ts';
import { ProblemError } from '../errors.ts';
import { deliveriesJson, formatDeliveries, formatSent, formatUndelivered } from '../report/deliveries.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/store.ts';
import { fromEnvironment, oneOf, TEXT_OR_JSON } from './environment.ts';
import { openReceivers, send, toolsFor, undelivered } from './receivers.ts';
import { type StateFlags, withState } from './state.ts';

export interface DeliveriesFlags extends StateFlags {
  readonly format?: string;
  readonly all?: boolean;
  readonly environment?: string;
}

export interface DropFlags extends DeliveriesFlags {
  readonly reason: string;
}

const UNSENT: readonly DeliveryState[] = ['pending', 'attempting', 'uncertain', 'dead'];

/** `dq-report deliveries`. @throws {ProblemError} for everything that a person can mend. */
export async function deliveriesCommand(flags: DeliveriesFlags, runtime: Runtime): Promise<0> {
  const { all = false, environment } = flags;
  const filter = {
    ...(all ? {} : { states: UNSENT }),
    ...(environment === undefined ? {} : { environment }),
  };
  const print = printer(flags, runtime);
  print(await withState(flags, runtime, ({ store }) => store.outbox.list(filter)), formatDeliveries);
  return 0;
}

/** `dq-report deliveries retry ID`. @throws {ProblemError} for an id that is not known, or when it is too late. */
export async function retryCommand(id: string, flags: DeliveriesFlags, runtime: Runtime): Promise<0> {
  const print = printer(flags, runtime);
  const handled = await withState(flags, runtime, ({ store }) => store.outbox.retry(id, runtime.now()));
  print(
    [done(id, handled)],
    (all) => `${formatDeliveries(all)}It is due: the next run sends it, or \`dq-report deliveries flush\`.\n`,
  );
  return 0;
}

/** `dq-report deliveries drop ID --reason TEXT`. @throws {ProblemError} for an id that is not known, or when it is too late. */
export async function dropCommand(id: string, flags: DropFlags, runtime: Runtime): Promise<0> {
  const print = printer(flags, runtime);
  const handled = await withState(flags, runtime, ({ store }) => store.outbox.drop(id, flags.reason, runtime.now()));
  print([done(id, handled)], formatDeliveries);
  return 0;
}

/** `dq-report deliveries flush`: 3 when something is left. @throws {ProblemError} for everything that a person can mend. */
export async function flushCommand(flags: DeliveriesFlags, runtime: Runtime): Promise<0 | 3> {
  const print = printer(flags, runtime);
  const setting = fromEnvironment(runtime.env);
  const deliveries = await withState(flags, runtime, async ({ store, config, projectDir }) => {
    const tools = await toolsFor({ named: flags.config ?? setting('CONFIG'), projectDir, dryRun: false }, runtime);
    const receivers = await openReceivers(config, tools);
    const environment = flags.environment ?? setting('ENVIRONMENT') ?? config.environment;
    const scopes = await scopesOf(store, projectDir, environment);
    const work = { outbox: store.outbox, receivers, seconds: config.sendingSeconds, eager: true };
    const all: Delivery[] = [];
    for (const scope of scopes) all.push(...(await send({ ...work, scope }, runtime)));
    return all;
  });
  const missed = undelivered(deliveries, runtime.now());
  print(deliveries, (all) => formatSent(all) || 'Nothing was due.\n');
  if (missed.length > 0) runtime.stderr.write(formatUndelivered(missed));
  return missed.length > 0 ? 3 : 0;
}

/** Of a database that several projects share, only this one's receivers are in the configuration. */
async function scopesOf(
  store: Store,
  projectDir: string | null,
  environment: string | null,
): Promise<readonly Scope[]> {
  const name = projectDir === null ? null : await nameOf(projectDir);
  const scopes = new Map<string, Scope>();
  for (const delivery of await store.outbox.list({ states: UNSENT })) {
    const isOurs = delivery.project === '' || delivery.project === name;
    const scope = { project: delivery.project, environment: delivery.environment };
    if (isOurs && (environment === null || environment === delivery.environment))
      scopes.set(JSON.stringify(scope), scope);
  }
  return [...scopes.values()];
}

async function nameOf(projectDir: string): Promise<string | null> {
  const { parse } = await import('yaml');
  const file: unknown = parse(await readFile(join(projectDir, 'dbt_project.yml'), 'utf8'));
  return typeof file === 'object' && file !== null && 'name' in file ? String(file.name) : null;
}

function done(id: string, handled: Handled): Delivery {
  switch (handled.kind) {
    case 'done':
      return handled.delivery;
    case 'unknown':
      throw new ProblemError({
        code: 'usage',
        what: `There is no delivery ${id}, or more than one whose id begins so.`,
        next: 'Run `dq-report deliveries --all` to see their ids.',
      });
    case 'refused':
      throw new ProblemError({
        code: 'usage',
        what: `Nothing was changed about ${id}. ${handled.why}`,
        next: 'Run `dq-report deliveries --all` to see how far each is.',
      });
  }
}

type Print = (deliveries: readonly Delivery[], asText: (deliveries: readonly Delivery[]) => string) => void;

function printer(flags: DeliveriesFlags, { stdout }: Runtime): Print {
  const format = oneOf(TEXT_OR_JSON, flags.format ?? 'text', '--format');
  return (deliveries, asText) => {
    stdout.write(format === 'json' ? deliveriesJson(deliveries) : asText(deliveries));
  };
}
