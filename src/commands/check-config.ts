import type { Config } from '../config/load.ts';
import { findConfig, folderOf, loadConfig, type Routing } from '../config/load.ts';
import { secretsFrom } from '../config/secrets.ts';
import { type Problem, ProblemError, raise } from '../errors.ts';
import { plain } from '../findings/plain.ts';
import { DeliveryError } from '../receivers/receiver.ts';
import type { ReceiverTools } from '../receivers/settings.ts';
import type { IntegrationTable } from '../receivers/table.ts';
import { formatMatcher } from '../routes/matcher.ts';
import type { Route } from '../routes/tree.ts';
import type { Runtime } from '../runtime.ts';
import { fromEnvironment, projectOf } from './environment.ts';

export interface CheckConfigFlags {
  readonly projectDir?: string;
  readonly config?: string;
  readonly online?: boolean;
}

/** Milliseconds that a far side has for its answer. */
const PATIENCE = 15_000;

/**
 * `dq-report check-config`: says what the configuration holds; with `--online` asks each receiver whether it would take a
 * message.
 * @throws {ProblemError} with all that is wrong.
 */
export async function checkConfigCommand(
  flags: CheckConfigFlags,
  { cwd, env, stdout }: Runtime,
  table?: IntegrationTable,
): Promise<0> {
  const setting = fromEnvironment(env);
  const projectDir = projectOf(flags, cwd, setting);
  const path = findConfig(flags.config ?? setting('CONFIG'), projectDir);
  if (path === null)
    throw new ProblemError({
      code: 'usage',
      what: `There is no dq-report.yml in ${projectDir ?? cwd}, and dq-report works without one.`,
      next: 'Write one with `dq-report init`, or name another file with --config.',
    });
  const { readConfig } = await import('../config/read-config.ts');
  const { wrongSecrets } = await import('../config/wrong-secrets.ts');
  const places = { env, folder: folderOf(path) };
  raise(await wrongSecrets(await readConfig(path, table), places));
  const config = await loadConfig(path, projectDir, table);
  stdout.write(plain(`${path} is valid.\n${summaryOf(config)}`));
  if (flags.online !== true || config.routing === null) return 0;

  const tools: ReceiverTools = { secret: secretsFrom(places) };
  const problems: Problem[] = [];
  for (const { name, integrations } of config.routing.receivers) {
    for (const [word, open] of integrations) {
      const wrong = await asking(async () => (await open(name, tools)).check?.(AbortSignal.timeout(PATIENCE)) ?? null);
      const verdict = wrong === null ? 'cannot be asked' : wrong.length === 0 ? 'ready' : 'not ready';
      stdout.write(plain(`  ${name} (${word}): ${verdict}\n`));
      for (const what of wrong ?? [])
        problems.push({
          code: 'receiver_refused',
          what: `Receiver ${name} (${word}): ${what}`,
          next: 'Mend that with the vendor or in the configuration, then ask again with `dq-report check-config --online`.',
        });
    }
  }
  raise(problems);
  return 0;
}

async function asking(ask: () => Promise<readonly string[] | null>): Promise<readonly string[] | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DeliveryError) return [error.message];
    throw error;
  }
}

function summaryOf({ environment, routing, rules, links }: Config): string {
  const lines = [
    environment === null ? null : `environment ${environment}`,
    rules.ranking.length === 0 ? null : counted(rules.ranking.length, 'rule'),
    links.length === 0 ? null : counted(links.length, 'link'),
    ...(routing === null ? ['no receivers: nobody is told'] : routingLines(routing)),
  ];
  return lines
    .filter((line) => line !== null)
    .map((line) => `  ${line}\n`)
    .join('');
}

function routingLines({ receivers, route }: Routing): readonly string[] {
  return [
    counted(receivers.length, 'receiver'),
    ...receivers.map(({ name, integrations }) => {
      const words = [...integrations.keys()];
      const isNamed = routesBelow(route).some(({ receiver }) => receiver === name);
      return `  ${name}: ${words.length === 0 ? 'told nothing' : words.join(', ')}${isNamed ? '' : ' (no route leads there)'}`;
    }),
    counted(routesBelow(route).length, 'route'),
    ...routeLines(route, 1),
  ];
}

/** It and all below it. */
function routesBelow(route: Route): readonly Route[] {
  return [route, ...route.routes.flatMap(routesBelow)];
}

function routeLines(route: Route, depth: number): readonly string[] {
  const { matchers, receiver, continues, muteTimes, activeTimes, routes } = route;
  const asked = matchers.length === 0 ? 'everything' : matchers.map(formatMatcher).join(', ');
  const more = [
    continues ? ' and on' : '',
    muteTimes.length > 0 ? ' (muted at times)' : '',
    activeTimes.length > 0 ? ' (active at times)' : '',
  ];
  return [
    `${'  '.repeat(depth)}${asked} → ${receiver}${more.join('')}`,
    ...routes.flatMap((child) => routeLines(child, depth + 1)),
  ];
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
