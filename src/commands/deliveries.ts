import { projectName } from '../artifacts/project-file.ts';
import { type Delivery, type Scope, UNSENT } from '../deliveries/delivery.ts';
import type { Handled } from '../deliveries/outbox.ts';
import { explained, type Explained, isGone, isUndelivered, type Known } from '../deliveries/standing.ts';
import { ProblemError, raise } from '../errors.ts';
import { formatTime } from '../incidents/wording.ts';
import { deliveriesJson, formatDeliveries, formatSent, formatUndelivered } from '../report/deliveries.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/store.ts';
import { environmentOf, environmentPhrase, fromEnvironment, listCommand, oneOf, TEXT_OR_JSON } from './environment.ts';
import { heldUntil, knownOf, openReceivers, send, toolsFor, usableReceivers } from './receivers.ts';
import { refuseUnknownEnvironment, type Remembered, type StateFlags, withState } from './state.ts';

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
  const print = printer(flags, runtime);
  const { listed, elsewhere } = await withState(flags, runtime, async (remembered) => {
    const { store, config } = remembered;
    const environment = environmentOf(flags, fromEnvironment(runtime.env), config);
    await refuseUnknownEnvironment(environment, store);
    const states = flags.all === true ? {} : { states: UNSENT };
    const all = await store.outbox.list({ ...states, ...(environment === null ? {} : { environment }) });
    const others = environment === null ? [] : await store.outbox.list({ states: UNSENT });
    return {
      listed: explained(all, await knownTo(remembered, flags, runtime), runtime.now()),
      elsewhere: others.map((each) => each.environment).filter((each) => each !== environment),
    };
  });
  print(listed, formatDeliveries);
  for (const name of new Set(elsewhere))
    runtime.stderr.write(
      `Alerts of ${environmentPhrase(name)} wait too: ${listCommand('deliveries', name)} lists them.\n`,
    );
  return 0;
}

/** `dq-report deliveries retry ID`. @throws {ProblemError} for an id that is not known, or when it is too late. */
export async function retryCommand(id: string, flags: DeliveriesFlags, runtime: Runtime): Promise<0> {
  const print = printer(flags, runtime);
  const { again, until } = await withState(flags, runtime, async (remembered) => {
    const { store, config } = remembered;
    const known = await knownTo(remembered, flags, runtime);
    const now = runtime.now();
    const delivery = done(id, await store.outbox.retry(id, now, (each) => isGone(each, known)));
    // What may have arrived is settled at night, too.
    const isHeld = config.routing !== null && delivery.state === 'pending';
    const held = isHeld ? heldUntil(delivery, config.routing.route, now) : null;
    if (held !== null) await store.outbox.postpone(delivery.id, held, now);
    return { again: explained([{ ...delivery, mutedUntil: held }], known, now), until: held };
  });
  const then =
    until === null
      ? 'It is due: the next run sends it, or `dq-report deliveries flush`.'
      : `Its route is muted: the first run after ${formatTime(until) ?? until} sends it, or \`dq-report deliveries flush\` then.`;
  print(again, (all) => `${formatDeliveries(all)}${then}\n`);
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
  const dropped = await withState(flags, runtime, async (remembered) => {
    const handled = await remembered.store.outbox.drop(id, flags.reason, runtime.now());
    return explained([done(id, handled)], await knownTo(remembered, flags, runtime), runtime.now());
  });
  print(dropped, formatDeliveries);
  return 0;
}

/** `dq-report deliveries flush`: 3 when something is left. @throws {ProblemError} for everything that a person can mend. */
export async function flushCommand(flags: DeliveriesFlags, runtime: Runtime): Promise<0 | 3> {
  const print = printer(flags, runtime);
  const setting = fromEnvironment(runtime.env);
  const { deliveries, elsewhere, problems } = await withState(flags, runtime, async ({ store, config, projectDir }) => {
    const tools = toolsFor({ named: flags.config ?? setting('CONFIG'), projectDir, dryRun: false }, runtime);
    const open = await openReceivers(config, tools);
    const environment = environmentOf(flags, setting, config);
    const scopes = await scopesOf(store, projectDir);
    const isAsked = (scope: Scope): boolean => environment === null || environment === scope.environment;
    const { route = null } = config.routing ?? {};
    const work = { outbox: store.outbox, ...open, route, seconds: config.sendingSeconds, eager: true };
    const all: Explained[] = [];
    for (const scope of scopes.filter(isAsked)) all.push(...(await send({ ...work, scope }, runtime)));
    return { deliveries: all, elsewhere: scopes.filter((scope) => !isAsked(scope)), problems: open.problems };
  });
  const missed = deliveries.filter((each) => isUndelivered(each) || each.standing === 'being_sent');
  print(deliveries, (all) => formatSent(all) || (missed.length === 0 ? 'Nothing was due.\n' : 'Nothing was sent.\n'));
  if (missed.length > 0) runtime.stderr.write(formatUndelivered(missed));
  for (const { environment } of elsewhere)
    runtime.stderr.write(`Alerts of ${environmentPhrase(environment)} wait too, and were left alone.\n`);
  raise(problems);
  return missed.length > 0 ? 3 : 0;
}

/** What the configuration says of what it lists, also where secrets are missing. */
async function knownTo({ config, projectDir }: Remembered, flags: DeliveriesFlags, runtime: Runtime): Promise<Known> {
  const named = flags.config ?? fromEnvironment(runtime.env)('CONFIG');
  const open = await usableReceivers(config, toolsFor({ named, projectDir, dryRun: false }, runtime));
  const project = projectDir === null ? '' : await projectName(projectDir);
  const known = knownOf(open, project ?? '');
  // Outside of a project there is no configuration, unless one is named.
  return projectDir === null && named === null ? { ...known, destinations: null } : known;
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
    case 'receiver_gone':
      throw new ProblemError({
        code: 'usage',
        what: `Nothing was changed about ${id}: its receiver ${handled.delivery.receiver} (${handled.delivery.integration}) is not in the configuration, so nobody could send it.`,
        next: 'Give the receiver its old name back in dq-report.yml and retry again, or take the alert out: `dq-report deliveries drop ID --reason TEXT`.',
      });
    case 'refused':
      throw new ProblemError({
        code: 'usage',
        what: `Nothing was changed about ${id}. ${handled.why}`,
        next: 'Run `dq-report deliveries --all` to see how far each is.',
      });
  }
}

type Print = (deliveries: readonly Explained[], asText: (deliveries: readonly Explained[]) => string) => void;

function printer(flags: DeliveriesFlags, { stdout }: Runtime): Print {
  const format = oneOf(TEXT_OR_JSON, flags.format ?? 'text', '--format');
  return (deliveries, asText) => {
    stdout.write(format === 'json' ? deliveriesJson(deliveries) : asText(deliveries));
  };
}
