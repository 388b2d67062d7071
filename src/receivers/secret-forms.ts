import { apiUrl } from './settings.ts';
import { isAddress, signingKey } from './webhook.ts';

/** What a secret must look like, and whether a text does; nobody need be asked for that. */
export interface SecretForm {
  /** Behind "cannot be right: ". */
  readonly sentence: string;
  readonly isMet: (text: string) => boolean;
}

/** By integration and key. Those that are not here can have any form. */
const forms: Readonly<Record<string, SecretForm>> = {
  'pagerduty.routing_key': {
    sentence: 'a routing key is 32 letters and digits, the integration key of an "Events API v2" integration',
    isMet: (text) => /^[A-Za-z0-9]{32}$/.test(text),
  },
  'slack_webhook.url': {
    sentence: 'the address of an incoming webhook begins with https://hooks.slack.com/services/',
    isMet: isIncomingWebhook,
  },
  'webhook.secrets': {
    sentence: 'a signing secret is whsec_ and 24 to 64 bytes in base64, as `openssl rand -base64 32` makes them',
    isMet: isSigningSecret,
  },
  'webhook.url': {
    sentence: 'the address of a webhook begins with https:// (http:// only for this machine)',
    isMet: isAddress,
  },
};

export function secretForm(integration: string, key: string): SecretForm | null {
  return forms[`${integration}.${key}`] ?? null;
}

/** Another host may be a proxy; at Slack itself, those of workflows take other messages. */
function isIncomingWebhook(text: string): boolean {
  if (!apiUrl.safeParse(text).success) return false;
  const { hostname, pathname } = new URL(text);
  const [, host] = /^(.*?)\.?slack(?:-gov)?\.com$/.exec(hostname) ?? [];
  return host === undefined || (host === 'hooks' && pathname.startsWith('/services/'));
}

function isSigningSecret(text: string): boolean {
  try {
    return signingKey(text).length > 0;
  } catch {
    return false;
  }
}
