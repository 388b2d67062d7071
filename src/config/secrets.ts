import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ProblemError, systemCodeOf } from '../errors.ts';
import type { SecretReference } from '../receivers/settings.ts';

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
    const found = await lookUpSecret(reference, places);
    if ('text' in found) return found.text;
    throw new ProblemError({ code: 'secret_missing', what: `${found.what}.`, next: found.next });
  };
}

/** A secret, or why there is none. */
export type Found = { readonly text: string } | { readonly what: string; readonly next: string };

export async function lookUpSecret(
  { env: name = '', file }: SecretReference,
  { env, folder }: SecretPlaces,
): Promise<Found> {
  if (file !== undefined) return readSecret(resolve(folder, file));
  const text = (env[name] ?? '').trim();
  if (text !== '') return { text };
  if (isVariable(name))
    return { what: `the variable ${name} is not set`, next: 'Set it where dq-report runs, or name another one.' };
  return {
    what: 'what stands at env is no name of a variable, and is not repeated here because it may be the secret',
    next: 'Write the name, such as {env: SLACK_BOT_TOKEN}, and put the secret into that variable where dq-report runs. A secret that was written into a file should be replaced.',
  };
}

/** As people name them: without an underscore, a long one is a key. */
function isVariable(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !/^[A-Za-z\d]{20,}$/.test(name);
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
