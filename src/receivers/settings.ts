import * as z from 'zod';

/** Pieces of configuration that several receivers share. */

/** Where a secret stands. Its text never stands in the configuration. */
export const secretReference = z.union(
  [z.strictObject({ env: z.string().regex(/^[^$\s]+$/) }), z.strictObject({ file: z.string().min(1) })],
  { error: 'a secret is named, not written down: {env: NAME}, without a $, or {file: PATH}' },
);

/** What a receiver gets beside its piece of the configuration. */
export interface ReceiverTools {
  /** The text of a secret that the configuration names. */
  readonly secret: (reference: SecretReference) => Promise<string>;
}

/** As the configuration has it: one of the two. */
export interface SecretReference {
  readonly env?: string | undefined;
  readonly file?: string | undefined;
}

/** Where a stand-in, a proxy or a gateway of the vendor's API answers. Secrets go there, so only over TLS or to this machine. */
export const apiUrl = z.string().refine(isApiUrl, {
  error: 'an api_url begins with https:// (http:// only for this machine) and has no user, password, query or fragment',
});

function isApiUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || /[?#]/.test(text)) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
