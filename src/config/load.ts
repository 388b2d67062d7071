import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readCodeOwners } from './code-owners.ts';
import { noRules, type Rules } from '../findings/rules.ts';
import type { IntegrationTable } from '../receivers/table.ts';
import type { LinkTemplate } from '../routes/links.ts';
import type { Route } from '../routes/tree.ts';
import { DEFAULT_KEEP_DAYS } from './state.ts';
import type { FailOn } from './fail-on.ts';
import type { ReadConfig } from './read-config.ts';
import { DEFAULT_SECONDS } from './limits.ts';
import type { ReceiverSettings } from './receivers.ts';

/** Everything the configuration decides, defaults applied. */
export interface Config {
  readonly environment: string | null;
  readonly failOn: FailOn | null;
  readonly state: { readonly place: string | null; readonly keepDays: number };
  readonly rules: Rules;
  /** Who is told what; null where nobody is. */
  readonly routing: Routing | null;
  readonly links: readonly LinkTemplate[];
  /** Seconds that sending may take in one run. */
  readonly sendingSeconds: number;
}

export interface Routing {
  readonly receivers: readonly ReceiverSettings[];
  readonly route: Route;
}

const defaults = {
  environment: null,
  failOn: null,
  state: { place: null, keepDays: DEFAULT_KEEP_DAYS },
  routing: null,
  links: [],
  sendingSeconds: DEFAULT_SECONDS,
};

const fileNames = ['dq-report.yml', 'dq-report.yaml'];

/**
 * Loads the named configuration, else dq-report.yml of the project, else none.
 * @throws {ProblemError} when a file is named and missing, or there and wrong.
 */
export async function loadConfig(
  named: string | null,
  projectDir: string | null,
  table?: IntegrationTable,
): Promise<Config> {
  const path = findConfig(named, projectDir);
  const file = path === null ? null : (await readConfigAt(path, table)).file;
  const codeOwner =
    projectDir === null || file?.owners?.code_owners === false ? noRules.codeOwner : await readCodeOwners(projectDir);
  if (file === null) return { ...defaults, rules: { ...noRules, codeOwner } };
  const { toRules } = await import('./rules.ts');
  return {
    environment: file.environment ?? null,
    failOn: file.fail_on ?? null,
    state: { place: file.state?.place ?? null, keepDays: file.state?.keep_days ?? DEFAULT_KEEP_DAYS },
    rules: toRules(file, codeOwner),
    routing: await routingOf(file),
    links: file.links ?? [],
    sendingSeconds: file.limits?.seconds ?? DEFAULT_SECONDS,
  };
}

async function routingOf(file: ReadConfig['file']): Promise<Routing | null> {
  if (file.route === undefined) return null;
  const { compileRoute } = await import('../routes/compile.ts');
  return { receivers: file.receivers ?? [], route: await compileRoute(file.route, file.time_intervals ?? []) };
}

/** The named file, else that of the project; null where there is none. */
export function findConfig(named: string | null, projectDir: string | null): string | null {
  if (named !== null) return named;
  if (projectDir === null) return null;
  return fileNames.map((name) => join(projectDir, name)).find((path) => existsSync(path)) ?? null;
}

/** The folder that paths in the configuration start from. */
export function folderOf(configPath: string): string {
  return dirname(resolve(configPath));
}

// YAML and globs are loaded only for projects that have a configuration.
async function readConfigAt(path: string, table?: IntegrationTable): Promise<ReadConfig> {
  return (await import('./read-config.ts')).readConfig(path, table);
}
