import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import * as z from 'zod';
import { dqReport } from '../cli.ts';

/** What the demo keeps of a day: what came over the wire, and how Slack looked after it. */

const request = z.object({ vendor: z.string(), path: z.string(), body: z.unknown() });
const event = z.object({
  event_action: z.enum(['trigger', 'resolve']),
  dedup_key: z.string(),
  payload: z.object({ summary: z.string() }).optional(),
});
const posted = z.object({
  ts: z.string(),
  blocks: z.array(z.unknown()),
  edited: z.unknown().optional(),
});
const message = posted.extend({ replies: z.array(posted) });
type Message = z.infer<typeof message>;

interface Day {
  readonly requests: readonly z.infer<typeof request>[];
  readonly messages: readonly Message[];
}

async function dayIn(kept: string, number: number): Promise<Day> {
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(kept, `day-${number}`, name), 'utf8'));
  const channels = z.record(z.string(), z.array(message)).parse(await read('slack-channels.json'));
  return { requests: z.array(request).parse(await read('received.json')), messages: Object.values(channels).flat() };
}

function about(messages: readonly Message[], test: string): Message | undefined {
  return messages.find(({ blocks }) => JSON.stringify(blocks).includes(`: ${test} on `));
}

/** "trigger every_purchase_has_a_channel", with the key of each. */
function pages({ requests }: Day): readonly (readonly [key: string, what: string])[] {
  return requests
    .filter(({ vendor }) => vendor === 'pagerduty')
    .map(({ body }) => {
      const { event_action: action, dedup_key: key, payload } = event.parse(body);
      const test = / (\w+) on /.exec(payload?.summary ?? '')?.[1];
      return [key, test === undefined ? action : `${action} ${test}`] as const;
    });
}

function keyOf(day: Day, what: string): string | undefined {
  return pages(day).find(([, each]) => each === what)?.[0];
}

/** Posts by the id of their delivery: what was sent twice stands there twice. */
function posts(days: readonly Day[]): readonly string[] {
  return days
    .flatMap(({ requests }) => requests)
    .filter(({ path }) => path.endsWith('/chat.postMessage'))
    .map(({ body }) => JSON.stringify(Object(body).metadata.event_payload));
}

/** @param kept the folder of a run of the demo; `output` is what it printed */
export async function expectStoryIn(kept: string, output: string): Promise<void> {
  const days = await Promise.all([1, 2, 3].map((number) => dayIn(kept, number)));
  const [first, second, third] = days;
  if (first === undefined || second === undefined || third === undefined) throw new Error('There are three days.');

  const opened = about(first.messages, 'revenue_matches_item_sum');
  const worse = about(second.messages, 'revenue_matches_item_sum');
  const mended = about(third.messages, 'revenue_matches_item_sum');
  expect(JSON.stringify(opened?.blocks)).toContain('16 of 60 orders (26.7 %)');
  expect(opened).toMatchObject({ replies: [] });
  expect(opened?.edited).toBeUndefined();
  expect(worse).toMatchObject({ ts: opened?.ts, edited: {} });
  expect(JSON.stringify(worse?.blocks)).toContain('Worse: 38 failures, 16 before');
  expect(JSON.stringify(worse?.blocks)).not.toContain('16 of 60 orders');
  // Loud: a reply that calls the owner, which an edit cannot do.
  expect(worse?.replies).toHaveLength(1);
  expect(JSON.stringify(worse?.replies)).toMatch(/Worse: 38 failures, 16 before.*<!subteam\^S000000001>/);
  expect(mended?.ts).toBe(opened?.ts);
  expect(JSON.stringify(mended?.blocks)).toMatch(/✅ Mended.*2 failing runs/);
  expect(second.messages.map(({ ts }) => ts)).toEqual(first.messages.map(({ ts }) => ts));

  expect(pages(first).map(([, what]) => what)).toEqual([
    'trigger transaction_id_used_once',
    'trigger revenue_matches_item_sum',
    'trigger every_purchase_has_a_channel',
  ]);
  expect(keyOf(second, 'trigger revenue_matches_item_sum')).toBe(keyOf(first, 'trigger revenue_matches_item_sum'));
  expect(keyOf(second, 'resolve')).toBe(keyOf(first, 'trigger every_purchase_has_a_channel'));
  expect(pages(third)).toEqual([
    [keyOf(first, 'trigger transaction_id_used_once'), 'resolve'],
    [keyOf(first, 'trigger revenue_matches_item_sum'), 'resolve'],
  ]);

  expect(posts(days)).toHaveLength(new Set(posts(days)).size);
  const { stdout } = await dqReport(['incidents', '--state', join(kept, 'dq-report.sqlite'), '--format', 'json']);
  const { incidents }: { incidents: { state: string }[] } = JSON.parse(stdout);
  expect(incidents.filter(({ state }) => state === 'open')).toEqual([]);

  // Ten causes, of which one had ended the day before, and one that was folded.
  expect(output).toContain('\n10 incidents ended\n');
  expect(output).toContain('… 7 more, as before');
  expect(output).toContain(`posted on day 1, edited today · ts ${opened?.ts}`);
  expect(output).toContain('- New · since ');
  expect(output).toContain('+ Worse: 38 failures, 16 before · since ');
  expect(output).toContain(`"dedup_key": "${keyOf(second, 'resolve')}"`);
  expect(output).toContain('Day 3: Slack: 1 posted, 3 edited, 2 replied · PagerDuty: 2 resolved · Datadog: 6 requests');
}
