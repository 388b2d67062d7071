import { DeliveryError, type DeliveryReason } from './receiver.ts';

/** One request and its whole answer, with every fault of the network and of HTTP named as a {@link DeliveryError}. */

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface Conversation {
  /** Who is spoken to, for errors: "Slack", "The webhook". Never an address. */
  readonly who: string;
  readonly signal: AbortSignal;
}

/** Milliseconds until an answer must be there in full. */
const TIMEOUT = 10_000;

/** Does not follow redirects, because they could lead anywhere. @throws {DeliveryError} when there is no whole answer. */
export async function exchange(url: string, request: RequestInit, { who, signal }: Conversation): Promise<Answer> {
  if (signal.aborted) throw new DeliveryError('retry', `${who} was not asked: there was no time left.`);
  const timeout = AbortSignal.timeout(TIMEOUT);
  try {
    const response = await fetch(url, {
      ...request,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  } catch (error) {
    if (signal.aborted || timeout.aborted)
      throw new DeliveryError('uncertain', `${who} did not answer in time; perhaps it has acted.`);
    const code = networkCodeOf(error);
    throw neverArrived.has(code)
      ? new DeliveryError('retry', `${who} cannot be reached (${code}).`)
      : new DeliveryError('uncertain', `The connection to ${who} broke (${code}); perhaps it has acted.`);
  }
}

/** Faults before anything could be sent. */
const neverArrived: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** `fetch` hides what happened in the cause; messages are left out, for they could name the address. */
function networkCodeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? networkCodeOf(error.cause) : 'unknown';
}

/**
 * What a status other than 2xx means where the vendor says no more:
 * 429 and 503 surely did nothing; other 5xx perhaps did.
 */
export function reasonOfStatus(status: number): DeliveryReason {
  if (status === 429 || status === 503) return 'retry';
  if (status >= 500 || status === 408) return 'uncertain';
  if (status === 401 || status === 403 || status === 407) return 'auth';
  if (status < 400 || status === 404 || status === 405 || status === 410) return 'destination';
  return 'payload';
}

/** `Retry-After` in seconds; null where there is none, or one that is in the past. */
export function retryAfterOf(headers: Headers, now: Date): number | null {
  const value = headers.get('retry-after')?.trim() ?? '';
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now.getTime()) / 1000);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}
