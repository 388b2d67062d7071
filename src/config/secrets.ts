import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Problem, ProblemError, systemCodeOf } from '../errors.ts';
import type { SecretReference } from '../receivers/settings.ts';
import type { ReadConfig } from './read-config.ts';

/** Where secrets are looked for. */
export interface SecretPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A relative `file` stands in this folder: that of the configuration. */
  readonly folder: string;
}

/** The text of a secret, without white space around it. The text is never part of an error. */
export type Secrets = (reference: SecretReference) => Promise<string>;

/** Reads a secret when it is asked for. @throws {ProblemError} for one that is not there. */
export function secretsFrom(places: SecretPlaces): Secrets {
  return async (reference) => {
    const found = await look(reference, places);
    if ('text' in found) return found.text;
    throw new ProblemError({ code: 'secret_missing', what: `${found.what}.`, next: found.next });
  };
}

/** Everything that the receivers of a configuration refer to and that is not there, with line and column. */
export async function missingSecrets(config: ReadConfig, places: SecretPlaces): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const { path, reference } of referencesIn(config.written, [])) {
    const found = await look(reference, places);
    if ('what' in found)
      problems.push({ code: 'secret_missing', what: `${config.placeOf(path)}: ${found.what}.`, next: found.next });
  }
  return problems;
}

type Path = readonly (string | number)[];

/** Anywhere below `receivers`: a mapping of nothing but `env` or `file`. */
function referencesIn(value: unknown, path: Path): readonly { path: Path; reference: SecretReference }[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => referencesIn(each, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  if (path.length === 0) return 'receivers' in value ? referencesIn(value.receivers, ['receivers']) : [];
  const members = Object.entries(value);
  const [[key, text] = [], ...more] = members;
  if (more.length === 0 && typeof text === 'string' && (key === 'env' || key === 'file'))
    return [{ path, reference: { [key]: text } }];
  return members.flatMap(([name, each]) => referencesIn(each, [...path, name]));
}

type Found = { readonly text: string } | { readonly what: string; readonly next: string };

async function look({ env: name, file }: SecretReference, { env, folder }: SecretPlaces): Promise<Found> {
  if (file !== undefined) return readSecret(resolve(folder, file));
  const text = (env[name ?? ''] ?? '').trim();
  return text === ''
    ? { what: `the variable ${name ?? ''} is not set`, next: 'Set it where dq-report runs, or name another one.' }
    : { text };
}

async function readSecret(path: string): Promise<Found> {
  const next = 'Put the secret there, or name another file; a relative one stands beside the configuration.';
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return text === '' ? { what: `the file ${path} is empty`, next } : { text };
  } catch (error) {
    return { what: `the file ${path} cannot be read (${systemCodeOf(error)})`, next };
  }
}
