import { DeliveryError, type DeliveryReason } from './receiver.ts';

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Longest wait for one answer, in milliseconds: a dead vendor must not eat the time of the others. */
export const TIMEOUT_MS = 10_000;

/** No vendor says more than this of one message; a foreign server may. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * One request and its whole answer, whatever its status. No retries, and no redirects: the secret goes where the
 * configuration says, or nowhere.
 *
 * `vendor` names the far side in errors. They hold neither headers nor body nor the path of the URL.
 * @throws {DeliveryError} `retry` if the request has surely not arrived, else `uncertain`
 */
export async function exchange(
  { method, url, headers, body }: Request,
  vendor: string,
  signal: AbortSignal,
  timeoutMs: number = TIMEOUT_MS,
  maxBytes: number = MAX_ANSWER_BYTES,
): Promise<Answer> {
  if (signal.aborted) throw new DeliveryError('retry', `There was no time left to ask ${vendor}.`);
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    });
    return { status: response.status, headers: response.headers, body: await textOf(response, maxBytes) };
  } catch (error) {
    if (signal.aborted || timeout.aborted)
      throw new DeliveryError('uncertain', `${vendor} did not answer in time; it may have acted.`);
    throw networkError(error, vendor, new URL(url).host);
  }
}

async function textOf(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  if (response.body === null) return text;
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    bytes += chunk.byteLength;
    if (bytes > maxBytes) break;
  }
  return text;
}

/** The connection was never there. Everything else may have broken after the request had arrived. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Of TLS, before anything is sent: certificates that are wrong, protocols that do not fit. */
const NOT_TRUSTED =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_SELF_SIGNED_CERT$|HOSTNAME_MISMATCH$)/;

/** The message of the error itself may quote headers, so only its code is told. */
function networkError(error: unknown, vendor: string, host: string): DeliveryError {
  const code = networkCodeOf(error);
  if (code !== null && (NOT_CONNECTED.has(code) || NOT_TRUSTED.test(code)))
    return new DeliveryError('retry', `${vendor} could not be reached at ${host} (${code}).`);
  return new DeliveryError(
    'uncertain',
    `The connection to ${vendor} at ${host} broke${code === null ? '' : ` (${code})`}; it may have acted.`,
  );
}

/** `fetch` wraps the error of the socket, and that of several addresses of one name wraps theirs. */
function networkCodeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string' && /^[A-Z][A-Z_\d]*$/.test(error.code)) return error.code;
  if ('cause' in error) return networkCodeOf(error.cause);
  return null;
}

/**
 * What a status that is not the expected one means. `serverError` is for 500 to 599 other than 503: whether the vendor
 * says that such a request may be repeated, or leaves open whether it has acted.
 */
export function reasonOfStatus(status: number, serverError: 'retry' | 'uncertain'): DeliveryReason {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return 'auth';
    case 404:
    case 405:
    case 410:
    case 421:
      return 'destination';
    case 408:
      return 'uncertain';
    case 425:
    case 429:
    case 503:
      return 'retry';
    default:
      if (status >= 500) return serverError;
      if (status >= 400) return 'payload';
      // Nobody follows a redirect with a secret in hand.
      return status >= 300 ? 'destination' : 'uncertain';
  }
}

/**
 * Seconds that the far side asks to wait; null if it does not say. `Retry-After` is seconds or a date (RFC 9110 §10.2.3),
 * `X-RateLimit-Reset` is Datadog's, `ratelimit-reset` PagerDuty's, both in seconds.
 */
export function retryAfterOf(headers: Headers, now: Date): number | null {
  const stated = headers.get('retry-after') ?? headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset');
  if (stated === null) return null;
  if (/^\d{1,9}(?:\.\d+)?$/.test(stated.trim())) return Math.ceil(Number(stated));
  // `Date.parse` takes "-5" for a year.
  const date = /^[A-Z][a-z]{2}, /.test(stated) ? Date.parse(stated) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now.getTime()) / 1000));
}
