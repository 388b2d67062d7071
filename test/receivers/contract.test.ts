import { PAGERDUTY_MAX_MESSAGES, pagerdutyReceiver } from '../../src/receivers/pagerduty.ts';
import { datadogReceiver } from '../../src/receivers/datadog.ts';
import { CANARY, receiverContract } from '../contracts/receiver.ts';
import type { Asked } from '../contracts/far-side.ts';

/** What every receiver does, by PagerDuty's and Datadog's; what is theirs alone has tests of its own. */

const now = (): Date => new Date('2026-01-02T07:00:00Z');

receiverContract({
  name: 'of PagerDuty',
  vendor: () => ({ act: () => ({ status: 202, body: JSON.stringify({ status: 'success', dedup_key: 'x' }) }) }),
  receiver: (apiUrl) =>
    pagerdutyReceiver(
      { name: 'oncall', routingKey: CANARY, apiUrl, maxMessages: PAGERDUTY_MAX_MESSAGES, samples: false },
      { now },
    ),
  serverError: 'uncertain',
  nonsense: { status: 202, body: '<html>accepted</html>' },
  checksOnline: false,
  refusals: [
    { when: 'an event it does not take', answer: { status: 400, body: CANARY }, reason: 'payload' },
    { when: 'a key it does not let in', answer: { status: 403 }, reason: 'auth' },
  ],
  problems: (asked) => [
    ...halves(asked),
    ...tooLong('summary', read(asked, 'payload', 'summary'), 1024),
    ...tooLong('dedup_key', read(asked, 'dedup_key'), 255),
    ...tooLong('event', asked.body, 512_000),
  ],
  textOf: ({ body }) => JSON.stringify(JSON.parse(body)),
  identityOf: (asked) => `${read(asked, 'event_action')} ${read(asked, 'dedup_key')}`,
});

receiverContract({
  name: 'of Datadog',
  vendor: () => ({ act: () => ({ status: 202, body: '{"status":"ok","valid":true}' }) }),
  receiver: (apiUrl) =>
    datadogReceiver({ name: 'dog', apiKey: CANARY, apiUrl, site: 'datadoghq.com', samples: false }, { now }),
  serverError: 'uncertain',
  nonsense: null,
  checksOnline: true,
  refusals: [
    { when: 'something it does not take', answer: { status: 400, body: CANARY }, reason: 'payload' },
    { when: 'a key it does not let in', answer: { status: 403 }, reason: 'auth' },
  ],
  problems: (asked) => [
    ...halves(asked),
    ...tooLong('text', read(asked, 'text'), 4000),
    ...tooLong('aggregation_key', read(asked, 'aggregation_key'), 100),
  ],
  textOf: ({ body }) => body,
  identityOf: () => null,
});

/** The text at the end of these keys, or nothing. */
function read({ body }: Asked, ...keys: readonly string[]): string {
  let value: unknown = body === '' ? null : JSON.parse(body);
  for (const key of keys) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : null;
  return typeof value === 'string' ? value : '';
}

function tooLong(what: string, text: string, most: number): readonly string[] {
  return text.length > most ? [`${what} has ${text.length} characters, of ${most}`] : [];
}

function halves({ body }: Asked): readonly string[] {
  return /\p{Surrogate}/u.test(body) ? ['half a character'] : [];
}
