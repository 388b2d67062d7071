import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readCodeOwners } from './code-owners.ts';
import { noRules, type Rules } from '../findings/rules.ts';
import { DEFAULT_KEEP_DAYS } from './state.ts';
import type { FailOn } from './fail-on.ts';

/** Everything the configuration decides, defaults applied. */
export interface Config {
  readonly environment: string | null;
  readonly failOn: FailOn | null;
  readonly state: { readonly place: string | null; readonly keepDays: number };
  readonly rules: Rules;
}

const defaults = { environment: null, failOn: null, state: { place: null, keepDays: DEFAULT_KEEP_DAYS } };

const fileNames = ['dq-report.yml', 'dq-report.yaml'];

/**
 * Loads the named configuration, else dq-report.yml of the project, else none.
 * @throws {ProblemError} when a file is named and missing, or there and wrong.
 */
export async function loadConfig(named: string | null, projectDir: string | null): Promise<Config> {
  const path = named ?? findConfig(projectDir);
  const file = path === null ? null : await readFileAt(path);
  const codeOwner =
    projectDir === null || file?.owners?.code_owners === false ? noRules.codeOwner : await readCodeOwners(projectDir);
  if (file === null) return { ...defaults, rules: { ...noRules, codeOwner } };
  const { toRules } = await import('./rules.ts');
  return {
    environment: file.environment ?? null,
    failOn: file.fail_on ?? null,
    state: { place: file.state?.place ?? null, keepDays: file.state?.keep_days ?? DEFAULT_KEEP_DAYS },
    rules: toRules(file, codeOwner),
  };
}

function findConfig(projectDir: string | null): string | null {
  if (projectDir === null) return null;
  return fileNames.map((name) => join(projectDir, name)).find((path) => existsSync(path)) ?? null;
}

// YAML and globs are loaded only for projects that have a configuration.
async function readFileAt(path: string) {
  return (await import('./read-config.ts')).readConfig(path);
}
