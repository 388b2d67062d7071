import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Problem, ProblemError, systemCodeOf } from '../errors.ts';
import { secretForm } from '../receivers/secret-forms.ts';
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

/** Everything that the receivers of a configuration refer to and that is not there, or has a form that no such secret has. */
export async function wrongSecrets(config: ReadConfig, places: SecretPlaces): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const { path, reference } of referencesIn(config.written, [])) {
    const found = await look(reference, places);
    const place = config.placeOf(path);
    if ('what' in found) {
      problems.push({ code: 'secret_missing', what: `${place}: ${found.what}.`, next: found.next });
      continue;
    }
    const [, , integration, key] = path;
    const form = secretForm(String(integration), String(key));
    if (form === null || form.isMet(found.text)) continue;
    const holder = reference.file === undefined ? `the variable ${reference.env ?? ''}` : `the file ${reference.file}`;
    problems.push({
      code: 'secret_invalid',
      what: `${place}: what ${holder} holds cannot be right: ${form.sentence}.`,
      next: 'Copy it once more, alone and whole, or name another variable or file.',
    });
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

async function look({ env: name = '', file }: SecretReference, { env, folder }: SecretPlaces): Promise<Found> {
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
