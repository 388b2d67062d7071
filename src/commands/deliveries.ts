import { projectName } from '../artifacts/project-file.ts';
import { type Delivery, isInterrupted, type Scope, UNSENT } from '../deliveries/delivery.ts';
import type { Handled } from '../deliveries/outbox.ts';
import { ProblemError, raise } from '../errors.ts';
import { deliveriesJson, formatDeliveries, formatSent, formatUndelivered } from '../report/deliveries.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/store.ts';
import { fromEnvironment, oneOf, TEXT_OR_JSON } from './environment.ts';
import { openReceivers, send, toolsFor, undelivered } from './receivers.ts';
import { refuseUnknownEnvironment, type StateFlags, withState } from './state.ts';

export interface DeliveriesFlags extends StateFlags {
  readonly format?: string;
  readonly all?: boolean;
  readonly environment?: string;
}

export interface DropFlags extends DeliveriesFlags {
  readonly reason: string;
}

/** `dq-report deliveries`. @throws {ProblemError} for everything that a person can mend. */
export async function deliveriesCommand(flags: DeliveriesFlags, runtime: Runtime): Promise<0> {
  const { all = false, environment } = flags;
  const filter = {
    ...(all ? {} : { states: UNSENT }),
    ...(environment === undefined ? {} : { environment }),
  };
  const print = printer(flags, runtime);
  const deliveries = await withState(flags, runtime, async ({ store }) => {
    await refuseUnknownEnvironment(environment, store);
    return store.outbox.list(filter);
  });
  print(deliveries, formatDeliveries);
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
  if (flags.reason.trim() === '')
    throw new ProblemError({
      code: 'usage',
      what: '--reason is empty.',
      next: 'Say why it is never to be sent: that is remembered with it.',
    });
  const handled = await withState(flags, runtime, ({ store }) => store.outbox.drop(id, flags.reason, runtime.now()));
  print([done(id, handled)], formatDeliveries);
  return 0;
}

/** `dq-report deliveries flush`: 3 when something is left. @throws {ProblemError} for everything that a person can mend. */
export async function flushCommand(flags: DeliveriesFlags, runtime: Runtime): Promise<0 | 3> {
  const print = printer(flags, runtime);
  const setting = fromEnvironment(runtime.env);
  const { deliveries, elsewhere, problems } = await withState(flags, runtime, async ({ store, config, projectDir }) => {
    const tools = await toolsFor({ named: flags.config ?? setting('CONFIG'), projectDir, dryRun: false }, runtime);
    const open = await openReceivers(config, tools);
    const environment = flags.environment ?? setting('ENVIRONMENT') ?? config.environment;
    const scopes = await scopesOf(store, projectDir);
    const isAsked = (scope: Scope): boolean => environment === null || environment === scope.environment;
    const { route = null } = config.routing ?? {};
    const work = { outbox: store.outbox, ...open, route, seconds: config.sendingSeconds, eager: true };
    const all: Delivery[] = [];
    for (const scope of scopes.filter(isAsked)) all.push(...(await send({ ...work, scope }, runtime)));
    return { deliveries: all, elsewhere: scopes.filter((scope) => !isAsked(scope)), problems: open.problems };
  });
  const missed = [
    ...undelivered(deliveries, runtime.now()),
    ...deliveries.filter((each) => each.state === 'attempting' && !isInterrupted(each, runtime.now())),
  ];
  print(
    deliveries,
    (all) => formatSent(all, runtime.now()) || (missed.length === 0 ? 'Nothing was due.\n' : 'Nothing was sent.\n'),
  );
  if (missed.length > 0) runtime.stderr.write(formatUndelivered(missed));
  for (const { environment } of elsewhere)
    runtime.stderr.write(
      `Alerts of ${environment === '' ? 'runs without an environment' : `environment ${environment}`} wait too, and were left alone.\n`,
    );
  raise(problems);
  return missed.length > 0 ? 3 : 0;
}

/** What waits, by project and environment. Of a database that several projects share, only this one's receivers are known. */
async function scopesOf(store: Store, projectDir: string | null): Promise<readonly Scope[]> {
  const name = projectDir === null ? null : await projectName(projectDir);
  const scopes = new Map<string, Scope>();
  for (const { project, environment } of await store.outbox.list({ states: UNSENT }))
    if (project === '' || project === name)
      scopes.set(JSON.stringify([project, environment]), { project, environment });
  return [...scopes.values()];
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
