import { resolve } from 'node:path';
import { nearestProject } from '../artifacts/locate.ts';
import { ProblemError } from '../errors.ts';
import { plain } from '../findings/plain.ts';

/** A setting from the environment, null if it is not set; with `dbt`, dbt's own variable of that name is read as well. */
export type Setting = (name: string, also?: 'dbt') => string | null;

/** dbt's prefix is `DBT_ENGINE_` from 1.11 on and was `DBT_` before; ours goes first. */
export function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Setting {
  return (name, also) => {
    const names = [`DQ_REPORT_${name}`, ...(also === 'dbt' ? [`DBT_ENGINE_${name}`, `DBT_${name}`] : [])];
    return names.map((each) => env[each]).find((value) => value !== undefined && value !== '') ?? null;
  };
}

/** The environment that is meant; null for none, and where commands only look, for all. */
export function environmentOf(
  flags: { readonly environment?: string },
  setting: Setting,
  config: { readonly environment: string | null },
): string | null {
  return flags.environment ?? setting('ENVIRONMENT') ?? config.environment;
}

/** For sentences. Runs without an environment have the empty name. */
export function environmentPhrase(name: string): string {
  return name === '' ? 'runs without an environment' : `environment ${plain(name)}`;
}

/** What lists those of another environment. */
export function listCommand(command: 'deliveries' | 'incidents', environment: string): string {
  return `\`dq-report ${command} --environment "${plain(environment)}"\``;
}

/** The folder of the dbt project that flag or variable name, else of the nearest one; null outside of any. */
export function projectOf(flags: { readonly projectDir?: string }, cwd: string, setting: Setting): string | null {
  const named = flags.projectDir ?? setting('PROJECT_DIR', 'dbt');
  return named === null ? nearestProject(cwd) : resolve(cwd, named);
}

/** @throws {ProblemError} for a word that the flag does not take. */
export function oneOf<T extends string>(allowed: readonly T[], given: string, flag: string): T {
  const word = allowed.find((candidate) => candidate === given);
  if (word !== undefined) return word;
  throw new ProblemError({
    code: 'usage',
    what: `${flag} does not know \`${given}\`.`,
    next: `It takes one of: ${allowed.join(', ')}.`,
  });
}

/** What commands beside `report` can print. */
export const TEXT_OR_JSON = ['text', 'json'] as const;
