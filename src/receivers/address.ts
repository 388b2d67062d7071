import { isIP } from 'node:net';
import * as z from 'zod';

/** Where receivers may send to: https, or http on this machine itself, for proxies and stand-ins. */
export function isSafeAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}

export const UNSAFE_ADDRESS =
  'an address begins with https:// (http:// only for this machine itself) and holds no user name or password';

export const addressSchema = z.string().refine(isSafeAddress, { error: UNSAFE_ADDRESS });
