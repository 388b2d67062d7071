import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import { systemCodeOf } from '../errors.ts';
import { DeliveryError } from './receiver.ts';

/**
 * How every receiver names a secret: `{env: SLACK_BOT_TOKEN}` or `{file: /run/secrets/slack}`, never the secret itself.
 * Addresses that hold one, as those of webhooks do, are secrets too.
 */
export const secretSchema = z
  .strictObject({
    env: z.string().min(1).optional().describe('Name of the environment variable that holds it.'),
    file: z.string().min(1).optional().describe('File that holds it, relative to the project.'),
  })
  .refine(({ env, file }) => (env === undefined) !== (file === undefined), {
    error: 'a secret is named by one of env (a variable) and file (a path)',
  });

export type Secret = z.infer<typeof secretSchema>;

/** @throws {DeliveryError} `auth` when there is no such secret: other receivers go on without it. */
export type ReadSecret = (secret: Secret) => Promise<string>;

/** Reads when a secret is first needed; a relative `file` stands in `directory`. White space around a secret is dropped. */
export function secretReader(env: Readonly<Record<string, string | undefined>>, directory: string): ReadSecret {
  return async (secret) => {
    const found = secret.file === undefined ? env[secret.env ?? ''] : await contentOf(resolve(directory, secret.file));
    const value = (found ?? '').trim();
    if (value !== '') return value;
    throw new DeliveryError(
      'auth',
      secret.file === undefined
        ? `The environment variable ${secret.env ?? ''} is not set.`
        : `The file ${secret.file} is empty.`,
    );
  };
}

async function contentOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new DeliveryError('auth', `The file ${path} with a secret could not be read (${systemCodeOf(error)}).`);
  }
}

/** For errors, whatever the far side may have echoed. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== '').reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}
